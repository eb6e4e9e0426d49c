"""Records of oxts against themselves: yaw and the way from place to place are the direction of vn and ve (3.8).

In official records, from 3 m/s on, yaw is within 0.06 rad of that direction, and the way to the next place within 0.14.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

from lading.model.recurring import MOST, as_often
from lading_kitti.geometry import EARTH_RADIUS_M, wrapped
from lading_kitti.label_rows import WHOLE_TURN

Record = Mapping[str, int | float]

HEADING = "kitti.oxts-heading"

#: Slower, a direction says little; so does a shorter way.
_SLOWEST_M_S, _SHORTEST_M = 3.0, 0.3
#: A way that takes longer is a chord of what the car drove, and says nothing where it turned meanwhile.
_LONGEST_S = 1.0
#: Directions further apart are two, and nearer ones are one.
_APART, _TOGETHER = 0.5, 0.2
#: Fewer ways say nothing, and of more these are enough.
_FEWEST_WAYS, COMPARED = 3, 100


def odd_yaw(record: Record) -> str | None:
    """What to say of a yaw that is no radians, or not where the car drives to."""
    yaw, heading = record["yaw"], _heading(record)
    if heading is None or not math.isfinite(yaw):
        return f"expected yaw in radians, found {yaw!r}" if WHOLE_TURN < abs(yaw) < math.inf else None
    if abs(yaw) <= WHOLE_TURN and abs(wrapped(yaw - heading)) <= _APART:
        return None
    is_degrees = abs(wrapped(math.radians(yaw) - heading)) <= _TOGETHER
    return f"expected yaw near {heading:.2f} by vn and ve, found {yaw!r}{', as if in degrees' if is_degrees else ''}"


def odd_ways(records: Sequence[Record]) -> str | None:
    """What to say where most ways from place to place lead elsewhere than vn and ve."""
    own, exchanged = _angles(records, "lat", "lon"), _angles(records, "lon", "lat")
    if len(own) < _FEWEST_WAYS or sum(angle > _APART for angle in own) <= MOST * len(own):
        return None
    count = sum(angle > _APART for angle in own)
    message = "expected lat and lon to change in the direction of vn and ve, found another"
    message += ", as if they were exchanged" if 2 * sum(angle <= _TOGETHER for angle in exchanged) > len(own) else ""
    return message + as_often(count, len(own), "steps")


def _heading(record: Record) -> float | None:
    """Where a car drives to, counterclockwise from east; None where it stands, or drives back."""
    velocity = (record["vn"], record["ve"], record["vf"])
    if not (record["vf"] > _SLOWEST_M_S and all(map(math.isfinite, velocity))):
        return None
    return math.atan2(record["vn"], record["ve"])


def _angles(records: Sequence[Record], north: str, east: str) -> list[float]:
    """Between the way to the next record's place and the direction of each record that drives."""
    found = []
    for one, other in pairwise(records):
        heading = _heading(one) if one and other else None
        if heading is None or not all(map(math.isfinite, (one["lat"], one["lon"], other["lat"], other["lon"]))):
            continue
        up = EARTH_RADIUS_M * math.radians(other[north] - one[north])
        right = EARTH_RADIUS_M * math.radians(other[east] - one[east]) * math.cos(math.radians(one[north]))
        if _SHORTEST_M < math.hypot(up, right) <= _LONGEST_S * one["vf"]:
            found.append(abs(wrapped(math.atan2(up, right) - heading)))
    return found
