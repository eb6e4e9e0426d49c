"""Rules of point labels: their files can be read, have a label for each point, and name classes of the categories."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from lading import Data, DataChecker, Finding, GroupedRule, Lidar, Origin, Place, Problem, Rule, counted
from lading.errors import SourceError

if TYPE_CHECKING:
    from lading_nuscenes.origins import RowOrigins

_FILES, _SIZE, _CLASS = "nuscenes.point-labels", "nuscenes.point-labels-size", "nuscenes.point-class"

#: Tables of point labels; the name of a file is among the extras of the lidar's file under that of its table.
_TABLES = ("lidarseg", "panoptic")


class PointsPass(DataChecker):
    """Reads each file of point labels once, for all rules of them; it keeps nothing."""

    def concerns(self, data: Data) -> bool:
        """Whether its row names a file of point labels."""
        return not data.extras.keys().isdisjoint(_TABLES)

    def judge(self, place: Place) -> Iterator[Finding | None]:
        """What is wrong with the labels of the points of a lidar's file."""
        from lading_nuscenes.origins import RowOrigins

        data = place.data
        lidars = {sensor.name for sensor in place.segment.sensors if isinstance(sensor, Lidar)}
        if data.sensor_name in lidars and isinstance(data.origins, RowOrigins):
            yield from (place.finding(problem, at=Origin(file)) for problem, file in _problems(data, data.origins))


def _problems(data: Data, origins: RowOrigins) -> Iterator[tuple[Problem, str]]:
    """What is wrong, and the file of labels it is wrong with."""
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
        elif found.classes is not None and origins.point_classes is not None:
            unknown = _unknown(found.classes, origins.point_classes)
            if unknown is not None:
                yield Problem(_CLASS, unknown), file.path


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


RULES: Sequence[type[Rule]] = (PointLabelsRead, PointLabelsSize, PointClass)
