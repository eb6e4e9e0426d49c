"""XML files as trees of elements, and the line of each where it is asked for; what cannot be read is told.

A file without `<!` can declare nothing, so the quick parser of the standard library takes it. Any other, and any
that breaks off, goes through expat by hand: an entity is never expanded and nothing is loaded from elsewhere, so
neither a bomb nor a file of this machine comes in. So does one with XML namespaces, whose names and declarations
stay as they are written.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias
from xml.etree import ElementTree
from xml.parsers import expat

from lading.source import is_lfs_pointer
from lading_voc.namespaces import Namespace, enter

Element: TypeAlias = ElementTree.Element

#: Elements may nest so deep; VOC needs 5.
MAX_DEPTH = 100

_DECLARATION = re.compile(rb"<\?xml[^>]*?encoding\s*=\s*[\"']([A-Za-z0-9._-]+)[\"']")
_FIRST_ELEMENT = re.compile(rb"<([A-Za-z_][^\s/>]*)")
_PROLOG = re.compile(rb"<!--.*?-->|<\?.*?\?>|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.DOTALL)


class Trouble(NamedTuple):
    """Why a file is not, or not wholly, read; or with `is_read`, what was done to read it."""

    expected: str
    found: str
    line: int
    is_read: bool = False


class Document:
    """The outermost element, as far as it could be read, and what is wrong with the file."""

    def __init__(
        self, root: Element | None, data: bytes, trouble: Trouble | None = None, encoding: str | None = None
    ) -> None:
        self.root = root
        self.trouble = trouble
        self.namespace: Namespace | None = None
        self._data = data
        self._encoding = encoding
        self._lines: dict[int, int] = {}

    def line(self, element: Element) -> int | None:
        """The line (from 1) on which an element of this document begins. The first question reads the file again."""
        if not self._lines and self.root is not None:
            lines = _lines(self._data, self._encoding)
            self._lines = {id(known): line for known, line in zip(self.root.iter(), lines, strict=False)}
        return self._lines.get(id(element))


def parse_document(data: bytes) -> Document:
    """The tree of a file. Where it breaks off, what was complete until then stays in the tree."""
    if b"<!" not in data and b"\0" not in data and b"xmlns" not in data:
        try:
            return Document(ElementTree.fromstring(data), data)
        except (ElementTree.ParseError, LookupError, ValueError):
            pass  # told below, where it is known what was complete
    foreign = _not_xml(data)
    if foreign is not None:
        return Document(None, data, Trouble("XML", foreign, 1))
    document = _parse_by_hand(data)
    if document.root is not None:
        document.namespace = enter(document.root)
    return document


def root_name(data: bytes) -> str | None:
    """The name of the outermost element, without a prefix, by a look at the first bytes: nothing is parsed."""
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        data = data.decode("utf-16", "replace").encode()
    match = _FIRST_ELEMENT.search(_PROLOG.sub(b"", data))
    return None if match is None else match[1].decode("utf-8", "replace").rpartition(":")[2]


def text_of(element: Element, name: str) -> str | None:
    """The text of the first element of this name in another, without the blanks around it."""
    child = element.find(name)
    return None if child is None else (child.text or "").strip()


def objects_of(root: Element) -> Iterator[tuple[Element, str, str]]:
    """The objects of an annotation, each with its pointer and number; some tools put an `objects` around them."""
    number = 0
    for child in root:
        if child.tag == "object":
            number += 1
            yield child, f"/annotation/object[{number}]", str(number)
        elif child.tag == "objects":
            for n, part in enumerate(child.iterfind("object"), 1):
                yield part, f"/annotation/objects/object[{n}]", str(n)


class _RefusedError(Exception):
    """Markup that is not followed."""

    def __init__(self, expected: str, found: str) -> None:
        self.expected = expected
        self.found = found


class _Hand:
    """Expat with our own handlers: it says where it stands, and how deep."""

    def __init__(self, encoding: str | None) -> None:
        self._builder = ElementTree.TreeBuilder()
        self._depth = 0
        self._root: Element | None = None
        self.parser: Any = expat.ParserCreate(encoding)
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._builder.data
        self.parser.EntityDeclHandler = _refuse_entity
        self.parser.SkippedEntityHandler = _refuse_reference

    def parse(self, data: bytes) -> None:
        """Take the whole file. Raises ExpatError, _RefusedError, LookupError or ValueError."""
        try:
            self.parser.Parse(data, True)
        finally:
            self.parser.StartElementHandler = self.parser.EndElementHandler = None  # they hold this object

    def root(self) -> Element | None:
        """The outermost element with what of it is complete."""
        if self._root is not None and self._depth > 1:
            self._root.remove(self._root[-1])
        return self._root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth > MAX_DEPTH:
            raise _RefusedError(f"elements at most {MAX_DEPTH} deep", "deeper ones")
        element = self._builder.start(name, attributes)
        self._root = element if self._root is None else self._root
        self._depth += 1

    def _end(self, name: str) -> None:
        self._builder.end(name)
        self._depth -= 1


def _refuse_entity(name: str, *declared: object) -> None:
    raise _RefusedError("no entity declarations", f"one of {name!r}")


def _refuse_reference(name: str, is_parameter: bool) -> None:
    raise _RefusedError("no references to entities from elsewhere", f"one to {name!r}")


def _parse_by_hand(data: bytes, encoding: str | None = None, trouble: Trouble | None = None) -> Document:
    hand = _Hand(encoding)
    try:
        hand.parse(data)
    except expat.ExpatError as exc:
        for mend in (_as_utf8, _with_replacements, _behind_blanks) if encoding is None else ():
            again = mend(data, exc)
            if again is not None:
                return again
        trouble = Trouble("well-formed XML", expat.ErrorString(exc.code), exc.lineno)
    except _RefusedError as exc:
        trouble = Trouble(exc.expected, exc.found, int(hand.parser.CurrentLineNumber))
    except (LookupError, ValueError):  # an encoding that expat does not know, or one of several bytes a character
        return _decoded(data)
    return Document(hand.root(), data, trouble, encoding)


def _as_utf8(data: bytes, exc: expat.ExpatError) -> Document | None:
    """A file in UTF-8 that says that it is in UTF-16, as .NET writes texts that it made in memory."""
    if exc.code != _INCORRECT_ENCODING or b"\0" in data:
        return None
    trouble = Trouble(f"{_declared(data)} as declared", "bytes of UTF-8; read as that", 1, is_read=True)
    return _parse_by_hand(data.decode("utf-8", "replace").encode(), "utf-8", trouble)


def _with_replacements(data: bytes, exc: expat.ExpatError) -> Document | None:
    """The file with replacement characters, where bytes that its encoding has not are all that is wrong."""
    if exc.code != _INVALID_TOKEN or _declared(data) not in ("utf-8", "us-ascii", "ascii"):
        return None
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        found = f"byte 0x{data[error.start]:02x}; read with a replacement character"
        text = data.decode("utf-8", "replace").encode()
        return _parse_by_hand(text, "utf-8", Trouble("text in UTF-8", found, line, is_read=True))
    return None


def _behind_blanks(data: bytes, exc: expat.ExpatError) -> Document | None:
    """The file without its declaration, where blanks stand before that; lines stay as they are."""
    rest = data.lstrip()
    if exc.code != _MISPLACED_DECLARATION or not rest.startswith(b"<?xml"):
        return None
    blanks = data[: len(data) - len(rest)]
    again = _decoded(blanks + rest.partition(b"?>")[2], _declared(data))
    trouble = Trouble("the declaration of XML at the beginning", "blanks before it; read all the same", 1, is_read=True)
    again.trouble = again.trouble or trouble
    return again


def _decoded(data: bytes, name: str | None = None) -> Document:
    """The file by Python's codec of an encoding, by default of the one that it declares."""
    name = _declared(data) if name is None else name
    try:
        text = data.decode(name, "replace")
    except LookupError:
        return Document(None, data, Trouble("a known encoding", repr(name), 1))
    return _parse_by_hand(text.encode("utf-8", "replace"), "utf-8")


def _declared(data: bytes) -> str:
    match = _DECLARATION.search(data[:512])
    return "utf-8" if match is None else match[1].decode("ascii").lower()


def _not_xml(data: bytes) -> str | None:
    """What a file is that does not even look like XML."""
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


def _lines(data: bytes, encoding: str | None) -> list[int]:
    """The lines on which the elements begin, in their order, as far as the file goes."""
    lines: list[int] = []
    parser: Any = expat.ParserCreate(encoding)
    parser.StartElementHandler = lambda name, attributes: lines.append(parser.CurrentLineNumber)
    parser.EntityDeclHandler = _refuse_entity
    try:
        parser.Parse(data, True)
    except (expat.ExpatError, _RefusedError, LookupError, ValueError):
        pass  # said when the file was read
    finally:
        parser.StartElementHandler = None
    return lines


_INCORRECT_ENCODING = expat.errors.codes[expat.errors.XML_ERROR_INCORRECT_ENCODING]
_INVALID_TOKEN = expat.errors.codes[expat.errors.XML_ERROR_INVALID_TOKEN]
_MISPLACED_DECLARATION = expat.errors.codes[expat.errors.XML_ERROR_MISPLACED_XML_PI]
