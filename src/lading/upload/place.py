"""A segment of the platform on the uploader's side: what it holds, what it will hold, and the way there."""

from __future__ import annotations

import msgspec

from lading.model.report import Report
from lading.model.sensor import Sensor
from lading.upload.ledger import DRAFT, Ledger
from lading.upload.remote import Entry, read_segment
from lading.upload.target import Target

_EXAMPLES = 3


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a segment has to hold now: how many rows (files, or frames in fusion)."""

    segment_name: str
    rows: int


class Place:
    """One segment of the platform; what it holds is in the ledger."""

    def __init__(self, target: Target, ledger: Ledger, name: str, *, is_fusion: bool) -> None:
        self.name = name
        self._target = target
        self._ledger = ledger
        self._is_fusion = is_fusion
        self._is_empty = True

    async def open(self, description: str, sensors: tuple[Sensor, ...]) -> None:
        """Learn what is there; make the segment and set its sensors where they are not."""
        target = self._target
        is_new = self.name not in target.segments
        if is_new:
            self._ledger.open_segment(self.name, DRAFT)
        elif target.draft_number is not None or self._ledger.version_of(self.name) != target.head:
            # A commit never changes, so what the ledger knows of it holds; anything else may have been changed.
            self._ledger.open_segment(self.name, target.head if target.draft_number is None else DRAFT)
            async for key, entry in read_segment(target.client, target.id, target.version, self.name):
                self._ledger.put(self.name, key, entry, "called back", is_ours=False)
        self._ledger.flush()
        self._is_empty = self._ledger.is_empty(self.name)
        if not target.is_dry_run:
            await target.ensure_segment(self.name, description)
            await target.put_sensors(self.name, sensors, is_new=is_new)

    def known(self, key: str) -> Entry | None:
        """What is there of a file that this run has too."""
        if self._is_empty:
            return None
        self._ledger.mark(self.name, key)
        return self._ledger.entry(self.name, key)

    def put(self, key: str, entry: Entry) -> None:
        """The draft has this file as it should be."""
        self._ledger.put(self.name, key, entry, "called back")

    def report_strangers(self, report: Report, segment: str) -> None:
        """What the platform holds and the dataset does not is left alone, and said."""
        count, keys = self._ledger.strangers(self.name, _EXAMPLES)
        if count:
            names = ", ".join(repr(_shown(key)) for key in keys)
            message = (
                f"segment {self.name!r} on the platform: expected only files of the dataset, "
                f"found {count} more, such as {names}; they are left alone"
            )
            report.warning("upload.extra-remote", message, segment=segment)

    def outcome(self) -> Outcome:
        """What the segment has to hold now."""
        rows = self._ledger.frames(self.name) if self._is_fusion else self._ledger.count(self.name)
        return Outcome(segment_name=self.name, rows=rows)


def _shown(key: str) -> str:
    """A file's key as people read it."""
    return key.replace("\n", " ")
