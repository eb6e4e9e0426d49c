"""What is odd about most rows of a segment is told once, with a number; about a few, at each."""

from __future__ import annotations

import math
from typing import Any

import pytest

import lading

LWH = "Car 0.00 0 -1.55 10.00 5.00 30.00 20.00 3.90 1.60 1.50 -0.50 1.60 14.20 -1.58"
DEGREES = f"Car 0.00 0 {math.degrees(-1.55):.2f} 10.00 5.00 30.00 20.00 1.50 1.60 3.90 -0.50 1.60 14.20 {-90.53}"
PEDESTRIAN = "Pedestrian 0.00 0 -1.55 10.00 5.00 30.00 20.00 1.80 0.60 0.60 -0.50 1.60 14.20 -1.58"


def told(kitti: Any, rule: str, *files: str) -> list[tuple[str | None, int | None, str]]:
    tree: dict[str, Any] = {f"training/label_2/{number:06}.txt": f"{rows}\n" for number, rows in enumerate(files)}
    root = kitti.tree(tree | {f"training/calib/{number:06}.txt": kitti.CALIBRATION for number in range(len(files))})
    alone, shared = (
        [
            (one.file, one.line, one.message)
            for one in lading.validate(lading.open_dataset(root), jobs=jobs)
            if one.rule == rule
        ]
        for jobs in (1, 2)
    )
    assert alone == shared
    return alone


def test_sizes_of_most_cars_are_told_once_however_many_others_there_are(kitti: Any) -> None:
    rows = [f"{PEDESTRIAN}\n{PEDESTRIAN}\n{LWH}", f"{PEDESTRIAN}\n{kitti.ROW}", LWH, LWH]
    expected = "expected h, w, l of a Car, found 3.9, 1.6, 1.5, as if l, w, h; so it is with 3 rows of cars of 4"
    assert told(kitti, "kitti.label-dimensions", *rows) == [("training/label_2/000000.txt", 3, expected)]


def test_sizes_of_a_few_cars_are_told_each(kitti: Any) -> None:
    rows = [LWH, f"{kitti.ROW}\n{LWH}", kitti.ROW, kitti.ROW]
    assert [(file, line) for file, line, _ in told(kitti, "kitti.label-dimensions", *rows)] == [
        ("training/label_2/000000.txt", 1),
        ("training/label_2/000001.txt", 2),
    ]


@pytest.mark.parametrize(("right", "count"), [(0, 3), (2, 3), (4, 0)])
def test_angles_in_degrees_of_most_frames_are_told_once(kitti: Any, right: int, count: int) -> None:
    rows = [DEGREES] * 3 + [kitti.ROW] * right
    expected = "expected angles in radians, found alpha -88.81 and rotation_y -90.53"
    found = told(kitti, "kitti.angle", *rows)
    if count:
        message = f"{expected}; so it is with {count} frames of {3 + right}"
        assert found == [("training/label_2/000000.txt", 1, message)]
    else:
        assert found == [(f"training/label_2/00000{number}.txt", 1, expected) for number in range(3)]


def test_lists_of_a_sequence_whose_media_were_not_sent_are_held_to_each_other(kitti: Any) -> None:
    files = {"sequences/00/times.txt": "0\n0.1\n0.2\n0.3\n", "poses/00.txt": "1 0 0 0 0 1 0 0 0 0 1 0\n" * 3}
    found = kitti.read(files | {"sequences/00/calib.txt": "P0: 72 0 60 0 0 72 18 0 0 0 1 0\n"})
    assert [(one.file, one.message) for one in found.told("kitti.record-missing")] == [
        ("poses/00.txt", "expected a line for each frame, found 3; the first frame without one is 000003")
    ]


def test_rows_that_are_all_none_are_told_once(kitti: Any) -> None:
    short = kitti.ROW.rsplit(" ", 2)[0].rsplit(" ", 1)[0]
    message = "expected 15 or 16 columns, found 12; the row is left out; so it is with 4 rows of 5"
    found = told(kitti, "kitti.label-row", f"{short}\n{short}", short, short, kitti.ROW)
    assert found == [("training/label_2/000000.txt", 1, message)]


def test_rows_of_a_sequence_that_are_all_none_are_told_once(kitti: Any) -> None:
    rows = "".join(f"{number} 0 Car 0 0 -1.55\n" for number in range(4))
    found = kitti.read({"training/label_02/0000.txt": f"{rows}4 0 {kitti.ROW}\n"}).told("kitti.label-row")
    message = "expected 17 or 18 columns, found 6; the row is left out; so it is with 4 rows of 5"
    assert [(one.line, one.message) for one in found] == [(1, message)]


def test_a_state_that_no_row_has_rightly_is_told_once_of_all_rows(kitti: Any) -> None:
    """Areas to be ignored are rows as well."""
    ignored = "DontCare 7 -1 -10 10 5 30 20 -1 -1 -1 -1000 -1000 -1000 -10"
    rows = kitti.ROW.replace("0.00 0", "7 0")
    expected = "expected truncated from 0 to 1, or -1 for unset, found 7.0; so it is with 3 rows of 3"
    found = told(kitti, "kitti.label-truncated", f"{rows}\n{ignored}", rows)
    assert found == [("training/label_2/000000.txt", 1, expected)]


@pytest.mark.parametrize(
    ("file", "line", "rule", "message"),
    [
        ("poses/00.txt", "1 0 0 0 0 1 0 0 0 0 1", "kitti.pose-row", "expected 12 numbers, found 11"),
        ("sequences/00/times.txt", "noon", "kitti.timestamp", "expected a number of seconds, found 'noon'"),
    ],
)
def test_lines_of_a_list_that_are_all_none_are_told_once(
    kitti: Any, file: str, line: str, rule: str, message: str
) -> None:
    files = {"sequences/00/times.txt": "0\n0.1\n0.2\n0.3\n", "poses/00.txt": "1 0 0 0 0 1 0 0 0 0 1 0\n" * 4}
    found = kitti.read({**files, file: f"{line}\n" * 4})
    assert [(one.file, one.line, one.message) for one in found.told(rule)] == [
        (file, 1, f"{message}; so it is with 4 lines of 4")
    ]
