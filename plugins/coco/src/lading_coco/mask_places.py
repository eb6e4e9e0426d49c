"""Where masks lie: id PNGs of panoptic files, also in archives, and pixelmaps of stuff (source-formats.md 2.7)."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence, Set
from typing import NamedTuple

from lading import Source
from lading_coco.layout import PICTURES, Files, home_of, stem_of

_PNG = ".png"
#: Endings of pictures that masks may be saved as instead.
_OTHERS = tuple(ending for ending in PICTURES if ending != _PNG)
ARCHIVES = (".zip", ".tar", ".tar.gz", ".tgz")


def _mask_folders(path: str, split: str) -> list[str]:
    folder, home = posixpath.dirname(path), home_of(path)
    names = (stem_of(path), f"panoptic_{split}", split)
    return [posixpath.join(base, name) for base in (folder, home, "") for name in names]


class MaskPlace(NamedTuple):
    """A folder of masks, and the source that it is in; with `is_own` it is of one annotation file by its name.

    `endings` are those under which masks are looked for that are called otherwise.
    """

    folder: str
    source: Source
    is_own: bool
    endings: tuple[str, ...] = (_PNG,)

    def find(self, name: str) -> tuple[str, str | None]:
        """The path of the mask of a name, and the code that tells what is other in that, as with pictures.

        Where no file is there, it is the one that is meant.
        """
        plain = posixpath.normpath(name.replace("\\", "/"))
        meant = posixpath.join(self.folder, name)
        if self.source.get(meant) is not None or plain.startswith(("..", "/")):
            return meant, None
        names = dict.fromkeys((plain, posixpath.basename(plain)))
        others = dict.fromkeys(f"{posixpath.splitext(each)[0]}{end}" for end in self.endings for each in names)
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


def mask_place(
    source: Source, path: str, split: str, pictures: frozenset[str] = frozenset(), masks: Set[int] = frozenset()
) -> MaskPlace | None:
    """Where the id PNGs of a panoptic file lie in a source (source-formats.md 2.7).

    What is listed as one of the `pictures` is no mask; among such lie those whose names have one of the hashes of the
    `masks` that are wanted. A folder that has the name of masks, and no pictures, may hold masks of another kind,
    where they were saved as such.
    """
    home = posixpath.dirname(path)
    candidates = dict.fromkeys([*_mask_folders(path, split), home])
    own = (stem_of(path), f"panoptic_{split}")
    places: list[tuple[MaskPlace, Sequence[str]]] = []
    for folder in candidates:
        below = source.below(folder)
        listed = pictures.intersection(below)
        if folder != home and any(name.lower().endswith(_PNG) for name in listed):
            others = (posixpath.basename(name) for name in below if name not in listed)
            if not any(hash(name) in masks for name in others):
                continue  # it is of PNGs that are pictures, also of such that are not listed
        is_own = posixpath.basename(folder) in own and not listed
        there = {posixpath.splitext(name)[1].lower() for name in below} if is_own else {_PNG}
        endings = tuple(ending for ending in (_PNG, *_OTHERS) if ending in there)
        places.append((MaskPlace(folder, source, is_own, endings), [x for x in below[:50] if x not in listed]))
    for wanted, are_own in (((_PNG,), True), ((_PNG,), False), (_OTHERS, True)):
        for place, names in places:
            if place.is_own == are_own and any(name.lower().endswith(wanted) for name in names):
                return place
    return None


def unsent_place(source: Source, path: str, split: str) -> MaskPlace:
    """Where masks are meant to lie that are not there: in no folder that has other files."""
    folders = _mask_folders(path, split)
    return MaskPlace(next((each for each in folders if not source.below(each)), folders[0]), source, is_own=False)


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
