"""Rows of labels: the official columns, and what tools make of them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lading_kitti.label_rows import is_label_line, is_tracking_line, parse_rows, parse_tracking_row

TRUCK = "Truck 0.00 0 -1.57 599.41 156.40 629.75 189.25 2.85 2.63 12.34 0.47 1.49 69.44 -1.56"
NUMBERS = TRUCK.split()[1:]
TRACKED = (
    "0 2 Pedestrian 0 1 -2.523309 1106.137292 166.576807 1204.470628 323.876144 "
    "1.714062 0.767881 0.972283 6.301919 1.652419 8.455685 -1.900245"
)

numbers = st.floats(allow_nan=False, allow_infinity=False)
names = st.lists(st.from_regex(r"[A-Za-z_][A-Za-z_ñ-]{0,8}", fullmatch=True), min_size=1, max_size=3).filter(
    lambda words: words[-1].lower() not in {"nan", "inf", "infinity"} and words[0] != "_"
)


def one(line: str):
    ((row,), problems) = parse_rows([line])
    return row, problems


def test_the_columns_of_an_official_row() -> None:
    row, problems = one(TRUCK)
    assert problems == []
    assert (row.category, row.truncated, row.occluded, row.alpha) == ("Truck", 0.0, 0, -1.57)
    assert isinstance(row.occluded, int)
    assert row.bbox == (599.41, 156.40, 629.75, 189.25)
    assert row.columns_3d == ((2.85, 2.63, 12.34), (0.47, 1.49, 69.44), -1.56)
    assert (row.score, row.number, row.line) == (None, 0, 1)


@given(name=names, values=st.lists(numbers, min_size=14, max_size=15), occluded=st.integers(-1, 3))
def test_any_row_reads_as_it_was_written(name, values, occluded) -> None:
    words = [repr(value) for value in values]
    words[1] = str(occluded)
    row, problems = one(" ".join([*name, *words]))
    assert problems == []
    assert row.category == " ".join(name)
    assert (row.truncated, row.occluded, row.alpha) == (values[0], occluded, values[2])
    assert [*row.bbox, *row.dimensions, *row.location, row.rotation_y] == values[3:14]
    assert row.score == (values[14] if len(values) == 15 else None)


@pytest.mark.parametrize(
    "line",
    [TRUCK.replace(" ", "\t"), TRUCK.replace(" ", ","), TRUCK.replace(" ", " ,  "), TRUCK.replace(" ", "   ") + "  "],
    ids=["tabs", "commas", "commas and blanks", "several blanks"],
)
def test_other_separators(line: str) -> None:
    assert one(line) == one(TRUCK)


def test_a_type_of_several_words_and_a_score() -> None:
    assert one(f"bicycle with space {' '.join(NUMBERS)}")[0].category == "bicycle with space"
    row, _ = one(f"bicycle with space {' '.join(NUMBERS)} 0.75")
    assert (row.category, row.score) == ("bicycle with space", 0.75)


def test_a_type_that_is_a_number() -> None:
    row, problems = one(f"3 {' '.join(NUMBERS)}")
    assert (row.category, row.score, problems) == ("3", None, [])


def test_blank_lines_count_as_lines_but_not_as_rows() -> None:
    rows, problems = parse_rows(["", TRUCK, "  ", TRUCK])
    assert [(row.number, row.line) for row in rows] == [(0, 2), (1, 4)]
    assert problems == []


def test_nan_and_infinity_stay() -> None:
    row, problems = one(TRUCK.replace("69.44", "nan").replace("-1.57", "-inf"))
    assert problems == []
    assert math.isnan(row.location[2])
    assert row.alpha == -math.inf


def test_fourteen_columns_are_a_row_without_alpha() -> None:
    row, (problem,) = one(" ".join(["Truck", *NUMBERS[:2], *NUMBERS[3:]]))
    assert row.alpha is None
    assert row.bbox == (599.41, 156.40, 629.75, 189.25)
    assert row.rotation_y == -1.56
    assert (problem.rule, problem.is_error, problem.line) == ("kitti.label-columns", False, 1)
    assert problem.message == "expected 15 or 16 columns, found 14, read as a row without alpha"


def test_a_row_with_a_column_more_than_the_others_is_told_and_kept() -> None:
    plain, scored = " ".join(["Truck", *NUMBERS]), " ".join(["Truck", *NUMBERS, "0.5"])
    without = "DontCare -1 -1 -10 1 1 9 9 -1 -1 -1 -1000 -1000 -1000 -10"
    for lines, odd, message in (
        ([plain, scored, plain], 2, "expected 15 columns as most rows of the file have, found 16"),
        ([scored, plain], 1, "expected 15 columns as most rows of the file have, found 16"),
        ([scored, scored, "", plain], 4, "expected 16 columns as most rows of the file have, found 15"),
    ):
        rows, (problem,) = parse_rows([*lines, without, without])
        assert (problem.rule, problem.is_error, problem.line) == ("kitti.label-columns", False, odd)
        assert problem.message == message
        assert [row.line for row in rows if row.is_uneven] == [odd]
        assert [row.score for row in rows[:-2]] == [0.5 if line is scored else None for line in lines if line]
    for lines in ([plain, without], [scored, scored, without]):
        assert parse_rows(lines)[1] == []


@pytest.mark.parametrize("score", ["", " 0.5", " 0,5"])
def test_a_row_of_decimal_commas_is_none(score: str) -> None:
    """Its columns lie between blanks: each comma that parted two more would shift all numbers behind it."""
    rows, (problem,) = parse_rows([f"{TRUCK.replace('.', ',')}{score}", TRUCK.replace(" ", ",")])
    first = next(word for word in TRUCK.split() if "." in word).replace(".", ",")
    assert problem.message == f"expected numbers with a decimal point, found {first!r}; the row is left out"
    assert (problem.rule, problem.is_error, problem.line) == ("kitti.label-row", True, 1)
    assert [row.line for row in rows] == [2]
    row, problem = parse_tracking_row(f"0 1 {TRUCK.replace('.', ',')}", 0, 1)
    assert (row, problem.rule) == (None, "kitti.label-row")
    assert first in problem.message


@pytest.mark.parametrize("column", [0, 7, 9, 12, 13])
def test_fourteen_columns_that_lack_another_are_no_row(column: int) -> None:
    rows, (problem,) = parse_rows([" ".join(["Truck", *NUMBERS[:column], *NUMBERS[column + 1 :]])])
    assert rows == []
    assert (problem.rule, problem.is_error) == ("kitti.label-row", True)
    assert problem.message == "expected 15 or 16 columns, found 14; the row is left out"


def test_eight_columns_are_a_2d_row() -> None:
    row, (problem,) = one(" ".join(["Truck", *NUMBERS[:7]]))
    assert (row.bbox, row.columns_3d, row.dimensions) == ((599.41, 156.40, 629.75, 189.25), None, None)
    assert problem.message == "expected 15 or 16 columns, found 8, read as a row of 2D alone"


def test_more_columns_than_a_score() -> None:
    row, (problem,) = one(f"{TRUCK} 0.5 7 8")
    assert (row.score, row.more) == (0.5, (7.0, 8.0))
    assert problem.message == "expected 15 or 16 columns, found 18; those behind the score are kept in extras"


@pytest.mark.parametrize(("line", "found"), [("Car 1 2 3", "4"), ("hello world", "1"), ("Car 1_0 2", "2")])
def test_a_row_that_is_none_is_left_out(line: str, found: str) -> None:
    rows, (problem,) = parse_rows([TRUCK, line])
    assert len(rows) == 1
    assert (problem.rule, problem.line, problem.is_error) == ("kitti.label-row", 2, True)
    assert problem.message == f"expected 15 or 16 columns, found {found}; the row is left out"


def test_a_header_is_passed_over() -> None:
    header = "type truncated occluded alpha left top right bottom height width length x y z rotation_y"
    rows, (problem,) = parse_rows([header, TRUCK])
    assert len(rows) == 1
    assert (problem.rule, problem.line, problem.is_error) == ("kitti.label-header", 1, False)
    assert problem.message == "expected a label row, found a header"


def test_placeholders_are_no_box() -> None:
    unset = "dog -1 -1 -10 540.0 295.0 563.0 313.0 -1 -1 -1 -1000 -1000 -1000 -10"
    assert one(unset)[0].columns_3d is None
    assert one(unset.replace("-1 -1 -1 ", "1.5 1.6 3.9 "))[0].columns_3d is None
    assert one(TRUCK.replace("Truck", "DontCare"))[0].columns_3d is None
    assert one(unset.replace("-1 -1 -1 -1000 -1000 -1000", "1.5 1.6 3.9 0.1 1.6 9.5"))[0].columns_3d is None


def test_a_row_of_tracking() -> None:
    row, problem = parse_tracking_row(TRACKED, 5, 9)
    assert problem is None
    assert (row.frame, row.track, row.category, row.number, row.line) == (0, 2, "Pedestrian", 5, 9)
    assert row.rotation_y == -1.900245
    scored, _ = parse_tracking_row(f"{TRACKED} 0.5", 0, 1)
    assert scored.score == 0.5


def test_a_row_of_tracking_without_its_numbers() -> None:
    row, problem = parse_tracking_row(f"x {TRACKED}", 0, 3)
    assert row is None
    assert (problem.rule, problem.line) == ("kitti.label-row", 3)
    assert problem.message.startswith("expected a frame and a track id, found 'x 0 2 Ped")


def test_which_lines_are_what() -> None:
    assert is_tracking_line(TRACKED)
    assert is_label_line(TRACKED)
    assert is_label_line(TRUCK)
    assert not is_tracking_line(TRUCK)
    assert not is_tracking_line(f"3 {' '.join(NUMBERS)}")
    assert not is_label_line("0 0.5 0.5 0.1 0.2")  # YOLO
    assert not is_label_line("")


@pytest.mark.parametrize(
    ("words", "expected", "found"),
    [
        ("Car 0 partly {tail}", "numbers behind 'Car'", "'partly'"),
        ("Car 0 0 {tail} high", "numbers behind 'Car'", "'high'"),
        ("Car 0 0 {glued}", "15 or 16 columns", "14, of which '30.0020.00' is no number"),
        ("Person (sitting) 0 0 1", "15 or 16 columns", "4"),
        ("Car 0 0 1", "15 or 16 columns", "4"),
    ],
)
def test_a_word_among_the_numbers_is_told(words: str, expected: str, found: str) -> None:
    tail = "-1.55 10.00 5.00 30.00 20.00 1.50 1.60 3.90 -0.50 1.60 14.20 -1.58"
    line = words.format(tail=tail, glued=tail.replace("30.00 20.00", "30.0020.00"))
    _, (problem,) = parse_rows([line])
    assert problem.message == f"expected {expected}, found {found}; the row is left out"


@pytest.mark.parametrize(
    ("words", "expected", "found"),
    [
        ("0 2 Car 0 partly {tail}", "numbers behind 'Car'", "'partly'"),
        ("0 2 Car 0 {tail} ", "17 or 18 columns", "16"),
        ("0 2 Car 0", "17 or 18 columns", "4"),
    ],
)
def test_columns_of_tracking_are_counted_with_frame_and_track(words: str, expected: str, found: str) -> None:
    tail = "-1.55 10.00 5.00 30.00 20.00 1.50 1.60 3.90 -0.50 1.60 14.20 -1.58"
    row, problem = parse_tracking_row(words.format(tail=tail), 0, 1)
    assert row is None
    assert problem is not None
    assert problem.message == f"expected {expected}, found {found}; the row is left out"
