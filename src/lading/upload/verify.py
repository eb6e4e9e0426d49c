"""Reading back: whether the platform holds what was sent to it, told as `lading diff` tells it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from typing import BinaryIO

import msgspec

from lading.compare import Difference, diff
from lading.errors import LadingError, UploadError
from lading.media import sha1_hex
from lading.model.codec import encode_catalog
from lading.model.content import Content
from lading.model.dataset import WHOLE, Dataset, Part
from lading.model.frame import Frame
from lading.model.label import MASK_TYPES, Label, MaskLabel
from lading.model.naming import SIDECAR_SEGMENT
from lading.model.report import Report
from lading.platform.reading import Version
from lading.stored.content import StoredContent
from lading.stored.dataset import StoredDataset
from lading.stored.joined_labels import MaskContent
from lading.stored.shelf import Blob, Header, Shelf, StoredFile, StoredRow, StoredSegment
from lading.upload.job import Job
from lading.upload.masks import mask_key, prepare_mask
from lading.upload.place import Outcome
from lading.upload.result import Progress
from lading.upload.sidecar import Written
from lading.upload.target import Target

#: Frames after which the progress hears of it.
_OFTEN = 50


async def check_commit(target: Target, commit_id: str, outcomes: Sequence[Outcome]) -> None:
    """Raise UploadError where a segment of a commit does not hold as many rows as it should."""
    version = Version(commit=commit_id)
    for outcome in outcomes:
        name = outcome.segment_name
        page = await target.client.list_data(target.id, version, name, limit=1)
        if page.total_count != outcome.rows:
            raise UploadError(
                f"segment {name!r} of commit {commit_id}: expected {outcome.rows} rows, found {page.total_count}"
            )


async def verify(job: Job) -> None:
    """Read our draft, or without one the head, and compare it with the dataset; what differs is a failure.

    Bytes are compared by the checksums that the platform tells, and are not fetched. What only the platform has is left
    alone. Where no sidecar went up, what would have been in it is taken from here. What was found wrong is not trusted
    by the next run.
    """
    target = job.target
    revision = target.head_commit if target.draft_number is None else f"draft-{target.draft_number}"
    if revision is None:
        return
    job.ledger.settle()
    shelf: Shelf = job.shelf(revision)
    if job.sidecar is not None and job.sidecar_way is None:
        there = await target.catalog()
        uploaded = {} if there is None else encode_catalog(there)
        files = await asyncio.to_thread(job.sidecar.finish, encode_catalog(job.catalog), uploaded)
        shelf = _WithSidecar(shelf, files)
    differences = await asyncio.to_thread(_differences, job, shelf, asyncio.get_running_loop())
    job.stop.check()
    for difference in differences:
        where = difference.place or "dataset"
        job.result.fail(where, f"expected it on the platform as in the source, found {difference.found}")
    if differences:
        job.ledger.distrust()


def _differences(job: Job, shelf: Shelf, loop: asyncio.AbstractEventLoop) -> list[Difference]:
    """What the platform has not as the source has it."""

    def tell(segment: str, done: int) -> None:
        if job.options.progress is not None:
            total = job.dataset.segment(segment).frame_count
            progress = Progress("verify", segment, done, total, job.result.bytes_sent)
            loop.call_soon_threadsafe(job.options.progress, progress)

    ours = _Ours(job, tell)
    theirs = StoredDataset(shelf, Report())
    found = diff(ours, theirs, digests=(_SourceDigest(job), _told_digest))
    return [one for one in found if one.change != "added" or one.what in ("label", "catalog")]


class _Ours(Dataset):
    """The dataset with the catalog that went up; ends early where the upload was asked to stop."""

    def __init__(self, job: Job, tell: Callable[[str, int], None]) -> None:
        dataset = job.dataset
        self.name = dataset.name
        self.is_fusion = dataset.is_fusion
        self.is_continuous = dataset.is_continuous
        self.bin_point_cloud_fields = dataset.bin_point_cloud_fields
        self.catalog = job.catalog
        self.segments = dataset.segments
        self.extras = dataset.extras
        self.report = Report()
        self._job = job
        self._tell = tell

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """The frames of the dataset."""
        done = 0
        for done, frame in enumerate(self._job.dataset.frames(segment, part, report), 1):
            if self._job.stop.is_set:
                return
            yield frame
            if done % _OFTEN == 0:
                self._tell(segment, done)
        self._tell(segment, done)


class _SourceDigest:
    """The SHA-1 of what has to be on the platform of a file of the source, by the ledger where it knows it."""

    def __init__(self, job: Job) -> None:
        self._ledger = job.ledger
        self._category_ids = job.category_ids
        self._keeps_masks = job.sidecar_way is not None

    def __call__(self, content: Content, label: Label | None) -> str:
        try:
            if isinstance(label, MASK_TYPES) and not self._keeps_masks:
                return self._of_mask(label, content)
            known = self._ledger.known_hash(content.path, content.stamp)
            return sha1_hex(content) if known is None else known.checksum
        except LadingError as exc:
            return str(exc)

    def _of_mask(self, label: MaskLabel, content: Content) -> str:
        """The SHA-1 of the mask as it was encoded anew, as without a sidecar that is all there is."""
        key = mask_key(label, content, self._category_ids)
        known = None if key is None else self._ledger.known_mask(key)
        return (
            prepare_mask(label, content, self._category_ids).file.checksum if known is None else str(known["checksum"])
        )


def _told_digest(content: Content, label: Label | None) -> str:
    """The SHA-1 of a file that the platform tells; where it tells none, the bytes are fetched."""
    try:
        told = content.checksum() if isinstance(content, (StoredContent, MaskContent)) else None
        return sha1_hex(content) if told is None else told
    except LadingError as exc:
        return str(exc)


class _WithSidecar:
    """A version of a dataset as if a sidecar had gone up with it."""

    def __init__(self, shelf: Shelf, files: Sequence[Written]) -> None:
        self.place = shelf.place
        self._shelf = shelf
        self._files = {file.path: file for file in files}

    def header(self) -> Header:
        """The platform's, with the sidecar's segment."""
        header = self._shelf.header()
        segments = [segment for segment in header.segments if segment.name != SIDECAR_SEGMENT]
        return msgspec.structs.replace(header, segments=[*segments, StoredSegment(name=SIDECAR_SEGMENT)])

    def rows(self, segment: str, start: int = 0) -> Iterator[StoredRow]:
        """The platform's."""
        return self._shelf.rows(segment, start)

    def keys(self, segment: str) -> Iterator[str]:
        """The platform's."""
        return self._shelf.keys(segment)

    def locate(self, segment: str, key: str, count: int) -> int:
        """The platform's."""
        return self._shelf.locate(segment, key, count)

    def find(self, segment: str, remote_path: str) -> StoredFile | None:
        """The sidecar's file; of what the platform has of one, nothing counts."""
        if segment != SIDECAR_SEGMENT:
            return self._shelf.find(segment, remote_path)
        return StoredFile(remote_path=remote_path, label={}) if remote_path in self._files else None

    def open(self, blob: Blob) -> BinaryIO:
        """The bytes of a file, the sidecar's or the platform's."""
        written = self._files.get(blob.remote_path) if blob.segment == SIDECAR_SEGMENT else None
        return self._shelf.open(blob) if written is None else written.open()
