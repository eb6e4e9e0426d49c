"""The samples of one scene, in order along `next`; what is odd about them is told."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np

from lading import counted
from lading_nuscenes.samples import Samples
from lading_nuscenes.schema import Scene
from lading_nuscenes.tables import Tables
from lading_nuscenes.times import NO_TIME
from lading_nuscenes.tokens import DANGLING, Indexes, TokenBook

#: Steps back in time that are told one by one in a scene.
_FEW = 2


def by_time(samples: Samples, members: list[int]) -> list[int]:
    """Samples in the order of their times."""
    return sorted(members, key=lambda place: int(samples.times[place]))


class SceneChain:
    """The samples of a scene as they follow each other from its first one; `homeless` are those of no scene.

    `beyond` is its last sample with that of another scene to which it leads, where it does; `back` is what is to be
    told where its samples go back in time.
    """

    def __init__(
        self, tables: Tables, row: int, scene: Scene, samples: Samples, members: list[int], homeless: set[int]
    ) -> None:
        self._tables = tables
        self._row = row
        self._scene = scene
        self._samples = samples
        self._members = members
        self._homeless = homeless
        self.beyond: list[tuple[int, int]] = []
        self.back = ""

    def ordered(self, book: TokenBook, follow: Indexes) -> list[int]:
        """The samples along `next`, or by time where that does not reach each of them once; with what is odd told."""
        if "sample" not in self._tables:
            return []
        ends = [self._scene.first_sample_token, self._scene.last_sample_token]
        first, last = self._samples.index.find(book.keys(ends)).tolist()
        for column, token, found in zip(("first_sample_token", "last_sample_token"), ends, (first, last), strict=True):
            if found < 0 and (token or self._members or self._scene.nbr_samples):  # a scene without samples has no ends
                self._tables.broken_link("scene", column, self._row, token or "")
        chain = list(self._walk(first, follow))
        strays = self._strays(first, follow) + self._gone(book)
        own = [place for place in self._members if place not in self._samples.strangers]
        if sorted(chain) != self._members:
            is_cut = bool(chain) and self._is_cut(chain, follow)
            if first >= 0 and not strays and not is_cut and sorted(chain) != own:
                self._tell_short(chain, follow)
            chain = by_time(self._samples, self._members)
            if last >= 0 and self._leads_on(last, follow):
                self._tell("sample-order", "expected the last sample, found one that leads on", "last_sample_token")
        elif self._tell_turned(chain, first, last):
            chain = by_time(self._samples, self._members)
        elif chain and last >= 0 and chain[-1] != last and last not in self._homeless:
            self._tell("sample-order", "expected the end of the chain of samples, found another", "last_sample_token")
        elif chain:
            self._note_beyond(chain[-1], int(follow[chain[-1]]))
        self._tell_steps_back(chain)
        self._tell_count(len(chain), len(own), strays)
        return chain

    def _tell_short(self, chain: list[int], follow: Indexes) -> None:
        """Say that `next` does not lead to all samples: where it leads to another scene, or of the whole."""
        target = int(follow[chain[-1]]) if chain else DANGLING
        if target >= 0 and target not in self._homeless and target not in self._members:
            found = f"found that of row {self._samples.rows[target]}, of another scene"
            at = self._tables.origin("sample", self._samples.rows[chain[-1]], "next")
            message = f"expected the token of the next sample of the scene, {found}; taken by time"
            self._tables.report.warning("nuscenes.broken-chain", message, at)
            return
        message = f"expected to reach {len(self._members)} samples along `next`, found {len(chain)}; taken by time"
        self._tell("sample-order", message, "first_sample_token")

    def _leads_on(self, last: int, follow: Indexes) -> bool:
        """Whether the sample that is said to be the last leads to a later one of the scene."""
        target = int(follow[last])
        is_known = self._is_timely(last) and target >= 0 and self._is_timely(target)
        return (
            is_known
            and {last, target} <= {*self._members}
            and bool(self._samples.times[target] > self._samples.times[last])
        )

    def _tell_turned(self, chain: list[int], first: int, last: int) -> bool:
        """Say where `next` leads back in time, if the scene has its first and last samples by time; whether it does."""
        ordered = by_time(self._samples, chain)
        if not chain or chain[-1] == last or (ordered[0], ordered[-1]) != (first, last):
            return False
        times, rows = self._samples.times, self._samples.rows
        for place, target in pairwise(chain):
            if times[target] < times[place]:
                message = f"expected the token of a later sample, found that of row {rows[target]}; taken by time"
                at = self._tables.origin("sample", rows[place], "next")
                self._tables.report.warning("nuscenes.broken-chain", message, at)
        return True

    def _tell_count(self, number: int, own: int, strays: int) -> None:
        """Say that a scene declares another number of samples, but for those of which it is told that they lack."""
        count = self._scene.nbr_samples
        if count is None or count in (number, own):
            return
        if not 0 < count - number <= (count if self._tables.is_cut("sample") else strays):
            message = f"expected {counted(count, 'sample')} as declared, found {number}"
            self._tell("count-mismatch", message, "nbr_samples")

    def _note_beyond(self, end: int, target: int) -> None:
        is_told = target in self._homeless or self._tables.is_mended("sample", self._samples.rows[end], "next")
        if target >= 0 and not is_told:
            self.beyond.append((end, target))

    def _tell_steps_back(self, chain: list[int]) -> None:
        """Say which samples are not between their neighbours in time; of two that which is farther off its files.

        Of a scene with several `back` says it once, as its files go back in time with them.
        """
        places = [place for place in chain if self._is_timely(place)]
        times, apart = self._samples.times[places], self._samples.apart
        back = np.flatnonzero(np.diff(times) < 0)
        if len(back) > _FEW:
            self._samples.untimely.update(chain)
            self._samples.backward.update(chain)
            row = self._samples.rows[places[int(back[0]) + 1]]
            found = f"found {len(back):,} steps back in {len(places):,}, the first to row {row}"
            self.back = f"expected samples forward in time, {found}"
            return
        for number in back.tolist():
            first, second = places[number : number + 2]
            is_late = len(apart) > 0 and apart[first] > apart[second]
            where, other, found = ("before", "after", "later") if is_late else ("after", "before", "earlier")
            gap = float(times[number] - times[number + 1]) / 1e9
            message = f"expected a time {where} that of the sample {other} it, found one {gap:,.3f} s {found}"
            odd = first if is_late else second
            self._samples.untimely.add(odd)
            at = self._tables.origin("sample", self._samples.rows[odd], "timestamp")
            self._tables.report.warning("nuscenes.sample-order", message, at)

    def _is_timely(self, place: int) -> bool:
        return int(self._samples.times[place]) != NO_TIME and place not in self._samples.untimely

    def _is_cut(self, chain: list[int], follow: Indexes) -> bool:
        """Whether the chain ends, or passes samples by, for a reason that is told where `next` stands."""
        last = chain[-1]
        is_told = not self._samples.slipped.isdisjoint(chain) or int(follow[last]) == DANGLING
        return is_told or self._tables.is_mended("sample", self._samples.rows[last], "next")

    def _strays(self, first: int, follow: Indexes) -> int:
        """How many samples the scene may lack for a reason that is told: a bad row, or a token of no scene."""
        met: set[int] = set()
        for place in (first, *follow[self._members].tolist()) if self._homeless else ():
            while place in self._homeless and place not in met:
                met.add(place)
                place = int(follow[place])
        return len(met) + len(self._tables.left_out("sample"))

    def _gone(self, book: TokenBook) -> int:
        """How many samples the scene lacks that its others name, which is told; of a scene without any, its first.

        A `prev` or `next` of a sample that its neighbour leads to is a slip: nothing is gone there.
        """
        gone = self._tables.gone.tokens("sample")
        named = set() if self._members else {self._scene.first_sample_token}
        links = [keys[self._members] for keys in self._samples.links] if gone else []
        for keys, others in zip(links, reversed(links), strict=True):
            is_led_to = np.isin(self._members, self._samples.index.find(others))
            named.update(book.texts(keys[~is_led_to]))
        return len(named & gone)

    def _walk(self, place: int, follow: Indexes) -> Iterator[int]:
        own = set(self._members)
        while place in own:
            own.discard(place)
            yield place
            place = int(follow[place])

    def _tell(self, rule: str, message: str, column: str) -> None:
        self._tables.report.warning(f"nuscenes.{rule}", message, self._tables.origin("scene", self._row, column))
