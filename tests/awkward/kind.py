"""One awkward dataset: its files, and what has to come out of it, written by hand from the format's own rules."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

ORIENTATION = 0x0112  # the tag of EXIF that says how a camera was held; 6 is a quarter turn


@dataclass(frozen=True)
class Awkward:
    """A small dataset of one awkwardness.

    `frames` are its labels in words (`said`), by segment and frame. `told` are all findings of a validation: severity,
    rule and place. `losses` are what was lost. `refused` is what is said where nothing can be read.
    """

    name: str
    files: Mapping[str, bytes]
    frames: Mapping[str, Sequence[str]] = field(default_factory=dict)
    told: Sequence[str] = ()
    losses: Sequence[str] = ()
    refused: str | None = None

    def write(self, folder: Path) -> Path:
        for name, content in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        return folder


def text(document: Any) -> bytes:
    """A document as JSON, `NaN` and `Infinity` as Python's json writes them."""
    return json.dumps(document).encode()


def picture(colour: str = "red", size: tuple[int, int] = (40, 30), kind: str = "PNG", orientation: int = 1) -> bytes:
    stream = io.BytesIO()
    exif = Image.Exif()
    if orientation != 1:
        exif[ORIENTATION] = orientation
    Image.new("RGB", size, colour).save(stream, kind, exif=exif)
    return stream.getvalue()


def mask(ids: Sequence[Sequence[int]], mode: str = "RGB", kind: str = "PNG") -> bytes:
    """A mask of pixel values; in colour they are R + 256 G + 65536 B."""
    values = np.array(ids, dtype=np.uint32)
    if mode in ("L", "P"):
        image = Image.fromarray(values.astype(np.uint8)).convert("L")
        if mode == "P":
            image = Image.frombytes("P", image.size, image.tobytes())
            image.putpalette(range(256))
    else:
        colours = np.stack([values & 255, values >> 8 & 255, values >> 16 & 255], axis=-1).astype(np.uint8)
        image = Image.fromarray(colours).convert(mode)
    stream = io.BytesIO()
    image.save(stream, kind)
    return stream.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return stream.getvalue()


def said(label: Any) -> str:
    """A label in words: what it is, its category, its numbers, its instance, its attributes."""
    words = [label.kind.lower(), *_numbers(label)]
    if label.category is not None:
        words.insert(1, label.category)
    if label.instance is not None:
        words.append(f"@{label.instance}")
    if label.attributes:
        words.append(json.dumps(label.attributes))
    return " ".join(words)


def _numbers(label: Any) -> list[str]:
    match label.kind:
        case "BOX2D":
            return [f"{v:g}" for v in (label.xmin, label.ymin, label.xmax, label.ymax)]
        case "POLYGON2D":
            return [f"{v:g}" for v in label.points.ravel()]
        case "MULTI_POLYGON":
            return [" | ".join(" ".join(f"{v:g}" for v in ring.ravel()) for ring in label.rings)]
        case "RLE":
            return [f"{label.height}x{label.width}", *map(str, label.counts.tolist())]
        case "KEYPOINTS2D":
            pairs = zip(label.points.tolist(), label.visible or [None] * len(label.points), strict=True)
            return [f"{x:g} {y:g} v{v}" for (x, y), v in pairs]
        case "SENTENCE":
            return [repr(word.text) for word in label.sentence]
    items = () if label.items is None else label.items
    return [str(label.path), *(f"{item.value}={item.category}" for item in items)]
