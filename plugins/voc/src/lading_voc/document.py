"""XML files as small trees whose elements know their line; what cannot be read is told, never raised.

Straight on expat: no entity is ever expanded or loaded, so neither a bomb nor a file of this machine comes in.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple
from xml.parsers import expat

import msgspec

from lading.source.file import is_lfs_pointer

#: Elements may nest so deep; VOC needs 5, and a deep tree is a danger when it is taken down.
MAX_DEPTH = 100

_DECLARATION = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_FIRST_ELEMENT = re.compile(rb"<([A-Za-z_][^\s/>]*)")
_WITHOUT_PROLOG = re.compile(rb"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)


class Element(msgspec.Struct, gc=False):
    """An element: name, line (from 1), its own text, and the elements in it."""

    name: str
    line: int
    attributes: Mapping[str, str]
    text: str = ""
    children: list[Element] | tuple[()] = ()

    def child(self, name: str) -> Element | None:
        """The first element of this name in it."""
        return next((child for child in self.children if child.name == name), None)

    def text_of(self, name: str) -> str | None:
        """The text of the first element of this name in it, without the blanks around it."""
        child = self.child(name)
        return None if child is None else child.text.strip()


class Trouble(NamedTuple):
    """Why a file is not, or not wholly, read; or with `is_read`, what was done to read it."""

    expected: str
    found: str
    line: int
    is_read: bool = False


class Document(NamedTuple):
    """The outermost element, as far as it could be read, and what is wrong with the file."""

    root: Element | None
    trouble: Trouble | None


class _RefusedError(Exception):
    """Markup that is not followed."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected = expected
        self.found = found


def parse_document(data: bytes) -> Document:
    """The tree of a file. Where it breaks off, what was complete until then stays in the tree."""
    foreign = _not_xml(data)
    if foreign is not None:
        return Document(None, Trouble("XML", foreign, 1))
    builder = _Builder()
    try:
        builder.parse(data, None)
    except expat.ExpatError as exc:
        return _again(data, exc) or Document(builder.so_far(), _broken(exc))
    except (LookupError, ValueError):  # an encoding that expat does not know, or one of several bytes a character
        return _decoded(data)
    except _RefusedError as exc:
        return Document(builder.so_far(), Trouble(exc.expected, exc.found, builder.line))
    return Document(builder.so_far(), None)


def root_name(data: bytes) -> str | None:
    """The name of the outermost element, by a look at the first bytes: nothing is parsed, nothing expanded."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode()
    match = _FIRST_ELEMENT.search(_WITHOUT_PROLOG.sub(b"", data))
    return None if match is None else match[1].decode("utf-8", "replace")


def as_json(element: Element) -> Any:
    """An element that has no place in the model: its text, or an object of its parts (`@name` attributes, `#text`)."""
    if not element.children and not element.attributes:
        return element.text.strip()
    result: dict[str, Any] = {f"@{name}": value for name, value in element.attributes.items()}
    text = element.text.strip()
    if text:
        result["#text"] = text
    for child in element.children:
        add_to(result, child)
    return result


def add_to(extras: dict[str, Any], element: Element) -> None:
    """Keep an element under its name; a second one of that name makes it a list."""
    value = as_json(element)
    if element.name not in extras:
        extras[element.name] = value
    elif isinstance(extras[element.name], list):
        extras[element.name].append(value)
    else:
        extras[element.name] = [extras[element.name], value]


class _Builder:
    """Builds the tree of one file; `line` is where the parser stands."""

    def __init__(self) -> None:
        self._open: list[Element] = []
        self._top = Element("", 0, {})
        self._parser: Any = None

    @property
    def line(self) -> int:
        return int(self._parser.CurrentLineNumber)

    def parse(self, data: bytes, encoding: str | None) -> None:
        """Feed the whole file. Raises ExpatError, _RefusedError, LookupError or ValueError."""
        parser: Any = expat.ParserCreate(encoding, intern=_NAMES)
        self._parser = parser
        parser.buffer_text = True
        push, pop = self._open.append, self._open.pop
        depth = self._open.__len__

        def start(name: str, attributes: dict[str, str]) -> None:
            if depth() > MAX_DEPTH:
                raise _RefusedError(f"elements at most {MAX_DEPTH} deep", "deeper ones")
            push(self._top)
            self._top = Element(name, parser.CurrentLineNumber, attributes)

        def end(name: str) -> None:
            parent = pop()
            if parent.children:
                parent.children.append(self._top)
            else:
                parent.children = [self._top]
            self._top = parent

        def text(piece: str) -> None:
            self._top.text += piece

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = text
        parser.EntityDeclHandler = _refuse_entity
        parser.SkippedEntityHandler = _refuse_reference
        parser.Parse(data, True)

    def so_far(self) -> Element | None:
        """The outermost element with what of it is complete."""
        if len(self._open) > 1:
            return self._open[1]
        if self._open:
            return self._top
        return next(iter(self._top.children), None)


#: Names of elements and attributes, kept once for all files; cleared when it grows, for bad data has many.
_NAMES: dict[str, str] = {}
_MOST_NAMES = 10_000


def _refuse_entity(name: str, *declared: object) -> None:
    raise _RefusedError("no entity declarations", f"one of {name!r}")


def _refuse_reference(name: str, is_parameter: bool) -> None:
    raise _RefusedError("no references to entities of elsewhere", f"one to {name!r}")


def _not_xml(data: bytes) -> str | None:
    """What a file is that does not even look like XML."""
    if len(_NAMES) > _MOST_NAMES:
        _NAMES.clear()
    head = data[:512].lstrip().lower()
    if not data.strip():
        return "an empty file"
    if is_lfs_pointer(data):
        return "a Git LFS pointer: the file was not downloaded"
    if not head.strip(b"\0"):
        return "NUL bytes, as an interrupted copy leaves them"
    if head.startswith((b"<!doctype html", b"<html")):
        return "an HTML page"
    return None


def _again(data: bytes, exc: expat.ExpatError) -> Document | None:
    """The file with replacement characters, where bytes that its encoding has not are all that is wrong."""
    if exc.code != _INVALID_TOKEN or _declared(data) not in ("utf-8", "us-ascii", "ascii"):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x}; read with replacement characters"
        return _parse_text(data.decode("utf-8", "replace"), Trouble("text in UTF-8", found, line, is_read=True))
    return None


def _decoded(data: bytes) -> Document:
    """The file by Python's codec of the encoding that it declares."""
    name = _declared(data)
    try:
        text = data.decode(name, "replace")
    except LookupError:
        return Document(None, Trouble("a known encoding", repr(name), 1))
    return _parse_text(text, None)


def _parse_text(text: str, trouble: Trouble | None) -> Document:
    builder = _Builder()
    try:
        builder.parse(text.encode("utf-8", "replace"), "utf-8")
    except expat.ExpatError as exc:
        return Document(builder.so_far(), _broken(exc))
    except _RefusedError as exc:
        return Document(builder.so_far(), Trouble(exc.expected, exc.found, builder.line))
    return Document(builder.so_far(), trouble)


def _declared(data: bytes) -> str:
    match = _DECLARATION.search(data[:512])
    return "utf-8" if match is None else match[1].decode("ascii").lower()


def _broken(exc: expat.ExpatError) -> Trouble:
    return Trouble("well-formed XML", expat.ErrorString(exc.code), exc.lineno)


_INVALID_TOKEN = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]


def objects_of(root: Element) -> Iterator[tuple[Element, str, str]]:
    """The objects of an annotation, each with its pointer and number; some tools put an `objects` around them."""
    number = 0
    for child in root.children:
        if child.name == "object":
            number += 1
            yield child, f"/annotation/object[{number}]", str(number)
        elif child.name == "objects":
            inner = [part for part in child.children if part.name == "object"]
            yield from ((part, f"/annotation/objects/object[{n}]", str(n)) for n, part in enumerate(inner, 1))
