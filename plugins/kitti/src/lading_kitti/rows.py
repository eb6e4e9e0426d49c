"""The rows of a frame, whether a file holds one frame's or a sequence's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from lading import Report, Source
from lading.model.frame import Annotation
from lading_kitti.commas import comma_line
from lading_kitti.index import LabelFiles, SegmentIndex
from lading_kitti.label_rows import (
    Row,
    is_unusual,
    parse_rows,
    parse_tracking_row,
    told_unusual,
    usual_scores,
)
from lading_kitti.texts import Problem, is_whole, lines_of, one_a_line, read_bytes, tell_lines


class FrameRows(NamedTuple):
    """The rows of one frame, the file they stand in, and whether the source speaks of the frame's labels at all.

    `comma_line` is the line of the first row of which commas part the columns, `problems` what is wrong with lines.
    """

    annotation: Annotation
    rows: Sequence[Row] = ()
    path: str | None = None
    comma_line: int | None = None
    problems: Sequence[Problem] = ()


class RowSource(Protocol):
    """Gives the rows of a frame; what is wrong with their whole file goes to `report`."""

    def rows(self, key: str, report: Report) -> FrameRows:
        """The rows of the frame of this key."""
        ...

    def instance(self, key: str, row: Row) -> str | None:
        """What ties the labels of a row, and in tracking those of one object over its frames."""
        ...


class NoRows:
    """A segment without label files."""

    def rows(self, key: str, report: Report) -> FrameRows:
        """None."""
        return FrameRows("none")

    def instance(self, key: str, row: Row) -> str | None:
        """None."""
        return None


class ObjectRows:
    """One file a frame."""

    def __init__(self, source: Source, labels: LabelFiles) -> None:
        self._source = source
        self._labels = labels

    def rows(self, key: str, report: Report) -> FrameRows:
        """The rows of the frame's file. No file, an empty one, and one with rows are three things."""
        path = self._labels.files.get(key)
        data = None if path is None else read_bytes(self._source, path, report)
        if path is None or data is None:
            return FrameRows("none")
        lines, encoding = lines_of(data)
        rows, problems = parse_rows(lines)
        commas = comma_line(lines, rows) if b"," in data else None
        return FrameRows("present" if rows else "empty", rows, path, commas, list(one_a_line(encoding, problems)))

    def instance(self, key: str, row: Row) -> str | None:
        """Frame and number of the row, from 0."""
        return f"{key}:{row.number}"


class TrackingRows:
    """One file a sequence. Memory: the text of that file, and the numbers of its lines by frame."""

    def __init__(self, source: Source, path: str, sequence: str, report: Report) -> None:
        self._path = path
        self._sequence = sequence
        data = read_bytes(source, path, report)
        self._is_read = data is not None
        self._has_commas = b"," in (data or b"")
        self._lines, encoding = lines_of(data or b"")
        self._told = {problem.line for problem in encoding}
        self._by_frame: dict[int, list[int]] = {}
        bad: list[Problem] = []
        for number, line in enumerate(self._lines, 1):
            if not line.strip():
                continue
            word = line.replace(",", " ").split(None, 1)[0]
            if not is_whole(word):
                message = f"expected the number of a frame, found {word[:40]!r}; the row is left out"
                bad.append(Problem("kitti.label-row", message, number))
                continue
            self._by_frame.setdefault(int(word), []).append(number)
            problem = parse_tracking_row(line, 0, number)[1] if number in self._told else None
            if problem is not None:
                bad.append(problem)
        self._usual = self._usual_scores()
        tell_lines(list(one_a_line(encoding, bad)), len(self._lines), report, path)

    def _usual_scores(self) -> bool | None:
        """Whether most rows have a score; all are read for it where their words are not as many, without DontCare."""
        counts = {len(words) for line in self._lines if (words := line.split()) and "DontCare" not in words}
        if len(counts) < 2:
            return None
        found = (parse_tracking_row(line, 0, number)[0] for number, line in enumerate(self._lines, 1))
        return usual_scores(row for row in found if row is not None)

    def rows(self, key: str, report: Report) -> FrameRows:
        """The rows of the frame of this number, in the file's order."""
        if not self._is_read:
            return FrameRows("none")
        rows: list[Row] = []
        problems: list[Problem] = []
        for number in self._by_frame.get(int(key), ()):
            row, problem = parse_tracking_row(self._lines[number - 1], len(rows), number)
            if problem is not None and number not in self._told:
                problems.append(problem)
            if row is not None and self._usual is not None and is_unusual(row, has_score=self._usual):
                problems.append(told_unusual(row))
                row = row._replace(is_uneven=True)
            if row is not None:
                rows.append(row)
        commas = comma_line(self._lines, rows) if self._has_commas else None
        return FrameRows("present" if rows else "empty", rows, self._path, commas, problems)

    def instance(self, key: str, row: Row) -> str | None:
        """Sequence and track: tracks are numbered anew in each sequence (3.7). A DontCare row has none."""
        return None if row.track is None or row.track < 0 else f"{self._sequence}:{row.track}"


def row_source(source: Source, index: SegmentIndex, report: Report) -> RowSource:
    """The source of a segment's rows; what is wrong with a file of all frames goes to `report` here."""
    labels = index.labels
    if labels is None:
        return NoRows()
    if labels.path is not None:
        return TrackingRows(source, labels.path, index.sequence, report)
    return ObjectRows(source, labels)
