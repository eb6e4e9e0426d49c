"""What files of point labels hold: told by `validate`, which reads them, each file once."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import lading

RULES = ["nuscenes.point-labels", "nuscenes.point-labels-size", "nuscenes.point-class"]
SEG = "lidarseg/v1.0-mini/"
NPZ = "panoptic/v1.0-mini/labels.npz"


def told(case: Any, **given: Any) -> list[str]:
    found = lading.validate(lading.open_dataset(case.root), rules=RULES, **given)
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule in RULES]


def labelled(case: Any, number: int) -> tuple[Path, int]:
    """The file of labels of a row, and the number of points of its cloud: of 20 bytes each (source-formats.md 4.4)."""
    row = case.rows("lidarseg")[number]
    clouds = {one["token"]: one["filename"] for one in case.rows("sample_data")}
    return case.root / row["filename"], (case.root / clouds[row["sample_data_token"]]).stat().st_size // 20


def panoptic(case: Any, content: bytes) -> int:
    """Give the cloud of the first row of lidarseg a file of panoptic; the number of its points."""
    case.path("panoptic").write_text("[]")
    case.edit("panoptic", lambda _: [case.rows("lidarseg")[0] | {"token": "ab" * 16, "filename": NPZ}])
    (case.root / NPZ).parent.mkdir(parents=True)
    (case.root / NPZ).write_bytes(content)
    return labelled(case, 0)[1]


def npz(**arrays: Any) -> bytes:
    stream = io.BytesIO()
    np.savez_compressed(stream, **arrays)
    return stream.getvalue()


def test_point_labels_that_are_not_as_many_as_the_points_are_told(case: Any) -> None:
    few, points = labelled(case, 1)
    few.write_bytes(b"\x00")
    more, others = labelled(case, 2)
    more.write_bytes(bytes(others + 2))
    size = "error nuscenes.point-labels-size"
    assert told(case) == [
        f"{size} {SEG}{few.name}: expected a label for each of {points} points, found 1",
        f"{size} {SEG}{more.name}: expected a label for each of {others} points, found {others + 2}",
    ]
    assert told(case, jobs=2) == told(case)


def test_classes_of_points_that_no_category_has_are_told_once_a_file(case: Any) -> None:
    """The categories of the fixture have the indexes 0 to 4."""
    file, points = labelled(case, 0)
    file.write_bytes(bytes(points - 3) + bytes([77, 5, 77]))
    case.edit("category", lambda rows: rows[4].update(index=10**30))
    case.edit("category", lambda rows: [*rows, rows[0] | {"token": "cd" * 16, "name": "other", "index": 4}])
    assert told(case) == [
        f"error nuscenes.point-class {SEG}{file.name}: expected classes that category.json has as `index`, "
        f"found 5, 77 at 3 points, first at point {points - 3}"
    ]


def test_classes_that_may_be_of_a_category_without_its_index_are_not_told(case: Any) -> None:
    file, points = labelled(case, 0)
    file.write_bytes(bytes(points - 2) + bytes([77, 3]))
    case.edit("category", lambda rows: rows[3].pop("index") and None)
    (found,) = told(case)
    assert "found 77 at 1 point" in found
    case.edit("category", lambda rows: [{key: row[key] for key in ("token", "name")} for row in rows])
    assert told(case) == []


@pytest.mark.parametrize(
    "spoil",
    [
        lambda rows: rows.pop(3) and None,
        lambda rows: rows[3].update(token=rows[1]["token"]),
        lambda rows: rows[3].update(index="3"),
        lambda rows: rows[3].update(name=None),
        lambda rows: rows[3].update(index=1),
        lambda rows: [*rows[:3], None, rows[4]],
        lambda rows: [*rows[:3], 7, {**rows[4], "index": None}],
    ],
    ids=["gone", "a token twice", "index as text", "without a name", "another's index", "null", "no row, and no index"],
)
def test_classes_of_categories_that_are_told_to_be_wrong_are_not_told_again(
    case: Any, spoil: Callable[[Any], Any]
) -> None:
    file, points = labelled(case, 0)
    file.write_bytes(bytes(points - 2) + bytes([3, 4]))
    car = case.rows("category")[3]
    assert car["name"] == "vehicle.car"
    case.edit("category", spoil)
    assert told(case) == []
    assert {"bad-record", "dangling-token", "duplicate-token", "category-index", "broken-table"} & {
        found.rule.removeprefix("nuscenes.") for found in case.open().report.findings
    }


def test_classes_of_a_table_of_categories_that_is_cut_are_not_told(case: Any) -> None:
    file, points = labelled(case, 0)
    file.write_bytes(bytes(points - 1) + bytes([4]))
    text = case.path("category").read_text()
    case.path("category").write_text(text[: text.rindex("{")])
    assert told(case) == []


def test_panoptic_is_a_thousand_times_the_class_and_the_instance(case: Any) -> None:
    points = panoptic(case, b"")
    values = np.zeros(points, np.uint16)
    values[1:4] = 3001, 4999, 1000
    (case.root / NPZ).write_bytes(npz(data=values))
    assert told(case) == []
    values[2] = 55_002
    (case.root / NPZ).write_bytes(npz(data=values))
    assert told(case) == [
        f"error nuscenes.point-class {NPZ}: expected classes that category.json has as `index`, "
        "found 55 at 1 point, first at point 2"
    ]
    (case.root / NPZ).write_bytes(npz(data=values[3:]))
    assert told(case) == [
        f"error nuscenes.point-labels-size {NPZ}: expected a label for each of {points} points, found {points - 3}"
    ]


def header(text: bytes) -> bytes:
    """An .npz whose array has this for its header."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("data.npy", b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text)
    return stream.getvalue()


CUT = "expected an .npz that is whole, found one that is cut or damaged"
KIND = "expected whole numbers (uint16) in the array 'data', found "


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(npz(data=np.zeros(9, np.uint16))[:-30], CUT, id="cut"),
        pytest.param(npz(arr_0=np.zeros(9)), "expected an array 'data' in the .npz, found 'arr_0'", id="name"),
        pytest.param(npz(), "expected an array 'data' in the .npz, found none", id="no array"),
        pytest.param(
            npz(data=np.array([print, {}])), f"{KIND}pickled objects, which are not read", id="pickled objects"
        ),
        pytest.param(npz(data=np.zeros(9, np.float32)), f"{KIND}float32", id="floats"),
        pytest.param(
            npz(data=np.zeros((3, 3), np.uint16)),
            "expected one number a point in the array 'data', found the shape (3, 3)",
            id="shape",
        ),
        pytest.param(b"", "expected an .npz, found another kind of file", id="no bytes"),
        pytest.param(np.zeros(9, np.uint16).tobytes(), "expected an .npz, found another kind of file", id="raw"),
        pytest.param(
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "expected labels of points, found a Git LFS pointer: it is not downloaded",
            id="pointer",
        ),
        *(
            pytest.param(header(text), CUT, id=repr(text))
            for text in (b"", b"(", b"{'descr': 1L", b"[" * 9999, b"\xff")
        ),
    ],
)
def test_files_of_panoptic_that_cannot_be_read_are_told(case: Any, content: bytes, message: str) -> None:
    panoptic(case, content)
    assert told(case) == [f"error nuscenes.point-labels {NPZ}: {message}"]


def test_panoptic_whose_bytes_are_not_those_of_its_checksum_is_told(case: Any) -> None:
    points = panoptic(case, b"")
    stream = io.BytesIO()
    np.savez(stream, data=np.full(points, 4001, np.uint16))
    (case.root / NPZ).write_bytes(stream.getvalue())
    assert told(case) == []
    (case.root / NPZ).write_bytes(stream.getvalue().replace(b"\xa1\x0f" * points, b"\xa1\x0f" * (points - 1) + b"\0\0"))
    assert told(case) == [f"error nuscenes.point-labels {NPZ}: {CUT}"]


def test_an_array_of_fewer_numbers_than_none_is_told_by_its_shape(case: Any) -> None:
    panoptic(case, header(b"{'descr': '<u2', 'fortran_order': False, 'shape': (-1000,), }\n"))
    assert told(case) == [
        f"error nuscenes.point-labels {NPZ}: expected one number a point in the array 'data', found the shape (-1000,)"
    ]


def test_an_array_that_is_said_to_be_huge_is_not_read(case: Any) -> None:
    text = b"{'descr': '<u8', 'fortran_order': False, 'shape': (99999999999,), }\n"
    points = panoptic(case, header(text))
    assert told(case) == [
        f"error nuscenes.point-labels {NPZ}: "
        "expected one number a point in the array 'data', found the shape (99999999999,)"
    ]
    (case.root / NPZ).write_bytes(header(text.replace(b"99999999999", b"999999")))
    assert told(case) == [
        f"error nuscenes.point-labels-size {NPZ}: expected a label for each of {points} points, found 999999"
    ]


@pytest.mark.parametrize("seed", range(40))
def test_panoptic_of_any_bytes_is_judged(case: Any, seed: int) -> None:
    points = panoptic(case, b"")
    random = np.random.default_rng(seed)
    content = bytearray(npz(data=np.zeros(points, np.uint16)))
    for place in random.integers(len(content), size=3).tolist():
        content[place] = int(random.integers(256))
    (case.root / NPZ).write_bytes(bytes(content))
    assert len(told(case)) <= 1


def gone(case: Any) -> None:
    for path in (case.root / "samples/LIDAR_TOP").iterdir():
        path.unlink()


def cut(case: Any) -> None:
    for path in (case.root / "samples/LIDAR_TOP").iterdir():
        path.write_bytes(path.read_bytes()[:-7])


@pytest.mark.parametrize("spoil", [gone, cut], ids=["not there", "cut"])
def test_labels_of_a_cloud_without_a_number_of_points_are_held_to_the_categories(
    case: Any, spoil: Callable[[Any], None]
) -> None:
    labelled(case, 0)[0].write_bytes(bytes([0, 9]))
    spoil(case)
    (found,) = told(case)
    assert found.endswith("found 9 at 1 point, first at point 1")


def both(case: Any, rows: list[int]) -> list[list[int]]:
    """Give clouds files of panoptic that say what their lidarseg says; the classes of their points."""
    listed = case.rows("lidarseg")
    case.path("panoptic").write_text("[]")
    names = [f"panoptic/v1.0-mini/{row}.npz" for row in rows]
    case.edit("panoptic", lambda _: [
        listed[row] | {"token": f"{row:032x}", "filename": name} for row, name in zip(rows, names, strict=True)
    ])  # fmt: skip
    (case.root / NPZ).parent.mkdir(parents=True)
    classes = [list(labelled(case, row)[0].read_bytes()) for row in rows]
    for row, own in zip(rows, classes, strict=True):
        write(case, row, [1000 * one + number * (one in (1, 3)) for number, one in enumerate(own)])
    return classes


def write(case: Any, row: int, values: list[int]) -> None:
    (case.root / f"panoptic/v1.0-mini/{row}.npz").write_bytes(npz(data=np.array(values, np.uint16)))


def disagreeing(case: Any, **given: Any) -> list[str]:
    found = lading.validate(lading.open_dataset(case.root), rules=["nuscenes.panoptic-class"], **given)
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule == "nuscenes.panoptic-class"]


def test_classes_of_panoptic_that_are_not_those_of_lidarseg_are_counted_once_a_file(case: Any) -> None:
    (first, second) = both(case, [0, 2])
    assert disagreeing(case) == []
    assert (first[2], first[3], first[7]) == (2, 3, 2)
    write(case, 0, [1000 * one for one in [*first[:2], 3, 0, *first[4:7], 1, *first[8:]]])
    write(case, 2, [0 for _ in second])  # points of several boxes are ignored
    expected = [
        "warning nuscenes.panoptic-class panoptic/v1.0-mini/0.npz: "
        f"expected the classes of lidarseg, found 3 for 2 at 2 of {len(first)} points, first at point 2"
    ]
    assert disagreeing(case) == expected
    assert disagreeing(case, jobs=2) == expected


def test_classes_that_no_category_has_are_not_told_again(case: Any) -> None:
    (first,) = both(case, [0])
    write(case, 0, [55_001, *(1000 * one for one in first[1:])])
    assert disagreeing(case) == []


def test_clouds_whose_two_labels_mostly_disagree_are_told_once(case: Any) -> None:
    for row, own in enumerate(both(case, [0, 1, 2])):
        write(case, row, [1000 * ((one + 1) % 5) for one in own])
    for found in (disagreeing(case), disagreeing(case, jobs=2)):
        (line,) = found
        assert line.startswith("warning nuscenes.panoptic-class panoptic/v1.0-mini/0.npz: expected the classes of")
        assert line.endswith("; so it is with 2 more files of 3")
