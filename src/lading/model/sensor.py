"""Sensors: their kind, where they sit, and how a camera maps the world to pixels."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import ClassVar, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator

from lading.errors import GeometryError
from lading.model.geometry import EGO, Transform3D
from lading.model.report import Origin

SensorType: TypeAlias = Literal["LIDAR", "RADAR", "CAMERA", "FISHEYE_CAMERA"]

#: Fields of a sensor that say nothing of the sensor itself.
_ASIDE = frozenset({"origin", "parts", "told"})
_COEFFICIENT = re.compile(r"[kp][1-9][0-9]*")


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, defer_build=True)


class CameraMatrix(_Part):
    """The matrix [[fx, skew, cx], [0, fy, cy], [0, 0, 1]], in pixels, as the source gives it.

    KITTI and nuScenes put integer coordinates on pixel centres, half a pixel off our plane; nothing is shifted here.
    """

    fx: float
    fy: float
    cx: float
    cy: float
    skew: float = 0.0


class Intrinsics(_Part):
    """A camera matrix, and distortion coefficients by name (`k1`, `k2`, ..., `p1`, `p2`, ...)."""

    camera_matrix: CameraMatrix
    distortion: dict[str, float] | None = None

    @field_validator("distortion")
    @classmethod
    def _names(cls, value: dict[str, float] | None) -> dict[str, float] | None:
        for name in value or ():
            if not _COEFFICIENT.fullmatch(name):
                message = f"distortion: expected names such as k1 or p2, found {name!r}"
                raise ValueError(message)
        return value


class Sensor(_Part):
    """One sensor of a segment; `extrinsics` maps its frame, which has its name, to the ego frame.

    `origin` is its record in the source, and `parts` the keys of this that hold its `translation`, `rotation`, `matrix`
    and `distortion`; `told` has the codes of rules of which a reader told itself, at the place. Sensors that differ in
    these alone are equal.
    """

    type: ClassVar[SensorType]

    name: str
    description: str = ""
    extrinsics: Transform3D | None = None
    origin: Origin | None = Field(default=None, exclude=True, repr=False)
    parts: Mapping[str, str] = Field(default={}, exclude=True, repr=False)
    told: frozenset[str] = Field(default=frozenset(), exclude=True, repr=False)

    def locate(self, part: str | None = None) -> Origin | None:
        """Where it, or one of its `parts`, stands, as narrow as the reader knows; None where it does not say."""
        key = self.parts.get(part or "")
        return self.origin if self.origin is None or key is None else self.origin.below(key)

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, name) == getattr(other, name) for name in type(self).model_fields.keys() - _ASIDE)

    def __hash__(self) -> int:
        return hash((type(self), self.name))

    @field_validator("extrinsics")
    @classmethod
    def _to_ego(cls, value: Transform3D | None) -> Transform3D | None:
        if value is not None and value.target != EGO:
            message = f"extrinsics: expected a transform to {EGO!r}, found one to {value.target!r}"
            raise GeometryError(message)
        return value


class Lidar(Sensor):
    """A laser scanner; `extrinsics` map its frame to the ego frame, in metres, and are None where unknown."""

    type: ClassVar[SensorType] = "LIDAR"


class Radar(Sensor):
    """A radar; `extrinsics` map its frame to the ego frame, in metres, and are None where unknown."""

    type: ClassVar[SensorType] = "RADAR"


class Camera(Sensor):
    """A pinhole camera: x right, y down, z forward.

    `extrinsics` map its frame to the ego frame, in metres; `intrinsics` are in pixels. Either is None where unknown.
    """

    type: ClassVar[SensorType] = "CAMERA"

    intrinsics: Intrinsics | None = None


class FisheyeCamera(Camera):
    """A fisheye camera: as a pinhole camera, but its distortion counts in the angle from the axis."""

    type: ClassVar[SensorType] = "FISHEYE_CAMERA"


SENSOR_TYPES: dict[SensorType, type[Sensor]] = {
    "LIDAR": Lidar,
    "RADAR": Radar,
    "CAMERA": Camera,
    "FISHEYE_CAMERA": FisheyeCamera,
}
