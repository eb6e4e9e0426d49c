"""Objects: boxes under both rules, flags of any value, parts, points, polygons, turned boxes, CVAT's attributes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from lading import Box2D, Keypoints2D, Polygon2D


def only(found: Any) -> Any:
    (label,) = found.data("a").labels
    return label


def edges(label: Any) -> tuple[float, ...]:
    return (label.xmin, label.ymin, label.xmax, label.ymax)


@pytest.mark.parametrize(
    ("pixels", "expected"),
    [("voc", (0.0, 0.0, 100.0, 80.0)), ("verbatim", (1.0, 1.0, 100.0, 80.0)), ("auto", (1.0, 1.0, 100.0, 80.0))],
)
def test_a_full_box_of_voc_covers_the_picture(
    pixels: str, expected: tuple[float, ...], one: Callable[..., Any], box: Callable[..., str]
) -> None:
    found = one(f"<object><name>dog</name>{box(1, 1, 100, 80)}</object>", pixels=pixels)
    assert only(found) == Box2D(*expected, category="dog")
    assert found.dataset.rules["pixels"].startswith("voc" if pixels == "voc" else "verbatim")


def test_float_corners_stay_floats_and_any_order_of_corners_is_read(one: Callable[..., Any]) -> None:
    inside = "<bndbox><xmax>208</xmax><xmin>102</xmin><ymax>230.25</ymax><ymin>45.70000076293945</ymin></bndbox>"
    found = one(f"<object><name>dog</name>{inside}</object>", pixels="voc")
    assert edges(only(found)) == (101.0, 45.70000076293945 - 1, 208.0, 230.25)


def test_inverted_boxes_and_boxes_outside_are_kept_as_they_are(
    one: Callable[..., Any], box: Callable[..., str]
) -> None:
    found = one(f"<object><name>dog</name>{box(50, -3, 20, 9000)}</object>")
    assert edges(only(found)) == (50.0, -3.0, 20.0, 9000.0)
    assert found.findings == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        *(("0", False), ("1", True), (" 1 ", True), ("True", True), ("no", False), ("Yes", True)),
        *(("0.06", 0.06), ("2", 2.0), ("Unspecified", "Unspecified"), ("", "")),
    ],
)
def test_flags_survive_whatever_they_hold(
    text: str, expected: object, one: Callable[..., Any], box: Callable[..., str]
) -> None:
    found = one(f"<object><name>dog</name><truncated>{text}</truncated>{box(1, 2, 3, 4)}</object>")
    value = only(found).attributes["truncated"]
    assert value == expected
    assert type(value) is type(expected)


def test_what_is_absent_is_absent_and_unspecified_is_kept(one: Callable[..., Any], box: Callable[..., str]) -> None:
    assert only(one(f"<object><name>dog</name>{box(1, 2, 3, 4)}</object>")).attributes == {}
    found = one(f"<object><name> Big  Dog </name><pose>Unspecified</pose>{box(1, 2, 3, 4)}</object>")
    assert only(found).attributes == {"pose": "Unspecified"}
    assert only(found).category == "Big  Dog"


def test_unknown_and_repeated_elements_are_kept_in_extras(one: Callable[..., Any], box: Callable[..., str]) -> None:
    inside = f"""<object id="7">loose<name>dog</name><name>cat</name><pose>Left</pose><pose>Right</pose>
    <truncated sure="no">1</truncated><colour>brown</colour><colour>white</colour><depth><z>3</z></depth>
    {box(1, 2, 3, 4).replace("</bndbox>", "<zmin>0</zmin></bndbox>")}</object>"""
    label = only(one(inside))
    assert label.category == "dog"
    assert label.attributes == {"pose": "Left", "truncated": True}
    assert label.extras == {
        "@id": "7",
        "#text": "loose",
        "name": "cat",
        "pose": "Right",
        "truncated": {"@sure": "no", "#text": "1"},
        "colour": ["brown", "white"],
        "depth": {"z": "3"},
        "bndbox": {"zmin": "0"},
    }


def test_a_part_is_a_box_of_its_own_name_that_names_its_object(
    one: Callable[..., Any], box: Callable[..., str]
) -> None:
    head = f"<part><name>head</name>{box(169, 104, 209, 146)}</part>"
    found = one(f"<object><name>person</name>{box(174, 101, 349, 351)}{head}</object>", pixels="voc")
    person, part = found.data("a").labels
    assert person == Box2D(173.0, 100.0, 349.0, 351.0, category="person", instance="a#1")
    assert part == Box2D(168.0, 103.0, 209.0, 146.0, category="head", attributes={"parent": "a#1"})
    origin = found.data("a").locate(part, "geometry")
    assert (origin.pointer, origin.line) == ("/annotation/object[1]/part[1]/bndbox", 2)


def test_actions_are_attributes_true_false_or_a_confidence(one: Callable[..., Any], box: Callable[..., str]) -> None:
    actions = "<actions><jumping>1</jumping><other>0</other><walking>0.25</walking></actions>"
    found = one(f"<object><name>person</name>{actions}{box(1, 2, 3, 4)}</object>")
    assert only(found).attributes == {"jumping": True, "other": False, "walking": 0.25}


@pytest.mark.parametrize(("pixels", "expected"), [("voc", [154.5, 118.5]), ("verbatim", [155.0, 119.0])])
def test_a_point_is_the_middle_of_its_pixel(
    pixels: str, expected: list[float], one: Callable[..., Any], box: Callable[..., str]
) -> None:
    inside = f"<object><name>person</name>{box(102, 25, 208, 230)}<point><x>155</x><y>119</y></point></object>"
    _, label = one(inside, pixels=pixels).data("a").labels
    assert label == Keypoints2D(np.array([expected]), category="person", instance="a#1")


@pytest.mark.parametrize(
    "ring",
    [
        "<x1>1</x1><y1>2</y1><x2>3.5</x2><y2>4</y2><x3>5</x3><y3>6</y3>",
        "<pt><x>1</x><y>2</y></pt><pt><x>3.5</x><y>4</y></pt><pt><x>5</x><y>6</y></pt>",
        "<point><x>1</x><y>2</y></point><point><x>3.5</x><y>4</y></point><point><x>5</x><y>6</y></point>",
    ],
    ids=["numbered", "pt", "point"],
)
def test_polygons_of_tools_are_polygons(ring: str, one: Callable[..., Any], box: Callable[..., str]) -> None:
    found = one(f"<object><name>roof</name><truncated>0</truncated>{box(1, 2, 5, 6)}<polygon>{ring}</polygon></object>")
    upright, label = found.data("a").labels
    assert upright == Box2D(1.0, 2.0, 5.0, 6.0, category="roof", instance="a#1", attributes={"truncated": False})
    assert label == Polygon2D(np.array([[1, 2], [3.5, 4], [5, 6.0]]), category="roof", instance="a#1")


@pytest.mark.parametrize(
    ("angle", "expected"),
    [(0.0, (40.0, 45.0, 60.0, 55.0)), (math.pi / 2, (45.0, 40.0, 55.0, 60.0)), (math.pi, (40.0, 45.0, 60.0, 55.0))],
)
def test_a_turned_box_is_its_extent_and_keeps_its_own_numbers(
    angle: float, expected: tuple[float, ...], one: Callable[..., Any]
) -> None:
    turned = f"<robndbox><cx>50</cx><cy>50</cy><w>20</w><h>10</h><angle>{angle}</angle></robndbox>"
    label = only(one(f"<object><type>robndbox</type><name>ship</name>{turned}</object>"))
    assert edges(label) == pytest.approx(expected)
    assert label.attributes == {"cx": 50.0, "cy": 50.0, "w": 20.0, "h": 10.0, "angle": angle}
    assert label.extras == {"type": "robndbox"}


@pytest.mark.parametrize(("rule", "shift"), [("verbatim", 0.0), ("voc", 0.5)])
def test_a_turned_box_of_corners_is_the_polygon_of_them(
    rule: str, shift: float, one: Callable[..., Any], box: Callable[..., str]
) -> None:
    """As DIOR-R has them: no centre, size and angle, but four corners by name, in whatever order."""
    corners = {"left_bottom": (2, 4), "left_top": (3, 1.5), "right_top": (9, 4), "right_bottom": (8, 7)}
    turned = "".join(f"<x_{name}>{x}</x_{name}><y_{name}>{y}</y_{name}>" for name, (x, y) in corners.items())
    found = one(f"<object><name>ship</name><robndbox>{turned}</robndbox><angle>0</angle></object>", pixels=rule)
    label = only(found)
    assert label.points.tolist() == [[x - shift, y - shift] for x, y in ((3, 1.5), (9, 4), (8, 7), (2, 4))]
    assert (label.kind, label.category, label.attributes) == ("POLYGON2D", "ship", {})


def test_attributes_of_cvat_are_typed_and_what_does_not_fit_is_kept(
    one: Callable[..., Any], box: Callable[..., str]
) -> None:
    pairs = [("doors", "2"), ("open", "True"), ("ratio", "0.50"), ("code", "007"), ("note", "a b"), ("none", "")]
    rows = "".join(f"<attribute><name>{n}</name><value>{v}</value></attribute>" for n, v in pairs)
    again = "<attribute><name>occluded</name><value>x</value></attribute><attribute><name>only</name></attribute>"
    attributes = f"<attributes>{rows}{again}</attributes>"
    found = one(f"<object><name>shed</name><occluded>1</occluded>{box(1, 2, 3, 4)}{attributes}</object>")
    label = only(found)
    expected = {"occluded": True, "doors": 2, "open": True, "ratio": 0.5, "code": 7.0, "note": "a b", "none": ""}
    assert label.attributes == expected
    kept = [{"name": "occluded", "value": "x"}, {"name": "only"}]
    assert label.extras == {"attributes": {"attribute": kept}}


def test_objects_within_objects_are_objects(one: Callable[..., Any], box: Callable[..., str]) -> None:
    found = one(f"<objects><count>1</count><object><name>dog</name>{box(1, 2, 3, 4)}</object></objects>")
    assert only(found).category == "dog"
    assert found.data("a").extras == {"count": "1"}
    assert found.data("a").locate(only(found)).pointer == "/annotation/objects/object[1]"


def test_everything_beside_objects_is_kept(one: Callable[..., Any]) -> None:
    found = one(
        "<folder>x</folder><filename>a.jpg</filename><path>C:\\x\\a.jpg</path>"
        "<source><database>Unknown</database><flickrid>341</flickrid></source><owner><name>?</name></owner>"
        "<size><width>40</width><height>30</height><depth>3</depth></size><segmented/>"
        "<weather when='now'>fog</weather>"
    )
    data = found.data("a")
    assert (data.width, data.height, data.annotation, data.labels) == (40, 30, "empty", [])
    assert data.extras == {
        "folder": "x",
        "filename": "a.jpg",
        "path": "C:\\x\\a.jpg",
        "source": {"database": "Unknown", "flickrid": "341"},
        "owner": {"name": "?"},
        "size": {"depth": "3"},
        "segmented": "",
        "weather": {"@when": "now", "#text": "fog"},
    }
    assert found.findings == []


def test_the_origin_of_what_is_wrong_is_as_narrow_as_can_be(one: Callable[..., Any], box: Callable[..., str]) -> None:
    found = one(
        f"<object><name>x</name>{box(1, 2, 3, 4)}</object>\n<object>\n<name>dog</name>\n"
        f"<truncated>0.06</truncated>\n{box(1, 2, 3, 4)}\n<actions>\n<running>1</running>\n</actions>\n<attributes>\n"
        "<attribute><name>coat</name><value>wet</value></attribute>\n"
        "<attribute><name>name</name><value>Rex</value></attribute>\n</attributes>\n</object>"
    )
    data = found.data("a")
    label = data.labels[1]
    assert label.attributes == {"truncated": 0.06, "running": True, "coat": "wet", "name": "Rex"}
    places = {
        None: ("/annotation/object[2]", 3),
        "geometry": ("/annotation/object[2]/bndbox", 6),
        "category": ("/annotation/object[2]/name", 4),
        "attributes/truncated": ("/annotation/object[2]/truncated", 5),
        "attributes/running": ("/annotation/object[2]/actions/running", 8),
        "attributes/coat": ("/annotation/object[2]/attributes/attribute[1]", 11),
        "attributes/name": ("/annotation/object[2]/attributes/attribute[2]", 12),
        "attributes/nothing here": ("/annotation/object[2]", 3),
        "instance": ("/annotation/object[2]", 3),
    }
    found_places = {subject: data.locate(label, subject) for subject in places}
    assert {subject: (at.pointer, at.line) for subject, at in found_places.items()} == places
    assert {at.file for at in found_places.values()} == {"a.xml"}


def test_text_between_the_elements_is_kept(one: Callable[..., Any]) -> None:
    found = one(
        "before<size>a<width>40</width>b<height>30</height></size>after"
        "<object>first<name>dog</name>second<bndbox>c<xmin>1</xmin><ymin>2</ymin><xmax>3</xmax>d<ymax>4</ymax></bndbox>"
        "<actions><running>1</running>e</actions>third</object>last"
    )
    data = found.data("a")
    assert data.extras == {"#text": "before after last", "size": {"#text": "a b"}}
    assert data.labels[0].extras == {
        "#text": "first second third",
        "bndbox": {"#text": "c d"},
        "actions": {"#text": "e"},
    }
