"""Which files of a source are COCO, by the beginning of their content."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

import msgspec

from lading import Source
from lading.errors import RecordError, SourceError
from lading.source import is_lfs_pointer
from lading_coco.rows import loose
from lading_coco.structure import Piece, Scanner
from lading_coco.text import JsonText

_HEAD = 64 << 10
#: So much is kept of what stands before the images, to look for other keys in.
_LONG_HEAD = 8 << 20
#: So many bytes before an array hold its key.
_LAST_KEY = 4 << 10
#: Of an array, the first so many records are looked at for one that is an object.
_LOOKS = 8
_ENDINGS = (".json", ".json.gz")
#: Kinds of files that are read.
_READ = frozenset({"annotations", "results", "videos"})
_CATEGORIES = re.compile(rb'[{,]\s*"(?:categories|licenses|info)"\s*:')

#: Of YouTube-VIS: the pictures of a video, in one record.
_FILE_NAMES = re.compile(rb'"videos"\s*:\s*\[\s*\{[^{]*"file_names"\s*:')
_VIDEOS = re.compile(rb'[{,]\s*"videos"\s*:\s*\[')
#: Of labelme's own files.
_LABELME = re.compile(rb'"(?:shapes|imagePath)"\s*:.*"(?:shapes|imagePath)"\s*:', re.DOTALL)
#: How a value of JSON begins (`NaN` and `Infinity` as Python writes them).
_BEGINNINGS = tuple(bytes([byte]) for byte in b'{["-0123456789tfnNI')
#: How files of other kinds begin. The mark of UTF-16 is also the begin of that of UTF-32.
_SIGNS = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
    (b"\x1f\x8b", "a file packed by gzip, whose name does not say so"),
    (b"PK\x03\x04", "a zip"),
)
#: JSON of two bytes a letter, and a dictionary or a list as Python prints it.
_WIDE = re.compile(rb"[\[{]\0|\0[\[{]")
_PYTHON = re.compile(rb"[\[{\s]*[\[{]\s*'")


class Look(msgspec.Struct, frozen=True):
    """What a file seems to be, and why.

    The kind is `annotations`, `results`, `videos` (YouTube-VIS), `lfs` (a pointer of Git LFS), `broken` (no
    JSON, though its name says so), or None: JSON of others. `has_videos` where it begins with a list of videos;
    `is_array` where others' JSON is an array.
    """

    kind: str | None
    reason: str
    has_videos: bool = False
    is_array: bool = False


def json_files(source: Source) -> Iterator[JsonText]:
    """The files that may be COCO by their name: the one that the caller chose, or all JSON."""
    names = [source.selected] if source.selected is not None else source.names()
    for name in names:
        if name is not None and (source.selected is not None or name.lower().endswith(_ENDINGS)):
            file = source.get(name)
            if file is not None:
                yield JsonText(file)


def hidden_files(source: Source) -> list[str]:
    """The files that are COCO, but whose name begins with a dot: they are not read unless they are named themselves."""
    files = [source.get(name) for name in source.hidden() if name.lower().endswith(_ENDINGS)]
    return [file.path for file in files if file is not None and look(JsonText(file)).kind in _READ]


def look(text: JsonText) -> Look:
    """What a file is, by its first bytes: more of them where the first ones do not tell."""
    try:
        head = text.head(_HEAD)
        seen = _what_is_no_table(text.path, head)
        if seen is None:
            glance = _Glance(text.path)
            glance.feed(head)
            seen = glance.verdict(is_whole=len(head) < _HEAD)
        return seen if seen is not None else _look_further(text)
    except RecordError as exc:
        return Look("broken", str(exc))
    except SourceError as exc:
        return Look("broken", f"{text.path}: {exc.problem}")


def _look_further(text: JsonText) -> Look:
    """What a file is whose beginning does not tell: by what is in it up to its first images or annotations."""
    glance = _Glance(text.path)
    for chunk in text.pieces():
        glance.feed(chunk)
        if glance.has_seen_enough:
            break
    return glance.verdict(is_whole=not glance.has_seen_enough) or Look(None, f"{text.path}: no `images`")


def _what_is_no_table(path: str, head: bytes) -> Look | None:
    """What a file is that holds no JSON at all, or None."""
    if is_lfs_pointer(head):
        return Look("lfs", f"{path}: a Git LFS pointer; the file itself is not downloaded")
    found = _what_is_no_json(head)
    return None if found is None else Look("broken", f"{path}: expected JSON in UTF-8, found {found}")


def _what_is_no_json(head: bytes) -> str | None:
    """What stands at the beginning of a file in the place of JSON, or None."""
    if not head:
        return "an empty file"
    known = next((name for sign, name in _SIGNS if head.startswith(sign)), None)
    if known is not None:
        return known
    begin = head.removeprefix(codecs.BOM_UTF8).lstrip()[:20]
    if _WIDE.match(begin):
        return "UTF-16 without its mark"
    if _PYTHON.match(begin):
        return f"text between the quotes of Python, {begin.decode('utf-8', 'replace')!r}"
    if not begin or begin[:1] in _BEGINNINGS:
        return None
    return "NUL bytes" if not begin.strip(b"\0") else repr(begin.decode("utf-8", "replace"))


class _Glance:
    """Takes the beginning of a file, and says what it is."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._size = 0
        self._first: dict[str, Any] = {}  # records of the arrays
        self._envelope = b""  # what has been kept of it
        self._scanner = Scanner(path, self._take)

    def _take(self, piece: Piece) -> None:
        key, base = piece.array.key, piece.base
        for begin, end in zip(piece.begins[:_LOOKS].tolist(), piece.ends[:_LOOKS].tolist(), strict=True):
            if self._first.get(key) is None:
                self._first[key] = loose(bytes(piece.text[begin - base : end - base]))

    def feed(self, chunk: bytes) -> None:
        """Take more. Raises RecordError where a bracket closes nothing."""
        self._scanner.feed(chunk)
        self._size += len(chunk)
        text = self._scanner.envelope.text
        if self._size <= _LONG_HEAD:
            self._envelope = bytes(text)
        else:  # only the key before an array is needed on
            del text[:-_LAST_KEY]

    @property
    def has_seen_enough(self) -> bool:
        """Whether there are images, annotations of them, or a record of an array that is the whole file."""
        record = self._first.get("annotations")
        is_known = isinstance(record, dict) and ("image_id" in record or "video_id" in record)
        return is_known or "images" in self._scanner.arrays or self._first.get("") is not None

    def verdict(self, *, is_whole: bool) -> Look | None:
        """What it is; None where only more bytes would tell."""
        path, scanner = self._path, self._scanner
        if "" in scanner.arrays:
            return self._list() if is_whole or self._first.get("") is not None else None
        record = self._first.get("annotations")
        if isinstance(record, dict) and "image_id" in record:
            has_videos = _VIDEOS.search(self._envelope) is not None
            return Look("annotations", f"{path}: annotations with `image_id`", has_videos=has_videos)
        of_videos = isinstance(record, dict) and "video_id" in record
        if "images" not in scanner.arrays and (of_videos or _FILE_NAMES.search(self._envelope)):
            return Look("videos", f"{path}: annotations of whole videos (YouTube-VIS)", has_videos=True)
        has_more = _CATEGORIES.search(self._envelope) is not None
        if "images" in scanner.arrays and ("annotations" in scanner.arrays or has_more or not is_whole):
            return Look("annotations", f"{path}: an array `images`")
        return self._other(has_more=has_more) if is_whole else None

    def _list(self) -> Look:
        path, record = self._path, self._first.get("")
        if isinstance(record, dict) and "image_id" in record:
            return Look("results", f"{path}: an array of records with `image_id`")
        if isinstance(record, dict) and "images" in record:
            return Look("broken", f"{path}: expected an object with `images`, found an array of such")
        if isinstance(record, dict) and "video_id" in record:
            reason = "an array of results of whole videos (YouTube-VIS), which are not read"
        else:
            reason = "an array of other records" if self._first else "an array without records"
        return Look(None, f"{path}: {reason}", is_array=True)

    def _other(self, *, has_more: bool) -> Look:
        path, scanner = self._path, self._scanner
        if scanner.is_open and (has_more or scanner.arrays):
            return Look("annotations", f"{path}: the beginning of a COCO file, cut off")
        if "images" in scanner.arrays:
            return Look(None, f"{path}: an array `images`, but neither `annotations` nor `categories`")
        if _LABELME.search(self._envelope):
            return Look(None, f"{path}: the shapes of one picture, as labelme itself keeps them")
        return Look(None, f"{path}: no `images`")
