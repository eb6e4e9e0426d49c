"""VOC to VOC: what is written is what was read, held by ElementTree alone, and by reading it again."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import Image

import lading
from lading import Report

FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"


def content(element: ElementTree.Element) -> Any:
    """An element as what it says: text or the elements in it, of which only those of one name have an order."""
    text = (element.text or "").strip()
    number = _number(text)
    children: dict[str, list[Any]] = {}
    for child in element:
        children.setdefault(child.tag, []).append(content(child))
    return (number if number is not None else text, dict(element.items()), children)


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def converted(folder: Path, target: Path, **options: str) -> Report:
    """Converts to VOC, without the rules, and compares what is read from both."""
    report = Report()
    dataset = lading.open_dataset(folder, format="voc", options=options)
    lading.convert(dataset, target, to="voc", is_checked=False, report=report)
    again = lading.open_dataset(target, format="voc", options=options)
    assert list(lading.diff(lading.open_dataset(folder, format="voc", options=options), again)) == []
    for segment in dataset.segments:
        ours, theirs = (list(one.frames(segment.name, report=Report())) for one in (dataset, again))
        assert [(f.key, f.extras, f.data[0].extras, f.data[0].annotation) for f in ours] == [
            (f.key, f.extras, f.data[0].extras, f.data[0].annotation) for f in theirs
        ]
    return report


def told(folder: Path, target: Path) -> list[str]:
    """The files of two trees that say different things."""
    found = []
    for file in sorted(path for path in folder.rglob("*") if path.is_file() and path.suffix in (".xml", ".txt")):
        name = file.relative_to(folder)
        other = target / name
        if not other.is_file():
            found.append(f"{name}: gone")
        elif file.suffix == ".txt":
            if file.read_bytes() != other.read_bytes():
                found.append(f"{name}: other lines")
        elif content(ElementTree.parse(file).getroot()) != content(ElementTree.parse(other).getroot()):
            found.append(f"{name}: other elements")
    return found


@pytest.mark.parametrize("name", ["voc", "voc-flat"])
def test_our_fixtures_come_back_file_by_file(tmp_path: Path, name: str) -> None:
    report = converted(FIXTURES / name, tmp_path / "out")
    assert told(FIXTURES / name, tmp_path / "out") == []
    assert report.losses == []
    for mask in (FIXTURES / name).rglob("Segmentation*/*.png"):
        assert (tmp_path / "out" / mask.relative_to(FIXTURES / name)).read_bytes() == mask.read_bytes()


@pytest.mark.parametrize("pixels", ["voc", "verbatim"])
def test_either_rule_of_pixels_is_undone(tmp_path: Path, pixels: str) -> None:
    converted(FIXTURES / "voc", tmp_path / "one", pixels=pixels)
    assert told(FIXTURES / "voc", tmp_path / "one") == []


SAMPLES = (
    "labelimg-bccd",
    "labelimg-raccoon",
    "labelme-export",
    "voc2012-detection",
    "voc2012-layout-action",
    "voc2012-segmentation",
)


@pytest.mark.parametrize("name", SAMPLES)
def test_real_files_come_back(samples: Path, tmp_path: Path, name: str) -> None:
    converted(samples / "voc" / name, tmp_path / "out")
    assert told(samples / "voc" / name, tmp_path / "out") == []


BOX = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>30.25</xmax><ymax>20</ymax></bndbox>"
OBJECTS = {
    "nothing but a box": f"<name>cat</name>{BOX}",
    "no name": f"{BOX}",
    "flags that are none": f"<name>a</name><truncated>0.06</truncated><occluded>Unspecified</occluded>{BOX}",
    "an empty pose": f"<name>a</name><pose/><difficult>1</difficult>{BOX}",
    "corners in another order, one unknown": (
        "<name>a</name><bndbox><ymax>9</ymax><xmax>8</xmax><ymin>0.1</ymin><xmin>45.70000076293945</xmin>"
        "<angle>3</angle></bndbox>"
    ),
    "a corner that is no number": f"<name>a</name>{BOX.replace('30.25', 'many')}",
    "a corner that is missing": f"<name>a</name>{BOX.replace('<xmin>1</xmin>', '')}",
    "two boxes": f"<name>a</name>{BOX}{BOX.replace('30.25', '31')}",
    "actions": f"<name>person</name>{BOX}<actions><jumping>1</jumping><reading>0</reading></actions>",
    "attributes": (
        f"<name>a</name>{BOX}<attributes><attribute><name>n</name><value>2</value></attribute><attribute><name>t</name>"
        "<value>true</value></attribute><attribute><name>s</name><value>a &lt; b</value></attribute></attributes>"
    ),
    "unknown elements, nested and repeated": (
        f"<name>a</name>{BOX}<tag>1</tag><tag>2</tag><deep x='1'>text<a>b</a></deep><name>other</name>"
    ),
    "an attribute of the object": f"<name>a</name>{BOX}",
    "actions and attributes that hold nothing": f"<name>a</name>{BOX}<actions/><attributes> </attributes>",
    "attributes, and more that hold nothing": (
        f"<name>a</name>{BOX}<attributes><attribute><name>n</name><value>2</value></attribute></attributes><attributes/>"
        "<actions/><actions/>"
    ),
    "parts of parts": (
        f"<name>a</name>{BOX}<part><name>head</name>{BOX}<part><name>eye</name>{BOX}</part></part>"
        f"<part><name>hand</name>{BOX}<truncated>1</truncated></part>"
    ),
    "a polygon and a point": (
        "<name>a</name><polygon><x1>1.5</x1><y1>2</y1><x2>9</x2><y2>2</y2><x3>9</x3><y3>8.125</y3></polygon>"
        "<point><x>3</x><y>4.7</y></point>"
    ),
    "a turned box": (
        "<name>a</name><robndbox><cx>12.5</cx><cy>12</cy><w>10</w><h>2</h><angle>0.7</angle></robndbox><extra>0</extra>"
    ),
    "the corners of a turned box": (
        "<name>a</name><robndbox><x_left_top>3</x_left_top><y_left_top>1.5</y_left_top><x_right_top>9</x_right_top>"
        "<y_right_top>4</y_right_top><x_right_bottom>8</x_right_bottom><y_right_bottom>7</y_right_bottom>"
        "<x_left_bottom>2</x_left_bottom><y_left_bottom>4.25</y_left_bottom><by>us</by></robndbox><angle>0</angle>"
    ),
}


@pytest.mark.parametrize("pixels", ["voc", "verbatim"])
@pytest.mark.parametrize("inner", OBJECTS.values(), ids=OBJECTS.keys())
def test_every_form_of_an_object_comes_back(tmp_path: Path, inner: str, pixels: str) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    mark = " id='7'" if inner == OBJECTS["an attribute of the object"] else ""
    (folder / "a.xml").write_text(
        "<annotation verified='yes'><filename>a.jpg</filename><path>C:\\x\\a.jpg</path><size><width>0</width>"
        f"<height>30</height><depth>3</depth></size><segmented/><object{mark}>{inner}</object>"
        f"<object><name>b</name>{BOX}</object><note lang='en'>x &amp; y</note></annotation>"
    )
    report = converted(folder, tmp_path / "out", pixels=pixels)
    assert told(folder, tmp_path / "out") == []
    assert report.losses == []


@pytest.mark.parametrize(
    "inner",
    ["<size/>", "<size> </size>", "<size/><size><width>40</width><height>30</height></size>", "<objects/>"],
)
def test_an_element_that_holds_nothing_is_not_one_that_is_not_there(tmp_path: Path, inner: str) -> None:
    folder = tmp_path / "d"
    folder.mkdir()
    (folder / "a.xml").write_text(f"<annotation><filename>a.jpg</filename>{inner}<segmented/></annotation>")
    assert converted(folder, tmp_path / "out").losses == []
    assert told(folder, tmp_path / "out") == []


def test_a_set_lists_what_was_written_and_nothing_else(tmp_path: Path) -> None:
    class Half(lading.MemoryDataset):
        pass

    dataset = lading.open_dataset(FIXTURES / "voc")
    frames = list(dataset.frames("train"))
    half = Half("half", {"train": frames[1:]}, catalog=dataset.catalog)
    half.format, half.extras, half.companions = dataset.format, dataset.extras, dataset.companions
    lading.convert(half, tmp_path / "out", to="voc", is_checked=False)
    sets = tmp_path / "out" / "VOCdevkit" / "VOC2012" / "ImageSets"
    assert (sets / "Main" / "train.txt").read_text() == "2012_000002\nmy dog.v2\n"
    assert (sets / "Main" / "dog_train.txt").read_text() == "2012_000002 -1\nmy dog.v2  1\n"
    assert (sets / "Segmentation" / "train.txt").read_text() == ""


def test_segments_that_are_new_are_image_sets(tmp_path: Path) -> None:
    dataset = lading.open_dataset(FIXTURES / "voc")
    frames = list(dataset.frames("train"))
    anew = lading.MemoryDataset("anew", {"one": frames[:1], "two": frames[1:]}, catalog=dataset.catalog)
    anew.format, anew.extras = dataset.format, dataset.extras
    lading.convert(anew, tmp_path / "out", to="voc", is_checked=False)
    again = lading.open_dataset(tmp_path / "out")
    assert {segment.name: segment.frame_count for segment in again.segments} == {"one": 1, "two": len(frames) - 1}


def labels_of(dataset: lading.Dataset) -> Counter[str]:
    """Every label as text: type, category, numbers; attributes of boxes, since an object's go with its first label."""
    found: Counter[str] = Counter()
    for segment in dataset.segments:
        for frame in dataset.frames(segment.name, report=Report()):
            for data in frame.data:
                for label in data.labels:
                    numbers = [getattr(part, "tolist", lambda part=part: part)() for part in label.coordinates()]
                    is_first = label.kind == "BOX2D"
                    said = sorted((name, repr(value)) for name, value in label.attributes.items() if is_first)
                    found[f"{label.kind} {label.category} {numbers} {said}"] += 1
    return found


@pytest.mark.parametrize("pixels", ["verbatim", "voc"])
def test_coco_becomes_voc_with_its_losses_told(tmp_path: Path, pixels: str) -> None:
    source = lading.open_dataset(FIXTURES / "coco")
    report = Report()
    done = lading.convert(
        source, tmp_path / "out", to="voc", is_checked=False, report=report, options={"pixels": pixels}
    )
    again = lading.open_dataset(tmp_path / "out", format="voc")
    assert again.rules["pixels"].startswith(f"{pixels}: ")
    lost = {loss.what.rpartition(" ")[2]: loss.count for loss in report.losses if "labels of type" in loss.what}
    before, after = labels_of(source), labels_of(again)
    assert not after - before  # no label is another than it was
    assert Counter(text.partition(" ")[0] for text in (before - after).elements()) == lost
    assert sum(after.values()) == done.labels
    assert {segment.name for segment in again.segments} == {s.name for s in source.segments}


AWKWARD = [
    "a.png",
    "a.jpg",
    " b .png",
    "c 1.png",
    "d.x.png",
    "sub/a.png",
    "../e.png",
    "/f.png",
    "g%20.png",
    "h\n.png",
    "9",
]


def test_awkward_names_are_ids_that_image_sets_keep(tmp_path: Path) -> None:
    frames = [
        lading.Frame(
            key=name,
            data=[lading.Data(path=name, remote_path=name, labels=[lading.Box2D(1, 2, 3, 4, category=f"n{number}")])],
        )
        for number, name in enumerate(AWKWARD)
    ]
    source = lading.MemoryDataset("names", {"a/b": frames, "..": []})
    report = Report()
    lading.convert(source, tmp_path / "out", to="voc", is_checked=False, report=report, media="none")
    assert (report.losses, report.findings) == ([], [])
    again = lading.open_dataset(tmp_path / "out", format="voc")
    (segment,) = [segment for segment in again.segments if segment.frame_count]
    found = [frame.data[0].labels[0].category for frame in again.frames(segment.name, report=Report())]
    assert found == [f"n{number}" for number in range(len(AWKWARD))]
    assert again.report.findings == []


def test_half_a_surrogate_pair_in_names_is_replaced_and_told(tmp_path: Path) -> None:
    names = ["a\ud800.png", "a\ud801.png", "\udc80/b\uffff.png", "c.png"]
    frames = [
        lading.Frame(
            key=name,
            data=[lading.Data(path=name, remote_path=name, labels=[lading.Box2D(1, 2, 3, 4, category=f"n{number}")])],
        )
        for number, name in enumerate(names)
    ]
    source = lading.MemoryDataset("names", {"one\udfff": frames})
    report = Report()
    lading.convert(source, tmp_path / "out", to="voc", is_checked=False, report=report, media="none")
    assert [(loss.what, loss.count, loss.example) for loss in report.losses] == [
        ("characters that XML has not in names of files", 3, "a\ud800.png"),
        ("characters that XML has not in names of segments", 1, "one\udfff"),
    ]
    again = lading.open_dataset(tmp_path / "out", format="voc")
    assert [segment.name for segment in again.segments] == ["one\ufffd"]
    found = {frame.key: frame.data[0].labels[0].category for frame in again.frames("one\ufffd", report=Report())}
    assert found == {"a\ufffd": "n0", "a\ufffd-png": "n1", "\ufffd/b\ufffd": "n2", "c": "n3"}


def test_a_mask_of_a_picture_that_is_not_there_comes_back_without_an_annotation(tmp_path: Path) -> None:
    picture, mask = tmp_path / "d/JPEGImages/a.png", tmp_path / "d/SegmentationClass/b.png"
    for path in (picture, mask):
        path.parent.mkdir(parents=True)
        Image.new("L", (4, 3)).save(path)
    (tmp_path / "d/Annotations").mkdir()
    (tmp_path / "d/Annotations/a.xml").write_text("<annotation><filename>a.png</filename></annotation>")
    converted(tmp_path / "d", tmp_path / "out")
    written = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    assert written == {"Annotations/a.xml", "JPEGImages/a.png", "SegmentationClass/b.png"}
    assert (tmp_path / "out/SegmentationClass/b.png").read_bytes() == mask.read_bytes()
