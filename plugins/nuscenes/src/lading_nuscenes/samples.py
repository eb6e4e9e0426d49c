"""sample and scene: which samples a segment has, in which order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading import counted
from lading_nuscenes.links import NO_GROUP, crossings, slips, strangers, tell_slips
from lading_nuscenes.schema import Log, Sample, Scene
from lading_nuscenes.tables import Columns, Rows, Tables
from lading_nuscenes.times import NO_TIME, Clock, Times
from lading_nuscenes.tokens import DANGLING, Keys, TokenBook, TokenIndex, no_keys

#: Steps back in time that are told one by one in a scene.
_FEW = 2


class Samples:
    """The samples in columns: tokens, times, and the place of the group (scene, or log in nuImages) of each.

    `scenes` are the places of their groups' rows, NO_GROUP for none, as their neighbours have them: of `strangers` it
    is told that their own are others, and of `untimely` that their times are, `backward` among them with all of their
    scene. `apart` has the nanoseconds between each and the nearest of its key frames, 0 where that is not known.
    """

    def __init__(self) -> None:
        self.rows: list[int] = []
        self.groups: list[str] = []
        self.times: Times = np.empty(0, dtype=np.int64)
        self.index = TokenIndex(no_keys())
        self.links: tuple[Keys, Keys] = (no_keys(), no_keys())
        self.scenes: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self.strangers: dict[int, int] = {}
        self.untimely: set[int] = set()
        self.backward: set[int] = set()
        self.apart: Times = np.empty(0, dtype=np.int64)
        self.key_cameras: dict[int, str] = {}
        self.extras: dict[int, dict[str, Any]] = {}

    def __len__(self) -> int:
        return len(self.rows)


class Group(msgspec.Struct, frozen=True):
    """The samples of a segment, in order; `token` is that of its scene or log, `scene` and `log` their rows."""

    token: str
    samples: Sequence[int]
    scene: Scene | None = None
    log: Log | None = None


def read_samples(tables: Tables, book: TokenBook, groups: Mapping[str, int], *, by_log: bool) -> Samples:
    """The table of samples; `groups` has the places of the scenes, or logs, by their tokens."""
    samples = Samples()
    columns = Columns()
    clock = Clock(tables.path("sample"), tables.report, lambda row: tables.is_mended("sample", row, "timestamp"))
    for piece in tables.scan("sample", Sample):
        for place, extras in piece.extras.items():
            samples.extras[len(samples.rows) + place] = extras
        for place, row in enumerate(piece.rows, len(samples.rows)):
            if row.key_camera_token:
                samples.key_cameras[place] = row.key_camera_token
        samples.rows += piece.indexes
        samples.groups += [(row.log_token if by_log else row.scene_token) or "" for row in piece.rows]
        columns.add(
            keys=book.keys([row.token for row in piece.rows]),
            times=clock.add(piece.indexes, [row.timestamp for row in piece.rows]),
            prev=book.keys([row.prev for row in piece.rows]),
            next=book.keys([row.next for row in piece.rows]),
        )
    samples.index = TokenIndex(columns.take("keys", no_keys()))
    samples.times = columns.take("times", samples.times)
    clock.settle(samples.times)
    samples.links = (columns.take("prev", no_keys()), columns.take("next", no_keys()))
    tables.repeats("sample", samples.index, samples.rows, book.text)
    samples.scenes = np.array([groups.get(token, NO_GROUP) for token in samples.groups], dtype=np.int32)
    _tell_links(tables, book, samples, "log" if by_log else "scene")
    return samples


def _tell_links(tables: Tables, book: TokenBook, samples: Samples, group: str) -> None:
    """Say which links of samples lead nowhere, round, or to another scene, and which samples name another scene."""
    both = []
    for column, keys in zip(("prev", "next"), samples.links, strict=True):
        found = samples.index.find(keys)
        for place in np.flatnonzero(found == DANGLING).tolist():
            tables.broken_link("sample", column, samples.rows[place], book.text(keys[place]))
        found[tables.tell_loops("sample", column, samples.rows, found, samples.times)] = DANGLING
        found[[place for place, _ in samples.index.repeats()]] = DANGLING  # the first row counts
        both.append(found)
    before, after = both
    wrong = [slip for slip in slips(before, after, samples.scenes) if slip.column == "prev"]
    tell_slips(tables, "sample", samples.rows, wrong, group)  # `next` is told of the scene whose order it is
    crossing = crossings(before, after, samples.scenes)  # told with the scene
    before[after[crossing]], after[crossing] = DANGLING, DANGLING
    samples.strangers = strangers(before, after, samples.scenes)
    for place, scene in samples.strangers.items():
        samples.scenes[place] = scene
        message = f"expected the {group} of the samples before and after, found another"
        at = tables.origin("sample", samples.rows[place], f"{group}_token")
        tables.report.warning("nuscenes.broken-chain", message, at)


def scene_groups(
    tables: Tables, book: TokenBook, samples: Samples, scenes: Rows[Scene], logs: Rows[Log]
) -> list[Group]:
    """The samples of each scene; then those of scenes that are not there, so that none is lost."""
    members = _members(tables, samples, "scene_token", "scene", scenes.places)
    tables.dangling(
        "scene", "log_token", "log", scenes.indexes, logs.find(tokens := [s.log_token for s in scenes.rows]), tokens
    )
    _bring_home(tables, book, samples, scenes, members)
    homeless = {place for token, places in members.items() if token not in scenes.places for place in places}
    homeless.update(samples.strangers)
    follow = samples.index.find(samples.links[1])
    groups, beyond = [], list[tuple[int, int]]()
    for place, scene in enumerate(scenes.rows):
        if scenes.places[scene.token] != place:
            continue  # the second of a token, which is reported
        chain = _Chain(tables, scenes.indexes[place], scene, samples, members.pop(scene.token, []), homeless)
        groups.append(Group(scene.token, chain.ordered(book, follow), scene, logs.get(scene.log_token)))
        beyond += chain.beyond
    _tell_beyond(tables, samples, beyond, len(scenes))
    groups += [Group(token, _by_time(samples, found)) for token, found in members.items()]
    return groups


def _tell_beyond(tables: Tables, samples: Samples, beyond: list[tuple[int, int]], scenes: int) -> None:
    """Say which samples that are the last of their scenes lead on to another one's; once where logs are linked whole.

    That is half of the scenes, where a log has two.
    """
    is_most = len(beyond) > _FEW and 2 * len(beyond) >= scenes
    for end, target in beyond[: 1 if is_most else None]:
        found = f"found that of row {samples.rows[target]}, of another scene"
        if is_most:
            found += f"; so it is with {counted(len(beyond) - 1, 'more scene')} of {scenes:,}"
        at = tables.origin("sample", samples.rows[end], "next")
        message = f"expected none, as it is the last of its scene, {found}"
        tables.report.warning("nuscenes.broken-chain", message, at)


def _bring_home(
    tables: Tables, book: TokenBook, samples: Samples, scenes: Rows[Scene], members: dict[str, list[int]]
) -> None:
    """Give a scene whose own token is told to be none the samples of the scene that its first sample names."""
    for place, scene in enumerate(scenes.rows):
        if scene.token in members or not tables.is_mended("scene", scenes.indexes[place], "token"):
            continue
        first = int(samples.index.find(book.keys([scene.first_sample_token]))[0])
        named = samples.groups[first] if first >= 0 else ""
        if named in members and named not in scenes.places:
            members[scene.token] = members.pop(named)


def log_groups(tables: Tables, samples: Samples, logs: Rows[Log]) -> list[Group]:
    """The samples of each log, in the order of the table: nuImages has no scenes."""
    members = _members(tables, samples, "log_token", "log", logs.places)
    groups = [Group(log.token, members.pop(log.token), None, log) for log in logs.rows if log.token in members]
    groups += [Group(token, found) for token, found in members.items()]
    return groups


def _members(tables: Tables, samples: Samples, column: str, target: str, known: dict[str, int]) -> dict[str, list[int]]:
    """The samples by the token of their group, repeated rows left out; tokens that point nowhere are reported."""
    members: dict[str, list[int]] = {}
    repeated = {row for row, _ in samples.index.repeats()}
    for place, token in enumerate(samples.groups):
        if place in repeated:
            continue
        members.setdefault(token, []).append(place)
        if token not in known:
            tables.dangles("sample", column, target, samples.rows[place], token)
    return members


def _by_time(samples: Samples, members: list[int]) -> list[int]:
    return sorted(members, key=lambda place: int(samples.times[place]))


class _Chain:
    """The samples of a scene as they follow each other from its first one; `homeless` are those of no scene.

    `beyond` is its last sample with that of another scene to which it leads, where it does.
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

    def ordered(self, book: TokenBook, follow: np.ndarray[Any, np.dtype[np.int64]]) -> list[int]:
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
            is_cut = bool(chain) and self._is_cut(chain[-1], follow)
            if first >= 0 and not strays and not is_cut and sorted(chain) != own:
                message = (
                    f"expected to reach {len(self._members)} samples along `next`, found {len(chain)}; taken by time"
                )
                self._tell("sample-order", message, "first_sample_token")
            chain = _by_time(self._samples, self._members)
        elif chain and last >= 0 and chain[-1] != last and last not in self._homeless:
            self._tell("sample-order", "expected the end of the chain of samples, found another", "last_sample_token")
        elif chain:
            self._note_beyond(chain[-1], int(follow[chain[-1]]))
        self._tell_steps_back(chain)
        self._tell_count(len(chain), len(own), strays)
        return chain

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

        Of a scene with several it is said once, as its files go back in time with them.
        """
        places = [place for place in chain if self._is_timely(place)]
        times, apart = self._samples.times[places], self._samples.apart
        back = np.flatnonzero(np.diff(times) < 0)
        if len(back) > _FEW:
            self._samples.untimely.update(chain)
            self._samples.backward.update(chain)
            row = self._samples.rows[places[int(back[0]) + 1]]
            found = f"found {len(back):,} steps back in {len(places):,}, the first to row {row}"
            self._tell("sample-order", f"expected samples forward in time, {found}", "first_sample_token")
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

    def _is_cut(self, last: int, follow: np.ndarray[Any, np.dtype[np.int64]]) -> bool:
        """Whether the chain ends for a reason that is told where `next` stands."""
        return int(follow[last]) == DANGLING or self._tables.is_mended("sample", self._samples.rows[last], "next")

    def _strays(self, first: int, follow: np.ndarray[Any, np.dtype[np.int64]]) -> int:
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

    def _walk(self, place: int, follow: np.ndarray[Any, np.dtype[np.int64]]) -> Iterator[int]:
        own = set(self._members)
        while place in own:
            own.discard(place)
            yield place
            place = int(follow[place])

    def _tell(self, rule: str, message: str, column: str) -> None:
        self._tables.report.warning(f"nuscenes.{rule}", message, self._tables.origin("scene", self._row, column))
