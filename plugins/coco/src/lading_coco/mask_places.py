"""Where masks lie: id PNGs of panoptic files, also in archives, and pixelmaps of stuff (source-formats.md 2.7)."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from lading import Source
from lading_coco.layout import PICTURES, Files, home_of, stem_of

_PNG = ".png"
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")


def _mask_folders(path: str, split: str) -> list[str]:
    folder, home = posixpath.dirname(path), home_of(path)
    names = (stem_of(path), f"panoptic_{split}", split)
    return [posixpath.join(base, name) for base in (folder, home, "") for name in names]


class MaskPlace(NamedTuple):
    """A folder of masks, and the source that it is in; with `is_own` it is of one annotation file by its name."""

    folder: str
    source: Source
    is_own: bool

    def find(self, name: str) -> tuple[str, str | None]:
        """The path of the mask of a name, and the code that tells what is other in that, as with pictures.

        Where no file is there, it is the one that is meant.
        """
        plain = posixpath.normpath(name.replace("\\", "/"))
        meant = posixpath.join(self.folder, name)
        if self.source.get(meant) is not None or plain.startswith(("..", "/")):
            return meant, None
        names = dict.fromkeys((plain, posixpath.basename(plain)))
        endings = (_PNG, *PICTURES) if self.is_own else (_PNG,)
        others = [f"{posixpath.splitext(each)[0]}{ending}" for ending in endings for each in names]
        for code, candidates in (("coco.file-capitals", names), ("coco.file-ending", others)):
            for each in candidates:
                found = self.source.find(posixpath.join(self.folder, each))
                if found is not None:
                    is_called_so = posixpath.basename(found.path) == posixpath.basename(plain)
                    return found.path, None if is_called_so else code
        return meant, None


def packed_masks(files: Files, path: str, split: str) -> str | None:
    """The archive that a folder of id PNGs is packed in: the official download has it beside the JSON."""
    for candidate in dict.fromkeys(_mask_folders(path, split)):
        for ending in ARCHIVES:
            if files.number(f"{candidate}{ending}") >= 0:
                return f"{candidate}{ending}"
    return None


def mask_place(source: Source, path: str, split: str) -> MaskPlace | None:
    """Where the id PNGs of a panoptic file lie in a source (source-formats.md 2.7).

    A folder that has their name may hold pictures of another kind, where they were saved as such.
    """
    candidates = dict.fromkeys([*_mask_folders(path, split), posixpath.dirname(path)])
    own = (stem_of(path), f"panoptic_{split}")
    places = [MaskPlace(each, source, is_own=posixpath.basename(each) in own) for each in candidates]
    looked = [(place, source.below(place.folder)[:50]) for place in places]
    for endings, are_own in ((_PNG, True), (PICTURES, True), (_PNG, False)):
        for place, names in looked:
            if place.is_own == are_own and any(name.lower().endswith(endings) for name in names):
                return place
    return None


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
