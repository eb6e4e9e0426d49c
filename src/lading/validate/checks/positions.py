"""Where the instances of a frame are: boxes in space in the world, if the way there is known, others in the picture."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from lading.errors import GeometryError
from lading.model.dataset import Segment
from lading.model.frame import Data, Frame
from lading.model.geometry import WORLD, Transform3D, Vector3
from lading.model.label import Box2D, Box3D, Label, is_finite
from lading.plugin.problem import Place
from lading.validate.checks.jumps import Key, Moment, Position


def positions(place: Place, moment: Moment, labels: list[Label]) -> Iterator[tuple[Key, Position]]:
    """Where the boxes of one file are, by their instances; nothing of one whose place is told to be wrong."""
    data = place.data
    if data.told:
        labels = [label for label in labels if ("instance.jump", label.origin) not in data.told]
    boxes = [label for label in labels if isinstance(label, Box3D) and is_finite(label)]
    space, centres = _centres(place, boxes)
    for box, centre in zip(boxes, centres, strict=True):
        yield _position(place, moment, box, (centre, space, box.centre), math.hypot(*box.size_m))
    size = None if data.width is None or data.height is None else math.hypot(data.width, data.height)
    for label in labels:
        if isinstance(label, Box2D) and is_finite(label):
            middle = ((label.xmin + label.xmax) / 2, (label.ymin + label.ymax) / 2)
            reach = math.hypot(label.xmax - label.xmin, label.ymax - label.ymin)
            yield _position(place, moment, label, (middle, "picture", middle), reach, size)


def _position(
    place: Place,
    moment: Moment,
    label: Label,
    centre: tuple[tuple[float, ...], str, tuple[float, ...]],
    reach: float,
    scale: float | None = None,
) -> tuple[Key, Position]:
    data = place.data
    at = data.locate(label, "geometry/centre" if label.kind == "BOX3D" else "geometry")
    key = (label.kind, data.sensor_name, label.instance or "")
    return key, Position(place.frame.key, moment, data.sensor_name, *centre, reach, scale, at)


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
