"""Files of a source that no table names: they are told, so that nothing is passed over in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lading import Origin, Report, Source, counted
from lading.source.names import is_prose
from lading_nuscenes.database import Database
from lading_nuscenes.filenames import name_hashes
from lading_nuscenes.layout import DEPTH, MEDIA_FOLDERS, Version
from lading_nuscenes.schema import ROWS

#: A time in microseconds, or another number of its length, as it stands in names.
_STAMP = re.compile(r"\d{15,18}")

_PLUS = re.compile(r"(-\d\d)(?:_|%2B)(\d{4}__)")

#: Folders that are told elsewhere: media with a finding of their own, the CAN bus with its scenes.
_TOLD = frozenset({*MEDIA_FOLDERS, "can_bus"})


def other_files(source: Source, found: Sequence[Version]) -> list[str]:
    """The files beside tables, media in the original layout, and what explains the dataset to people."""
    folders = {version.folder for version in found}
    names = []
    for name in source.names():
        folder, _, base = name.rpartition("/")
        is_table = folder in folders and base.endswith(".json")
        if not is_table and not is_prose(base) and _TOLD.isdisjoint(folder.split("/")[: DEPTH + 1]):
            names.append(name)
    return names


def tell_strays(database: Database, others: list[str], report: Report) -> None:
    """Say which files stand in no row: those below the folders of media, and those elsewhere."""
    files, version = database.files, database.version
    listed, files.listed = files.listed, files.listed[:0]  # needed no more, and hashes are good in this process alone
    _tell_other_tables(database.media.source, version, report)
    left_out = database.tables.left_out("sample_data").values()
    unnamed_rows = sum(not isinstance(row.get("filename"), str) for row in left_out)  # told; a file of each is not
    if len(listed):
        for root, names in database.media.below_roots():
            stray = _strays([name[len(root) :] for name in names], listed)
            stray = _unexplained(database, names, stray)
            if len(stray) > unnamed_rows:
                message = f"expected files that sample_data.json lists, found {counted(len(stray), 'other')}"
                report.warning("nuscenes.unlisted-files", message, Origin(names[stray[0]]))
    known = np.sort(np.concatenate((listed, name_hashes([row.filename for row in database.maps.rows]), database.named)))
    unnamed = others
    for depth in range(DEPTH + 1):  # rows name files below the source's root, or some folders deeper
        below = [name.split("/", depth)[-1] for name in unnamed]
        unnamed = [unnamed[place] for place in _strays(below, known)]
    if unnamed:
        report.loss("files that no table names", unnamed[0], len(unnamed))


def _tell_other_tables(source: Source, version: Version, report: Report) -> None:
    """Say which tables are there that the schema has not."""
    prefix = f"{version.folder}/" if version.folder else ""
    for name in source.below(version.folder):
        base = name.removeprefix(prefix)
        if "/" not in base and base.endswith(".json") and base.removesuffix(".json") not in ROWS:
            report.loss(f"table {base.removesuffix('.json')!r}, which is not in the schema", name)


def _strays(names: Sequence[str], known: NDArray[np.int64]) -> list[int]:
    """The places of the names that are not known, also not in another spelling (`Media.find` tries the same)."""
    places = _unknown(names, known)
    for spell in (_with_plus, "./{}".format, _with_backslashes):
        places = [places[place] for place in _unknown([spell(names[place]) for place in places], known)]
    return places


def _unexplained(database: Database, names: Sequence[str], places: list[int]) -> list[int]:
    """The places of the names that are not those of files whose rows have another path, which is told.

    That is so where the name has the time and the sensor of a row whose own path leads to no file, or is another's.
    """
    files = database.files
    stamps = {place: int(found[-1]) for place in places if (found := _STAMP.findall(names[place]))}
    by_stamp = files.of_stamps(list(stamps.values())) if stamps else {}
    if not by_stamp:
        return places
    is_repeating = files.repeating()
    left = []
    for place in places:
        beside = by_stamp.get(stamps.get(place, -1), ())
        if not any(
            _sensor_name(database, file) in names[place].split("/")
            and (is_repeating[file] or database.media.find(files.filename(file)) is None)
            for file in beside
        ):
            left.append(place)
    return left


def _sensor_name(database: Database, file: int) -> str | None:
    place = int(database.files.calibrated[file])
    model = None if place < 0 else database.sensors.models[place]
    return None if model is None else model.name


def _with_plus(name: str) -> str:
    """With the `+` of the time zone that an unpacker may have taken away."""
    return _PLUS.sub(r"\1+\2", name)


def _with_backslashes(name: str) -> str:
    return name.replace("/", "\\")


def _unknown(names: Sequence[str], known: NDArray[np.int64]) -> list[int]:
    """The places of the names whose hash is not among those known, which are sorted."""
    if not len(known):
        return list(range(len(names)))
    hashes = name_hashes(names)
    places = np.minimum(np.searchsorted(known, hashes), len(known) - 1)
    unknown: list[int] = np.flatnonzero(known[places] != hashes).tolist()
    return unknown
