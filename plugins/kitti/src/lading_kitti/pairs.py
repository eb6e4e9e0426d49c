"""Cameras of a pair: 1 is right of 0, and 3 of 2, in the rig and in what is made like it (source-formats.md 3.5)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np

from lading_kitti.calibration import PROJECTION, Calibration
from lading_kitti.entries import Entry
from lading_kitti.texts import Problem

EXCHANGED = "kitti.calibration-exchanged"

#: Left and right.
_PAIRS = ((0, 1), (2, 3))
#: So far apart two cameras are no copies of each other; the rig's pairs are 0.53 m apart.
_APART_M = 0.05
#: Cameras of a rectified pair have one matrix, but for some rounding of tools.
_ALIKE = 1.0


def exchanged(calibration: Calibration, entries: Mapping[str, Entry]) -> Iterator[Problem]:
    """What to say of pairs whose right camera lies left; `entries` are the lines of the file."""
    matches = ((PROJECTION.fullmatch(key), key) for key in entries)
    keys = {int(match[1]): key for match, key in matches if match is not None}
    for left, right in _PAIRS:
        if not {left, right} <= calibration.projections.keys():
            continue
        one, other = calibration.projections[left], calibration.projections[right]
        # p_camera = p_rect0 + b: what lies to the right has the smaller b
        beside = float(calibration.baselines[right][0] - calibration.baselines[left][0])
        if beside > _APART_M and np.abs(one[:, :3] - other[:, :3]).max() <= _ALIKE:
            message = f"expected camera {right} to the right of camera {left}, found it {beside:.2f} m to the left, "
            message += f"as if {keys[left]} and {keys[right]} were exchanged"
            yield Problem(EXCHANGED, message, entries[keys[left]].line, is_error=False)
