"""Masks on their way up: PNG of one channel of 8 or 16 bits, re-encoded only where the source's is another kind."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading.errors import SourceError
from lading.media import encode_mask, panoptic_ids, read_mask
from lading.model.catalog import Attribute
from lading.model.codec import encode_label
from lading.model.content import Content
from lading.model.label import MaskItem, MaskLabel, SemanticMask
from lading.platform.wire import Json
from lading.upload.category_ids import LARGEST, CategoryIds
from lading.upload.files import HashedFile, hash_bytes, hash_file

#: What the source called a pixel value that had to be re-encoded: an attribute of its item in `info`.
SOURCE_ID = Attribute(name="source_id", description="The pixel value in the source's mask.", type="integer")


class MaskFile(msgspec.Struct, frozen=True, kw_only=True):
    """A mask that can go up: its file, its value on the wire, and whether its pixels are numbered anew.

    `original` is the source's own file, where `file` was encoded anew.
    """

    file: HashedFile
    label: Json
    is_renumbered: bool
    original: HashedFile | None = None


def mask_key(label: MaskLabel, content: Content, category_ids: CategoryIds) -> bytes | None:
    """What tells a mask and what becomes of it, without reading its file; None where nothing cheap does."""
    stamp = content.stamp
    if stamp is None:
        return None
    ids = [(item.value, item.category_id) for item in label.items or ()]
    declared = sorted(category_ids.declared) if label.kind == SemanticMask.kind else []
    text = json.dumps([label.kind, content.path, stamp, encode_label(label), ids, declared], sort_keys=True)
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def prepare_mask(label: MaskLabel, content: Content, category_ids: CategoryIds) -> MaskFile:
    """A mask as the platform takes it (platform-api.md E: one channel, pixel = category id or instance id).

    A PNG of that kind goes up as it is, but not a panoptic one whose palette has its ids as colours. Others keep their
    pixel values where these fit into 16 bits; larger ones (COCO's panoptic ids have 24) are numbered by rank from 1,
    0 stays 0, and the source's value becomes the attribute `source_id`. A semantic mask's values become its items'
    category ids, or the numbers of these. Raises SourceError where it cannot be read or has too many values.
    """
    file = hash_file(content)
    is_semantic = label.kind == SemanticMask.kind
    mapping = _category_ids(label) if is_semantic else {}
    is_single = _is_single_channel(file.head) and not mapping
    is_certain = not (is_semantic and category_ids.are_renumbered)
    is_certain = is_certain and (label.kind != "PANOPTIC_MASK" or not _has_palette(file.head))
    if is_single and is_certain:
        return MaskFile(file=file, label=_value(label, file), is_renumbered=False)
    read = read_mask(content, panoptic_ids(label))
    pixels = read.values
    ranks = _semantic_ranks(label, pixels, mapping, category_ids) if is_semantic else _ranks(label, pixels)
    if is_single and not read.is_colour and not ranks:
        return MaskFile(file=file, label=_value(label, file), is_renumbered=False)
    ours = _renumbered(label, ranks or mapping, is_told=bool(ranks))
    made = hash_bytes(encode_mask(_mapped(pixels, ranks or mapping, content.path)))
    return MaskFile(file=made, label=_value(ours, made), is_renumbered=bool(ranks), original=file)


def _value(label: MaskLabel, file: HashedFile) -> Json:
    known = msgspec.structs.replace(label, checksum=file.checksum, file_size=file.size, remote_path=None, url=None)
    return encode_label(known)


def _category_ids(label: MaskLabel) -> dict[int, int]:
    """Pixel value -> category id, where a semantic mask's items say so and any differ."""
    ids = {item.value: item.category_id for item in label.items or () if item.category_id is not None}
    return ids if any(value != category for value, category in ids.items()) else {}


def _ranks(label: MaskLabel, pixels: NDArray[np.uint32]) -> dict[int, int]:
    """Value -> rank, of all values that are listed or drawn; empty where all of them fit as they are."""
    listed = {item.value for item in label.items or ()}
    values = sorted((listed | set(np.unique(pixels).tolist())) - {0})
    if not values or values[-1] <= LARGEST:
        return {}
    return {value: rank for rank, value in enumerate(values, 1)}


def _semantic_ranks(
    label: MaskLabel, pixels: NDArray[np.uint32], mapping: Mapping[int, int], category_ids: CategoryIds
) -> dict[int, int]:
    """Value -> number of its category id, of all values that are listed or drawn; empty where all ids fit."""
    values = {item.value for item in label.items or ()} | set(np.unique(pixels).tolist())
    wanted = {value: mapping.get(value, value) for value in values}
    numbers = category_ids.numbers(set(wanted.values()))
    return {value: numbers.get(id_, id_) for value, id_ in wanted.items()} if numbers else {}


def _renumbered(label: MaskLabel, mapping: Mapping[int, int], *, is_told: bool) -> MaskLabel:
    """The label with these values; `is_told` where the source's become an attribute."""

    def renumber(item: MaskItem) -> MaskItem:
        changes: dict[str, Any] = {"value": mapping.get(item.value, item.value)}
        if is_told:
            changes["attributes"] = {**(item.attributes or {}), SOURCE_ID.name: item.value}
        return msgspec.structs.replace(item, **changes)

    return msgspec.structs.replace(label, items=tuple(map(renumber, label.items or ()))) if mapping else label


def _mapped(pixels: NDArray[np.uint32], mapping: Mapping[int, int], path: str) -> NDArray[np.uint32]:
    values, places = np.unique(pixels, return_inverse=True)
    wanted = np.array([mapping.get(value, value) for value in values.tolist()], dtype=np.uint32)
    if wanted.size and int(wanted.max()) > LARGEST:
        raise SourceError(path, f"expected a mask of at most {LARGEST} values, found {int(wanted.max())}")
    return wanted[places.reshape(pixels.shape)]


def _is_single_channel(head: bytes) -> bool:
    """By the header of a PNG: bit depth and colour type follow width and height in the first chunk."""
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or head[12:16] != b"IHDR" or len(head) < 26:
        return False
    depth, colour = head[24], head[25]
    return (colour == 0 and depth in (8, 16)) or (colour == 3 and depth == 8)  # grey; indexes into a palette


def _has_palette(head: bytes) -> bool:
    return head[25:26] == b"\x03"
