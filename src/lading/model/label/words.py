"""Labels in words: what a whole file shows, and what is said or written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import msgspec

from lading.model.label.base import Label


class Classification(Label, frozen=True, gc=False, eq=False):
    """What the whole file shows; at most one a Data."""

    kind: ClassVar[str] = "CLASSIFICATION"


class Word(msgspec.Struct, frozen=True, gc=False):
    """A piece of speech or text; `begin` and `end` in seconds, or in samples where the catalog says so."""

    text: str
    begin: float | None = None
    end: float | None = None


class Sentence(Label, frozen=True, gc=False, eq=False):
    """What is said or written: words, and where known their spelling and their phones."""

    kind: ClassVar[str] = "SENTENCE"

    sentence: tuple[Word, ...] | None = None
    spell: tuple[Word, ...] | None = None
    phone: tuple[Word, ...] | None = None

    def coordinates(self) -> Iterable[Any]:
        """Begin and end of every word that has them."""
        words = [word for part in (self.sentence, self.spell, self.phone) for word in part or ()]
        return [t for word in words for t in (word.begin, word.end) if t is not None]
