"""Rows of labels whose columns commas part: they are read, but not by the devkit (source-formats.md 3.12, 9)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lading import Origin, Report, counted
from lading_kitti.label_rows import Row

#: As many as part the columns of the shortest rows, those of 2D alone.
_FEWEST = 7


def comma_line(lines: Sequence[str], rows: Sequence[Row]) -> int | None:
    """The line, from 1, of the first of the rows that has commas between its columns."""
    return next((row.line for row in rows if lines[row.line - 1].count(",") >= _FEWEST), None)


@dataclass
class Commas:
    """How many files of a segment have such rows, and where the first one is."""

    segment: str
    files: int = 0
    path: str = ""
    line: int = 0
    last: str = ""

    def add(self, path: str, line: int) -> None:
        """Count a file in; one that holds all frames comes again with each."""
        if not self.files:
            self.path, self.line = path, line
        self.files += path != self.last
        self.last = path

    def merge(self, later: Commas) -> None:
        """Count in the files of the next part of the segment."""
        if later.files:
            self.add(later.path, later.line)
            self.files += later.files - 1
            self.last = later.last

    def tell(self, report: Report) -> None:
        """Say so, once."""
        if not self.files:
            return
        more = f", and such in {counted(self.files - 1, 'more file')}" if self.files > 1 else ""
        message = f"expected columns parted by blanks, found commas{more}; they are read as blanks"
        report.warning("kitti.label-commas", message, Origin(self.path, line=self.line), segment=self.segment)
