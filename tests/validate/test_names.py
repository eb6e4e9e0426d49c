"""Names and paths that the platform forbids, or that are taken."""

from __future__ import annotations

import pytest

from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.report import Origin
from lading.validate import validate


def test_plain_paths_are_right(dataset, data):
    names = ["a.png", "A.png", "b/a.png", "ümläut and space.png", "a..b.png", "x/...png"]
    assert list(validate(dataset(*(data(remote_path=name) for name in names)))) == []


@pytest.mark.parametrize(
    ("path", "wire"),
    [
        ("a\\b.png", "a%5Cb.png"),
        ("100%.png", "100%25.png"),
        ("/a.png", "%2Fa.png"),
        ("../a.png", "%2E%2E/a.png"),
        ("a/./b.png", "a/%2E/b.png"),
        ("a\n.png", "a%0A.png"),
    ],
)
def test_path_that_has_to_be_escaped_is_a_warning(found, path, wire):
    (finding,) = found(remote_path=path)
    assert (finding.rule, finding.severity, finding.pointer) == ("path.forbidden", "warning", "/images/0")
    assert finding.message == f"expected a path that the platform takes, found {path!r}; it goes up as {wire!r}"


def test_empty_path_is_an_error(found):
    (finding,) = found(remote_path="")
    assert (finding.rule, finding.severity) == ("path.empty", "error")
    (finding,) = found(path="", remote_path="", content=None)  # and not that the file of no name is missing
    assert finding.rule == "path.empty"


def test_path_twice_in_a_segment_is_told_each_time_again(dataset, data):
    findings = list(validate(dataset(data(), data(path="b.png"), data(), data(origin=Origin("a.json", "/images/3")))))
    assert [(f.rule, f.severity, f.frame) for f in findings] == [
        ("path.duplicate", "warning", "2"),
        ("path.duplicate", "warning", "3"),
    ]
    assert findings[1].pointer == "/images/3"
    said = (
        "expected a remote path that no other file of the segment has, found 'a.png' again, first at a.json#/images/0"
    )
    assert [finding.message for finding in findings] == [said, said]


@pytest.mark.parametrize(
    ("part", "told"), [((1, 1), ["1", "8", "9"]), ((1, 2), ["1"]), ((2, 2), ["9"])], ids=["all", "first", "second"]
)
def test_of_a_part_what_stands_again_within_it_is_told(dataset, data, part, told):
    of_paths = dataset(*(data(path=f"{name}.png", content=None) for name in "aabcdefgaa"))
    assert [finding.frame for finding in validate(of_paths, rules=["path.duplicate"], part=part)] == told
    frames = [
        Frame(key=str(index), frame_id=f"{key:026d}", data=[data(path=f"{index}.png", sensor_name="c")])
        for index, key in enumerate([1, 1, 2, 3, 4, 5, 6, 7, 1, 1])
    ]
    fusion = MemoryDataset("x", {"s": frames}, is_fusion=True)
    assert [finding.frame for finding in validate(fusion, rules=["frame.duplicate-id"], part=part)] == told


def test_places_are_asked_of_what_stands_again_alone(dataset, data, monkeypatch):
    asked: list[str] = []
    locate = Data.locate
    monkeypatch.setattr(
        Data, "locate", lambda one, *given, **named: asked.append(one.path) or locate(one, *given, **named)
    )
    found = dataset(*(data(path=f"{name}.png", content=None) for name in "abcab"))
    assert [finding.frame for finding in validate(found, rules=["path.duplicate"])] == ["3", "4"]
    assert sorted(asked) == ["a.png", "a.png", "b.png", "b.png"]


def test_path_in_two_segments_is_right(data, content):
    frames = {name: [Frame(key="0", data=[data(content=content("a.bin", name.encode()))])] for name in ("train", "val")}
    assert list(validate(MemoryDataset("x", frames))) == []


@pytest.mark.parametrize(("name", "wire"), [("v1.0", "v1%2E0"), ("a:b", "a%3Ab"), ("a@b", "a%40b"), ("a#b", "a%23b")])
def test_segment_name_that_has_to_be_escaped_is_a_warning(dataset, data, name, wire):
    (finding,) = validate(dataset(data(), segment=name))
    assert (finding.rule, finding.severity, finding.segment) == ("segment.forbidden-name", "warning", name)
    assert finding.message.endswith(f"found {name!r}; it goes up as {wire!r}")


def test_empty_segment_name_is_an_error(dataset, data):
    (finding,) = validate(dataset(data(), segment=""))
    assert (finding.rule, finding.severity) == ("segment.empty-name", "error")


def test_segment_without_frames_is_looked_at(dataset):
    assert [f.rule for f in validate(dataset(segment="a.b"))] == ["segment.forbidden-name", "segment.empty"]
