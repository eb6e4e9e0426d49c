"""Labels of pixels: run lengths, and masks that are files of their own."""

from __future__ import annotations

from typing import Any, ClassVar, TypeAlias

import msgspec

from lading.model.content import Content
from lading.model.label.base import Label
from lading.model.rle import Counts


class Rle(Label, frozen=True, gc=False, eq=False):
    """A mask by its run lengths down the columns, background first; the size as the source gives it."""

    kind: ClassVar[str] = "RLE"

    counts: Counts
    height: int | None = None
    width: int | None = None


class MaskItem(msgspec.Struct, frozen=True, gc=False):
    """What one pixel value of a mask stands for."""

    value: int
    category_id: int | None = None
    attributes: dict[str, Any] | None = None
    category: str | None = None
    instance: str | None = None
    extras: dict[str, Any] = {}


class _Mask(Label, frozen=True, gc=False, eq=False):
    """A picture whose pixel values are looked up in `items`.

    `path` and `content` are its file in the source. `checksum` (SHA-1, hex), `file_size` (bytes), `remote_path` and
    `url` are what a platform knows of it.
    """

    items: tuple[MaskItem, ...] | None = None
    path: str | None = None
    content: Content | None = None
    checksum: str | None = None
    file_size: int | None = None
    remote_path: str | None = None
    url: str | None = None


class SemanticMask(_Mask, frozen=True, gc=False, eq=False):
    """A picture of one channel whose pixel values are categories, as `items` says; `content` is its file."""

    kind: ClassVar[str] = "SEMANTIC_MASK"


class InstanceMask(_Mask, frozen=True, gc=False, eq=False):
    """A picture of one channel whose pixel values are instances, as `items` says; `content` is its file."""

    kind: ClassVar[str] = "INSTANCE_MASK"


class PanopticMask(_Mask, frozen=True, gc=False, eq=False):
    """A picture whose pixel values are instances, each of one category, as `items` says; `content` is its file."""

    kind: ClassVar[str] = "PANOPTIC_MASK"


MaskLabel: TypeAlias = SemanticMask | InstanceMask | PanopticMask
MASK_TYPES: tuple[type[SemanticMask], type[InstanceMask], type[PanopticMask]] = (
    SemanticMask,
    InstanceMask,
    PanopticMask,
)
