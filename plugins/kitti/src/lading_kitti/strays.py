"""Files that no others go with, a frame of one file and a sequence of one folder: told once, and not all they lack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from posixpath import dirname

from lading import Data, Origin, Report, counted
from lading_kitti.index import SegmentIndex
from lading_kitti.layouts import ODOMETRY, TRACKING

_TOLD = ("media.missing", None)

#: Kinds of files that others have, from which on a file that lacks them all is told as one that stands alone.
_LEAST_LACKING = 2

#: In place of the name of a folder: files of labels.
LABELS = "labels"


def stray_keys(segment: SegmentIndex, tables: Sequence[Mapping[str, str]], named: Collection[str]) -> frozenset[str]:
    """The frames of one picture or cloud and nothing else, where most have more; `named` are those in lists."""
    media = [one.files for one in segment.media if one.files]
    others = [table for table in tables if table]
    if len(media) + len(others) <= _LEAST_LACKING:
        return frozenset()
    alone = frozenset(
        key
        for key in segment.keys
        if key not in named and sum(key in files for files in media) == 1 and not any(key in table for table in others)
    )
    return alone if 2 * len(alone) < len(segment.keys) else frozenset()


def tell_stray_files(segment: SegmentIndex, report: Report) -> None:
    """Say, once a folder with a count, which files are all that there is of their frames."""
    for media in segment.media:
        alone = [media.files[key] for key in segment.keys if key in segment.strays and key in media.files]
        if alone:
            more = f"; {counted(len(alone) - 1, 'more file')} of {media.name} alike" if len(alone) > 1 else ""
            message = f"expected other files of its frame, as other frames have, found none{more}"
            report.warning("kitti.stray-file", message, Origin(alone[0]), segment=segment.name)


def tell_spare_calibrations(paths: Sequence[str], frames: int, report: Report) -> None:
    """Say once which calibrations are of no frame; those of a whole benchmark beside a part of it are a loss."""
    if paths and 2 * len(paths) > frames:
        report.loss("calibration of a frame that has no other file", paths[0], len(paths))
    elif paths:
        more = f"; {counted(len(paths) - 1, 'more calibration')} alike" if len(paths) > 1 else ""
        message = f"expected the calibration of a frame, found no other file of that name{more}"
        report.warning("kitti.stray-file", message, Origin(paths[0]))


def tell_unlisted(segment: SegmentIndex, report: Report) -> None:
    """Say once which frames no image set lists, where some list most of them."""
    told = {*segment.previous, *segment.strays, *segment.lonely}
    keys = [key for key in segment.keys if key not in told]
    unlisted = [key for key in keys if key not in segment.sets]
    if not unlisted or 2 * len(unlisted) > len(keys):
        return
    files = [media.files[unlisted[0]] for media in segment.media if unlisted[0] in media.files]
    message = f"expected each of {len(keys):,} frames in a set of ImageSets, found {len(unlisted):,} in none"
    report.warning("kitti.unlisted", f"{message}, first {unlisted[0]!r}", Origin(files[0]), segment=segment.name)


def tell_stray_sequences(segments: Sequence[SegmentIndex], report: Report) -> None:
    """Say which sequences of tracking are of some folders alone, and note what others lack for that."""
    roots: dict[str, list[SegmentIndex]] = defaultdict(list)
    for segment in segments:
        if segment.layout is TRACKING:
            roots[segment.root].append(segment)
    for beside in roots.values():
        kinds = {segment.name: _kinds(segment) for segment in beside}
        halves = list(_halves(beside, kinds))
        rest = [one for one in beside if not any(one in pair for pair in halves)]
        for one, other in [*halves, *_alone(rest, kinds)]:
            one.is_stray = True
            if other is not None:
                other.lost.update(kinds[one.name])
            _tell(one, kinds[one.name], other, report)


def _halves(
    beside: Sequence[SegmentIndex], kinds: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[SegmentIndex, SegmentIndex]]:
    """Sequences of a few folders, each with the one of all other folders: one sequence under two names."""
    every = frozenset(kind for one in beside for kind in kinds[one.name])
    groups: dict[frozenset[str], list[SegmentIndex]] = defaultdict(list)
    for one in beside:
        groups[frozenset(kinds[one.name])].append(one)
    for few, ones in groups.items():
        rest = every - few
        others = groups.get(rest, [])
        is_less = (len(few), LABELS in few, sorted(few)) < (len(rest), LABELS in rest, sorted(rest))
        if is_less and len(ones) == len(others) and len(every) > _LEAST_LACKING:
            yield from zip(ones, others, strict=True)


def _alone(
    beside: Sequence[SegmentIndex], kinds: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[SegmentIndex, SegmentIndex | None]]:
    """Sequences of one folder, each with the one that this folder has not, where these are as many."""
    every = {kind for one in beside for kind in kinds[one.name]}
    whole = [one for one in beside if len(kinds[one.name]) > 1]
    for kind in sorted(every):
        found = [one for one in beside if kinds[one.name].keys() == {kind}]
        lacking = [one for one in whole if kind not in kinds[one.name]]
        is_renamed = len(found) == len(lacking)
        if whole and (is_renamed or len(every) > _LEAST_LACKING):
            yield from zip(found, lacking if is_renamed else [None] * len(found), strict=True)


def _kinds(segment: SegmentIndex) -> Mapping[str, str]:
    """The folders that a sequence has files of, also calibrations and records, and its place in each."""
    found = {media.name: dirname(next(iter(media.files.values()))) for media in segment.media if media.files}
    masks = next(iter(segment.instance.values()), None)
    files = {
        LABELS: None if segment.labels is None else segment.labels.path,
        "calib": segment.calib_file,
        "records": segment.oxts_file,
        "mots": None if masks is None else dirname(masks),
    }
    return found | {kind: path for kind, path in files.items() if path is not None}


def _tell(segment: SegmentIndex, kinds: Mapping[str, str], other: SegmentIndex | None, report: Report) -> None:
    places = list(kinds.values())
    *folders, last = map(dirname, places)
    shown = f"{', '.join(folders)} and {last}" if folders else last
    message = f"expected a sequence that other folders have as well, found one of {shown} alone"
    if other is None:
        report.warning("kitti.stray-file", message, Origin(places[0]), segment=segment.name)
    else:  # whose files are missing, then
        message += f", which {'have' if folders else 'has'} none of {other.sequence!r}"
        report.error("kitti.stray-file", message, Origin(places[0]), segment=segment.name)


def tell_stray_poses(segments: Sequence[SegmentIndex], report: Report) -> None:
    """Say, once a benchmark with a count, which poses of odometry are all that there is of their sequences.

    Those of a whole benchmark beside a part of it are a loss.
    """
    roots: dict[str, list[SegmentIndex]] = defaultdict(list)
    for segment in segments:
        if segment.layout is ODOMETRY:
            roots[segment.container].append(segment)
    for beside in roots.values():
        alone = [one for one in beside if one.poses and not (one.times or one.calib_file or one.point_labels)]
        alone = [one for one in alone if not any(media.files for media in one.media)]
        if alone and any(media.files for one in beside for media in one.media):
            _tell_poses(alone, len(beside), report)


def _tell_poses(alone: Sequence[SegmentIndex], sequences: int, report: Report) -> None:
    path = alone[0].poses or ""
    if 2 * len(alone) > sequences:
        report.loss("poses of a sequence that has no other file", path, len(alone))
    else:
        more = f"; {counted(len(alone) - 1, 'more file')} of poses alike" if len(alone) > 1 else ""
        message = f"expected the sequence that the poses are of, as others have, found none{more}"
        report.warning("kitti.stray-file", message, Origin(path), segment=alone[0].name)
    for one in alone:
        one.is_stray = True


def settle(segment: SegmentIndex, key: str, data: Sequence[Data]) -> None:
    """Let no rule tell of files that lack for a reason that is told."""
    is_lonely = key in segment.lonely
    is_alone = segment.is_stray or key in segment.strays or (bool(segment.lost) and is_lonely)
    told = segment.lost if is_lonely else segment.lost | segment.bare
    for one in data:
        if one.content is None and (is_alone or one.sensor_name in told):
            one.told = (*one.told, _TOLD)
