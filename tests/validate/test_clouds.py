"""Points of clouds without a header: NaN and infinities are told, once a file, and nothing is read that need not be."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from lading.model.dataset import MemoryDataset
from lading.model.frame import Frame
from lading.validate import engine, validate
from lading.validate.checks import clouds

from .parts import InOneProcess

FIELDS = ("X", "Y", "Z", "Intensity")


@pytest.fixture
def told(dataset: Any, data: Any, content: Any) -> Any:
    """Judges a file of these bytes, of a dataset whose clouds have these columns."""

    def judge(file: Any, fields: Any = FIELDS, path: str = "a.bin", **given: Any) -> list[tuple[Any, ...]]:
        held = file if hasattr(file, "open") else content(path, file)
        one: MemoryDataset = dataset(data(path=path, content=held, width=None, height=None))
        one.bin_point_cloud_fields = fields
        found = validate(one, severities={"media.unreadable": "off", "media.duplicate": "off", "media.leak": "off"})
        return [(f.rule, f.severity, f.file, f.pointer, f.message) for f in found if f.rule.startswith("media.")]

    return judge


def cloud(points: int = 5, width: int = 4, **odd: float) -> bytes:
    """Points in columns of float32, some numbers of which (by `p2_1`: point and column) are others."""
    values = np.arange(points * width, dtype="<f4").reshape(points, width)
    for place, value in odd.items():
        point, column = map(int, place[1:].split("_"))
        values[point, column] = value
    return values.tobytes()


def message(points: str, of: str, first: str) -> str:
    return f"expected points of finite numbers, found {points} of {of} with others: {first}"


@pytest.mark.parametrize(
    ("odd", "expected"),
    [
        ({"p2_1": np.nan}, message("1 point", "5", "Y is nan in point 2 (from 0)")),
        ({"p4_3": np.inf}, message("1 point", "5", "Intensity is inf in point 4 (from 0)")),
        ({"p0_0": -np.inf, "p0_2": np.nan, "p3_2": np.nan}, message("2 points", "5", "X is -inf in point 0 (from 0)")),
    ],
)
def test_numbers_that_are_not_finite_are_told_once_a_file(told: Any, odd: dict[str, float], expected: str) -> None:
    assert told(cloud(**odd)) == [("media.not-finite", "warning", "a.bin", None, expected)]


def test_points_of_finite_numbers_are_right_also_where_they_are_large(told: Any) -> None:
    """The square of 3e38 is no float32."""
    assert told(cloud()) == []
    assert told(cloud(p1_1=3e38, p2_2=-3e38)) == []


def test_a_large_cloud_is_read_in_pieces(told: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 3 points and 4 bytes, so that points lie across their borders."""
    monkeypatch.setattr(clouds, "_PIECE", 52)
    odd = {"p3_0": np.nan, "p7_2": np.nan, "p19_3": np.inf}
    assert told(cloud(20)) == []
    (found,) = told(cloud(20, **odd))
    assert found[-1] == message("3 points", "20", "X is nan in point 3 (from 0)")


@pytest.fixture
def ranges() -> Any:
    """A cloud of so many points at so many metres."""

    def make(*each: tuple[int, float]) -> bytes:
        points = np.zeros((sum(count for count, _ in each), 4), dtype="<f4")
        points[:, 1] = np.concatenate([np.full(count, metres) for count, metres in each])
        return points.tobytes()

    return make


def test_points_in_millimetres_are_told_once_a_file(told: Any, ranges: Any) -> None:
    expected = "expected points within 1,000 m of the sensor, found 199 of 200 farther off, up to 60,000 m"
    assert told(ranges((99, 4_000), (100, 60_000), (1, 40))) == [
        ("media.far-points", "warning", "a.bin", None, expected)
    ]


@pytest.mark.parametrize(
    ("each", "is_far"),
    [
        ([(200, 999.9)], False),
        ([(200, 1_000.5)], True),
        ([(197, 1e30), (3, 5)], False),
        ([(198, -1_500), (2, 5)], True),
        ([(198, -1_500), (2, 5), (2, np.nan)], True),
        ([(99, np.nan), (1, np.inf)], False),
    ],
)
def test_a_cloud_is_far_where_nearly_all_its_points_are(told: Any, ranges: Any, each: Any, is_far: bool) -> None:
    assert ("media.far-points" in [rule for rule, *_ in told(ranges(*each))]) == is_far


def test_other_columns_may_be_large_and_points_without_a_place_are_not_far(told: Any, ranges: Any) -> None:
    assert told(ranges((200, 1e6)), fields=("X", "Time", "Y", "Z")) == []
    assert told(ranges((200, 1e6)), fields=("Range", "Y", "Azimuth", "Elevation")) == []


def test_far_points_are_counted_over_pieces(told: Any, ranges: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clouds, "_PIECE", 52)
    (found,) = told(ranges((198, 2_000), (2, 5)))
    assert found[-1].endswith("found 198 of 200 farther off, up to 2,000 m")


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize(("odd", "expected"), [(2, ["0", "1"]), (3, ["0"])])
def test_a_folder_of_which_most_are_such_is_told_once(
    dataset: Any, data: Any, content: Any, jobs: int, odd: int, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "Shares", InOneProcess)
    files = [
        data(path=f"l/{n}.bin", content=content(f"l/{n}.bin", cloud(n + 1, p0_1=np.nan) if n < odd else cloud(n + 1)))
        for n in range(5)
    ]
    one = MemoryDataset("x", {"train": [Frame(key=str(n), data=[file]) for n, file in enumerate(files)]})
    one.bin_point_cloud_fields = FIELDS
    found = list(validate(one, rules=["media.not-finite"], jobs=jobs))
    assert [f.frame for f in found] == expected
    assert ("; 3 of 5 clouds of its folder are such" in found[0].message) == (odd == 3)


@pytest.mark.parametrize(
    ("fields", "path", "size"),
    [(None, "a.bin", 16), (FIELDS, "a.pcd", 16), (FIELDS, "a.bin", 17), (FIELDS, "a.bin", 0)],
    ids=["of columns that nobody says", "of another kind", "that is cut", "without points"],
)
def test_a_file_is_let_be(told: Any, fields: Any, path: str, size: int) -> None:
    assert told(b"\xff" * size, fields=fields, path=path) == []


def test_a_file_that_does_not_open_is_told_by_its_own_rule(told: Any, content: Any) -> None:
    file = content("a.bin", b"\xff" * 16, error="expected a file, found nothing")
    assert told(file) == []


def test_a_columns_name_is_that_of_the_dataset(told: Any) -> None:
    (found,) = told(cloud(4, 5, p1_4=np.nan), fields=("X", "Y", "Z", "Intensity", "Ring"))
    assert found[-1] == message("1 point", "4", "Ring is nan in point 1 (from 0)")


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize(("odd", "expected"), [({2, 3, 4, 5}, [("a", "2")]), ({2, 3}, [("a", "2"), ("b", "0")])])
def test_a_folder_of_two_segments_is_told_in_the_order_of_the_dataset(
    data: Any, content: Any, jobs: int, odd: set[int], expected: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first part has frames of both segments, of which those of the second are wrong."""
    monkeypatch.setattr(engine, "Shares", InOneProcess)

    def file(number: int) -> Any:
        path = f"l/{number}.bin"
        return data(path=path, content=content(path, cloud(number + 1, **({"p0_1": np.nan} if number in odd else {}))))

    frames = [Frame(key=str(number % 3), data=[file(number)]) for number in range(6)]
    one = MemoryDataset("x", {"a": frames[:3], "b": frames[3:]})
    one.bin_point_cloud_fields = FIELDS
    found = list(validate(one, rules=["media.not-finite"], jobs=jobs))
    assert [(f.segment, f.frame) for f in found] == expected
