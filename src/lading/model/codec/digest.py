"""Digests of JSON by which two sides of the wire tell whether they mean the same."""

from __future__ import annotations

import hashlib
import json
from typing import Any, TypeAlias

from lading.model.label import MASK_TYPES

Json: TypeAlias = dict[str, Any]

#: Label types that are files of their own.
MASK_KINDS = tuple(mask_type.kind for mask_type in MASK_TYPES)

#: Keys of a mask's value that only the platform sets, or that say nothing of its content (section E).
_NOT_COMPARED = frozenset({"remotePath", "url", "fileSize"})

#: Made once: `json.dumps` with settings of one's own makes an encoder a call.
_encode = json.JSONEncoder(sort_keys=True, separators=(",", ":")).encode

_ALIASES = {"POLYGON": "POLYGON2D", "polygon": "polygon2d"}  # B-D, D9


def json_digest(value: Any) -> bytes:
    """16 bytes that tell a JSON value from others, whatever the order of its keys; `1` and `1.0` are one number."""
    return hashlib.blake2b(_encode(_plain(value)).encode("utf-8", "surrogatepass"), digest_size=16).digest()


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


def _plain(value: Any) -> Any:
    """The same JSON with whole floats as integers."""
    if isinstance(value, float):
        return int(value) if value.is_integer() else float(value)
    if isinstance(value, dict):
        return {key: _plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(part) for part in value]
    return value
