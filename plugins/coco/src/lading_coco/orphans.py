"""Annotations of images that no file lists; images that lost their ids may be why, and then these are told instead."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from typing import Any

from lading import Origin, Report
from lading_coco.ids import code_of

#: Stands where the record of this number does.
Place = Callable[[int], Origin]


class WithoutId:
    """Images or videos of one file without a proper id: their numbers, and what each has in its place."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._numbers = array("q")
        self._found: list[str] = []

    def __len__(self) -> int:
        return len(self._numbers)

    def add(self, number: int, found: str) -> None:
        """Note one."""
        self._numbers.append(number)
        self._found.append(found)

    def tell(self, consequence: str, report: Report) -> None:
        """Tell of each, and what comes of it."""
        for number, found in zip(self._numbers, self._found, strict=True):
            message = f"expected an id that is a whole number or a text, found {found}{consequence}"
            report.error("coco.bad-id", message, self._place(number))


class Orphans:
    """The annotations of the files of one split that are in no frame, and its images without an id.

    Where no more ids are unknown than images lack one, or are none, each annotation may well be of one of these: then
    it is no finding of its own. Of how many annotations that is so, the images' findings and a loss say.
    """

    def __init__(self, without_id: Sequence[WithoutId], others: int, report: Report) -> None:
        """`others` are elements in the lists of images that are no image at all, which is told of them."""
        self._without_id = without_id
        self._others = others
        self._report = report
        self._values: dict[int, Any] = {}
        self._found: list[tuple[Place, array[int], array[int]]] = []  # rows and codes of ids, by file
        self._names: list[str] = []

    def take(self, place: Place, record: Place, rows: Sequence[int], values: Sequence[Any], *, noun: str) -> None:
        """Take annotations of one file by their rows.

        `values` are their ids of an image, or of a video, as `noun` has it; `place` is where such an id stands.
        """
        codes = array("q")
        for row, value in zip(rows, values, strict=True):
            codes.append(code_of(value))
            self._values.setdefault(codes[-1], value)
            self._report.loss("annotations of no listed image", str(record(row)))
        self._found.append((place, array("q", rows), codes))
        self._names.append(noun)

    def tell(self) -> None:
        """Tell of the images without an id, and of the annotations that these do not account for."""
        lacking = sum(map(len, self._without_id)) + self._others
        unknown, count = len(self._values), sum(len(rows) for _, rows, _ in self._found)
        is_why = 0 < unknown <= lacking
        consequence = ""
        if is_why:
            (value, *_) = self._values.values()
            of = f"the id {value!r}, which none has" if unknown == 1 else f"{unknown:,} ids that none has"
            consequence = f"; in no frame are therefore annotations of {of}: {count:,}"
        for each in self._without_id:
            each.tell(consequence, self._report)
        if is_why:
            return
        for noun, (place, rows, codes) in zip(self._names, self._found, strict=True):
            for row, code in zip(rows, codes, strict=True):
                message = f"expected the id of {noun}, found {self._values[code]!r}; the annotation is in no frame"
                self._report.error("coco.orphan-annotation", message, place(row))
