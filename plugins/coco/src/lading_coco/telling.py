"""Tells what is wrong with the annotations of one document, each at its row; what many have alike once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from lading import Report
from lading.model.recurring import Recurring
from lading.model.report import Severity
from lading_coco.document import Document
from lading_coco.forms import Tell
from lading_coco.whole_videos import VideoText


def entries_of(document: Document) -> str:
    """The group, as `Recurring` has it, of the entries a frame that annotations of whole videos have."""
    return f"entries of {document.path}"


class RowTeller:
    """Hands what is found in the rows of a document to a report, or to `recurring` what may be told once."""

    def __init__(self, document: Document, report: Report, recurring: Recurring) -> None:
        self._document = document
        self._report = report
        self._recurring = recurring

    def of(self, row: int) -> Tell:
        """Tells of one row: takes what `tell` does behind it."""
        return partial(self.tell, row)

    def tell(
        self,
        row: int,
        rule: str,
        message: str | Callable[[], str],
        *parts: str | int,
        warn: bool = False,
        once: float | None = None,
        kind: str | None = None,
        values: str = "",
    ) -> None:
        """Tell of a row, or a part of it.

        Where more than the part `once` of the annotations have it, it is told once with their number: of those with the
        same message, or `kind`. `values` is as `Recurring` has it. A message that is dear is made where it is kept.
        """
        if self.is_told(row, *parts):
            return
        if once is None:
            told = message if isinstance(message, str) else message()
            origin = self._document.annotations.origin(row, *parts)
            (self._report.warning if warn else self._report.error)(rule, told, origin)
            return
        text = self._document.text
        is_entry = isinstance(text, VideoText) and text.is_entry(parts)
        group = entries_of(self._document) if is_entry else self._document.path
        noun = "entries" if is_entry else "annotations"
        recurring = self._recurring
        if kind is not None and recurring.is_counted(
            rule, group=group, noun=noun, kind=kind, values=values, share=once
        ):
            return
        grade: Severity = "warning" if warn else "error"
        told = message if isinstance(message, str) else message()
        kind = told if kind is None else kind
        origin = self._document.annotations.origin(row, *parts)
        recurring.take(grade, rule, told, origin, group=group, noun=noun, kind=kind, values=values, share=once)

    def loss(self, what: str, row: int, *parts: str | int) -> None:
        """Take something of a row that has no place in the model."""
        self._report.loss(what, str(self._document.annotations.origin(row, *parts)))

    def is_told(self, row: int, *parts: str | int) -> bool:
        """Whether an earlier record says the same of the same annotation of a video, and that is told of it."""
        text = self._document.text
        return isinstance(text, VideoText) and text.is_told("/annotations", row, parts)
