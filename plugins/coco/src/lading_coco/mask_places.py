"""Where masks lie: id PNGs of panoptic files, also in archives, and pixelmaps of stuff (source-formats.md 2.7)."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from lading import Source
from lading_coco.layout import Files, home_of, stem_of

ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")


def _mask_folders(path: str, split: str) -> list[str]:
    folder, home = posixpath.dirname(path), home_of(path)
    names = (stem_of(path), f"panoptic_{split}", split)
    return [posixpath.join(base, name) for base in (folder, home, "") for name in names]


class MaskPlace(NamedTuple):
    """A folder of masks, and the source that it is in."""

    folder: str
    source: Source


def packed_masks(files: Files, path: str, split: str) -> str | None:
    """The archive that a folder of id PNGs is packed in: the official download has it beside the JSON."""
    for candidate in dict.fromkeys(_mask_folders(path, split)):
        for ending in ARCHIVES:
            if files.number(f"{candidate}{ending}") >= 0:
                return f"{candidate}{ending}"
    return None


def mask_folder(files: Files, path: str, split: str) -> str | None:
    """The folder of the id PNGs of a panoptic file (source-formats.md 2.7)."""
    candidates = [*_mask_folders(path, split), posixpath.dirname(path)]
    for candidate in dict.fromkeys(candidates):
        if any(name.lower().endswith(".png") for name in files.source.below(candidate)[:50]):
            return candidate
    return None


def is_for_masks(folder: str, path: str, split: str) -> bool:
    """Whether a folder has the name of one of the id PNGs of a panoptic file, and no other."""
    return posixpath.basename(folder) in (stem_of(path), f"panoptic_{split}")


def pixelmap_folder(files: Files, path: str, split: str) -> str | None:
    """The folder of the pixelmaps of a stuff file: PNGs whose values are categories."""
    folder, home = posixpath.dirname(path), home_of(path)
    names = (f"stuff_{split}_pixelmaps", f"{stem_of(path)}_pixelmaps")
    for candidate in dict.fromkeys(posixpath.join(base, name) for base in (folder, home, "") for name in names):
        if files.source.below(candidate):
            return candidate
    return None


def pixelmap_of(folder: str, image: str) -> str:
    """Where in its folder the pixelmap of a picture lies."""
    return f"{folder}/{posixpath.splitext(posixpath.basename(image))[0]}.png"
