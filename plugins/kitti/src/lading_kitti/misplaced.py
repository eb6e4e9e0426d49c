"""3D boxes that are not where they belong for want of a calibration: told once a segment."""

from __future__ import annotations

from dataclasses import dataclass

from lading import Origin, Report


@dataclass
class Misplaced:
    """Why, and the file that shows it first; nothing where all boxes are where they belong."""

    segment: str
    message: str | None = None
    path: str = ""

    def merge(self, later: Misplaced) -> None:
        """Take in what the next part of the segment shows: the first counts."""
        if self.message is None:
            self.message, self.path = later.message, later.path

    def tell(self, report: Report) -> None:
        """Say so."""
        if self.message is not None:
            report.warning("kitti.calibration-missing", self.message, Origin(self.path), segment=self.segment)
