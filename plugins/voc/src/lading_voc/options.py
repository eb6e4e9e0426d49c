"""The options of the reader; they import nothing that reads, for they are built before it is known who reads."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import Field

from lading import Options

#: How coordinates are counted.
PixelChoice: TypeAlias = Literal["auto", "voc", "verbatim"]

#: Whether the pixels of masks are read, or their tables made from what the source declares alone.
MaskChoice: TypeAlias = Literal["pixels", "declared"]

#: Which annotation of a picture is read where there are two, as in DIOR.
BoxChoice: TypeAlias = Literal["horizontal", "oriented"]


class VocOptions(Options):
    """How numbers and masks are read."""

    pixels: PixelChoice = Field(default="auto", description="how coordinates are counted")
    masks: MaskChoice = Field(default="pixels", description="whether the pixels of masks are read")
    boxes: BoxChoice = Field(default="horizontal", description="which of two annotations of a picture is read")
