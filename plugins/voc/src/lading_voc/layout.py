"""Which file of a source is what: trees of annotations, pictures, masks and image sets, by their folders' names.

A table of folder names is all there is to the variants (source-formats.md 5.1): a year below `VOCdevkit`, a year
alone, `images/` and `annotations/`, XML beside pictures, folders `train/`, `valid/`, `test/` of Roboflow.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Literal, NamedTuple, TypeAlias

import msgspec

from lading.media import is_image_name
from lading_voc.options import BoxChoice

Role: TypeAlias = Literal["annotations", "media", "sets", "class", "object", "augmented", "drawn", "beside"]

_ROLES: dict[str, Role] = {
    **dict.fromkeys(("annotations", "annotation", "annots", "labels", "xml", "xmls"), "annotations"),
    **dict.fromkeys(
        (
            *("jpegimages", "images", "image", "imgs", "img", "pngimages", "jpgimages", "allimages", "photos"),
            *("jpegimages-trainval", "jpegimages-test"),  # DIOR
        ),
        "media",
    ),
    "imagesets": "sets",
    **dict.fromkeys(("segmentationclass", "segmentationclasspng"), "class"),
    **dict.fromkeys(("segmentationobject", "segmentationobjectpng"), "object"),
    "segmentationclassaug": "augmented",
    **dict.fromkeys(  # labelme
        ("annotationsvisualization", "segmentationclassvisualization", "segmentationobjectvisualization"), "drawn"
    ),
}

#: The two folders below that of annotations that DIOR has, with one file each for a picture.
_BOXES: dict[str, BoxChoice] = {"horizontal bounding boxes": "horizontal", "oriented bounding boxes": "oriented"}

#: Names of folders that are splits where no image set tells.
SPLITS = frozenset({"train", "training", "val", "valid", "validation", "test", "testing"})


class Folder(NamedTuple):
    """A folder of a tree: the tree's root, what it is for, and the path from there on to this very folder.

    `boxes` is what its annotations have, where a folder next to it has others.
    """

    root: str
    role: Role
    base: str
    below: str
    boxes: BoxChoice | None = None


class Tree(msgspec.Struct):
    """What one root holds: files by id, the id being the path below its folder without the suffix.

    `media` may have several pictures of one id; the first is the one that is taken unless an XML names another.
    `others` are the files that VOC has no place for, `unread` the annotations by id beside those with the wanted boxes.
    """

    root: str
    annotations: dict[str, str] = {}
    media: dict[str, list[str]] = {}
    class_masks: dict[str, str] = {}
    object_masks: dict[str, str] = {}
    augmented_masks: dict[str, str] = {}
    sets: list[str] = []
    media_base: str | None = None
    is_beside: bool = False
    duplicates: list[tuple[str, str]] = []
    others: list[str] = []
    unread: dict[str, str] = {}

    @property
    def name(self) -> str:
        """The last part of its root."""
        return self.root.rpartition("/")[2]

    @property
    def is_annotated(self) -> bool:
        """Whether anything here says what is in a picture, or lists pictures."""
        return bool(self.annotations or self.sets or self.class_masks or self.object_masks or self.augmented_masks)


def trees_of(names: Iterable[str], boxes: BoxChoice = "horizontal") -> list[Tree]:
    """The trees of a source by the order of their roots; those with pictures alone are among them.

    Where a picture has an annotation of horizontal boxes and one of oriented ones, `boxes` says which is read.
    """
    trees: dict[str, Tree] = {}
    places: dict[str, tuple[Folder, Tree]] = {}
    for path in names:
        directory, _, file = path.rpartition("/")
        known = places.get(directory)
        if known is None:
            folder = folder_of(directory)
            known = places.setdefault(directory, (folder, trees.setdefault(folder.root, Tree(folder.root))))
        stem, _, suffix = file.rpartition(".")
        kind = (_KINDS.get(suffix) or _kind(suffix)) if stem else "other"
        folder, tree = known
        if kind == "picture" and folder.role != "drawn":
            _add_picture(tree, folder, folder.below + stem, path)
        elif kind == "xml":
            into = tree.annotations if folder.boxes in (None, boxes) else tree.unread
            _add_annotation(tree, into, folder, folder.below + stem, path)
        elif kind == "txt" and folder.role == "sets":
            tree.sets.append(path)
        else:
            tree.others.append(path)
    for tree in trees.values():
        for key in sorted(tree.unread.keys() - tree.annotations.keys()):
            tree.annotations[key] = tree.unread.pop(key)
    return [trees[root] for root in sorted(trees)]


#: Suffixes of pictures that only few programs open; each is judged when it is opened.
_RARE_PICTURES = frozenset({"jp2", "j2k", "jxl", "tga", "dcm", "heic", "heif", "avif", "exr", "hdr", "dng"})
#: What files of a suffix are: `xml`, `txt`, `picture`, or `other`.
_KINDS: dict[str, str] = {}


def _kind(suffix: str) -> str:
    lower = suffix.lower()
    found = lower if lower in ("xml", "txt") else "other"
    if lower in _RARE_PICTURES or is_image_name(f"x.{suffix}"):
        found = "picture"
    return _KINDS.setdefault(suffix, found)


def kind_of(path: str) -> str:
    """What a file is by its suffix: `xml`, `txt`, `picture` or `other`."""
    return _kind(path.rpartition(".")[2])


@lru_cache(maxsize=4096)
def folder_of(directory: str) -> Folder:
    """What a folder is for, by the last of its parts that says so."""
    parts = directory.split("/") if directory else []
    for index in range(len(parts) - 1, -1, -1):
        role = _ROLES.get(parts[index].lower())
        if role is not None:
            boxes = _BOXES.get(parts[index + 1].lower()) if role == "annotations" and index + 1 < len(parts) else None
            below = "/".join(parts[index + 1 + (boxes is not None) :])
            base = "/".join(parts[: index + 1])
            return Folder("/".join(parts[:index]), role, base, f"{below}/" if below else "", boxes)
    for index in range(len(parts) - 1, -1, -1):
        if parts[index].lower() in SPLITS:
            root, below = "/".join(parts[: index + 1]), "/".join(parts[index + 1 :])
            return Folder(root, "beside", root, f"{below}/" if below else "")
    return Folder("", "beside", "", f"{directory}/" if directory else "")


def _add_annotation(tree: Tree, into: dict[str, str], folder: Folder, key: str, path: str) -> None:
    """One XML; of two of one id the one in the folder for annotations counts, else the first."""
    known = into.get(key)
    if known is None:
        into[key] = path
    elif folder.role == "annotations" and folder_of(known.rpartition("/")[0]).role != "annotations":
        into[key] = path
        tree.duplicates.append((known, path))
    else:
        tree.duplicates.append((path, known))
    tree.is_beside = tree.is_beside or folder.role != "annotations"


def _add_picture(tree: Tree, folder: Folder, key: str, path: str) -> None:
    if folder.role == "class":
        tree.class_masks.setdefault(key, path)
    elif folder.role == "object":
        tree.object_masks.setdefault(key, path)
    elif folder.role == "augmented":
        tree.augmented_masks.setdefault(key, path)
    else:
        known = tree.media.get(key)
        if known is None:
            tree.media[key] = [path]
        else:
            known.append(path)
        if tree.media_base is None and folder.role == "media":
            tree.media_base = folder.base


def remote_path(path: str) -> str:
    """What a picture is called on the platform: its path below JPEGImages, else within the source (design.md 8)."""
    directory, _, file = path.rpartition("/")
    folder = folder_of(directory)
    if folder.role == "media" and folder.base.rpartition("/")[2].lower() == "jpegimages":
        return f"{folder.below}{file}"
    return path
