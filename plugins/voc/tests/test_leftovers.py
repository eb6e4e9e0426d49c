"""Whatever stands beside, between or within what is read of an annotation is kept, and comes back as XML."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import lading
from lading import Report

BOX = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>8</xmax><ymax>9</ymax></bndbox>"
RING = "<x1>1</x1><y1>1</y1><x2>5</x2><y2>1</y2><x3>5</x3><y3>7</y3>"
POINTS = "<pt><x>1</x><y>1</y></pt><pt><x>5</x><y>1</y></pt><pt><x>5</x><y>7</y></pt>"
TURNED = "<cx>12.5</cx><cy>12</cy><w>10</w><h>2</h><angle>0.7</angle>"
WHOLE = f"""<annotation verified="yes"><folder>f</folder><filename>a.jpg</filename>
<source><database>D</database></source><size><width>40</width><height>30</height><depth>3</depth></size>
<segmented>0</segmented><object><name>dog</name><pose>Left</pose><truncated>1</truncated>{BOX}
<actions><jumping>1</jumping></actions><attributes><attribute><name>k</name><value>v</value></attribute></attributes>
<part><name>head</name>{BOX}</part></object><object><name>ring</name><polygon>{RING}</polygon></object>
<object><name>points</name><polygon>{POINTS}</polygon></object>
<object><name>point</name><point><x>4</x><y>6</y></point></object>
<object><name>turned</name><robndbox>{TURNED}</robndbox></object></annotation>"""
COUNT = len(list(ElementTree.fromstring(WHOLE).iter()))
MARK = "jot"


def with_attribute(element: ElementTree.Element) -> None:
    element.set("note", MARK)


def with_text(element: ElementTree.Element) -> None:
    """Text among the elements; that of elements of text alone is what they say."""
    if len(element):
        element.text, element[-1].tail = MARK, MARK


def with_element(element: ElementTree.Element) -> None:
    ElementTree.SubElement(element, "note", {"of": MARK}).text = MARK
    ElementTree.SubElement(element, "other").text = MARK


@pytest.mark.parametrize("change", [with_attribute, with_text, with_element], ids=lambda change: change.__name__)
def test_nothing_within_an_annotation_is_dropped(change: Any, tmp_path: Path) -> None:
    folder, out = tmp_path / "a", tmp_path / "out"
    folder.mkdir()
    before = {}
    for number in range(COUNT):
        root = ElementTree.fromstring(WHOLE)
        changed = list(root.iter())[number]
        change(changed)
        before[f"{number}.xml"] = changed.tag, ElementTree.tostring(root, "unicode")
        (folder / f"{number}.xml").write_text(before[f"{number}.xml"][1])
    report = Report()
    source = lading.open_dataset(folder, format="voc")
    lading.convert(source, out, to="voc", is_checked=False, report=report, media="none")
    assert report.losses == []
    for name, (tag, text) in before.items():
        after = (out / name).read_text()
        ElementTree.fromstring(after)
        assert after.count(MARK) >= text.count(MARK), (name, tag)
    assert list(lading.diff(source, lading.open_dataset(out, format="voc"))) == []


def test_of_a_number_that_is_there_twice_the_first_counts(tmp_path: Path) -> None:
    ring, turned = RING.replace("<x1>", "<x1>1</x1><x1>0"), TURNED.replace("<w>", "<w>10</w><w>3")
    twice = "<attribute><name>k</name><value>v</value></attribute>" * 2
    text = (
        f"<annotation><object><name>ring</name><polygon>{ring}</polygon></object>"
        f"<object><name>turned</name><robndbox>{turned}</robndbox><attributes>{twice}</attributes></object></annotation>"
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.xml").write_text(text)
    source, report = lading.open_dataset(tmp_path / "a", format="voc"), Report()
    (frame,) = source.frames(source.segments[0].name, report=report)
    polygon, box = frame.data[0].labels
    assert polygon.points.tolist() == [[1, 1], [5, 1], [5, 7]]
    assert (box.attributes["w"], box.attributes["k"]) == (10, "v")
    assert [(f.rule, f.pointer) for f in report.findings] == [
        ("voc.repeated-element", "/annotation/object[1]/polygon/x1[2]"),
        ("voc.repeated-element", "/annotation/object[2]/attributes/attribute[2]"),
        ("voc.repeated-element", "/annotation/object[2]/robndbox/w[2]"),
    ]
    lading.convert(source, tmp_path / "out", to="voc", is_checked=False, media="none")
    assert list(lading.diff(source, lading.open_dataset(tmp_path / "out", format="voc"))) == []


def names(element: ElementTree.Element) -> Counter[str]:
    return Counter(child.tag for child in element.iter())


def test_an_element_with_more_than_its_text_is_written_once(tmp_path: Path) -> None:
    text = (
        "<annotation><size unit='px'><width of='picture'>40</width><height>30</height></size>"
        "<object><name lang='en'>dog</name><truncated by='me'>1</truncated>"
        "<bndbox id='7'><xmin unit='px'>1</xmin><ymin>2</ymin><xmax>8</xmax><ymax>9</ymax></bndbox>"
        "<attributes><attribute id='1'><name>k</name><value>v</value><mutable>0</mutable></attribute></attributes>"
        "</object></annotation>"
    )
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "a.xml").write_text(text)
    source = lading.open_dataset(tmp_path / "a", format="voc")
    lading.convert(source, tmp_path / "out", to="voc", is_checked=False, media="none")
    (frame,) = source.frames(source.segments[0].name, report=Report())
    (label,) = frame.data[0].labels
    assert label.attributes == {"truncated": True, "k": "v"}
    assert label.extras["bndbox"] == {"@id": "7", "xmin": {"@unit": "px", "#text": "1"}}
    before, after = ElementTree.fromstring(text), ElementTree.parse(tmp_path / "out" / "a.xml").getroot()
    assert names(after) == names(before)
    for path in ("size", "size/width", "object/name", "object/truncated", "object/bndbox", "object/bndbox/xmin"):
        one, two = before.find(path), after.find(path)
        assert one is not None
        assert two is not None
        assert (one.attrib, (one.text or "").strip()) == (two.attrib, (two.text or "").strip())
