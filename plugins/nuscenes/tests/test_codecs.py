"""Properties: tables in pieces, tokens as keys, times in units, boxes between frames of reference."""

from __future__ import annotations

import json
import math
from typing import Any, BinaryIO
from unittest import mock

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lading_nuscenes import scan as scanning
from lading_nuscenes.rotations import into_sensor
from lading_nuscenes.scan import Scan
from lading_nuscenes.schema import Attribute
from lading_nuscenes.tables import Columns, grouped
from lading_nuscenes.times import NO_TIME, Clock
from lading_nuscenes.tokens import ABSENT, DANGLING, TokenBook, TokenIndex

from lading import File, Report, Transform3D

texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=12) | st.sampled_from(
    ["},{", '"},\n{"', "}] , [{", "\\", "[", "é,{"]
)
values = st.recursive(st.none() | st.booleans() | st.integers(-5, 5) | texts, lambda inner: st.lists(inner, max_size=3))
rows = st.lists(
    st.fixed_dictionaries(
        {"token": texts, "name": texts},
        optional={"more": values | st.lists(st.dictionaries(texts, values, max_size=2))},
    ),
    max_size=12,
)


class Bytes(File):
    """A file in memory."""

    def __init__(self, content: bytes) -> None:
        self.path = "attribute.json"
        self._content = content

    @property
    def size(self) -> int:
        return len(self._content)

    @property
    def stamp(self) -> str | None:
        return None

    @property
    def where(self) -> str:
        return self.path

    def open(self) -> BinaryIO:
        import io

        return io.BytesIO(self._content)


def read(content: bytes, block: int) -> tuple[list[tuple[int, dict[str, Any]]], Report, int]:
    """The rows of a table with their indexes, read in blocks of so many bytes."""
    report = Report()
    with mock.patch.object(scanning, "BLOCK", block):
        scan = Scan(Bytes(content), Attribute, report)
        found = []
        for piece in scan.pieces():
            spans = piece.spans()
            for place, (index, row) in enumerate(zip(piece.indexes, piece.rows, strict=True)):
                value = {"token": row.token, "name": row.name, **piece.extras.get(place, {})}
                found.append((index, value))
                if spans is not None:
                    start, length = spans[place]
                    assert json.loads(content[start : start + length]) == value
    return found, report, scan.count


@given(rows, st.integers(1, 200), st.sampled_from([None, 0, 1]), st.booleans())
def test_a_table_in_pieces_of_any_size_is_the_table(
    table: list[dict[str, Any]], block: int, indent: int | None, is_ascii: bool
) -> None:
    content = json.dumps(table, indent=indent, ensure_ascii=is_ascii).encode()
    found, report, count = read(content, block)
    assert found == list(enumerate(table))
    assert count == len(table)
    assert report.findings == []


@given(rows.filter(bool), st.integers(1, 200), st.data())
def test_a_table_that_is_cut_gives_rows_of_its_beginning_and_an_error(
    table: list[dict[str, Any]], block: int, data: st.DataObject
) -> None:
    content = json.dumps(table).encode()
    cut = data.draw(st.integers(0, len(content) - 1))
    found, report, _ = read(content[:cut], block)
    assert report.count("error") > 0
    assert found == list(enumerate(table))[: len(found)]


def test_numbers_that_json_has_not_are_read_and_break_no_other_row() -> None:
    content = b'[{"token": "a", "name": "b", "more": NaN}, {"token": "c", "name": "d"}]'
    found, report, _ = read(content, 7)
    assert math.isnan(found[0][1].pop("more"))
    assert found == [(0, {"token": "a", "name": "b"}), (1, {"token": "c", "name": "d"})]
    assert report.findings == []


def test_a_nesting_without_end_costs_its_row_alone() -> None:
    deep = "[" * 100_000
    content = f'[{{"token": "a", "name": "b"}}, {{"token": "x", "more": {deep}}}, {{"token": "c", "name": "d"}}]'
    found, report, _ = read(content.encode(), 1 << 20)
    assert [row["token"] for _, row in found] == ["a", "c"]
    assert [finding.pointer for finding in report.findings] == ["/1"]


hexes = st.text("0123456789abcdef", min_size=32, max_size=32)
short = st.integers(1, 20).flatmap(lambda half: st.text("0123456789abcdef", min_size=2 * half, max_size=2 * half))
tokens = hexes | short | texts | st.none() | st.sampled_from(["0" * 32, "ab " * 10 + "ab", ""]) | hexes.map(str.upper)


@given(st.lists(tokens, max_size=20))
def test_a_token_comes_back_as_it_was(given_tokens: list[str | None]) -> None:
    book = TokenBook()
    keys = book.keys(given_tokens)
    assert keys.shape == (len(given_tokens), 2)
    assert book.texts(keys) == [token or "" for token in given_tokens]
    assert [book.text(key) for key in keys] == [token or "" for token in given_tokens]


@pytest.mark.parametrize("digits", [2, 4, 8, 16, 30, 34, 62])
@pytest.mark.parametrize("others", [0, 1, 3])
def test_a_token_of_fewer_or_more_digits_than_the_others_comes_back(digits: int, others: int) -> None:
    long = [f"{number:032x}" for number in range(1, others + 1)]
    for given_tokens in ([("0a" * 31)[:digits], *long], [*long, ("b1" * 31)[:digits]]):
        book = TokenBook()
        assert book.texts(book.keys(given_tokens)) == given_tokens
        assert [book.text(book.key(token)) for token in given_tokens] == given_tokens


@given(st.lists(tokens, max_size=20), st.lists(tokens, max_size=20))
def test_an_index_finds_what_a_dictionary_does(table: list[str | None], wanted: list[str | None]) -> None:
    book = TokenBook()
    index = TokenIndex(book.keys(table))
    places: dict[str, int] = {}
    for place, token in enumerate(table):
        places.setdefault(token or "", place)
    expected = [places.get(token, DANGLING) if token else ABSENT for token in wanted]
    assert index.find(book.keys(wanted)).tolist() == expected
    repeats = [(place, places[token]) for place, token in enumerate(table) if token and places[token] != place]
    assert index.repeats() == repeats


def test_keys_of_one_hash_are_told_apart() -> None:
    book = TokenBook()
    table = [f"{number:032x}" for number in range(200)]
    with mock.patch("lading_nuscenes.tokens._mixed", lambda keys: np.zeros(len(keys), dtype=np.uint64)):
        index = TokenIndex(book.keys(table))
        found = index.find(book.keys([table[7], table[150], "x"])).tolist()
    assert found == [7, 150, DANGLING]


@given(st.lists(st.lists(st.integers(-(2**31), 2**31 - 1), max_size=5), max_size=8))
def test_columns_are_their_parts(parts: list[list[int]]) -> None:
    columns = Columns()
    for part in parts:
        columns.add(one=np.array(part, dtype=np.int64), two=np.array(part, dtype=np.int64).reshape(-1, 1))
    whole = [value for part in parts for value in part]
    assert columns.take("one", np.empty(0, dtype=np.int64)).tolist() == whole
    assert columns.take("two", np.empty((0, 1), dtype=np.int64)).ravel().tolist() == whole


@given(st.lists(st.integers(-1, 4), max_size=20))
def test_rows_are_grouped_by_their_owners(owners: list[int]) -> None:
    order, starts = grouped(np.array(owners, dtype=np.int32), 5)
    for owner in range(5):
        assert order[starts[owner] : starts[owner + 1]].tolist() == [i for i, o in enumerate(owners) if o == owner]


def clocked(times: list[Any], size: int = 2) -> tuple[list[int | None], list[str]]:
    report = Report()
    clock = Clock("sample.json", report, lambda _: False)
    parts = [clock.add(range(i, min(i + size, len(times))), times[i : i + size]) for i in range(0, len(times), size)]
    read = np.concatenate(parts)
    clock.settle(read)
    told = [f"{finding.pointer} {finding.message}" for finding in report.findings]
    return [None if time == NO_TIME else time for time in read.tolist()], told


EPOCH = "expected microseconds since the epoch, found"


@pytest.mark.parametrize(
    ("times", "expected", "told"),
    [
        ([1532402927647951, 1532402927647952.0], [1532402927647951000, 1532402927647952000], []),
        (
            [1532402927.647951, 1532402928],
            [1532402927647951000, 1532402928000000000],
            [
                f"/0/timestamp {EPOCH} 1532402927.647951; read as seconds",
                f"/1/timestamp {EPOCH} 1532402928; read as seconds",
            ],
        ),
        ([1532402927647], [1532402927647000000], [f"/0/timestamp {EPOCH} 1532402927647; read as milliseconds"]),
        (
            [1532402927647951123],
            [1532402927647951123],
            [f"/0/timestamp {EPOCH} 1532402927647951123; read as nanoseconds"],
        ),
        ([0, 500_000, 1_000_000_000], [0, 500_000_000, 1_000_000_000_000], []),
        (
            [None, 1532402927647951],
            [None, 1532402927647951000],
            [f"/0/timestamp {EPOCH} none; the row has no time"],
        ),
        ([0.5], [500], []),
        ([10**30, 1], [None, 1000], [f"/0/timestamp expected microseconds, found {10**30}; the row has no time"]),
        ([float("nan"), 5], [None, 5000], ["/0/timestamp expected microseconds, found nan; the row has no time"]),
        ([2**62, 1], [None, 1000], [f"/0/timestamp expected microseconds, found {2**62}; the row has no time"]),
    ],
    ids=["us", "s", "ms", "ns", "from zero", "none", "half", "huge", "nan", "overflow"],
)
def test_times_are_nanoseconds(times: list[Any], expected: list[int | None], told: list[str]) -> None:
    assert clocked(times) == (expected, told)


numbers = st.floats(-100, 100)
quaternions = st.tuples(*[st.floats(-1, 1)] * 4).filter(lambda q: math.hypot(*q) > 0.1)
transforms = st.tuples(st.tuples(numbers, numbers, numbers), quaternions)


@given(st.lists(transforms, min_size=1, max_size=5), transforms, transforms)
def test_boxes_move_as_transforms_do(boxes: list[Any], ego: Any, mount: Any) -> None:
    ego_pose = Transform3D("ego", "world", *ego)
    extrinsics = Transform3D("LIDAR_TOP", "ego", *mount)
    to_lidar = (ego_pose @ extrinsics).inverse()
    centres, rotations = into_sensor(
        np.array([centre for centre, _ in boxes]), np.array([rotation for _, rotation in boxes]), ego_pose, extrinsics
    )
    for centre, rotation, box in zip(centres, rotations, boxes, strict=True):
        expected = to_lidar @ Transform3D("box", "world", *box)
        np.testing.assert_allclose(centre, expected.translation, rtol=0, atol=1e-12 * 400)
        np.testing.assert_allclose(rotation, expected.rotation, rtol=0, atol=1e-12)
        # and back: what a writer computes are the numbers of the row
        back = (ego_pose @ extrinsics) @ Transform3D(
            "box", "LIDAR_TOP", tuple(centre.tolist()), tuple(rotation.tolist())
        )
        np.testing.assert_allclose(back.translation, box[0], rtol=0, atol=1e-12 * 400)
        np.testing.assert_allclose(back.rotation, np.array(box[1]) / math.hypot(*box[1]), rtol=0, atol=1e-12)
