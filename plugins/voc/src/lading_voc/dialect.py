"""Who wrote a tree, and which rule its pixels follow (source-formats.md 5.7; design.md section 8)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from lading import Report, Source
from lading_voc.annotation import Peek, peek
from lading_voc.contents import read_bytes
from lading_voc.image_sets import ImageSet
from lading_voc.layout import Tree
from lading_voc.names import OFFICIAL, OFFICIAL_NAMES, Names, written_names
from lading_voc.options import PixelChoice
from lading_voc.relative import tell_relative_boxes
from lading_voc.shapes import VERBATIM, VOC, Pixels
from lading_voc.sized import tell_sized_boxes

#: How many annotations of a tree are looked at to tell who wrote it.
_LOOKS = 16

_OFFICIAL_DATABASE = re.compile(r"The VOC20[0-9]{2} Database")
#: The databases of what our writer makes out of other formats, each with the rule of its pixels.
WRITTEN = {"lading, pixels as edges": VERBATIM, "lading, pixels from 1": VOC}
_OFFICIAL_ID = re.compile(r"(?:20[0-9]{2}_)?[0-9]{6}")


class Dialect(msgspec.Struct, frozen=True):
    """Who wrote a tree, the rule for its pixels and why, and the names that it declares."""

    writer: str
    pixels: Pixels
    rule: str
    names: Names | None
    has_parts: bool
    is_relative: bool = False  # boxes are told to be parts of their pictures
    is_sized: bool = False  # boxes are told to have a width and a height in place of maxima


def is_official_database(database: str | None) -> bool:
    """Whether the `database` of a file is one of the challenge's."""
    return database is not None and _OFFICIAL_DATABASE.fullmatch(database) is not None


def dialect_of(tree: Tree, sets: Sequence[ImageSet], source: Source, choice: PixelChoice, report: Report) -> Dialect:
    """The dialect of a tree, from its names and from a look at a few annotations spread over it."""
    looked = list(_looked_at(tree, source))
    is_relative = tell_relative_boxes([(path, box) for path, seen in looked for box in seen.boxes], report)
    is_sized = tell_sized_boxes([(path, box, seen.size) for path, seen in looked for box in seen.boxes], report)
    peeks = [seen for _, seen in looked]
    databases = [seen.database for seen in peeks]
    says_official = sum(map(is_official_database, databases)) * 2 > len(peeks)
    looks_official = _has_official_shape(tree, sets)
    written = written_names(source, tree.root, report)
    pixels, why = _rule(choice, databases, says_official=says_official, looks_official=looks_official)
    names = written
    if written is None and (says_official or (_has_official_ids(tree) and _has_official_names(peeks))):
        names = OFFICIAL_NAMES
    writer = "VOC" if says_official else _writer(peeks, written)
    rule = "1-based and inclusive, minima minus 1" if pixels is VOC else "as they are"
    has_parts = any("part" in seen.tags for seen in peeks) or any(s.kind == "Layout" for s in sets)
    return Dialect(writer, pixels, f"{pixels.name}: {rule} ({why or writer})", names, has_parts, is_relative, is_sized)


def _looked_at(tree: Tree, source: Source) -> list[tuple[str, Peek]]:
    paths = sorted(tree.annotations.values())
    chosen = [paths[n * len(paths) // _LOOKS] for n in range(_LOOKS)] if len(paths) > _LOOKS else paths
    # what cannot be read is told when the frames are
    read = ((path, read_bytes(source, path, Report())) for path in chosen)
    found = ((path, peek(data)) for path, data in read if data is not None)
    return [(path, seen) for path, seen in found if seen is not None]


def _rule(
    choice: PixelChoice, databases: Sequence[str | None], *, says_official: bool, looks_official: bool
) -> tuple[Pixels, str | None]:
    if choice != "auto":
        return (VOC if choice == "voc" else VERBATIM), "as chosen"
    written = next((WRITTEN[text] for text in databases if text in WRITTEN), None)
    if written is not None:
        return written, "as its database says"
    if says_official:
        return VOC, "its database is the challenge's"
    if looks_official:
        return VOC, "an official tree"
    return VERBATIM, None


def _has_official_shape(tree: Tree, sets: Sequence[ImageSet]) -> bool:
    """Annotations/, ImageSets/Main/ and ids of the challenge's form."""
    in_main = any(found.kind == "Main" for found in sets)
    return bool(tree.annotations) and not tree.is_beside and in_main and _has_official_ids(tree)


def _has_official_ids(tree: Tree) -> bool:
    ids = tree.annotations or tree.class_masks or tree.object_masks or tree.media
    return sum(_OFFICIAL_ID.fullmatch(key) is not None for key in ids) * 2 > len(ids)


def _has_official_names(peeks: Sequence[Peek]) -> bool:
    """Whether at least half of the names that were seen are of the 20, a misspelt one among them or not."""
    names = frozenset[str]().union(*(seen.names for seen in peeks))
    return len(names.intersection(OFFICIAL)) * 2 >= len(names)


def _writer(peeks: Sequence[Peek], written: Names | None) -> str:
    databases = [(seen.database or "").lower() for seen in peeks]
    tags = frozenset[str]().union(*(seen.tags for seen in peeks))
    if written is not None:
        return "labelme" if written.origin.endswith("class_names.txt") else "CVAT"
    if any("roboflow" in database for database in databases):
        return "Roboflow"
    if "path" in tags and "unknown" in databases:
        return "LabelImg"
    return "no database of the challenge's" if peeks else "no annotations"
