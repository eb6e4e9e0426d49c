"""Labels and catalogs as they are kept: one spelling inside, the caller's outside (platform-api.md B-D, D9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from lading.model.codec import decode_labels
from lading.model.label import MASK_TYPES, Label
from lading.server.api.label_shape import is_surely_right
from lading.server.api.request import Client
from lading.server.refusal import invalid, not_found
from lading.server.services import Services

_MASKS = ("SEMANTIC_MASK", "INSTANCE_MASK", "PANOPTIC_MASK")
_MASK_MARK = b'_MASK"'
_POLYGON_MARK = b'"POLYGON2D"'


class KeptLabel(msgspec.Struct, frozen=True):
    """A label as it is kept, `masks` being the objects that it points at, `rows` what it says, to a strict platform."""

    text: bytes
    masks: tuple[str, ...]
    rows: list[Label]


def keep_label(services: Services, dataset_id: str, label: Mapping[str, Any]) -> KeptLabel:
    """A label to keep, as it came but for the spelling of polygons.

    Raises RecordError for what is no label (G3: LAB-TYPE, LAB-SHAPE, LAB-NUM), NotFoundError for a mask that was not
    uploaded.
    """
    try:
        is_looked_at = services.settings.strict_labels or not is_surely_right(label)
        rows = decode_labels(label) if is_looked_at else []
        text = msgspec.json.encode(_respelt(label, "POLYGON", "POLYGON2D"))
    except OverflowError as exc:
        raise invalid(f"label: expected numbers of 64 bits, found a longer one ({exc})") from exc
    masks = tuple(row.checksum for row in rows if isinstance(row, MASK_TYPES) and row.checksum is not None)
    found = services.objects.sizes(dataset_id, masks) if masks else {}
    for checksum in masks:
        if checksum not in found:
            raise not_found("mask", checksum)
    return KeptLabel(text, masks, rows)


def show_label(services: Services, client: Client, dataset_id: str, text: bytes | None, remote_path: str) -> Any:
    """A kept label for the answer; masks get their path and address (B22)."""
    if text is None:
        return {}
    respell = client.reads_polygon and _POLYGON_MARK in text
    if not respell and _MASK_MARK not in text:
        return msgspec.Raw(text)
    label: dict[str, Any] = msgspec.json.decode(text)
    for name in _MASKS:
        if isinstance(label.get(name), dict):
            label[name] = _show_mask(services, client, dataset_id, label[name], remote_path)
    return _respelt(label, "POLYGON2D", "POLYGON") if respell else label


def _show_mask(
    services: Services, client: Client, dataset_id: str, mask: dict[str, Any], remote_path: str
) -> dict[str, Any]:
    checksum = mask.get("checksum")
    path = {"remotePath": mask_path(remote_path)}
    url = {"url": services.url(client.base_url, dataset_id, checksum)} if isinstance(checksum, str) else {}
    return {**mask, **path, **url}


def mask_path(remote_path: str) -> str:
    """A mask's remote path: the data's, with `.png` in place of its extension (B22)."""
    folder, slash, name = remote_path.rpartition("/")
    return f"{folder}{slash}{name.rpartition('.')[0] or name}.png"


def show_catalog(client: Client, catalog: dict[str, Any]) -> dict[str, Any]:
    """A kept catalog for the answer."""
    if not client.reads_polygon:
        return catalog
    return {"POLYGON" if name == "POLYGON2D" else name: part for name, part in catalog.items()}


def _respelt(label: Mapping[str, Any], old: str, new: str) -> dict[str, Any]:
    """The label with its polygons under the other spelling, all else and every order as it was."""
    if old not in label:
        return dict(label)
    if new in label:
        raise invalid("label: expected polygons under one spelling, found `POLYGON` and `POLYGON2D`")
    return {
        new if name == old else name: _renamed(part, old, new) if name == old else part for name, part in label.items()
    }


def _renamed(part: Any, old: str, new: str) -> Any:
    if not isinstance(part, list):
        return part
    key, replacement = old.lower(), new.lower()
    return [
        {replacement if name == key else name: value for name, value in item.items()}
        if isinstance(item, dict)
        else item
        for item in part
    ]
