"""Calibrations by which KITTI's cameras do not look ahead, or are far away: told once a dataset of such (3, 3.5)."""

from __future__ import annotations

from collections.abc import Mapping

from lading import Report
from lading_kitti.texts import Problem

#: What is said of the way to the velodyne in each calibration of a segment, by its file; None where nothing is.
Turns = Mapping[str, Problem | None]


def tell_turned(segments: Mapping[str, Turns], report: Report) -> set[str]:
    """Say so at the first of the files of those segments of whose files most are such, with their number.

    Returns the names of these segments.
    """
    found: dict[str, Problem] = {}
    told = set()
    for name, turns in segments.items():
        odd = {path: problem for path, problem in turns.items() if problem is not None}
        if 2 * len(odd) > len(turns):
            found |= odd
            told.add(name)
    if found:
        path, problem = next(iter(found.items()))
        more = f"; so it is with {len(found):,} calibrations" if len(found) > 1 else ""
        problem._replace(message=f"{problem.message}{more}").tell(report, path)
    return told
