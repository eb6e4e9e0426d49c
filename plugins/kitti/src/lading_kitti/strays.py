"""Files that no others go with, a frame of one file and a sequence of one folder: told once, and not all they lack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from posixpath import dirname

from lading import Data, Origin, Report, counted
from lading_kitti.index import SegmentIndex
from lading_kitti.layouts import TRACKING

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
    """Say which sequences of tracking are of one folder alone, and note what others lack for that."""
    roots: dict[str, list[SegmentIndex]] = defaultdict(list)
    for segment in segments:
        if segment.layout is TRACKING:
            roots[segment.root].append(segment)
    for beside in roots.values():
        kinds = {segment.name: set(_kinds(segment)) for segment in beside}
        every = set().union(*kinds.values())
        alone = [one for one in beside if len(kinds[one.name]) == 1]
        whole = [one for one in beside if len(kinds[one.name]) > 1]
        for kind in sorted(every):
            found = [one for one in alone if kind in kinds[one.name]]
            lacking = [one for one in whole if kind not in kinds[one.name]]
            is_renamed = len(found) == len(lacking)
            if not whole or not (is_renamed or len(every) > _LEAST_LACKING):
                continue
            for place, one in enumerate(found):
                other = lacking[place] if is_renamed else None
                one.is_stray = True
                if other is not None:
                    other.lost.add(kind)
                _tell(one, kind, other, report)


def _kinds(segment: SegmentIndex) -> Iterator[str]:
    """The folders that a sequence has files of, those of calibrations and of records among them."""
    yield from (media.name for media in segment.media if media.files)
    if segment.labels is not None:
        yield LABELS
    for kind, has in (("calib", segment.calib_file), ("oxts", segment.oxts_file), ("mots", segment.instance)):
        if has:
            yield kind


def _tell(segment: SegmentIndex, kind: str, other: SegmentIndex | None, report: Report) -> None:
    media = next((one for one in segment.media if one.name == kind), None)
    at = _place(segment) if media is None else dirname(next(iter(media.files.values())))
    folder = dirname(at)
    message = f"expected a sequence that other folders have as well, found one of {folder} alone"
    if other is not None:
        message += f", which has none of {other.sequence!r}"
    report.warning("kitti.stray-file", message, Origin(at), segment=segment.name)


def _place(segment: SegmentIndex) -> str:
    """The file of a sequence without pictures and clouds."""
    files = (None if segment.labels is None else segment.labels.path, segment.oxts_file, *segment.instance.values())
    return next(path for path in files if path is not None)


def settle(segment: SegmentIndex, key: str, data: Sequence[Data]) -> None:
    """Let no rule tell of files that lack for a reason that is told."""
    is_alone = segment.is_stray or key in segment.strays
    for one in data:
        if one.content is None and (is_alone or one.sensor_name in segment.lost):
            one.told = (*one.told, _TOLD)
