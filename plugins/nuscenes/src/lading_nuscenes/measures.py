"""How large files are: pictures as their rows say, clouds of lidars in whole points."""

from __future__ import annotations

from typing import Any

from lading import Camera, Data, Origin, Report, Sensor
from lading_nuscenes.database import Database
from lading_nuscenes.files import NO_SIZE
from lading_nuscenes.layout import is_pointer

#: Bytes a point of a lidar's file: x, y, z, intensity and ring as float32 (source-formats.md 4.4).
_POINT_BYTES = 20


class Measures:
    """Tells of one segment what is wrong with the sizes of its files."""

    def __init__(self, database: Database, segment: str, report: Report) -> None:
        self._database = database
        self._segment = segment
        self._report = report

    def pixels(self, file: int, sensor: Sensor | None, key: str) -> tuple[int | None, int | None, dict[str, Any]]:
        """The width and height of a file in pixels, and what is told to be neither, to be kept as extras.

        A file that is no picture has 0 (source-formats.md 4.2).
        """
        files = self._database.files
        sizes = dict(zip(("width", "height"), files.sizes[file].tolist(), strict=True))
        may_be_0 = not isinstance(sensor, Camera)
        kept = {
            name: size for name, size in sizes.items() if size <= 0 and size != NO_SIZE and not (may_be_0 and size == 0)
        }
        if kept:
            columns = tuple(kept) if len(kept) == 1 else ()
            at = self._database.tables.origin("sample_data", int(files.rows[file]), *columns)
            where = {"segment": self._segment, "frame": key, "sensor": None if sensor is None else sensor.name}
            found = " and ".join(f"{name} {size}" for name, size in kept.items())
            self._report.warning("nuscenes.picture-size", f"expected a size in pixels, found {found}", at, **where)
        width, height = (size if size > 0 else None for size in sizes.values())
        return width, height, kept

    def check_points(self, data: Data, key: str) -> None:
        """Say where a lidar's file has not whole points."""
        if data.content is None or not data.content.path.endswith(".bin"):
            return
        size = data.content.size
        if not size or (size % _POINT_BYTES and is_pointer(data.content)):
            return  # the rules of media say so
        where = {"segment": self._segment, "frame": key, "sensor": data.sensor_name}
        if size % _POINT_BYTES:
            message = f"expected a multiple of {_POINT_BYTES} bytes, found {size}: it is cut, or has other columns"
            self._report.error("nuscenes.point-cloud-size", message, Origin(data.path), **where)


def point_count(data: Data) -> int | None:
    """The number of points of a lidar's file; None where that is told to be wrong, or is not known."""
    if data.content is None or not data.content.path.endswith(".bin"):
        return None
    points, rest = divmod(data.content.size, _POINT_BYTES)
    return points if points and not rest else None
