"""Labels of the wire with what the sidecar says of each, in the source's order."""

from __future__ import annotations

import os
from collections import defaultdict, deque
from dataclasses import dataclass
from typing import Any, BinaryIO

import msgspec

from lading.errors import LadingError, SourceError
from lading.model.codec import SINGLE_KINDS, decode_labels
from lading.model.codec.sidecar import label_digest, mask_file
from lading.model.codec.values import unpack_value
from lading.model.label import MASK_TYPES, Keypoints2D, Label, MaskItem, MaskLabel, Rle
from lading.model.naming import SIDECAR_SEGMENT
from lading.model.report import Origin, Report
from lading.stored.content import StoredContent
from lading.stored.frames import blob_of
from lading.stored.labels import read_labels
from lading.stored.shelf import Json, Shelf, StoredFile


def join_labels(shelf: Shelf, place: str, file: StoredFile, part: Json, report: Report) -> list[Label]:
    """The labels of a file; where somebody has changed them since, as the wire has them, with a finding."""
    labels = read_labels(shelf, place, file, report)
    records = part.get("labels")
    if records is None:
        return labels
    if label_digest(file.label) != part.get("labelDigest"):
        message = "expected the labels that were uploaded, found others; what the sidecar says of them is left out"
        report.warning("platform.labels-changed", message, Origin(f"{place}/{file.remote_path}"), segment=place)
        return labels
    waiting: dict[str, deque[Label]] = defaultdict(deque)
    for label in labels:
        waiting[label.kind].append(label)
    joined: list[Label] = []
    for record in records:
        found = _sent_or_kept(record, waiting[record["kind"]])
        if found is not None:
            joined.append(_join(shelf, found, record))
    return joined + [label for queue in waiting.values() for label in queue]


def _sent_or_kept(record: Json, sent: deque[Label]) -> Label | None:
    """The label of a record: the next of its type on the wire, or where it did not go up, the sidecar's."""
    if "label" not in record:
        return sent.popleft() if sent else None
    kind, value = record["kind"], unpack_value(record["label"])
    at = Origin("sidecar", f"/{kind}")
    return decode_labels({kind: value if kind in SINGLE_KINDS else [value]}, at=at)[0]


def _join(shelf: Shelf, label: Label, record: Json) -> Label:
    changes: dict[str, Any] = {}
    if "extras" in record:
        changes["extras"] = unpack_value(record["extras"])
    if isinstance(label, Rle):
        changes |= {"height": record.get("height"), "width": record.get("width")}
    elif isinstance(label, Keypoints2D) and "visible" in record:
        changes["visible"] = tuple(unpack_value(record["visible"]))
    elif isinstance(label, MASK_TYPES):
        changes |= _mask(shelf, label, record)
    return msgspec.structs.replace(label, **changes) if changes else label


def _mask(shelf: Shelf, label: MaskLabel, record: Json) -> dict[str, Any]:
    """The source's own table and file; nothing where the platform's is another's by now."""
    records = record.get("items")
    if label.content is not None and len(label.items or ()) != len(records or ()):
        return {}
    path: str | None = record.get("path")
    changes: dict[str, Any] = {"items": None if records is None else tuple(map(_item, records)), "path": path}
    sent = label.content if isinstance(label.content, StoredContent) else None
    if sent is not None or record.get("isKept"):
        changes["content"] = MaskContent(record.get("file") or path or "", shelf, sent, record.get("size"))
    return changes


def _item(record: Json) -> MaskItem:
    attributes = record.get("attributes")
    return MaskItem(
        record["value"],
        record.get("categoryId"),
        None if attributes is None else unpack_value(attributes),
        record.get("category"),
        record.get("instance"),
        unpack_value(record.get("extras", {})),
    )


@dataclass(frozen=True, eq=False)
class MaskContent:
    """A mask as the source had it: the sidecar's file, where it could not go up as it was, else what went up."""

    path: str
    shelf: Shelf
    sent: StoredContent | None
    known_size: int | None

    @property
    def size(self) -> int:
        """Its bytes; where the sidecar does not say how many, they are fetched and counted."""
        if self.known_size is not None:
            return self.known_size
        with self.open() as stream:
            return stream.seek(0, os.SEEK_END)

    @property
    def stamp(self) -> str | None:
        """By what went up."""
        return None if self.sent is None else self.sent.stamp

    def checksum(self) -> str | None:
        """Its SHA-1 as the place tells it, without a look at its bytes. Raises SourceError where it is not there."""
        return self._file().checksum()

    def open(self) -> BinaryIO:
        """Its bytes. Raises SourceError where they cannot be had."""
        return self._file().open()

    def _file(self) -> StoredContent:
        try:
            own = self.shelf.find(SIDECAR_SEGMENT, mask_file(self.path))
        except LadingError as exc:
            raise SourceError(self.path, f"expected its bytes at {self.shelf.place}, found: {exc}") from exc
        if own is not None:
            return StoredContent(self.path, self.shelf, blob_of(SIDECAR_SEGMENT, own))
        if self.sent is None:
            raise SourceError(self.path, f"expected its bytes in the sidecar at {self.shelf.place}, found none")
        return self.sent
