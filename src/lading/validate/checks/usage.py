"""Which categories the labels have: declared and never used, or the same one under two spellings."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple, TypeAlias

from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part
from lading.model.label import MASK_TYPES, Label
from lading.model.report import Finding, Origin, Severity
from lading.plugin.problem import Place, Problem
from lading.validate.checks.catalog_attributes import catalog_finding

#: How many categories are noted; bad data may have one a label.
_KEPT = 10_000

_SEPARATORS = re.compile(r"[\s_-]+")

#: Where a category was first met: segment, part and turn, which sort as one process would have met it.
_Rank: TypeAlias = tuple[int, int, int]


class _Use(NamedTuple):
    rank: _Rank
    segment: str
    frame: str
    sensor: str | None
    at: Origin


class Usage:
    """Notes where each category was first met."""

    def __init__(self, dataset: Dataset, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._segments = {segment.name: index for index, segment in enumerate(dataset.segments)}
        self._uses: dict[tuple[str, str], _Use] = {}

    def note(self, place: Place, label: Label, category: str) -> None:
        """A label of a category that may not have been met before."""
        key = (label.kind, category)
        if key in self._uses or len(self._uses) >= _KEPT:
            return
        rank = (self._segments.get(place.segment.name, len(self._segments)), 1, len(self._uses))
        at = place.data.locate(label, "category")
        self._uses[key] = _Use(rank, place.segment.name, place.frame.key, place.data.sensor_name, at)

    def note_items(self, place: Place, label: Label) -> None:
        """The categories in the table of a mask."""
        for item in (label.items or ()) if isinstance(label, MASK_TYPES) else ():
            if item.category is not None:
                self.note(place, label, item.category)

    @property
    def memory(self) -> dict[tuple[str, str], _Use]:
        """What was noted, to be absorbed by another."""
        return self._uses

    def absorb(self, memory: dict[tuple[str, str], _Use], part: Part) -> None:
        """Note what the next part noted."""
        for key, use in memory.items():
            later = use._replace(rank=(use.rank[0], part[0], use.rank[2]))
            known = self._uses.get(key)
            if known is None or later.rank < known.rank:
                self._uses[key] = later

    def finish(self, catalog: Catalog) -> Iterator[Finding]:
        """What all uses together show."""
        if "category.two-spellings" in self._severities:
            yield from self._spellings(catalog)
        if "catalog.unused" in self._severities:
            yield from self._unused(catalog)

    def _spellings(self, catalog: Catalog) -> Iterator[Finding]:
        names = {kind: frozenset(category.name for category in catalog[kind].categories) for kind in catalog.kinds()}
        delimiters = {kind: catalog[kind].category_delimiter for kind in catalog.kinds()}
        rows = {
            (kind, category.name): (kind, "categories", index)
            for kind in catalog.kinds()
            for index, category in enumerate(catalog[kind].categories)
        }
        groups: dict[tuple[str, ...], dict[str, tuple[str, _Use]]] = {}
        for (kind, category), use in sorted(self._uses.items(), key=lambda item: item[1].rank):
            if names.get(kind) and category not in names[kind] and "category.unknown" in self._severities:
                continue  # that it is none of the catalog's is told already
            groups.setdefault(_fold(category, delimiters.get(kind)), {}).setdefault(category, (kind, use))
        for spellings in groups.values():
            (first, _), *others = spellings.items()
            for name, (kind, use) in others:
                at = catalog.places.get(rows[kind, name]) if (kind, name) in rows else None
                finding = _two_spellings(name, first).finding(
                    self._severities, segment=use.segment, frame=use.frame, sensor=use.sensor, at=at or use.at
                )
                if finding is not None:
                    yield finding
        yield from self._declared_spellings(catalog, {key: set(names) for key, names in groups.items()})

    def _declared_spellings(self, catalog: Catalog, known: dict[tuple[str, ...], set[str]]) -> Iterator[Finding]:
        """The same of categories that no label has; `known` has the names of those that labels have, as they fold."""
        firsts = {key: min(names) for key, names in known.items()}
        for kind in catalog.kinds():
            for index, category in enumerate(catalog[kind].categories):
                key = _fold(category.name, catalog[kind].category_delimiter)
                first = firsts.setdefault(key, category.name)
                names = known.setdefault(key, {first})
                if category.name in names:
                    continue
                names.add(category.name)
                if _is_below(category.name, first, catalog[kind].category_delimiter):
                    continue  # the parent that exports declare for a project of one category
                problem, path = _two_spellings(category.name, first), (kind, "categories", index)
                finding = catalog_finding(catalog, problem, path, self._severities)
                if finding is not None:
                    yield finding

    def _unused(self, catalog: Catalog) -> Iterator[Finding]:
        declared = [
            (kind, index, category.name)
            for kind in catalog.kinds()
            for index, category in enumerate(catalog[kind].categories)
        ]
        # one record of a source may declare a category of several label types
        places = {(kind, index): catalog.locate(kind, "categories", index) for kind, index, _ in declared}
        done = {places[kind, index] for kind, index, name in declared if (kind, name) in self._uses}
        for kind, index, name in declared:
            at = places[kind, index]
            if (kind, name) in self._uses or (at is not None and at in done):
                continue
            done.add(at)
            message = f"expected labels of the category {name!r} of {kind}, found none"
            path = (kind, "categories", index)
            finding = catalog_finding(catalog, Problem("catalog.unused", message), path, self._severities)
            if finding is not None:
                yield finding


def _is_below(name: str, other: str, delimiter: str | None) -> bool:
    """Whether one of two names that fold alike is below the other."""
    return bool(delimiter) and name.count(str(delimiter)) != other.count(str(delimiter))


def _two_spellings(name: str, first: str) -> Problem:
    both = f"{name!r} beside {first!r}"
    if _composed(name) == _composed(first):  # which look the same
        both = f"{name!a} beside {first!a}"
    return Problem("category.two-spellings", f"expected one spelling of a category, found {both}")


def _composed(name: str) -> str:
    """A name in one of the forms that Unicode has for the same letters."""
    return unicodedata.normalize("NFKC", name)


def _fold(name: str, delimiter: str | None) -> tuple[str, ...]:
    """What spellings of one category share; a parent that is called as its child is (COCO's person) is left out."""
    spelt = name.split(delimiter) if delimiter else [name]
    parts = [_SEPARATORS.sub(" ", _composed(part.strip())).casefold() for part in spelt]
    return tuple(part for index, part in enumerate(parts) if index == 0 or part != parts[index - 1])
