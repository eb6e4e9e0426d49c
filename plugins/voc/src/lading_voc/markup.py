"""XML as VOC writes it: an element a line, tabs before it, no declaration."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

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
    """The elements that extras hold as JSON: the way back of `document.as_json` and `add_to`."""
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
