"""A COCO dataset: a header made of an index, frames that stream."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from lading import Dataset, Frame, Origin, Report, Segment, Source
from lading.model.dataset import WHOLE, Part, SourceFile, share
from lading.model.recurring import Recurring
from lading_coco.catalog import declared_catalog
from lading_coco.categories import Names
from lading_coco.document import Document
from lading_coco.frames import FrameReader
from lading_coco.index import Index
from lading_coco.mask_places import MaskPlace
from lading_coco.origins import RowOrigins
from lading_coco.spellings import tell_spellings

_RECORDS = frozenset({"images", "annotations"})


class CocoDataset(Dataset):
    """Documents, their index, and where their masks lie. It keeps integers a record, no records."""

    #: About two seconds of `lading validate`, where a process takes a third of one to start.
    rows_a_process: int | None = 150_000

    def __init__(
        self,
        source: Source,
        documents: Sequence[Document],
        index: Index,
        report: Report,
        *,
        masks: Mapping[int, MaskPlace],
        pixelmaps: Mapping[int, str],
        is_centred: bool,
    ) -> None:
        self.name = source.name
        self.report = report
        self._source = source
        self._documents = documents
        self._index = index
        self._masks = masks
        self._pixelmaps = pixelmaps
        self._shift = 0.5 if is_centred else 0.0
        self._names = Names(documents, report)
        tell_spellings(documents, index, self._names, report)
        self._origins = RowOrigins(documents)
        self._splits = {split.name: split for split in index.splits}
        self.catalog = declared_catalog(documents, self._names, {documents[n].path for n in pixelmaps}, report)
        self.segments = [
            Segment(
                name=split.name,
                frame_count=split.end - split.begin,
                origin=Origin(documents[split.documents[0]].path) if split.documents else None,
            )
            for split in index.splits
        ]
        self.sources = [SourceFile(file=d.path, kind=d.kind, rows=d.row_count) for d in documents]
        self.rules = {"pixels": "as written: x, y, width, height from the picture's top left corner"}
        if "KEYPOINTS2D" in self.catalog:
            rule = "half a pixel added, to the middle of the pixel" if is_centred else "as written"
            self.rules = {**self.rules, "keypoints": rule}
        self.extras = _extras(documents, index)
        if not all(document.text.has_random_access for document in documents):  # each process would unpack its own
            self.rows_a_process = None

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """The frames of a split in the order of its images; a share reads its own records only."""
        self.segment(segment)
        split = self._splits[segment]
        chosen = share(split.end - split.begin, part)
        heard = report if report is not None else self.report
        reader = FrameReader(
            self._documents,
            self._index,
            self._names,
            self._source,
            self._origins,
            masks=self._masks,
            pixelmaps=self._pixelmaps,
            shift=self._shift,
            report=heard,
            recurring=Recurring(segment),
        )
        return reader.frames(split, split.begin + chosen.start, split.begin + chosen.stop)


def _extras(documents: Sequence[Document], index: Index) -> dict[str, Any]:
    """What a writer needs to give each file its form back.

    What stands in it beside the records, its segments, its keys in order, and which attributes stand within
    `attributes`.
    """
    kept = {
        document.path: {key: value for key, value in document.envelope.items() if key not in _RECORDS}
        for document in documents
        if document.envelope
    }
    segments: dict[str, list[str]] = {document.path: [] for document in documents}
    for split in index.splits:
        for number in split.documents:
            segments[documents[number].path].append(split.name)
    forms = {
        d.path: {"segments": segments[d.path], "keys": list(d.envelope), "nested": sorted(d.traits.nested)}
        for d in documents
    }
    return {"documents": kept, "forms": forms} if kept else {"forms": forms}
