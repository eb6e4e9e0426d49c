"""Labels that are pictures: panoptic PNGs and pixelmaps of stuff."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from lading import File, MaskItem, PanopticMask, SemanticMask, Source
from lading.model.recurring import ANY
from lading_coco.categories import Names
from lading_coco.document import Document
from lading_coco.forms import number
from lading_coco.ids import is_id, segment_id
from lading_coco.mask_places import MaskPlace, pixelmap_of, unsent_place
from lading_coco.numerals import numbers_of
from lading_coco.rows import UNSET, Loose
from lading_coco.telling import RowTeller
from lading_coco.wording import shown

_VOID = 0
_OF_SEGMENT = frozenset({"id", "category_id", "iscrowd"})


class MaskBuilder:
    """Makes the mask labels of a document; what is wrong goes to the report. PNGs are named, not read."""

    def __init__(
        self, document: Document, names: Names, source: Source, teller: RowTeller, *, place: MaskPlace | None
    ) -> None:
        self._document = document
        self._source = source
        self._listed = names.listed(document)
        self._unlisted = names.unlisted[document.path]
        self._spelled = names.spelled[document.path]
        self._place = place or unsent_place(source, document.path, document.split)
        self._teller = teller

    def panoptic(self, record: Loose, row: int, origin: int) -> PanopticMask:
        """The mask of one annotation: pixels are ids R + 256 G + 65536 B, 0 is void (source-formats.md 2.7)."""
        segments = record["segments_info"]
        items = []
        if not isinstance(segments, list):
            message = f"expected an array of segments, found {shown(segments)}"
            self._teller.tell(row, "coco.bad-segment", message, "segments_info")
        for index, segment in enumerate(segments if isinstance(segments, list) else ()):
            item = self._item(segment, row, index)
            if item is not None:
                items.append(item)
        name = record.get("file_name", UNSET)
        extras = {k: v for k, v in record.items() if k not in ("segments_info", "image_id")}
        path = content = None
        if isinstance(name, str) and name:
            path, content = self._find(name, row)
        else:
            self._teller.tell(row, "coco.missing-file-name", f"expected `file_name`, found {shown(name)}", "file_name")
        return PanopticMask(items=tuple(items), path=path, content=content, extras=extras, origin=origin)

    def _find(self, name: str, row: int) -> tuple[str, File | None]:
        """The path and the file of a mask; that it is called otherwise than its record says is told."""
        path, code = self._place.find(name)
        if code is not None:
            message = f"expected a file of this name to the letter, found {path!r}"
            self._teller.tell(row, code, message, "file_name", warn=True, once=ANY, kind="mask")
        return path, self._place.source.get(path)

    def _item(self, segment: Any, row: int, index: int) -> MaskItem | None:
        value = segment_id(segment)
        if value is not None and isinstance(segment["id"], str):
            message = f"expected a number, found {segment['id']!r}, read as {value}"
            self._teller.tell(row, "coco.number-as-text", message, "segments_info", index, "id", warn=True)
        if value is None:
            message = f"expected a segment with an integer `id`, found {shown(segment)}; it is left out"
            self._teller.tell(row, "coco.bad-segment", message, "segments_info", index)
            self._teller.loss("segments of a mask without an integer id", row, "segments_info", index)
            return None
        if value == _VOID:
            message = "expected an id above 0, for pixels of 0 are of no segment, found 0"
            self._teller.tell(row, "coco.bad-segment", message, "segments_info", index, "id")
        self._tell_measures(segment, row, index)
        key = self._category_id(segment.get("category_id"))
        crowd = segment.get("iscrowd")
        if crowd not in (0, 1, None):
            message = f"expected 0 or 1, found {shown(crowd)}"
            self._teller.tell(row, "coco.bad-number", message, "segments_info", index, "iscrowd")
        kept = {"iscrowd": crowd not in (0, 1), "category_id": not isinstance(key, int)}  # no field of an item holds it
        return MaskItem(
            value=value,
            category_id=key if isinstance(key, int) else None,
            attributes={"iscrowd": bool(crowd)} if crowd in (0, 1) else None,
            category=self._listed.get(key) or self._unlisted.get(key),
            instance=str(value),
            extras={k: v for k, v in segment.items() if k not in _OF_SEGMENT or kept.get(k)},
        )

    def _tell_measures(self, segment: Loose, row: int, index: int) -> None:
        """Tell of an area or a box of a segment that cannot be: they stay in extras, so that no rule looks at them."""

        def tell(rule: str, message: str, *parts: str | int, warn: bool = False) -> None:
            self._teller.tell(row, rule, message, "segments_info", index, *parts, warn=warn)

        if "area" in segment:
            number("area", segment["area"], tell)
        if "bbox" in segment:
            edges = numbers_of(segment["bbox"])
            if edges is None or len(edges) != 4:
                tell("coco.bad-bbox", f"expected 4 numbers, found {shown(segment['bbox'])}", "bbox")
            elif not all(map(math.isfinite, edges)):
                tell("coco.bad-bbox", f"expected 4 finite numbers, found {shown(segment['bbox'])}", "bbox", warn=True)
            elif min(edges[2:]) < 0:
                tell("coco.bad-bbox", f"expected a width and a height of 0 or more, found {edges}", "bbox", warn=True)

    def _category_id(self, key: Any) -> int | str | None:
        """The id as the category has it; None for what can be none, which the rules tell."""
        if not is_id(key):
            return None
        if isinstance(key, float):
            return int(key)
        known = self._spelled.get(key, key)
        return known if isinstance(known, (int, str)) else None

    def pixelmap(self, folder: str, image: str, origin: int | None) -> SemanticMask | None:
        """The pixelmap of a picture, where there is one: a PNG of its stem whose values are categories."""
        path = pixelmap_of(folder, image)
        content = self._source.get(path)
        if content is None:
            return None
        listed: Mapping[Any, str] = self._listed
        items = tuple(MaskItem(value=key, category=name) for key, name in listed.items() if isinstance(key, int))
        return SemanticMask(items=items, path=path, content=content, origin=origin)
