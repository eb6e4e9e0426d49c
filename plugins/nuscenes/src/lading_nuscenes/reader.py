"""The reader: tells a source of the nuScenes schema, chooses a version, reads its tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import lading
from lading import Dataset, File, Match, Origin, Report, Source
from lading.errors import DetectionError, OptionError
from lading_nuscenes.layout import DEPTH, Version, read_tables, versions

#: Folders that a message names.
_SHOWN = 8


class NuScenesOptions(lading.Options):
    """What `-o key=value` may set."""

    #: The folder of tables, where a source has several.
    version: str | None = None
    #: Frames also of the files between the samples.
    sweeps: bool = False
    #: A results file of a detector or tracker, by its path in the source, read beside the annotations.
    results: str | None = None


class NuScenesReader(lading.Reader):
    """nuScenes, nuImages, and databases of their schema by others."""

    name: ClassVar[str] = "nuscenes"
    title: ClassVar[str] = "nuScenes, nuImages, and databases of their schema"
    Options: ClassVar[type[lading.Options]] = NuScenesOptions

    def codes(self) -> Mapping[str, lading.Told]:
        """What it tells itself."""
        from lading_nuscenes.codes import CODES

        return CODES

    def detect(self, source: Source) -> Match:
        """By the names of the tables: `sample_data.json`, or three of any."""
        found = versions(source)
        if not found:
            what = "sample_data.json or three other tables of the schema"
            return Match(0.0, f"no folder, down to {DEPTH} below the root, holds {what}")
        if (refusal := _refusal(source, found)) is not None:
            return Match(0.0, refusal)
        best = max(found, key=lambda version: len(version.tables))
        folder = best.folder or "the root"
        is_whole = all(table in best.tables for table in ("sample", "sample_data", "sensor"))
        return Match(1.0 if is_whole else 0.9, f"{folder} holds {len(best.tables)} tables of the schema")

    def open(self, source: Source, options: NuScenesOptions, report: Report) -> Dataset:
        """One version. Raises DetectionError where there are no tables, or another file is named than one of them.

        Raises OptionError for a version that is not there.
        """
        from lading_nuscenes.database import Database  # what detection can do without is imported here
        from lading_nuscenes.dataset import NuScenesDataset
        from lading_nuscenes.splits import tell_shared_samples, tell_test_labels
        from lading_nuscenes.strays import other_files, tell_strays

        found = versions(source)
        refusal = None if source.selected == options.results else _refusal(source, found)
        if refusal is not None:
            raise DetectionError(source.label, {self.name: refusal})
        version = _choose(source, found, options.version, report)
        files = read_tables(version, report)
        if not files:
            raise DetectionError(source.label, {self.name: "all tables are Git LFS pointers: they are not downloaded"})
        results = _results(source, options.results)
        others = [name for name in other_files(source, found) if name != options.results]
        database = Database(
            source, version, files, report, all_files=options.sweeps, notes_names=bool(others), results=results
        )
        dataset = NuScenesDataset(source.name, database, report, sweeps=options.sweeps)
        database.report_losses()
        tell_test_labels(version, database.tables.counts, report)
        tell_shared_samples(version, found, report)
        tell_strays(database, others, report)
        return dataset


def _refusal(source: Source, found: list[Version]) -> str | None:
    """Why the one file that the caller named is none to read: what lies beside it is another dataset."""
    if not found or source.selected is None or len(source.places) > 1 or _is_table(source.selected, found):
        return None
    return f"{source.selected} is no table of the schema"


def _is_table(path: str, found: list[Version]) -> bool:
    return any(path == file.path for version in found for file in version.tables.values())


def _results(source: Source, wanted: str | None) -> File | None:
    file = None if wanted is None else source.get(wanted)
    if wanted is not None and file is None:
        raise OptionError(f"-o results: expected a file of the source, found {wanted!r}")
    return file


def _choose(source: Source, found: list[Version], wanted: str | None, report: Report) -> Version:
    if not found:
        raise DetectionError(source.label, {NuScenesReader.name: "no folder holds tables of the schema"})
    names = ", ".join(version.folder or "." for version in found[:_SHOWN])
    if len(found) > _SHOWN:
        names += f" and {len(found) - _SHOWN:,} more"
    if wanted is not None:
        for version in found:
            if wanted in (version.folder, version.name):
                return version
        raise OptionError(f"-o version: expected one of {names}, found {wanted!r}")
    chosen = found[0]
    if source.selected is not None:
        chosen = next((v for v in found if v.folder == source.selected.rpartition("/")[0]), chosen)
    elif len(found) > 1 and chosen.is_deepest:  # deliveries of their own, of which one would pass for all
        raise OptionError(f"-o version: expected which database to read, or a path to it, found {names}")
    elif len(found) > 1:
        message = f"expected one version, found {names}; {chosen.folder or '.'} is read, `-o version=` names another"
        report.warning("nuscenes.several-versions", message, Origin(chosen.folder or "."))
    return chosen
