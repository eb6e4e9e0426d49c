"""How far instances and the ego may get from one frame to the next."""

from __future__ import annotations

import math
from typing import NamedTuple, TypeAlias

from lading.model.report import Origin
from lading.plugin.problem import Problem

#: No road user is faster, whatever it is measured against; and how far boxes may wobble between two frames.
FASTEST_M_S = 100.0
WOBBLE_M = 5.0
#: How far an object may get between two frames whose times are not known.
FARTHEST_M = 50.0
#: A box in the picture jumps when it moves by more than half the picture's diagonal and more than five of its own.
PICTURE_SHARE = 0.5
OWN_DIAGONALS = 5.0

#: What moves within a segment: label type, sensor, name of the instance.
Key: TypeAlias = tuple[str, str | None, str]

#: The vehicle with the sensors, which is no label.
EGO_KEY: Key = ("", None, "")


class Spot(NamedTuple):
    """Where an instance, or the ego, was in a frame."""

    frame: str
    time_ns: int | None
    sensor: str | None
    centre: tuple[float, ...]
    space: str
    reach: float
    scale: float | None
    at: Origin
    before: Spot | None = None  # where it was before, if it jumped to here


def jump_problem(key: Key, before: Spot, spot: Spot) -> Problem | None:
    """What is wrong with a move from one spot to another; nothing where these cannot be compared."""
    if before.space != spot.space:
        return None
    moved = math.dist(before.centre, spot.centre)
    if key == EGO_KEY:
        return _pose_problem(before, spot, moved)
    if len(spot.centre) == 3:
        limit = FARTHEST_M
        if before.time_ns is not None and spot.time_ns is not None:
            limit = FASTEST_M_S * abs(spot.time_ns - before.time_ns) / 1e9 + WOBBLE_M
        unit = "m"
    else:
        limit = OWN_DIAGONALS * max(before.reach, spot.reach)
        if spot.scale is not None:
            limit = max(limit, PICTURE_SHARE * spot.scale)
        unit = "pixels"
    if not moved > limit:
        return None
    expected = f"expected instance {key[2]!r} within {limit:.4g} {unit} of frame {before.frame!r}"
    message = f"{expected}, found it {moved:.4g} {unit} off"
    return Problem("instance.jump", message, "geometry")


def _pose_problem(before: Spot, spot: Spot, moved: float) -> Problem | None:
    """The ego is held to its times alone; of such as do not go up, that is told."""
    if before.time_ns is None or spot.time_ns is None or spot.time_ns <= before.time_ns:
        return None
    seconds = (spot.time_ns - before.time_ns) / 1e9
    if not moved > FASTEST_M_S * seconds + WOBBLE_M:
        return None
    expected = f"expected an ego pose near that of frame {before.frame!r}, {seconds:.4g} s before"
    return Problem("pose.jump", f"{expected}, found one {moved:,.1f} m off", "pose")
