"""A frame's file out of the records that documents have of its image."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from lading import Data, Label, Report, Source
from lading_coco.categories import Names
from lading_coco.document import Document
from lading_coco.layout import name_from_url, unsafe_name
from lading_coco.numbering import Numbering
from lading_coco.origins import RowOrigins
from lading_coco.references import tell_absent, tell_categories
from lading_coco.rows import UNSET, AnyImage, PlainImage
from lading_coco.sizes import SIZE, agreed, is_extent, take_size, tell_other_size

#: An image's record: its document's number, its row there, and what stands there.
Image: TypeAlias = tuple[int, int, AnyImage]


#: In extras: that the record has no `file_name`, which is not the same as null. No key of COCO is called so.
NO_FILE_NAME = "coco:no-file-name"
#: What follows where a record names no file at all, or one that is elsewhere, which is told.
_MISSING = ("media.missing", None)
_FORBIDDEN = ("path.forbidden", None)


class ImageBuilder:
    """Makes the Data of images; what is wrong with their records goes to the report."""

    def __init__(
        self, documents: Sequence[Document], names: Names, source: Source, origins: RowOrigins, report: Report
    ) -> None:
        self._documents = documents
        self._categories = [names.listed(document) for document in documents]
        self._has_annotations = [document.is_results or "annotations" in document.envelope for document in documents]
        self._media = [document.media if (document.media >= 0).any() else None for document in documents]
        self._source = source
        self._path = Numbering(source).path
        self._origins = origins
        self._report = report

    def data(self, images: Sequence[Image], own: Image, labels: list[Label]) -> Data:
        """The file of an image that several documents may list; `own` is the record that its frame was made for."""
        number, row, record = own
        width: int | None
        height: int | None
        is_named = True
        if type(record) is PlainImage:
            name, width, height = record.file_name, record.width, record.height
            extras = _plain_extras(record)
        else:
            extras = _fields(record)
            named = _take_name(extras)
            is_named = named is not None
            name = str(extras.get("id", row)) if named is None else named
            width, height = take_size(self._documents[number], row, extras, self._report)
        media = self._media_of(images, number, row)
        path = name if media < 0 else self._path(media)
        data = Data(
            path=path,
            remote_path=name,
            content=None if media < 0 else self._source.get(path),
            width=width,
            height=height,
            annotation="empty" if self._has_annotations[number] else "none",
            labels=labels,
            extras=extras,
            origin=self._documents[number].images.origin(row),
            origins=self._origins,
            told=self._told(number, name if is_named else None, is_found=media >= 0),
        )
        for home, place, image in images:
            if isinstance(image, dict):  # others have the usual keys alone
                at = self._documents[home].images.origin(place)
                tell_categories(image, self._categories[home], at, self._report)
                tell_absent(image, self._categories[home], labels, at, self._origins.record, self._report)
        if len(images) > 1:
            self._take_others(data, own, images)
        return data

    def _media_of(self, images: Sequence[Image], number: int, row: int) -> int:
        """The file of an image: its own record's, else the first that another document has found for it."""
        listing = self._media[number]
        media = -1 if listing is None else int(listing[row])
        if media < 0 and len(images) > 1:
            others = ((self._media[home], place) for home, place, _ in images)
            found = (int(known[place]) for known, place in others if known is not None)
            return next((each for each in found if each >= 0), -1)
        return media

    def _told(self, number: int, name: str | None, *, is_found: bool) -> Sequence[tuple[str, int | None]]:
        """What the rules need not say of a picture of this name, since it is told when its record is found."""
        if name is None:
            return () if is_found else (_MISSING,)
        if unsafe_name(name, self._documents[number].path) is None:
            return ()
        return (_FORBIDDEN,) if is_found else (_FORBIDDEN, _MISSING)

    def listings(self, images: Sequence[Image]) -> dict[str, Any]:
        """Where an image is listed, if in more than one file: the row by the file's path, for who writes it back."""
        rows: dict[str, int] = {}
        for number, row, _ in images:
            rows.setdefault(self._documents[number].path, row)
        return {"documents": rows} if len(rows) > 1 else {}

    def _take_others(self, data: Data, own: Image, images: Sequence[Image]) -> None:
        """What other files say of the same image: keys that are new go to extras, other values are told.

        Of sizes that differ the one counts that most files say, or the first.
        """
        known = _fields(own[2])
        records = {(number, row): _fields(record) for number, row, record in images}
        chosen = agreed([known, *(each for at, each in records.items() if at != own[:2])])
        home = next((at for at, each in records.items() if each is chosen), own[:2])
        if chosen is not known and any(known.get(key) != chosen.get(key) for key in SIZE):
            self._take_size(data, known, chosen, own[:2], home)
        for (number, row), fields in records.items():
            if self._has_annotations[number]:
                data.annotation = "empty"
            if (number, row) == own[:2]:
                continue
            at = self._documents[number].images.origin(row)
            tell_other_size(known, self._documents[home[0]].path, fields, at, self._report)
            for key, value in fields.items():
                if key not in known:
                    known[key] = value
                    if key in SIZE and is_extent(value):
                        setattr(data, key, value)
                    else:
                        data.extras[key] = value
                elif known[key] != value:
                    self._report.loss(f"another `{key}` of the same image in a second file", str(at.below(key)))

    def _take_size(
        self,
        data: Data,
        known: dict[str, Any],
        chosen: Mapping[str, Any],
        own: tuple[int, int],
        home: tuple[int, int],
    ) -> None:
        """Give an image the size that other files than its first say; that of the first is told."""
        at = self._documents[own[0]].images.origin(own[1])
        tell_other_size(chosen, self._documents[home[0]].path, known, at, self._report)
        for key in SIZE:
            value = chosen[key]
            if key in known and known[key] != value:
                self._report.loss(f"another `{key}` of the same image in a second file", str(at.below(key)))
            if is_extent(value):
                known[key] = value
                setattr(data, key, value)


def _take_name(fields: dict[str, Any]) -> str | None:
    """The name of an image's file, taken out of its fields, else that of its `coco_url`, else None."""
    name = fields.pop("file_name", UNSET)
    if isinstance(name, str) and name:
        return name
    if name is UNSET:
        fields[NO_FILE_NAME] = True
    else:
        fields["file_name"] = name
    url = fields.get("coco_url")
    return name_from_url(url if isinstance(url, str) else None)


def _plain_extras(record: PlainImage) -> dict[str, Any]:
    return {
        "id": record.id,
        "license": record.license,
        "flickr_url": record.flickr_url,
        "coco_url": record.coco_url,
        "date_captured": record.date_captured,
    }


def _fields(record: AnyImage) -> dict[str, Any]:
    """The keys and values of a record; those that it lacks are left out."""
    fields: dict[str, Any] = dict(record) if isinstance(record, dict) else msgspec.to_builtins(record)
    return fields
