"""Masks: palette, grey and colour, their tables, and everything that can be wrong with them."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lading_voc.names import OFFICIAL, official_colour
from PIL import Image

from lading import validate

ID = "2008_000001"
ROOT = "VOCdevkit/VOC2012"
LABELMAP = "# label:color_rgb:parts:actions\nbackground:0,0,0::\ncrane:10,20,30:hook,cab:lifting\nshed:1,2,3::\n"


def mask(rows: list[list[int]], mode: str = "P", colours: Mapping[int, tuple[int, int, int]] | None = None) -> bytes:
    """A PNG; in RGB the values are looked up in `colours`. The palette is nonsense: nobody may look at it."""
    values = np.array(rows, dtype=np.uint8)
    if mode == "RGB":
        values = np.array([[(colours or {}).get(v, (9, 9, 9)) for v in row] for row in rows], dtype=np.uint8)
    image = Image.fromarray(values, mode if mode != "P" else "L")
    if mode == "P":
        image.putpalette([255 - v // 3 for v in range(768)])
        assert image.mode == "P"
    stream = io.BytesIO()
    image.save(stream, "PNG")
    return stream.getvalue()


def official(xml: Callable[..., str], *objects: str, **masks: bytes) -> dict[str, Any]:
    """A tree of the challenge's with these masks (`SegmentationClass=...`)."""
    text = xml(*objects, database="The VOC2008 Database").replace(">40<", ">3<").replace(">30<", ">2<")
    return {
        f"{ROOT}/Annotations/{ID}.xml": text,
        f"{ROOT}/JPEGImages/{ID}.jpg": b"",
        f"{ROOT}/ImageSets/Segmentation/train.txt": ID,
        **{f"{ROOT}/{folder}/{ID}.png": content for folder, content in masks.items()},
    }


def labels(found: Any, key: str = ID) -> dict[str, Any]:
    return {label.kind: label for label in found.data(key).labels if label.kind.endswith("MASK")}


def table(label: Any) -> dict[int, str | None]:
    return {item.value: item.category for item in label.items}


CLASSES = [[0, 15, 15], [12, 12, 255]]
OBJECTS = [[0, 1, 1], [2, 2, 255]]


@pytest.mark.parametrize("mode", ["P", "L"])
def test_values_are_indexes_never_colours(mode: str, voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    files = official(
        xml, "person", "dog", SegmentationClass=mask(CLASSES, mode), SegmentationObject=mask(OBJECTS, mode)
    )
    found = voc(files)
    by_class, by_object = labels(found).values()
    assert table(by_class) == {0: "background", 12: "dog", 15: "person", 255: "void"}
    assert table(by_object) == {1: "person", 2: "dog"}
    assert by_class.path == f"{ROOT}/SegmentationClass/{ID}.png"
    assert by_class.content.read() == files[by_class.path]
    assert found.findings == []
    assert found.data(ID).locate(by_class).file == f"{ROOT}/SegmentationClass/{ID}.png"
    assert found.data(ID).locate(by_object).file == f"{ROOT}/SegmentationObject/{ID}.png"


def test_objects_are_tied_to_the_numbers_in_the_mask(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(official(xml, "person", "dog", SegmentationObject=mask(OBJECTS)))
    boxes = [label.instance for label in found.data(ID).labels if label.kind == "BOX2D"]
    assert boxes == [f"{ID}#1", f"{ID}#2"]
    assert [item.instance for item in labels(found)["INSTANCE_MASK"].items] == boxes


def test_the_catalog_declares_classes_by_their_values(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    catalog = voc(
        official(xml, "dog", SegmentationClass=mask(CLASSES), SegmentationObject=mask(OBJECTS))
    ).dataset.catalog
    values = {c.category_id: c.name for c in catalog["SEMANTIC_MASK"].categories}
    assert values == {0: "background", **dict(enumerate(OFFICIAL, 1)), 255: "void"}
    assert [c.name for c in catalog["INSTANCE_MASK"].categories] == ["background", "void"]


def test_colour_masks_are_mapped_back_exactly(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    colours = {0: (0, 0, 0), 15: (192, 128, 128), 12: (64, 0, 128), 255: (224, 224, 192)}
    found = voc(official(xml, "person", SegmentationClass=mask(CLASSES, "RGB", colours)))
    items = labels(found)["SEMANTIC_MASK"].items
    expected = {r + 256 * g + 65536 * b: (index, [r, g, b]) for index, (r, g, b) in colours.items()}
    assert {item.value: (item.category_id, item.extras["colour"]) for item in items} == expected
    assert {item.category_id: item.category for item in items}[15] == "person"
    assert found.findings == []


def test_colours_nobody_knows_are_told_and_kept(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(official(xml, "person", SegmentationClass=mask([[0, 1, 1]], "RGB", {0: (0, 0, 0), 1: (192, 128, 129)})))
    finding = found.finding("voc.mask-value")
    assert (finding.severity, finding.file) == ("warning", f"{ROOT}/SegmentationClass/{ID}.png")
    assert finding.message == "expected colours of VOC, found 1 other, as (192, 128, 129)"
    assert [item.category for item in labels(found)["SEMANTIC_MASK"].items] == ["background", None]


def test_values_nobody_knows_are_told_and_kept(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(official(xml, "person", SegmentationClass=mask([[0, 21, 77], [15, 15, 15]])))
    due = [("mask.unknown-id", f"expected a category id of the catalog, found {value}") for value in (21, 77)]
    assert [(one.rule, one.message) for one in validate(found.dataset) if one.rule.startswith("mask.")] == due
    assert table(labels(found)["SEMANTIC_MASK"]) == {0: "background", 15: "person", 21: None, 77: None}


def test_gaps_among_objects_and_objects_without_annotation_are_told(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc(official(xml, "person", "dog", "cat", SegmentationObject=mask([[0, 1, 4], [4, 255, 6]])))
    gap, beyond = found.finding("voc.mask-gap"), found.finding("voc.mask-object")
    assert gap.message == "expected objects numbered from 1 to 3, found none of 2, 3"
    assert beyond.message == "expected a number of one of the 3 objects of its annotation, found 6"
    assert {gap.severity, beyond.severity} == {"warning"}
    assert {gap.file, beyond.file} == {f"{ROOT}/SegmentationObject/{ID}.png"}
    items = labels(found)["INSTANCE_MASK"].items
    assert [(item.value, item.instance) for item in items] == [(1, f"{ID}#1"), (4, None), (6, None)]


def placed(name: str, box: tuple[int, int, int, int]) -> str:
    corners = zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True)
    return f"<name>{name}</name>\n<bndbox>{''.join(f'<{tag}>{at}</{tag}>' for tag, at in corners)}</bndbox>"


#: Boxes, counted from 1, of the two objects of OBJECTS.
BOXES = {"person": (2, 1, 3, 1), "dog": (1, 2, 2, 2)}


@pytest.mark.parametrize(
    ("classes", "message"),
    [
        ([[0, 15, 15], [17, 17, 255]], "'dog' under object 2, as its annotation says, found 'sheep'"),
        ([[0, 15, 15], [0, 0, 255]], "a class under object 2, found none"),
        ([[0, 15, 15], [17, 12, 255], [0, 0, 0]], None),
        ([[0, 15, 15], [77, 77, 255]], None),
    ],
    ids=["another class", "none", "a mask of another size", "a value of no class"],
)
def test_an_object_of_another_class_than_its_annotation_says_is_told(
    classes: list[list[int]], message: str | None, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    objects = [placed(name, box) for name, box in BOXES.items()]
    found = voc(official(xml, *objects, SegmentationClass=mask(classes), SegmentationObject=mask(OBJECTS)))
    due = [] if message is None else [f"expected {message}"]
    assert [(f.rule, f.severity, f.file, f.message) for f in found.findings] == [
        ("voc.mask-class", "warning", f"{ROOT}/SegmentationClass/{ID}.png", text) for text in due
    ]


def test_an_object_that_no_annotation_has_is_told_by_its_number_alone(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    objects = [placed(name, box) for name, box in BOXES.items()]
    masks = {
        "SegmentationClass": mask([[0, 15, 0], [12, 12, 255]]),
        "SegmentationObject": mask([[0, 1, 3], [2, 2, 255]]),
    }
    assert [f.rule for f in voc(official(xml, *objects, **masks)).findings] == ["voc.mask-object"]


def test_a_box_that_most_pixels_of_its_object_are_outside_of_is_told(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    def tell(**boxes: tuple[int, int, int, int]) -> list[Any]:
        objects = [placed(name, box) for name, box in (BOXES | boxes).items()]
        found = voc(official(xml, *objects, SegmentationClass=mask(CLASSES), SegmentationObject=mask(OBJECTS)))
        return [(f.rule, f.severity, f.where, f.line, f.message) for f in found.findings]

    assert tell() == []
    assert tell(dog=(2, 2, 3, 2)) == []  # half of its pixels
    message = f"expected the pixels of its object in {ROOT}/SegmentationObject/{ID}.png within this box, "
    message += "found 2 of 2 outside it"
    place = f"{ROOT}/Annotations/{ID}.xml#/annotation/object[2]/bndbox"
    assert tell(dog=(3, 1, 3, 2)) == [("voc.mask-box", "warning", place, 3, message)]


def test_objects_of_a_mask_that_are_swapped_are_told_once_each(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    objects = [placed(name, box) for name, box in BOXES.items()]
    swapped = [[0, 2, 2], [1, 1, 255]]
    found = voc(official(xml, *objects, SegmentationClass=mask(CLASSES), SegmentationObject=mask(swapped)))
    assert [(f.rule, f.message) for f in found.findings] == [
        ("voc.mask-class", f"expected {due!r} under object {number}, as its annotation says, found {under!r}")
        for number, due, under in ((1, "person", "dog"), (2, "dog", "person"))
    ]


def blocks(*corners: tuple[int, int, int, int], values: Sequence[int]) -> bytes:
    """A mask of 240 x 80 pixels with these boxes, counted from 1, filled."""
    rows = np.zeros((80, 240), dtype=int)
    for (left, top, right, bottom), value in zip(corners, values, strict=True):
        rows[top - 1 : bottom, left - 1 : right] = value
    return mask(rows.tolist())


@pytest.mark.parametrize(
    ("moves", "message"),
    [
        (((9, 0), (9, 0)), "each 9 pixels to the right and 0 down"),
        (((-4, -8), (-4, -10)), "each -4 pixels to the right and -9 down"),
        (((7, 0), (7, 0)), None),
        (((9, 0), (0, 9)), None),
        (((9, 0), (9, 4)), None),
    ],
    ids=["aside", "upwards", "near enough", "each its own way", "almost the same way"],
)
def test_a_mask_whose_objects_all_lie_beside_their_boxes_is_told(
    moves: Sequence[tuple[int, int]], message: str | None, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    boxes = [(16, 20, 95, 60), (110, 20, 199, 61)]
    moved = [
        (left + x, top + y, right + x, bottom + y)
        for (left, top, right, bottom), (x, y) in zip(boxes, moves, strict=True)
    ]
    text = xml(placed("person", boxes[0]), placed("dog", boxes[1]), database="The VOC2008 Database")
    files = official(
        xml,
        SegmentationClass=blocks(*moved, values=(15, 12)),
        SegmentationObject=blocks(*moved, values=(1, 2)),
    )
    files[f"{ROOT}/Annotations/{ID}.xml"] = text.replace(">40<", ">240<").replace(">30<", ">80<")
    found = voc(files)
    due = [] if message is None else [f"expected the 2 objects within their boxes, found {message} of its own"]
    assert [(f.rule, f.file, f.message) for f in found.findings] == [
        ("voc.mask-shift", f"{ROOT}/SegmentationObject/{ID}.png", text) for text in due
    ]


@pytest.mark.parametrize(
    ("masks", "blank"),
    [
        ({"SegmentationClass": [[0, 0, 0], [0, 0, 255]], "SegmentationObject": [[0, 0, 0], [0, 0, 0]]}, "Class"),
        ({"SegmentationClass": CLASSES, "SegmentationObject": [[0, 0, 0], [0, 0, 0]]}, "Object"),
        ({"SegmentationClass": CLASSES, "SegmentationObject": OBJECTS}, None),
    ],
    ids=["both", "that of objects", "none"],
)
def test_a_mask_without_any_of_the_objects_is_told_once(
    masks: dict[str, list[list[int]]], blank: str | None, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    objects = [placed(name, box) for name, box in BOXES.items()]
    found = voc(official(xml, *objects, **{folder: mask(rows) for folder, rows in masks.items()}))
    message = "expected pixels of the objects of its annotation (dog, person), found none"
    assert [(f.rule, f.severity, f.file, f.message) for f in found.findings] == [
        ("voc.blank-mask", "warning", f"{ROOT}/Segmentation{folder}/{ID}.png", message) for folder in [blank] if folder
    ]


@pytest.mark.parametrize("odd", [1, 2, 3, 4, 6])
def test_blank_masks_are_told_once_where_most_are(odd: int, voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    files: dict[str, Any] = {"labelmap.txt": LABELMAP}
    for number in range(6):
        files[f"Annotations/{number}.xml"] = xml("shed")
        files[f"SegmentationClass/{number}.png"] = mask([[0, 0], [0, 0 if number < odd else 1]])
    message = "expected pixels of the objects of its annotation (shed), found none"
    due = [(f"SegmentationClass/{number}.png", message) for number in range(odd)]
    if odd > 3:
        due = [(due[0][0], f"{message}; so it is with {odd} masks of 6")]
    assert [(f.file, f.message) for f in voc(files).findings if f.rule == "voc.blank-mask"] == due


def test_a_mask_may_be_blank_where_no_object_is_of_its_classes(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    blank = mask([[0, 0], [0, 0]])
    files = {"labelmap.txt": LABELMAP, "Annotations/a.xml": xml("dog"), "SegmentationClass/a.png": blank}
    assert voc(files).findings == []
    assert voc(files | {"Annotations/a.xml": xml("shed")}).finding("voc.blank-mask").file == "SegmentationClass/a.png"


def test_objects_of_tools_are_held_to_the_mask_of_classes_alone(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    files = {
        "labelmap.txt": LABELMAP,
        "Annotations/a.xml": xml("shed", "crane"),
        "SegmentationClass/a.png": mask([[0, 1], [0, 2]]),
        "SegmentationObject/a.png": mask([[0, 1], [0, 2]]),
    }
    assert voc(files).findings == []
    found = voc(files | {"SegmentationClass/a.png": mask([[0, 1], [0, 0]])})
    finding = found.finding("voc.mask-class")
    assert (finding.file, finding.message) == ("SegmentationClass/a.png", "expected a class under object 2, found none")


@pytest.mark.parametrize("content", [b"\xff\xd8\xff\xe0 a JPEG", b"", mask(CLASSES)[:60]], ids=["JPEG", "empty", "cut"])
def test_a_mask_that_cannot_be_read_stays_a_label(
    content: bytes, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc(official(xml, "person", SegmentationObject=content))
    assert labels(found)["INSTANCE_MASK"].items is None


def test_masks_may_be_taken_unread(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(official(xml, "person", SegmentationClass=b"no PNG", SegmentationObject=b""), masks="declared")
    assert table(labels(found)["SEMANTIC_MASK"])[20] == "tvmonitor"
    assert labels(found)["INSTANCE_MASK"].items is None
    assert found.findings == []


def test_masks_alone_are_frames(voc: Callable[..., Any]) -> None:
    found = voc({"JPEGImages/a.jpg": b"", "SegmentationClassAug/a.png": mask([[0, 9]], "L")})
    assert found.keys == {"unlisted": ["a"]}
    assert found.data("a").annotation == "present"
    assert table(labels(found, "a")["SEMANTIC_MASK"]) == {0: "background", 9: None}
    assert found.findings == []


def test_an_augmented_mask_beside_the_official_one_is_a_loss(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    both = {"SegmentationClass": mask(CLASSES), "SegmentationClassAug": mask(CLASSES, "L")}
    found = voc(official(xml, "person", **both))
    assert labels(found)["SEMANTIC_MASK"].path == f"{ROOT}/SegmentationClass/{ID}.png"
    assert found.losses == {"mask of SegmentationClassAug beside one of SegmentationClass": 1}


def test_a_labelmap_names_values_and_colours_and_declares_the_catalog(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    colours = {0: (0, 0, 0), 1: (10, 20, 30), 2: (1, 2, 3)}
    found = voc(
        {
            "labelmap.txt": LABELMAP,
            "Annotations/a.xml": xml("crane"),
            "Annotations/b.xml": xml("shed"),
            "SegmentationClass/a.png": mask([[0, 1], [2, 2]], "RGB", colours),
            "SegmentationClass/b.png": mask([[0, 1], [2, 2]]),
            "SegmentationObject/a.png": mask([[0, 1], [2, 2]], "RGB", {v: official_colour(v) for v in range(3)}),
        }
    )
    first, second = (labels(found, key)["SEMANTIC_MASK"].items for key in "ab")
    assert [item.category for item in sorted(first, key=lambda item: item.category_id)] == [
        *("background", "crane", "shed")
    ]
    assert [(item.value, item.category) for item in second] == [(0, "background"), (1, "crane"), (2, "shed")]
    objects = labels(found, "a")["INSTANCE_MASK"].items
    assert {tuple(item.extras["colour"]): item.category for item in objects} == {
        (128, 0, 0): "crane",
        (0, 128, 0): "shed",
    }
    assert [c.name for c in found.dataset.catalog["BOX2D"].categories] == ["crane", "shed", "hook", "cab"]
    assert "CVAT" in found.dataset.rules["pixels"]


def test_objects_of_colour_masks_have_the_numbers_of_the_official_map_whatever_classes_have(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    numbers = {0: (0, 0, 0), 1: official_colour(1), 2: official_colour(2)}
    classes = {0: (0, 0, 0), 1: official_colour(4), 2: official_colour(1)}  # 1 as a class is 2 as an object
    found = voc(
        {
            "labelmap.txt": "background:0,0,0::\ncrane:0,0,128::\nshed:128,0,0::\nhut:9,9,9::\n",
            "Annotations/a.xml": xml("shed", "crane"),
            "SegmentationClass/a.png": mask([[0, 1], [2, 2]], "RGB", classes),
            "SegmentationObject/a.png": mask([[0, 2], [1, 1]], "RGB", numbers),
        }
    )
    assert found.findings == []
    objects = labels(found, "a")["INSTANCE_MASK"].items
    assert {tuple(item.extras["colour"]): item.category for item in objects} == {
        official_colour(1): "shed",
        official_colour(2): "crane",
    }


def test_a_line_of_a_labelmap_that_is_none_is_told(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc({"labelmap.txt": LABELMAP + "what is this\nx:300,0,0::\n", "Annotations/a.xml": xml("crane")})
    first, second = found.findings
    assert first.message == "expected `name:r,g,b:parts:actions`, found 'what is this'"
    assert (first.rule, first.severity, first.file, first.line) == ("voc.labelmap", "error", "labelmap.txt", 5)
    assert second.line == 6


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("hut:1,2,3::", "a colour of its own for 'hut', found (1, 2, 3), that of 'shed' in line 4"),
        ("shed:7,8,9::", "each name once, found 'shed' again, first in line 4"),
        ("shed:1,2,3::", "each name once, found 'shed' again, first in line 4"),
        ("hut:0,0,0::", "a colour of its own for 'hut', found (0, 0, 0), that of 'background' in line 2"),
    ],
)
def test_a_name_or_a_colour_that_a_labelmap_has_twice_is_told(
    line: str, message: str, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc({"labelmap.txt": f"{LABELMAP}\n{line}\nbarn:::\ntent:::\n", "Annotations/a.xml": xml("crane")})
    assert [(f.rule, f.severity, f.file, f.line, f.message) for f in found.findings] == [
        ("voc.labelmap-twice", "warning", "labelmap.txt", 6, f"expected {message}")
    ]


def test_class_names_of_labelme_name_values(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(
        {
            "class_names.txt": "__ignore__\n_background_\ntv/monitor\n",
            "Annotations/a.xml": xml("tv/monitor"),
            "SegmentationClass/a.png": mask([[0, 1], [255, 255]]),
        }
    )
    assert table(labels(found, "a")["SEMANTIC_MASK"]) == {0: "_background_", 1: "tv/monitor", 255: "void"}
    assert [c.name for c in found.dataset.catalog["BOX2D"].categories] == ["tv/monitor"]


@given(st.integers(0, 255), st.integers(0, 255))
def test_no_two_values_have_one_colour(a: int, b: int) -> None:
    assert (official_colour(a) == official_colour(b)) is (a == b)


def test_colours_of_the_map_are_the_published_ones() -> None:
    assert [official_colour(v) for v in (0, 1, 2, 15, 255)] == [
        *((0, 0, 0), (128, 0, 0), (0, 128, 0)),
        *((192, 128, 128), (224, 224, 192)),
    ]


def several(
    xml: Callable[..., str], odd: dict[int, bytes], folder: str, usual: bytes, count: int = 8
) -> dict[str, Any]:
    """So many pictures of a person with a mask each, some of them odd ones; all in a set."""
    files: dict[str, Any] = {}
    for number in range(count):
        files |= {
            path.replace(ID, f"{number:06}"): data for path, data in official(xml, "person", **{folder: usual}).items()
        }
        files[f"{ROOT}/{folder}/{number:06}.png"] = odd.get(number, usual)
    del files[f"{ROOT}/ImageSets/Segmentation/train.txt"]
    return files | {f"{ROOT}/ImageSets/Main/val.txt": "".join(f"{number:06}\n" for number in range(count))}


def grey(value: int) -> bytes:
    """A number saved as a colour."""
    return mask([[0, value, value]], "RGB", {0: (0, 0, 0), value: (value, value, value)})


@pytest.mark.parametrize(
    ("folder", "odd", "noun"),
    [
        ("SegmentationClass", mask([[0, 15, 15]], "RGB", {0: (0, 0, 0), 15: (192, 128, 128)}), "classes"),
        ("SegmentationObject", mask([[0, 1, 1]], "RGB", {0: (0, 0, 0), 1: (128, 0, 0)}), "objects"),
    ],
)
def test_masks_in_colours_among_others_of_numbers_are_told_once(
    voc: Callable[..., Any], xml: Callable[..., str], folder: str, odd: bytes, noun: str
) -> None:
    usual = mask([[0, 15, 15]] if noun == "classes" else [[0, 1, 1]])
    found = voc(several(xml, {3: odd, 5: odd}, folder, usual, count=10))
    finding = found.finding("voc.mask-form")
    assert (finding.severity, finding.file) == ("warning", f"{ROOT}/{folder}/000003.png")
    assert finding.message == (
        f"expected masks of {noun} that hold numbers, as 8 do, found 2 of colours, first this one"
    )
    assert "voc.mask-form" not in {
        one.rule for one in voc(several(xml, {3: odd, 4: odd, 5: odd}, folder, usual)).findings
    }


def test_white_is_no_number_of_an_object(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    """It is the colour of a mask of one object."""
    found = voc(several(xml, {}, "SegmentationObject", grey(255)))
    assert "voc.mask-value" not in {one.rule for one in found.findings}


def test_numbers_of_objects_that_were_saved_as_colours_are_told_once(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc(several(xml, {}, "SegmentationObject", grey(1)))
    finding = found.finding("voc.mask-value")
    assert finding.file == f"{ROOT}/SegmentationObject/000000.png"
    assert finding.message == (
        "expected colours of objects, found grey as (1, 1, 1): numbers saved as colours; so it is with 8 masks of 8"
    )
    assert {one.rule for one in found.findings} == {"voc.mask-value"}
