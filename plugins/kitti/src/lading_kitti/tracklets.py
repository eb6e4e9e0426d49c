"""tracklet_labels.xml of raw drives (source-formats.md 3.8), read as a stream; entities are refused."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple
from xml.parsers import expat

from lading import counted
from lading_kitti.texts import Problem, whole_or_float

_TOP = "boost_serialization/tracklets"
_TRACKLET = f"{_TOP}/item"
_POSE = f"{_TRACKLET}/poses/item"
_NUMBERS = ("h", "w", "l")

#: What is longer is no object of a street: the size is in another unit than metres.
_LONGEST_M = 100.0

_PLACE = ("tx", "ty", "tz", "rx", "ry", "rz")


class Tracklet(NamedTuple):
    """One object over its frames; `size` is (h, w, l) as the file has it, `more` what else it says.

    `is_odd` where it is told that the size is none.
    """

    number: int
    line: int
    category: str
    size: tuple[float, float, float]
    first_frame: int
    more: dict[str, int | float | str]
    is_odd: bool = False


class Pose(NamedTuple):
    """One object in one frame: `place` is (tx, ty, tz, rx, ry, rz), tz the bottom of the box."""

    tracklet: Tracklet
    frame: int
    number: int
    line: int
    place: tuple[float, float, float, float, float, float]
    fields: dict[str, int | float | str]

    @property
    def pointer(self) -> str:
        """Where it stands in the document, its items counted from 0."""
        return f"/{_TOP}/item/{self.tracklet.number}/poses/item/{self.number}"


def parse_tracklets(data: bytes) -> tuple[list[Pose], list[Problem]]:
    """Every pose with its tracklet, in the file's order, and what is wrong with the file.

    A file that breaks off gives the tracklets before that.
    """
    poses: list[Pose] = []
    reader = _Reader(poses.append)
    reader.run(data)
    return poses, reader.problems


def pose_frames(data: bytes) -> set[int]:
    """The numbers of the frames that have a pose."""
    frames: set[int] = set()
    _Reader(lambda pose: frames.add(pose.frame)).run(data)
    return frames


class _RefusedError(Exception):
    """An entity is declared; raised and caught here alone."""


class _Reader:
    """Expat's handlers, and what they are in the middle of."""

    def __init__(self, take: Callable[[Pose], None]) -> None:
        self.problems: list[Problem] = []
        self._take = take
        self._path: list[str] = []
        self._text: list[str] = []
        self._tracklet: dict[str, str] = {}
        self._lines: dict[str, int] = {}
        self._pose: dict[str, str] = {}
        self._pending: list[tuple[int, dict[str, str]]] = []
        self._line = 0
        self._index = 0
        self._counts: list[tuple[int, str]] = []
        self._skipped = 0
        self._parser = expat.ParserCreate()

    @property
    def _here(self) -> int:
        return self._parser.CurrentLineNumber + self._skipped

    def run(self, data: bytes) -> None:
        """Read the whole file."""
        parser = self._parser
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.append
        parser.EntityDeclHandler = self._refuse
        try:
            # third-party files start with blank lines, which XML does not allow before its prolog
            start = len(data) - len(data.lstrip())
            self._skipped = data.count(b"\n", 0, start)
            parser.Parse(data[start:], True)
        except expat.ExpatError as exc:
            message = f"expected XML, found {expat.ErrorString(exc.code)}"
            self.problems.append(Problem("kitti.tracklets", message, exc.lineno + self._skipped))
        except (LookupError, ValueError) as exc:  # of encodings that expat does not know
            self.problems.append(Problem("kitti.tracklets", f"expected XML, found {exc}", self._here))
        except _RefusedError:
            message = "expected a document without entities of its own, found one declared"
            self.problems.append(Problem("kitti.tracklets", message, self._here))
        else:
            if not self._counts:
                message = "expected boost_serialization with tracklets, found none"
                self.problems.append(Problem("kitti.tracklets", message, 1))

    def _refuse(self, *declaration: object) -> None:
        raise _RefusedError

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._path.append(tag)
        self._text.clear()
        path = "/".join(self._path)
        if path == _TOP:
            self._counts.append((self._here, ""))
        elif path == _TRACKLET:
            self._tracklet, self._pending = {}, []
            self._line = self._here
        elif path == _POSE:
            self._pose = {}
            self._pending.append((self._here, self._pose))

    def _end(self, tag: str) -> None:
        path = "/".join(self._path)
        parent = "/".join(self._path[:-1])
        text = "".join(self._text).strip()
        self._text.clear()
        self._path.pop()
        if parent == _POSE:
            self._pose[tag] = text
        elif path == _TRACKLET:
            self._finish()
        elif parent == _TRACKLET and tag != "poses":
            self._tracklet[tag] = text
            self._lines[tag] = self._here
        elif parent == f"{_TRACKLET}/poses" and tag == "count":
            self._tracklet["poses/count"] = text
        elif parent == _TOP and tag == "count":
            self._counts.append((self._here, text))
        elif path == _TOP:
            for line, told in self._counts[1:]:
                self._compare(told, self._index, "tracklets", line)

    def _finish(self) -> None:
        """Hand over the poses of a tracklet at its end, when all that it says is known."""
        fields, index = self._tracklet, self._index
        self._index += 1
        self._compare(fields.pop("poses/count", None), len(self._pending), "poses", self._line)
        sizes = [whole_or_float(fields.pop(name, "") or "?") for name in _NUMBERS]
        first = whole_or_float(fields.pop("first_frame", "") or "?")
        category = fields.pop("objectType", "")
        known = [float(size) for size in sizes if size is not None]
        if len(known) < len(_NUMBERS) or not isinstance(first, int) or not category:
            message = "expected objectType, h, w, l and first_frame, found one missing or no number"
            self.problems.append(Problem("kitti.tracklet", f"{message}; the tracklet is left out", self._line))
            return
        if not self._pending:
            message = "expected poses, found none; the tracklet is in no frame"
            self.problems.append(Problem("kitti.tracklet", message, self._line))
        size = (known[0], known[1], known[2])
        is_odd = bool(self._pending) and self._tell_size(size)
        tracklet = Tracklet(index, self._line, category, size, first, _values(fields), is_odd)
        for number, (line, pose) in enumerate(self._pending):
            self._hand_over(tracklet, number, line, pose)

    def _tell_size(self, size: tuple[float, float, float]) -> bool:
        """Say once for all poses that a size is none, or none in metres; whether it is so."""
        odd = [name for name, value in zip(_NUMBERS, size, strict=True) if not 0 < value <= _LONGEST_M]
        if not odd:
            return False
        found = ", ".join(f"{name} {value!r}" for name, value in zip(_NUMBERS, size, strict=True) if name in odd)
        is_error = not all(0 < value < math.inf for value in size)
        expected = "a size above 0" if is_error else f"a size in metres, {_LONGEST_M:g} at most"
        message = f"expected {expected}, found {found}; {counted(len(self._pending), 'pose')} of this size"
        self.problems.append(Problem("kitti.tracklet-size", message, self._lines[odd[0]], is_error=is_error))
        return True

    def _hand_over(self, tracklet: Tracklet, number: int, line: int, fields: dict[str, str]) -> None:
        values = [whole_or_float(fields.pop(name, "") or "?") for name in _PLACE]
        known = [float(value) for value in values if value is not None]
        if len(known) < len(_PLACE):
            missing = ", ".join(name for name, value in zip(_PLACE, values, strict=True) if value is None)
            message = f"expected tx, ty, tz, rx, ry and rz, found no number for {missing}; the pose is left out"
            self.problems.append(Problem("kitti.tracklet-pose", message, line))
            return
        frame = tracklet.first_frame + number
        if frame < 0:
            message = f"expected frames from 0 on, found {frame} by first_frame; the pose is left out"
            self.problems.append(Problem("kitti.tracklet-pose", message, line))
            return
        place = (known[0], known[1], known[2], known[3], known[4], known[5])
        self._take(Pose(tracklet, frame, number, line, place, _values(fields)))

    def _compare(self, told: str | None, found: int, what: str, line: int) -> None:
        if told is not None and told != str(found):
            message = f"expected {told} {what} as `count` says, found {found}"
            self.problems.append(Problem("kitti.tracklet-count", message, line, is_error=False))


def _values(fields: dict[str, str]) -> dict[str, int | float | str]:
    return dict(_typed(fields))


def _typed(fields: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for name, text in fields.items():
        value = whole_or_float(text) if text else None
        yield name, text if value is None else value
