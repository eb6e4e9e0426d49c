"""Annotations in an XML namespace (source-formats.md 5 has none): read as VOC's, with a word, and written back in it.

Elements keep the names that the file writes, and declarations are attributes like others, so that what is unknown
comes back as it was. Only the prefix of the outermost element is taken off, and off the elements that share it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from lading_voc.markup import Node

#: In extras of a file: the prefix of all its elements, or of the outermost alone.
PREFIX, ROOT_PREFIX = "#prefix", "#root-prefix"


class Namespace(NamedTuple):
    """What the outermost element is in: its `name`, with the prefix that was taken off, if there was one."""

    name: str
    prefix: str = ""
    is_of_all: bool = False
    strangers: int = 0  # elements without the prefix of all others

    def note(self) -> dict[str, str]:
        """What extras have to hold for the way back."""
        return {(PREFIX if self.is_of_all else ROOT_PREFIX): self.prefix} if self.prefix else {}


def enter(root: Element) -> Namespace | None:
    """Take the prefix off; None where the outermost element is in no namespace."""
    prefix, _, name = root.tag.rpartition(":")
    if not prefix:
        uri = root.get("xmlns")
        return Namespace(uri) if uri else None
    root.tag = name
    inner = [element for element in root.iter() if element is not root]
    shared = [element for element in inner if element.tag.startswith(f"{prefix}:")]
    for element in shared:
        element.tag = element.tag.removeprefix(f"{prefix}:")
    strangers = len(inner) - len(shared) - sum(":" in element.tag for element in inner)
    uri = root.get(f"xmlns:{prefix}", prefix)
    return Namespace(uri, prefix, bool(shared), strangers if shared else 0)


def leave(root: Node, extras: Mapping[str, Any]) -> Node:
    """The way back: the prefix that the extras of a file note, on the elements that had it."""
    name, attributes, children = root
    if PREFIX in extras:
        return _prefixed(root, f"{extras[PREFIX]}:")
    return (f"{extras[ROOT_PREFIX]}:{name}", attributes, children) if ROOT_PREFIX in extras else root


def _prefixed(node: Node, prefix: str) -> Node:
    name, attributes, content = node
    if not isinstance(content, str):
        content = [_prefixed(child, prefix) for child in content]
    return (f"{prefix}{name}" if name and ":" not in name else name, attributes, content)
