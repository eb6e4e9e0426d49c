"""What of an annotation has no place in the model, as JSON for extras: `markup.joined` is the way back."""

from __future__ import annotations

from collections.abc import Container
from typing import Any

from lading_voc.document import MAX_DEPTH, Element


def as_json(element: Element, depth: int = 0) -> Any:
    """An element that has no place in the model: its text, or an object of its parts (`@name` attributes, `#text`)."""
    if not element.keys():
        if not len(element):
            return (element.text or "").strip()
        leaves = {child.tag: (child.text or "").strip() for child in element if not (len(child) or child.keys())}
        if len(leaves) == len(element) and not "".join(_between(element)).strip():
            return leaves
    if depth > MAX_DEPTH:
        return "".join(element.itertext()).strip()
    result: dict[str, Any] = {f"@{name}": value for name, value in element.items()}
    text = " ".join(part.strip() for part in _between(element) if not part.isspace())
    if text:
        result["#text"] = text
    for child in element:
        add_to(result, child, depth + 1)
    return result


def rest_of(element: Element, read: Container[int], whole: Container[int] = ()) -> dict[str, Any]:
    """What an element holds beside its children of which the text was `read`, or the `whole`, given by their `id()`."""
    rest: dict[str, Any] = {f"@{name}": value for name, value in element.items()}
    stray = stray_text(element)
    if stray:
        rest["#text"] = stray
    for child in element:
        if id(child) not in whole and (id(child) not in read or len(child) or child.keys()):
            add_to(rest, child)
    return rest


def keep_rest(element: Element, extras: dict[str, Any], read: Container[int] = (), whole: Container[int] = ()) -> None:
    """Have the rest of an element in extras under its name, one that holds nothing as ""; a second makes it a list."""
    rest: Any = rest_of(element, read, whole)
    if rest or not len(element):
        name = element.tag
        rest = rest or ""
        extras[name] = rest if name not in extras else [*_listed(extras[name]), rest]


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _between(element: Element) -> list[str]:
    """The pieces of an element's own text, before and after the elements in it."""
    return [text for text in (element.text, *(child.tail for child in element)) if text]


def add_to(extras: dict[str, Any], element: Element, depth: int = 0) -> None:
    """Keep an element under its name; a second one of that name makes it a list."""
    value = as_json(element, depth)
    name = element.tag
    known = extras.get(name)
    if isinstance(known, list):
        known.append(value)
    else:
        extras[name] = value if name not in extras else [known, value]


def stray_text(element: Element) -> str:
    """What stands between and before the elements in another, where VOC has nothing but blanks."""
    try:
        if "".join([element.text, *[child.tail for child in element]]).isspace():  # type: ignore[list-item]
            return ""
    except TypeError:  # nothing stands somewhere, not even blanks
        pass
    return " ".join(part.strip() for part in _between(element) if not part.isspace())
