"""A rule of pictures: cameras of one matrix, as KITTI's rectified pairs are, have pictures of one size in a frame."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lading import (
    BlockChecker,
    Camera,
    Catalog,
    Data,
    Dataset,
    Finding,
    Frame,
    GroupedRule,
    Origin,
    Place,
    Problem,
    Rule,
    Segment,
)
from lading.errors import LadingError, NoRoomError
from lading.media import is_image_name, probe
from lading.model.content import Content
from lading.model.report import Severity

_SIZE = "kitti.picture-size"

#: What a PNG begins with, and how far its signature and first chunk reach, which has the size.
_PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
_HEADER = 33


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
                place = Place(segment, frame, data, self._severities)
                finding = place.finding(Problem(_SIZE, message), at=Origin(data.path))
                if finding is not None:
                    yield number, finding


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
    if data.content is None:
        return None
    size = _png_size(data.content)
    if size is None:
        seen = probe(data.content)
        size = None if seen.width is None or seen.height is None else (seen.width, seen.height)
    return None if size is None else f"{size[0]} x {size[1]}"


def _png_size(content: Content) -> tuple[int, int] | None:
    """What the header of a PNG says, of which no more is read: that it is whole, the rules of media look."""
    try:
        with content.open() as stream:
            head = stream.read(_HEADER)
    except NoRoomError:
        raise  # which says nothing of the file
    except (LadingError, OSError):
        return None  # `media.unreadable` says it
    if not head.startswith(_PNG) or head[29:] != zlib.crc32(head[12:29]).to_bytes(4, "big"):
        return None
    return int.from_bytes(head[16:20], "big"), int.from_bytes(head[20:24], "big")


class PictureSize(GroupedRule):
    """Pictures of a rectified pair have one size."""

    checker = SizesPass
    formats = frozenset({"kitti"})
    code = _SIZE
    severity = "warning"
    title = "cameras of one matrix have pictures of one size in a frame"
    bad = "image_2 of 1242 x 375 and image_3 of 1241 x 376, with one matrix in P2 and P3"
    good = "image_2 and image_3 of 1242 x 375"
    fix = "Take both pictures of one rectification, or the calibration of each."


RULES: Sequence[type[Rule]] = (PictureSize,)
