"""Where and when files and poses are said to be: those that are far from the others of their sample."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lading import counted
from lading_nuscenes.annotations import Annotations
from lading_nuscenes.apart import tell_apart
from lading_nuscenes.box_places import tell_boxes
from lading_nuscenes.files import Files, Small
from lading_nuscenes.samples import Samples
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.tables import Tables
from lading_nuscenes.times import NO_TIME

#: A pose is of the time of its file; of another second, it is none of it.
_FAR_NS = 1_000_000_000

#: Files that have another pose than their own are told where so many more have theirs.
_RARE = 3

#: Files of a sensor that are told one by one though they are most.
_FEW = 2


def tell_places(tables: Tables, samples: Samples, files: Files, boxes: Annotations, sensors: Sensors) -> None:
    """Say which files and poses are far from those beside them, and where boxes are not in the global frame."""
    own = _placed(files)
    _tell_files(tables, samples, files, sensors)
    own = own[~np.isin(own, _tell_times(tables, files, sensors))]
    tell_apart(tables, samples, files, own, sensors)
    tell_boxes(tables, samples, files, boxes, own)


def _placed(files: Files) -> Small:
    """The key frames of samples that have a pose of finite numbers, without those that are told to be others'."""
    poses = files.poses
    has_pose = (poses.rows >= 0) & np.isfinite(poses.translations).all(axis=1)
    is_own = files.is_key & (files.samples >= 0) & has_pose[poses.of_file]
    is_own[files.later] = False
    found: Small = np.flatnonzero(is_own).astype(np.int32)
    return found


def _tell_files(tables: Tables, samples: Samples, files: Files, sensors: Sensors) -> None:
    """Say which key frames are far in time from their sample, once a sensor where most of its files are.

    Nothing is said where the time of the sample is told to be another.
    """
    is_own = files.is_key & (files.samples >= 0) & (files.times != NO_TIME)
    is_own[files.later] = False
    own = np.flatnonzero(is_own)
    own = own[samples.times[files.samples[own]] != NO_TIME]
    off = files.times[own] - samples.times[files.samples[own]]
    odd = np.flatnonzero(np.abs(off) > _FAR_NS)
    odd = odd[~np.isin(files.samples[own[odd]], list(samples.untimely))]
    files.untimely = frozenset(own[odd].tolist())
    kinds = _kinds(sensors, files, own)
    number, far = (np.bincount(some, minlength=len(sensors.kinds) + 1) for some in (kinds, kinds[odd]))
    is_most = (far > _FEW) & (2 * far > number)
    _, firsts = np.unique(kinds[odd], return_index=True)
    is_told = ~is_most[kinds[odd]]
    is_told[firsts] = True
    for place in np.flatnonzero(is_told).tolist():
        file, seconds, kind = int(own[odd[place]]), float(off[odd[place]] / 1e9), int(kinds[odd[place]])
        found = f"found one {abs(seconds):,.3f} s {'after' if seconds > 0 else 'before'} it"
        if is_most[kind]:
            found += f", as in {counted(int(far[kind]), 'file')} of {number[kind]:,} of its sensor"
        at = tables.origin("sample_data", int(files.rows[file]), "timestamp")
        tables.report.warning("nuscenes.file-time", f"expected a time near that of its sample, {found}", at)


def _kinds(sensors: Sensors, files: Files, some: NDArray[np.int64]) -> NDArray[np.int64]:
    """A number for the sensor of each of some files; one more for those of none."""
    return np.array([*sensors.ranks, len(sensors.kinds)], dtype=np.int64)[np.maximum(files.calibrated[some], -1)]


def _tell_times(tables: Tables, files: Files, sensors: Sensors) -> list[int]:
    """Say which poses have a time that is far from that of the first of their files, once where most have.

    Gives the files that have the pose of another one. Of files with the time of others, nothing is said.
    """
    poses = files.poses
    is_known = (poses.rows[poses.of_file] >= 0) & (files.times != NO_TIME) & files.is_key
    is_known[list(files.untimely)] = False
    known = np.flatnonzero(is_known)
    known = known[poses.times[poses.of_file[known]] != NO_TIME]
    others = _tell_others(tables, files, sensors, known[~np.isin(known, files.later)])
    known = known[~np.isin(known, others)]
    _, firsts = np.unique(poses.of_file[known], return_index=True)
    known = known[np.sort(firsts)]
    off = poses.times[poses.of_file[known]] - files.times[known]
    far = np.flatnonzero(np.abs(off) > _FAR_NS)
    is_most = len(far) > 2 and 2 * len(far) > len(known)
    for place in far[:1].tolist() if is_most else far.tolist():
        seconds = off[place] / 1e9
        message = (
            f"expected the time of its file, found one {abs(seconds):,.3f} s {'after' if seconds > 0 else 'before'} it"
        )
        if is_most:
            message += f", as in {counted(len(far), 'row')} of {len(known):,}"
        at = tables.origin("ego_pose", int(poses.rows[poses.of_file[known[place]]]), "timestamp")
        tables.report.warning("nuscenes.ego-time", message, at)
    return others


def _tell_others(tables: Tables, files: Files, sensors: Sensors, known: NDArray[np.int64]) -> list[int]:
    """Say which of some files have the pose of another one, by its time, where nearly all have their own; gives these.

    In the original files each file has a pose of its own time (source-formats.md 4.2). A sensor most of whose files
    have that of another one is used so.
    """
    poses = files.poses
    times = poses.times[poses.of_file[known]]
    odd = known[times != files.times[known]]
    if not len(odd) or _RARE * len(odd) > len(known):
        return []
    odd = odd[~_of_most(sensors, files, known, odd)]
    of_time = dict(zip(files.times[known].tolist(), known.tolist(), strict=True))
    own = known[times == files.times[known]]
    owners = dict(zip(poses.of_file[own].tolist(), own.tolist(), strict=True))
    told = []
    for file in odd.tolist():
        pose = int(poses.of_file[file])
        other = owners.get(pose, of_time.get(int(poses.times[pose])))
        if other is None:
            continue
        message = f"expected the pose of its time, as nearly all files have, found that of row {files.rows[other]}"
        at = tables.origin("sample_data", int(files.rows[file]), "ego_pose_token")
        tables.report.warning("nuscenes.ego-pose", message, at)
        told.append(file)
    return told


def _of_most(sensors: Sensors, files: Files, known: NDArray[np.int64], odd: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Which of the odd files are of a sensor most of whose known files are odd."""
    kinds = _kinds(sensors, files, odd)
    least = len(sensors.kinds) + 1
    number, count = (np.bincount(some, minlength=least) for some in (_kinds(sensors, files, known), kinds))
    is_most: NDArray[np.bool_] = (count > _FEW) & (2 * count > number)
    return is_most[kinds]
