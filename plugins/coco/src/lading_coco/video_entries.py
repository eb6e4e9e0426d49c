"""One annotation of YouTube-VIS as records of single frames: its lists have an entry a frame.

What of the lists stands in no record of a frame goes with the first of them, under `REST`: it is what a writer needs
to give the lists back.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from lading_coco.heads import REFUSED

#: What an annotation has an entry a frame of, and what the record of one frame has instead.
ENTRIES = {"segmentations": "segmentation", "bboxes": "bbox", "areas": "area"}
#: Of the record of one frame, the keys that another name stands for.
SOURCES = {"image_id": "video_id", "instance_id": "id"}
#: In the record of the first frame, and in extras: lists with null where a record has the entry, other values whole.
REST = "video_entries"
#: Keys of a record of one frame that a whole annotation has not; where it has, they are in the rest.
RESERVED = frozenset({*ENTRIES.values(), *SOURCES, REST})

_NULL = b"null"
_IMAGE_ID = b'"image_id": '
#: Null, these are absent.
_SHAPES = frozenset(f'"{name}": '.encode() for name in ENTRIES.values())

#: The fields of a record, each as its text.
Fields = dict[str, msgspec.Raw]


class Entries(NamedTuple):
    """What the records of single frames have: of each key the value of all frames, or a list of one a frame."""

    fields: list[tuple[bytes, bytes | list[bytes]]]
    rest: bytes

    def record(self, frame: int, *, is_first: bool) -> bytes:
        """The text of the record of one frame."""
        parts = []
        for name, value in self.fields:
            if isinstance(value, bytes):
                parts.append(b'%b%b%d"' % (name, value, frame) if name == _IMAGE_ID else name + value)
            elif frame < len(value) and (value[frame] != _NULL or name not in _SHAPES):
                parts.append(name + value[frame])
        if is_first and self.rest:
            parts.append(b'"%b": %b' % (REST.encode(), self.rest))
        return b"{" + b", ".join(parts) + b"}"


def entries_by_frame(record: Fields, seen: Sequence[int], count: int | None, video: str) -> Entries:
    """The entries of the frames that are `seen`, of `count` frames of the video, whose id is `video` as text.

    The value of `image_id` lacks the number of the frame. Other lists of an entry a frame are such too.
    """
    lists = {key: entries_of(record[key]) for key in ENTRIES if key in record}
    length = max((len(entries or ()) for entries in lists.values()), default=0)
    fields: dict[str, bytes | list[bytes]] = {}
    rest: dict[str, bytes] = {}
    for key, value in record.items():
        text = bytes(value)
        if key in SOURCES.values():
            own, known = ("instance_id", text) if key == "id" else ("image_id", _image_of(video))
            fields[own] = known
        elif key in RESERVED or (key in ENTRIES and not text.startswith(b"[")):
            rest[key] = text
        elif key in ENTRIES:
            entries = lists[key] or []
            fields[ENTRIES[key]] = entries
            shown = {frame for frame in seen if frame < len(entries) and entries[frame] != _NULL}
            if not shown or len(entries) != count or entries.count(_NULL) != len(entries) - len(shown):
                rest[key] = _without(entries, shown)
        else:
            others = entries_of(value) if text.startswith(b"[") else None
            is_list = others is not None and len(others) == length and length > 0
            fields[key] = others if is_list and others is not None else text
            if is_list and others is not None:
                rest[key] = _without(others, set(seen))
    named = [(json.dumps(key).encode() + b": ", value) for key, value in fields.items()]
    return Entries(named, joined(rest) if rest else b"")


def _without(entries: Sequence[bytes], shown: set[int]) -> bytes:
    return b"[" + b", ".join(_NULL if number in shown else entry for number, entry in enumerate(entries)) + b"]"


def _image_of(video: str) -> bytes:
    return json.dumps(f"{video}/").encode()[:-1]


def joined(fields: Mapping[str, bytes]) -> bytes:
    """The text of an object of fields."""
    return b"{" + b", ".join(json.dumps(key).encode() + b": " + text for key, text in fields.items()) + b"}"


def frames_seen(lists: Mapping[str, Sequence[bytes] | None]) -> list[int]:
    """The frames of which a box or a mask is there."""
    shapes = [entries for key in ("segmentations", "bboxes") if (entries := lists[key])]
    return [
        frame
        for frame in range(max(map(len, shapes), default=0))
        if any(frame < len(entries) and entries[frame] != _NULL for entries in shapes)
    ]


def fields_of(text: bytes) -> Fields | None:
    """The fields of a record, each as its text; None where it is none."""
    try:
        return msgspec.json.decode(text, type=Fields)
    except REFUSED:
        pass
    try:
        record = json.loads(text.decode("utf-8", "replace"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(record, dict):
        return None
    return {key: msgspec.Raw(json.dumps(value).encode()) for key, value in record.items()}


def entries_of(value: msgspec.Raw | None) -> list[bytes] | None:
    """The texts of a list's entries; none of what is absent or null, None of what is no list."""
    if value is None or bytes(value) == _NULL:
        return []
    try:
        return [bytes(entry) for entry in msgspec.json.decode(value, type=list[msgspec.Raw])]
    except REFUSED:
        pass
    try:
        entries = json.loads(bytes(value))
    except (ValueError, RecursionError):
        return None
    return [json.dumps(entry).encode() for entry in entries] if isinstance(entries, list) else None


def value_of(text: msgspec.Raw | None) -> Any:
    """The value of a field; None of one that is absent."""
    return None if text is None else json.loads(bytes(text))
