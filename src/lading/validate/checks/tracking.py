"""Instances and the ego over time: one object keeps its category and does not jump."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import msgspec
import numpy as np

from lading.errors import GeometryError
from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Data, Frame
from lading.model.geometry import WORLD, Transform3D, Vector3
from lading.model.label import Box2D, Box3D, Label, is_finite
from lading.model.report import Finding, Origin, Severity
from lading.plugin.contracts import BlockChecker
from lading.plugin.problem import Place, Problem
from lading.validate.checks.ego import POSE_RULE, EgoJump, ego_spot, gathered
from lading.validate.checks.jumps import EGO_KEY, Key, Moment, Spot, jump_problem, moment_of


class _Kept(NamedTuple):
    """Where an instance was first said to be of a category."""

    frame: str
    sensor: str | None
    at: Origin


class _Seen(msgspec.Struct):
    """What is kept of a segment: categories of instances in the order they came, where these were, jumps of the ego.

    `opening` has where each was in the first frame of the part, and in those after it as long as it jumped to and fro:
    the part before may show which of these stood out. Of the keys in `undecided` that goes on.
    """

    frames: int = 0
    categories: dict[tuple[str, str], dict[str | None, _Kept]] = msgspec.field(default_factory=dict)
    opening: dict[Key, list[Spot]] = msgspec.field(default_factory=dict)
    undecided: set[Key] = msgspec.field(default_factory=set)
    last: dict[Key, Spot] = msgspec.field(default_factory=dict)
    poses: list[EgoJump] = msgspec.field(default_factory=list)


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
        findings: list[Finding] = []
        if seen.frames == 0:
            seen.opening = {key: [spot] for key, spot in now.items()}
            seen.undecided = set(now)
        else:
            moved = _moved(seen.last, now)
            if seen.undecided:
                _hold(seen, moved, now)
            for key, finding in self._moves(segment.name, moved - seen.undecided, seen.last, now):
                if key == EGO_KEY:
                    seen.poses.append(EgoJump(finding, now[key]))
                else:
                    findings.append(finding)
        seen.last = now
        seen.frames += 1
        return findings

    def _where(self, segment: Segment, frame: Frame, seen: _Seen) -> dict[Key, Spot]:
        """Where the instances of a frame and the ego are; the categories of the instances are noted."""
        now: dict[Key, Spot] = {}
        moment = moment_of(frame)
        for data in frame.data:
            labels = [label for label in data.labels if label.instance is not None and self._is_tracked(label)]
            if labels:
                place = Place(segment, frame, data, self._severities)
                _note_categories(place, labels, seen)
                now.update(_spots(place, moment, labels))
        ego = ego_spot(frame, moment) if self._follows_ego else None
        if ego is not None:
            now[EGO_KEY] = ego
        return now

    def _is_tracked(self, label: Label) -> bool:
        return self._is_all or label.kind in self._kinds

    def _moves(
        self, segment: str, keys: Set[Key], last: Mapping[Key, Spot], now: dict[Key, Spot]
    ) -> Iterator[tuple[Key, Finding]]:
        """What is wrong with the moves of some since the frame before, in the order of the frame."""
        for key, spot in list(now.items()):
            if key in keys:
                finding = self._move(segment, key, last[key], spot, now)
                if finding is not None:
                    yield key, finding

    def _move(self, segment: str, key: Key, before: Spot, spot: Spot, now: dict[Key, Spot]) -> Finding | None:
        """What is wrong with a move; one back to where an instance was before it jumped is not told again."""
        problem = jump_problem(key, before, spot)
        if problem is None:
            return None
        if before.before is not None and jump_problem(key, before.before, spot) is None:
            return None
        now[key] = spot._replace(before=before._replace(before=None))
        return problem.finding(self._severities, segment=segment, frame=spot.frame, sensor=spot.sensor, at=spot.at)

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
        """Jumps over the border between two parts, and those that the later part held back."""
        if not later.frames:
            return
        last = dict(later.last)
        for key, spot, finding in self._open(segment, seen.last, later, last):
            if key == EGO_KEY:
                seen.poses.append(EgoJump(finding, spot))
            else:
                yield finding
        seen.poses += later.poses
        seen.last = last
        seen.frames += later.frames

    def _open(
        self, segment: str, before: Mapping[Key, Spot], later: _Seen, last: dict[Key, Spot]
    ) -> Iterator[tuple[Key, Spot, Finding]]:
        """What is wrong with the moves that a part held back, now that it is known where all were before it."""
        first = {key: spots[0] for key, spots in later.opening.items()}
        for key, finding in self._moves(segment, _moved(before, first), before, first):
            yield key, first[key], finding
        for key, (_, *spots) in later.opening.items():
            now = first
            for spot in spots:
                at, now = now[key], {key: spot}
                for _, finding in self._moves(segment, {key}, {key: at}, now):
                    yield key, now[key], finding
            if key in later.undecided:
                last[key] = now[key]

    def finish(self) -> Iterable[Finding]:
        """What was held back; instances of more than one category: each of the later ones, where it was first met."""
        for segment in self._dataset.segments:
            seen = self._seen.get(segment.name, _Seen())
            held = list(self._open(segment.name, {}, seen, {}))
            yield from (finding for key, _, finding in held if key != EGO_KEY)
            jumps = [EgoJump(finding, spot) for key, spot, finding in held if key == EGO_KEY]
            yield from gathered([*jumps, *seen.poses], seen.frames)
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


def _moved(last: Mapping[Key, Spot], now: Mapping[Key, Spot]) -> set[Key]:
    """What was in the frame before as well; what the ego's jump explains is not told as well."""
    keys = last.keys() & now.keys()
    if EGO_KEY in keys and jump_problem(EGO_KEY, last[EGO_KEY], now[EGO_KEY]) is not None:
        return {key for key in keys if key == EGO_KEY or now[key].space != WORLD}
    return keys


def _hold(seen: _Seen, moved: Set[Key], now: Mapping[Key, Spot]) -> None:
    """Keep the moves that may be told or not: they jump, and not from where the instance was two frames before."""
    for key in list(seen.undecided):
        spots = seen.opening[key]
        if (
            key not in moved
            or jump_problem(key, spots[-1], now[key]) is None
            or (len(spots) > 1 and jump_problem(key, spots[-2], now[key]) is not None)
        ):
            seen.undecided.remove(key)
        else:
            spots.append(now[key])


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


def _spots(place: Place, moment: Moment, labels: list[Label]) -> Iterator[tuple[Key, Spot]]:
    data = place.data
    if data.told:  # the place of such a label is told to be wrong
        labels = [label for label in labels if ("instance.jump", label.origin) not in data.told]
    boxes = [label for label in labels if isinstance(label, Box3D) and is_finite(label)]
    space, centres = _centres(place, boxes)
    for box, centre in zip(boxes, centres, strict=True):
        yield _spot(place, moment, box, (centre, space), math.hypot(*box.size_m))
    size = None if data.width is None or data.height is None else math.hypot(data.width, data.height)
    for label in labels:
        if isinstance(label, Box2D) and is_finite(label):
            middle = ((label.xmin + label.xmax) / 2, (label.ymin + label.ymax) / 2)
            reach = math.hypot(label.xmax - label.xmin, label.ymax - label.ymin)
            yield _spot(place, moment, label, (middle, "picture"), reach, size)


def _spot(
    place: Place,
    moment: Moment,
    label: Label,
    spot: tuple[tuple[float, ...], str],
    reach: float,
    scale: float | None = None,
) -> tuple[Key, Spot]:
    data = place.data
    at = data.locate(label, "geometry/centre" if label.kind == "BOX3D" else "geometry")
    key = (label.kind, data.sensor_name, label.instance or "")
    return key, Spot(place.frame.key, moment, data.sensor_name, *spot, reach, scale, at)


def _centres(place: Place, boxes: list[Box3D]) -> tuple[str, list[Vector3]]:
    """The middles of boxes in the world where the way there is known, else in the sensor's frame; and which it is."""
    centres = [box.centre for box in boxes]
    pose = place.data.ego_pose
    extrinsics = _extrinsics(place.segment, place.frame, place.data)
    if not boxes or pose is None or extrinsics is None or pose.target != WORLD:
        return "sensor", centres
    try:
        with np.errstate(all="ignore"):  # an infinite pose is told by its own rule, and no distance from it is far
            return WORLD, [(x, y, z) for x, y, z in (pose @ extrinsics).apply(np.array(centres)).tolist()]
    except GeometryError:
        return "sensor", centres  # a rotation of length 0, or frames that do not meet: told by other rules


def _extrinsics(segment: Segment, frame: Frame, data: Data) -> Transform3D | None:
    name = data.sensor_name
    own = frame.calibration.get(name) if frame.calibration is not None and name is not None else None
    sensor = own if own is not None else next((s for s in segment.sensors if s.name == name), None)
    return None if sensor is None else sensor.extrinsics
