"""Digests of JSON by which two sides of the wire tell whether they mean the same."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any, TypeAlias

import msgspec

from lading.model.label import MASK_TYPES

Json: TypeAlias = dict[str, Any]

#: Label types that are files of their own.
MASK_KINDS = tuple(mask_type.kind for mask_type in MASK_TYPES)

#: Keys of a mask's value that only the platform sets, or that say nothing of its content (section E).
_NOT_COMPARED = frozenset({"remotePath", "url", "fileSize"})

#: What a whole number of JSON text has behind it where it is a float. In a string it goes too, on both sides.
_POINT = re.compile(rb"(?<=[0-9])\.0(?=[],}]|\Z)")

_ALIASES = {"POLYGON": "POLYGON2D", "polygon": "polygon2d"}  # B-D, D9


def json_digest(value: Any) -> bytes:
    """16 bytes that tell a JSON value from others, whatever the order of its keys; `1` and `1.0` are one number."""
    try:
        text = msgspec.json.encode(value, order="sorted")
    except (UnicodeEncodeError, OverflowError):  # half a surrogate pair, a number of more than 64 bits
        text = json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    return hashlib.blake2b(_POINT.sub(b"", text), digest_size=16).digest()


def comparable_label(label: Json) -> Json:
    """A label object without what may differ between what was sent and what comes back."""
    result: Json = {}
    for kind, value in label.items():
        if isinstance(value, list) and not value:
            continue
        if kind in MASK_KINDS and isinstance(value, dict):
            value = {key: part for key, part in value.items() if key not in _NOT_COMPARED}
        result[_ALIASES.get(kind, kind)] = (
            [_renamed(part) for part in value] if kind in _ALIASES and isinstance(value, list) else value
        )
    return result


def _renamed(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    return {_ALIASES.get(key, key): value for key, value in part.items()}
