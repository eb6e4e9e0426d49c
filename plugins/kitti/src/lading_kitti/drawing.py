"""3D boxes drawn in the picture by the calibration: how far they are from the 2D boxes, and why (3.4, 3.5).

Of the official rows whose boxes no edge of the picture cuts, none is further off than 7 % of the box's height, nor of
its width but for people, whose 2D boxes are narrower: arms and legs are apart. A row has too few numbers for numpy to
pay.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from lading.model.geometry import FloatArray, Vector3
from lading_kitti.label_rows import WHOLE_TURN, Row, is_area
from lading_kitti.track_sizes import RIGID

#: Left, top, right and bottom.
Edges: TypeAlias = tuple[float, float, float, float]

#: Why a row's boxes do not meet.
SIZE_ORDER, VELODYNE = "as if l, w, h", "as if its place were in the axes of the velodyne"
_MIDDLE = "as if y were the middle of the box, not its bottom"

#: Edges this far off, as a part of the larger box's height or width, and beyond some pixels, are elsewhere.
_OFF, _ROUNDING_PX = 0.15, 2.0
#: A picture reaches so far, in parts of the way to the principal point, whoever took it, and none further than that.
_REACH, _BEYOND = 1.8, 2.25
#: What lies nearer to the camera is not drawn.
_NEAREST_M = 0.5
#: What pictures, or calibrations, are scaled by.
_SCALES = (0.25, 0.5, 2.0, 4.0)


class Lens(NamedTuple):
    """The numbers of a projection [[fx, ., cx, a], [0, fy, cy, b], [0, 0, 1, c]] that draw a point."""

    fx: float
    cx: float
    a: float
    fy: float
    cy: float
    b: float
    c: float

    @classmethod
    def of(cls, projection: FloatArray) -> Lens:
        """From its matrix."""
        first, second, third = projection.tolist()
        return cls(first[0], first[2], first[3], second[1], second[2], second[3], third[3])


class Boxes(NamedTuple):
    """The two boxes of a row: edges of that in the picture; size (h, w, l), place and turn of that in space.

    But where `is_hidden`, the row says that all of the object can be seen; states may be unset.
    """

    edges: Edges
    size: Vector3
    place: Vector3
    turn: float
    is_rigid: bool
    is_hidden: bool

    @classmethod
    def of(cls, row: Row) -> Boxes | None:
        """Those of a row that has both in numbers that can be drawn."""
        columns = row.columns_3d
        if columns is None or row.is_uneven or not is_area(row.bbox):
            return None
        size, place, turn = columns
        if not (abs(turn) <= WHOLE_TURN and min(size) > 0 and all(map(math.isfinite, (*row.bbox, *size, *place)))):
            return None
        is_hidden = row.occluded != 0 or row.truncated != 0
        return cls(row.bbox, size, place, turn, row.category in RIGID, is_hidden)

    def drawn(self, lens: Lens) -> Edges | None:
        """Edges of the box in space, in a picture without end; None where it is not wholly ahead of the camera."""
        fx, cx, a, fy, cy, b, c = lens
        (height, width, length), (x, y, z) = self.size, self.place
        cosine, sine = math.cos(self.turn) / 2, math.sin(self.turn) / 2
        along, back = cosine * length, -sine * length  # x and z of half the length
        aside, ahead = sine * width, cosine * width  # and of half the width
        us, lows, highs = [], [], []
        for at_x, at_z in (
            (x + along + aside, z + back + ahead),
            (x + along - aside, z + back - ahead),
            (x - along + aside, z - back + ahead),
            (x - along - aside, z - back - ahead),
        ):
            depth = at_z + c
            if depth <= _NEAREST_M:
                return None
            us.append((fx * at_x + cx * at_z + a) / depth)
            lows.append((fy * y + cy * at_z + b) / depth)
            highs.append((fy * (y - height) + cy * at_z + b) / depth)
        return min(us), min(highs), max(us), max(lows)

    def far(self, lens: Lens, drawn: Edges | None) -> float | None:
        """How far edges are from where they should be, in parts of what is allowed; None where they may be cut."""
        if drawn is None or drawn[0] < 0 or drawn[2] > _REACH * lens.cx:
            return None
        most = _REACH * lens.cy
        left, top, right, bottom = self.edges
        down = _apart(
            min(max(drawn[1], 0.0), most), min(max(drawn[3], 0.0), most),
            min(max(top, 0.0), most), min(max(bottom, 0.0), most),
        )  # fmt: skip
        if down is None or not self.is_rigid:
            return down
        return max(down, _apart(drawn[0], drawn[2], left, right) or 0.0)

    def is_visible_part(self, drawn: Edges | None) -> bool:
        """Whether the 2D box may be around what can be seen of the object alone, as some draw it."""
        if drawn is None or not self.is_hidden:
            return False
        aside, down = (_OFF * (high - low) + _ROUNDING_PX for low, high in (drawn[::2], drawn[1::2]))
        left, top, right, bottom = self.edges
        is_within = left >= drawn[0] - aside and right <= drawn[2] + aside
        return is_within and top >= drawn[1] - down and bottom <= drawn[3] + down

    def is_outside(self, lens: Lens) -> bool:
        """Whether the 2D box is beyond any picture, which a rule tells."""
        return min(self.edges) < -1 or self.edges[2] > _BEYOND * lens.cx or self.edges[3] > _BEYOND * lens.cy


def cause_of(boxes: Boxes, drawn: Edges | None, projections: Mapping[int, FloatArray], camera: int) -> str:
    """What, if it is so, would make the boxes of a row meet best; empty where nothing does."""
    best, least = "", 1.0
    for cause, far in _tried(boxes, drawn, projections, camera):
        if far is not None and far <= least:
            best, least = cause, far
    return best


def _tried(
    boxes: Boxes, drawn: Edges | None, projections: Mapping[int, FloatArray], camera: int
) -> Iterator[tuple[str, float | None]]:
    lens = Lens.of(projections[camera])
    (height, width, length), (x, y, z) = boxes.size, boxes.place
    if drawn is not None:  # what is behind the camera is so for its axes alone
        for cause, other in (
            (_MIDDLE, boxes._replace(place=(x, y + height / 2, z))),
            (SIZE_ORDER, boxes._replace(size=(length, width, height))),
        ):
            yield cause, other.far(lens, other.drawn(lens))
        for number, projection in projections.items() if boxes.is_rigid else ():
            if number != camera:
                beside = Lens.of(projection)
                yield f"as if the 2D box were of camera {number}", boxes.far(beside, boxes.drawn(beside))
        for scale in _SCALES if boxes.is_rigid else ():
            left, top, right, bottom = boxes.edges
            scaled = boxes._replace(edges=(left / scale, top / scale, right / scale, bottom / scale))
            yield f"as if the 2D box were of a picture {scale:g} times as large", scaled.far(lens, drawn)
    for down in (0.0, height / 2):  # of the velodyne x is forward, y left and z up; from the bottom or the middle
        for turn in (boxes.turn, -boxes.turn - math.pi / 2):
            other = boxes._replace(place=(-y, -z + down, x), turn=turn)
            yield VELODYNE, other.far(lens, other.drawn(lens))


def _apart(low: float, high: float, other_low: float, other_high: float) -> float | None:
    """How far the ends of ranges are apart, in parts of what is allowed; None where both are empty."""
    size = max(high - low, other_high - other_low)
    if size <= 0:
        return None
    return max(abs(low - other_low), abs(high - other_high)) / (_OFF * size + _ROUNDING_PX)
