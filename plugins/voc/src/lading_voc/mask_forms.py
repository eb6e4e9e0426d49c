"""How masks hold what they say: as numbers, with a palette or in grey, or as colours. A folder has one form."""

from __future__ import annotations

from lading import File, Origin, Report

#: One in so many may be odd; of more the folder has no form.
_ODD = 4


class MaskForms:
    """A tally of the forms of masks, by what they are of."""

    def __init__(self, segment: str) -> None:
        self.segment = segment
        self._found: dict[tuple[str, bool], tuple[int, str]] = {}  # by noun and form: how many, the first of them

    def add(self, noun: str, file: File, *, is_colour: bool) -> None:
        """Count a mask of which nothing else is told by its form."""
        self._count((noun, is_colour), 1, file.path)

    def merge(self, later: MaskForms) -> None:
        """Count in what follows."""
        for form, (count, first) in later._found.items():
            self._count(form, count, first)

    def _count(self, form: tuple[str, bool], more: int, path: str) -> None:
        count, first = self._found.get(form, (0, path))
        self._found[form] = count + more, first

    def tell(self, report: Report) -> None:
        """Tell of the few that are not as the others of their folder."""
        for (noun, is_colour), (count, first) in self._found.items():
            others, _ = self._found.get((noun, not is_colour), (0, ""))
            if count * _ODD <= others:
                form, odd = ("numbers", "colours") if is_colour else ("colours", "numbers")
                message = f"expected masks of {noun} that hold {form}, as {others:,} do, found {count:,} of {odd}, "
                report.warning("voc.mask-form", f"{message}first this one", Origin(first))
