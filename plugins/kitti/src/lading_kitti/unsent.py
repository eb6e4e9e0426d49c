"""Files that were not sent: of a sensor or of a whole segment that lacks most of them this is told once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from posixpath import dirname

from lading import Origin, Report, Source, counted
from lading.model.recurring import is_often
from lading_kitti.index import Media, SegmentIndex
from lading_kitti.keys import is_number
from lading_kitti.texts import read_lines


def tell_unsent(source: Source, segment: SegmentIndex, report: Report) -> None:
    """Say so of a segment whose frames have no file of any sensor, then of sensors without one where others have."""
    if segment.is_stray:
        return
    told = {*segment.strays, *segment.previous}
    keys = [key for key in segment.keys if key not in told and not (is_number(key) and int(key) in segment.beyond)]
    unserved = {finding.file for finding in report.findings if finding.rule.startswith("source.")}
    alone = [key for key in keys if key in segment.lonely]
    if not segment.lost and _are_many(alone, keys) and not _are_unserved(segment.media, alone, unserved):
        _tell(segment.media[0], ", here or of another sensor", alone, keys, report, segment=segment.name)
        segment.is_unsent = True
    rest = [key for key in keys if key not in segment.lonely]
    for media in segment.media:
        lacking = [key for key in rest if key not in media.files]
        if media.name in segment.lost or not _are_many(lacking, rest):
            continue
        gone = _lost(source, media)
        due, lacking = ([key for key in some if not (gone and int(key) in gone)] for some in (rest, lacking))
        if _are_many(lacking, due) and not _are_unserved([media], lacking, unserved):
            _tell(media, "", lacking, due, report, segment=segment.name, sensor=media.name)
            segment.bare.add(media.name)


def tell_sensors(segments: Sequence[SegmentIndex], report: Report) -> None:
    """Say, once a sensor with a count, which sequences or drives have no folder of it though others beside them do.

    Drives of raw are held to those of their kind: of the checkerboards of a day, `_extract` alone, there are pictures.
    """
    beside: dict[tuple[str, str, bool], list[SegmentIndex]] = {}
    for segment in segments:
        if segment.layout.is_continuous and not segment.is_stray and any(media.files for media in segment.media):
            beside.setdefault((segment.container, segment.layout.name, segment.is_rectified), []).append(segment)
    unserved = {finding.file for finding in report.findings if finding.rule.startswith("source.")}
    for group in beside.values():
        sensors = {media.camera: media.name for segment in group for media in segment.media if media.files}
        for camera, name in sensors.items():
            lacking = [one for one in group if all(media.camera != camera for media in one.media)]
            paths = [(one, one.folder(name)) for one in lacking if name not in one.lost]
            paths = [(one, path) for one, path in paths if not _has(path, unserved)]
            if paths:
                others = len(group) - len(lacking)
                message = f"expected files of this sensor as {counted(others, 'other')} beside it"
                message += f" {'has' if others == 1 else 'have'}, found none"
                message += f"; so it is with {len(paths):,} of {len(group):,}" if len(paths) > 1 else ""
                report.warning("kitti.sensor-missing", message, Origin(paths[0][1]), segment=paths[0][0].name)


def _are_many(lacking: Sequence[str], keys: Sequence[str]) -> bool:
    """Whether the frames that lack a file are all, most or very many of those that should have one."""
    return len(lacking) == len(keys) > 1 or is_often(len(lacking), len(keys))


def _are_unserved(media: Sequence[Media], keys: Sequence[str], unserved: Collection[str | None]) -> bool:
    """Whether it is told of some of these files, or of a folder above them, why they are not there."""
    return bool(unserved) and any(_has(one.path(key), unserved) for one in media for key in keys)


def _has(path: str, unserved: Collection[str | None]) -> bool:
    while path and path not in unserved:
        path = dirname(path)
    return bool(path)


def _lost(source: Source, media: Media) -> frozenset[int]:
    """The numbers of the frames of which a list of times says, by an empty line, that the sensor lost them (3.8)."""
    lines = read_lines(source, media.times[""], Report()) if "" in media.times else None
    return frozenset(number for number, line in enumerate(lines or ()) if not line.strip())


def _tell(
    media: Media, where: str, lacking: Sequence[str], keys: Sequence[str], report: Report, **at: str | None
) -> None:
    found = len(keys) - len(lacking)
    message = f"expected a file for each of {len(keys):,} frames{where}, found {f'{found:,}' if found else 'none'}"
    message += f"; the first frame without one is {lacking[0]}" if found else ""
    report.error("media.missing", message, Origin(media.prefix.rstrip("/")), **at)
