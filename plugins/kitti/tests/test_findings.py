"""Every finding of the reader: what it says, where, and that the rest still loads."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import lading_kitti
import pytest

import lading

OXTS = " ".join(["49", *["0"] * 29])
DRIVE = "2011_09_26/2011_09_26_drive_0001_sync"


def only(found: Any, rule: str) -> Any:
    (finding,) = found.told(rule)
    return finding


def rules() -> set[str]:
    package = Path(lading_kitti.__file__).parent
    texts = [path.read_text("utf-8") for path in package.glob("*.py")]
    return {rule for text in texts for rule in re.findall(r'"(kitti\.[a-z0-9-]+)"', text)} | {
        "kitti.label-truncated",
        "kitti.label-occluded",
        "kitti.label-dimensions",
        "kitti.label-alpha",
        "kitti.label-behind",
    }


def test_every_rule_has_a_test() -> None:
    tests = "".join(path.read_text("utf-8") for path in Path(__file__).parent.glob("test_*.py"))
    assert {rule for rule in rules() if f'"{rule}"' not in tests} == set()


def test_the_page_lists_every_rule() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "formats" / "kitti.md"
    assert set(re.findall(r"\| `(kitti\.[a-z0-9-]+)` \|", page.read_text("utf-8"))) == rules()


def test_rows_that_are_none(kitti: Any) -> None:
    found = kitti.read({"label_2/0.txt": f"{kitti.ROW}\nCar 1 2\n{kitti.ROW}\n"})
    finding = only(found, "kitti.label-row")
    assert (finding.severity, finding.file, finding.line) == ("error", "label_2/0.txt", 2)
    assert finding.message == "expected 15 or 16 columns, found 3; the row is left out"
    assert [label.instance for label in found.data("all", "0").labels] == ["0:0", "0:1"]


def test_frames_that_image_sets_list_again(kitti: Any) -> None:
    files = {f"training/label_2/{n}.txt": f"{kitti.ROW}\n" for n in range(4)}
    files |= {
        "ImageSets/train.txt": "0\n1\n0\n1\n",
        "ImageSets/val.txt": "2\n1\n0\n",
        "ImageSets/trainval.txt": "0\n1\n2\n",
        "ImageSets/test.txt": "0\n",
    }
    found = kitti.read(files)
    again, shared = only(found, "kitti.listed-twice"), only(found, "kitti.shared-id")
    assert (again.severity, again.file, again.line) == ("warning", "ImageSets/train.txt", 3)
    assert again.message == "expected each frame once, found 2 listed again, first '0'"
    assert (shared.severity, shared.file, shared.line) == ("warning", "ImageSets/val.txt", 2)
    assert shared.message == "expected frames that ImageSets/train.txt has not, found 2 that it has, first '1'"


@pytest.mark.parametrize(
    ("sets", "told"),
    [
        ({"train": "0\n1\n", "val": "2\n3\n", "trainval": "0\n1\n2\n3\n"}, []),
        ({"train": "0\n1\n", "val": "2\n3\n", "trainval": "0\n1\n"}, [("val", 2, "2", 1)]),
        ({"train": "0\n1\n", "val": "2\n3", "trainval": "3\n1\n"}, [("train", 1, "0", 1), ("val", 1, "2", 1)]),
        ({"val": "2\n3\n", "trainval": "0\n1\n2\n"}, [("val", 1, "3", 2)]),
        ({"train": "0\n1\n", "mine": "2\n3\n", "trainval": "0\n1\n"}, []),
        ({"train": "0\n1\n", "val": "2\n3\n"}, []),
        ({"train": "0\n1\n", "val": "2\n17\n", "trainval": "0\n1\n2\n"}, []),
    ],
    ids=["whole", "without a part", "without some of both", "one part alone", "another set", "no trainval", "no frame"],
)
def test_trainval_that_lacks_frames_of_its_parts(kitti: Any, sets: dict[str, str], told: list[Any]) -> None:
    files = {f"training/label_2/{n}.txt": f"{kitti.ROW}\n" for n in range(4)}
    found = kitti.read(files | {f"ImageSets/{name}.txt": text for name, text in sets.items()})
    lines = found.told("kitti.set-frames")
    assert [(one.severity, one.file, one.line, one.message) for one in lines] == [
        (
            "warning",
            "ImageSets/trainval.txt",
            None,
            f"expected each frame that ImageSets/{part}.txt lists, found {count} missing, "
            f"first {key!r} in its line {line}",
        )
        for part, count, key, line in told
    ]


def test_lists_that_end_before_the_frames_do(kitti: Any) -> None:
    files = {f"dataset/sequences/00/velodyne/{n:06d}.bin": kitti.CLOUD for n in range(4)}
    pose = "1 0 0 0 0 1 0 0 0 0 1 0\n"
    found = kitti.read(files | {"dataset/sequences/00/times.txt": "0\n0.1\n", "dataset/poses/00.txt": pose * 3})
    times, poses = found.told("kitti.record-missing")
    assert (times.severity, times.file) == ("warning", "dataset/sequences/00/times.txt")
    assert times.message == "expected a line for each frame, found 2; the first frame without one is 000002"
    assert poses.file == "dataset/poses/00.txt"
    assert poses.message == "expected a line for each frame, found 3; the first frame without one is 000003"


def test_angles_in_degrees_and_boxes_that_are_parts_of_their_picture_are_told_once_a_file(kitti: Any) -> None:
    row = "Car 0 0 -90.5 0.1 0.2 0.5 0.75 1.5 1.6 3.9 1 1.5 20 -93.4"
    found = kitti.read({"label_2/0.txt": f"{row}\n{row}\n", "label_2/1.txt": f"{kitti.ROW}\n"})
    angle, box = only(found, "kitti.angle"), only(found, "kitti.relative-boxes")
    assert (angle.severity, angle.file, angle.line) == ("warning", "label_2/0.txt", 1)
    assert angle.message == "expected angles in radians, found alpha -90.5 and rotation_y -93.4, and such in 1 more"
    assert (box.severity, box.file, box.line) == ("warning", "label_2/0.txt", 1)
    assert box.message == (
        "expected edges in pixels, found (0.1, 0.2, 0.5, 0.75), parts of the picture, and such in 1 more; "
        "read as pixels"
    )
    assert [label.xmax for label in found.data("all", "0").labels] == [0.5, 0.5]


def test_regions_that_are_not_judged_and_a_box_beside_others_in_pixels_say_nothing_of_their_units(kitti: Any) -> None:
    speck = kitti.ROW.split()
    speck[4:8] = ["0.1", "0.2", "0.5", "0.75"]
    region = "DontCare -1 -1 -10 0 0 0.5 0.9 -1 -1 -1 -1000 -1000 -1000 -1000"
    found = kitti.read({"label_2/0.txt": f"{kitti.ROW}\n{' '.join(speck)}\n{region}\n", "label_2/1.txt": f"{region}\n"})
    assert not found.told("kitti.relative-boxes")
    assert not found.told("kitti.angle")


def test_rows_of_tracking_that_are_none(kitti: Any) -> None:
    good = kitti.ROW.replace("Car", "0 7 Car")
    found = kitti.read({"label_02/0000.txt": f"{good}\nx 1 {kitti.ROW}\n0 7 Car 1\n", "oxts/0000.txt": f"{OXTS}\n"})
    first, second = found.told("kitti.label-row")
    assert (first.line, first.message) == (2, "expected the number of a frame, found 'x'; the row is left out")
    assert (second.line, second.message) == (3, "expected 17 or 18 columns, found 4; the row is left out")
    assert len(found.data("0000", "000000").labels) == 1


def test_a_label_folder_without_a_frame(kitti: Any) -> None:
    found = kitti.read({"image_2/0.png": kitti.PIXEL, "image_2/1.png": kitti.PIXEL, "label_2/1.txt": ""})
    finding = only(found, "kitti.label-missing")
    assert (finding.severity, finding.file, finding.segment) == ("warning", "label_2", "all")
    assert finding.message == "expected a file for each of 2 frames, found none for 1, such as 0"
    assert [found.data("all", key).annotation for key in "01"] == ["none", "empty"]


def test_folders_that_differ(kitti: Any) -> None:
    found = kitti.read(
        {
            "image_2/0.png": kitti.PIXEL,
            "image_2/1.png": kitti.PIXEL,
            "velodyne/1.bin": kitti.CLOUD,
            "velodyne/2.bin": kitti.CLOUD,
            "calib/1.txt": kitti.CALIBRATION,
        }
    )
    assert [found.data("all", "2", "image_2").is_missing, found.data("all", "0", "velodyne").is_missing] == [True, True]
    missing = only(found, "kitti.calibration-missing")
    assert (missing.file, missing.message) == (
        "calib",
        "expected a file for each of 3 frames, found none for 2, such as 0",
    )
    calibrated = found.frame("all", "1").calibration
    assert calibrated is None
    assert found.frame("all", "0").calibration["image_2"].extrinsics is None


@pytest.mark.parametrize("factor", [100, 1000], ids=["centimetres", "millimetres"])
def test_places_that_are_not_in_metres_are_told_once_a_frame(kitti: Any, factor: int) -> None:
    words = kitti.ROW.split()
    far = " ".join([*words[:11], *(str(float(word) * factor) for word in words[11:14]), *words[14:]])
    found = kitti.read({"label_2/0.txt": f"{kitti.ROW}\n{far}\n{far}\n", "label_2/1.txt": f"{kitti.ROW}\n"})
    finding = only(found, "kitti.label-far")
    assert (finding.severity, finding.file, finding.line) == ("warning", "label_2/0.txt", 2)
    place = tuple(float(word) * factor for word in words[11:14])
    assert finding.message == (
        f"expected a place in metres, within 500 of the camera, found {place!r}, and such in 1 more"
    )


def test_a_calibration_without_a_way_to_the_velodyne_is_told_once_a_segment(kitti: Any) -> None:
    files = {f"label_2/{number}.txt": f"{kitti.ROW}\n" for number in range(3)}
    files |= {f"calib/{number}.txt": "P2: 72 0 60 4.2 0 72 18 0 0 0 1 0.005\n" for number in range(3)}
    found = kitti.read({**files, "velodyne/0.bin": kitti.CLOUD})
    finding = only(found, "kitti.calibration-missing")
    assert (finding.severity, finding.file, finding.segment) == ("warning", "calib/0.txt", "all")
    assert finding.message == "expected the way to the velodyne in the calibration, found none; boxes lie on image_2"
    assert len(found.data("all", "0", "image_2").labels) == 2


@pytest.mark.parametrize("line", ["P3: 72 0 60 4.2 0 72 18 0 0 0 1 0.005", "Tr_cam_to_road: 1"])
def test_a_calibration_without_the_labels_camera_is_told_at_its_file(kitti: Any, line: str) -> None:
    files = {f"label_2/{number}.txt": f"{kitti.ROW}\n" for number in range(2)}
    files |= {f"calib/{number}.txt": f"{line}\n" for number in range(2)}
    found = kitti.read({**files, "velodyne/0.bin": kitti.CLOUD})
    assert found.told("kitti.calibration-missing") == []
    assert [(one.file, one.message) for one in found.told("kitti.calibration-key")] == [
        (f"calib/{number}.txt", "expected a line P2, found none; the camera image_2 has no intrinsics")
        for number in range(2)
    ]
    assert len(found.data("all", "0", "image_2").labels) == 1


@pytest.mark.parametrize("lost", [0, 1], ids=["the first", "the second"])
def test_a_calibration_without_the_labels_camera_is_an_error_where_others_have_it(kitti: Any, lost: int) -> None:
    whole = kitti.CALIBRATION
    without = whole.replace("P2:", "P3:")
    files = {f"label_2/{number}.txt": f"{kitti.ROW}\n" for number in range(3)}
    files |= {f"calib/{number}.txt": without if number == lost else whole for number in range(3)}
    found = kitti.read({**files, "velodyne/0.bin": kitti.CLOUD, "image_2/0.png": kitti.PIXEL})
    finding = only(found, "kitti.calibration-projection")
    assert (finding.severity, finding.file) == ("error", f"calib/{lost}.txt")
    assert finding.message == (
        "expected a line P2, found none; the camera image_2 has no intrinsics; "
        "image_2 is that of the labels, and has them elsewhere"
    )
    assert found.told("kitti.calibration-key") == []


def test_a_sequence_without_the_projection_that_others_have(kitti: Any) -> None:
    files = {f"training/label_02/{n}.txt": f"0 1 {kitti.ROW}\n" for n in ("0000", "0001")}
    files |= {f"training/image_02/{n}/000000.png": kitti.PIXEL for n in ("0000", "0001")}
    without = kitti.CALIBRATION.replace("P2:", "P3:")
    files |= {"training/calib/0000.txt": without, "training/calib/0001.txt": kitti.CALIBRATION}
    assert only(kitti.read(files), "kitti.calibration-projection").file == "training/calib/0000.txt"


def test_columns_that_commas_part_are_read_and_told_once_a_segment(kitti: Any) -> None:
    parted = kitti.ROW.replace(" ", ",")
    files = {f"label_2/{n}.txt": f"{parted if n in (1, 3, 4) else kitti.ROW}\n" for n in range(6)}
    files["label_2/4.txt"] = f"{kitti.ROW}\n{parted.replace(',', ' , ')}\n"
    files["label_2/5.txt"] = kitti.ROW.replace("Car", "Car,red")
    found = kitti.read(files)
    finding = only(found, "kitti.label-commas")
    assert (finding.severity, finding.file, finding.line) == ("warning", "label_2/1.txt", 1)
    assert finding.message == (
        "expected columns parted by blanks, found commas, and such in 2 more files; they are read as blanks"
    )
    boxes = [label for data in found.frame("all", "1").data for label in data.labels]
    assert [(box.xmin, box.ymin, box.xmax, box.ymax) for box in boxes] == [(10, 5, 30, 20)]
    shared = lading.validate(lading.open_dataset(kitti.root), jobs=2)
    assert [one.message for one in shared if one.rule == "kitti.label-commas"] == [finding.message]


def test_commas_of_tracking_are_told_once_a_file(kitti: Any) -> None:
    rows = [f"{frame} 1 {kitti.ROW}" for frame in range(3)]
    rows[1:] = [row.replace(" ", ",") for row in rows[1:]]
    finding = only(kitti.read({"training/label_02/0000.txt": "\n".join(rows)}), "kitti.label-commas")
    assert (finding.line, "more file" in finding.message) == (2, False)


def test_a_calibration_without_a_line_is_told_at_its_file(kitti: Any) -> None:
    files = {f"label_2/{number}.txt": f"{kitti.ROW}\n" for number in range(2)}
    found = kitti.read({**files, "calib/0.txt": "\n", "calib/1.txt": "", "velodyne/0.bin": kitti.CLOUD})
    told = found.told("kitti.calibration-missing")
    assert [(one.severity, one.file, one.message) for one in told] == [
        ("warning", f"calib/{number}.txt", "expected a calibration, found a file without a line") for number in range(2)
    ]
    assert len(found.data("all", "0", "image_2").labels) == 1


def test_two_files_of_a_frame(kitti: Any) -> None:
    found = kitti.read({"image_2/0.jpg": kitti.PIXEL, "image_2/0.png": kitti.PIXEL, "label_2/0.txt": ""})
    finding = only(found, "kitti.duplicate-file")
    assert finding.file == "image_2/0.png"
    assert finding.message == "expected one file a frame, found 0.jpg as well; this one is not read"


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ("3.90 1.60 1.50", "expected h, w, l of a Car, found 3.9, 1.6, 1.5, as if l, w, h"),
    ],
)
def test_sizes_that_are_odd_stay_as_they_are(kitti: Any, columns: str, message: str) -> None:
    row = kitti.ROW.replace("1.50 1.60 3.90", columns)
    found = kitti.read({"label_2/0.txt": f"{kitti.ROW}\n{row}\n", "calib/0.txt": kitti.CALIBRATION})
    finding = only(found, "kitti.label-dimensions")
    assert (finding.severity, finding.file, finding.line, finding.message) == ("warning", "label_2/0.txt", 2, message)
    h, w, length = map(float, columns.split())
    assert found.data("all", "0").labels[3].size_m == (length, w, h)


@pytest.mark.parametrize(
    ("columns", "rule", "message"),
    [
        ("1.01 0", "truncated", "expected truncated from 0 to 1, or -1 for unset, found 1.01"),
        ("-0.50 0", "truncated", "expected truncated from 0 to 1, or -1 for unset, found -0.5"),
        ("0.00 4", "occluded", "expected occluded as 0, 1, 2 or 3, or -1 for unset, found 4"),
        ("0.00 0.5", "occluded", "expected occluded as 0, 1, 2 or 3, or -1 for unset, found 0.5"),
    ],
)
def test_shares_and_states_out_of_range_are_told_and_kept(kitti: Any, columns: str, rule: str, message: str) -> None:
    row = kitti.ROW.replace("0.00 0", columns, 1)
    found = kitti.read({"label_2/0.txt": f"{kitti.ROW}\n{row}\n"})
    finding = only(found, f"kitti.label-{rule}")
    assert (finding.severity, finding.file, finding.line, finding.message) == ("warning", "label_2/0.txt", 2, message)
    assert found.data("all", "0").labels[1].attributes[rule] == float(columns.split()[rule == "occluded"])


def test_shares_and_states_that_are_unset_are_no_matter(kitti: Any) -> None:
    rows = [kitti.ROW.replace("0.00 0", columns, 1) for columns in ("-1 -1", "0 3", "1.00 2", "-1.00 1")]
    found = kitti.read({"label_2/0.txt": "\n".join(rows)})
    assert found.told("kitti.label-truncated") == found.told("kitti.label-occluded") == []


def test_an_alpha_that_does_not_follow(kitti: Any) -> None:
    found = kitti.read({"label_2/0.txt": f"{kitti.ROW.replace('-1.55', '1.60')}\n"})
    finding = only(found, "kitti.label-alpha")
    assert (finding.severity, finding.line) == ("warning", 1)
    assert finding.message == "expected alpha near -1.54 by rotation_y and location, found 1.6"
    assert found.data("all", "0").labels[0].attributes["alpha"] == 1.6


@pytest.mark.parametrize(
    ("location", "turn", "found"),
    [
        ("-2.60 1.73 -0.29", "1.58", "found it 0.28 m behind; part of it is ahead"),  # length along the view: 1.95 m
        ("-2.60 1.73 -1.00", "0.00", "found it 0.99 m behind; no part of it is ahead"),  # width along the view: 0.80 m
    ],
    ids=["part of it behind", "all of it behind"],
)
def test_a_box_behind_the_camera_that_is_drawn_in_its_picture(kitti: Any, location: str, turn: str, found: str) -> None:
    """source-formats.md 3.12, 2. Camera 2 lies 5 mm behind camera 0 here, so depths in it are 5 mm more."""
    row = f"Van 1.00 0 -10 10.00 5.00 30.00 20.00 1.50 1.60 3.90 {location} {turn}"
    read = kitti.read({"label_2/0.txt": f"{kitti.ROW}\n{row}\n", "calib/0.txt": kitti.CALIBRATION})
    finding = only(read, "kitti.label-behind")
    assert (finding.severity, finding.file, finding.line) == ("warning", "label_2/0.txt", 2)
    expected = "expected a box in the picture to have its centre ahead of the camera"
    assert finding.message == f"{expected}, {found}"
    assert len(read.data("all", "0").labels) == 4


def test_an_alpha_that_does_not_follow_is_told_of_a_box_behind_the_camera_too(kitti: Any) -> None:
    """source-formats.md 3.12, 2 and 3: official rows are both. Here 1.58 - atan2(-2.6, -0.29) follows."""
    row = "Van 1.00 0 {} 10.00 5.00 30.00 20.00 1.50 1.60 3.90 -2.60 1.73 -0.29 1.58"
    text = "".join(f"{row.format(alpha)}\n" for alpha in (-3.02, 1.5))
    read = kitti.read({"label_2/0.txt": text, "calib/0.txt": kitti.CALIBRATION})
    assert [finding.line for finding in read.told("kitti.label-behind")] == [1, 2]
    assert only(read, "kitti.label-alpha").line == 2


@pytest.mark.parametrize(
    ("bbox", "z"),
    [("-1 -1 -1 -1", "-3.00"), ("10 5 30 20", "0.10"), ("10 5 30 20", "-0.004"), ("10 5 30 20", "nan")],
    ids=["no box in the picture", "ahead of both cameras", "ahead of its own camera alone", "not a number"],
)
def test_a_box_that_is_not_behind_its_camera(kitti: Any, bbox: str, z: str) -> None:
    row = f"Van 1.00 0 -10 {bbox} 1.50 1.60 3.90 -2.60 1.73 {z} 0.00"
    assert kitti.read({"label_2/0.txt": f"{row}\n", "calib/0.txt": kitti.CALIBRATION}).told("kitti.label-behind") == []


def test_bytes_that_are_no_utf8(kitti: Any) -> None:
    found = kitti.read({"label_2/0.txt": f"{kitti.ROW}\n".encode() + b"Caf\xe9" + kitti.ROW[3:].encode()})
    finding = only(found, "kitti.encoding")
    assert (finding.severity, finding.line, finding.message) == ("error", 2, "expected UTF-8, found byte 0xe9")
    assert [label.category for label in found.data("all", "0").labels] == ["Car", "Caf\\xe9"]


def test_a_byte_order_mark_and_other_line_ends(kitti: Any) -> None:
    found = kitti.read({"label_2/0.txt": b"\xef\xbb\xbf" + f"{kitti.ROW}\r\n{kitti.ROW}\r{kitti.ROW}".encode()})
    assert [found.data("all", "0").locate(label).line for label in found.data("all", "0").labels] == [1, 2, 3]
    assert found.report.count("error") == 0


def test_a_git_lfs_pointer(kitti: Any) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
    found = kitti.read({"label_2/0.txt": pointer, "label_2/1.txt": f"{kitti.ROW}\n"})
    finding = only(found, "kitti.lfs-pointer")
    assert (finding.file, finding.message) == ("label_2/0.txt", "expected the file's content, found a Git LFS pointer")
    assert found.data("all", "0").annotation == "none"
    assert len(found.data("all", "1").labels) == 1


def test_a_file_that_is_gone_when_it_is_read(kitti: Any, reading: Any) -> None:
    from lading_kitti.reader import KittiOptions, KittiReader

    from lading import Report, Source

    root = kitti.tree({"label_2/0.txt": f"{kitti.ROW}\n", "label_2/1.txt": f"{kitti.ROW}\n"})
    dataset = KittiReader().open(Source.open(root), KittiOptions(), Report())
    (root / "label_2" / "0.txt").unlink()
    report = Report()
    frames = list(dataset.frames("all", report=report))
    (finding,) = [finding for finding in report.findings if finding.severity == "error"]
    assert (finding.rule, finding.file) == ("kitti.unreadable", "label_2/0.txt")
    assert finding.message.startswith("expected ")  # the place is said once
    assert [len(frame.data[0].labels) for frame in frames] == [0, 1]


def test_calibrations_that_are_bad_name_file_and_line(kitti: Any) -> None:
    broken = kitti.CALIBRATION.replace("0 -1 0 -0.02", "0 -1 0")
    found = kitti.read(
        {
            **{f"velodyne/{i}.bin": kitti.CLOUD for i in range(3)},
            **{f"label_2/{i}.txt": f"{kitti.ROW}\n" for i in range(3)},
            **{f"calib/{i}.txt": kitti.CALIBRATION if i == 0 else broken for i in range(3)},
        }
    )
    assert [(f.file, f.line, f.message) for f in found.told("kitti.calibration-row")] == [
        (f"calib/{i}.txt", 3, "Tr_velo_to_cam: expected 12 numbers, found 11") for i in (1, 2)
    ]
    assert found.told("kitti.calibration-key") == found.told("kitti.calibration-missing") == []  # once is enough
    # the box of such a frame lies in the camera's frame, whose projection is there
    assert [label.kind for label in found.data("all", "1", "image_2").labels] == ["BOX2D", "BOX3D"]
    assert [label.kind for label in found.data("all", "0", "velodyne").labels] == ["BOX3D"]


@pytest.mark.parametrize(
    ("size", "hint"),
    [(40, "; it would hold points of 5 values"), (33, ""), (100, "; it would hold points of 5 values")],
)
def test_clouds_of_no_whole_number_of_points(kitti: Any, size: int, hint: str) -> None:
    found = kitti.read({"velodyne/0.bin": bytes(size), "velodyne/1.bin": kitti.CLOUD, "label_2/0.txt": ""})
    finding = only(found, "kitti.velodyne-size")
    assert (finding.severity, finding.file) == ("error", "velodyne/0.bin")
    assert finding.message == f"expected points of 16 bytes, found {size} bytes{hint}"


def test_a_cloud_that_only_stands_for_one_is_told_by_the_rules_of_media(kitti: Any) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n"
    assert kitti.read({"velodyne/0.bin": pointer, "label_2/0.txt": ""}).told("kitti.velodyne-size") == []


def test_labels_of_points_that_are_too_few(kitti: Any) -> None:
    found = kitti.read(
        {
            "sequences/00/velodyne/000000.bin": kitti.CLOUD,
            "sequences/00/labels/000000.label": bytes(4),
            "sequences/00/velodyne/000001.bin": kitti.CLOUD,
            "sequences/00/labels/000001.label": bytes(8),
            "sequences/00/calib.txt": kitti.CALIBRATION,
        }
    )
    finding = only(found, "kitti.point-labels-size")
    assert finding.file == "sequences/00/labels/000000.label"
    assert finding.message == "expected a label of 4 bytes for each of 2 points, found 4 bytes"
    lidar = found.data("00", "000001", "velodyne")
    assert lidar.extras == {"point_labels": "sequences/00/labels/000001.label"}
    assert found.losses == {"labels of points": 2}


def test_a_second_folder_of_labels_of_points_is_a_loss(kitti: Any) -> None:
    found = kitti.read(
        {
            "sequences/00/velodyne/000000.bin": kitti.CLOUD,
            "sequences/00/labels/000000.label": bytes(8),
            "sequences/00/predictions/000000.label": bytes(8),
        }
    )
    assert found.data("00", "000000").extras == {"point_labels": "sequences/00/labels/000000.label"}
    assert found.losses == {"labels of points": 1, "label file of a folder that is not read": 1}


def test_times_of_raw(kitti: Any) -> None:
    found = kitti.read(
        {
            f"{DRIVE}/velodyne_points/data/0000000000.bin": kitti.CLOUD,
            f"{DRIVE}/velodyne_points/data/0000000003.bin": kitti.CLOUD,
            f"{DRIVE}/velodyne_points/timestamps.txt": "2011-09-26 13:02:25.1\n\nnoon\n2011-09-26 13:02:25.4\n",
            f"{DRIVE}/image_02/data/0000000001.png": kitti.PIXEL,
        }
    )
    assert found.losses["frame that a sensor lost, by an empty line of its times"] == 1
    assert (only(found, "kitti.timestamp").severity, only(found, "kitti.timestamp").line) == ("error", 3)
    segment = "2011_09_26_drive_0001_sync"
    assert [data.sensor_name for data in found.frame(segment, "0000000001").data] == ["image_02"]
    assert found.data(segment, "0000000003", "velodyne_points").timestamp_ns == 1317042145_400000000


def test_records_and_poses_that_are_none(kitti: Any) -> None:
    found = kitti.read(
        {
            "training/image_02/0000/000001.png": kitti.PIXEL,
            "training/oxts/0000.txt": f"1 2 3\n{OXTS} \n",
            "training/calib/0000.txt": kitti.CALIBRATION,
            "dataset/sequences/00/times.txt": "0\n0.1\n",
            "dataset/sequences/00/calib.txt": "P0: 72 0 60 0 0 72 18 0 0 0 1 0\n",
            "dataset/poses/00.txt": "1 0 0 0 0 1 0 0 0 0 1 0\n1 2\n",
        }
    )
    record = only(found, "kitti.oxts-row")
    assert (record.file, record.line, record.message) == ("training/oxts/0000.txt", 1, "expected 30 numbers, found 3")
    pose = only(found, "kitti.pose-row")
    assert (pose.file, pose.line, pose.message) == ("dataset/poses/00.txt", 2, "expected 12 numbers, found 2")
    missing = only(found, "kitti.ego-pose")
    assert (missing.severity, missing.file) == ("warning", "dataset/poses/00.txt")
    assert missing.message == (
        "expected Tr in calib.txt, from the velodyne to the camera of the poses, found none; no ego poses"
    )
    assert found.frame("dataset/00", "000000").extras == {"pose": [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]}
    assert found.frame("0000", "000001").data[0].ego_pose is not None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "expected one record a frame, found none"),
        (f"{OXTS}\n{OXTS}\n", "expected one record a frame, found 2; the first counts"),
    ],
    ids=["none", "two"],
)
def test_files_of_oxts_that_hold_not_one_record(kitti: Any, text: str, message: str) -> None:
    found = kitti.read({f"{DRIVE}/oxts/data/0000000000.txt": f"{OXTS}\n", f"{DRIVE}/oxts/data/0000000001.txt": text})
    finding = only(found, "kitti.oxts-row")
    assert (finding.severity, finding.file) == ("error", f"{DRIVE}/oxts/data/0000000001.txt")
    assert finding.message == message


def test_the_imus_place_is_enough_for_ego_poses(kitti: Any) -> None:
    found = kitti.read(
        {
            f"{DRIVE}/oxts/data/0000000000.txt": f"{OXTS}\n",
            f"{DRIVE}/velodyne_points/data/0000000000.bin": kitti.CLOUD,
            "2011_09_26/calib_imu_to_velo.txt": "R: 1 0 0 0 1 0 0 0 1\nT: -0.81 0.32 -0.8\n",
        }
    )
    assert found.report.findings == []
    # the velodyne stands where Tr_imu_to_velo maps to 0
    pose = found.data("2011_09_26_drive_0001_sync", "0000000000").ego_pose
    assert pose.translation == pytest.approx((0.81, -0.32, 0.8))


def test_oxts_without_the_imus_place(kitti: Any) -> None:
    found = kitti.read({"training/image_02/0000/000000.png": kitti.PIXEL, "training/oxts/0000.txt": f"{OXTS}\n"})
    finding = only(found, "kitti.calibration-missing")
    assert finding.file == "training/calib/0000.txt"
    assert finding.message == (
        "expected a calibration of the cameras, found none; there are no intrinsics and no ego poses"
    )
    assert found.told("kitti.ego-pose") == []
    found = kitti.read({"training/calib/0000.txt": kitti.CALIBRATION.replace("Tr_imu_to_velo", "Tr_imu_to_car")})
    finding = only(found, "kitti.ego-pose")
    assert finding.file == "training/oxts/0000.txt"
    assert finding.message == ("expected Tr_imu_to_velo to tell where the car is, found none; no ego poses")
    assert found.frame("0000", "000000").extras["oxts"]["lat"] == 49.0


def test_a_record_without_a_place(kitti: Any) -> None:
    found = kitti.read(
        {
            "training/image_02/0000/000000.png": kitti.PIXEL,
            "training/oxts/0000.txt": f"{OXTS}\nnan{OXTS[2:]}\n",
            "training/calib/0000.txt": kitti.CALIBRATION,
        }
    )
    finding = only(found, "kitti.oxts-row")
    assert (finding.severity, finding.file, finding.line) == ("error", "training/oxts/0000.txt", 2)
    assert finding.message == "expected finite numbers, found lat nan; no ego pose"


def test_tracklets_that_break_off_leave_the_drive(kitti: Any) -> None:
    found = kitti.read(
        {
            f"{DRIVE}/velodyne_points/data/0000000000.bin": kitti.CLOUD,
            f"{DRIVE}/tracklet_labels.xml": "<boost_serialization>\n<tracklets>",
        }
    )
    finding = only(found, "kitti.tracklets")
    assert (finding.severity, finding.file, finding.line) == ("error", f"{DRIVE}/tracklet_labels.xml", 2)


def test_rows_of_mots_that_are_none(kitti: Any) -> None:
    found = kitti.read(
        {
            "image_02/0000/000000.png": kitti.PIXEL,
            "instances_txt/0000.txt": "0 1001 1 2 2 13\n0 1 1 2\n0 1 x 2 2 13\n0 1 1 2 2 ~\n",
        }
    )
    assert [(f.line, f.message) for f in found.told("kitti.mots-row")] == [
        (2, "expected five whole numbers and an RLE, found 4 columns"),
        (3, "expected five whole numbers and an RLE, found '0 1 x 2 2 13'"),
        (4, "counts: expected characters from '0' to 'o', found '~' at 0"),
    ]
    (label,) = found.data("0000", "000000").labels
    assert (label.kind, label.category, label.instance, label.height) == ("RLE", "car", "0000:1001", 2)
    assert label.counts.tolist() == [1, 3]


def test_masks_that_do_not_open(kitti: Any) -> None:
    found = kitti.read({"image_2/0.png": kitti.PIXEL, "instance/0.png": b"no picture", "semantic/0.png": kitti.PIXEL})
    finding = only(found, "kitti.mask-unreadable")
    assert (finding.severity, finding.file) == ("error", "instance/0.png")
    assert finding.message == "expected a mask in PNG, found another kind of file"
    assert [label.kind for label in found.data("all", "0").labels] == ["SEMANTIC_MASK"]


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("149", "expected a latitude within 90 degrees, found lat 149.0; no ego pose"),
        ("49 inf", "expected finite numbers, found lon inf; no ego pose"),
    ],
)
def test_records_without_a_place_say_which_field_is_wrong(kitti: Any, values: str, message: str) -> None:
    words = OXTS.split()
    given = values.split()
    line = " ".join([*given, *words[len(given) :]])
    files = {"training/image_02/0000/000000.png": kitti.PIXEL, "training/calib/0000.txt": kitti.CALIBRATION}
    assert (
        only(kitti.read({**files, "training/oxts/0000.txt": f"{OXTS}\n{line}\n"}), "kitti.oxts-row").message == message
    )


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be"])
def test_labels_in_utf_16_are_told_once_and_read(kitti: Any, encoding: str) -> None:
    mark = "\ufeff" if encoding == "utf-16-be" else ""
    found = kitti.read({"label_2/0.txt": f"{mark}{kitti.ROW}\n{kitti.ROW}\n".encode(encoding)})
    finding = only(found, "kitti.encoding")
    assert (finding.message, finding.line) == ("expected UTF-8, found UTF-16", 1)
    assert [one.rule for one in found.report.findings if one.rule.startswith("kitti.label")] == []
    assert len(found.data("all", "0").labels) == 2


def frame(kitti: Any, *names: str) -> dict[str, Any]:
    files: dict[str, Any] = {}
    for name in names:
        files |= {f"training/image_2/{name}.png": kitti.PIXEL, f"training/calib/{name}.txt": kitti.CALIBRATION}
        files |= {f"training/label_2/{name}.txt": f"{kitti.ROW}\n"}
    return files


def test_calibrations_of_no_frame_are_told_once(kitti: Any) -> None:
    files = frame(kitti, *(f"{n:06d}" for n in range(4)))
    found = kitti.read(files | {f"training/calib/{n:06d}.txt": kitti.CALIBRATION for n in (7, 8)})
    finding = only(found, "kitti.stray-file")
    assert (finding.severity, finding.file) == ("warning", "training/calib/000007.txt")
    expected = "expected the calibration of a frame, found no other file of that name; 1 more calibration alike"
    assert finding.message == expected


def test_calibrations_of_a_whole_benchmark_beside_a_part_of_it_are_a_loss(kitti: Any) -> None:
    files = frame(kitti, "000000", "000001")
    found = kitti.read(files | {f"training/calib/{n:06d}.txt": kitti.CALIBRATION for n in (7, 8)})
    assert found.told("kitti.stray-file") == []
    assert found.losses["calibration of a frame that has no other file"] == 2


def test_frames_in_no_image_set_are_told_where_sets_list_most(kitti: Any) -> None:
    files = frame(kitti, "000000", "000001", "000002")
    lists = {"ImageSets/train.txt": "000000\n", "ImageSets/val.txt": "000001\n"}
    finding = only(kitti.read(files | lists), "kitti.unlisted")
    assert (finding.severity, finding.file) == ("warning", "training/image_2/000002.png")
    assert finding.message == "expected each of 3 frames in a set of ImageSets, found 1 in none, first '000002'"


def test_a_set_of_some_frames_lists_those_alone(kitti: Any) -> None:
    files = frame(kitti, "000000", "000001", "000002")
    assert kitti.read(files | {"ImageSets/val.txt": "000001\n"}).told("kitti.unlisted") == []
    assert kitti.read(files).told("kitti.unlisted") == []


def test_tracks_below_0_are_told_at_their_row(kitti: Any) -> None:
    rows = f"0 3 {kitti.ROW}\n0 -1 {kitti.ROW.replace('10.00', '12.00')}\n0 -1 DontCare {kitti.ROW[4:]}\n"
    finding = only(kitti.read({"label_02/0000.txt": rows, "image_02/0000/000000.png": kitti.PIXEL}), "kitti.track")
    assert (finding.severity, finding.file, finding.line) == ("warning", "label_02/0000.txt", 2)
    assert finding.message == "expected the number of a track, 0 or more, found -1; the box is of none"


def test_a_way_from_the_imu_that_lacks_a_line_is_told_as_that_alone(kitti: Any) -> None:
    day = "2011_09_26"
    velo = "R: 0 -1 0 0 0 -1 1 0 0\nT: 0 0 0\n"
    cam = "R_rect_00: 1 0 0 0 1 0 0 0 1\nP_rect_02: 72 0 60 4.2 0 72 18 0 0 0 1 0\n"
    files = {f"{day}/calib_velo_to_cam.txt": velo, f"{day}/calib_cam_to_cam.txt": cam}
    files |= {f"{DRIVE}/oxts/data/0000000000.txt": f"{OXTS}\n", f"{DRIVE}/image_02/data/0000000000.png": kitti.PIXEL}
    found = kitti.read(files | {f"{day}/calib_imu_to_velo.txt": "R: 1 0 0 0 1 0 0 0 1\n"})
    assert only(found, "kitti.calibration-key").file == f"{day}/calib_imu_to_velo.txt"
    assert found.told("kitti.ego-pose") == []
