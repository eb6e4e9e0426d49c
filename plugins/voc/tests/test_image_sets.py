"""Image sets: ids as people write them, sets of classes, layout and action, and what is told about them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lading_voc.image_sets import class_of, entries_of, image_set, is_class_set
from PIL import Image

from lading import Origin

CLASS = "ImageSets/Main/dog_train.txt"


def read(text: str, *known: str) -> list[tuple[str, tuple[str, ...], int]]:
    return [tuple(entry) for entry in entries_of(text.encode(), frozenset(known))]


@pytest.mark.parametrize(
    ("line", "known", "expected"),
    [
        ("a  ", "a", ("a", ())),
        ("a.jpg", "a", ("a", ())),
        ("a.b", "a.b", ("a.b", ())),
        ("a.b.JPEG", "a.b", ("a.b", ())),
        ("/home/me/JPEGImages/a.jpg", "a", ("a", ())),
        ("C:\\data\\JPEGImages\\a.jpg", "a", ("a", ())),
        ("VOC2007/JPEGImages/sub/a.jpg", "sub/a", ("sub/a", ())),
        ("./images/a.png", "a", ("a", ())),
        ("scan 1", "scan 1", ("scan 1", ())),
        ("scan 1  -1", "scan 1", ("scan 1", ("-1",))),
        ("a  1", "a", ("a", ("1",))),
        ("a.jpg 0", "a", ("a", ("0",))),
        ("a 2 -1", "a", ("a", ("2", "-1"))),
        ("a extra", "a", ("a", ("extra",))),
        ("b 1", "a", ("b", ("1",))),
        ("b 1 -1", "a", ("b", ("1", "-1"))),
        ("c d.jpg", "a", ("c d", ())),
        ("sub/b", "a", ("sub/b", ())),
        ("été 猫", "été 猫", ("été 猫", ())),
    ],
)
def test_an_id_is_found_however_it_is_written(line: str, known: str, expected: tuple[Any, ...]) -> None:
    assert read(f"\ufeff\r\n{line}\r\n\n", known) == [(*expected, 2)]


@given(st.lists(st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Zs", "Zl", "Zp")), min_size=1)))
def test_known_ids_come_back_as_they_are(ids: list[str]) -> None:
    known = frozenset(key for key in ids if key == key.strip() and len(key.splitlines()) == 1)
    text = "".join(f"{key}\r\n" for key in sorted(known)).encode()
    assert [entry.id for entry in entries_of(b"\xef\xbb\xbf" + text, known)] == sorted(known)


@given(st.dictionaries(st.from_regex(r"[a-z][a-z0-9_. ]{0,8}[a-z]", fullmatch=True), st.sampled_from(["1", "-1", "0"])))
def test_values_of_a_class_come_back_as_they_are(values: dict[str, str]) -> None:
    text = "".join(f"{key} {value:>2}\n" for key, value in values.items()).encode()
    assert {e.id: e.columns for e in entries_of(text, values.keys())} == {k: (v,) for k, v in values.items()}


def test_a_set_in_utf_16_is_read() -> None:
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        mark = "" if encoding == "utf-16" else "\ufeff"
        data = f"{mark}a\r\nü b\r\n".encode(encoding)
        assert [entry.id for entry in entries_of(data, {"a", "ü b"})] == ["a", "ü b"]


def test_a_set_knows_its_kind_and_name() -> None:
    found = image_set("VOC2012/ImageSets/Action/jumping_train.txt")
    assert (found.kind, found.name, found.label) == ("Action", "jumping_train", "Action/jumping_train")
    assert image_set("ImageSets/train.txt").label == "Main/train"
    assert image_set("ImageSets/main/train.txt").label == "Main/train"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("ImageSets/Main/dog_train.txt", "a  1\nb -1\nc  0\n", True),
        ("ImageSets/Main/my_train.txt", "a\nb\n", False),
        ("ImageSets/Main/train.txt", "a  1\n", False),
        ("ImageSets/Main/my_train.txt", "scan 1\nscan 2\n", False),
        ("ImageSets/Main/my_train.txt", "", False),
        ("ImageSets/Action/jumping_train.txt", "a 1 -1\n", True),
        ("ImageSets/Action/my_train.txt", "a 1\n", False),
        ("ImageSets/Action/jumping_train.txt", "scan x -1\n", True),
        ("ImageSets/Action/jumping_train.txt", "a 1 -1\na 2\nb 1 1\n", True),
        ("ImageSets/Action/jumping_train.txt", "a 1 -1\nscan\nb 1 1\n", True),
        ("ImageSets/Action/my_train.txt", "a 1\na 2\nb 1 1\n", False),
        ("ImageSets/Main/dog_train.txt", "scan yes\nb -1\n", True),
        ("ImageSets/Main/dog_train.txt", "scan\nb -1\n", True),
        ("ImageSets/Main/my_train.txt", "scan\nscan 1\nb -1\n", False),
        ("ImageSets/Main/my_train.txt", "scan yes\nscan no\n", False),
        ("ImageSets/Main/my_train.txt", "photo yes\nphoto 2\n", False),
        ("ImageSets/Segmentation/my_train.txt", "a 1\n", False),
    ],
)
def test_a_set_of_a_class_is_told_from_a_set_with_a_long_name(path: str, text: str, expected: bool) -> None:
    assert is_class_set(image_set(path), text.encode(), {"scan", "scan 1", "scan 2"}) is expected


def test_the_class_is_what_stands_before_the_name_of_a_set() -> None:
    assert class_of(image_set("ImageSets/Main/hot_dog_train_a.txt"), ["train_a", "a"]) == "hot_dog"
    assert class_of(image_set("ImageSets/Main/hot_dog_train.txt"), []) == "hot_dog"
    assert class_of(image_set("ImageSets/Main/fold_1/hot_dog_train_a.txt"), ["a", "fold_1/train_a"]) == "hot_dog"


def test_sets_of_classes_in_a_folder_go_with_the_sets_there(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    files = {
        **{f"Annotations/{key}.xml": xml("dog") for key in "abc"},
        SETS.format("train"): "a\n",
        SETS.format("fold_1/train"): "b\nc\n",
        SETS.format("fold_1/dog_train"): "b  1\nc  1\n",
    }
    found = voc(files)
    assert found.findings == []
    assert [one.name for one in found.dataset.catalog["BOX2D"].categories] == ["dog"]
    short = voc(files | {SETS.format("fold_1/dog_train"): "b  1\n"})
    message = f"expected each id that {SETS.format('fold_1/train')} lists, found 1 missing, first 'c'"
    assert told(short) == [("voc.set-ids", "warning", SETS.format("fold_1/dog_train"), None, message)]


def test_values_of_all_sets_are_kept_with_the_frame(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(
        {
            "Annotations/a.xml": xml("dog", "cat"),
            "Annotations/b.xml": xml("dog"),
            "ImageSets/Main/train.txt": "a\nb\n",
            "ImageSets/Main/dog_train.txt": "a  1\nb  1\n",
            "ImageSets/Main/cat_train.txt": "b -1\na 1\n",
            "ImageSets/Main/odd.txt": "a note\n",
            "ImageSets/Main/odder.txt": "a --5\nb ²\n",
            "ImageSets/Layout/train.txt": "a 1\na 2\n",
            "ImageSets/Action/train.txt": "a 1\n",
            "ImageSets/Action/jumping_train.txt": "a 1  1\na 2 -1\n",
        }
    )
    assert found.frame("a").extras["imageSets"] == {
        "Main/train": None,
        "Main/odd": "note",
        "Main/odder": "--5",
        "Main/dog_train": 1,
        "Main/cat_train": 1,
        "Layout/train": [1, 2],
        "Action/train": [1],
        "Action/jumping_train": [[1, 1], [2, -1]],
    }
    assert found.frame("b").extras["imageSets"] == {
        "Main/train": None,
        "Main/odder": "²",
        "Main/dog_train": 1,
        "Main/cat_train": -1,
    }
    assert found.findings == []
    assert sorted(found.frames) == ["train"]


@pytest.mark.parametrize(("said", "xml_has"), [("1", 0), ("-1", 0), ("0", 0), ("1", 1), ("1", -1), ("0", -1)])
def test_a_set_that_disagrees_with_an_annotation_is_told_once_with_a_count(
    said: str, xml_has: int, voc: Callable[..., Any], xml: Callable[..., str], box: Callable[..., str]
) -> None:
    dog = f"<name>dog</name><difficult>{int(xml_has == 0)}</difficult>{box(1, 2, 3, 4)}"
    text = xml("cat") if xml_has == -1 else xml(dog)
    found = voc(
        {
            **{f"Annotations/{key}.xml": text for key in ("a", "b")},
            "ImageSets/Main/train.txt": "a\nb\n",
            CLASS: f"a {said:>2}\nb {said:>2}\n",
        }
    )
    if int(said) == xml_has:
        assert found.findings == []
        return
    finding = found.finding("voc.set-differs")
    assert (finding.severity, finding.file, finding.line, finding.segment) == ("warning", CLASS, 1, "train")
    assert finding.message == (
        "expected the values that the annotations give, found 2 others, "
        f"first {said} of 'a', where its annotation gives {xml_has} for 'dog'"
    )


@pytest.mark.parametrize(("listed", "count"), [("", 0), ("a b", 0), ("a b c", 1), ("a b c d", 0)])
def test_annotations_that_no_set_lists_are_told_where_most_are_listed(
    listed: str, count: int, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    """Where half are or fewer, the sets are a choice among them."""
    files = {f"Annotations/{key}.xml": xml("dog") for key in "abcd"}
    found = voc({**files, "ImageSets/Main/train.txt": listed.replace(" ", "\n")})
    assert [finding.rule for finding in found.findings] == ["voc.unlisted-annotation"] * count
    assert found.keys == {
        "train": listed.split(),
        **({"unlisted": [key for key in "abcd" if key not in listed]} if "d" not in listed else {}),
    }
    for finding in found.findings:
        assert (finding.severity, finding.file) == ("warning", "Annotations/d.xml")
        assert finding.message == (
            "expected an image set to list each annotation, found 1 that none does, first 'd'; "
            "in the segment 'unlisted'"
        )


@pytest.mark.parametrize(
    ("sets", "told"),
    [
        ({"val": "c d"}, "found 4 that none does, first 'a', and no `train` beside ImageSets/Main/val.txt; in the"),
        ({"val": "a b c d e f"}, None),
        ({"val": "c d", "train": "e"}, None),
        ({"val": "c d", "train_aug": "e"}, None),
        ({"val": "c d", "train": ""}, None),
        ({"test": "c d"}, None),
        ({"val_small": "c d"}, None),
    ],
    ids=[
        "train is lost",
        "all are listed",
        "a choice",
        "another name for it",
        "train is empty, which a rule tells",
        "of a test",
        "another set",
    ],
)
def test_annotations_are_told_where_the_set_to_train_on_was_lost(
    sets: dict[str, str], told: str | None, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    files = {f"Annotations/{key}.xml": xml("dog") for key in "abcdef"}
    found = voc(files | {f"ImageSets/Main/{name}.txt": listed.replace(" ", "\n") for name, listed in sets.items()})
    if told is None:
        assert found.findings == []
        return
    (finding,) = found.findings
    assert (finding.rule, finding.file) == ("voc.unlisted-annotation", "Annotations/a.xml")
    assert told in finding.message


@pytest.mark.parametrize(
    ("sets", "line", "told"),
    [
        (
            {"val": "c"},
            1,
            "expected the ids of ImageSets/Main/val.txt alone, found 2 others, first 'a', and no `train`",
        ),
        ({"train": "a b"}, 3, "expected the ids of ImageSets/Main/train.txt alone, found 1 other, first 'c', and no"),
        ({"train": "a", "val": "c"}, 2, "ImageSets/Main/train.txt and ImageSets/Main/val.txt alone, found 1 other"),
        ({"train": "a b", "val": "c"}, None, ""),
        ({"train": "", "val": "c"}, None, ""),
        ({}, None, ""),
    ],
    ids=["train is lost", "val is lost", "more than both", "both together", "train is empty", "alone"],
)
def test_trainval_has_the_ids_of_its_parts_alone(
    sets: dict[str, str], line: int | None, told: str, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    files = {f"Annotations/{key}.xml": xml("dog") for key in "abc"}
    listed = {f"ImageSets/Main/{name}.txt": keys.replace(" ", "\n") for name, keys in sets.items()}
    found = voc(files | listed | {"ImageSets/Main/trainval.txt": "a\nb\nc\n"})
    assert [(one.rule, one.file, one.line) for one in found.findings] == (
        [] if line is None else [("voc.set-ids", "ImageSets/Main/trainval.txt", line)]
    )
    assert all(told in one.message for one in found.findings)


def test_an_annotation_without_a_picture_is_told_as_that_alone(
    voc: Callable[..., Any], xml: Callable[..., str], picture: Callable[..., bytes]
) -> None:
    files = {f"Annotations/{key}.xml": xml("dog") for key in "abcd"}
    pictures = {f"JPEGImages/{key}.jpg": picture() for key in "abd"}
    found = voc({**files, **pictures, "ImageSets/Main/train.txt": "a\nb\nd\n"})
    assert found.findings == []
    assert found.data("c").is_missing


def test_annotations_of_a_tree_without_sets_are_in_none_rightly(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    files = {f"VOC2007/Annotations/00000{n}.xml": xml("dog") for n in range(3)}
    files |= {f"VOC2012/Annotations/2012_00000{n}.xml": xml("dog") for n in range(3)}
    found = voc({**files, "VOC2007/ImageSets/Main/train.txt": "000000\n000001\n"})
    (finding,) = found.findings
    assert (finding.rule, finding.file) == ("voc.unlisted-annotation", "VOC2007/Annotations/000002.xml")


@pytest.mark.parametrize(
    "text", ["a 1\nb  -1\n", "a 1\n\nb -1", "b -1\r\na 1\r\n", "a  1\nb -1\n", "\ufeffa 1\nb -1\n"]
)
def test_sets_of_classes_of_any_shape_hold_the_same(
    text: str, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc({"Annotations/a.xml": xml("dog"), "Annotations/b.xml": xml("cat"), CLASS: text})
    values = {key: found.frame(key).extras["imageSets"] for key in "ab"}
    assert values == {"a": {"Main/dog_train": 1}, "b": {"Main/dog_train": -1}}
    assert found.findings == []


def test_ids_without_files_are_frames_without_files_and_are_told(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc({"Annotations/a.xml": xml("dog"), "ImageSets/Main/train.txt": "a\ngone.png\nlost\na\n"})
    assert found.keys == {"train": ["a", "gone", "lost"]}
    assert [found.data(key).is_missing for key in ("gone", "lost")] == [True, True]
    lines = [found.data(key).locate() for key in ("gone", "lost")]
    assert lines == [Origin("ImageSets/Main/train.txt", line=2), Origin("ImageSets/Main/train.txt", line=3)]
    twice = found.finding("voc.listed-twice")
    assert (twice.severity, twice.line) == ("warning", 4)
    assert twice.message == "expected each id once, found 1 that is listed again, first 'a'"


SETS = "ImageSets/Main/{}.txt"
PERSON = "<name>person</name><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>8</ymax></bndbox>"


def told(found: Any) -> list[tuple[Any, ...]]:
    return [(f.rule, f.severity, f.file, f.line, f.message) for f in found.findings]


@pytest.mark.parametrize(
    ("name", "line", "message"),
    [
        ("Main/dog_train", "a 2", "-1, 0 or 1 behind each id, found 1 other, first '2' behind 'a'"),
        ("Main/dog_train", "a yes", "-1, 0 or 1 behind each id, found 1 other, first 'yes' behind 'a'"),
        (
            "Action/jumping_train",
            "a 1 2",
            "{number}, and -1, 0 or 1 behind each id, found 1 other, first '1 2' behind 'a'",
        ),
        (
            "Action/jumping_train",
            "a x 1",
            "{number}, and -1, 0 or 1 behind each id, found 1 other, first 'x 1' behind 'a'",
        ),
        (
            "Action/jumping_train",
            "a 0 1",
            "{number}, and -1, 0 or 1 behind each id, found 1 other, first '0 1' behind 'a'",
        ),
        (
            "Action/jumping_train",
            "a 1",
            "{number}, and -1, 0 or 1 behind each id, found 1 other, first '1' behind 'a'",
        ),
        ("Action/train", "a x", "{number} behind each id, found 1 other, first 'x' behind 'a'"),
        ("Main/dog_train", "a", "-1, 0 or 1 behind each id, found 1 other, first none behind 'a'"),
        ("Main/val", "a c", "no other id behind each id, found 1 other, first 'c' behind 'a'"),
        ("Layout/train", "a 0", "{number} behind each id, found 1 other, first '0' behind 'a'"),
    ],
)
def test_values_that_a_set_cannot_have_are_told_at_their_line(
    name: str, line: str, message: str, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    other = {"Main/dog_train": "b -1", "Action/jumping_train": "b 1 -1"}.get(name, "b 1")
    found = voc(
        {
            **{f"Annotations/{key}.xml": xml("cat") for key in "abc"},
            "ImageSets/Main/train.txt": "c\n" if name == "Main/val" else "a\nb\n",
            **({} if name == "Main/val" else {"ImageSets/Main/val.txt": "c\n"}),
            f"ImageSets/{name}.txt": f"{other}\n{line}\n",
        }
    )
    text = message.format(number="the number of an object")
    assert told(found) == [("voc.set-value", "warning", f"ImageSets/{name}.txt", 2, f"expected {text}")]


def test_objects_that_no_annotation_has_are_told_at_their_line(
    voc: Callable[..., Any], xml: Callable[..., str], box: Callable[..., str]
) -> None:
    head = f"<part><name>head</name>{box(1, 2, 3, 4)}</part>"
    found = voc(
        {
            "Annotations/a.xml": xml(f"{PERSON}{head}", PERSON),
            "Annotations/b.xml": xml(PERSON),
            "ImageSets/Main/train.txt": "a\nb\nc\n",
            "ImageSets/Layout/train.txt": "b 1\na 1\na 2\nb 2\nc 9\n",
            "ImageSets/Action/jumping_train.txt": "a 2 -1\na 3 -1\nb 5 1\n",
            "ImageSets/Action/train.txt": "a 2\nb 1\nb 2\n",
        }
    )
    expected = "expected numbers of objects of the annotations, found"
    assert told(found) == [
        (*("voc.set-object", "warning"), f"ImageSets/{name}.txt", line, f"{expected} {words}")
        for name, line, words in (
            ("Action/jumping_train", 2, "2 others, first 3 behind 'a', whose annotation has 2 objects"),
            ("Layout/train", 4, "1 other, first 2 behind 'b', whose annotation has 1 object"),
            ("Action/train", 3, "1 other, first 2 behind 'b', whose annotation has 1 object"),
        )
    ]


def test_a_person_of_a_layout_without_a_number_is_told_where_others_have_one(
    voc: Callable[..., Any], xml: Callable[..., str], box: Callable[..., str]
) -> None:
    head = f"<part><name>head</name>{box(1, 2, 3, 4)}</part>"
    found = voc(
        {
            "Annotations/a.xml": xml(f"{PERSON}{head}"),
            "Annotations/b.xml": xml(PERSON),
            "ImageSets/Layout/train.txt": "b 1\na\n",
            "ImageSets/Layout/own.txt": "a\nb\n",  # as the sets of VOC2007, which list pictures alone
        }
    )
    message = "expected numbers of objects of the annotations, found 1 other, first none behind 'a', "
    message += "whose annotation has parts"
    assert told(found) == [("voc.set-object", "warning", "ImageSets/Layout/train.txt", 2, message)]


def test_a_set_of_an_action_that_lacks_an_object_of_the_others_is_told(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    whole = "a 1 -1\na 2 -1\nb 1 -1\n"
    files = {
        **{f"Annotations/{key}.xml": xml(PERSON, PERSON) for key in "ab"},
        "ImageSets/Action/val.txt": "a\nb\n",
        **{f"ImageSets/Action/{name}_val.txt": whole for name in ("jumping", "walking", "other")},
        "ImageSets/Action/jumping_train.txt": "a 1 -1\n",
    }
    assert voc(files).findings == []
    found = voc(files | {"ImageSets/Action/walking_val.txt": "a 1 -1\nb 1 -1\n"})
    message = "expected each object that most of the 3 sets of actions of 'val' list, "
    message += "found 1 missing, first object 2 of 'a'"
    assert told(found) == [("voc.set-ids", "warning", "ImageSets/Action/walking_val.txt", None, message)]
    for line, rule in (("a 7 -1", "voc.set-object"), ("a 2", "voc.set-value"), ("a x -1", "voc.set-value")):
        wrong = voc(files | {"ImageSets/Action/walking_val.txt": f"a 1 -1\n{line}\nb 1 -1\n"})
        assert [f.rule for f in wrong.findings] == [rule]
    names = ("walking", "other")
    most = voc(files | {f"ImageSets/Action/{name}_val.txt": "a 1 -1\na x -1\na y -1\nb 1 -1\n" for name in names})
    assert [f.rule for f in most.findings] == ["voc.set-value"] * 2


def test_a_set_of_an_action_that_disagrees_with_an_annotation_is_told(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    does = "<actions><jumping>{}</jumping><walking>0.5</walking></actions>"
    found = voc(
        {
            "Annotations/a.xml": xml(PERSON + does.format(0), PERSON + does.format(1)),
            "Annotations/b.xml": xml(PERSON + does.format(1), PERSON),
            "ImageSets/Action/train.txt": "a\nb\n",
            "ImageSets/Action/jumping_train.txt": "a 1 -1\na 2 -1\nb 1 -1\nb 2 1\n",
            "ImageSets/Action/walking_train.txt": "a 1 -1\n",
        }
    )
    message = "expected the values that the annotations give, found 2 others, "
    message += "first -1 of object 2 of 'a', where its annotation gives 1 for 'jumping'"
    assert told(found) == [("voc.set-differs", "warning", "ImageSets/Action/jumping_train.txt", 2, message)]


@pytest.mark.parametrize(
    ("sets", "told_of", "message"),
    [
        ({"dog_val": "b -1\na  1\nd -1\n"}, ("dog_val", 3), "ids that {val} lists, found 1 other, first 'd'"),
        ({"dog_val": "b -1\n"}, ("dog_val", None), "each id that {val} lists, found 1 missing, first 'a'"),
        (
            {"dog_val": "a  1\n", "cat_val": "a -1\n"},
            ("val", 2),
            "ids that 2 sets of classes of it list, found 1 other, first 'b'",
        ),
        (
            {"val": "a\n", "trainval": "a\nc\nd\n"},
            ("val", None),
            "each id that 2 sets of classes of it list, found 1 missing, first 'b'",
        ),
        (
            {"trainval": "a\nd\nc\n"},
            ("trainval", None),
            "each id that {val} lists, found 1 missing, first 'b' in its line 2",
        ),
    ],
    ids=["more than its set", "less than its set", "less, all", "more, all", "less than its parts"],
)
def test_a_set_has_the_ids_of_the_sets_that_it_goes_with(
    sets: dict[str, str],
    told_of: tuple[str, int | None],
    message: str,
    voc: Callable[..., Any],
    xml: Callable[..., str],
) -> None:
    files = {
        **{f"Annotations/{key}.xml": xml("dog" if key == "a" else "cat") for key in "abcd"},
        SETS.format("train"): "c\nd\n",
        SETS.format("val"): "a\nb\n",
        SETS.format("trainval"): "a\nb\nc\nd\n",
        SETS.format("dog_val"): "b -1\na  1\n",
        SETS.format("cat_val"): "b  1\na -1\n",
        SETS.format("dog_trainval"): "a  1\nb -1\nc -1\nd -1\n",
        SETS.format("cat_trainval"): "a -1\nb  1\nc  1\nd  1\n",
    }
    assert voc(files).findings == []
    found = voc(files | {SETS.format(name): text for name, text in sets.items()})
    due = (
        "voc.set-ids",
        "warning",
        SETS.format(told_of[0]),
        told_of[1],
        f"expected {message.format(val=SETS.format('val'))}",
    )
    assert due in told(found)
    if "val" not in sets:  # which makes less of `trainval` as well
        assert told(found) == [due]


def test_an_id_of_two_sets_is_not_told_again_of_their_sets_of_classes(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc(
        {
            **{f"Annotations/{key}.xml": xml("dog") for key in "ab"},
            SETS.format("train"): "a\n",
            SETS.format("val"): "b\na\n",
            SETS.format("dog_val"): "b  1\n",
            SETS.format("dog_train"): "a  1\n",
        }
    )
    assert [(f.rule, f.file, f.line) for f in found.findings] == [("voc.shared-id", SETS.format("val"), 2)]


def test_an_id_that_the_set_of_a_class_lists_again_is_told(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc({"Annotations/a.xml": xml("dog"), SETS.format("train"): "a\n", CLASS: "a  1\na -1\n"})
    message = "expected each id once, found 1 that is listed again, first 'a'"
    assert told(found) == [("voc.listed-twice", "warning", CLASS, 2, message)]


@pytest.mark.parametrize(
    ("sets", "told"),
    [
        ({"train": "a\nb\n", "val": "c\n", "test": "d\n", "trainval": "a\nb\nc\n"}, []),
        ({"train": "a\nb\n", "val": "\nc\nb.jpg\na\n"}, [("val", 3, "train", 2, "b", 2)]),
        ({"train": "a\n", "test": "d\na\n"}, [("test", 2, "train", 1, "a", 1)]),
        ({"val": "a\n", "test": "a\n", "trainval": "a\nb\n"}, [("test", 1, "val", 1, "a", 1)]),
        ({"test": "d\nb\n", "trainval": "a\nb\n"}, [("trainval", 2, "test", 1, "b", 2)]),
        ({"Train": "a\n", "VAL": "a\n"}, [("VAL", 1, "Train", 1, "a", 1)]),
        ({"train": "a\n", "mine": "a\n", "val": "b\n"}, []),
    ],
    ids=[
        "none",
        "train and val",
        "train and test",
        "a part of trainval told once",
        "trainval and test",
        "capitals",
        "own",
    ],
)
def test_an_id_in_two_sets_that_share_none_is_told_with_both_lines(
    sets: dict[str, str], told: list[Any], voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    keys = {line.removesuffix(".jpg") for text in sets.values() for line in text.split()}
    found = voc(
        {f"Annotations/{key}.xml": xml("dog") for key in keys} | {SETS.format(n): text for n, text in sets.items()}
    )
    assert [(f.rule, f.severity, f.file, f.line, f.message) for f in found.findings if f.rule == "voc.shared-id"] == [
        (
            "voc.shared-id",
            "warning",
            SETS.format(name),
            line,
            f"expected ids that {SETS.format(other)} has not, found {count} that it has, "
            f"first {key!r} in its line {at}",
        )
        for name, line, other, count, key, at in told
    ]


def mask_png() -> bytes:
    stream = io.BytesIO()
    picture = Image.new("L", (40, 30))
    picture.putpixel((2, 2), 1)
    picture.save(stream, "PNG")
    return stream.getvalue()


def test_ids_of_a_class_that_make_no_frame_are_told_once(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(
        {
            "Annotations/a.xml": xml("dog"),
            "Annotations/b.xml": xml("cat"),
            "ImageSets/Main/train.txt": "a\n",
            "ImageSets/Main/val.txt": "b\n",
            "ImageSets/Main/dog_train.txt": "a  1\nx  1\ny -1\n",
        }
    )
    (finding,) = found.findings
    assert (
        finding.message == "expected ids that another set lists or that have an annotation, found 2 others, first 'x'"
    )
    place = (finding.rule, finding.severity, finding.file, finding.line)
    assert place == ("voc.unknown-id", "warning", "ImageSets/Main/dog_train.txt", 2)


def test_a_mask_that_a_set_promises_is_told_where_it_is_missing(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc(
        {
            **{f"Annotations/{key}.xml": xml("dog") for key in "abcd"},
            "ImageSets/Main/train.txt": "a\nb\nc\nd\n",
            "ImageSets/Segmentation/train.txt": "a\nb\nc\n",
            "ImageSets/Segmentation/test.txt": "d\n",
            "SegmentationClass/a.png": mask_png(),
        }
    )
    (finding,) = [f for f in found.findings if f.rule == "voc.missing-mask"]
    assert finding.message == "expected a mask of the classes of each id, found 2 without one, first 'b'"
    place = (finding.severity, finding.file, finding.line)
    assert place == ("warning", "ImageSets/Segmentation/train.txt", 2)


def test_a_mask_of_objects_is_told_where_others_have_both(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    files = {
        **{f"Annotations/{key}.xml": xml("dog") for key in "abc"},
        "ImageSets/Segmentation/train.txt": "a\nb\nc\n",
        **{f"SegmentationClass/{key}.png": mask_png() for key in "abc"},
    }
    assert voc(files).findings == []  # masks of classes alone, as some publish them
    found = voc({"SegmentationObject/a.png": mask_png(), "SegmentationObject/c.png": mask_png()})
    finding = found.finding("voc.missing-mask")
    assert finding.message == "expected a mask of the objects of each id, found 1 without one, first 'b'"
    assert (finding.severity, finding.file, finding.line) == ("warning", "ImageSets/Segmentation/train.txt", 2)


def test_a_mask_that_an_annotation_promises_is_told_where_no_set_lists_masks(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    segmented = xml("dog").replace("<object>", "\n<segmented>1</segmented><object>", 1)
    files = {f"Annotations/{key}.xml": segmented for key in "ab"} | {"Annotations/c.xml": xml("dog")}
    assert voc(files).findings == []  # annotations alone
    found = voc({"SegmentationClass/a.png": mask_png()})
    finding = found.finding("voc.missing-mask")
    assert finding.message == "expected a mask, as `segmented` is 1, found none"
    assert (finding.severity, finding.where) == ("warning", "Annotations/b.xml#/annotation/segmented")
    assert finding.line == segmented.split("<segmented>")[0].count("\n") + 1
    listed = voc({"ImageSets/Segmentation/train.txt": "a\nb\n"})
    assert listed.finding("voc.missing-mask").file == "ImageSets/Segmentation/train.txt"


@pytest.mark.parametrize("count", [1, 40], ids=["by its elements", "by the form of others"])
def test_the_size_of_a_picture_stands_at_its_own_line(
    count: int, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    text = xml("dog")
    sized = (
        text
        if "<size>" in text
        else text.replace("<object>", "\n\n<size><width>9</width><height>8</height></size>\n<object>", 1)
    )
    found = voc({f"Annotations/{number:02}.xml": sized for number in range(count)})
    line = sized.split("<size>")[0].count("\n") + 1
    places = {
        str(data.locate(None, "size")).partition("#")[2]
        for f in found.frames.values()
        for frame in f
        for data in frame.data
    }
    assert places == {"/annotation/size"}
    assert {frame.data[0].sized.line for f in found.frames.values() for frame in f} == {line}


def pictured(xml: Callable[..., str], picture: Callable[..., bytes], lacking: str) -> dict[str, Any]:
    """Ten pictures, `a` to `j`, each with an annotation unless it is lacking."""
    annotations = {f"Annotations/{key}.xml": xml("cat") for key in "abcdefghij" if key not in lacking}
    return {**annotations, **{f"JPEGImages/{key}.jpg": picture(40 + n) for n, key in enumerate("abcdefghij")}}


def test_an_id_without_an_annotation_is_told_where_nearly_all_have_one(voc: Any, xml: Any, picture: Any) -> None:
    found = voc(
        {
            **pictured(xml, picture, "bg"),
            "ImageSets/Main/train.txt": "a\nb\nc\nd\ne\n",
            "ImageSets/Main/val.txt": "f\nh\ng\ni\nj\n",
            "ImageSets/Main/trainval.txt": "\n".join("abcdefghij"),
        }
    )
    message = "expected an annotation of each id, as others of the set have, found 1 of 5 without one, first"
    assert told(found) == [
        (*("voc.missing-annotation", "warning"), "ImageSets/Main/train.txt", 2, f"{message} 'b'; read without labels"),
        (*("voc.missing-annotation", "warning"), "ImageSets/Main/val.txt", 3, f"{message} 'g'; read without labels"),
    ]


@pytest.mark.parametrize(
    ("lacking", "name", "listed"),
    [("bcd", "Main/train", "abcdefghij"), ("ij", "Main/test", "ij"), ("j", "Segmentation/train", "abcdefghij")],
    ids=["more than a fifth", "a test set", "no set of Main"],
)
def test_pictures_that_are_yet_to_be_labelled_are_right(
    lacking: str, name: str, listed: str, voc: Any, xml: Any, picture: Any
) -> None:
    files = {**pictured(xml, picture, lacking), f"ImageSets/{name}.txt": "\n".join(listed)}
    others = "".join(key for key in "abcdefghij" if key not in listed)
    if others:
        files["ImageSets/Main/train.txt"] = "\n".join(others)
    assert "voc.missing-annotation" not in [rule for rule, *_ in told(voc(files))]
