"""A rule of pictures: cameras of one matrix, as KITTI's rectified pairs are, have pictures of one size in a frame."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import ClassVar

from lading import BlockChecker, Camera, Catalog, Data, Dataset, Finding, Frame, Rule, Segment
from lading.media import is_image_name, probe
from lading.model.report import Severity
from lading.plugin.contracts import CheckerFactory, GroupedRule

_SIZE = "kitti.picture-size"


class SizesPass(BlockChecker):
    """Compares the sizes of the pictures of a frame; it keeps nothing."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._is_kitti = dataset.format == "kitti"

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """Pictures of another size than that of the camera beside them."""
        if not self._is_kitti or _SIZE not in self._severities:
            return
        cameras = {sensor.name: sensor for sensor in segment.sensors if isinstance(sensor, Camera)}
        for number, frame in enumerate(frames) if len(cameras) > 1 else ():
            for data, message in _odd(frame, cameras):
                yield (
                    number,
                    Finding(
                        rule=_SIZE,
                        severity=self._severities[_SIZE],
                        message=message,
                        segment=segment.name,
                        frame=frame.key,
                        sensor=data.sensor_name,
                        file=data.path,
                    ),
                )


def _odd(frame: Frame, cameras: Mapping[str, Camera]) -> Iterator[tuple[Data, str]]:
    """The pictures of a frame that have another size than the first of a camera of the same matrix."""
    alike: dict[tuple[float, ...], list[Data]] = {}
    for data in frame.data:
        name = data.sensor_name or ""
        camera = (frame.calibration or {}).get(name, cameras.get(name))
        if data.content is None or not isinstance(camera, Camera) or camera.intrinsics is None:
            continue
        matrix = camera.intrinsics.camera_matrix
        if is_image_name(data.path) and data.width is None:  # else the size is declared, and held to that
            alike.setdefault((matrix.fx, matrix.fy, matrix.cx, matrix.cy, matrix.skew), []).append(data)
    for first, *others in alike.values():
        expected = _size(first) if others else None
        for data in others if expected is not None else ():
            found = _size(data)
            if found is not None and found != expected:
                yield data, f"expected the size of {first.sensor_name} beside it, {expected}, found {found}"


def _size(data: Data) -> str | None:
    seen = None if data.content is None else probe(data.content)
    return None if seen is None or seen.width is None else f"{seen.width} x {seen.height}"


class PictureSize(GroupedRule):
    """Pictures of a rectified pair have one size."""

    checker: ClassVar[CheckerFactory] = SizesPass
    formats: ClassVar[frozenset[str]] = frozenset({"kitti"})
    code = _SIZE
    severity = "warning"
    title = "cameras of one matrix have pictures of one size in a frame"
    bad = "image_2 of 1242 x 375 and image_3 of 1241 x 376, with one matrix in P2 and P3"
    good = "image_2 and image_3 of 1242 x 375"
    fix = "Take both pictures of one rectification, or the calibration of each."


RULES: Sequence[type[Rule]] = (PictureSize,)
