"""The reader: tells a source of the nuScenes schema, chooses a version, reads its tables."""

from __future__ import annotations

import re
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

import lading
from lading import Dataset, Match, Origin, Report, Source
from lading.errors import DetectionError, OptionError
from lading_nuscenes.database import Database
from lading_nuscenes.dataset import NuScenesDataset
from lading_nuscenes.files import name_hashes
from lading_nuscenes.layout import Version, read_tables, versions
from lading_nuscenes.schema import ROWS

_PLUS = re.compile(r"(-\d\d)(?:_|%2B)(\d{4}__)")


class NuScenesOptions(lading.Options):
    """What `-o key=value` may set."""

    #: The folder of tables, where a source has several.
    version: str | None = None
    #: Frames also of the files between the samples.
    sweeps: bool = False


class NuScenesReader(lading.Reader):
    """nuScenes, nuImages, and databases of their schema by others."""

    name: ClassVar[str] = "nuscenes"
    title: ClassVar[str] = "nuScenes, nuImages, and databases of their schema"
    Options: ClassVar[type[lading.Options]] = NuScenesOptions

    def detect(self, source: Source) -> Match:
        """By the names of the tables: `sample_data.json`, or three of any."""
        found = versions(source)
        if not found:
            return Match(0.0, "no folder holds sample_data.json or three other tables of the schema")
        best = max(found, key=lambda version: len(version.tables))
        folder = best.folder or "the root"
        is_whole = all(table in best.tables for table in ("sample", "sample_data", "sensor"))
        return Match(1.0 if is_whole else 0.9, f"{folder} holds {len(best.tables)} tables of the schema")

    def open(self, source: Source, options: NuScenesOptions, report: Report) -> Dataset:
        """One version. Raises DetectionError where there are no tables, OptionError for a version that is not there."""
        version = _choose(source, versions(source), options.version, report)
        files = read_tables(version, report)
        if not files:
            raise DetectionError(source.label, {self.name: "all tables are Git LFS pointers: they are not downloaded"})
        database = Database(source, version, files, report, all_files=options.sweeps)
        dataset = NuScenesDataset(source.name, database, report, sweeps=options.sweeps)
        database.report_losses()
        _tell_other_tables(source, version, report)
        _tell_unlisted(database, report)
        return dataset


def _choose(source: Source, found: list[Version], wanted: str | None, report: Report) -> Version:
    if not found:
        raise DetectionError(source.label, {NuScenesReader.name: "no folder holds tables of the schema"})
    names = ", ".join(version.folder or "." for version in found)
    if wanted is not None:
        for version in found:
            if wanted in (version.folder, version.name):
                return version
        raise OptionError(f"-o version: expected one of {names}, found {wanted!r}")
    chosen = found[0]
    if source.selected is not None:
        chosen = next((v for v in found if v.folder == source.selected.rpartition("/")[0]), chosen)
    elif len(found) > 1:
        message = f"expected one version, found {names}; {chosen.name} is read, `-o version=` names another"
        report.warning("nuscenes.several-versions", message, Origin(chosen.folder or "."))
    return chosen


def _tell_other_tables(source: Source, version: Version, report: Report) -> None:
    """Say which tables are there that the schema has not."""
    prefix = f"{version.folder}/" if version.folder else ""
    for name in source.below(version.folder):
        base = name.removeprefix(prefix)
        if "/" not in base and base.endswith(".json") and base.removesuffix(".json") not in ROWS:
            report.loss(f"table {base.removesuffix('.json')!r}, which is not in the schema", name)


def _tell_unlisted(database: Database, report: Report) -> None:
    """Say how many files lie where the media are and stand in no row of sample_data."""
    files, media = database.files, database.media
    listed = files.listed
    if not len(listed):
        return
    files.listed = listed[:0]  # needed no more, and hashes are good in this process alone
    for root, names in media.below_roots():
        strange = _unlisted([name[len(root) :] for name in names], listed)
        # An unpacker may have taken away the `+` of the time zone in a name.
        before = [_PLUS.sub(r"\1+\2", names[place][len(root) :]) for place in strange]
        stray = [names[strange[place]] for place in _unlisted(before, listed)]
        if stray:
            message = f"expected files that sample_data.json lists, found {len(stray)} others"
            report.warning("nuscenes.unlisted-files", message, Origin(stray[0]))


def _unlisted(names: list[str], listed: NDArray[np.int64]) -> list[int]:
    """The places of the names whose hash is not among those listed, which are sorted."""
    hashes = name_hashes(names)
    places = np.minimum(np.searchsorted(listed, hashes), len(listed) - 1)
    strange: list[int] = np.flatnonzero(listed[places] != hashes).tolist()
    return strange
