"""Labels of a file in their place, as the model has them; masks get their bytes from there."""

from __future__ import annotations

import msgspec

from lading.errors import RecordError
from lading.model.codec import decode_labels
from lading.model.codec.sidecar import kinds_in_order
from lading.model.label import MASK_TYPES, Label
from lading.model.report import Origin, Report
from lading.stored.content import StoredContent
from lading.stored.shelf import Blob, Shelf, StoredFile


def read_labels(shelf: Shelf, segment: str, file: StoredFile, report: Report) -> list[Label]:
    """The labels of a file, type by type; those of a type that cannot be read are a finding."""
    at = Origin(f"{segment}/{file.remote_path}", "/label")
    labels: list[Label] = []
    for kind in kinds_in_order(file.label):
        try:
            labels += decode_labels({kind: file.label[kind]}, at=at)
        except RecordError as exc:
            origin = Origin(exc.path, exc.pointer, exc.line)
            message = f"expected {exc.expected}, found {exc.found}; the labels of this type are left out"
            report.error("platform.label", message, origin, segment=segment, sensor=file.sensor_name)
    return [_with_content(shelf, segment, file, label) for label in labels]


def _with_content(shelf: Shelf, segment: str, file: StoredFile, label: Label) -> Label:
    """A mask with its bytes at hand; what only the platform knows of it goes into where they are."""
    if not isinstance(label, MASK_TYPES):
        return label
    blob = Blob(
        segment=segment,
        remote_path=file.remote_path,
        sensor_name=file.sensor_name,
        mask=label.kind,
        checksum=label.checksum,
        size=label.file_size,
        url=label.url,
    )
    path = f"{label.remote_path or file.remote_path}#{label.kind}"
    return msgspec.structs.replace(
        label,
        path=path,
        content=StoredContent(path, shelf, blob),
        checksum=None,
        file_size=None,
        remote_path=None,
        url=None,
    )
