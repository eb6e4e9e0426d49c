"""From rows and poses to labels: 2D boxes verbatim, 3D boxes in the frame of their sensor (spec 3.3, 3.4)."""

from __future__ import annotations

from typing import Any

from lading import Box2D, Box3D
from lading_kitti.geometry import Placement, box_in_sensor, yaw_pitch_roll
from lading_kitti.label_rows import UNSET_ANGLE, UNSET_PLACE, UNSET_SHARE, UNSET_SIZE, Row
from lading_kitti.tracklets import Pose

#: The DontCare rows of tracking have their 3D columns shifted by one (3.7).
_SHIFTED = ((-1000.0, -1000.0, -1000.0), (-10.0, -1.0, -1.0), -1.0)
_UNSET = ((UNSET_SIZE,) * 3, (UNSET_PLACE,) * 3, UNSET_ANGLE)

#: Attributes of a tracklet's poses for which -1 means that nobody set them (tracklets.h).
_UNSET_STATES = ("occlusion", "truncation")


def box2d(row: Row, instance: str | None, origin: int, *, is_alone: bool) -> Box2D:
    """The 2D box of a row.

    `is_alone` tells that no 3D box goes with it: what the 3D columns say is then kept here, as attributes.
    """
    left, top, right, bottom = row.bbox
    attributes = _shared(row)
    extras: dict[str, Any] = {}
    if row.is_dont_care:
        attributes["ignore"] = True
        if (row.dimensions, row.location, row.rotation_y) not in (_SHIFTED, _UNSET, (None, None, None)):
            extras.update(dimensions=row.dimensions, location=row.location, rotation_y=row.rotation_y)
    elif is_alone:
        attributes.update(_columns_of_3d(row))
    if row.more:
        extras["columns"] = list(row.more)
    if row.track is not None and row.track < 0 and not row.is_dont_care:
        extras["track"] = row.track
    return Box2D(
        xmin=left,
        ymin=top,
        xmax=right,
        ymax=bottom,
        category=row.category,
        attributes=attributes,
        instance=instance,
        extras=extras,
        origin=origin,
    )


def box3d(row: Row, placement: Placement, instance: str | None, origin: int) -> Box3D | None:
    """The 3D box of a row, or None where it has none; `location` stays in extras as the source's own numbers."""
    columns = row.columns_3d
    if columns is None:
        return None
    dimensions, location, rotation_y = columns
    height, width, length = dimensions  # KITTI writes h, w, l
    (x, y, z), (qw, qx, qy, qz) = box_in_sensor(placement, location, height, rotation_y)
    attributes = {**_shared(row), "rotation_y": rotation_y}
    return Box3D(
        x=x,
        y=y,
        z=z,
        length=length,
        width=width,
        height=height,
        qw=qw,
        qx=qx,
        qy=qy,
        qz=qz,
        category=row.category,
        attributes=attributes,
        instance=instance,
        extras={"location": list(location)},
        origin=origin,
    )


def tracklet_box(pose: Pose, origin: int) -> Box3D:
    """A tracklet's box in one frame: it lies in the velodyne's frame, and tz is its bottom (3.8)."""
    height, width, length = pose.tracklet.size
    tx, ty, tz, rx, ry, rz = pose.place
    qw, qx, qy, qz = yaw_pitch_roll(rz, ry, rx)
    attributes: dict[str, Any] = {}
    for name, value in pose.fields.items():
        if name not in _UNSET_STATES or value != -1:
            attributes[name] = value
    return Box3D(
        x=tx,
        y=ty,
        z=tz + height / 2,
        length=length,
        width=width,
        height=height,
        qw=qw,
        qx=qx,
        qy=qy,
        qz=qz,
        category=pose.tracklet.category,
        attributes=attributes,
        instance=str(pose.tracklet.number),
        extras={"pose": list(pose.place), **pose.tracklet.more},
        origin=origin,
    )


def _shared(row: Row) -> dict[str, Any]:
    """What both boxes of a row have; a placeholder is no value."""
    attributes: dict[str, Any] = {}
    if row.truncated != UNSET_SHARE:
        attributes["truncated"] = row.truncated
    if row.occluded != UNSET_SHARE:
        attributes["occluded"] = row.occluded
    if row.alpha is not None and row.alpha != UNSET_ANGLE:
        attributes["alpha"] = row.alpha
    if row.score is not None:
        attributes["score"] = row.score
    return attributes


def _columns_of_3d(row: Row) -> dict[str, Any]:
    attributes: dict[str, Any] = {}
    if row.dimensions is not None and row.dimensions != (UNSET_SIZE,) * 3:
        attributes["dimensions"] = list(row.dimensions)
    if row.location is not None and row.location != (UNSET_PLACE,) * 3:
        attributes["location"] = list(row.location)
    if row.rotation_y is not None and row.rotation_y != UNSET_ANGLE:
        attributes["rotation_y"] = row.rotation_y
    return attributes
