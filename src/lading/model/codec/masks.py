"""Masks as the platform writes them (section E): pixel values in `info`, under a name that depends on the type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from lading.model.codec.node import Node
from lading.model.label import Label, MaskItem, MaskLabel

Json: TypeAlias = dict[str, Any]


def encode_mask(label: MaskLabel) -> Json:
    """What a mask has beside category, attributes and instance."""
    known = {
        "checksum": label.checksum,
        "fileSize": label.file_size,
        "remotePath": label.remote_path,
        "url": label.url,
    }
    result: Json = {name: value for name, value in known.items() if value is not None}
    if label.items is not None:
        result["info"] = [_encode_item(label.kind, item) for item in label.items]
        if label.kind == "PANOPTIC_MASK" and not any(item.attributes for item in label.items):
            for item in result["info"]:  # all of them have it or none (section E)
                item.pop("attributes", None)
    return result


def _encode_item(kind: str, item: MaskItem) -> Json:
    if kind == "SEMANTIC_MASK":
        return {"categoryId": item.value, "attributes": item.attributes or {}}
    if kind == "INSTANCE_MASK":
        return {"instanceId": item.value, "attributes": item.attributes or {}}
    return {"instanceId": item.value, "categoryId": item.category_id, "attributes": item.attributes or {}}


def mask_decoder(mask_type: type[MaskLabel]) -> Callable[[Node, Json], Label]:
    """What makes a mask of this type out of its object and what all labels share."""

    def decode(node: Node, common: Json) -> Label:
        checksum, remote_path, url = map(node.optional, ("checksum", "remotePath", "url"))
        size = node.optional("fileSize")
        info = node.optional("info")
        items = None if info is None else tuple(_decode_item(mask_type.kind, item) for item in info.items())
        return mask_type(
            items=items,
            checksum=None if checksum is None else checksum.text(),
            file_size=None if size is None else size.integer(),
            remote_path=None if remote_path is None else remote_path.text(),
            url=None if url is None else url.text(),
            **common,
        )

    return decode


def _decode_item(kind: str, node: Node) -> MaskItem:
    attributes = node.optional("attributes")
    value = node.field("categoryId" if kind == "SEMANTIC_MASK" else "instanceId").integer()
    category_id = node.field("categoryId").integer() if kind == "PANOPTIC_MASK" else None
    return MaskItem(value, category_id, None if attributes is None else attributes.object())
