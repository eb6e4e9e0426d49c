"""Forms: which elements a file, or an object in it, has in which order, as a pattern and what each text of it means.

Text that matches balanced tags without attributes, with nothing but blanks between them, is well-formed XML, and an
XML reader finds in it what the groups of the pattern hold. So a file of known forms needs no tree of elements. Forms
are made after elements that were read, and only where all that is in them has its place or is kept as text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple, TypeAlias

from lading_voc.document import Element
from lading_voc.object_contents import FLAGS, SHAPES

#: The texts of an element in their order, each by its names from the outside in (`part[2]/bndbox/xmin`).
Paths: TypeAlias = tuple[str, ...]
#: The number of a text among all of a form.
Group: TypeAlias = int

_CORNERS = ("bndbox/xmin", "bndbox/ymin", "bndbox/xmax", "bndbox/ymax")
_SIZES = ("size/width", "size/height")
#: Forms are so deep at most, and have fewer texts than this; an element that is in none stands for all it holds.
_DEPTH, _TEXTS, _NONE = 3, 100, "?"
_NAME = re.compile(r"[a-z][a-z0-9_]*")
#: What is read by the elements in it, so that one of texts alone is another thing.
_HOLDERS = SHAPES | {"part", "actions", "attributes", "object", "objects", "size"}
#: Of these, what forms go into.
_ENTERED = frozenset({"bndbox", "part", "actions", "size"})
#: What XML 1.0 lets stand in a text (section 2.2) as it is, and as a blank; lines are ended by `\n` before.
_CHARACTERS, _BLANKS = r"[^<>&\x00-\x08\x0b-\x1f\ufffe\uffff]*+", r"[\t\n ]*+"
_COORDINATE = rf"{_BLANKS}([-+.0-9eE]++){_BLANKS}"
_DECLARATION = (
    r"(?:<\?xml[\t\n ]+version=(?:'1\.0'|\"1\.0\")"
    rf"(?:[\t\n ]+encoding=(?:'(?i:utf-8)'|\"(?i:utf-8)\"))?{_BLANKS}\?>)?{_BLANKS}"
)


class BoxForm(NamedTuple):
    """An object, or a part of it: then `part` is the end of its pointer, and `number` of its instance."""

    part: str
    number: str
    name: Group
    corners: tuple[Group, Group, Group, Group]
    attributes: tuple[tuple[str, Group, bool], ...]  # True where the text is a flag
    extras: tuple[tuple[str, Group], ...]


class ObjectForm(NamedTuple):
    """An object, and behind it its parts in their order."""

    pattern: re.Pattern[str]
    boxes: tuple[BoxForm, ...]


class FileForm(NamedTuple):
    """What stands before the first object of a file, and behind the last; groups are counted through both.

    `extras` have the group of a text, or of each text in an element by its name.
    """

    start: re.Pattern[str]
    end: re.Pattern[str]
    width: Group | None
    height: Group | None
    database: Group | None
    extras: tuple[tuple[str, Group | tuple[tuple[str, Group], ...]], ...]


def object_form(paths: Paths) -> ObjectForm | None:
    """The form of objects of these texts, or None where one of them has no place of its own."""
    found: dict[str, dict[str, Group]] = {"": {}}
    for group, path in enumerate(paths):
        part, _, rest = path.partition("/") if path.startswith("part[") else ("", "", path)
        found.setdefault(part, {})[rest] = group
    boxes = [_box_form(part, groups) for part, groups in found.items()]
    known = tuple(box for box in boxes if box is not None)
    if len(known) < len(boxes):
        return None
    return ObjectForm(re.compile(f"<object>{_BLANKS}{_pattern(paths)}</object>{_BLANKS}"), known)


def file_form(start: Paths, end: Paths) -> FileForm | None:
    """The form of files of these texts around their objects, or None where one of them has no place of its own."""
    groups = {path: group for group, path in enumerate((*start, *end))}
    extras: dict[str, Group | dict[str, Group]] = {}
    for path, group in groups.items():
        holder, _, name = path.rpartition("/")
        if path in _SIZES:
            continue
        if not _NAME.fullmatch(name) or not _is_in_file(holder, name):
            return None
        if not holder:
            extras[name] = group
            continue
        inner = extras.setdefault(holder, {})
        if not isinstance(inner, dict):
            return None
        inner[name] = group
    width, height = (groups.get(path) for path in _SIZES)
    if (width is None or height is None) and any(path.startswith("size/") for path in groups):
        return None
    return FileForm(
        start=re.compile(f"{_DECLARATION}<annotation>{_BLANKS}{_pattern(start)}"),
        end=re.compile(f"{_pattern(end)}</annotation>{_BLANKS}"),
        width=width,
        height=height,
        database=groups.get("source/database"),
        extras=tuple((name, tuple(v.items()) if isinstance(v, dict) else v) for name, v in extras.items()),
    )


def _is_in_file(holder: str, name: str) -> bool:
    """Whether a text directly in a file, or in an element there, is one that stays text."""
    if name in _HOLDERS:
        return False
    return holder in ("", "size") or (_NAME.fullmatch(holder) is not None and holder not in _HOLDERS)


def paths_of_file(root: Element) -> tuple[Paths, Paths]:
    """The texts before the first object and behind the last."""
    places = [place for place, child in enumerate(root) if child.tag == "object"] or [len(root)]
    first, last = places[0], places[-1]
    start, both = _whole(root[:first]), _whole([*root[:first], *root[last + 1 :]])
    return (both, ()) if _NONE in both else (start, both[len(start) :])


def paths_of_object(element: Element) -> Paths:
    """The texts of an object."""
    return _whole(element)


def _whole(elements: Iterable[Element]) -> Paths:
    """The texts of some elements; where no form has all of them, only that."""
    paths = tuple(islice(_paths(elements), _TEXTS))
    return (_NONE,) if _NONE in paths or len(paths) == _TEXTS else paths


def _box_form(part: str, groups: dict[str, Group]) -> BoxForm | None:
    attributes: list[tuple[str, Group, bool]] = []
    extras: list[tuple[str, Group]] = []
    for path, group in groups.items():
        holder, _, name = path.rpartition("/")
        if path == "name" or path in _CORNERS:
            continue
        if not _NAME.fullmatch(name) or name in _HOLDERS or holder not in ("", "actions"):
            return None
        if holder or name == "pose" or name in FLAGS:
            attributes.append((name, group, name != "pose" or bool(holder)))
        else:
            extras.append((name, group))
    names = {name for name, _, _ in attributes}
    if len(names) < len(attributes) or not {"name", *_CORNERS} <= groups.keys():
        return None
    xmin, ymin, xmax, ymax = (groups[path] for path in _CORNERS)
    number = part.removeprefix("part[").removesuffix("]")
    return BoxForm(
        part=part and f"/{part}",
        number=number and f".{number}",
        name=groups["name"],
        corners=(xmin, ymin, xmax, ymax),
        attributes=tuple(attributes),
        extras=tuple(extras),
    )


def _paths(elements: Iterable[Element], above: str = "", depth: int = _DEPTH) -> Iterator[str]:
    """The texts of some elements; what is there twice, deep or in an element that forms do not enter is none."""
    seen: set[str] = set()
    parts = 0
    for element in elements:
        name = element.tag
        if name == "part":
            parts += 1
            name = f"part[{parts}]"
        is_entered = element.tag in _ENTERED or element.tag not in _HOLDERS
        if name in seen or (len(element) and not (depth and is_entered)):
            yield _NONE
        elif len(element):
            yield from _paths(element, f"{above}{name}/", depth - 1)
        else:
            yield f"{above}{name}"
        seen.add(name)


def _pattern(paths: Paths) -> str:
    """The pattern of elements of these texts, with blanks behind each tag but those around a text."""
    pattern, opened = "", list[str]()
    for path in (*paths, ""):
        *above, name = path.split("/")
        while opened != above[: len(opened)]:
            pattern += f"</{_tag(opened.pop())}>{_BLANKS}"
        for outer in above[len(opened) :]:
            pattern += f"<{_tag(outer)}>{_BLANKS}"
            opened.append(outer)
        if name:
            text = _COORDINATE if path.endswith(_CORNERS) else f"({_CHARACTERS})"
            pattern += f"<{name}>{text}</{name}>{_BLANKS}"
    return pattern


def _tag(name: str) -> str:
    return name.partition("[")[0]
