"""What holds for all values: corners there and back, values of texts, and any bytes at all as an annotation."""

from __future__ import annotations

import math
from xml.etree import ElementTree

from hypothesis import example, given
from hypothesis import strategies as st
from lading_voc.annotation import read_annotation
from lading_voc.document import parse_document
from lading_voc.shapes import VERBATIM, VOC, corners
from lading_voc.values import flag, number, value

from lading import Report

NAMES = ("xmin", "ymin", "xmax", "ymax")
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(st.tuples(FINITE, FINITE, FINITE, FINITE), st.permutations(NAMES))
def test_corners_are_read_as_written_in_any_order(edges: tuple[float, ...], order: list[str]) -> None:
    texts = dict(zip(NAMES, map(repr, edges), strict=True))
    box = ElementTree.fromstring(f"<bndbox>{''.join(f'<{n}> {texts[n]} </{n}>' for n in order)}</bndbox>")
    assert corners(box)[:4] == edges
    assert corners(box).wrong is None


@given(st.lists(st.tuples(*(st.integers(-(10**6), 10**6) for _ in range(4))), max_size=4))
def test_the_rule_of_voc_is_undone_exactly(boxes: list[tuple[int, int, int, int]]) -> None:
    insides = ["".join(f"<{n}>{v}</{n}>" for n, v in zip(NAMES, edges, strict=True)) for edges in boxes]
    objects = (f"<object><name>x</name><bndbox>{inside}</bndbox></object>" for inside in insides)
    data = f"<annotation>{''.join(objects)}</annotation>".encode()
    shifted = read_annotation(data, "a.xml", "a", VOC, Report()).labels
    as_written = read_annotation(data, "a.xml", "a", VERBATIM, Report()).labels
    assert [(b.xmin + 1, b.ymin + 1, b.xmax, b.ymax) for b in shifted] == boxes  # type: ignore[attr-defined]
    assert [(b.xmin, b.ymin, b.xmax, b.ymax) for b in as_written] == boxes  # type: ignore[attr-defined]


@given(st.one_of(st.text(), FINITE.map(repr), st.integers().map(str)))
@example("9" * 5000)
@example("9007199254740993")
@example("1e999")
def test_a_text_is_a_number_or_stays_itself(text: str) -> None:
    for found in (flag(text), value(text)):
        if isinstance(found, str):
            assert found == text.strip()
        elif isinstance(found, bool):
            assert text.strip().lower() in ("0", "1", "true", "false", "yes", "no")
        else:
            assert type(found)(text.strip()) == found
    parsed = number(text)
    assert parsed is None or math.isnan(parsed) or float(text) == parsed


@given(st.integers(), FINITE)
def test_numbers_of_attributes_keep_their_type(whole: int, fraction: float) -> None:
    assert (value(str(whole)), type(value(str(whole)))) == (whole, int)
    assert (value(repr(fraction)), type(value(repr(fraction)))) == (fraction, float)


@given(st.binary(max_size=200))
@example(b'<?xml version="1.0" encoding="utf-7"?><annotation/>')
@example(b'<?xml version="1.0" encoding="rot13"?><annotation/>')
@example(b'<?xml version="1.0" encoding="hex"?><annotation/>')
@example(b"\xff\xfe<\x00a\x00")
@example(b"<a><![CDATA[")
@example(b"<annotation/>\0")
def test_any_bytes_are_read_or_told(data: bytes) -> None:
    report = Report()
    found = read_annotation(data, "a.xml", "a", VOC, report)
    document = parse_document(data)
    assert found.is_read or report.count("error") == 1
    assert document.root is not None or document.trouble is not None


@given(st.recursive(st.text("<>&ab ", max_size=5), lambda inner: st.lists(inner, max_size=3), max_leaves=9))
def test_any_markup_in_an_object_is_kept_or_told(tree: object) -> None:
    def markup(node: object) -> str:
        if isinstance(node, str):
            return node.replace("&", "&amp;").replace("<", "&lt;")
        assert isinstance(node, list)
        return "".join(f"<{name}>{markup(part)}</{name}>" for name, part in zip(NAMES_OF_ALL, node, strict=False))

    data = f"<annotation><object><name>x</name>{markup(tree)}</object></annotation>".encode()
    report = Report()
    found = read_annotation(data, "a.xml", "a", VOC, report)
    assert found.is_read
    assert found.labels or report.count("error") >= 1


NAMES_OF_ALL = ("bndbox", "part", "polygon")
