"""Pictures of rectified pairs: cameras of one matrix have pictures of one size in a frame."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from lading.media import Probe
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Data, Frame
from lading.model.report import Finding, Origin, Severity
from lading.model.sensor import Camera
from lading.plugin.problem import Place, Problem
from lading.validate.checks.folders import Folders, Memory

PAIR_RULE = "media.pair-size"


class Pairs:
    """Compares the sizes that pictures have, where none is declared: declared ones are held to the pictures.

    It keeps what disagrees by its folder, and the number of pictures of each folder that were compared.
    """

    def __init__(self, dataset: Dataset, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._cameras = {segment.name: _cameras(segment) for segment in dataset.segments}
        self.is_wanted = PAIR_RULE in severities and any(len(each) > 1 for each in self._cameras.values())
        self._folders = Folders(dataset, "pictures of its folder differ")

    def add(self, segment: Segment, frame: Frame, seen: Sequence[Probe]) -> None:
        """Take the pictures of a frame, as they were seen."""
        alike: dict[tuple[float, ...], list[tuple[Data, str]]] = {}
        for data, probe in zip(frame.data, seen, strict=True):
            matrix = self._matrix(segment, frame, data)
            if matrix is not None and data.width is None and probe.width is not None:
                alike.setdefault(matrix, []).append((data, f"{probe.width} x {probe.height}"))
        for (first, expected), *others in alike.values():
            for data, found in others:
                finding = None
                if found != expected:
                    message = f"expected the size of {first.sensor_name} beside it, {expected}, found {found}"
                    place = Place(segment, frame, data, self._severities)
                    finding = place.finding(Problem(PAIR_RULE, message), at=Origin(data.path))
                self._folders.add(data.path, finding)

    def _matrix(self, segment: Segment, frame: Frame, data: Data) -> tuple[float, ...] | None:
        """What the matrix of a picture's camera holds, in this frame."""
        name = data.sensor_name or ""
        camera = (frame.calibration or {}).get(name, self._cameras[segment.name].get(name))
        if not isinstance(camera, Camera) or camera.intrinsics is None:
            return None
        matrix = camera.intrinsics.camera_matrix
        return matrix.fx, matrix.fy, matrix.cx, matrix.cy, matrix.skew

    @property
    def memory(self) -> Memory:
        """What is kept, to be absorbed by another."""
        return self._folders.memory

    def absorb(self, memory: Memory, part: Part) -> None:
        """Take over what another kept of a part."""
        self._folders.absorb(memory, part)

    def finish(self) -> Iterator[Finding]:
        """The pictures that disagree; of a folder of which most do, the first with their number."""
        return self._folders.finish()


def _cameras(segment: Segment) -> dict[str, Camera]:
    return {sensor.name: sensor for sensor in segment.sensors if isinstance(sensor, Camera)}
