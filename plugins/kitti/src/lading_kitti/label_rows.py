"""Rows of label files as text: object, results, tracking, and what tools make of them (source-formats.md 3.3, 3.7)."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from lading.model.geometry import Vector3
from lading_kitti.geometry import alpha_of, wrapped
from lading_kitti.texts import Problem, number_of, whole_or_float

#: What stands for "no value" (3.3).
UNSET_ANGLE = -10.0
UNSET_SHARE = -1.0
UNSET_SIZE = -1.0
UNSET_PLACE = -1000.0
#: An angle beyond a whole turn, and some rounding, is no radians: KITTI's lie between -pi and pi (3.3).
WHOLE_TURN = math.tau + 0.01

_NUMBERS = 14  # truncated, occluded, alpha, box (4), dimensions (3), location (3), rotation_y; results add a score
#: Within so much, alpha is what rotation_y and the place give, in rows that were not made to confuse.
_ALPHA_ROUNDING = 0.1
_COMMA = re.compile(r"\s*,\s*")
_DECIMAL_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")
_TRACKING = re.compile(r"\s*(-?[0-9]{1,18})\s+(-?[0-9]{1,18})\s+(.*)")


class Row(NamedTuple):
    """One row. `number` counts the rows of a file from 0, `line` its lines from 1; `dimensions` are (h, w, l).

    `location` and `dimensions` are None where the row has no such columns, not where they hold placeholders.
    `frame` and `track` are those of tracking; `more` are numbers behind the last column that KITTI knows.
    `is_uneven` where it is told that it has more or fewer columns than it should: its numbers may be in other ones.
    """

    number: int
    line: int
    category: str
    truncated: float
    occluded: int | float
    alpha: float | None
    bbox: tuple[float, float, float, float]
    dimensions: Vector3 | None
    location: Vector3 | None
    rotation_y: float | None
    score: float | None = None
    frame: int | None = None
    track: int | None = None
    more: tuple[float, ...] = ()
    is_uneven: bool = False

    @property
    def columns_3d(self) -> tuple[Vector3, Vector3, float] | None:
        """Dimensions, location and rotation_y; None where they hold no values, as a DontCare row never does (3.7)."""
        if self.is_dont_care or self.dimensions is None or self.location is None or self.rotation_y is None:
            return None
        if self.dimensions == (UNSET_SIZE,) * 3 or self.location == (UNSET_PLACE,) * 3:
            return None
        if self.rotation_y == UNSET_ANGLE:  # no turn by -10 rad: nobody set it
            return None
        return self.dimensions, self.location, self.rotation_y

    @property
    def is_dont_care(self) -> bool:
        """Whether it marks a region that is not to be judged."""
        return self.category == "DontCare"


def is_label_line(line: str) -> bool:
    """Whether a line reads as a label: 15 or 16 columns, or 17 or 18 of tracking (3.2)."""
    return is_tracking_line(line) or _parsed(line, 0, 1)[0] is not None


def is_tracking_line(line: str) -> bool:
    """Whether a line reads as a label of tracking: two integers, a word, and 14 or 15 numbers (3.2)."""
    match = _TRACKING.match(_COMMA.sub(" ", line))
    if match is None or number_of(match[3].split(" ", 1)[0] or "x") is not None:
        return False
    row, problem = _parsed(match[3], 0, 1)
    return row is not None and problem is None


def parse_rows(lines: Sequence[str]) -> tuple[list[Row], list[Problem]]:
    """The rows of an object's label file, and what is wrong with them."""
    rows: list[Row] = []
    problems: list[Problem] = []
    for index, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row, problem = _parsed(line, len(rows), index)
        if row is None and not rows and not problems and _is_header(line):
            problem = Problem("kitti.label-header", "expected a label row, found a header", index, is_error=False)
        if problem is not None:
            problems.append(problem)
        if row is not None:
            rows.append(row)
    expected = usual_scores(rows)
    uneven = [] if expected is None else [row for row in rows if is_unusual(row, has_score=expected)]
    for row in uneven:
        problems.append(told_unusual(row))
        rows[row.number] = row._replace(is_uneven=True)
    return rows, problems


def usual_scores(rows: Iterable[Row]) -> bool | None:
    """Whether most rows of a file have a score, as results do and labels do not; None where all have one, or none has.

    Regions that are not to be judged have none in either.
    """
    counts = Counter(row.score is not None for row in rows if _may_have_score(row))
    return counts[True] > counts[False] if len(counts) == 2 else None


def is_unusual(row: Row, *, has_score: bool) -> bool:
    """Whether a row has one column more than most of its file, or one less."""
    return _may_have_score(row) and (row.score is not None) != has_score


def told_unusual(row: Row) -> Problem:
    """What to say of such a row."""
    count, others = (16, 15) if row.score is not None else (15, 16)
    message = f"expected {others} columns as most rows of the file have, found {count}"
    return Problem("kitti.label-columns", message, row.line, is_error=False)


def _may_have_score(row: Row) -> bool:
    return not (row.is_dont_care or row.more or row.alpha is None or row.dimensions is None)


def parse_tracking_row(line: str, number: int, line_number: int) -> tuple[Row | None, Problem | None]:
    """One row of tracking: frame and track, then the columns of an object's row (3.7)."""
    comma = _decimal_comma(line, 2)
    if comma is not None:
        return None, _bad("numbers with a decimal point", repr(comma), line_number)
    match = _TRACKING.match(_COMMA.sub(" ", line))
    if match is None:
        return None, _bad("a frame and a track id", f"{line.strip()[:40]!r}", line_number)
    row, problem = _parsed(match[3], number, line_number, before=2)
    if row is None:
        return None, problem
    return row._replace(frame=int(match[1]), track=int(match[2])), problem


def category_of(line: str, *, is_tracking: bool) -> str | None:
    """The category of a row, or None where the row does not parse."""
    row, _ = parse_tracking_row(line, 0, 1) if is_tracking else _parsed(line, 0, 1)
    return None if row is None else row.category


def _parsed(line: str, number: int, line_number: int, before: int = 0) -> tuple[Row | None, Problem | None]:
    """From the right, since a name may hold blanks: as many numbers as there are, up to a score.

    `before` are the columns that were taken off.
    """
    words = line.split()
    if "," in line:
        comma = _decimal_comma(line, 0)
        if comma is not None:
            return None, _bad("numbers with a decimal point", repr(comma), line_number)
        line = _COMMA.sub(" ", line)
        words = line.split()
    values = _last_numbers(words[1:])
    name = words[: len(words) - len(values)]
    if not name:
        return None, _bad("a label row", "an empty line", line_number)
    if len(name) > 1 and len(values) > _NUMBERS + 1:
        values, name = values[-_NUMBERS - 1 :], words[: len(words) - _NUMBERS - 1]
    category = name[0] if len(name) == 1 else " ".join(name)
    return _row(category, values, words[len(name) :], number, line_number, before)


def _decimal_comma(line: str, more: int) -> str | None:
    """The first number with a comma for its point, in a row that has its columns, and so many more, between blanks."""
    words = line.split() if "," in line else []
    if len(words) - more not in (_NUMBERS + 1, _NUMBERS + 2):
        return None
    return next((word for word in words[1:] if _DECIMAL_COMMA.fullmatch(word)), None)


def _last_numbers(words: list[str]) -> list[float]:
    """The numbers at the end of a row, as many as there are."""
    try:
        if "_" not in "".join(words):
            return [float(word) for word in words]
    except ValueError:
        pass  # a name of several words; each is looked at by itself
    values: list[float] = []
    for word in reversed(words):
        value = number_of(word)
        if value is None:
            break
        values.append(value)
    return values[::-1]


def _row(
    category: str, values: list[float], words: list[str], number: int, line: int, before: int
) -> tuple[Row | None, Problem | None]:
    count = len(values)
    problem = None
    if count == _NUMBERS - 1 and _is_without_alpha(values):
        problem = _odd(before, f"found {before + 14}, read as a row without alpha", line)
        values = [*values[:2], math.nan, *values[2:]]
    elif count == 7 and is_area(values[3:7]) and all(number_of(word) is None for word in category.split()[1:]):
        problem = _odd(before, f"found {before + 8}, read as a row of 2D alone", line)
    elif count > _NUMBERS + 1:
        problem = _odd(before, f"found {before + count + 1}; those behind the score are kept in extras", line)
    elif count not in (_NUMBERS, _NUMBERS + 1):
        return None, _bad(*_wrong_columns(category, count, before), line)
    occluded = whole_or_float(words[1])
    has_3d = count != 7
    row = Row(
        number=number,
        line=line,
        category=category,
        truncated=values[0],
        occluded=values[1] if occluded is None else occluded,
        alpha=None if count == _NUMBERS - 1 else values[2],
        bbox=(values[3], values[4], values[5], values[6]),
        dimensions=(values[7], values[8], values[9]) if has_3d else None,
        location=(values[10], values[11], values[12]) if has_3d else None,
        rotation_y=values[13] if has_3d else None,
        score=values[14] if count > _NUMBERS else None,
        more=tuple(values[15:]),
        is_uneven=count > _NUMBERS + 1,
    )
    return row, problem


def _is_without_alpha(values: Sequence[float]) -> bool:
    """Whether it is alpha that a row of 14 columns lacks: its box is where it then is, and behind a share and a state.

    Where the box is one column on, the row lacks one of the columns behind it; where alpha is there, one of the box.
    """
    share, state, left = values[:3]
    is_first = share == UNSET_SHARE or 0 <= share <= 2
    if not is_first or state not in (UNSET_SHARE, 0, 1, 2, 3) or not is_area(values[2:6]) or is_area(values[3:7]):
        return False
    x, y, z, rotation_y = values[9:13]
    is_alpha = abs(left) <= math.pi and abs(wrapped(left - alpha_of((x, y, z), rotation_y))) < _ALPHA_ROUNDING
    return not is_alpha and left != UNSET_ANGLE


def is_area(edges: Sequence[float]) -> bool:
    """Whether left, top, right and bottom enclose anything: placeholders do not."""
    left, top, right, bottom = edges
    return left < right and top < bottom


def _is_header(line: str) -> bool:
    words = _COMMA.sub(" ", line).split()
    return len(words) > 1 and all(number_of(word) is None for word in words)


def _bad(expected: str, found: str, line: int) -> Problem:
    return Problem("kitti.label-row", f"expected {expected}, found {found}; the row is left out", line)


def _wrong_columns(category: str, count: int, before: int) -> tuple[str, str]:
    """What to say of a row that ends in too few numbers, or too many: expected, and found.

    A word with numbers before it is no part of a name, but should be a number.
    """
    name, *others = category.split()
    is_broken = any(number_of(word) is not None for word in others)
    total = before + 1 + count + (len(others) if is_broken else 0)
    columns = f"{before + _NUMBERS + 1} or {before + _NUMBERS + 2} columns"
    if not is_broken:
        return columns, f"{total}"
    if total - before - 1 in (_NUMBERS, _NUMBERS + 1):
        return f"numbers behind {name!r}", repr(others[-1])
    return columns, f"{total}, of which {others[-1]!r} is no number"


def _odd(before: int, found: str, line: int) -> Problem:
    message = f"expected {before + 15} or {before + 16} columns, {found}"
    return Problem("kitti.label-columns", message, line, is_error=False)
