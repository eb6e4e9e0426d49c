"""What an upload may be told: one object, and the same as keyword arguments for those who call `lading.upload`."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TypedDict

from lading.errors import OptionError
from lading.model.catalog import Catalog
from lading.model.dataset import WHOLE, Part, share
from lading.model.report import Report
from lading.upload.result import Listener
from lading.upload.settings import Settings


@dataclass(frozen=True, kw_only=True)
class Options:
    """`jobs` is the number of files in flight, by default as many as make it quick; `commit` is the commit's title.

    `part` (k, n) uploads the k-th of n shares into the draft that all parts fill, and the part that finds everything
    there commits; `commit_only` just looks and commits. `catalog` goes up in place of the dataset's own. `sidecar`
    sends along what the wire has no field for, in files that other clients may ignore. `verify` reads all back before
    the commit and compares; what differs holds it. `ledgers` is the folder of the uploader's own records (default:
    below `lading.home`), `ca_bundle` a PEM file of the certificates to trust in place of the system's. Losses, and what
    is met while reading, go to `report`, by default the dataset's.
    """

    jobs: int | None = None
    dry_run: bool = False
    commit: str | None = None
    is_committing: bool = True
    tag: str | None = None
    verify: bool = False
    allow_missing: bool = False
    part: Part = WHOLE
    commit_only: bool = False
    catalog: Catalog | None = None
    sidecar: bool = True
    ledgers: str | os.PathLike[str] | None = None
    ca_bundle: str | os.PathLike[str] | None = None
    progress: Listener | None = None
    report: Report | None = None
    settings: Settings = field(default_factory=Settings)

    def check(self) -> None:
        """Raise OptionError for what cannot be."""
        if self.jobs is not None and self.jobs < 1:
            raise OptionError(f"jobs: expected 1 or more, found {self.jobs}")
        share(0, self.part)


class Keywords(TypedDict, total=False):
    """The fields of `Options`, which says what they mean, as keyword arguments."""

    jobs: int | None
    dry_run: bool
    commit: str | None
    is_committing: bool
    tag: str | None
    verify: bool
    allow_missing: bool
    part: Part
    commit_only: bool
    catalog: Catalog | None
    sidecar: bool
    ledgers: str | os.PathLike[str] | None
    ca_bundle: str | os.PathLike[str] | None
    progress: Listener | None
    report: Report | None
    settings: Settings
