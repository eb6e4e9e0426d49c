"""Text files of a source, read so that a bad one is a finding and not the end."""

from __future__ import annotations

import codecs
from collections.abc import Sequence
from typing import NamedTuple

from lading import Origin, Report, Source
from lading.errors import SourceError
from lading.model.recurring import MOST, Recurring, as_often, is_often
from lading.model.report import Severity
from lading.source.file import is_lfs_pointer

_MOST_DIGITS = 18


class Problem(NamedTuple):
    """What is wrong with a text, at a line counted from 1, or with all of it."""

    rule: str
    message: str
    line: int | None = None
    is_error: bool = True

    def tell(self, report: Report, path: str) -> None:
        """Hand it to a report as a finding in the file `path`."""
        add = report.error if self.is_error else report.warning
        add(self.rule, self.message, Origin(path, line=self.line))


def tell_lines(problems: Sequence[Problem], lines: int, report: Report, path: str) -> None:
    """Tell what is wrong with lines of a list: of a kind that most have, the first with the number of all."""
    for rule in dict.fromkeys(problem.rule for problem in problems):
        alike = [problem for problem in problems if problem.rule == rule]
        if is_often(len(alike), lines):
            alike = [alike[0]._replace(message=alike[0].message + as_often(len(alike), lines, "lines"))]
        for problem in alike:
            problem.tell(report, path)


def gather(
    problem: Problem, path: str, recurring: Recurring, group: str, *, kind: str = "", share: float = MOST
) -> None:
    """Count what is wrong with one of a group of records, which is told once where many are so."""
    severity: Severity = "error" if problem.is_error else "warning"
    at = Origin(path, line=problem.line)
    recurring.take(severity, problem.rule, problem.message, at, group=group, noun=group, kind=kind, share=share)


def read_bytes(source: Source, path: str, report: Report) -> bytes | None:
    """The bytes of a file; None, and a finding, where they cannot be had or only stand for the file."""
    try:
        found = source.read(path)
    except SourceError as exc:
        report.error("kitti.unreadable", exc.problem, Origin(path))
        return None
    if is_lfs_pointer(found):
        report.error("kitti.lfs-pointer", "expected the file's content, found a Git LFS pointer", Origin(path))
        return None
    return found


def lines_of(data: bytes) -> tuple[list[str], list[Problem]]:
    """The lines of a text in UTF-8, whatever ends them, without a last empty one; other bytes stay as `\\xNN`."""
    problems = []
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        problems.append(Problem("kitti.encoding", "expected UTF-8, found UTF-16", 1))
        data = data.decode("utf-16", "replace").encode()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as exc:
        line = data.count(b"\n", 0, exc.start) + 1
        problems.append(Problem("kitti.encoding", f"expected UTF-8, found byte {data[exc.start]:#04x}", line))
        text = data.decode("utf-8-sig", "backslashreplace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    if not lines[-1]:
        del lines[-1]
    return lines, problems


def one_a_line(encoding: list[Problem], rows: list[Problem]) -> list[Problem]:
    """What is wrong with a file of rows; of a row that is none for its bytes that are no text, those are told."""
    lines = {problem.line for problem in rows if problem.is_error}
    told = [
        one._replace(message=f"{one.message}; the row is left out") if one.line in lines else one for one in encoding
    ]
    bytes_at = {problem.line for problem in encoding}
    return told + [problem for problem in rows if not (problem.is_error and problem.line in bytes_at)]


def read_lines(source: Source, path: str, report: Report) -> list[str] | None:
    """The lines of a text file; None, and a finding, where it cannot be read."""
    data = read_bytes(source, path, report)
    if data is None:
        return None
    lines, problems = lines_of(data)
    for problem in problems:
        problem.tell(report, path)
    return lines


def number_of(token: str) -> float | None:
    """The number that a word is, or None; `1_000` is none, though Python would take it."""
    if "_" in token:
        return None
    try:
        return float(token)
    except ValueError:
        return None


def whole_or_float(token: str) -> int | float | None:
    """As `number_of`, but a word without point or exponent stays an integer."""
    number = number_of(token)
    if number is None:
        return None
    digits = token[1:] if token[0] in "+-" else token
    return int(token) if is_whole(digits) else number


def is_whole(token: str) -> bool:
    """Whether a word is digits alone, and so few that they may be a number or a name: Python refuses 4,300."""
    return token.isascii() and token.isdigit() and len(token) <= _MOST_DIGITS


def numbers_of(line: str, count: int) -> list[float] | str:
    """The numbers of a line that has to hold so many of them; else what was found, in words."""
    words = line.split()
    values = []
    for word in words:
        value = number_of(word)
        if value is None:
            return repr(word)
        values.append(value)
    return values if len(values) == count else f"{len(values)}"
