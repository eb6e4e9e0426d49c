"""Lines of image sets that cannot be right whatever the annotations say, told once a set with a count."""

from __future__ import annotations

from typing import NamedTuple

from lading import Origin, Report, counted
from lading_voc.image_sets import Entry, ImageSet


class Lines(NamedTuple):
    """Lines of one set: ids that make no frame, ids that are there again, and others than the `expected` values."""

    found: ImageSet
    strays: list[Entry]
    again: list[Entry]
    wrong: list[Entry]
    expected: list[str]

    def tell(self, report: Report) -> None:
        """Each kind at its first line."""
        if self.strays:
            message = "expected ids that another set lists or that have an annotation, "
            message += f"found {counted(len(self.strays), 'other')}, first {self.strays[0].id!r}"
            report.warning("voc.unknown-id", message, self._at(self.strays))
        if self.again:
            again = self.again
            message = f"expected each id once, found {len(again):,} that is listed again, first {again[0].id!r}"
            report.warning("voc.listed-twice", message, self._at(again))
        if self.wrong:
            text = repr(" ".join(self.wrong[0].columns)) if self.wrong[0].columns else "none"
            message = f"expected {self.expected[0]} behind each id, found {counted(len(self.wrong), 'other')}, "
            message += f"first {text} behind {self.wrong[0].id!r}"
            report.warning("voc.set-value", message, self._at(self.wrong))

    def _at(self, entries: list[Entry]) -> Origin:
        return Origin(self.found.path, line=entries[0].line)
