"""Every finding that reading one annotation can raise: its message, its place, and that the rest is read."""

from __future__ import annotations

import math
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lading_voc.annotation import read_annotation
from lading_voc.places import Places
from lading_voc.shapes import VERBATIM

import lading
from lading import Report, Source

DOG = "<name>dog</name>"


def place(finding: Any) -> tuple[str | None, str | None, int | None]:
    return (finding.file, finding.pointer, finding.line)


def test_an_object_without_a_name_is_an_object(one: Callable[..., Any], box: Callable[..., str]) -> None:
    found = one(f"<object>{box(1, 2, 3, 4)}</object>\n<object><name> </name>{box(1, 2, 3, 4)}</object>")
    first, second = found.findings
    assert first.message == "expected a `name`, found none or an empty one"
    assert (first.rule, first.severity) == ("voc.no-name", "error")
    assert place(first) == ("a.xml", "/annotation/object[1]", 2)
    assert place(second) == ("a.xml", "/annotation/object[2]", 3)
    assert [label.category for label in found.data("a").labels] == [None, None]


def test_an_object_without_a_box_is_told_and_counted_as_lost(one: Callable[..., Any], box: Callable[..., str]) -> None:
    found = one(f"<object>{DOG}</object><object>{DOG}{box(1, 2, 3, 4)}<part><name>head</name></part></object>")
    (of_object, of_part) = found.findings
    assert of_object.message == "expected a `bndbox`, found none"
    assert (of_object.rule, of_object.severity) == ("voc.no-box", "error")
    assert place(of_object) == ("a.xml", "/annotation/object[1]", 2)
    assert (of_part.rule, of_part.severity, of_part.pointer) == (
        "voc.no-box",
        "warning",
        "/annotation/object[2]/part[1]",
    )
    assert len(found.data("a").labels) == 1
    assert found.losses == {
        "object without a shape that can be read": 1,
        "part without a shape that can be read": 1,
    }


def test_an_object_without_a_name_and_a_box_is_told_once(one: Callable[..., Any]) -> None:
    found = one("<object/>\n<object><difficult>0</difficult></object>\n<object><part/></object>")
    assert [(f.rule, f.severity, f.message, f.pointer, f.line) for f in found.findings] == [
        ("voc.no-box", "error", "expected a `name` and a `bndbox`, found neither", "/annotation/object[1]", 2),
        ("voc.no-box", "error", "expected a `name` and a `bndbox`, found neither", "/annotation/object[2]", 3),
        ("voc.no-name", "error", "expected a `name`, found none or an empty one", "/annotation/object[3]", 4),
        ("voc.no-box", "error", "expected a `bndbox`, found none", "/annotation/object[3]", 4),
        ("voc.no-box", "error", "expected a `name` and a `bndbox`, found neither", "/annotation/object[3]/part[1]", 4),
    ]
    assert found.losses == {
        "object without a shape that can be read": 3,
        "part without a shape that can be read": 1,
    }


@pytest.mark.parametrize(
    ("corner", "message"),
    [
        ("abc", "expected four finite numbers in `bndbox`, found 'abc' as xmin"),
        ("", "expected four finite numbers in `bndbox`, found '' as xmin"),
        ("1_0", "expected four finite numbers in `bndbox`, found '1_0' as xmin"),
        ("12,5", "expected four finite numbers in `bndbox`, found '12,5' as xmin"),
    ],
)
def test_a_corner_that_is_no_number_is_nan(
    corner: str, message: str, one: Callable[..., Any], box: Callable[..., str]
) -> None:
    found = one(f"<object>\n{DOG}\n{box(corner, 2, 3, 4)}</object>")
    (finding,) = found.findings
    assert (finding.rule, finding.severity, finding.message) == ("voc.corner", "error", message)
    assert place(finding) == ("a.xml", "/annotation/object[1]/bndbox", 4)
    (label,) = found.data("a").labels
    assert math.isnan(label.xmin)
    assert (label.ymin, label.xmax, label.ymax) == (2.0, 3.0, 4.0)
    assert label.extras == {"bndbox": {"xmin": corner}}


def test_a_corner_that_is_missing_is_nan(one: Callable[..., Any]) -> None:
    found = one(f"<object>{DOG}<bndbox><xmin>1</xmin><xmax>3</xmax><ymax>4</ymax></bndbox></object>")
    assert found.finding("voc.corner").message == "expected four finite numbers in `bndbox`, found no ymin"
    assert math.isnan(found.data("a").labels[0].ymin)


def test_nan_and_infinity_stay_and_are_told(one: Callable[..., Any], box: Callable[..., str]) -> None:
    found = one(f"<object>{DOG}{box('nan', 2, 'inf', 4)}</object>")
    (label,) = found.data("a").labels
    assert math.isnan(label.xmin)
    assert label.xmax == math.inf
    assert found.finding("voc.corner").message == "expected four finite numbers in `bndbox`, found 'nan' as xmin"


def test_an_object_within_another_is_told_and_kept(one: Callable[..., Any], box: Callable[..., str]) -> None:
    found = one(f"<object>{DOG}{box(1, 2, 3, 4)}\n<object><name>cat</name>{box(5, 6, 7, 8)}</object></object>")
    finding = found.finding("voc.nested-object")
    assert finding.message.startswith("expected objects beside each other, found one within another")
    assert (finding.severity, place(finding)) == ("warning", ("a.xml", "/annotation/object[1]/object", 3))
    (label,) = found.data("a").labels
    assert (label.category, label.extras["object"]["name"]) == ("dog", "cat")


def test_several_boxes_of_an_object_are_several_boxes(one: Callable[..., Any], box: Callable[..., str]) -> None:
    found = one(f"<object>{DOG}<difficult>1</difficult>{box(1, 2, 3, 4)}\n{box(5, 6, 7, 8)}</object>")
    finding = found.finding("voc.several-boxes")
    assert finding.message == "expected one `bndbox` in an object, found 2; each becomes a box"
    assert (finding.severity, place(finding)) == ("warning", ("a.xml", "/annotation/object[1]/bndbox[2]", 3))
    assert [(label.xmin, label.instance) for label in found.data("a").labels] == [(1.0, "a#1"), (5.0, "a#1")]


@pytest.mark.parametrize(
    ("shape", "name"),
    [
        ("<polygon><x1>1</x1><y1>b</y1></polygon>", "polygon"),
        ("<polygon><x1>1</x1></polygon>", "polygon"),
        ("<polygon/>", "polygon"),
        ("<point><x>1</x></point>", "point"),
        ("<robndbox><cx>1</cx><cy>2</cy><w>3</w><h>4</h></robndbox>", "robndbox"),
    ],
)
def test_a_shape_that_cannot_be_read_is_told_and_kept_beside_the_box(
    shape: str, name: str, one: Callable[..., Any], box: Callable[..., str]
) -> None:
    found = one(f"<object>{DOG}{box(1, 2, 3, 4)}{shape}</object>")
    finding = found.finding("voc.shape")
    assert finding.message.startswith(f"expected numbers in `{name}`, found ")
    assert (finding.severity, place(finding)) == ("error", ("a.xml", f"/annotation/object[1]/{name}", 2))
    (label,) = found.data("a").labels
    assert name in label.extras
    alone = one(f"<object>{DOG}{shape}</object>")
    assert alone.losses == {"object without a shape that can be read": 1}


@pytest.mark.parametrize("width", ["0", "abc", "", "-5", "40.5"])
def test_a_width_that_is_none_is_unknown(width: str, one: Callable[..., Any]) -> None:
    found = one(f"<size>\n<width>{width}</width><height>30</height></size>")
    finding = found.finding("voc.size")
    assert finding.message == f"expected a width in pixels, found {width!r}; the picture itself tells it"
    assert (finding.severity, place(finding)) == ("warning", ("a.xml", "/annotation/size/width", 3))
    data = found.data("a")
    assert (data.width, data.height, data.extras) == (None, 30, {"size": {"width": width}})


def test_a_name_over_several_lines_is_told_and_kept(one: Callable[..., Any], box: Callable[..., str]) -> None:
    found = one(
        f"<object><name>\n  dog\n</name>{box(1, 2, 3, 4)}</object>\n"
        f"<object><pose/>\n<name>traffic\n  light</name>{box(1, 2, 3, 9)}</object>"
    )
    (finding,) = found.findings
    assert (finding.rule, finding.severity) == ("voc.line-break", "warning")
    assert place(finding) == ("a.xml", "/annotation/object[2]/name", 6)
    assert finding.message == (
        "expected a name in one line, found 'traffic\\n  light'; it is kept, as a category of its own"
    )
    assert [label.category for label in found.data("a").labels] == ["dog", "traffic\n  light"]


def test_a_missing_size_is_no_fault(one: Callable[..., Any]) -> None:
    found = one("<filename>a.jpg</filename>")
    assert (found.data("a").width, found.findings) == (None, [])


def test_counting_from_0_in_a_set_that_counts_from_1_is_told_once(
    voc: Callable[..., Any], xml: Callable[..., str], box: Callable[..., str]
) -> None:
    official = "The VOC2007 Database"
    files = {
        f"VOC2007/Annotations/{key}.xml": xml(f"{DOG}{box(0, 1, 5, 5)}", f"{DOG}{box(1, 0, 5, 5)}", database=official)
        for key in ("000001", "000002")
    }
    found = voc(files)
    (finding,) = found.findings
    assert (finding.rule, finding.severity, finding.segment) == ("voc.zero-based", "warning", "unlisted")
    assert finding.message == "expected coordinates from 1 on, found 0 in 4 boxes; all minima are taken minus 1"
    assert place(finding) == ("VOC2007/Annotations/000001.xml", "/annotation/object[1]/bndbox", 1)
    assert [label.xmin for label in found.data("000001").labels] == [-1.0, 0.0]


def test_files_of_the_challenge_in_a_tree_of_a_tool_are_told(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    files = {f"{n}.xml": xml("dog", database="Unknown") for n in range(4)}
    found = voc({**files, "9.xml": xml("dog", database="The VOC2012 Database")})
    finding = found.finding("voc.pixel-rule")
    assert "found 1 of the challenge's database in a tree that is read verbatim" in finding.message
    assert (finding.severity, finding.file) == ("warning", "9.xml")


def test_a_label_of_a_file_that_is_gone_still_says_where_it_stood(
    voc: Callable[..., Any], xml: Callable[..., str], tmp_path: Any
) -> None:
    data = voc({"a.xml": xml("dog"), "a.jpg": b""}).data("a")
    (tmp_path / "data" / "a.xml").unlink()
    origin = data.locate(data.labels[0], "geometry")
    assert (origin.file, origin.pointer, origin.line) == ("a.xml", "/annotation/object[1]", None)


def test_a_file_that_cannot_be_opened_is_told(
    voc: Callable[..., Any], xml: Callable[..., str], opened: Callable[..., Any], tmp_path: Any
) -> None:
    voc({"Annotations/a.xml": xml("dog"), "Annotations/b.xml": xml("cat"), "JPEGImages/a.jpg": b""})
    from lading_voc.reader import VocOptions, VocReader

    from lading import Report, Source

    report = Report()
    dataset = VocReader().open(Source.open(tmp_path / "data"), VocOptions(), report)
    dataset.report = report
    (tmp_path / "data/Annotations/a.xml").unlink()
    first, second = dataset.frames("unlisted")
    (finding,) = report.findings
    assert (finding.rule, finding.severity, finding.file) == ("voc.unreadable", "error", "Annotations/a.xml")
    assert finding.message.startswith("expected a file that can be read, found: ")
    assert (first.data[0].annotation, len(second.data[0].labels)) == ("none", 1)


@pytest.mark.parametrize("names", [("a.xml", "b.jpg"), ("Annotations/a.xml", "JPEGImages/b.jpg")])
def test_an_annotation_that_cannot_be_read_is_told_once(
    names: tuple[str, str], opened: Callable[..., Any], xml: Callable[..., str], tmp_path: Path
) -> None:
    """Also where it is looked into on opening: to see what it is, or for the picture that has not its name."""
    packed = tmp_path / "voc.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(names[0], xml("dog"))
        archive.writestr(names[1], b"")
    packed.write_bytes(packed.read_bytes().replace(b"<name>dog<", b"<name>dig<"))
    finding = opened(packed).finding("voc.unreadable")
    assert (finding.severity, finding.file) == ("error", names[0])


@pytest.mark.parametrize("odd", [1, 2, 3, 4, 6])
def test_names_over_several_lines_are_told_once_where_most_annotations_have_them(
    odd: int, voc: Callable[..., Any], xml: Callable[..., str], box: Callable[..., str]
) -> None:
    files: dict[str, Any] = {}
    for number in range(6):
        name = "traffic\n light" if number < odd else "light"
        objects = f"<object><name>{name}</name>{box(1, 2, 3, 4)}</object>" * 2
        files[f"Annotations/{number}.xml"] = f"<annotation>{objects}</annotation>"
    message = "expected a name in one line, found 'traffic\\n light' and 1 other; "
    message += "they are kept, as categories of their own"
    due = [(f"Annotations/{number}.xml", message) for number in range(odd)]
    if odd > 3:
        due = [(due[0][0], f"{message}; so it is with {odd} annotations of 6")]
    assert [(f.file, f.message) for f in voc(files).findings if f.rule == "voc.line-break"] == due


@pytest.mark.parametrize("damaged", ["dog_train", "val", "trainval"])
def test_a_set_that_cannot_be_read_makes_no_segment_and_nothing_else_is_told(
    damaged: str, opened: Callable[..., Any], xml: Callable[..., str], tmp_path: Path
) -> None:
    packed = tmp_path / "voc.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("Annotations/a.xml", xml("dog"))
        archive.writestr("JPEGImages/a.jpg", b"")
        archive.writestr("ImageSets/Main/train.txt", "a\n")
        archive.writestr(f"ImageSets/Main/{damaged}.txt", "to be damaged\n")
    packed.write_bytes(packed.read_bytes().replace(b"to be damaged", b"it is damaged"))
    found = opened(packed)
    assert [segment.name for segment in found.dataset.segments] == ["train"]
    assert [(one.rule, one.file) for one in found.findings] == [("voc.unreadable", f"ImageSets/Main/{damaged}.txt")]


def test_elements_that_are_there_twice_are_told_and_kept(one: Callable[..., Any]) -> None:
    found = one(
        "<filename>a.jpg</filename>\n<filename>b.jpg</filename>\n"
        "<size><width>40</width><height>30</height></size><size><width>4</width><height>3</height></size>\n"
        "<object><name>dog</name><name>cat</name><difficult>0</difficult><difficult>1</difficult>\n"
        "<bndbox><xmin>1</xmin><xmin>2</xmin><ymin>2</ymin><xmax>5</xmax><ymax>6</ymax></bndbox></object>"
    )
    told = [(f.pointer, f.line, f.message) for f in found.findings]
    rest = "the first counts, this one stays in extras"
    assert told == [
        ("/annotation/filename[2]", 3, f"expected one `filename`, found another, 'b.jpg'; {rest}"),
        ("/annotation/size[2]", 4, f"expected one `size`, found another; {rest}"),
        ("/annotation/object[1]/name[2]", 5, f"expected one `name`, found another, 'cat'; {rest}"),
        ("/annotation/object[1]/difficult[2]", 5, f"expected one `difficult`, found another, '1'; {rest}"),
        ("/annotation/object[1]/bndbox/xmin[2]", 6, f"expected one `xmin`, found another, '2'; {rest}"),
    ]
    assert {(f.rule, f.severity) for f in found.findings} == {("voc.repeated-element", "warning")}
    (label,) = found.data("a").labels
    assert (label.category, label.xmin, label.attributes["difficult"]) == ("dog", 1, False)
    assert label.extras == {"name": "cat", "difficult": "1", "bndbox": {"xmin": "2"}}


def test_an_attribute_that_is_there_twice_is_told_and_kept(one: Callable[..., Any], box: Callable[..., str]) -> None:
    def attribute(name: str, value: str) -> str:
        return f"\n<attribute><name>{name}</name><value>{value}</value></attribute>"

    inside = f"{attribute('rotation', '0.0')}{attribute('rotation', '45.0')}{attribute('truncated', 'true')}"
    actions = "\n<actions><jumping>1</jumping>\n<jumping>0</jumping></actions>"
    text = f"<truncated>0</truncated>{box(1, 2, 3, 4)}<attributes>{inside}</attributes>{actions}"
    found = one(f"<object>{DOG}{text}</object>")
    rest = "the first counts, this one stays in extras"
    assert [(f.rule, f.severity, f.pointer, f.line, f.message) for f in found.findings] == [
        (
            "voc.repeated-element",
            "warning",
            f"/annotation/object[1]/{step}",
            line,
            f"expected one attribute {said}; {rest}",
        )
        for step, line, said in (
            ("attributes/attribute[2]", 4, "'rotation', found another, '45.0'"),
            ("attributes/attribute[3]", 5, "'truncated', found another, 'true'"),
            ("actions/jumping[2]", 7, "'jumping', found another, '0'"),
        )
    ]
    (label,) = found.data("a").labels
    assert label.attributes == {"truncated": False, "rotation": 0.0, "jumping": True}
    assert label.extras == {
        "attributes": {"attribute": [{"name": "rotation", "value": "45.0"}, {"name": "truncated", "value": "true"}]},
        "actions": {"jumping": "0"},
    }


def test_an_attribute_that_is_there_many_times_is_told_once_an_object(
    one: Callable[..., Any], box: Callable[..., str]
) -> None:
    rows = [f"\n<attribute><name>{name}</name><value>{n}</value></attribute>" for n in range(4) for name in ("a", "b")]
    inside = "".join(rows[:-1])  # a, b, a, b, a, b, a
    found = one(f"<object>{DOG}{box(1, 2, 3, 4)}<attributes>{inside}</attributes></object>" * 2)
    rest = "the first counts, these stay in extras"
    assert [(f.pointer, f.line, f.message) for f in found.findings] == [
        (
            f"/annotation/object[{number}]/attributes/attribute[{at}]",
            line,
            f"expected one attribute {name!r}, found {count} others, first '1'; {rest}",
        )
        for number in (1, 2)
        for name, at, count, line in (("a", 3, 3, 7 * number - 2), ("b", 4, 2, 7 * number - 1))
    ]
    assert [label.attributes for label in found.data("a").labels] == [{"a": 0, "b": 0}] * 2


def test_time_grows_with_what_an_object_holds_not_faster(tmp_path: Path, box: Callable[..., str]) -> None:
    """Counted in calls and lines of Python, which no other process disturbs."""
    ring = "<polygon><x1>0</x1><y1>1</y1><x2>6</x2><y2>0</y2><x3>5</x3><y3>9</y3></polygon>"
    again = "<attribute><name>a</name><value>1</value></attribute>"

    def lines(count: int) -> int:
        inside = f"{box(1, 2, 3, 4)}{ring * count}<attributes>{again * count}</attributes>"
        data = f"<annotation><object>{DOG}{inside}</object></annotation>".encode()
        (tmp_path / "a.xml").write_bytes(data)
        file = Source.open(tmp_path).get("a.xml")
        assert file is not None
        seen = 0

        def trace(frame: Any, event: str, argument: Any) -> Any:
            nonlocal seen
            seen += 1
            return trace

        before = sys.gettrace()
        sys.settrace(trace)
        try:
            found = read_annotation(data, "a.xml", "a", VERBATIM, Report())
            places = Places(file, found.places)
            for number in range(count + 1):
                places.locate(number, "POLYGON2D", "geometry")
        finally:
            sys.settrace(before)
        return seen

    assert lines(400) < 5 * lines(100)


def test_an_attribute_that_is_none_is_told_and_kept(one: Callable[..., Any], box: Callable[..., str]) -> None:
    inside = "\n<attribute><name>a</name><value>1</value></attribute>\n<attribute><name>rusty</name></attribute>"
    inside += "\n<attribute><value>2</value></attribute>\n<attribute><name>e</name><value/></attribute>"
    found = one(f"<object>{DOG}{box(1, 2, 3, 4)}<attributes>{inside}</attributes></object>")
    expected = "expected a `name` and a `value` of text, found"
    assert [(f.rule, f.severity, f.pointer, f.line, f.message) for f in found.findings] == [
        ("voc.attribute", "warning", f"/annotation/object[1]/attributes/attribute[{n}]", n + 2, f"{expected} {text}")
        for n, text in ((2, "{'name': 'rusty'}; it stays in extras"), (3, "{'value': '2'}; it stays in extras"))
    ]
    (label,) = found.data("a").labels
    assert label.attributes == {"a": 1, "e": ""}


def test_a_further_box_stands_at_its_own_line(one: Callable[..., Any], box: Callable[..., str]) -> None:
    data = one(f"<object>{DOG}{box(1, 2, 3, 4)}\n{box(5, 6, 7, 8)}</object>").data("a")
    places = [data.locate(label, "geometry") for label in data.labels]
    assert [(at.pointer, at.line) for at in places] == [
        ("/annotation/object[1]/bndbox", 2),
        ("/annotation/object[1]/bndbox[2]", 3),
    ]


@pytest.mark.parametrize("pixels", ["voc", "verbatim"])
def test_boxes_that_are_parts_of_their_picture_are_not_told_to_be_outside_as_pixels(pixels: str, voc: Any) -> None:
    size = "<size><width>400</width><height>300</height></size>"
    things = "".join(
        f"\n<object><name>cat</name><bndbox><xmin>{x}</xmin><ymin>0.25</ymin><xmax>0.5</xmax><ymax>1</ymax></bndbox></object>"
        for x in (0, 0.125)
    )
    text = f"<annotation><filename>a.jpg</filename>{size}{things}\n</annotation>"
    found = voc({"Annotations/a.xml": text, "Annotations/b.xml": text}, pixels=pixels)
    told = [f.rule for f in lading.validate(found.dataset, report=lading.Report())]
    told += [f.rule for f in found.findings]
    assert "voc.relative-boxes" in told
    assert {rule for rule in told if "box" in rule or "zero" in rule} == {"voc.relative-boxes"}


@pytest.mark.parametrize("pixels", ["voc", "verbatim"])
@pytest.mark.parametrize(("odd", "is_once"), [(2, False), (120, True)])
def test_boxes_in_pixels_among_files_of_boxes_in_parts_are_told_too(
    pixels: str, odd: int, is_once: bool, voc: Any
) -> None:
    """Of 160 files 16 are looked at, each tenth."""

    def file(x: float, y: float, right: float, bottom: float) -> str:
        corners = f"<xmin>{x}</xmin><ymin>{y}</ymin><xmax>{right}</xmax><ymax>{bottom}</ymax>"
        thing = f"<object><name>cat</name>\n<bndbox>{corners}</bndbox></object>"
        return f"<annotation><filename>a.jpg</filename>{thing}\n</annotation>"

    others = [number for number in range(160) if number % 10][:odd]
    files = {
        f"Annotations/{number:03}.xml": file(*((5.1, 6, 70.25, 80) if number in others else (0.125, 0.5, 0.75, 1)))
        for number in range(160)
    }
    found = voc(files, pixels=pixels)
    assert found.finding("voc.relative-boxes").where == "Annotations/000.xml#/annotation/object[1]/bndbox"
    message = "expected corners in parts of the picture, as the first of the tree, found (5.1, 6, 70.25, 80)"
    due = [(f"Annotations/{number:03}.xml#/annotation/object[1]/bndbox", 2, message) for number in others]
    if is_once:
        due = [(*due[0][:2], f"{message}; so it is with {odd} boxes of 160")]
    told = [one for one in found.findings if one.rule == "voc.mixed-boxes"]
    assert [(one.where, one.line, one.message) for one in told] == due
    assert {one.severity for one in told} == {"warning"}


def test_boxes_without_finite_corners_are_not_held_to_those_in_parts(voc: Any) -> None:
    def file(right: str) -> str:
        corners = f"<xmin>0.1</xmin><ymin>0.1</ymin><xmax>{right}</xmax><ymax>0.3</ymax>"
        thing = f"<object><name>cat</name>\n<bndbox>{corners}</bndbox></object>"
        return f"<annotation><filename>a.jpg</filename>{thing}\n</annotation>"

    files = {f"Annotations/{number:03}.xml": file("1e400" if number == 155 else "0.2") for number in range(160)}
    found = voc(files, pixels="voc")
    assert [(one.rule, one.file) for one in found.findings if one.rule in ("voc.mixed-boxes", "voc.corner")] == [
        ("voc.corner", "Annotations/155.xml")
    ]


@pytest.mark.parametrize("count", [1, 40], ids=["by its elements", "by the form of others"])
def test_more_parts_than_a_person_has_are_told_in_every_file(
    count: int, voc: Callable[..., Any], xml: Callable[..., str], box: Callable[..., str]
) -> None:
    def person(*parts: str, name: str = "person") -> str:
        inner = "".join(f"\n<part><name>{part}</name>{box(1, 2, 3, 4)}</part>" for part in parts)
        return xml(f"<name>{name}</name>{box(1, 2, 9, 9)}{inner}")

    files = {f"Annotations/{number:02}.xml": person("head", "hand", "hand", "foot", "foot") for number in range(count)}
    assert voc(files | {"Annotations/t.xml": person("foot", "foot", "foot", "foot", name="table")}).findings == []
    found = voc(files | {"Annotations/x.xml": person("head", "foot", "hand", "foot", "foot")})
    assert [(f.rule, f.severity, f.where, f.line, f.message) for f in found.findings] == [
        (
            *("voc.parts", "warning", "Annotations/x.xml#/annotation/object[1]/part[5]", 6),
            "expected 2 parts 'foot' of a person at most, found 3",
        )
    ]
    found = voc(files | {"Annotations/x.xml": person("head", "head", "hand", "foot", "hand")})
    assert found.finding("voc.parts").message == "expected 1 part 'head' of a person at most, found 2"
    assert len(found.data("x").labels) == 6


def test_an_object_in_other_capitals_is_told(one: Callable[..., Any], box: Callable[..., str]) -> None:
    found = one(f"<Object>{DOG}{box(1, 2, 3, 4)}</Object>")
    (finding,) = found.findings
    assert finding.message == "expected `object`, found `Object`; it stays in extras and is not read"
    assert (finding.rule, finding.severity) == ("voc.other-capitals", "error")
    assert place(finding) == ("a.xml", "/annotation/Object", 2)
    assert found.data("a").extras["Object"]["name"] == "dog"


@pytest.mark.parametrize(
    ("tag", "found"),
    [("obj", "`obj` with a `bndbox`"), ("item", "`item` with a `bndbox`"), ("objects", "`name` in `objects`")],
)
def test_an_object_of_another_name_is_told_in_every_file(
    tag: str, found: str, voc: Callable[..., Any], xml: Callable[..., str], box: Callable[..., str]
) -> None:
    inner = f"{DOG}{box(1, 2, 3, 4)}"
    text = xml("cat").replace("</annotation>", f"<{tag}>{inner}</{tag}></annotation>")
    assert inner in text
    read = voc({f"Annotations/{number}.xml": text for number in range(40)})
    told = [(f.severity, f.file, f.pointer, f.message) for f in read.findings if f.rule == "voc.not-object"]
    message = f"expected `object`, found {found}; it stays in extras and is not read"
    assert sorted(told) == sorted(
        ("error", f"Annotations/{number}.xml", f"/annotation/{tag}", message) for number in range(40)
    )
    assert [label.category for label in read.data("7").labels] == ["cat"]


def test_boxes_that_are_parts_of_their_picture_are_told_once(voc: Any) -> None:
    def file(*boxes: tuple[float, ...]) -> str:
        things = "".join(
            "\n<object><name>cat</name>\n<bndbox><xmin>{}</xmin><ymin>{}</ymin><xmax>{}</xmax><ymax>{}</ymax></bndbox></object>".format(
                *b
            )
            for b in boxes
        )
        return f"<annotation><filename>a.jpg</filename>{things}\n</annotation>"

    parts = (0.25, 0.5, 0.75, 1)
    found = voc({"Annotations/a.xml": file(parts, parts), "Annotations/b.xml": file((0.125, 0, 1, 1))})
    finding = found.finding("voc.relative-boxes")
    assert (finding.severity, finding.where, finding.line) == (
        "warning",
        "Annotations/a.xml#/annotation/object[1]/bndbox",
        3,
    )
    assert finding.message == (
        "expected corners in pixels, found (0.25, 0.5, 0.75, 1.0) and nothing beyond 1 in the 3 boxes looked at, "
        "as if they were parts of the picture; read as pixels"
    )
    for whole in ((0, 0, 1, 1), (0.25, 0.5, 0.75, 1.5)):
        assert "voc.relative-boxes" not in [f.rule for f in voc({"Annotations/b.xml": file(whole)}).findings]


@pytest.mark.parametrize("count", [1, 40], ids=["by its elements", "by the form of others"])
def test_boxes_that_are_parts_of_their_picture_among_others_in_pixels_from_1_are_told_once(
    count: int, voc: Any
) -> None:
    """A minimum of 0.125 from which 1 was taken is no part any more; the 0 of a part is no pixel."""

    def file(*boxes: tuple[float, ...]) -> str:
        things = "".join(
            f"\n<object><name>cat</name>\n<bndbox><xmin>{x}</xmin><ymin>{y}</ymin><xmax>{right}</xmax>"
            f"<ymax>{bottom}</ymax></bndbox></object>"
            for x, y, right, bottom in boxes
        )
        size = "<size><width>400</width><height>300</height></size>"
        return f"<annotation><filename>a.jpg</filename>{size}{things}\n</annotation>"

    parts = (0.125, 0.5, 0.75, 1)
    files = {"Annotations/a.xml": file((1, 1, 400, 300), parts, (0, 0.25, 0.5, 0.5))}
    files |= {f"Annotations/b{number}.xml": file(parts) for number in range(count)}
    found = voc(files, pixels="voc")
    finding = found.finding("voc.relative-boxes")
    assert (finding.where, finding.line) == ("Annotations/a.xml#/annotation/object[2]/bndbox", 5)
    assert finding.message == (
        f"expected corners in pixels, found {count + 2} boxes within 0 and 1, as if they were parts of their pictures; "
        "read as pixels"
    )
    told = {one.rule for one in lading.validate(found.dataset)}
    assert {rule for rule in told if "box" in rule or "zero" in rule} == {"voc.relative-boxes"}


#: x, y, width and height of boxes within 40 x 30; as corners the first three are inverted.
SIZED = [(20, 5, 15, 9), (4, 18, 30, 10), (30, 20, 8, 8), (1, 2, 30, 20), (3, 4, 20, 10)]


def sized(xml: Callable[..., str], box: Callable[..., str], boxes: list[tuple[int, ...]]) -> dict[str, str]:
    return {f"Annotations/{n}.xml": xml(f"<name>dog</name>\n{box(*each)}") for n, each in enumerate(boxes)}


@pytest.mark.parametrize("pixels", ["voc", "verbatim"])
def test_boxes_of_a_width_and_a_height_are_told_once(pixels: str, voc: Any, xml: Any, box: Any) -> None:
    found = voc(sized(xml, box, SIZED), pixels=pixels)
    (finding,) = [one for one in lading.validate(found.dataset) if "box" in one.rule]
    assert (finding.rule, finding.severity, finding.where, finding.line) == (
        *("voc.sized-boxes", "error", "Annotations/0.xml#/annotation/object[1]/bndbox", 2),
    )
    assert finding.message == (
        "expected xmin < xmax and ymin < ymax, found (20.0, 5.0, 15.0, 9.0); as x, y, width and height all 5 boxes "
        "looked at are within their pictures, and as corners 3 are inverted; read as corners"
    )


@pytest.mark.parametrize(
    ("boxes", "inverted"),
    [
        *((SIZED[1:], 2), ([*SIZED, (30, 5, 38, 20)], 3), (SIZED[:3] + SIZED[3:4] * 10, 3), ([(20, 5, 0, 9)] * 3, 3)),
        ([(20, 15, 8, 9), (15, 12, 6, 3), (18, 14, 9, 8)], 3),
    ],
    ids=["two", "one beyond its picture", "few of many", "no width", "corners in each other's place"],
)
def test_inverted_boxes_that_are_slips_are_told_each(
    boxes: list[tuple[int, ...]], inverted: int, voc: Any, xml: Any, box: Any
) -> None:
    found = voc(sized(xml, box, boxes), pixels="verbatim")
    told = [one.rule for one in lading.validate(found.dataset) if one.rule in ("voc.sized-boxes", "box2d.inverted")]
    assert told == ["box2d.inverted"] * inverted


def test_a_name_that_labelmap_lacks_is_told_with_that_file(voc: Any, xml: Any, picture: Any) -> None:
    found = voc({"labelmap.txt": "# label:color_rgb:parts:actions\ncat:1,2,3::\n", "Annotations/a.xml": xml("dog")})
    (finding,) = [one for one in lading.validate(found.dataset) if one.rule == "category.unknown"]
    assert finding.message == "expected a category of the catalog of labelmap.txt, found 'dog'"
    assert finding.where == "Annotations/a.xml#/annotation/object[1]/name"
