"""The annotations of each instance one after the other: what links, instances, samples and counts say of them."""

from __future__ import annotations

from collections.abc import Container, Iterable, Set
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lading.model.recurring import as_often, is_often
from lading_nuscenes.chains import far_ends
from lading_nuscenes.instances import Instances
from lading_nuscenes.links import (
    NO_GROUP,
    Links,
    backward,
    crossings,
    lacks_throughout,
    slips,
    strangers,
    tell_backward,
    tell_elsewhere,
    tell_slips,
)
from lading_nuscenes.samples import Samples
from lading_nuscenes.tables import Tables
from lading_nuscenes.times import NO_TIME, Times
from lading_nuscenes.tokens import ABSENT, DANGLING, TokenBook
from lading_nuscenes.turned import tell_turned, turned

if TYPE_CHECKING:
    from lading_nuscenes.annotations import Annotations

_TABLE = "sample_annotation"

_ENDS = ("first_annotation_token", "last_annotation_token")


class Tracks:
    """Tells what is odd about the annotations, once all of them are known.

    `strangers` are the annotations that name another instance than their neighbours, and the place of that of these,
    `idle` the instances that have none at all, which is not told elsewhere.
    """

    def __init__(
        self, tables: Tables, book: TokenBook, samples: Samples, instances: Instances, made: Annotations
    ) -> None:
        self.strangers: dict[int, int] = {}
        self.idle: Set[int] = frozenset()
        self._tables = tables
        self._book = book
        self._samples = samples
        self._instances = instances
        self._made = made
        self._repeated = [place for place, _ in made.index.repeats()]  # told, and in no sample
        self._again = {place for place, _ in instances.index.repeats()}  # told, and of no annotation

    def tell(self) -> None:
        """Compare links with each other, and instances with their annotations."""
        if _TABLE not in self._tables:
            return
        before, after = self._made.before.copy(), self._made.after.copy()
        before[self._repeated] = after[self._repeated] = DANGLING
        ends = [self._made.index.find(keys) for keys in self._instances.ends]
        has_ends = self._tell_links(before, after, ends)
        self.idle = self._idle()
        for column, found, links in zip(_ENDS, ends, (before, after), strict=True):
            self._tell_end(column, found, links if has_ends else None)
        self._tell_counts()

    def _tell_links(self, before: Links, after: Links, ends: list[NDArray[np.int64]]) -> bool:
        """Say which links are wrong, and which rows are; whether links tell the ends of chains."""
        tables, made = self._tables, self._made
        if lacks_throughout(tables, _TABLE, made.rows, before, after):
            return False
        wrong = slips(before, after, made.instances)
        tell_slips(tables, _TABLE, made.rows, wrong, "instance")
        for slip in wrong:
            (before if slip.column == "prev" else after)[slip.place] = DANGLING
        own = np.arange(len(self._instances.rows))
        named = (found[np.append(made.instances, NO_GROUP)[np.maximum(found, -1)] == own] for found in ends)
        firsts_and_lasts = frozenset(np.concatenate([*named]).tolist())
        self._tell_crossings(before, after, firsts_and_lasts)
        self.strangers = strangers(before, after, made.instances, firsts_and_lasts)
        self._tell_strangers("instance", self.strangers, "the instance of the rows before and after")
        alone = self._exchanged(before, after, ends)
        self._tell_strangers("instance", alone, "the instance whose first and last annotation it is")
        self.strangers.update(alone)
        scenes = np.append(self._samples.scenes, NO_GROUP)[np.maximum(made.samples, -1)]
        expected = "a sample of the scene of the rows before and after"
        self._tell_strangers("sample", strangers(before, after, scenes), expected)
        times = np.append(self._samples.times, NO_TIME)[np.maximum(made.samples, -1)]
        if tell_backward(tables, _TABLE, made.rows, after, times):
            return False
        self._tell_earlier(before, after, times, ends)
        return True

    def _exchanged(self, before: Links, after: Links, ends: list[NDArray[np.int64]]) -> dict[int, int]:
        """Annotations that stand alone and name another instance than that whose first and last they are."""
        first, last = ends
        owners = np.flatnonzero((first == last) & (first >= 0))
        places = first[owners]
        said = self._made.instances[places]
        is_alone = (before[places] == ABSENT) & (after[places] == ABSENT)
        is_odd = is_alone & (said >= 0) & (said != owners) & (np.append(first, ABSENT)[said] != places)
        return dict(zip(places[is_odd].tolist(), owners[is_odd].tolist(), strict=True))

    def _tell_crossings(self, before: Links, after: Links, ends: Container[int]) -> None:
        """Say which links lead to annotations of another instance, and take them away."""
        found = crossings(before, after, self._made.instances, ends)
        expected = "a row of the same instance or none"
        rows = self._made.rows
        tell_elsewhere(self._tables, _TABLE, rows, found, rows[after[found]], expected, "of another one")
        before[after[found]], after[found] = DANGLING, DANGLING

    def _tell_earlier(self, before: Links, after: Links, times: Times, ends: list[NDArray[np.int64]]) -> None:
        """Say which links lead back in time and to a sample that is not behind along `next`, and take them away.

        Where they lead from the first to the last annotation of their instance, its `prev` and `next` are swapped if
        all lead back, else the samples of two of these are exchanged: that is told of the earlier row.
        """
        made, tables, rows = self._made, self._tables, self._made.rows
        back, onward = backward(after, times)
        if not len(back):
            return
        odd = self._samples.against(made.samples, back, after)
        is_whole = np.isin(far_ends(before)[0][odd], ends[0]) & np.isin(far_ends(after)[0][odd], ends[1])
        swapped = turned(after, back, odd[is_whole], onward)
        tell_turned(tables, _TABLE, rows, after, swapped)
        exchanged = np.setdiff1d(odd[is_whole], swapped)
        self._tell_strangers("sample", exchanged.tolist(), "a sample before that of the row behind it")
        found = odd[~is_whole]
        expected = "a row later in time"
        tell_elsewhere(tables, _TABLE, rows, found, rows[after[found]], expected, "an earlier one")
        before[after[found]], after[found] = DANGLING, DANGLING

    def _tell_strangers(self, column: str, found: Iterable[int], expected: str) -> None:
        for place in found:
            at = self._tables.origin(_TABLE, int(self._made.rows[place]), f"{column}_token")
            self._tables.report.warning("nuscenes.broken-chain", f"expected {expected}, found another", at)

    def _idle(self) -> Set[int]:
        """The instances without annotations, unless as many annotations are told to be gone or of no instance."""
        made, tables = self._made, self._tables
        own = np.concatenate((made.instances, np.array([*self.strangers.values()], dtype=made.instances.dtype)))
        idle = frozenset(np.setdiff1d(np.arange(len(self._instances.rows)), own).tolist()) - self._again
        told = np.count_nonzero(made.instances < 0) + len(tables.left_out(_TABLE))
        is_withheld = not len(made) and not any(self._instances.counts)  # those of a test set
        return frozenset() if is_withheld or tables.is_cut(_TABLE) or len(idle) <= told else idle

    def _tell_end(self, column: str, found: NDArray[np.int64], links: Links | None) -> None:
        """Say which instances name no first (or last) annotation of theirs; `links` lead from it to none."""
        instances, made, tables = self._instances, self._made, self._tables
        keys = instances.ends[_ENDS.index(column)]
        which = column.partition("_")[0]
        for place in np.flatnonzero(found == DANGLING).tolist():
            if place not in self.idle:
                tables.broken_link("instance", column, instances.rows[place], self._book.text(keys[place]))
        if (found == ABSENT).all():
            return  # nothing is said of any
        own = np.arange(len(found))
        of = np.append(made.instances, NO_GROUP)[np.maximum(found, -1)]
        counts = np.bincount(made.instances[made.instances >= 0], minlength=len(found))
        is_other = (found >= 0) & (of >= 0) & (of != own) & ~np.isin(found, list(self.strangers))
        is_none = (found == ABSENT) & (counts[: len(found)] > 0)
        is_inner = np.zeros(len(found), dtype=np.bool_)
        if links is not None:
            is_inner = (found >= 0) & (of == own) & (np.append(links, DANGLING)[np.maximum(found, -1)] >= 0)
        for place in np.flatnonzero(is_other | is_none | is_inner).tolist():
            is_told = place in self._again or place in self.idle
            if is_told or tables.is_mended("instance", instances.rows[place], column):
                continue
            there = "none" if is_none[place] else f"row {made.rows[found[place]]}, which is of another instance"
            if is_inner[place]:
                there = f"row {made.rows[found[place]]}, which has a `{'prev' if which == 'first' else 'next'}`"
            message = f"expected the {which} annotation of the instance, found {there}"
            at = tables.origin("instance", instances.rows[place], column)
            tables.report.warning("nuscenes.broken-chain", message, at)

    def _tell_counts(self) -> None:
        instances, made = self._instances, self._made
        counted = made.instances.copy()
        counted[self._repeated] = ABSENT
        found = self._count(counted)
        for place, instance in self.strangers.items():
            counted[place] = instance
        by_neighbours = self._count(counted)
        for place, gone in self._gone().items():
            found[place] = max(found[place], min(found[place] + gone, instances.counts[place] or 0))
        lacking = sum(max(0, said - there) for said, there in zip(instances.counts, found, strict=True) if said)
        # annotations that are left out, whose instance is not known, or that are behind a cut, are told: what is missed
        # is not told again
        known = np.count_nonzero(made.instances < 0) + len(self._tables.left_out(_TABLE))
        is_told = self._tables.is_cut(_TABLE) or 0 < lacking <= known
        wrong = []
        for place, said in enumerate(instances.counts):
            if place in self._again or place in self.idle or said in (None, found[place], by_neighbours[place]):
                continue
            if not (is_told and said > found[place]):
                wrong.append(place)
        total = len(instances.rows)
        is_told_once = is_often(len(wrong), total)
        more = as_often(len(wrong), total, "instances") if is_told_once else ""
        for place in wrong[: 1 if is_told_once else None]:
            message = f"expected {instances.counts[place]} annotations as declared, found {found[place]}{more}"
            at = self._tables.origin("instance", instances.rows[place], "nbr_annotations")
            self._tables.report.warning("nuscenes.count-mismatch", message, at)

    def _count(self, instances: NDArray[Any]) -> list[int]:
        """How many annotations each instance has."""
        found: list[int] = np.bincount(instances[instances >= 0], minlength=len(self._instances.rows)).tolist()
        return found

    def _gone(self) -> dict[int, int]:
        """How many annotations, of which it is told that they are gone, the others of their instance or it name.

        A link of an annotation that its neighbour leads to is a slip, and so are ends of a chain that has its ends.
        """
        gone, made, instances = self._tables.gone.tokens(_TABLE), self._made, self._instances
        named: dict[int, set[str]] = {}
        if not gone:
            return {}
        for column, other in (("prev", made.after), ("next", made.before)):
            is_led_to = np.isin(np.arange(len(made.rows)), other)
            for (place, name), token in made.texts.items():
                if name == column and token in gone and not is_led_to[place] and made.instances[place] >= 0:
                    named.setdefault(int(made.instances[place]), set()).add(token)
        for keys, links in zip(instances.ends, (made.before, made.after), strict=True):
            ended = set(made.instances[links == ABSENT].tolist())
            for place in np.flatnonzero(made.index.find(keys) == DANGLING).tolist():
                if place not in ended:
                    named.setdefault(place, set()).add(self._book.text(keys[place]))
        return {place: len(tokens & gone) for place, tokens in named.items()}
