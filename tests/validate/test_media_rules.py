"""Files that are missing, broken, or of another size than declared."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from lading.model.frame import Data, Frame
from lading.model.label import SemanticMask
from lading.model.report import Finding, Origin
from lading.validate import NOT_HOLDING_UPLOAD, validate


def told(findings):
    return [(f.rule, f.severity, f.file, f.pointer, f.message) for f in findings]


def test_picture_that_is_there_and_as_declared_is_right(found):
    assert found() == []


def test_missing_file_is_told_at_the_record_that_names_it(found):
    assert told(found(content=None)) == [
        ("media.missing", "error", "a.json", "/images/0", "expected a file 'a.png', found none")
    ]
    assert "media.missing" in NOT_HOLDING_UPLOAD


def test_file_without_a_record_is_told_at_its_path(found):
    assert told(found(content=None, origin=None)) == [
        ("media.missing", "error", "a.png", None, "expected a file 'a.png', found none")
    ]


def test_cut_picture_is_told_at_the_file(found, content, picture):
    data = picture()[:-5]
    assert told(found(content=content("a.png", data))) == [
        (
            "media.unreadable",
            "error",
            "a.png",
            None,
            f"expected a whole picture, found it cut after {len(data)} bytes",
        )
    ]


def test_empty_point_cloud_is_told(found, content):
    fields = {"path": "a.bin", "width": None, "height": None}
    assert found(content=content("a.bin", b"\0" * 16), **fields) == []
    assert told(found(content=content("a.bin", b""), **fields)) == [
        ("media.unreadable", "error", "a.bin", None, "expected content, found an empty file")
    ]


def test_file_that_does_not_open_is_told(found, content):
    (finding,) = found(content=content("a.png", error="expected a readable file, found none"))
    assert finding.rule == "media.unreadable"
    assert "expected a readable file, found none" in finding.message


def test_other_size_than_declared_is_a_warning_at_the_record(found, content, picture):
    assert told(found(content=content("a.png", picture(100, 81)))) == [
        (
            "media.size-mismatch",
            "warning",
            "a.json",
            "/images/0",
            "expected 100 x 80 pixels as declared, found 100 x 81 in 'a.png'",
        )
    ]


@pytest.mark.parametrize(
    ("name", "format", "is_right"),
    [
        ("a.jpg", "JPEG", True),
        ("a.JPEG", "JPEG", True),
        ("a.jpg", "MPO", True),
        ("a.jpg", "PNG", False),
        ("a.png", "JPEG", False),
        ("a.bmp", "BMP", True),
        ("a.tif", "TIFF", True),
        ("a.tif", "PNG", False),
        ("a.webp", "WEBP", True),
        ("a.gif", "GIF", True),
        ("a.pgm", "PPM", True),
        ("a.ppm", "BMP", False),
    ],
)
def test_a_picture_is_held_to_the_format_of_its_name(found, content, name, format, is_right):
    out = io.BytesIO()
    image = Image.new("RGB", (100, 80))
    image.save(out, format, **({"save_all": True, "append_images": [image]} if format == "MPO" else {}))
    told_here = [
        (
            "media.other-format",
            "warning",
            name,
            None,
            f"expected a picture of the format that its name says, found {format}",
        )
    ]
    assert told(found(content=content(name, out.getvalue()), path=name)) == ([] if is_right else told_here)


def turned(orientation: int, kind: str = "JPEG") -> bytes:
    """A picture of 80 x 100 pixels whose EXIF says how the camera was held."""
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (80, 100)).save(out, kind, exif=exif)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
@pytest.mark.parametrize("orientation", [5, 6, 7, 8])
def test_a_size_that_is_swapped_since_exif_turns_the_picture_is_told_with_that(found, content, orientation, kind):
    name = f"a.{kind.lower()}"
    (finding,) = found(content=content(name, turned(orientation, kind)), path=name)
    assert finding.rule == "media.size-mismatch"
    assert finding.message == (
        f"expected 100 x 80 pixels as declared, found 80 x 100 in {name!r}, "
        f"which is shown as declared: EXIF turns it (orientation {orientation})"
    )


@pytest.mark.parametrize("orientation", [0, 1, 2, 3, 4, 9], ids="orientation {}".format)
def test_exif_without_a_quarter_turn_does_not_explain_a_swapped_size(found, content, orientation):
    (finding,) = found(content=content("a.jpg", turned(orientation)), path="a.jpg")
    assert finding.message == "expected 100 x 80 pixels as declared, found 80 x 100 in 'a.jpg'"


def test_a_picture_that_exif_turns_is_right_where_the_size_is_that_which_is_stored(found, content):
    """Labels are in stored pixels: the tools of COCO, KITTI and nuScenes do not heed EXIF."""
    assert found(content=content("a.jpg", turned(6)), path="a.jpg", width=80, height=100) == []


def test_exif_is_looked_at_only_where_a_size_is_swapped(found, content):
    swapped, other = content("a.jpg", turned(6)), content("b.jpg", turned(6))
    found(content=swapped, path="a.jpg")
    found(content=other, path="b.jpg", width=640, height=480)
    assert (swapped.opened, other.opened) == (2, 1)


def test_half_a_declared_size_is_held_to_what_it_says(found):
    assert found(height=None) == []
    (finding,) = found(width=99, height=None)
    assert finding.message == "expected 99 x ? pixels as declared, found 100 x 80 in 'a.png'"


def test_masks_are_files_as_well(found, content, picture):
    whole = content("m.png", picture())
    cut = content("m.png", picture()[:-5])
    assert found(SemanticMask(path="m.png", content=whole)) == []
    assert found(SemanticMask(checksum="0" * 40)) == []
    assert told(found(SemanticMask(path="m.png", origin=4))) == [
        ("media.missing", "error", "a.json", "/annotations/4/segmentation", "expected a mask 'm.png', found none")
    ]
    (finding,) = found(SemanticMask(path="m.png", content=cut))
    assert (finding.rule, finding.file) == ("media.unreadable", "m.png")


def test_each_file_is_opened_once(dataset, data, content, picture):
    file = content("a.png", picture())
    assert list(validate(dataset(data(content=file)))) == []
    assert file.opened == 1


def test_no_file_is_opened_where_no_rule_needs_it(dataset, data, content, picture):
    file = content("a.png", picture())
    off = dict.fromkeys(
        ("media.unreadable", "media.size-mismatch", "media.other-format", "media.duplicate", "media.leak"), "off"
    )
    assert list(validate(dataset(data(content=file)), severities=off)) == []
    assert file.opened == 0


def test_finding_names_the_sensor(dataset):
    rows = [Data(path=f"{name}.bin", remote_path=f"{name}.bin", sensor_name=name) for name in ("left", "right")]
    one = dataset()
    one._frames["train"] = [Frame(key="000", data=rows)]
    assert [f for f in validate(one, rules=["media.missing"]) if f.sensor == "right"] == [
        Finding(
            rule="media.missing",
            severity="error",
            message="expected a file 'right.bin', found none",
            segment="train",
            frame="000",
            sensor="right",
            file=Origin("right.bin").file,
        )
    ]
