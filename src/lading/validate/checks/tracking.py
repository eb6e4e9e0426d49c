"""Instances and the ego over time: one object keeps its category and does not jump."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Frame
from lading.model.geometry import WORLD
from lading.model.label import Label
from lading.model.report import Finding, Origin, Severity
from lading.plugin.contracts import BlockChecker
from lading.plugin.problem import Place, Problem
from lading.validate.checks.ego import POSE_RULE, ego_position, gathered
from lading.validate.checks.excursions import Excursion, Trail, is_return
from lading.validate.checks.jumps import EGO_KEY, Key, Position, jump_problem, moment_of
from lading.validate.checks.positions import positions
from lading.validate.checks.runs import Jump, Opening, Runs


class _Kept(NamedTuple):
    """Where an instance was first said to be of a category."""

    frame: str
    sensor: str | None
    at: Origin


class _Seen(msgspec.Struct):
    """What is kept of a segment: categories of instances in the order they came, where these were, jumps of the ego.

    `trail` has where each was in the first and the last frames of the part. Its first jumps of an instance are in
    `openings` until it is known what was before the part.
    """

    frames: int = 0
    categories: dict[tuple[str, str], dict[str | None, _Kept]] = msgspec.field(default_factory=dict)
    trail: Trail = msgspec.field(default_factory=Trail)
    openings: dict[Key, Opening] = msgspec.field(default_factory=dict)
    runs: Runs = msgspec.field(default_factory=Runs)
    poses: list[Jump] = msgspec.field(default_factory=list)
    told: list[Finding] = msgspec.field(default_factory=list)  # what parts showed, in their order


class TrackingPass(BlockChecker):
    """Follows the instances of the label types that are tracked; a row an instance is kept for each segment."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._dataset = dataset
        self._severities = severities
        self._is_all = dataset.is_continuous or dataset.is_fusion
        self._kinds = frozenset(
            kind for each in (catalog, dataset.catalog) for kind in each.kinds() if each[kind].is_tracking
        )
        self._seen: dict[str, _Seen] = {}
        self._follows_ego = dataset.is_continuous and POSE_RULE in severities

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """What changed or jumped since the frames before."""
        if not self._is_all and not self._kinds:
            return ()
        return [(number, finding) for number, frame in enumerate(frames) for finding in self._follow(segment, frame)]

    def _follow(self, segment: Segment, frame: Frame) -> Iterable[Finding]:
        seen = self._seen.get(segment.name)
        if seen is None:
            seen = self._seen.setdefault(segment.name, _Seen())
        now = self._where(segment, frame, seen)
        last = seen.trail.last[-1] if seen.frames else {}
        off = seen.trail.add(now)
        findings = list(self._off(segment.name, off))
        for key, jump in self._jumps(segment.name, last, now):
            if is_return(off.get(key), jump):
                continue
            if key == EGO_KEY:
                seen.poses.append(jump)
            elif not seen.openings.setdefault(key, Opening()).goes_on(key, jump):
                findings += seen.runs.tell(key, [jump])
        seen.frames += 1
        return findings

    def _where(self, segment: Segment, frame: Frame, seen: _Seen) -> dict[Key, Position]:
        """Where the instances of a frame and the ego are; the categories of the instances are noted."""
        now: dict[Key, Position] = {}
        moment = moment_of(frame)
        for data in frame.data:
            labels = [label for label in data.labels if label.instance is not None and self._is_tracked(label)]
            if labels:
                place = Place(segment, frame, data, self._severities)
                _note_categories(place, labels, seen)
                now.update(positions(place, moment, labels))
        ego = ego_position(frame, moment) if self._follows_ego else None
        if ego is not None:
            now[EGO_KEY] = ego
        return now

    def _is_tracked(self, label: Label) -> bool:
        return self._is_all or label.kind in self._kinds

    def _jumps(
        self, segment: str, last: Mapping[Key, Position], now: Mapping[Key, Position]
    ) -> Iterator[tuple[Key, Jump]]:
        """The moves since the frame before that are too far, in the order of the frame."""
        moved = _moved(last, now)
        for key, position in now.items():
            problem = jump_problem(key, last[key], position) if key in moved else None
            if problem is not None:
                finding = self._finding(segment, problem, position)
                if finding is not None:
                    yield key, Jump(finding, last[key], position)

    def _off(self, segment: str, off: Mapping[Key, Excursion]) -> Iterator[Finding]:
        """What is wrong with the places of instances that were elsewhere for a frame."""
        for position, problem in off.values():
            finding = self._finding(segment, problem, position)
            if finding is not None:
                yield finding

    def _finding(self, segment: str, problem: Problem, at: Position) -> Finding | None:
        return problem.finding(self._severities, segment=segment, frame=at.frame, sensor=at.sensor, at=at.at)

    def memory(self) -> dict[str, _Seen]:
        """What is kept, by segment."""
        return self._seen

    def absorb(self, memory: dict[str, _Seen], part: Part) -> Iterable[Finding]:
        """Take in the next part: categories that changed on the way, jumps over the border."""
        for name, later in memory.items():
            seen = self._seen.setdefault(name, _Seen())
            for key, categories in later.categories.items():
                known = seen.categories.setdefault(key, {})
                for category, kept in categories.items():
                    known.setdefault(category, kept)
            yield from self._join(name, seen, later)

    def _join(self, segment: str, seen: _Seen, later: _Seen) -> Iterator[Finding]:
        """Take in jumps over the border between two parts, and those that the later part held back."""
        if not later.frames:
            return
        last, first = seen.trail.last[-1] if seen.frames else {}, later.trail.first[0]
        off, off_in_first = seen.trail.join(later.trail)
        yield from self._off(segment, off)
        yield from self._off(segment, off_in_first)
        for key, jump in self._jumps(segment, last, first):
            if is_return(off.get(key), jump):
                continue
            if key == EGO_KEY:
                seen.poses.append(jump)
            else:
                seen.told += seen.runs.tell(key, [jump])
        for key, opening in later.openings.items():
            if opening.jumps and is_return(off_in_first.get(key), opening.jumps[0]):
                del opening.jumps[0]
            seen.told += seen.runs.tell_part(key, opening)
        seen.runs.take(later.runs)
        seen.poses += later.poses
        seen.frames += later.frames

    def finish(self) -> Iterable[Finding]:
        """What was held back; instances of more than one category: each of the later ones, where it was first met."""
        for segment in self._dataset.segments:
            seen = self._seen.get(segment.name, _Seen())
            yield from seen.told
            whole = Runs()
            for key, opening in seen.openings.items():
                yield from whole.tell_part(key, opening)
            whole.take(seen.runs)
            yield from whole.end()
            yield from gathered(seen.poses, seen.frames)
            told: set[tuple[str, str | None, Origin]] = set()
            for (_, instance), categories in seen.categories.items():
                first, *others = categories
                for category in others:
                    kept = categories[category]
                    if (instance, category, kept.at) in told:
                        continue  # of another label of the same record
                    told.add((instance, category, kept.at))
                    finding = _changed(instance, first, category).finding(
                        self._severities, segment=segment.name, frame=kept.frame, sensor=kept.sensor, at=kept.at
                    )
                    if finding is not None:
                        yield finding


def _moved(last: Mapping[Key, Position], now: Mapping[Key, Position]) -> set[Key]:
    """What was in the frame before as well; what the ego's jump explains is not told as well."""
    keys = last.keys() & now.keys()
    if EGO_KEY in keys and jump_problem(EGO_KEY, last[EGO_KEY], now[EGO_KEY]) is not None:
        return {key for key in keys if key == EGO_KEY or now[key].space != WORLD}
    return keys


def _note_categories(place: Place, labels: list[Label], seen: _Seen) -> None:
    for label in labels:
        known = seen.categories.setdefault((label.kind, label.instance or ""), {})
        if label.category not in known:
            at = place.data.locate(label, "category")
            known[label.category] = _Kept(place.frame.key, place.data.sensor_name, at)


def _changed(instance: str, before: str | None, now: str | None) -> Problem:
    was, found = ("of no category" if name is None else repr(name) for name in (before, now))
    message = f"expected instance {instance!r} to stay {was}, found {found}"
    return Problem("instance.category-changed", message, "category")
