"""The tables and their rows, as the schema has them (source-formats.md 4.2, 4.5).

A row type knows the keys of the schema; any other key of a row is kept beside it. What the schema demands but a
reader can do without has a default.
"""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

import msgspec

Text: TypeAlias = str | None
Time: TypeAlias = int | float | None
Vector: TypeAlias = tuple[float, float, float]
Rotation: TypeAlias = tuple[float, float, float, float]

#: Whole numbers that columns hold: JSON may write longer ones.
Pixels: TypeAlias = Annotated[int, msgspec.Meta(gt=-(2**31), le=2**31 - 1)]
Points: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**31), le=2**63 - 1)]


class Row(msgspec.Struct, gc=False, forbid_unknown_fields=True, kw_only=True):
    """What all rows have."""

    token: str


class Log(Row):
    """A drive."""

    logfile: Text = None
    vehicle: Text = None
    date_captured: Text = None
    location: Text = None


class Map(Row):
    """A picture of the ground of some logs."""

    filename: str = ""
    category: Text = None
    log_tokens: list[str] | None = None


class Scene(Row):
    """Some 20 seconds of a log."""

    name: str
    description: Text = None
    log_token: Text = None
    nbr_samples: int | None = None
    first_sample_token: Text = None
    last_sample_token: Text = None


class Sample(Row):
    """A moment that was annotated; nuImages has a log and a key camera in place of a scene."""

    timestamp: Time = None
    scene_token: Text = None
    prev: Text = None
    next: Text = None
    log_token: Text = None
    key_camera_token: Text = None


class SampleData(Row):
    """A file of a sensor."""

    sample_token: Text
    filename: str
    is_key_frame: bool = False
    ego_pose_token: Text = None
    calibrated_sensor_token: Text = None
    fileformat: Text = None
    width: Pixels | None = None
    height: Pixels | None = None
    timestamp: Time = None
    prev: Text = None
    next: Text = None


class Sensor(Row):
    """A kind of sensor, by its channel."""

    channel: str
    modality: Text = None


class CalibratedSensor(Row):
    """A sensor as it sat in a vehicle during some logs."""

    sensor_token: Text
    translation: Vector
    rotation: Rotation
    camera_intrinsic: list[list[float]] | None = None
    camera_distortion: list[float] | None = None


class EgoPose(Row):
    """Where the vehicle was at the time of a file; the last three are nuImages'."""

    translation: Vector
    rotation: Rotation
    timestamp: Time = None
    rotation_rate: Any = msgspec.UNSET
    acceleration: Any = msgspec.UNSET
    speed: Any = msgspec.UNSET


class EgoPoseText(Row):
    """The same with its vectors as they stand, since of most rows nobody wants them."""

    translation: msgspec.Raw
    rotation: msgspec.Raw
    timestamp: Time = None
    rotation_rate: Any = msgspec.UNSET
    acceleration: Any = msgspec.UNSET
    speed: Any = msgspec.UNSET


class Category(Row):
    """What an object can be."""

    name: str
    description: Text = None
    index: int | None = None


class Attribute(Row):
    """What an object can do."""

    name: str
    description: Text = None


class Visibility(Row):
    """How much of an object can be seen."""

    level: str
    description: Text = None


class Instance(Row):
    """An object over all samples of its scene."""

    category_token: Text
    nbr_annotations: int | None = None
    first_annotation_token: Text = None
    last_annotation_token: Text = None


class SampleAnnotation(Row):
    """A box in the global frame; its `size` is (width, length, height). `velocity` is no key of nuScenes, but of T4."""

    sample_token: Text
    instance_token: Text
    translation: Vector
    size: Vector
    rotation: Rotation
    visibility_token: Text = None
    attribute_tokens: tuple[str, ...] | None = ()
    num_lidar_pts: Points | None = None
    num_radar_pts: Points | None = None
    prev: Text = None
    next: Text = None
    velocity: Any = msgspec.UNSET


class PointLabels(Row):
    """A file of labels, one a point: a row of lidarseg and of panoptic."""

    sample_data_token: Text
    filename: str


class ObjectAnn(Row):
    """A box and a mask of an object in a picture; `instance_token` is T4's."""

    sample_data_token: Text
    category_token: Text
    bbox: Rotation | None = None
    mask: Any = None
    attribute_tokens: tuple[str, ...] | None = ()
    instance_token: Text = None


class SurfaceAnn(Row):
    """A mask of a surface in a picture."""

    sample_data_token: Text
    category_token: Text
    mask: Any = None


ROWS: dict[str, type[Row]] = {
    "log": Log,
    "map": Map,
    "sensor": Sensor,
    "calibrated_sensor": CalibratedSensor,
    "scene": Scene,
    "sample": Sample,
    "sample_data": SampleData,
    "ego_pose": EgoPose,
    "category": Category,
    "attribute": Attribute,
    "visibility": Visibility,
    "instance": Instance,
    "sample_annotation": SampleAnnotation,
    "lidarseg": PointLabels,
    "panoptic": PointLabels,
    "object_ann": ObjectAnn,
    "surface_ann": SurfaceAnn,
}

_SHARED = ("log", "sensor", "calibrated_sensor", "sample", "sample_data", "ego_pose", "category", "attribute")

#: The tables that each kind of database has to have.
NUSCENES = (*_SHARED, "scene", "map", "visibility", "instance", "sample_annotation")
NUIMAGES = (*_SHARED, "object_ann", "surface_ann")
