"""Several paths as one tree: order, shadows, archives in folders, and the annotation file that is selected."""

from __future__ import annotations

from pathlib import Path

import pytest

from lading.errors import SourceError
from lading.source import Source


def test_the_later_path_wins_and_differences_are_told(tmp_path: Path, make_folder, make_zip, make_tar) -> None:
    make_folder(tmp_path / "f", {"a": b"f", "same": b"s", "size": b"1"})
    make_zip(tmp_path / "z.zip", {"a": b"z", "same": b"s", "size": b"12", "z": b""})
    make_tar(tmp_path / "t.tar", {"z": b""})
    paths = [tmp_path / "f", tmp_path / "z.zip", tmp_path / "t.tar"]
    with Source.open(*paths) as source:
        assert list(source.names()) == ["a", "same", "size", "z"]
        assert (source.read("a"), source.read("size")) == (b"z", b"12")
        (finding,) = source.findings
        assert (finding.rule, finding.severity, finding.file) == ("source.shadowed", "warning", "a")
        assert finding.message == (
            f"expected equal files where paths are equal, found 2 in {paths[1]} that differ from those in {paths[0]} "
            "and take their place, such as 'a'"
        )
        assert source.label == " + ".join(map(str, paths))
        assert source.name == "f"
    with Source.open(*reversed(paths)) as source:
        assert source.read("a") == b"f"
        assert [f.rule for f in source.findings] == ["source.shadowed"]


@pytest.mark.parametrize(
    ("lower", "upper"), [("a.zip", "b.zip"), ("a.tar", "b.tgz"), ("a.tgz", "b.tgz")], ids=lambda name: str(name)
)
def test_equal_sizes_are_told_apart_by_their_bytes(tmp_path: Path, make_zip, make_tar, lower: str, upper: str) -> None:
    for name, content in ((lower, b"one"), (upper, b"two")):
        make = make_zip if name.endswith("zip") else make_tar
        make(tmp_path / name, {"x.jpg": content, "same.jpg": b"="})
    with Source.open(tmp_path / lower, tmp_path / upper) as source:
        (finding,) = source.findings
        assert "found 1 in" in finding.message
        assert source.read("x.jpg") == b"two"


def test_cocos_two_zips_are_one_tree(tmp_path: Path, make_zip) -> None:
    make_zip(tmp_path / "annotations.zip", {"annotations/instances_val2017.json": b"{}"})
    make_zip(tmp_path / "images.zip", {"val2017/1.jpg": b"jpg"})
    with Source.open(tmp_path / "images.zip", tmp_path / "annotations.zip") as source:
        assert list(source.names()) == ["annotations/instances_val2017.json", "val2017/1.jpg"]
        assert source.selected is None


def test_archives_in_a_folder_are_opened_in_place_one_level(tmp_path: Path, make_folder, make_zip, make_tar) -> None:
    make_folder(tmp_path / "d", {"val/1.jpg": b"1", "deep/x": b""})
    make_zip(tmp_path / "d" / "val.zip", {"val/1.jpg": b"1", "val/2.jpg": b"2"})
    make_tar(tmp_path / "d" / "meta.tgz", {"v1.0-mini/scene.json": b"[]", "in.zip": b"not opened"})
    make_zip(tmp_path / "d" / "deep" / "y.zip", {"y": b""})
    with Source.open(tmp_path / "d") as source:
        assert list(source.names()) == [
            "deep/x",
            "deep/y.zip",
            "in.zip",
            "v1.0-mini/scene.json",
            "val/1.jpg",
            "val/2.jpg",
        ]
        assert source.findings == ()
        assert source.read("val/2.jpg") == b"2"
        file = source.get("val/1.jpg")
        assert file is not None
        assert str(tmp_path / "d/val/1.jpg") == getattr(file, "place", None)  # the unpacked one, not the zip's


def test_a_broken_archive_in_a_folder_is_a_finding(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path, {"x": b"", "bad.zip": b"no zip"})
    source = Source.open(tmp_path)
    assert list(source.names()) == ["x"]
    (finding,) = source.findings
    assert (finding.rule, finding.severity, finding.file) == ("source.broken-archive", "error", "bad.zip")
    assert str(finding).startswith("bad.zip: expected a whole zip archive, found a broken one")


def test_a_path_that_is_named_twice_is_opened_once(tmp_path: Path, make_folder, make_zip) -> None:
    make_folder(tmp_path / "d", {"x": b"folder"})
    make_zip(tmp_path / "d" / "i.zip", {"x": b"zip"})
    with Source.open(tmp_path / "d") as source:
        assert source.read("x") == b"folder"
    with Source.open(tmp_path / "d", tmp_path / "d" / "i.zip", tmp_path / "d" / ".." / "d") as source:
        assert source.read("x") == b"folder"
        assert len(source.findings) == 1
    with Source.open(tmp_path / "d", tmp_path / "d" / "i.zip") as source:
        assert source.read("x") == b"zip"


@pytest.mark.parametrize("folder", ["annotations", "Annotations", "ANNOTATIONS"])
def test_the_root_of_an_annotation_file_is_above_its_annotations_folder(
    tmp_path: Path, make_folder, folder: str
) -> None:
    make_folder(tmp_path / "coco", {f"{folder}/instances_val2017.json": b"{}", "val2017/1.jpg": b""})
    path = tmp_path / "coco" / folder / "instances_val2017.json"
    source = Source.open(path)
    assert list(source.names()) == sorted([f"{folder}/instances_val2017.json", "val2017/1.jpg"])
    assert (source.selected, source.name) == (f"{folder}/instances_val2017.json", "coco")
    assert source.label == str(path)


def test_the_root_of_another_file_is_its_folder(tmp_path: Path, make_folder, monkeypatch: pytest.MonkeyPatch) -> None:
    make_folder(tmp_path / "d", {"train.json": b"{}", "data/1.jpg": b""})
    monkeypatch.chdir(tmp_path / "d")
    source = Source.open("train.json")
    assert list(source.names()) == ["data/1.jpg", "train.json"]
    assert (source.selected, source.name) == ("train.json", "d")


def test_an_annotation_file_with_archives(tmp_path: Path, make_folder, make_zip) -> None:
    make_folder(tmp_path / "a", {"instances.json": b"{}"})
    make_zip(tmp_path / "images.zip", {"1.jpg": b"", "instances.json": b"another"})
    for paths in (["a/instances.json", "images.zip"], ["images.zip", "a/instances.json"]):
        with Source.open(*(tmp_path / path for path in paths)) as source:
            assert list(source.names()) == ["1.jpg", "instances.json"]
            assert source.selected == "instances.json"
            assert source.read("instances.json") == b"{}"
            assert {f.rule for f in source.findings} == {"source.shadowed"}


def test_several_annotation_files_select_none(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path, {"a.json": b"{}", "b.json": b"{}"})
    source = Source.open(tmp_path / "a.json", tmp_path / "b.json")
    assert source.selected is None
    assert [f.rule for f in source.findings] == ["source.several-selected"]


def test_a_selected_file_that_is_hidden_or_a_link_is_served(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path, {"out/x.json": b"{}", "d/y": b""})
    (tmp_path / "d" / "link.json").symlink_to("../out/x.json")
    source = Source.open(tmp_path / "d" / "link.json")
    assert source.selected == "link.json"
    assert source.read("link.json") == b"{}"


def test_an_error_in_a_later_path_leaves_nothing_behind(
    tmp_path: Path, make_tar, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_tar(tmp_path / "a.tgz", {"x.json": b"{}"})
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with pytest.raises(SourceError, match="found nothing"):
        Source.open(tmp_path / "a.tgz", tmp_path / "no")
    assert list((tmp_path / "temporary").iterdir()) == []
