"""Where the ego is said to be in a frame, and how its jumps are told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from lading.model.frame import Frame
from lading.model.report import Finding
from lading.validate.checks.bounds import are_finite
from lading.validate.checks.jumps import Moment, Spot

POSE_RULE = "pose.jump"

#: Of a pose that is told to be another's.
_TOLD = (POSE_RULE, None)

#: Where more of the frames than one in so many have a jump, all are told at the first.
_MANY = 3


def ego_spot(frame: Frame, moment: Moment) -> Spot | None:
    """Where the ego is by the first file of a frame that says so; those told to be wrong say nothing."""
    if moment.time_ns is None:
        return None
    for data in frame.data:
        pose = data.ego_pose
        if pose is None or (data.told and _TOLD in data.told):
            continue
        if are_finite(pose.translation):
            at = data.locate(subject="pose")
            return Spot(frame.key, moment, data.sensor_name, pose.translation, pose.target, 0.0, None, at)
    return None


def gathered(findings: Sequence[Finding], frames: int) -> Iterator[Finding]:
    """The jumps of a segment of so many frames; where there are many, the first with their number."""
    if len(findings) < 3 or _MANY * len(findings) <= frames:
        yield from findings
    else:
        message = f"{findings[0].message}, and such jumps in {len(findings):,} of {frames:,} frames"
        yield msgspec.structs.replace(findings[0], message=message)
