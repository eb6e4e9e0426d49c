"""Annotations in an XML namespace are read as VOC's, with a word, and come back in it, as ElementTree reads names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import lading
from lading import Report

BOX = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>8</xmax><ymax>9</ymax></bndbox>"
INSIDE = f"<size><width>40</width><height>30</height></size><object><name>dog</name>{BOX}</object>"


def prefixed(text: str, prefix: str) -> str:
    return text.replace("</", "\0").replace("<", f"<{prefix}:").replace("\0", f"</{prefix}:")


FORMS = {
    "by default": (f'<annotation xmlns="urn:v">\n{INSIDE}</annotation>', "urn:v", 1),
    "with a comment before": (f'<!-- c -->\n<annotation xmlns="urn:v">{INSIDE}</annotation>', "urn:v", 2),
    "by a prefix": (
        f'<?xml version="1.0"?>\n<v:annotation xmlns:v="urn:v" v:id="7">{prefixed(INSIDE, "v")}</v:annotation>',
        "urn:v",
        2,
    ),
    "of the outermost element alone": (f'<v:annotation xmlns:v="urn:v">{INSIDE}</v:annotation>', "urn:v", 1),
    "two of them": (
        f'<annotation xmlns="urn:v" xmlns:m="urn:m"><m:meta m:by="us">5</m:meta>{INSIDE}</annotation>',
        "urn:v",
        1,
    ),
}


@pytest.mark.parametrize(("text", "uri", "line"), FORMS.values(), ids=FORMS.keys())
def test_a_namespace_is_told_and_comes_back(
    text: str, uri: str, line: int, voc: Callable[..., Any], picture: Any, tmp_path: Path
) -> None:
    done = voc({"a.xml": text, "a.jpg": picture()})
    (label,) = done.data("a").labels
    assert (label.category, label.coordinates()) == ("dog", (1.0, 2.0, 8.0, 9.0))
    assert (done.data("a").width, done.data("a").height) == (40, 30)
    told = done.finding("voc.namespace")
    assert (str(told.severity), str(told.where), told.line) == ("warning", "a.xml#/annotation", line)
    assert told.message == f"expected elements in no XML namespace, found them in {uri!r}; read as VOC's"
    assert [finding.rule for finding in done.findings] == ["voc.namespace"]
    assert done.losses == {}
    report = Report()
    lading.convert(lading.open_dataset(tmp_path / "data"), tmp_path / "out", to="voc", is_checked=False, report=report)
    assert report.losses == []
    back = ElementTree.parse(tmp_path / "out" / "a.xml").getroot()
    assert expanded(back) == expanded(ElementTree.fromstring(text))


def expanded(element: ElementTree.Element) -> Any:
    children = sorted((expanded(child) for child in element), key=repr)
    return element.tag, sorted(element.items()), (element.text or "").strip(), children


def test_namespaces_of_what_is_unknown_are_no_matter(voc: Callable[..., Any], picture: Any, tmp_path: Path) -> None:
    text = (
        '<annotation xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="v.xsd" '
        f'xmlns:m="urn:m"><m:meta>5</m:meta>{INSIDE}</annotation>'
    )
    done = voc({"a.xml": text, "a.jpg": picture()})
    assert done.findings == []
    lading.convert(lading.open_dataset(tmp_path / "data"), tmp_path / "out", to="voc", is_checked=False)
    back = ElementTree.parse(tmp_path / "out" / "a.xml").getroot()
    assert expanded(back) == expanded(ElementTree.fromstring(text))


def test_elements_of_no_namespace_among_others_are_read_with_a_loss(voc: Callable[..., Any], picture: Any) -> None:
    text = f'<v:annotation xmlns:v="urn:v"><v:folder>f</v:folder><object><name>dog</name>{BOX}</object></v:annotation>'
    done = voc({"a.xml": text, "a.jpg": picture()})
    assert [label.category for label in done.data("a").labels] == ["dog"]
    assert done.losses == {"that an element has not the namespace of its file": 7}


def test_a_prefix_that_nothing_declares_is_read(voc: Callable[..., Any], picture: Any) -> None:
    done = voc({"a.xml": f"<v:annotation>{prefixed(INSIDE, 'v')}</v:annotation>", "a.jpg": picture()})
    assert [label.category for label in done.data("a").labels] == ["dog"]
    assert done.finding("voc.namespace").message.endswith("found them in 'v'; read as VOC's")


def test_the_root_of_another_format_stays_one(voc: Callable[..., Any], picture: Any) -> None:
    files = {"a.xml": f'<x:html xmlns:x="urn:x">{INSIDE}</x:html>', "b.xml": f"<annotation>{INSIDE}</annotation>"}
    done = voc({**files, "a.jpg": picture(), "b.jpg": picture()})
    assert done.finding("voc.not-annotation").message == "expected a root `annotation`, found 'html'"
