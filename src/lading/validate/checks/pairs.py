"""Pictures of rectified pairs: cameras of one matrix have pictures of one size in a frame."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from posixpath import dirname

import msgspec

from lading.media import Probe
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.report import Finding, Origin, Severity
from lading.model.sensor import Camera
from lading.plugin.problem import Place, Problem

PAIR_RULE = "media.pair-size"


class Pairs:
    """Compares the sizes that pictures have, where none is declared: declared ones are held to the pictures.

    It keeps what disagrees by its folder, and the number of pictures of each folder that were compared.
    """

    def __init__(self, dataset: Dataset, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._cameras = {segment.name: _cameras(segment) for segment in dataset.segments}
        self.is_wanted = PAIR_RULE in severities and any(len(each) > 1 for each in self._cameras.values())
        self._compared: Counter[str] = Counter()
        self._odd: dict[str, list[Finding]] = {}

    def add(self, segment: Segment, frame: Frame, seen: Sequence[Probe]) -> None:
        """Take the pictures of a frame, as they were seen."""
        alike: dict[tuple[float, ...], list[tuple[Data, str]]] = {}
        for data, probe in zip(frame.data, seen, strict=True):
            matrix = self._matrix(segment, frame, data)
            if matrix is not None and data.width is None and probe.width is not None:
                alike.setdefault(matrix, []).append((data, f"{probe.width} x {probe.height}"))
        for (first, expected), *others in alike.values():
            for data, found in others:
                folder = dirname(data.path)
                self._compared[folder] += 1
                if found != expected:
                    message = f"expected the size of {first.sensor_name} beside it, {expected}, found {found}"
                    place = Place(segment, frame, data, self._severities)
                    finding = place.finding(Problem(PAIR_RULE, message), at=Origin(data.path))
                    self._odd.setdefault(folder, []).extend(() if finding is None else (finding,))

    def _matrix(self, segment: Segment, frame: Frame, data: Data) -> tuple[float, ...] | None:
        """What the matrix of a picture's camera holds, in this frame."""
        name = data.sensor_name or ""
        camera = (frame.calibration or {}).get(name, self._cameras[segment.name].get(name))
        if not isinstance(camera, Camera) or camera.intrinsics is None:
            return None
        matrix = camera.intrinsics.camera_matrix
        return matrix.fx, matrix.fy, matrix.cx, matrix.cy, matrix.skew

    @property
    def memory(self) -> tuple[Counter[str], dict[str, list[Finding]]]:
        """What is kept, to be absorbed by another."""
        return self._compared, self._odd

    def absorb(self, memory: tuple[Counter[str], dict[str, list[Finding]]]) -> None:
        """Take over what another kept."""
        self._compared.update(memory[0])
        for folder, findings in memory[1].items():
            self._odd.setdefault(folder, []).extend(findings)

    def finish(self) -> Iterator[Finding]:
        """The pictures that disagree; of a folder of which most do, the first with their number."""
        for folder, findings in self._odd.items():
            compared, first = self._compared[folder], findings[0]
            if len(findings) == 1 or 2 * len(findings) <= compared:
                yield from findings
            else:
                message = f"{first.message}; {len(findings):,} of {compared:,} pictures of its folder differ"
                yield msgspec.structs.replace(first, message=message)


def _cameras(segment: Segment) -> dict[str, Camera]:
    return {sensor.name: sensor for sensor in segment.sensors if isinstance(sensor, Camera)}
