"""The rule of points in boxes: where `num_lidar_pts` counts many, the cloud of the lidar has some."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from lading import Box3D, Catalog, Data, DataChecker, Dataset, Finding, GroupedRule, Lidar, Place, Problem, Rule, Sensor
from lading.errors import NoRoomError, SourceError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from lading.model.dataset import Part
    from lading.model.report import Severity

_CODE, _COUNT = "nuscenes.lidar-points", "num_lidar_pts"

#: Boxes of as many points are judged, where they are not farther than a lidar sees: that is told otherwise.
_LEAST, _FAR_M = 10, 150.0

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


_Memory: TypeAlias = tuple[Counter[str], Counter[str], dict[str, list[Finding]]]


class LidarPass(DataChecker):
    """Reads each cloud that carries boxes; it keeps how many have no points, and what is told of the first."""

    kinds = frozenset({"BOX3D"})

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        super().__init__(dataset, catalog, severities)
        self._lidars = {
            segment.name: [sensor.name for sensor in segment.sensors if isinstance(sensor, Lidar)]
            for segment in dataset.segments
            if not all(map(_is_unplaced, segment.sensors))  # that is told
        }
        self._judged: Counter[str] = Counter()
        self._empty: Counter[str] = Counter()
        self._first: dict[str, list[Finding]] = {}

    def concerns(self, data: Data) -> bool:
        """Whether it is a cloud with boxes."""
        content = data.content
        return content is not None and bool(data.labels) and content.path.endswith(".bin")

    def judge(self, place: Place) -> Iterable[Finding | None]:
        """Count the boxes without points, which are told at the end."""
        data, segment = place.data, place.segment.name
        if _TOLD in data.told or _MISPLACED in data.told:
            return ()
        if self._lidars.get(segment) != [data.sensor_name]:  # counts of several lidars may be sums
            return ()
        boxes = [label for label in data.labels if isinstance(label, Box3D) and _is_judged(label)]
        points = _points(data) if boxes else None
        if points is None:
            return ()
        empty = [box for box in boxes if not _has_points(box, points)]
        self._judged[segment] += len(boxes)
        self._empty[segment] += len(empty)
        first = self._first.setdefault(segment, [])
        found = [self._finding(place, box) for box in empty[: _FEW - len(first)]]
        first.extend(finding for finding in found if finding is not None)
        return ()

    def _finding(self, place: Place, box: Box3D) -> Finding | None:
        expected = f"expected points of the cloud in a box that has {box.attributes[_COUNT]} of them"
        return place.finding(Problem(_CODE, f"{expected}, found none", f"attributes/{_COUNT}"), box)

    def memory(self) -> _Memory:
        """How many boxes of each segment are judged and empty, and what is told of the first of these."""
        return self._judged, self._empty, self._first

    def absorb(self, memory: _Memory, part: Part) -> Iterable[Finding]:
        """Take over what the next part has."""
        self._judged.update(memory[0])
        self._empty.update(memory[1])
        for segment, findings in memory[2].items():
            first = self._first.setdefault(segment, [])
            first.extend(findings[: _FEW - len(first)])
        return ()

    def finish(self) -> Iterator[Finding]:
        """The boxes without points; of a segment that has many, the first with their number.

        Where most segments have many, these are told once.
        """
        many = [segment for segment in self._lidars if self._empty[segment] > _FEW and self._first[segment]]
        is_most = len(many) > _FEW and 2 * len(many) > len(self._first)
        for segment, findings in self._first.items():
            if self._empty[segment] <= _FEW:
                yield from findings
            elif not is_most:
                yield from self._with_number(findings, [segment], "its scene")
        if is_most:
            yield from self._with_number(self._first[many[0]], many, f"{len(many):,} scenes of {len(self._first):,}")

    def _with_number(self, findings: list[Finding], segments: list[str], where: str) -> Iterator[Finding]:
        empty, judged = (sum(counts[segment] for segment in segments) for counts in (self._empty, self._judged))
        for first in findings[:1]:
            more = f"{empty - 1:,} more boxes of {judged:,} in {where}"
            message = f"{first.message}; so it is with {more} that have {_LEAST} or more"
            yield msgspec.structs.replace(first, message=message)


def _is_unplaced(sensor: Sensor) -> bool:
    at = sensor.extrinsics
    return at is not None and not any(at.translation) and not any(at.rotation[1:])


def _is_judged(box: Box3D) -> bool:
    count = box.attributes.get(_COUNT)
    if not isinstance(count, int) or count < _LEAST:
        return False
    sizes, rotation = (box.length, box.width, box.height), (box.qw, box.qx, box.qy, box.qz)
    is_box = all(map(math.isfinite, (*sizes, *rotation))) and min(sizes) > 0 and any(rotation)
    return is_box and math.hypot(box.x, box.y, box.z) <= _FAR_M


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


def _has_points(box: Box3D, points: NDArray[np.float32]) -> bool:
    """Whether a box, a little enlarged, has points."""
    return _is_met(box, points[::_STRIDE]) or _is_met(box, points)


def _is_met(box: Box3D, points: NDArray[np.float32]) -> bool:
    import numpy as np

    from lading.model.geometry import matrix_from_quaternion

    half = np.array((box.length, box.width, box.height)) * (_LARGER / 2)
    reach = float(np.linalg.norm(half))
    with np.errstate(invalid="ignore", over="ignore"):  # points that are none are told
        x, y = points[:, 0], points[:, 1]
        near = (x >= box.x - reach) & (x <= box.x + reach) & (y >= box.y - reach) & (y <= box.y + reach)
        offsets = points[near].astype(np.float64) - (box.x, box.y, box.z)
        own = offsets @ np.array(matrix_from_quaternion((box.qw, box.qx, box.qy, box.qz)))
        return bool((np.abs(own) <= half).all(axis=1).any())


class LidarPoints(GroupedRule):
    """Boxes have the points that they count."""

    code = _CODE
    severity = "warning"
    formats = frozenset({"nuscenes"})
    checker = LidarPass
    title = f"a box with {_LEAST} or more `{_COUNT}` has points of the cloud of its sample"
    bad = "`num_lidar_pts` 60, and no point of the cloud in the box"
    good = "`num_lidar_pts` 60, and 60 points in the box"
    fix = "Look for clouds of other samples or in another frame of reference, and for a wrong calibration of the lidar."


RULES: Sequence[type[Rule]] = (LidarPoints,)
