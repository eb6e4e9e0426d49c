"""What is odd about the values of rows (source-formats.md 3.3, 3.12); nothing is changed for it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from lading.model.geometry import Vector3
from lading.model.recurring import MANY, MOST, Recurring
from lading_kitti.drawing import SIZE_ORDER, VELODYNE
from lading_kitti.geometry import alpha_of, reach_ahead, wrapped
from lading_kitti.label_rows import UNSET_ANGLE, UNSET_SHARE, WHOLE_TURN, Row, is_area
from lading_kitti.row_sizes import is_size_turned, odd_size, told_size
from lading_kitti.texts import Problem, gather
from lading_kitti.tracklets import Pose

#: More than this between alpha and rotation_y less the bearing is no matter of rounding (3.12, 3).
ALPHA_TOLERANCE = 0.3
#: Two angles are one as it is written with two digits.
_ROUNDING = 0.01
#: What is counted: all rows; those of objects, of cars and of others, frames that have some, and objects off the axis.
ROWS, OBJECTS, CARS, OTHERS = "rows", "rows of objects", "rows of cars", "rows of others"
FRAMES, ASIDE = "frames", "rows off the axis of the camera"
#: What else is told of a place in the axes of the velodyne.
_OF_PLACE = ("kitti.label-alpha", "kitti.label-behind")
#: Points beyond 120 m are a known defect of clouds (3.12, 17): a place beyond this is none in metres.
_FARTHEST_M = 500.0


class Doubt(NamedTuple):
    """What is told of a row, or once of those of a frame; `group` is what has it or could have it, in the plural."""

    problem: Problem
    group: str = OBJECTS
    kind: str = ""


def doubts(rows: Sequence[Row], camera_m: float | None, causes: Mapping[int, str]) -> Iterator[Doubt]:
    """What is odd about the values of rows; nothing is changed for it, and of uneven rows nothing is said.

    `camera_m` is how far the camera of the 2D boxes lies behind rectified camera 0; None where boxes may lie behind it.
    `causes` are why 3D boxes are not where 2D boxes are, by lines: what else comes of these is not told.
    """
    even = [row for row in rows if not row.is_uneven]
    objects = [row for row in even if not row.is_dont_care]
    angles = list(_no_radians((row.line, {"alpha": row.alpha, "rotation_y": row.rotation_y}) for row in objects))
    for problem in (*_relative_boxes(even), *angles, *_no_metres(objects)):
        yield Doubt(problem, FRAMES)
    for row in even:
        for subject, message in (("truncated", _odd_truncated(row)), ("occluded", odd_occluded(row))):
            if message is not None:
                yield Doubt(Problem(f"kitti.label-{subject}", message, row.line, is_error=False), ROWS)
        columns = row.columns_3d
        if columns is None or not all(map(math.isfinite, (*columns[0], *columns[1], columns[2]))):
            continue  # what is not finite, a rule tells
        cause = causes.get(row.line)
        if cause == SIZE_ORDER or is_size_turned(row):
            yield from _of_row("dimensions", told_size(row), row, CARS if row.category == "Car" else OTHERS)
        else:
            yield from _of_row("size", odd_size(row), row)
        if cause != VELODYNE:
            yield from _doubtful_alpha(row, *columns[1:], are_degrees=bool(angles))
            message = None if camera_m is None else _behind(row.bbox, *columns, camera_m)
            yield from _of_row("behind", message, row)


def _of_row(subject: str, message: str | None, row: Row, group: str = OBJECTS) -> Iterator[Doubt]:
    if message is not None:
        yield Doubt(Problem(f"kitti.label-{subject}", message, row.line, is_error=False), group)


def is_aside(row: Row) -> bool:
    """Whether a row's object is so far to the side that its alpha is not its rotation_y."""
    if row.is_uneven or row.columns_3d is None or row.alpha in (None, UNSET_ANGLE):
        return False
    _, location, turn = row.columns_3d
    return abs(wrapped(turn - alpha_of(location, turn))) > ALPHA_TOLERANCE


def gather_doubts(
    found: Iterable[Doubt], rows: Sequence[Row], path: str, recurring: Recurring, places: Recurring
) -> None:
    """Count the rows of a frame, and what is odd about them, which is told once where many are so.

    `places` takes what else is told of a place in the axes of the velodyne.
    """
    objects = [row for row in rows if not row.is_uneven and not row.is_dont_care]
    cars = sum(row.category == "Car" for row in objects)
    for group, count in ((OBJECTS, len(objects)), (CARS, cars), (OTHERS, len(objects) - cars), (FRAMES, bool(objects))):
        recurring.saw(group, count)
    places.saw(OBJECTS, len(objects))
    places.saw(ASIDE, sum(map(is_aside, objects)))
    for problem, group, kind in found:
        to = places if problem.rule in _OF_PLACE else recurring
        share = MANY if problem.rule == "kitti.relative-boxes" else MOST
        gather(problem, path, to, group, kind=kind, share=share)


def odd_angles(poses: Iterable[Pose]) -> Iterator[Problem]:
    """What to say of poses of tracklets whose angles are no radians."""
    return _no_radians((pose.line, dict(zip(("rx", "ry", "rz"), pose.place[3:], strict=True))) for pose in poses)


def _no_radians(places: Iterable[tuple[int, Mapping[str, float | None]]]) -> Iterator[Problem]:
    """Angles that are no radians, told once: at the line of the first of them, with how many more have some."""
    odd = []
    for line, angles in places:
        found = {
            name: value
            for name, value in angles.items()
            if value is not None and value != UNSET_ANGLE and WHOLE_TURN < abs(value) < math.inf
        }
        if found:
            odd.append((line, found))
    if odd:
        line, found = odd[0]
        shown = " and ".join(f"{name} {value!r}" for name, value in found.items())
        more = f", and such in {len(odd) - 1:,} more" if len(odd) > 1 else ""
        yield Problem("kitti.angle", f"expected angles in radians, found {shown}{more}", line, is_error=False)


def _no_metres(rows: Sequence[Row]) -> Iterator[Problem]:
    """Places too far away to be in metres, told once, at the line of the first of them, with how many more are.

    Of tracks a rule tells that they jump.
    """
    places = [(row.line, row.columns_3d[1]) for row in rows if row.columns_3d is not None and row.frame is None]
    far = [(line, place) for line, place in places if _FARTHEST_M < math.hypot(*place) < math.inf]
    if far:
        line, place = far[0]
        more = f", and such in {len(far) - 1:,} more" if len(far) > 1 else ""
        message = f"expected a place in metres, within {_FARTHEST_M:g} of the camera, found {place!r}{more}"
        yield Problem("kitti.label-far", message, line, is_error=False)


def _relative_boxes(rows: Sequence[Row]) -> Iterator[Problem]:
    """Boxes that are parts of their picture, 0 to 1, told once a frame in which all objects have such."""
    boxes = [row for row in rows if is_area(row.bbox) and not row.is_dont_care]
    if boxes and all(min(row.bbox) >= 0 and max(row.bbox) <= 1 for row in boxes) and any(map(_is_broken, boxes)):
        more = f", and such in {len(boxes) - 1:,} more" if len(boxes) > 1 else ""
        message = f"expected edges in pixels, found {boxes[0].bbox!r}, parts of the picture{more}; read as pixels"
        yield Problem("kitti.relative-boxes", message, boxes[0].line, is_error=False)


def _is_broken(row: Row) -> bool:
    return any(edge % 1 for edge in row.bbox)


def _odd_truncated(row: Row) -> str | None:
    """What to say of a share that is none: 0 to 1, in tracking 0, 1 or 2; -1 is unset (3.3, 3.7)."""
    value = row.truncated
    if value == UNSET_SHARE or not math.isfinite(value):  # what is not finite, a rule tells
        return None
    if row.frame is not None:
        return None if value in (0, 1, 2) else f"expected truncated as 0, 1 or 2, or -1 for unset, found {value!r}"
    return None if 0 <= value <= 1 else f"expected truncated from 0 to 1, or -1 for unset, found {value!r}"


def odd_occluded(row: Row) -> str | None:
    """What to say of a state that is none."""
    value = row.occluded
    if value == UNSET_SHARE or value in (0, 1, 2, 3) or not math.isfinite(value):
        return None
    return f"expected occluded as 0, 1, 2 or 3, or -1 for unset, found {value!r}"


def _doubtful_alpha(row: Row, location: Vector3, rotation_y: float, *, are_degrees: bool) -> Iterator[Doubt]:
    """An alpha that is another; in a file of degrees a small turn may be in these as well, which is told already."""
    alpha = row.alpha
    if alpha is None or UNSET_ANGLE in (alpha, rotation_y) or max(abs(alpha), abs(rotation_y)) > WHOLE_TURN:
        return
    expected = alpha_of(location, rotation_y)
    if not abs(wrapped(alpha - expected)) > ALPHA_TOLERANCE:
        return
    if are_degrees and abs(wrapped(alpha - alpha_of(location, math.radians(rotation_y)))) <= ALPHA_TOLERANCE:
        return
    message = f"expected alpha near {expected:.2f} by rotation_y and location, found {alpha!r}"
    is_copy = abs(alpha - rotation_y) <= _ROUNDING
    if is_copy:
        message += ", which is rotation_y"
    problem = Problem("kitti.label-alpha", message, row.line, is_error=False)
    yield Doubt(problem, ASIDE, "copy") if is_copy else Doubt(problem)


def _behind(
    bbox: tuple[float, float, float, float],
    dimensions: Vector3,
    location: Vector3,
    rotation_y: float,
    camera_m: float,
) -> str | None:
    """What to say of a box that is drawn in a picture and has its centre behind the camera of that (3.12, 2)."""
    depth = location[2] + camera_m
    if not (depth < 0 and is_area(bbox)):
        return None
    farthest = depth + reach_ahead(dimensions, rotation_y)
    rest = "part of it is ahead" if farthest > 0 else "no part of it is ahead"
    return (
        f"expected a box in the picture to have its centre ahead of the camera, found it {-depth:.2f} m behind; {rest}"
    )
