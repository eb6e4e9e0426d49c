"""Whether a source is Pascal VOC, by its folders and the roots of a few of its XML files."""

from __future__ import annotations

import re

from lading import Match, Source
from lading.errors import SourceError
from lading_voc.layout import folder_of, trees_of

_LOOKS = 12

#: Parts of paths that only VOC has, besides XML.
_MARKS = re.compile("/?(?:ImageSets|SegmentationClass|SegmentationObject)", re.IGNORECASE)
_BYTES = 1 << 16

#: VOC2005 and 2006 had annotations in text (source-formats.md 5.2).
_TEXT_FORM = re.compile(rb"#\s*Compatible with PASCAL Annotation|Bounding box for object \d+ \"")


def detect(source: Source) -> Match:
    """A confidence and a reason."""
    if source.selected is not None and not source.selected.lower().endswith(".xml"):
        return Match(0.0, f"{source.selected} is no XML")
    names = source.names()
    if not any(name.lower().endswith(".xml") or _MARKS.search(name) for name in names):
        return Match(0.0, _text_form(source) or "there is no XML")  # other formats have many files and none of these
    trees = trees_of(names)
    paths = [path for tree in trees for path in tree.annotations.values()]
    if source.selected is not None:
        paths = [source.selected]
    roots = {path: _root(source, path) for path in _spread(sorted(paths))}
    good = [path for path, root in roots.items() if root == "annotation"]
    has_sets = any(tree.sets for tree in trees)
    if good:
        return Match(0.95 if has_sets else 0.9, f"{good[0]} has the root `annotation`")
    broken = [path for path, root in roots.items() if root is None and _is_in_place(path)]
    if broken:
        where = "it lies beside ImageSets" if has_sets else "it lies where annotations do"
        return Match(0.5 if has_sets else 0.3, f"{broken[0]} cannot be read, but {where}")
    for path, root in roots.items():
        if root == "annotations":
            return Match(0.0, f"{path} has the root `annotations`: CVAT for images, one XML for many pictures, not VOC")
    if paths:
        return Match(0.0, f"{next(iter(roots))} has no root `annotation`")
    if any(tree.class_masks or tree.object_masks or tree.augmented_masks for tree in trees):
        return Match(0.8, "there are masks below SegmentationClass or SegmentationObject")
    if has_sets and any(tree.media for tree in trees):
        return Match(0.8, "there are image sets below ImageSets, and pictures")
    return Match(0.0, _text_form(source) or "there is no XML")


def _is_in_place(path: str) -> bool:
    return folder_of(path.rpartition("/")[0]).role == "annotations"


def _spread(paths: list[str]) -> list[str]:
    return [paths[n * len(paths) // _LOOKS] for n in range(_LOOKS)] if len(paths) > _LOOKS else paths


def _head(source: Source, path: str) -> bytes:
    file = source.get(path)
    if file is None:
        return b""
    try:
        with file.open() as stream:
            return stream.read(_BYTES)
    except SourceError:
        return b""


def _root(source: Source, path: str) -> str | None:
    from lading_voc.document import root_name  # and with it the parsers of XML, where there is some

    return root_name(_head(source, path))


def _text_form(source: Source) -> str | None:
    texts = [n for n in source.names() if n.endswith(".txt") and "annotation" in n.lower()][:_LOOKS]
    for path in texts:
        if _TEXT_FORM.search(_head(source, path)):
            return f"{path} is an annotation in text, as VOC2005 and VOC2006 had them, which is not read"
    return None
