"""Files of known forms are read by patterns: with the same result as by their elements, whatever is done to them."""

from __future__ import annotations

import copy
import random
import re
import tracemalloc
from collections.abc import Callable, Iterator
from typing import Any
from xml.etree import ElementTree

import msgspec
import pytest
from lading_voc import form_reader
from lading_voc.annotation import Annotation, read_annotation
from lading_voc.form_reader import OFTEN, AnnotationReader
from lading_voc.shapes import VERBATIM, VOC, Pixels

from lading import Report

CORNERS = "<xmin>8</xmin><ymin>4</ymin><xmax>70</xmax><ymax>66</ymax>"
TURNED_ROUND = "<xmax>70.5</xmax><xmin>8</xmin><ymax>66</ymax><ymin>4.25</ymin>"
PART = "<part><name>{}</name><bndbox>" + CORNERS + "</bndbox></part>"
HEAD = "<folder>VOC2012</folder><filename>a.jpg</filename><source><database>The VOC2012 Database</database></source>"
SIZE = "<size><width>500</width><height>375</height><depth>3</depth></size>"
OBJECT = (
    f"\n\t<object>\n\t\t<name>dog</name>\n\t\t<pose>Left</pose><truncated>1</truncated><occluded>0</occluded>"
    f"<bndbox>{CORNERS}</bndbox>\n<difficult>0</difficult></object>"
)
PERSON = (
    f"<object><name>person</name><actions><jumping>1</jumping><walking>0.5</walking></actions>"
    f"<bndbox>{TURNED_ROUND}</bndbox><note> of whom </note>{PART.format('head')}{PART.format('hand')}</object>"
)
USUAL = f"<annotation>\n{HEAD}\n{SIZE}<segmented>0</segmented>{OBJECT}{OBJECT}\n</annotation>\n"
PEOPLE = f"<annotation>{HEAD}{SIZE}{PERSON}{OBJECT}<segmented>1</segmented></annotation>"
BARE = f"<?xml version='1.0' encoding='UTF-8'?>\r\n<annotation><owner><name>n</name></owner>{OBJECT}</annotation>"
TWICE = f"<annotation>{HEAD}{OBJECT}<note>n</note>{OBJECT.replace('pose', 'note')}</annotation>"
PARENT = PEOPLE.replace("<name>head</name>", "<name>head</name><actions><parent>1</parent></actions>")
BASES = (USUAL, PEOPLE, BARE, TWICE, PARENT)

#: What may stand in a text, or between elements.
ODD = (
    *("", "  ", "0", "-3", " 12 ", "+7", "1e2", ".5", "5.", "nan", "-inf", "1e999", "1_0", "0x10", "9" * 400, "True"),
    *(
        "Unspecified",
        "0.06",
        "a = b",
        "\N{LATIN SMALL LETTER E WITH ACUTE}",
        "\N{FULLWIDTH DIGIT ONE}",
        "xmlns",
        "]]",
        "&<>",
    ),
)
NAMES = (
    *("name", "pose", "truncated", "bndbox", "part", "xmin", "size", "width", "source", "object", "objects", "point"),
    *(
        "polygon",
        "robndbox",
        "actions",
        "jumping",
        "attributes",
        "parent",
        "Name",
        "note",
        "segmented",
        "filename",
        "x-y",
    ),
)
MARKUP = (
    *(
        b"<!-- c -->",
        b"<![CDATA[0]]>",
        b"&amp;",
        b"&#49;",
        b"&x;",
        b"<?p a='b'?>",
        b"<a/>",
        b"<a b='c'/>",
        b"]]>",
        b">",
    ),
    *(b"<", b"=", b"x", b"\r", b"\0", b"\x0b", b"\x1c", b"\x7f", b"\xff", b"\xc2\x85", b"\xc2\xa0", b"\xc0\xbc"),
    *(b"\xe2\x80\xa8", b"\xe7\x8b\x97", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\xef\xbf\xbe", b"\xf0\x9f\x90\xb6"),
)
PROLOGS = (
    *(b"\xef\xbb\xbf", b" \n", b"x", b"<!DOCTYPE annotation>", b"<?xml version='1.1'?>", b"<?xml version='1.0\"?>"),
    *(b'<?xml version="1.0"?>\n ', b"<?xml version='1.0' encoding='utf-8' ?>"),
    *(b"<?xml version='1.0' encoding='utf-16'?>", b"<?xml version='1.0' encoding='latin-1'?>"),
)


def changed_tree(dice: random.Random, text: str) -> str:
    """One element changed: text, tail, attributes, name, place, order, number."""
    root = ElementTree.fromstring(text.encode())
    inner = [(parent, child) for parent in root.iter() for child in parent]
    parent, child = dice.choice(inner)
    change = dice.randrange(9)
    if change == 0:
        child.text = dice.choice(ODD)
    elif change == 1:
        child.tail = dice.choice(ODD)
    elif change == 2:
        child.set("id", dice.choice(ODD))
    elif change == 3:
        child.tag = dice.choice(NAMES)
    elif change == 4:
        parent.remove(child)
    elif change == 5:
        parent.insert(dice.randrange(len(parent) + 1), ElementTree.fromstring(ElementTree.tostring(child)))
    elif change == 6:
        dice.shuffle(inner := list(parent))  # type: ignore[assignment]
        parent[:] = inner  # type: ignore[assignment]
    elif change == 7:
        ElementTree.SubElement(parent, dice.choice(NAMES)).text = dice.choice(ODD)
    else:
        ElementTree.SubElement(parent, dice.choice(NAMES)).extend([*child])
    return ElementTree.tostring(root, "unicode")


def changed_bytes(dice: random.Random, data: bytes) -> bytes:
    """Bytes put in, taken out, cut off, or put before or behind all."""
    start = dice.randrange(len(data))
    return dice.choice(
        (
            data[:start] + dice.choice(MARKUP) + data[start:],
            data[:start] + data[start + dice.randrange(1, 20) :],
            data[:start],
            dice.choice(PROLOGS) + data,
            data + dice.choice(MARKUP),
            data.replace(b"\n", dice.choice((b"\r\n", b"\r", b""))),
            data.replace(b"annotation>", b"annotation >"),
            data.replace(b"<annotation>", b"<annotation xmlns='http://x'>"),
        )
    )


def documents(count: int) -> Iterator[bytes]:
    """Files with one to three things changed, from a seed."""
    dice = random.Random(4)
    for _ in range(count):
        text = dice.choice(BASES)
        for _ in range(dice.randrange(3)):
            text = changed_tree(dice, text)
        data = text.encode()
        yield changed_bytes(dice, data) if dice.random() < 0.4 else data


def told(read: Callable[..., Annotation], data: bytes, pixels: Pixels, *, is_tied: bool) -> str:
    """All that reading a file gives, the order of names included, as text."""
    report = Report()
    found = read(data, "a.xml", "k", pixels, report, is_tied=is_tied)
    labels = [(label, label.origin) for label in found.labels]
    return repr((msgspec.structs.astuple(found), labels, report.findings, report.losses))


@pytest.fixture
def parsed(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """The files that were read by their elements."""
    seen: list[bytes] = []

    def parse(data: bytes) -> Any:
        seen.append(data)
        return original(data)

    original = form_reader.parse_document
    monkeypatch.setattr(form_reader, "parse_document", parse)
    return seen


@pytest.mark.parametrize(
    ("pixels", "is_tied"), [(VOC, False), (VERBATIM, False), (VOC, True)], ids=["VOC", "verbatim", "tied to a mask"]
)
def test_by_patterns_a_file_says_what_its_elements_say(pixels: Pixels, is_tied: bool, parsed: list[bytes]) -> None:
    taught = AnnotationReader(often=1)
    for text in BASES:
        taught.read(text.encode(), "a.xml", "k", pixels, Report())
    by_pattern, count = 0, 600
    for data in documents(count):
        reader = copy.deepcopy(taught)
        reader.read(data, "a.xml", "k", pixels, Report())
        before = len(parsed)
        found = told(reader.read, data, pixels, is_tied=is_tied)
        by_pattern += len(parsed) == before
        assert found == told(read_annotation, data, pixels, is_tied=is_tied), data
    assert count / 8 < by_pattern < count


@pytest.mark.parametrize("text", [USUAL, PEOPLE, BARE], ids=["usual", "people", "bare"])
def test_by_its_pattern_every_text_is_what_xml_makes_of_it(text: str) -> None:
    reader = AnnotationReader(often=1)
    reader.read(text.encode(), "a.xml", "k", VOC, Report())
    for leaf in re.finditer(r">([^<>]*)</", text):
        for odd in (*(odd.encode() for odd in ODD), *MARKUP, b"0", b"\r\n\r8\r\n", b"a\r\nb\rc", b"]]>"):
            data = text[: leaf.start(1)].encode() + odd + text[leaf.end(1) :].encode()
            assert told(reader.read, data, VOC, is_tied=False) == told(read_annotation, data, VOC, is_tied=False), data


@pytest.mark.parametrize(
    "text",
    [
        f"<annotation>{HEAD}{OBJECT}{HEAD}</annotation>",
        f"<annotation>{HEAD}{OBJECT}{SIZE}{OBJECT}</annotation>",
        f"<annotation>{OBJECT.replace('<pose>', '<actions><truncated>0</truncated></actions><pose>')}</annotation>",
        f"<annotation>{OBJECT.replace('<pose>', '<pose>Rear</pose><pose>')}</annotation>",
        f"<annotation>{PERSON.replace('<part>', '<part><part><name>nail</name></part>', 1)}</annotation>",
        f"<annotation>{HEAD}<size><width>500</width></size></annotation>",
        f"<annotation>{OBJECT.replace('<name>dog</name>', '')}</annotation>",
        f"<annotation>{OBJECT.replace('<xmax>70</xmax>', '')}</annotation>",
        "<annotation><filename><part>a.jpg</part></filename><source>s</source><size/></annotation>",
        f"<annotation><objects>{OBJECT}</objects></annotation>",
        "<annotation><thing><name>dog</name><bndbox>1 2 8 9</bndbox></thing></annotation>",
        f"<annotation>{'<a>' * 9}{'</a>' * 9}</annotation>",
    ],
    ids=[
        *("elements again behind objects", "elements between objects", "an action like a flag", "two poses"),
        *(
            "parts in parts",
            "half a size",
            "no name",
            "no xmax",
            "texts for elements",
            "objects",
            "a box of no object",
            "deep",
        ),
    ],
)
def test_what_has_no_form_is_read_by_its_elements(text: str, parsed: list[bytes]) -> None:
    reader, data = AnnotationReader(often=1), text.encode()
    for _ in range(3):
        assert told(reader.read, data, VOC, is_tied=False) == told(read_annotation, data, VOC, is_tied=False)
    assert len(parsed) == 3


@pytest.mark.parametrize("text", [USUAL, PEOPLE, BARE], ids=["usual", "people", "bare"])
def test_a_form_that_was_met_often_is_read_by_its_pattern(text: str, parsed: list[bytes]) -> None:
    reader, data = AnnotationReader(), text.encode()
    expected = told(read_annotation, data, VOC, is_tied=False)
    for _ in range(2 * OFTEN):
        assert told(reader.read, data, VOC, is_tied=False) == expected
    assert len(parsed) <= OFTEN


def test_frames_read_by_patterns_stand_where_their_elements_do(voc: Callable[..., Any], parsed: list[bytes]) -> None:
    count = 3 * OFTEN
    texts = [PEOPLE.replace("<xmax>70.5", f"<xmax>{100 + n}.5").replace("jpg", "png") for n in range(count)]
    found = voc({f"{n:02}.xml": text for n, text in enumerate(texts)}, pixels="voc")
    assert len(parsed) == OFTEN
    for n in range(count):
        data = found.data(f"{n:02}")
        person, head, hand, dog = data.labels
        assert (person.xmin, person.ymin, person.xmax, person.ymax) == (7, 3.25, 100.5 + n, 66)
        assert person.attributes == {"jumping": True, "walking": 0.5}
        assert (person.extras, person.instance) == ({"note": "of whom"}, f"{n:02}#1")
        assert [part.attributes for part in (head, hand)] == [{"parent": person.instance}] * 2
        assert dog.attributes == {"pose": "Left", "truncated": True, "occluded": False, "difficult": False}
        assert (dog.category, dog.instance) == ("dog", None)
        assert (data.width, data.height) == (500, 375)
        assert data.extras == {
            "folder": "VOC2012",
            "filename": "a.png",
            "source": {"database": "The VOC2012 Database"},
            "size": {"depth": "3"},
            "segmented": "1",
        }
        places = [
            (place.pointer, place.line) for place in (data.locate(hand, "geometry"), data.locate(dog, "category"))
        ]
        assert places == [("/annotation/object[1]/part[2]/bndbox", 1), ("/annotation/object[2]/name", 3)]
    assert [(f.rule, f.file) for f in found.findings if f.severity == "error"] == []


def test_what_is_learned_takes_little_memory_however_much_files_hold() -> None:
    reader = AnnotationReader()
    tracemalloc.start()
    for n in range(40):
        ring = "".join(f"<x{place}>1</x{place}><y{place}>2</y{place}>" for place in range(1, 300 + n))
        notes = "".join(f"<note{place}>1</note{place}>" for place in range(300 + n))
        text = (
            f"<annotation><list>{notes}</list><object><name>dog</name><polygon>{ring}</polygon></object></annotation>"
        )
        reader.read(text.encode(), "a.xml", "k", VOC, Report())
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert kept < 100_000
