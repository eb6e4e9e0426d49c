"""Where the ego is said to be in a frame, and how its jumps are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from lading.model.frame import Frame
from lading.model.report import Finding
from lading.validate.checks.bounds import are_finite
from lading.validate.checks.jumps import EGO_KEY, Moment, Position
from lading.validate.checks.runs import Jump, told_once

POSE_RULE = "pose.jump"

#: Of a pose that is told to be another's.
_TOLD = (POSE_RULE, None)

#: Where more of the frames than one in so many have a jump, all are told at the first.
_MANY = 3


def ego_position(frame: Frame, moment: Moment) -> Position | None:
    """Where the ego is by the first file of a frame that says so; those told to be wrong say nothing."""
    if moment.time_ns is None:
        return None
    for data in frame.data:
        pose = data.ego_pose
        if pose is None or (data.told and _TOLD in data.told):
            continue
        if are_finite(pose.translation):
            at, place = data.locate(subject="pose"), pose.translation
            return Position(frame.key, moment, data.sensor_name, place, pose.target, place, 0.0, None, at)
    return None


def gathered(jumps: Sequence[Jump], frames: int) -> Iterator[Finding]:
    """The jumps of a segment of so many frames, runs once; where there are many, the first with their number."""
    told = list(told_once(EGO_KEY, jumps))
    if len(told) < 3 or _MANY * len(told) <= frames:
        yield from told
    else:
        more = f", and such jumps in {len(told):,} of {frames:,} frames"
        yield msgspec.structs.replace(jumps[0].finding, message=jumps[0].finding.message + more)
