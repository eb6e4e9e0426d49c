"""XML as VOC writes it: an element a line, tabs before it, no declaration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from lading_voc.values import flag

#: An element: its name, its attributes, and its text or the elements in it.
Node = tuple[str, Mapping[str, str], "str | list[Node]"]

#: Characters that XML 1.0 has not.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def leaf(name: str, text: str) -> Node:
    """An element of text."""
    return (name, {}, text)


def node(name: str, children: list[Node]) -> Node:
    """An element of elements."""
    return (name, {}, children)


def nodes_of(name: str, value: Any) -> Iterable[Node]:
    """The elements that extras hold as JSON: the way back of `leftovers.as_json` and `add_to`."""
    for one in value if isinstance(value, list) else [value]:
        if not isinstance(one, dict):
            yield leaf(name, str(one))
            continue
        attributes = {key[1:]: text for key, text in one.items() if key.startswith("@")}
        children = [child for key, part in one.items() if key[:1] not in "@#" for child in nodes_of(key, part)]
        if "#text" in one:
            yield (name, attributes, [("", {}, one["#text"]), *children] if children else one["#text"])
        else:
            yield (name, attributes, children)


def joined(children: list[Node], rest: Mapping[str, Any]) -> tuple[dict[str, str], list[Node]]:
    """Attributes and elements of an element that is written, with what extras hold of it: see `leftovers.rest_of`.

    An element that says the same as one of the children, and more, takes its place; others stand behind those of
    their name.
    """
    joint = [*children]
    if "#text" in rest:
        joint.insert(0, ("", {}, rest["#text"]))
    for name, value in rest.items():
        if name[:1] in "@#":
            continue
        for added in nodes_of(name, value):
            places = [at for at, child in enumerate(joint) if child[0] == name]
            same = next((at for at in places if _says_more(added, joint[at])), None)
            if same is not None:
                joint[same] = added
            else:
                joint.insert(places[-1] + 1 if places else len(joint), added)
    return {name[1:]: str(text) for name, text in rest.items() if name.startswith("@")}, joint


def _says_more(node: Node, other: Node) -> bool:
    """Whether an element has attributes or elements beside what another says."""
    texts, children = _parts(node)
    if isinstance(other[2], str):
        return bool(node[1] or children) and flag(texts) == flag(other[2])
    return node != other and all(
        any(child[0] == one[0] and _says(child, one) for child in children) for one in other[2]
    )


def _says(node: Node, other: Node) -> bool:
    return isinstance(other[2], str) and flag(_parts(node)[0]) == flag(other[2])


def _parts(node: Node) -> tuple[str, list[Node]]:
    """The text of an element, and the elements in it."""
    if isinstance(node[2], str):
        return node[2], []
    return "".join(str(part[2]) for part in node[2] if not part[0]), [part for part in node[2] if part[0]]


def document(root: Node) -> str:
    """The whole file."""
    return "".join(_lines(root, 0))


def without_forbidden(text: str) -> str:
    """The text with replacement characters for what XML cannot hold."""
    return _FORBIDDEN.sub("\ufffd", text)


def _lines(element: Node, depth: int) -> Iterable[str]:
    name, attributes, content = element
    tabs = "\t" * depth
    if not name:  # text beside elements
        yield f"{tabs}{_text(content)}\n"
        return
    start = name + "".join(f" {key}={quoteattr(without_forbidden(text))}" for key, text in attributes.items())
    if isinstance(content, str):
        yield f"{tabs}<{start}>{_text(content)}</{name}>\n" if content else f"{tabs}<{start}/>\n"
    elif not content:
        yield f"{tabs}<{start}/>\n"
    else:
        yield f"{tabs}<{start}>\n"
        for child in content:
            yield from _lines(child, depth + 1)
        yield f"{tabs}</{name}>\n"


def _text(content: Any) -> str:
    return escape(without_forbidden(content))
