"""XML of every kind of brokenness: what is read, what is refused, and where that is said to be."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from typing import Any

import pytest
from lading_voc.document import parse_document, root_name
from lading_voc.leftovers import as_json

SOUND = (
    "<annotation>\n<object><name>dog</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>4</ymax></bndbox>"
)
SOUND += "</object>\n"
END = "</annotation>"


def categories(found: Any, key: str = "a") -> list[str | None]:
    return [label.category for label in found.data(key).labels]


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE annotation [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<annotation><filename>&b;.png</filename></annotation>
"""
OUTSIDE = b"""<!DOCTYPE annotation [
<!ENTITY secret SYSTEM "file:///etc/hostname">]>
<annotation><folder>&secret;</folder></annotation>
"""
ELSEWHERE = b"""<!DOCTYPE annotation SYSTEM "http://127.0.0.1:9/voc.dtd">
<annotation>
<folder>&secret;</folder></annotation>
"""


@pytest.mark.parametrize(
    ("content", "line", "message"),
    [
        (BOMB, 2, "expected no entity declarations, found one of 'a'"),
        (OUTSIDE, 2, "expected no entity declarations, found one of 'secret'"),
        (ELSEWHERE, 3, "expected no references to entities from elsewhere, found one to 'secret'"),
        (b"", 1, "expected XML, found an empty file"),
        (b" \n ", 1, "expected XML, found an empty file"),
        (b"\0" * 300, 1, "expected XML, found NUL bytes, as an interrupted copy leaves them"),
        (b"<!DOCTYPE html>\n<html><body>Not found</body></html>", 1, "expected XML, found an HTML page"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:0", 1, "found a Git LFS pointer"),
        (b"<annotation>\n<object>\n", 3, "expected well-formed XML, found no element found|unclosed|end"),
        (b"<annotation>\n<folder>a & b</folder></annotation>", 2, "expected well-formed XML, found not well-formed"),
        (b"<annotation>\n" + b"<a>" * 200, 2, "expected elements at most 100 deep, found deeper ones"),
        (b'<?xml version="1.0" encoding="klingon"?>\n<annotation/>', 1, "expected a known encoding, found 'klingon'"),
        (b"just text", 1, "expected well-formed XML, found syntax error"),
    ],
    ids=[
        *("entity bomb", "file of this machine", "entity of elsewhere", "empty", "blank", "NUL", "HTML", "LFS pointer"),
        *("cut", "bare ampersand", "too deep", "unknown encoding", "text"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_with_its_line_and_the_rest_is_read(
    content: bytes, line: int, message: str, voc: Callable[..., Any]
) -> None:
    found = voc({"Annotations/a.xml": content, "Annotations/b.xml": SOUND + END, "JPEGImages/a.jpg": b"x"})
    finding = found.finding("voc.unreadable")
    assert (finding.severity, finding.file, finding.line) == ("error", "Annotations/a.xml", line)
    assert any(part in finding.message for part in message.split("|"))
    assert found.keys == {"unlisted": ["a", "b"]}
    assert categories(found, "b") == ["dog"]


def test_what_was_complete_before_a_file_breaks_off_is_kept(one: Callable[..., Any], voc: Callable[..., Any]) -> None:
    found = voc({"a.xml": f"{SOUND}<object><name>cat</name><bndbox><xmin>1", "a.jpg": b""})
    assert categories(found) == ["dog"]
    assert found.data("a").annotation == "present"
    assert found.finding("voc.unreadable").line == 3


@pytest.mark.parametrize(
    "encoded",
    [
        codecs.BOM_UTF8 + "<annotation><object><name>été</name></object></annotation>".encode(),
        '<?xml version="1.0" encoding="latin-1"?><annotation><object><name>été</name></object></annotation>'.encode(
            "latin-1"
        ),
        '<?xml version="1.0" encoding="gb2312"?><annotation><object><name>été</name></object></annotation>'.encode(
            "gb2312"
        ),
        '<?xml version="1.0" encoding="utf-16"?><annotation><object><name>été</name></object></annotation>'.encode(
            "utf-16"
        ),
        b"<!DOCTYPE annotation><annotation><object><name>&#233;t&#xe9;</name></object></annotation>",
        b"<annotation><object><name><![CDATA[\xc3\xa9t\xc3\xa9]]></name></object></annotation>",
    ],
    ids=["UTF-8 with BOM", "latin-1", "gb2312", "UTF-16", "references to characters", "CDATA"],
)
def test_declared_encodings_are_followed(encoded: bytes) -> None:
    document = parse_document(encoded)
    assert document.trouble is None
    assert document.root is not None
    assert document.root.findtext("object/name") == "été"
    assert root_name(encoded) == "annotation"


@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "gb2312"])
def test_blanks_before_the_declaration_are_told_and_the_file_is_read(encoding: str, voc: Callable[..., Any]) -> None:
    text = f'\n \n<?xml version="1.0" encoding="{encoding}"?>\n{SOUND}{END}'.replace("dog", "été")
    found = voc({"a.xml": text.encode(encoding), "a.jpg": b""})
    finding = found.finding("voc.encoding")
    assert (finding.severity, finding.file, finding.line) == ("warning", "a.xml", 1)
    expected = "expected the declaration of XML at the beginning, found blanks before it; read all the same"
    assert finding.message == expected
    assert categories(found) == ["été"]
    (label,) = found.data("a").labels
    assert found.data("a").locate(label).line == 3 + SOUND[: SOUND.index("<object>")].count("\n") + 1
    assert len(found.findings) == 1


def test_bytes_that_are_no_text_are_replaced_with_a_word(voc: Callable[..., Any]) -> None:
    found = voc({"a.xml": SOUND.encode().replace(b"dog", b"d\xf6g") + END.encode(), "a.jpg": b""})
    finding = found.finding("voc.encoding")
    assert (finding.severity, finding.file, finding.line) == ("warning", "a.xml", 2)
    assert finding.message == "expected text in UTF-8, found byte 0xf6; read with a replacement character"
    assert categories(found) == ["d\N{REPLACEMENT CHARACTER}g"]


def test_another_root_is_told_and_annotations_of_cvat_are_named(voc: Callable[..., Any]) -> None:
    found = voc(
        {
            "Annotations/a.xml": "\n<annotations><image/></annotations>",
            "Annotations/b.xml": "<gpx/>",
            "Annotations/c.xml": SOUND + END,
        }
    )
    first, second = [f for f in found.findings if f.rule == "voc.not-annotation"]
    assert (first.file, first.pointer, first.line) == ("Annotations/a.xml", "/annotations", 2)
    assert "CVAT for images" in first.message
    assert second.message == "expected a root `annotation`, found 'gpx'"
    assert [len(found.frame(key).data) for key in "abc"] == [0, 0, 1]


def test_a_file_that_cannot_be_read_stands_for_a_picture_only_if_something_else_says_so(
    voc: Callable[..., Any],
) -> None:
    found = voc(
        {
            **{f"Annotations/{key}.xml": b"" for key in "abc"},
            "JPEGImages/a.jpg": b"",
            "ImageSets/Main/train.txt": "a\nb\n",
        }
    )
    assert [[d.path for d in found.frame(key).data] for key in "abc"] == [
        *(["JPEGImages/a.jpg"], ["JPEGImages/b.jpg"], [])
    ]


def test_lines_are_those_of_the_opening_tags() -> None:
    document = parse_document(
        b"<annotation>\n<object>\n\n<name>a</name><truncated\n>0</truncated></object></annotation>"
    )
    assert document.root is not None
    lines = {element.tag: document.line(element) for element in document.root.iter()}
    assert lines == {"annotation": 1, "object": 2, "name": 4, "truncated": 4}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<a/>", ""),
        ("<a> x </a>", "x"),
        ("<a><b>1</b><c/></a>", {"b": "1", "c": ""}),
        ("<a><b>1</b><b>2</b><b><c>3</c></b></a>", {"b": ["1", "2", {"c": "3"}]}),
        ('<a k="v">x<b>1</b>y</a>', {"@k": "v", "#text": "x y", "b": "1"}),
        ('<a><b k="v">1</b></a>', {"b": {"@k": "v", "#text": "1"}}),
    ],
)
def test_elements_without_a_place_become_json(text: str, expected: object) -> None:
    root = parse_document(text.encode()).root
    assert root is not None
    assert as_json(root) == expected


def test_deep_markup_of_a_kind_that_may_stand_is_flattened_not_followed_without_end(one: Callable[..., Any]) -> None:
    deep = "<x>" * 5000 + "end" + "</x>" * 5000
    found = one(f"<note>{deep}</note>")
    value = found.data("a").extras["note"]
    for _ in range(100):
        value = value["x"]
    assert "end" in str(value)
