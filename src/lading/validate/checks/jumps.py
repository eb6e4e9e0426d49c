"""How far instances and the ego may get from one frame to the next."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

from lading.model.frame import Frame
from lading.model.report import Origin
from lading.plugin.problem import Problem

#: No road user is faster, whatever it is measured against; and how far boxes may wobble between two frames.
FASTEST_M_S = 100.0
WOBBLE_M = 5.0
#: How far an object may get between two frames whose times are not known, or are those of a nominal rate: a dataset
#: of which every tenth frame was kept has another one.
FARTHEST_M = 50.0
#: How far the ego may get between two frames of a nominal rate.
EGO_FARTHEST_M = 100.0
#: A box in the picture jumps when it moves by more than half the picture's diagonal and more than five of its own.
PICTURE_SHARE = 0.5
OWN_DIAGONALS = 5.0
#: The diagonal of a picture whose size is not known, of which there are larger ones.
USUAL_DIAGONAL = 1_000.0

#: What moves within a segment: label type, sensor, name of the instance.
Key: TypeAlias = tuple[str, str | None, str]

#: The vehicle with the sensors, which is no label.
EGO_KEY: Key = ("", None, "")


class Moment(NamedTuple):
    """When a frame is: by the times of its files, or by the nominal rate of its sensors."""

    time_ns: int | None
    is_nominal: bool


def moment_of(frame: Frame) -> Moment:
    """The middle of the times of a frame's files: that of one file may be wrong."""
    times = sorted(data.timestamp_ns for data in frame.data if data.timestamp_ns is not None)
    if not times:
        return Moment(frame.nominal_ns, True)
    return Moment((times[(len(times) - 1) // 2] + times[len(times) // 2]) // 2, False)


class Position(NamedTuple):
    """Where an instance, or the ego, was in a frame: its `centre` in a `space`, and its `own` as its sensor has it."""

    frame: str
    moment: Moment
    sensor: str | None
    centre: tuple[float, ...]
    space: str
    own: tuple[float, ...]
    reach: float
    scale: float | None
    at: Origin


def jump_problem(key: Key, before: Position, now: Position) -> Problem | None:
    """What is wrong with a move from one position to another; nothing where these cannot be compared."""
    if before.space != now.space:
        return None
    moved = math.dist(before.centre, now.centre)
    if key == EGO_KEY:
        return _pose_problem(before, now, moved)
    if len(now.centre) == 3:
        limit = FARTHEST_M
        seconds = seconds_between(before, now)
        if seconds is not None:
            limit = max(_reach_m(abs(seconds)), FARTHEST_M if now.moment.is_nominal else 0.0)
        unit = "m"
    else:
        diagonal = USUAL_DIAGONAL if now.scale is None else now.scale
        limit = max(OWN_DIAGONALS * max(before.reach, now.reach), PICTURE_SHARE * diagonal)
        unit = "pixels"
    if not moved > limit:
        return None
    expected = f"expected instance {key[2]!r} within {limit:.4g} {unit} of frame {before.frame!r}"
    message = f"{expected}, found it {moved:.4g} {unit} off"
    return Problem("instance.jump", message, "geometry")


def _pose_problem(before: Position, now: Position, moved: float) -> Problem | None:
    """The ego is held to its times alone; of such as do not go up, that is told."""
    is_nominal, seconds = now.moment.is_nominal, seconds_between(before, now)
    if seconds is None or seconds <= 0:
        return None
    if not moved > max(_reach_m(seconds), EGO_FARTHEST_M if is_nominal else 0.0):
        return None
    by_rate = " by the nominal rate" if is_nominal else ""
    expected = f"expected an ego pose near that of frame {before.frame!r}, {seconds:.4g} s before{by_rate}"
    return Problem("pose.jump", f"{expected}, found one {moved:,.1f} m off", "pose")


def _reach_m(seconds: float) -> float:
    return FASTEST_M_S * seconds + WOBBLE_M


def seconds_between(before: Position, now: Position) -> float | None:
    """From one to another; None where a time is not known, or is that of a nominal rate and the other is not."""
    (start_ns, is_nominal), (end_ns, is_nominal_too) = before.moment, now.moment
    if start_ns is None or end_ns is None or is_nominal != is_nominal_too:
        return None
    return (end_ns - start_ns) / 1e9
