"""Results files: the boxes of a detector or tracker, with a score (source-formats.md 4.6), by `-o results=FILE`."""

from __future__ import annotations

import json
import re
from bisect import bisect_right
from collections import Counter
from typing import Any, BinaryIO, TypeAlias

import msgspec
import numpy as np

from lading import Box3D, File, Label, Origin, Report, Transform3D, counted
from lading.errors import RecordError
from lading.model.recurring import KEPT, MANY, is_often
from lading_nuscenes.broken_text import whole_number
from lading_nuscenes.conversion import refusal
from lading_nuscenes.origins import code
from lading_nuscenes.rotations import into_sensor
from lading_nuscenes.schema import Rotation, Text, Vector
from lading_nuscenes.stamp import Stamp
from lading_nuscenes.tables import vectors
from lading_nuscenes.tokens import TokenBook, TokenIndex

#: Strings, and the words that Python writes for numbers that JSON has not; velocities that nobody knows are NaN.
_NOT_JSON = re.compile(rb'"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b')


_GEOMETRY = ("x", "y", "z", "length", "width", "height", "qw", "qx", "qy", "qz")

#: The number of a sample's first row, how many there are, and where in the file they stand.
_Span: TypeAlias = tuple[int, int, int, int]


class _Document(msgspec.Struct):
    results: dict[str, msgspec.Raw]
    meta: Any = None


class _Row(msgspec.Struct):
    """What is looked at in all rows at once."""

    sample_token: Any = None
    detection_name: Any = None
    tracking_name: Any = None
    detection_score: Any = None
    tracking_score: Any = None

    @property
    def score(self) -> Any:
        return self.tracking_score if self.detection_score is None else self.detection_score


class Detection(msgspec.Struct, kw_only=True):
    """A row: a box in the global frame, of a detector or of a tracker; its `size` is (width, length, height)."""

    translation: Vector
    size: Vector
    rotation: Rotation
    sample_token: Text = None
    velocity: Any = None
    detection_name: Text = None
    detection_score: float | None = None
    attribute_name: Text = None
    tracking_id: str | int | None = None
    tracking_name: Text = None
    tracking_score: float | None = None


_FIELDS = frozenset(Detection.__struct_fields__)


class _Odd:
    """Rows of other samples than those that they are listed under, and scores that are none or not from 0 to 1."""

    def __init__(self) -> None:
        self._first: dict[tuple[str, str], list[tuple[int, str]]] = {}
        self._counts: Counter[tuple[str, str]] = Counter()
        self._rows = 0

    def look(self, number: int, sample: str, row: _Row) -> None:
        """Take a row."""
        self._rows += 1
        if isinstance(row.sample_token, str) and row.sample_token != sample:
            self._take(number, "sample_token", "the sample that the row is listed under", f"found {row.sample_token!r}")
        key = "tracking_score" if row.detection_score is None and row.tracking_name is not None else "detection_score"
        if row.score is None:
            self._take(number, key, "a score, as other rows have one", "found none")
        elif isinstance(row.score, int | float) and not 0 <= row.score <= 1:
            self._take(number, key, "a score from 0 to 1", f"found {row.score!r}")

    def _take(self, number: int, key: str, expected: str, found: str) -> None:
        self._counts[key, expected] += 1
        first = self._first.setdefault((key, expected), [])
        if len(first) < KEPT:
            first.append((number, found))

    def tell(self, results: Results, report: Report) -> None:
        """Say it, once with a count where it is so of many; not that no row has a score."""
        for (key, expected), first in self._first.items():
            count = self._counts[key, expected]
            if count == self._rows and first[0][1] == "found none":
                continue
            more = (
                f"; so it is with {counted(count - 1, 'more row')} of {self._rows:,}"
                if is_often(count, self._rows, MANY)
                else ""
            )
            for number, found in first[: 1 if more else None]:
                at = results.origin(number, key)
                report.warning("nuscenes.result", f"expected {expected}, {found}{more}", at)


class Results:
    """Where in the file the rows of each sample are. Memory: the whole file while it is opened, then a span a sample.

    `names` are the categories, in the order they come; `is_tracking` tells that the rows are a tracker's.
    """

    def __init__(self, file: File) -> None:
        self.file = file
        self._stamp = Stamp(file)
        self.meta: Any = None
        self.count = 0
        self.names: list[str] = []
        self.is_tracking = False
        self._spans: dict[int, _Span] = {}
        self._starts: list[int] = []
        self._tokens: list[str] = []

    def read(self, book: TokenBook, samples: TokenIndex, report: Report) -> None:
        """Find the rows of each sample. Raises RecordError where the file is no results file."""
        document, data = self._document()
        self.meta = document.meta
        places = samples.find(book.keys(list(document.results))).tolist()
        names: dict[str, None] = {}
        stray, offset, told = 0, 0, _Odd()
        for token, raw, place in zip(document.results, document.results.values(), places, strict=True):
            text = bytes(raw)
            offset = data.index(text, offset)
            try:
                rows = msgspec.json.decode(text, type=list[_Row])
            except msgspec.DecodeError as exc:
                raise self._wrong("an array of objects", str(exc), f"/results/{token}") from exc
            for number, row in enumerate(rows, self.count):
                told.look(number, token, row)
                names.update(dict.fromkeys(n for n in (row.detection_name, row.tracking_name) if isinstance(n, str)))
                self.is_tracking |= row.tracking_name is not None
            self._starts.append(self.count)
            self._tokens.append(token)
            if place >= 0:
                self._spans[place] = (self.count, len(rows), offset, len(text))
            else:
                stray += len(rows)
                example = f"{self.file.path}#/results/{token}"
            self.count += len(rows)
            offset += len(text)
        self.names = list(names)
        told.tell(self, report)
        if stray:
            report.loss("results of samples that are not there", example, stray)

    def _document(self) -> tuple[_Document, bytes]:
        """The file with its rows as text, and that text: as it stands, or as JSON of the same length."""
        with self.file.open() as stream:
            data = stream.read()
        self._stamp.hold()
        if any(word in data for word in (b"NaN", b"Infinity")):
            data = _NOT_JSON.sub(_blank, data)
        try:
            return msgspec.json.decode(data, type=_Document), data
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as exc:
            raise self._wrong("an object with `results` by sample", str(exc), None) from exc

    def _wrong(self, expected: str, found: str, pointer: str | None) -> RecordError:
        return RecordError(self.file.path, pointer=pointer, expected=expected, found=found)

    def count_of(self, sample: int) -> int | None:
        """How many rows a sample has; None where the file does not speak of it."""
        return self._spans[sample][1] if sample in self._spans else None

    def origin(self, number: int, part: str | None = None) -> Origin:
        """The place of a row by its number, counted through the file."""
        place = bisect_right(self._starts, number) - 1
        tail = f"/{part}" if part else ""
        return Origin(self.file.path, f"/results/{self._tokens[place]}/{number - self._starts[place]}{tail}")

    def _rows(self, sample: int, stream: BinaryIO, report: Report) -> list[tuple[int, Detection, dict[str, Any]]]:
        """The rows of a sample, each with its number and the keys that are not of the format."""
        first, _, offset, length = self._spans[sample]
        stream.seek(offset)
        text = stream.read(length)
        self._stamp.hold()
        found = []
        for number, value in enumerate(self._values(text, self.origin(first), report), first):
            more = {key: value.pop(key) for key in sorted(value.keys() - _FIELDS)}
            try:
                found.append((number, msgspec.convert(value, Detection), more))
            except msgspec.ValidationError as exc:
                told, pointer = refusal(exc)
                at = self.origin(number, pointer.removeprefix("/"))
                report.error("nuscenes.bad-record", f"{told}; the row is left out", at)
        return found

    def _values(self, text: bytes, at: Origin, report: Report) -> list[dict[str, Any]]:
        try:
            plain: list[dict[str, Any]] = msgspec.json.decode(text)
        except (msgspec.DecodeError, UnicodeDecodeError):
            pass  # json knows NaN, and what it reads can be looked at
        else:
            return plain
        try:
            readable = text.decode()
        except UnicodeDecodeError as exc:
            report.error("nuscenes.broken-table", f"expected UTF-8, found byte 0x{text[exc.start]:02x}", at)
            readable = text.decode("utf-8", "replace")
        values: list[dict[str, Any]] = json.loads(readable, parse_int=whole_number)
        return values

    def labels(
        self, sample: int, stream: BinaryIO, ego_pose: Transform3D, extrinsics: Transform3D, report: Report
    ) -> list[Label]:
        """The boxes of a sample, seen from a sensor. Raises SourceError where the file changed since it was read."""
        rows = self._rows(sample, stream, report)
        translations = vectors([row.translation for _, row, _ in rows], 3)
        rotations = vectors([row.rotation for _, row, _ in rows], 4)
        sizes = vectors([row.size for _, row, _ in rows], 3)
        centres, turned = into_sensor(translations, rotations, ego_pose, extrinsics)
        # the format's size is (w, l, h); ours is (l, w, h)
        geometry = np.concatenate((centres, sizes[:, (1, 0, 2)], turned), axis=1).tolist()
        labels: list[Label] = []
        for (number, row, more), numbers in zip(rows, geometry, strict=True):
            given = {"translation": row.translation, "size": row.size, "rotation": row.rotation}
            labels.append(
                Box3D(
                    **dict(zip(_GEOMETRY, numbers, strict=True)),
                    category=row.tracking_name if row.detection_name is None else row.detection_name,
                    attributes=self._attributes(number, row, report),
                    instance=None if row.tracking_id is None else str(row.tracking_id),
                    extras={**{key: list(value) for key, value in given.items()}, **more},
                    origin=code("results", number),
                )
            )
        return labels

    def _attributes(self, number: int, row: Detection, report: Report) -> dict[str, Any]:
        attributes: dict[str, Any] = {"attribute": [row.attribute_name] if row.attribute_name else []}
        score = row.tracking_score if row.detection_score is None else row.detection_score
        if score is not None:
            attributes["score"] = score
        if row.velocity is not None:
            values = row.velocity if isinstance(row.velocity, list) else []
            if values and all(type(v) in (int, float) and np.isfinite(v) for v in values):
                attributes["velocity"] = [float(value) for value in values]
            else:
                message = f"expected finite numbers, found {row.velocity!r}; the box has no velocity"
                report.warning("nuscenes.velocity", message, self.origin(number, "velocity"))
        return attributes


def _blank(match: re.Match[bytes]) -> bytes:
    """A string as it stands, in place of another word an empty one, as long as that: offsets stay what they are."""
    word = match[0]
    return word if word.startswith(b'"') else b'""'.ljust(len(word))
