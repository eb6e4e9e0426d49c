"""Elements that VOC has once and a file has twice, or spells in other capitals: kept in extras, and told."""

from __future__ import annotations

from collections.abc import Callable

from lading import Origin, Report
from lading_voc.document import Element

#: Elements of which a file, an object and a box have one each.
ONCE_A_FILE = frozenset({"folder", "filename", "path", "source", "size", "segmented"})
ONCE_AN_OBJECT = frozenset({"name", "pose", "truncated", "occluded", "difficult"})
CORNERS = frozenset({"xmin", "ymin", "xmax", "ymax"})
#: Elements without which labels are missing, by their names in small letters.
_HOLD_LABELS = frozenset({"object", "objects", "size"})

#: Where an element stands.
At = Callable[[Element], Origin]


def tell_repeated(element: Element, names: frozenset[str], at: At, report: Report) -> None:
    """Tell of each child of one of the names that is there again."""
    seen: set[str] = set()
    for child in element:
        if child.tag in names and child.tag in seen:
            text = (child.text or "").strip()
            found = f"another, {text!r}" if text else "another"
            message = f"expected one `{child.tag}`, found {found}; the first counts, this one stays in extras"
            report.warning("voc.repeated-element", message, at(child))
        seen.add(child.tag)


def tell_other_capitals(root: Element, at: At, report: Report) -> None:
    """Tell of elements of a file that would be read if their names were in small letters."""
    for child in root:
        name = child.tag.lower()
        if child.tag != name and name in _HOLD_LABELS:
            message = f"expected `{name}`, found `{child.tag}`; it stays in extras and is not read"
            report.error("voc.other-capitals", message, at(child))


def holds_boxes(element: Element) -> bool:
    """Whether there is a box in an element, however deep."""
    return next(element.iter("bndbox"), None) is not None


def tell_other_objects(root: Element, at: At, report: Report) -> None:
    """Tell of elements of a file that hold a box and are no objects, and of `objects` that hold something else."""
    for child in root:
        found = None
        if child.tag == "objects":
            other = next((part.tag for part in child if part.tag != "object"), None)
            found = None if other is None else f"`{other}` in `objects`"
        elif child.tag.lower() not in _HOLD_LABELS and holds_boxes(child):
            boxes = sum(1 for _ in child.iter("bndbox"))
            found = f"`{child.tag}` with {'a `bndbox`' if boxes == 1 else f'{boxes:,} of `bndbox`'}"
        if found is not None:
            message = f"expected `object`, found {found}; it stays in extras and is not read"
            report.error("voc.not-object", message, at(child))
