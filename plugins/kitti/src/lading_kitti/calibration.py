"""What a calibration says of the sensors, whichever files it was read from (source-formats.md 3.5, 3.8)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from lading.model.geometry import NO_ROTATION, FloatArray
from lading_kitti.geometry import Placement
from lading_kitti.texts import Problem

#: Keys of the cameras' lines.
PROJECTION = re.compile(r"P(?:_rect_0?)?(\d)")
UNRECTIFIED = re.compile(r"([KDRT])_0?(\d)")


#: What is told of a calibration without the projection of the labels' camera, where others have it.
PROJECTION_LOST = "kitti.calibration-projection"


@dataclass(slots=True)
class Calibration:
    """What a calibration says. Each matrix is (4, 4); None where the files have it not, or not rightly.

    `entries` holds every line as it stands, by key, under the name of its file where there are several.
    `lidar_to_rect` is R0 V of 3.5, `unrectified` has K, D, R and T of each camera of raw, and `sizes` the width and
    height of its pictures, by camera and whether they are rectified. `cut_at` is the last line of a file where no line
    end follows it; `cut_in` is what the line says that breaks off there, which is told: what follows is not told again.
    `turned` is what to say where most calibrations of a segment turn or move the velodyne so, but not of other rigs'.
    `zeros` are lines of nothing but zeros, as tools write for want of a matrix, and what to say of one that is needed.
    """

    entries: dict[str, Any] = field(default_factory=dict)
    projections: dict[int, FloatArray] = field(default_factory=dict)
    baselines: dict[int, FloatArray] = field(default_factory=dict)
    lidar_to_cam0: FloatArray | None = None
    lidar_to_rect: FloatArray | None = None
    imu_to_lidar: FloatArray | None = None
    unrectified: dict[int, dict[str, FloatArray]] = field(default_factory=dict)
    sizes: dict[tuple[int, bool], tuple[int, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    lidar_placement: Placement | None = None
    turned: Problem | None = None
    zeros: dict[str, Problem] = field(default_factory=dict)
    cut_at: int | None = None
    cut_in: str | None = None

    @property
    def is_cut(self) -> bool:
        """Whether its file breaks off within a line."""
        return self.cut_in is not None

    @property
    def is_another(self) -> bool:
        """Whether it is told that its file holds no calibration at all."""
        return NOTHING in self.problems or OTHER in self.problems

    @property
    def is_empty(self) -> bool:
        """Whether nothing in it places a sensor."""
        places = (self.lidar_to_rect, self.lidar_to_cam0, self.imu_to_lidar)
        return not self.projections and all(place is None for place in places)

    def names_camera(self, camera: int, *, is_rectified: bool) -> bool:
        """Whether a line gives a camera's matrix, rightly or not: P, or K of pictures that are not rectified."""
        keys = {key for name, value in self.entries.items() for key in (value if isinstance(value, dict) else (name,))}
        if is_rectified:
            return any((match := PROJECTION.fullmatch(key)) and int(match[1]) == camera for key in keys)
        return any(
            (match := UNRECTIFIED.fullmatch(key)) and match[1] == "K" and int(match[2]) == camera for key in keys
        )

    def camera_placement(self, camera: int) -> Placement | None:
        """How boxes come into a rectified camera's frame, or None where its projection is not known."""
        offset = self.baselines.get(camera)
        if offset is None:
            return None
        x, y, z = (float(value) for value in offset)
        return Placement(((1.0, 0.0, 0.0, x), (0.0, 1.0, 0.0, y), (0.0, 0.0, 1.0, z)), NO_ROTATION)


#: What is wrong with a file that holds no line: not told once more for each line that it should have.
NOTHING = Problem("kitti.calibration-missing", "expected a calibration, found a file without a line", is_error=False)

OTHER = Problem("kitti.calibration-missing", "expected a calibration, found none of its lines", is_error=False)
