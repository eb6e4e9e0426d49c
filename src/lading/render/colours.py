"""Colours of categories: the same name has the same colour in every picture."""

from __future__ import annotations

import colorsys
from hashlib import blake2b
from typing import TypeAlias

Colour: TypeAlias = tuple[int, int, int]

#: What is broken.
MARK: Colour = (255, 0, 64)
#: What has no category.
PLAIN: Colour = (220, 220, 220)


def colour_of(name: str | None) -> Colour:
    """A bright colour for a name."""
    if name is None:
        return PLAIN
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=2).digest()
    hue, value = digest[0] / 256, 0.75 + digest[1] / 1024
    red, green, blue = colorsys.hsv_to_rgb(hue, 0.75, value)
    return round(red * 255), round(green * 255), round(blue * 255)
