"""Masks on their way up: PNG of one channel of 8 or 16 bits, re-encoded only where the source's is another kind."""

from __future__ import annotations

import hashlib
import json
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading.errors import SourceError
from lading.media import encode_mask, panoptic_ids, read_mask
from lading.model.catalog import Attribute
from lading.model.codec import encode_label
from lading.model.content import Content
from lading.model.label import MaskItem, MaskLabel
from lading.platform.wire import Json
from lading.upload.files import HashedFile, hash_bytes, hash_file

#: What the source called a pixel value that had to be re-encoded: an attribute of its item in `info`.
SOURCE_ID = Attribute(name="source_id", description="The pixel value in the source's mask.", type="integer")

_LARGEST = 0xFFFF


class MaskFile(msgspec.Struct, frozen=True, kw_only=True):
    """A mask that can go up: its file, its value on the wire, and whether its pixels are numbered anew.

    `original` is the source's own file, where `file` was encoded anew.
    """

    file: HashedFile
    label: Json
    is_renumbered: bool
    original: HashedFile | None = None


def mask_key(label: MaskLabel, content: Content) -> bytes | None:
    """What tells a mask and its items from others without reading its file; None where nothing cheap does."""
    stamp = content.stamp
    if stamp is None:
        return None
    ids = [(item.value, item.category_id) for item in label.items or ()]
    text = json.dumps([label.kind, content.path, stamp, encode_label(label), ids], sort_keys=True)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def prepare_mask(label: MaskLabel, content: Content) -> MaskFile:
    """A mask as the platform takes it (platform-api.md E: one channel, pixel = category id or instance id).

    A PNG of that kind goes up as it is, but not a panoptic one whose palette has its ids as colours. Others keep their
    pixel values where these fit into 16 bits; larger ones (COCO's panoptic ids have 24) are numbered by rank from 1,
    0 stays 0, and the source's value becomes the attribute `source_id`. A semantic mask's values become its items'
    category ids. Raises SourceError where it cannot be read or has too many values.
    """
    file = hash_file(content)
    mapping = _category_ids(label)
    is_single = _is_single_channel(file.head) and not mapping
    is_certain = label.kind != "PANOPTIC_MASK" or not _has_palette(file.head)
    if is_single and is_certain:
        return MaskFile(file=file, label=_value(label, file), is_renumbered=False)
    read = read_mask(content, panoptic_ids(label))
    if is_single and not read.is_colour:
        return MaskFile(file=file, label=_value(label, file), is_renumbered=False)
    pixels = read.values
    if not mapping and label.kind != "SEMANTIC_MASK":
        mapping = _ranks(label, pixels)
    ours = _renumbered(label, mapping) if mapping else label
    made = hash_bytes(encode_mask(_mapped(pixels, mapping, content.path)))
    is_renumbered = bool(mapping) and label.kind != "SEMANTIC_MASK"
    return MaskFile(file=made, label=_value(ours, made), is_renumbered=is_renumbered, original=file)


def _value(label: MaskLabel, file: HashedFile) -> Json:
    known = msgspec.structs.replace(label, checksum=file.checksum, file_size=file.size, remote_path=None, url=None)
    return encode_label(known)


def _category_ids(label: MaskLabel) -> dict[int, int]:
    """Pixel value -> category id, where a semantic mask's items say so and any differ."""
    if label.kind != "SEMANTIC_MASK":
        return {}
    ids = {item.value: item.category_id for item in label.items or () if item.category_id is not None}
    return ids if any(value != category for value, category in ids.items()) else {}


def _ranks(label: MaskLabel, pixels: NDArray[np.uint32]) -> dict[int, int]:
    """Value -> rank, of all values that are listed or drawn; empty where all of them fit as they are."""
    listed = {item.value for item in label.items or ()}
    values = sorted((listed | set(np.unique(pixels).tolist())) - {0})
    if not values or values[-1] <= _LARGEST:
        return {}
    return {value: rank for rank, value in enumerate(values, 1)}


def _renumbered(label: MaskLabel, mapping: dict[int, int]) -> MaskLabel:
    def renumber(item: MaskItem) -> MaskItem:
        changes: dict[str, Any] = {"value": mapping.get(item.value, item.value)}
        if label.kind != "SEMANTIC_MASK":
            changes["attributes"] = {**(item.attributes or {}), SOURCE_ID.name: item.value}
        return msgspec.structs.replace(item, **changes)

    return msgspec.structs.replace(label, items=tuple(map(renumber, label.items or ())))


def _mapped(pixels: NDArray[np.uint32], mapping: dict[int, int], path: str) -> NDArray[np.uint32]:
    values, places = np.unique(pixels, return_inverse=True)
    wanted = np.array([mapping.get(value, value) for value in values.tolist()], dtype=np.uint32)
    if wanted.size and int(wanted.max()) > _LARGEST:
        raise SourceError(path, f"expected a mask of at most {_LARGEST} values, found {int(wanted.max())}")
    return wanted[places.reshape(pixels.shape)]


def _is_single_channel(head: bytes) -> bool:
    """By the header of a PNG: bit depth and colour type follow width and height in the first chunk."""
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or head[12:16] != b"IHDR" or len(head) < 26:
        return False
    depth, colour = head[24], head[25]
    return (colour == 0 and depth in (8, 16)) or (colour == 3 and depth == 8)  # grey; indexes into a palette


def _has_palette(head: bytes) -> bool:
    return head[25:26] == b"\x03"
