"""Names and paths that the platform forbids, or that are taken."""

from __future__ import annotations

import pytest

from lading.model.dataset import MemoryDataset
from lading.model.frame import Frame
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
