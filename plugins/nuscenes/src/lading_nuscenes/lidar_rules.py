"""The rule of points in boxes: where `num_lidar_pts` counts many, the cloud of the lidar has as many."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec

from lading import Box3D, Catalog, Data, DataChecker, Dataset, Finding, GroupedRule, Lidar, Place, Problem, Rule, Sensor
from lading.errors import NoRoomError, SourceError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lading.model.dataset import Part
    from lading.model.report import Severity

_CODE, _COUNT = "nuscenes.lidar-points", "num_lidar_pts"

#: Boxes of as many points are judged.
_LEAST = 10

#: A box with less than half of its points has too few; where most have less than three quarters, they all have.
_HALF, _MOST = 0.5, 0.75

#: A box of this many times its size has points within, however its edges were counted.
_LARGER = 1.1

#: One of so many points is looked at first: most boxes have some of these.
_STRIDE = 4

#: Boxes that are told one by one in a scene, and scenes that are in a dataset.
_FEW = 2

#: A cloud with this share of its points farther off is in another unit: `media.far-points` says it.
_FAR_SHARE, _FAR_POINT_M = 0.99, 1000.0

#: Of a cloud whose boxes, or whose place, are told to be wrong.
_TOLD = (_CODE, None)
_MISPLACED = ("pose.jump", None)

_POINT = 5  # float32 x, y, z, intensity and ring (source-formats.md 4.4)


class _Tally(msgspec.Struct):
    """The boxes of a segment: how many there are, have no points, less than half, and less than three quarters.

    With what is told of the first of each kind.
    """

    judged: int = 0
    empty: int = 0
    half: int = 0
    short: int = 0
    first: dict[str, list[Finding]] = msgspec.field(default_factory=lambda: {"empty": [], "half": [], "short": []})

    def add(self, later: _Tally) -> None:
        """Count in what comes later."""
        for name in ("judged", *self.first):
            setattr(self, name, getattr(self, name) + getattr(later, name))
        for name, first in self.first.items():
            first.extend(later.first[name][: _FEW - len(first)])

    def kind(self) -> str | None:
        """What is told: boxes without points or, where there are none, those with few."""
        if self.empty:
            return "empty"
        if self.short > _FEW and 2 * self.short > self.judged:
            return "short"
        return "half" if self.half else None


class LidarPass(DataChecker):
    """Reads each cloud that carries boxes; it keeps how many lack points, and what is told of the first."""

    kinds = frozenset({"BOX3D"})

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        super().__init__(dataset, catalog, severities)
        self._lidars = {
            segment.name: [sensor.name for sensor in segment.sensors if isinstance(sensor, Lidar)]
            for segment in dataset.segments
            if not all(map(_is_unplaced, segment.sensors))  # that is told
        }
        self._tallies: dict[str, _Tally] = {}

    def concerns(self, data: Data) -> bool:
        """Whether it is a cloud with boxes."""
        content = data.content
        return content is not None and bool(data.labels) and content.path.endswith(".bin")

    def judge(self, place: Place) -> Iterable[Finding | None]:
        """Count the boxes without points, which are told at the end."""
        data, segment = place.data, place.segment.name
        if _MISPLACED in data.told:
            return ()
        if self._lidars.get(segment) != [data.sensor_name]:  # counts of several lidars may be sums
            return ()
        boxes = [label for label in data.labels if isinstance(label, Box3D) and _is_judged(label)]
        points = _points(data) if boxes else None
        if points is None:
            return ()
        # Of boxes whose form or place is told to be wrong, only that the whole cloud has fewer points than they.
        is_told = _TOLD in data.told
        boxes = [
            box for box in boxes
            if box.attributes[_COUNT] > len(points) or not (is_told or (_CODE, box.origin) in data.told)
        ]  # fmt: skip
        if not boxes:
            return ()
        tally = self._tallies.setdefault(segment, _Tally())
        for box in boxes:
            self._count(tally, place, box, points)
        return ()

    def _count(self, tally: _Tally, place: Place, box: Box3D, points: NDArray[np.float32]) -> None:
        declared = box.attributes[_COUNT]
        found = _found(box, points, declared)
        tally.judged += 1
        kinds = {"empty": found == 0, "half": 0 < found < _HALF * declared, "short": found < _MOST * declared}
        for kind, is_so in kinds.items():
            if is_so:
                setattr(tally, kind, getattr(tally, kind) + 1)
                if len(tally.first[kind]) < _FEW:
                    message = f"expected points of the cloud in a box that has {declared:,} of them, found "
                    problem = Problem(_CODE, message + (f"{found:,}" if found else "none"), f"attributes/{_COUNT}")
                    finding = place.finding(problem, box)
                    tally.first[kind] += () if finding is None else (finding,)

    def memory(self) -> dict[str, _Tally]:
        """What there is of each segment."""
        return self._tallies

    def absorb(self, memory: dict[str, _Tally], part: Part) -> Iterable[Finding]:
        """Take over what the next part has."""
        for segment, tally in memory.items():
            self._tallies.setdefault(segment, _Tally()).add(tally)
        return ()

    def finish(self) -> Iterator[Finding]:
        """The boxes that lack points; of a segment that has many, the first with their number.

        Where most segments have many, these are told once.
        """
        kinds = {segment: kind for segment, tally in self._tallies.items() if (kind := tally.kind()) is not None}
        for kind in ("empty", "short", "half"):
            own = [segment for segment, one in kinds.items() if one == kind and self._tallies[segment].first[kind]]
            many = [segment for segment in own if getattr(self._tallies[segment], kind) > _FEW]
            is_most = len(many) > _FEW and 2 * len(many) > len(self._tallies)
            for segment in own:
                if segment not in many:
                    yield from self._tallies[segment].first[kind]
                elif not is_most:
                    yield self._with_number(kind, [segment], "its scene")
            if is_most:
                yield self._with_number(kind, many, f"{len(many):,} scenes of {len(self._tallies):,}")

    def _with_number(self, kind: str, segments: list[str], where: str) -> Finding:
        tallies = [self._tallies[segment] for segment in segments]
        number, judged = sum(getattr(tally, kind) for tally in tallies), sum(tally.judged for tally in tallies)
        first = tallies[0].first[kind][0]
        than = {"empty": "", "half": ", of which these have less than half", "short": " and less than three quarters"}
        more = f"{number - 1:,} more boxes of {judged:,} in {where}"
        message = f"{first.message}; so it is with {more} that have {_LEAST} or more{than[kind]}"
        return msgspec.structs.replace(first, message=message)


def _is_unplaced(sensor: Sensor) -> bool:
    at = sensor.extrinsics
    return at is not None and not any(at.translation) and not any(at.rotation[1:])


def _is_judged(box: Box3D) -> bool:
    count = box.attributes.get(_COUNT)
    if not isinstance(count, int) or count < _LEAST:
        return False
    sizes, rotation = (box.length, box.width, box.height), (box.qw, box.qx, box.qy, box.qz)
    is_box = all(map(math.isfinite, (*sizes, *rotation))) and min(sizes) > 0 and any(rotation)
    return is_box and math.isfinite(box.x + box.y + box.z)


def _points(data: Data) -> NDArray[np.float32] | None:
    """The places of the points, of shape (N, 3); None where the file is told to be none, or far off."""
    import numpy as np

    content = data.content
    if content is None or not content.size or content.size % (4 * _POINT):
        return None
    try:
        with content.open() as stream:
            read = stream.read()
    except NoRoomError:
        raise  # which says nothing of the file
    except (SourceError, OSError):
        return None  # `media.unreadable` says it
    if len(read) % (4 * _POINT):
        return None
    points = np.frombuffer(read, dtype="<f4").reshape(-1, _POINT)[:, :3]
    with np.errstate(invalid="ignore", over="ignore"):  # points that are none are told
        squares = np.square(points, dtype=np.float64).sum(axis=1)
    squares = squares[np.isfinite(squares)]
    far = np.count_nonzero(squares > _FAR_POINT_M**2)
    return None if far and far >= _FAR_SHARE * len(squares) else points


def _found(box: Box3D, points: NDArray[np.float32], declared: int) -> int:
    """How many points a box, a little enlarged, has: as many as it should where some of them say so."""
    some = _number(box, points[::_STRIDE])
    return declared if some * _STRIDE >= declared else _number(box, points)


def _number(box: Box3D, points: NDArray[np.float32]) -> int:
    import numpy as np

    from lading.model.geometry import matrix_from_quaternion

    half = np.array((box.length, box.width, box.height)) * (_LARGER / 2)
    reach = float(np.linalg.norm(half))
    with np.errstate(invalid="ignore", over="ignore"):  # points that are none are told
        x, y = points[:, 0], points[:, 1]
        near = (x >= box.x - reach) & (x <= box.x + reach) & (y >= box.y - reach) & (y <= box.y + reach)
        offsets = points[near].astype(np.float64) - (box.x, box.y, box.z)
        own = offsets @ np.array(matrix_from_quaternion((box.qw, box.qx, box.qy, box.qz)))
        return int(np.count_nonzero((np.abs(own) <= half).all(axis=1)))


class LidarPoints(GroupedRule):
    """Boxes have the points that they count."""

    code = _CODE
    severity = "warning"
    formats = frozenset({"nuscenes"})
    checker = LidarPass
    title = f"a box with {_LEAST} or more `{_COUNT}` has at least half as many points of the cloud of its sample"
    bad = "`num_lidar_pts` 60, and no point of the cloud in the box, or 20"
    good = "`num_lidar_pts` 60, and 60 points in the box"
    fix = "Look for a wrong frame of reference, calibration or pose; is `translation` the centre?"


RULES: Sequence[type[Rule]] = (LidarPoints,)
