"""What the index needs of the images that a file lists, gathered as they are found."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Sequence
from itertools import repeat
from typing import Any

import numpy as np
from msgspec import UNSET
from numpy.typing import NDArray

from lading import Origin, Report
from lading_coco.heads import Column, ImageHead, decoded
from lading_coco.ids import MISSING, Codes, code_of, codes_of, is_id, joined, key_of
from lading_coco.layout import Finder, are_safe, name_from_url, unsafe_name
from lading_coco.orphans import WithoutId
from lading_coco.repeated import REPEATED
from lading_coco.structure import Piece
from lading_coco.wording import shown

#: Where a part of the image of a row stands.
Place = Callable[..., Origin]


class ImageHeads:
    """The ids and places of one array of images, their files, and what is wrong with their names and ids."""

    def __init__(self, path: str, finder: Finder, report: Report, place: Place) -> None:
        self.column = Column((ImageHead,), self._tell_record, self._tell_key)
        self._path = path
        self._finder = finder
        self._report = report
        self._place = place
        self._names: list[Codes] = []
        self._keys: list[Codes] = []
        self._media: list[NDArray[np.int32]] = []
        self._videos: list[Codes] = []
        self._shots: list[Codes] = []
        self.without_id = WithoutId(place)
        #: By the code that tells it, the first image whose file has another name, and how many such there are.
        self.misnamed: dict[str, tuple[int, int]] = {}
        self._licences: list[Codes] = []

    @property
    def names(self) -> Codes:
        """Hashes of their file names."""
        return joined(self._names, np.int64)

    @property
    def keys(self) -> Codes:
        """Numbers for what their frames are called."""
        return joined(self._keys, np.int64)

    @property
    def media(self) -> NDArray[np.int32]:
        """The numbers of their files, -1 where there is none."""
        return joined(self._media, np.int32)

    @property
    def videos(self) -> tuple[Codes, Codes]:
        """The codes of their videos' ids, and their numbers within those; `MISSING` where there is none."""
        return joined(self._videos, np.int64), joined(self._shots, np.int64)

    @property
    def licences(self) -> Codes:
        """The codes of their licences' ids; `MISSING` for those that say that there is none."""
        return joined(self._licences, np.int64)

    def take(self, piece: Piece) -> None:
        """Take some records."""
        row = self.column.count
        heads: list[ImageHead] = self.column.take(piece)
        if not self._take_usual(heads):
            self._take_any(row, heads)
        self._licences.append(_licences([bytes(head.license) for head in heads]))
        videos = [head.video_id for head in heads]
        has_none = videos.count(None) == len(videos)
        none = np.full(len(videos), MISSING)
        self._videos.append(none if has_none else codes_of(videos))
        self._shots.append(none if has_none else _shots([head.frame_id for head in heads]))

    def _take_usual(self, heads: Sequence[ImageHead]) -> bool:
        """Take images that all have a number and a file name which leads nowhere else; whether they are such."""
        ids, names = [head.id for head in heads], [head.file_name for head in heads]
        if set(map(type, ids)) != {int} or set(map(type, names)) != {str} or "" in names or not are_safe(names):
            return False
        if not MISSING < min(ids) <= max(ids) < -MISSING:
            return False
        count = len(heads)
        self._names.append(np.fromiter(map(hash, names), dtype=np.int64, count=count))
        self._keys.append(np.fromiter(ids, dtype=np.int64, count=count))
        urls = map(_text, [head.coco_url for head in heads])
        found = map(self._finder.find, names, urls) if self._finder.may_have_pictures else repeat(-1, count)
        self._media.append(np.fromiter(found, dtype=np.int32, count=count))
        self._note_names(names)
        return True

    def _note_names(self, names: Sequence[str | None]) -> None:
        """Note which of the images that were taken last have a file under other capitals or another ending."""
        if not self._finder.respelled and not self._finder.reended:
            return
        media, first = self._media[-1].tolist(), self.column.count - len(names)
        for row, (number, name) in enumerate(zip(media, names, strict=True), first):
            code = None if number < 0 or name is None else self._misnamed(number, posixpath.basename(name))
            if code is not None:
                at, count = self.misnamed.get(code, (row, 0))
                self.misnamed[code] = at, count + 1

    def _misnamed(self, number: int, name: str) -> str | None:
        """The code that tells in what a file is called otherwise than its image says; None where it is not."""
        path = self._finder.path(number)
        if path.endswith(name):
            return None
        if path.lower().endswith(name.lower()):
            return "coco.file-capitals" if number in self._finder.respelled else None
        return "coco.file-ending" if number in self._finder.reended else None

    def _take_any(self, row: int, heads: Sequence[ImageHead]) -> None:
        names: list[int] = []
        texts: list[str | None] = []
        keys, media = [], []
        for number, head in enumerate(heads, row):
            url = _text(head.coco_url)
            name = _text(head.file_name) or name_from_url(url)
            found = -1 if name is None else self._finder.find(name, url)
            texts.append(name)
            names.append(hash(name))
            keys.append(key_of(name if head.id in (MISSING, None) else head.id))
            media.append(found)
            if number not in self.column.broken:
                self._check(number, head, name, is_found=found >= 0)
        self._names.append(np.array(names, dtype=np.int64))
        self._keys.append(np.array(keys, dtype=np.int64))
        self._media.append(np.array(media, dtype=np.int32))
        self._note_names(texts)

    def _tell_record(self, row: int, message: str) -> None:
        self._report.error("coco.malformed-record", message, Origin(self._path, "/images").below(row))

    def _tell_key(self, row: int, key: str) -> None:
        self._report.warning("coco.duplicate-key", REPEATED.format(key), self._place(row))

    def _check(self, row: int, head: ImageHead, name: str | None, *, is_found: bool) -> None:
        if head.id == MISSING or not is_id(head.id):
            found = shown(UNSET if head.id == MISSING else head.id)
            self.column.waiting.add(row, lambda number: self.without_id.add(number, found))
        if name is None:
            found = shown(head.file_name) if head.file_name else "neither"
            self._tell("coco.missing-file-name", f"expected `file_name` or `coco_url`, found {found}", row)
            return
        reason = unsafe_name(name, self._path)
        if reason is None:
            return
        message = f"expected a path within the dataset, found {reason}, {name!r}"
        if is_found:
            message = f"{message}; the file was found by its last parts"
        self._tell("coco.unsafe-file-name", message, row, "file_name", warn=is_found)

    def _tell(self, rule: str, message: str, row: int, *parts: str, warn: bool = False) -> None:
        take = self._report.warning if warn else self._report.error
        self.column.waiting.add(row, lambda number: take(rule, message, self._place(number, *parts)))


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) and value else None


def _licences(values: Sequence[bytes]) -> Codes:
    codes = {value: _licence(value) for value in set(values)}
    return np.fromiter(map(codes.__getitem__, values), dtype=np.int64, count=len(values))


def _licence(text: bytes) -> int:
    """The code of a licence as an image has it; null, 0 and an empty text say that there is none."""
    value = decoded(text) if text else None
    is_none = value is None or (not value and isinstance(value, (int, float, str)) and not isinstance(value, bool))
    return MISSING if is_none else code_of(value)


def _shots(values: Sequence[Any]) -> Codes:
    is_number = [type(value) is int and MISSING < value < -MISSING for value in values]
    return np.array([v if known else MISSING for v, known in zip(values, is_number, strict=True)], dtype=np.int64)
