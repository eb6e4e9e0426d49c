"""Pictures of a dataset with its labels drawn, written into a folder."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from lading.errors import LadingError, NoRoomError, OptionError, TargetError
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.report import Report
from lading.plugin.target import check_outside
from lading.render.frame import draw_data, is_drawable

_UNSAFE = re.compile(r"[^\w.-]+")


class Shown(NamedTuple):
    """A file of the dataset and the picture made of it; `problem` says why there is none."""

    source: str
    picture: Path | None
    problem: str | None


def preview(
    dataset: Dataset,
    folder: str | Path,
    *,
    segments: Sequence[str] | None = None,
    frames: Collection[str] | None = None,
    limit: int | None = None,
    report: Report | None = None,
) -> Iterator[Shown]:
    """Draw frames into `folder`, a JPEG a file: at most `limit` frames, of these segments, of these keys.

    Each is drawn when it is asked for; `list(preview(...))` draws all. What the reader says goes to `report`.
    Raises OptionError for a segment that is not there and, when all is drawn, for a frame that is not; TargetError
    where the folder cannot be written, or where pictures would come to lie in the source.
    """
    chosen = dataset.segments if segments is None else [dataset.segment(name) for name in segments]
    for place in (Path(folder), *(Path(folder) / _safe(segment.name) for segment in chosen)):
        check_outside(place, dataset.places)
    left = limit
    taken: set[str] = set()
    lacking = dict.fromkeys(frames or ())
    for segment in chosen:
        for frame in dataset.frames(segment.name, report=report if report is not None else Report()):
            if left == 0:
                return
            if frames is not None and frame.key not in frames:
                continue
            left = None if left is None else left - 1
            lacking.pop(frame.key, None)
            for data in frame.data:
                if not is_drawable(data):
                    continue
                sensor = "" if data.sensor_name is None else f"-{data.sensor_name}"
                path = _free(Path(folder) / _safe(segment.name) / f"{_safe(frame.key + sensor)}.jpg", taken)
                yield _shown(dataset, segment, frame, data, path)
    if lacking:
        raise OptionError(f"frame: expected the key of a frame, found {', '.join(map(repr, lacking))}")


def _shown(dataset: Dataset, segment: Segment, frame: Frame, data: Data, path: Path) -> Shown:
    """Draw one file into a picture at a path."""
    try:
        image = draw_data(dataset, segment, frame, data)
    except NoRoomError:
        raise
    except (LadingError, OSError) as exc:
        return Shown(data.path, None, str(exc))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as exc:
        raise TargetError(f"{path.parent}: expected a folder to write to, found {exc.strerror or exc}") from exc
    try:
        image.save(path, "JPEG", quality=88)
    except OSError as exc:
        raise TargetError(f"{path}: expected a file to write to, found {exc.strerror or exc}") from exc
    return Shown(data.path, path, None)


def _safe(name: str) -> str:
    """A name that every file system takes; it cannot climb out of the folder."""
    return _UNSAFE.sub("_", name).strip(".") or "_"


def _free(path: Path, taken: set[str]) -> Path:
    """The path, numbered where an earlier picture has it; some file systems take `A` and `a` for one."""
    number, found = 1, path
    while str(found).casefold() in taken:
        number += 1
        found = path.with_stem(f"{path.stem}-{number}")
    taken.add(str(found).casefold())
    return found
