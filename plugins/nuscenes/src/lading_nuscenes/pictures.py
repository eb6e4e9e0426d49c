"""object_ann and surface_ann: boxes and masks in pictures. Their rows stay in the file; where they stand is kept."""

from __future__ import annotations

import base64
import reprlib
from collections.abc import Iterator
from typing import Any, BinaryIO, TypeVar

import numpy as np
from numpy.typing import NDArray

from lading import Box2D, File, Label, LadingError, Report, Rle
from lading.model.rle import counts_from_text
from lading_nuscenes.attribute_tokens import AttributeTokens
from lading_nuscenes.conversion import Piece
from lading_nuscenes.families import Families
from lading_nuscenes.files import Files
from lading_nuscenes.origins import code
from lading_nuscenes.owners import Unread
from lading_nuscenes.scan import Scan
from lading_nuscenes.schema import Attribute, Category, ObjectAnn, SurfaceAnn
from lading_nuscenes.stamp import Stamp
from lading_nuscenes.surfaces import Surfaces
from lading_nuscenes.tables import Columns, Rows, Tables, grouped
from lading_nuscenes.tokens import TokenBook

T = TypeVar("T", ObjectAnn, SurfaceAnn)

_NONE: NDArray[np.int32] = np.empty(0, dtype=np.int32)
_NONE_LONG: NDArray[np.int64] = np.empty(0, dtype=np.int64)


class Pictures:
    """The rows of one table, by the file that they belong to."""

    def __init__(
        self,
        table: str,
        row_type: type[ObjectAnn] | type[SurfaceAnn],
        file: File,
        tables: Tables,
        categories: Rows[Category],
        attributes: Rows[Attribute],
    ) -> None:
        self.table = table
        self.file = file
        self._stamp = Stamp(file)
        self._row_type = row_type
        self._tables = tables
        self._categories = categories
        self._attributes = attributes
        self.instances: set[str] = set()
        self._attribute_tokens = AttributeTokens(tables, table, attributes)
        self._families = Families(tables, table, attributes)
        self._surfaces = Surfaces(tables, table)
        self._kept: dict[int, tuple[Any, dict[str, Any]]] = {}  # rows out of text that is no JSON throughout
        self._indexes = _NONE
        self._spans: NDArray[np.int64] = np.empty((0, 2), dtype=np.int64)
        self._order = _NONE
        self._starts = _NONE_LONG

    def read(self, files: Files, book: TokenBook) -> None:
        """Note where each row stands, and check what it points to."""
        columns = Columns()
        count = 0
        unread = Unread(self._tables, self.table, files)
        for piece in self._tables.scan(self.table, self._row_type):
            owners = unread.owners(piece, book)
            spans = piece.spans()
            if spans is None:
                for place, row in enumerate(piece.rows):
                    self._kept[count + place] = (row, piece.extras.get(place, {}))
                spans = [(0, 0)] * len(piece.rows)
            self._check(piece)
            columns.add(
                indexes=np.array(piece.indexes, dtype=np.int32),
                spans=np.array(spans, dtype=np.int64),
                owners=owners.astype(np.int32),
            )
            count += len(piece.rows)
        unread.tell()
        self._attribute_tokens.tell(count)
        self._families.tell(count)
        self._surfaces.tell(count)
        self._indexes = columns.take("indexes", _NONE)
        self._spans = columns.take("spans", self._spans)
        self._order, self._starts = grouped(columns.take("owners", _NONE), len(files))

    def _check(self, piece: Piece[Any]) -> None:
        self._tables.tell_nameless(self.table, piece)
        tokens = [row.category_token for row in piece.rows]
        found = self._categories.find(tokens)
        self._tables.dangling(self.table, "category_token", "category", piece.indexes, found, tokens)
        names = [self._categories.rows[place].name if place >= 0 else "" for place in found.tolist()]
        self._surfaces.look(piece.indexes, names)
        if self._row_type is ObjectAnn:
            for row, name, index in zip(piece.rows, names, piece.indexes, strict=True):
                self._attribute_tokens.look(index, row.attribute_tokens)
                if row.instance_token is not None:
                    self.instances.add(row.instance_token)
                if row.attribute_tokens:
                    self._families.look((index,), name, row.attribute_tokens)

    def of_file(self, place: int) -> list[int]:
        """The rows of a file, in the order of the table."""
        if self._starts[place] == self._starts[place + 1]:
            return []
        rows: list[int] = self._order[self._starts[place] : self._starts[place + 1]].tolist()
        return rows

    def scan(self) -> Scan[Any]:
        """What reads rows again; what is wrong with them was reported on opening, and nobody hears of it."""
        return Scan(self.file, self._row_type, Report())

    def labels(self, places: list[int], scan: Scan[Any], stream: BinaryIO, report: Report) -> Iterator[Label]:
        """The labels of some rows; what is wrong with their masks goes to `report`.

        Raises SourceError where the file is another than when the places of its rows were noted.
        """
        rows = [self._row(place, scan, stream) for place in places]
        self._stamp.hold()
        for place, (row, extras) in zip(places, rows, strict=True):
            if row is not None:
                yield from self._labels(row, extras, int(self._indexes[place]), report)

    def _row(self, place: int, scan: Scan[Any], stream: BinaryIO) -> tuple[Any, dict[str, Any]]:
        known = self._kept.get(place)
        if known is not None:
            return known
        offset, length = self._spans[place].tolist()
        stream.seek(offset)
        return scan.row(int(self._indexes[place]), stream.read(length)) or (None, {})

    def _labels(self, row: Any, extras: dict[str, Any], index: int, report: Report) -> Iterator[Label]:
        category = self._categories.get(row.category_token)
        name = None if category is None else category.name
        kept = {"token": row.token, **extras}
        if category is None:
            kept["category_token"] = row.category_token
        instance, attributes = None, {}
        if isinstance(row, ObjectAnn):
            instance = row.instance_token or row.token
            attributes = {"attribute": self._attribute_names(row, kept)}
        mask = None if row.mask is None else self._mask(row.mask, index, report)
        if mask is None and row.mask is not None:
            kept["mask"] = row.mask
        common: dict[str, Any] = {
            "category": name,
            "attributes": attributes,
            "instance": instance,
            "extras": kept,
            "origin": code(self.table, index),
        }
        box = getattr(row, "bbox", None)
        if box is not None:
            xmin, ymin, xmax, ymax = box
            yield Box2D(xmin=xmin, ymin=ymin, xmax=xmax, ymax=ymax, **common)
        if mask is not None:
            height, width, counts = mask
            yield Rle(counts=counts, height=height, width=width, **common)
        if box is None and row.mask is None:
            at = self._tables.origin(self.table, index)
            report.loss(f"rows of {self.table} without a box or a mask", str(at))

    def _attribute_names(self, row: ObjectAnn, kept: dict[str, Any]) -> list[str]:
        rows = [self._attributes.get(token) for token in row.attribute_tokens or ()]
        if None in rows:
            kept["attribute_tokens"] = list(row.attribute_tokens or ())
        return [found.name for found in rows if found is not None]

    def _mask(self, mask: Any, index: int, report: Report) -> tuple[int, int, Any] | None:
        """Height, width and run lengths; the text is that of COCO in base64 (source-formats.md 4.5)."""
        try:
            return _decoded(mask)
        except ValueError as exc:
            message = f"{exc}; the mask is left out"
            report.error("nuscenes.mask", message, self._tables.origin(self.table, index, "mask"))
            return None


def _decoded(mask: Any) -> tuple[int, int, Any]:
    """Height, width and run lengths of a mask. Raises ValueError, which says what is wrong, for what is none."""
    if not isinstance(mask, dict) or not {"size", "counts"} <= mask.keys():
        message = f"expected an object with `size` and `counts`, found {reprlib.repr(mask)}"
        raise ValueError(message)
    size, text = mask["size"], mask["counts"]
    if not isinstance(size, list) or len(size) != 2 or {*map(type, size)} != {int}:
        message = f"expected a size of two whole numbers, found {reprlib.repr(size)}"
        raise ValueError(message)
    try:
        packed = base64.b64decode(text, validate=True)
    except (ValueError, TypeError) as exc:
        message = f"expected run lengths in base64, found {reprlib.repr(text)}"
        raise ValueError(message) from exc
    try:
        return size[0], size[1], counts_from_text(packed)
    except LadingError as exc:
        message = f"expected run lengths in base64, found {exc}"
        raise ValueError(message) from exc
