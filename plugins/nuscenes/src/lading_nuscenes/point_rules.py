"""Rules of point labels: their files can be read, have a label for each point, and name one class of the categories."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading import (
    Catalog,
    Data,
    DataChecker,
    Dataset,
    Finding,
    GroupedRule,
    Lidar,
    Origin,
    Place,
    Problem,
    Rule,
    counted,
)
from lading.errors import SourceError
from lading.model.recurring import KEPT, MANY, is_often

if TYPE_CHECKING:
    from lading.model.dataset import Part
    from lading.model.report import Severity
    from lading_nuscenes.origins import RowOrigins

_FILES, _SIZE, _CLASS = "nuscenes.point-labels", "nuscenes.point-labels-size", "nuscenes.point-class"
_PANOPTIC = "nuscenes.panoptic-class"

#: Tables of point labels; the name of a file is among the extras of the lidar's file under that of its table.
_TABLES = ("lidarseg", "panoptic")

#: In place of a class: no label.
_UNLABELLED = 0


_Memory: TypeAlias = tuple[int, int, dict[str, list[Finding]]]


class PointsPass(DataChecker):
    """Reads each file of point labels once, for all rules of them.

    It keeps how many files of panoptic are held to those of lidarseg, how many disagree, and what is told of the first
    of each segment.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        super().__init__(dataset, catalog, severities)
        self._compared = 0
        self._odd = 0
        self._first: dict[str, list[Finding]] = {segment.name: [] for segment in dataset.segments}

    def concerns(self, data: Data) -> bool:
        """Whether its row names a file of point labels."""
        return not data.extras.keys().isdisjoint(_TABLES)

    def judge(self, place: Place) -> Iterator[Finding | None]:
        """What is wrong with the labels of the points of a lidar's file."""
        from lading_nuscenes.origins import RowOrigins

        data = place.data
        lidars = {sensor.name for sensor in place.segment.sensors if isinstance(sensor, Lidar)}
        if data.sensor_name not in lidars or not isinstance(data.origins, RowOrigins):
            return
        classes: dict[str, NDArray[np.integer]] = {}
        for problem, file in _problems(data, data.origins, classes):
            yield place.finding(problem, at=Origin(file))
        if len(classes) == len(_TABLES):
            self._compare(place, data.origins, classes)

    def _compare(self, place: Place, origins: RowOrigins, classes: Mapping[str, NDArray[np.integer]]) -> None:
        """Hold the classes of panoptic to those of lidarseg."""
        self._compared += 1
        found = _differing(classes["lidarseg"], classes["panoptic"], origins.point_classes)
        file = origins.find(place.data.extras["panoptic"]) if found is not None else None
        if found is None or file is None:
            return
        self._odd += 1
        finding = place.finding(Problem(_PANOPTIC, found), at=Origin(file.path))
        first = self._first[place.segment.name]
        if finding is not None and len(first) < KEPT:
            first.append(finding)

    def memory(self) -> _Memory:
        """How many files are compared, and disagree, and what is told of the first of these."""
        return self._compared, self._odd, self._first

    def absorb(self, memory: _Memory, part: Part) -> Iterable[Finding]:
        """Take over what the next part has."""
        self._compared += memory[0]
        self._odd += memory[1]
        for segment, findings in memory[2].items():
            self._first[segment] = [*self._first[segment], *findings][:KEPT]
        return ()

    def finish(self) -> Iterator[Finding]:
        """The files that disagree; the first with their number where these are many."""
        found = list(chain.from_iterable(self._first.values()))
        if not is_often(self._odd, self._compared, MANY):
            yield from found
            return
        for first in found[:1]:
            message = f"{first.message}; so it is with {self._odd - 1:,} more files of {self._compared:,}"
            yield msgspec.structs.replace(first, message=message)


def _problems(
    data: Data, origins: RowOrigins, classes: dict[str, NDArray[np.integer]]
) -> Iterator[tuple[Problem, str]]:
    """What is wrong, and the file of labels it is wrong with; `classes` takes those that can be read, by table."""
    from lading_nuscenes.measures import point_count
    from lading_nuscenes.point_files import read_classes

    for table in _TABLES:
        name = data.extras.get(table)
        file = origins.find(name) if isinstance(name, str) else None
        if file is None:  # that it is not there is told with the table
            continue
        points = point_count(data)
        try:
            found = read_classes(file, table, points)
        except SourceError as exc:
            yield Problem(_FILES, exc.problem), file.path
            continue
        if points is not None and found.number != points:
            message = f"expected a label for each of {points} points, found {found.number}"
            yield Problem(_SIZE, message), file.path
        elif found.classes is not None:
            classes[table] = found.classes
            unknown = None if origins.point_classes is None else _unknown(found.classes, origins.point_classes)
            if unknown is not None:
                yield Problem(_CLASS, unknown), file.path


def _differing(
    lidarseg: NDArray[np.integer], panoptic: NDArray[np.integer], known: frozenset[int] | None
) -> str | None:
    """How the classes of panoptic are others than those of lidarseg; None where they are the same.

    Those of panoptic are 0 where points are ignored, as in two boxes (source-formats.md 4.4). Of classes that no
    category has it is told that they are none.
    """
    if len(lidarseg) != len(panoptic):
        return None
    is_odd = (panoptic != _UNLABELLED) & (panoptic != lidarseg)
    if known is not None and is_odd.any():
        is_odd &= np.isin(lidarseg, sorted(known)) & np.isin(panoptic, sorted(known))
    if not is_odd.any():
        return None
    first = int(is_odd.argmax())
    at = f"{np.count_nonzero(is_odd):,} of {counted(len(is_odd), 'point')}, first at point {first}"
    return f"expected the classes of lidarseg, found {panoptic[first]} for {lidarseg[first]} at {at}"


def _unknown(classes: NDArray[np.integer], known: frozenset[int]) -> str | None:
    """What classes there are that no category has as its index; None where there are none."""
    is_odd = np.isin(classes, sorted(known), invert=True)
    if not is_odd.any():
        return None
    odd = classes[is_odd]
    values = np.unique(odd).tolist()
    shown = ", ".join(map(str, values[:3])) + (", ..." if len(values) > 3 else "")
    at = f"{counted(len(odd), 'point')}, first at point {int(is_odd.argmax())}"
    return f"expected classes that category.json has as `index`, found {shown} at {at}"


class _PointsRule(GroupedRule):
    formats = frozenset({"nuscenes"})
    checker = PointsPass


class PointLabelsRead(_PointsRule):
    """Files of point labels can be read."""

    code = _FILES
    severity = "error"
    title = "a file of panoptic is an .npz with an array `data` of whole numbers, one a point"
    bad = "an .npz that is cut, without an array `data`, or with pickled objects"
    good = "numpy.savez_compressed(file, data=labels), labels of uint16"
    fix = "Download or write the file again."


class PointLabelsSize(_PointsRule):
    """Points have their labels."""

    code = _SIZE
    severity = "error"
    title = "a file of point labels has one label for each point"
    bad = "34,000 labels for 34,688 points"
    good = "34,688 labels for 34,688 points"
    fix = "Take the labels and the cloud of one release; clouds must not be filtered."


class PointClass(_PointsRule):
    """Labels of points are classes."""

    code = _CLASS
    severity = "error"
    title = "the class of a point is the `index` of a category, or 0"
    bad = "class 77 where category.json has indexes 0 to 31"
    good = "class 17, vehicle.car"
    fix = "Add the category with its index, or map the class to one that there is."


class PanopticClass(_PointsRule):
    """The two kinds of point labels agree."""

    code = _PANOPTIC
    severity = "warning"
    title = "the class of a point in panoptic is that of lidarseg, or 0"
    bad = "17001 in panoptic, and 24 in lidarseg for the same point"
    good = "17001 in panoptic, and 17 in lidarseg for the same point"
    fix = "Take both of one release, in the order of the points."


RULES: Sequence[type[Rule]] = (PointLabelsRead, PointLabelsSize, PointClass, PanopticClass)
