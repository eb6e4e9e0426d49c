"""Where the files of VOC lie in the wild, which frames that makes, and in which segments."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lading_voc.layout import folder_of, remote_path
from lading_voc.reader import VocReader

import lading
from lading import Source
from lading.errors import SourceError

YEAR = "VOCdevkit/VOC2012"


def paths(found: Any) -> dict[str, tuple[str, str, bool]]:
    frames = [frame for frames in found.frames.values() for frame in frames]
    return {f.key: (f.data[0].path, f.data[0].remote_path, f.data[0].is_missing) for f in frames}


@pytest.mark.parametrize("root", ["", "VOC2012/", f"{YEAR}/", "VOCtrainval_11-May-2012/VOCdevkit/VOC2012/"])
def test_a_year_is_found_at_any_depth(root: str, voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(
        {
            f"{root}Annotations/2008_000001.xml": xml("dog"),
            f"{root}Annotations/2008_000002.xml": xml("cat"),
            f"{root}JPEGImages/2008_000001.jpg": b"",
            f"{root}ImageSets/Main/train.txt": "2008_000001\n",
            f"{root}ImageSets/Main/val.txt": "2008_000002\n",
        }
    )
    assert found.keys == {"train": ["2008_000001"], "val": ["2008_000002"]}
    assert paths(found) == {
        "2008_000001": (f"{root}JPEGImages/2008_000001.jpg", "2008_000001.jpg", False),
        "2008_000002": (f"{root}JPEGImages/2008_000002.jpg", "2008_000002.jpg", True),
    }
    assert found.dataset.rules["pixels"].startswith("voc")
    assert found.findings == []


@pytest.mark.parametrize(
    ("annotation", "picture", "key", "remote"),
    [
        ("annotations/a.b c.xml", "images/a.b c.png", "a.b c", "images/a.b c.png"),
        ("labels/a.xml", "images/a.JPG", "a", "images/a.JPG"),
        ("a.xml", "a.jpeg", "a", "a.jpeg"),
        ("x/y/a.xml", "x/y/a.bmp", "x/y/a", "x/y/a.bmp"),
        ("Annotations/a.xml", "JPEGImages/a.jp2", "a", "a.jp2"),
        ("a.xml", "a.DCM", "a", "a.DCM"),
        ("Annotations/sub/a.xml", "JPEGImages/sub/a.jpg", "sub/a", "sub/a.jpg"),
        ("Annotations/a.xml", "data/a.jpg", "a", "data/a.jpg"),
        ("Annotations/a.jpg.xml", "JPEGImages/a.jpg", "a.jpg", "a.jpg"),
        ("Annotations/e\u0301.xml", "JPEGImages/\u00e9.jpg", "e\u0301", "\u00e9.jpg"),
    ],
    ids=[
        *("annotations and images", "labels and images", "side by side", "side by side below"),
        *("a suffix that few know", "a suffix of medicine", "folders below"),
        *("another folder", "a suffix within the name", "another form of Unicode"),
    ],
)
def test_pictures_are_found_where_tools_put_them(
    annotation: str, picture: str, key: str, remote: str, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc({annotation: xml("dog"), picture: b""})
    assert paths(found) == {key: (picture, remote, False)}
    assert found.findings == []


def test_folders_named_as_splits_are_segments(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    splits = ("train", "valid", "test")
    files = {f"{split}/{split}1.xml": xml("dog", database="roboflow.com") for split in splits}
    pictures = {name.replace(".xml", ".jpg"): b"" for name in files}
    found = voc({**files, **pictures, "README.roboflow.txt": "hello"})
    assert found.keys == {"test": ["test1"], "train": ["train1"], "valid": ["valid1"]}
    assert found.data("train1").remote_path == "train/train1.jpg"
    assert found.findings == []
    assert "Roboflow" in found.dataset.rules["pixels"]


def test_splits_below_images_and_annotations_are_segments(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc({f"annotations/{split}/1.xml": xml("dog") for split in ("train", "val")})
    assert found.keys == {"train": ["train/1"], "val": ["val/1"]}


def test_an_id_in_two_years_has_the_year_in_its_name(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    files: dict[str, Any] = {}
    for year, ids in (("VOC2007", ["000001", "000002"]), ("VOC2012", ["000001"])):
        files |= {f"VOCdevkit/{year}/Annotations/{key}.xml": xml("dog") for key in ids}
        files |= {f"VOCdevkit/{year}/JPEGImages/{key}.jpg": b"" for key in ids}
        files[f"VOCdevkit/{year}/ImageSets/Main/train.txt"] = "\n".join(ids)
    found = voc(files)
    assert found.keys == {"train": ["VOC2007/000001", "000002", "VOC2012/000001"]}
    finding = found.finding("voc.repeated-id")
    assert finding.severity == "warning"
    assert finding.message.startswith("expected ids that differ between VOC2007, VOC2012, found 1 that do not")
    assert "'000001'" in finding.message
    assert "path.duplicate" not in {one.rule for one in lading.validate(found.dataset)}


def test_segments_take_each_frame_once_in_the_order_of_the_sets(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    sets = {
        "Main/val": "b a",
        "Main/train": "c b",
        "Main/trainval": "a b c d",
        "Main/mine": "e",
        "Main/test": "f",
        "Segmentation/train": "c g",
        "Layout/train": "",
        "Action/test": "h",
    }
    files = {f"ImageSets/{name}.txt": "\n".join(ids.split()) for name, ids in sets.items()}
    found = voc(files | {f"Annotations/{key}.xml": xml("dog") for key in "abcdefghi"})
    assert found.keys == {
        "train": ["c", "b"],
        "val": ["a"],
        "test": ["f"],
        "mine": ["e"],
        "trainval": ["d"],
        "Segmentation-train": ["g"],
        "Action-test": ["h"],
        "unlisted": ["i"],
    }
    assert found.frame("b").extras == {"imageSets": {"Main/train": None, "Main/val": None, "Main/trainval": None}}
    assert found.frame("i").extras == {}


def test_a_picture_without_annotation_is_a_frame_if_a_set_lists_it(voc: Callable[..., Any], picture: Any) -> None:
    found = voc(
        {
            "VOC2007/JPEGImages/000001.jpg": picture(),
            "VOC2007/JPEGImages/000002.jpg": picture(),
            "VOC2007/ImageSets/Main/test.txt": "000001\n",
        }
    )
    assert found.keys == {"test": ["000001"]}
    data = found.data("000001")
    assert (data.annotation, data.labels, data.is_missing) == ("none", [], False)
    finding = found.finding("voc.unlisted-picture")
    assert (finding.severity, finding.file) == ("warning", "VOC2007/JPEGImages/000002.jpg")
    assert "found 1 that none does" in finding.message


def test_the_suffix_of_a_missing_picture_is_that_of_filename_and_its_name_that_of_the_xml(
    voc: Callable[..., Any],
) -> None:
    found = voc({"Annotations/a.xml": "<annotation><filename>/abs/other.png</filename></annotation>"})
    assert paths(found) == {"a": ("JPEGImages/a.png", "a.png", True)}
    assert found.findings == []


def test_pictures_that_only_other_capitals_keep_from_their_annotations_are_told_once(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    names = {"A": "a.jpg", "b1": "B1.JPG", "c": "c.JPG"}
    found = voc({f"xml/{key}.xml": xml("dog") for key in names} | {f"images/{name}": b"" for name in names.values()})
    assert {key: path for key, (path, *_) in paths(found).items()} == {k: f"images/{n}" for k, n in names.items()}
    finding = found.finding("voc.file-capitals")
    assert (finding.severity, finding.where) == ("warning", "xml/A.xml#/annotation")
    assert finding.message == (
        "expected pictures of the names of their annotations, "
        "found 2 files in other capitals, first 'images/a.jpg' of 'A'"
    )
    assert len(found.findings) == 1


def test_a_picture_that_only_filename_names_is_taken_with_a_word(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    renamed = xml("dog").replace("<size>", "\n<filename>IMG 7.jpg</filename><size>")
    found = voc({"Annotations/a.xml": renamed, "Annotations/b.xml": xml("cat"), "JPEGImages/IMG 7.jpg": b""})
    assert paths(found)["a"] == ("JPEGImages/IMG 7.jpg", "IMG 7.jpg", False)
    finding = found.finding("voc.filename")
    place = (finding.severity, finding.file, finding.pointer, finding.line)
    assert place == ("warning", "Annotations/a.xml", "/annotation/filename", 2)
    assert finding.message.endswith("found only 'JPEGImages/IMG 7.jpg', as `filename` says")


def test_a_filename_that_names_another_picture_is_told(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    wrong = xml("dog").replace("<size>", "\n<filename>b.jpg</filename><size>")
    found = voc({"a.xml": wrong, "a.jpg": b"", "b.xml": xml("cat"), "b.jpg": b""})
    assert paths(found)["a"][0] == "a.jpg"
    finding = found.finding("voc.filename")
    assert (finding.file, finding.pointer, finding.line) == ("a.xml", "/annotation/filename", 2)
    assert finding.message == "expected the name of 'a.jpg', which has the name of this file, found that of 'b.jpg'"


@pytest.mark.parametrize("filename", ["a", "a.png", "b.jpg", "/x/a.jpg", "C:\\x\\a.jpg", "frame7", ""])
def test_a_filename_that_names_nothing_is_no_matter(
    filename: str, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    text = xml("dog").replace("<size>", f"<filename>{filename}</filename><size>")
    found = voc({"a.xml": text, "a.jpg": b""})
    assert paths(found) == {"a": ("a.jpg", "a.jpg", False)}
    assert found.findings == []


def test_of_two_pictures_of_an_id_the_one_that_filename_names_is_taken(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    text = xml("dog").replace("<size>", "<filename>a.png</filename><size>")
    found = voc({"a.xml": text, "a.jpg": b"", "a.png": b""})
    assert paths(found)["a"][0] == "a.png"
    finding = found.finding("voc.several-pictures")
    assert (finding.severity, finding.file) == ("warning", "a.png")
    assert finding.message.startswith("expected one picture of an id, found 1 id with more, first a.jpg and a.png;")


def test_two_annotations_of_an_id_are_told_and_the_one_in_its_place_is_read(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc({"images/a.xml": xml("cat"), "Annotations/a.xml": xml("dog"), "images/a.jpg": b""})
    assert [label.category for label in found.data("a").labels] == ["dog"]
    finding = found.finding("voc.duplicate-id")
    assert (finding.severity, finding.file) == ("error", "images/a.xml")
    assert finding.message == (
        "expected one annotation file of an id, found 'Annotations/a.xml' too; this one is not read"
    )
    assert found.losses == {"annotation file of an id that has another": 1}


def test_xml_of_another_kind_beside_annotations_is_left_out(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc({"Annotations/a.xml": xml("dog"), "project.xml": "<project/>", "notes/b.xml": xml("cat")})
    assert found.keys == {"unlisted": ["a", "notes/b"]}
    finding = found.finding("voc.not-annotation")
    assert (finding.severity, finding.file, finding.pointer) == ("warning", "project.xml", "/project")
    assert finding.message == "expected a root `annotation`, found 'project'; the file is left out"


def test_one_annotation_file_is_a_dataset(
    voc: Callable[..., Any], opened: Callable[..., Any], xml: Callable[..., str], tmp_path: Path
) -> None:
    voc(
        {
            "Annotations/a.xml": xml("dog"),
            "Annotations/b.xml": xml("cat"),
            "ImageSets/Main/train.txt": "a\nb\n",
            "JPEGImages/a.jpg": b"",
            "JPEGImages/b.jpg": b"",
            "SegmentationClass/b.png": b"",
        }
    )
    found = opened(tmp_path / "data" / "Annotations" / "a.xml")
    assert paths(found) == {"a": ("JPEGImages/a.jpg", "a.jpg", False)}
    assert found.findings == []


def test_archives_of_one_year_are_one_dataset(
    voc: Callable[..., Any], opened: Callable[..., Any], xml: Callable[..., str], tmp_path: Path
) -> None:
    voc({"VOC2007/Annotations/000001.xml": xml("dog"), "VOC2007/ImageSets/Main/train.txt": "000001"})
    (tmp_path / "more" / "VOC2007" / "JPEGImages").mkdir(parents=True)
    (tmp_path / "more" / "VOC2007" / "JPEGImages" / "000001.jpg").write_bytes(b"x")
    zipped = shutil.make_archive(str(tmp_path / "a"), "zip", tmp_path / "data")
    tarred = shutil.make_archive(str(tmp_path / "b"), "tar", tmp_path / "more")
    found = opened(Path(zipped), Path(tarred))
    assert paths(found) == {"000001": ("VOC2007/JPEGImages/000001.jpg", "000001.jpg", False)}


def dior(xml: Callable[..., str], *ids: str) -> dict[str, str]:
    """Files as DIOR has them: two folders of annotations, and the pictures in two folders."""
    corners = "".join(
        f"<{axis}_{corner}>{number}</{axis}_{corner}>"
        for corner, point in zip(
            ("left_top", "right_top", "right_bottom", "left_bottom"), ((4, 2), (9, 5), (7, 8), (2, 5)), strict=True
        )
        for axis, number in zip("xy", point, strict=True)
    )
    files = {"ImageSets/Main/train.txt": "00001\n", "ImageSets/Main/test.txt": "11726\n"}
    for key in ids:
        files[f"Annotations/Horizontal Bounding Boxes/{key}.xml"] = xml("dam")
        files[f"Annotations/Oriented Bounding Boxes/{key}.xml"] = xml(f"<name>dam</name><robndbox>{corners}</robndbox>")
    return files | {"JPEGImages-trainval/00001.jpg": "", "JPEGImages-test/11726.jpg": ""}


@pytest.mark.parametrize(("boxes", "kind"), [("horizontal", "BOX2D"), ("oriented", "POLYGON2D")])
def test_of_the_two_annotations_of_dior_one_is_read(
    boxes: str, kind: str, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc(dior(xml, "00001", "11726"), boxes=boxes)
    assert found.keys == {"train": ["00001"], "test": ["11726"]}
    assert paths(found) == {
        "00001": ("JPEGImages-trainval/00001.jpg", "JPEGImages-trainval/00001.jpg", False),
        "11726": ("JPEGImages-test/11726.jpg", "JPEGImages-test/11726.jpg", False),
    }
    assert [label.kind for label in found.data("00001").labels] == [kind]
    folder = f"Annotations/{boxes.capitalize()} Bounding Boxes"
    assert found.data("11726").origin == lading.Origin(f"{folder}/11726.xml", "/annotation")
    assert found.findings == []
    other = {"horizontal": "oriented", "oriented": "horizontal"}[boxes]
    assert found.losses == {f"annotation file of {other} boxes beside one of {boxes} ones (`-o boxes={other}`)": 2}


def test_what_has_one_annotation_of_dior_is_read_by_it(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    files = dior(xml, "00001", "11726")
    del files["Annotations/Horizontal Bounding Boxes/11726.xml"]
    found = voc(files)
    assert [found.data(key).labels[0].kind for key in ("00001", "11726")] == ["BOX2D", "POLYGON2D"]
    assert (found.findings, list(found.losses.values())) == ([], [1])


def test_files_that_voc_has_no_place_for_are_counted(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(
        {
            "Annotations/a.xml": xml("dog"),
            "AnnotationsVisualization/a.jpg": b"",
            "JPEGImages/a.jpg": b"",
            "SegmentationClass/a.png": b"",
            "SegmentationClass/a.npy": b"",
            "SegmentationClassNpy/b.npy": b"",
            "SegmentationObjectVisualization/a.jpg": b"",
            "a.json": "{}",
            "class_names.txt": "_background_\ndog\n",
            "train.txt": "a\n",
            "notes": "",
            **dict.fromkeys(("README.dataset.txt", "README", "LICENSE", "index.html", "lading.toml"), ""),
        },
        masks="declared",
    )
    assert sorted((loss.what, loss.count, loss.example) for loss in found.report.losses) == [
        ("file with the suffix `.json`, which VOC has no place for", 1, "a.json"),
        ("file with the suffix `.npy`, which VOC has no place for", 2, "SegmentationClass/a.npy"),
        ("file with the suffix `.txt`, which VOC has no place for", 1, "train.txt"),
        ("file without a suffix, which VOC has no place for", 1, "notes"),
        ("picture of a folder of visualizations", 2, "AnnotationsVisualization/a.jpg"),
    ]
    assert found.findings == []
    assert paths(found) == {"a": ("JPEGImages/a.jpg", "a.jpg", False)}


def test_files_whose_names_begin_with_a_dot_are_not_read_and_told(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc(
        {
            "Annotations/a.xml": xml("dog"),
            "JPEGImages/a.jpg": b"",
            "Annotations/.b.xml": xml("cat"),
            "Annotations/.c.xml": xml("cat"),
            "JPEGImages/.b.jpg": b"",
            **dict.fromkeys(("Annotations/._a.xml", ".DS_Store", ".gitignore", "JPEGImages/.thumbnails/a.jpg"), b""),
        }
    )
    assert found.keys == {"unlisted": ["a"]}
    finding = found.finding("voc.hidden-file")
    assert (finding.severity, finding.file) == ("warning", "Annotations/.b.xml")
    assert finding.message == (
        "expected XML files whose names do not begin with a dot, found 2 others, first 'Annotations/.b.xml'; "
        "they are not read"
    )
    assert found.losses == {"picture whose name begins with a dot": 1}
    assert len(found.findings) == 1


def test_a_visualization_is_not_the_picture_that_is_missing(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc({"Annotations/a.xml": xml("dog"), "AnnotationsVisualization/a.jpg": b"", "JPEGImages/b.jpg": b""})
    assert paths(found) == {"a": ("JPEGImages/a.jpg", "a.jpg", True)}


@pytest.mark.parametrize(
    ("directory", "root", "role", "below"),
    [
        ("", "", "beside", ""),
        ("Annotations", "", "annotations", ""),
        ("VOC2007/JPEGImages/a/b", "VOC2007", "media", "a/b/"),
        ("images/train/annotations", "images/train", "annotations", ""),
        ("export/train/deep", "export/train", "beside", "deep/"),
        ("my/folder", "", "beside", "my/folder/"),
        ("VOC2012/SegmentationObject", "VOC2012", "object", ""),
        ("DIOR/Annotations/Oriented Bounding Boxes", "DIOR", "annotations", ""),
        ("DIOR/JPEGImages-test", "DIOR", "media", ""),
        ("out/SegmentationClassVisualization", "out", "drawn", ""),
    ],
)
def test_a_folder_is_known_by_the_last_part_that_says_what_it_is(
    directory: str, root: str, role: str, below: str
) -> None:
    found = folder_of(directory)
    assert (found.root, found.role, found.below) == (root, role, below)


def test_only_jpegimages_is_left_away_from_remote_paths() -> None:
    assert remote_path("VOC2007/JPEGImages/x/1.jpg") == "x/1.jpg"
    assert remote_path("raccoon/images/1.jpg") == "raccoon/images/1.jpg"


# Detection.


def match(folder: Path) -> lading.Match:
    return VocReader().detect(Source.open(folder))


def test_detection_looks_at_roots(voc: Callable[..., Any], xml: Callable[..., str], tmp_path: Path) -> None:
    voc({"Annotations/a.xml": xml("dog")})
    assert match(tmp_path / "data") == lading.Match(0.9, "Annotations/a.xml has the root `annotation`")
    voc({"ImageSets/Main/train.txt": "a"})
    assert match(tmp_path / "data").confidence == 0.95


@pytest.mark.parametrize(
    ("files", "confidence", "reason"),
    [
        ({"readme.md": ""}, 0.0, "there is no XML"),
        ({"a.xml": "<gpx/>"}, 0.0, "a.xml has no root `annotation`"),
        ({"annotations.xml": "<annotations/>"}, 0.0, "CVAT for images, one XML for many pictures, not VOC"),
        ({"Annotations/a.xml": "\0" * 9, "ImageSets/Main/a.txt": "a"}, 0.5, "it lies beside ImageSets"),
        ({"Annotations/a.xml": "\0" * 9, "JPEGImages/a.jpg": "a"}, 0.3, "it lies where annotations do"),
        ({"a.xml": "\0" * 9}, 0.0, "a.xml has no root `annotation`"),
        ({"SegmentationClass/a.png": ""}, 0.8, "masks below SegmentationClass"),
        ({"JPEGImages/a.jpg": "", "ImageSets/Main/a.txt": "a"}, 0.8, "image sets below ImageSets"),
        ({"Annotations/a.txt": "# Compatible with PASCAL Annotation Version 1.00\n"}, 0.0, "as VOC2005 and VOC2006"),
    ],
    ids=[
        "nothing",
        "another XML",
        "CVAT for images",
        "broken XML",
        "broken XML alone",
        "another broken XML",
        "masks alone",
        "pictures alone",
        "text of 2005",
    ],
)
def test_detection_gives_its_reason(files: dict[str, str], confidence: float, reason: str, tmp_path: Path) -> None:
    for name, content in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(content)
    found = match(tmp_path)
    assert found.confidence == confidence
    assert reason in found.reason


def test_opening_what_holds_nothing_of_voc_says_so(opened: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("x")
    with pytest.raises(SourceError, match=r"expected VOC annotations, masks or image sets, found none \(there is no"):
        opened(tmp_path)
