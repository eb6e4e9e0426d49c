"""What all segments of an upload share."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import Executor
from typing import TypeVar, TypeVarTuple, Unpack

import msgspec

from lading.model.catalog import Catalog
from lading.model.dataset import WHOLE, Dataset
from lading.model.report import Report
from lading.stored.shelf import Shelf
from lading.upload.category_ids import CategoryIds
from lading.upload.gate import Gate
from lading.upload.interrupt import Stop
from lading.upload.ledger import Ledger
from lading.upload.options import Options
from lading.upload.result import UploadResult
from lading.upload.sidecar import Sidecar, SidecarWay
from lading.upload.target import Target

T = TypeVar("T")
Args = TypeVarTuple("Args")


async def in_thread(executor: Executor, call: Callable[[Unpack[Args]], T], *args: *Args) -> T:
    """The result of a call that one of an executor's threads makes."""
    return await asyncio.get_running_loop().run_in_executor(executor, call, *args)


class Job(msgspec.Struct, kw_only=True):
    """What all segments of an upload share; `faults` counts the files in a row that the platform could not take.

    `shelf` opens a revision for reading. `sidecar` takes up what the wire cannot say, from the pass that reads
    everything; `sidecar_way` brings it there.
    """

    dataset: Dataset
    options: Options
    target: Target
    ledger: Ledger
    result: UploadResult
    report: Report
    gate: Gate
    stop: Stop
    reader: Executor
    hashers: Executor
    hash_threads: int
    catalog: Catalog
    category_ids: CategoryIds
    shelf: Callable[[str], Shelf]
    sidecar: Sidecar | None = None
    sidecar_way: SidecarWay | None = None
    faults: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether it brings all of the dataset, not one part of several."""
        return self.options.part == WHOLE
