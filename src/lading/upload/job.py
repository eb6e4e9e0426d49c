"""What all segments of an upload share."""

from __future__ import annotations

from concurrent.futures import Executor

import msgspec

from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part
from lading.model.report import Report
from lading.upload.gate import Gate
from lading.upload.ledger import Ledger
from lading.upload.result import Listener, UploadResult
from lading.upload.settings import Settings
from lading.upload.sidecar import Sidecar, SidecarWay
from lading.upload.target import Target


class Stop:
    """Set when the user wants an upload to end: what is in flight is finished, nothing new is begun."""

    is_set = False


class Job(msgspec.Struct, kw_only=True):
    """What all segments of an upload share; `faults` counts the files in a row that the platform could not take.

    `sidecar` takes up what the wire cannot say, from the pass that reads everything; `sidecar_way` brings it there.
    """

    dataset: Dataset
    target: Target
    ledger: Ledger
    result: UploadResult
    report: Report
    settings: Settings
    gate: Gate
    part: Part
    is_verifying: bool
    stop: Stop
    reader: Executor
    hashers: Executor
    hash_threads: int
    catalog: Catalog
    sidecar: Sidecar | None = None
    sidecar_way: SidecarWay | None = None
    progress: Listener | None = None
    faults: int = 0
