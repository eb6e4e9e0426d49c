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

#: What the states of a pose may be (3.8).
_STATES = {"state": ("0", "1", "2"), "occlusion": ("-1", "0", "1", "2"), "truncation": ("-1", "0", "1", "2", "99")}


class Tracklet(NamedTuple):
    """One object over its frames; `size` is (h, w, l) as the file has it, `more` what else it says.

    `is_odd` where it is told that the size is none, `first_line` is that of `first_frame`.
    """

    number: int
    line: int
    category: str
    size: tuple[float, float, float]
    first_frame: int
    more: dict[str, int | float | str]
    is_odd: bool = False
    first_line: int = 0


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
        """Where it stands in the document, as an XPath: its items are counted from 1."""
        return f"/{_TOP}/item[{self.tracklet.number + 1}]/poses/item[{self.number + 1}]"


def parse_tracklets(data: bytes) -> tuple[list[Pose], list[Problem]]:
    """Every pose with its tracklet, in the file's order, and what is wrong with the file.

    A file that breaks off gives the tracklets before that.
    """
    poses: list[Pose] = []
    reader = _Reader(poses.append)
    reader.run(data)
    return poses, reader.problems


def tracklet_frames(data: bytes) -> dict[int, tuple[int, list[int]]]:
    """The numbers of the frames that each tracklet has a pose in, by its own number, and the line of `first_frame`."""
    frames: dict[int, tuple[int, list[int]]] = {}

    def take(pose: Pose) -> None:
        frames.setdefault(pose.tracklet.number, (pose.tracklet.first_line, []))[1].append(pose.frame)

    _Reader(take).run(data)
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
        self._pose_lines: dict[str, int] = {}
        self._pending: list[tuple[int, dict[str, str], dict[str, int]]] = []
        self._states: list[tuple[int, str, str]] = []
        self._line = 0
        self._begun = 0  # the line in which the innermost element begins
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
            self._tell_states()
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
        self._begun = self._here
        self._text.clear()
        path = "/".join(self._path)
        if path == _TOP:
            self._counts.append((self._here, ""))
        elif path == _TRACKLET:
            self._tracklet, self._lines, self._pending = {}, {}, []
            self._line = self._here
        elif path == _POSE:
            self._pose, self._pose_lines = {}, {}
            self._pending.append((self._here, self._pose, self._pose_lines))

    def _end(self, tag: str) -> None:
        path = "/".join(self._path)
        parent = "/".join(self._path[:-1])
        text = "".join(self._text).strip()
        self._text.clear()
        self._path.pop()
        if parent == _POSE:
            self._pose[tag] = text
            self._pose_lines[tag] = self._begun
        elif path == _TRACKLET:
            self._finish()
        elif parent == _TRACKLET and tag != "poses":
            self._tracklet[tag] = text
            self._lines[tag] = self._begun
        elif parent == f"{_TRACKLET}/poses" and tag == "count":
            self._tracklet["poses/count"] = text
            self._lines["poses/count"] = self._begun
        elif parent == _TOP and tag == "count":
            self._counts.append((self._here, text))
        elif path == _TOP:
            for line, told in self._counts[1:]:
                self._compare(told, self._index, "tracklets", line)

    def _finish(self) -> None:
        """Hand over the poses of a tracklet at its end, when all that it says is known."""
        fields, index = self._tracklet, self._index
        self._index += 1
        count_line = self._lines.get("poses/count", self._line)
        self._compare(fields.pop("poses/count", None), len(self._pending), "poses", count_line)
        texts = {name: fields.pop(name, "") for name in ("objectType", *_NUMBERS, "first_frame")}
        category = texts["objectType"]
        sizes = [whole_or_float(texts[name] or "?") for name in _NUMBERS]
        first = whole_or_float(texts["first_frame"] or "?")
        known = [float(size) for size in sizes if size is not None]
        if len(known) < len(_NUMBERS) or not isinstance(first, int) or not category:
            is_known = {
                **dict(zip(_NUMBERS, (size is not None for size in sizes), strict=True)),
                "objectType": bool(category),
                "first_frame": isinstance(first, int),
            }
            odd = [name for name in texts if not is_known[name]]
            expected = "objectType, h, w, l and first_frame"
            self._leave_out("kitti.tracklet", expected, "tracklet", odd, texts, self._lines, self._line)
            return
        if not self._pending:
            message = "expected poses, found none; the tracklet is in no frame"
            self.problems.append(Problem("kitti.tracklet", message, self._line))
        size = (known[0], known[1], known[2])
        is_odd = bool(self._pending) and self._tell_size(size)
        first_line = self._lines["first_frame"]
        tracklet = Tracklet(index, self._line, category, size, first, _values(fields), is_odd, first_line)
        for number, (line, pose, lines) in enumerate(self._pending):
            self._hand_over(tracklet, number, line, pose, lines)

    def _leave_out(
        self,
        rule: str,
        expected: str,
        what: str,
        odd: list[str],
        texts: dict[str, str],
        lines: dict[str, int],
        line: int,
    ) -> None:
        """Say which elements lack or are no numbers, at the first of them that is there."""
        found = " and ".join(f"{name} {texts[name]!r}" if texts.get(name) else f"no {name}" for name in odd)
        at = next((lines[name] for name in odd if name in lines), line)
        self.problems.append(Problem(rule, f"expected {expected}, found {found}; the {what} is left out", at))

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

    def _hand_over(
        self, tracklet: Tracklet, number: int, line: int, fields: dict[str, str], lines: dict[str, int]
    ) -> None:
        texts = {name: fields.pop(name, "") for name in _PLACE}
        values = [whole_or_float(text or "?") for text in texts.values()]
        known = [float(value) for value in values if value is not None]
        if len(known) < len(_PLACE):
            odd = [name for name, value in zip(_PLACE, values, strict=True) if value is None]
            expected = "numbers for tx, ty, tz, rx, ry and rz"
            self._leave_out("kitti.tracklet-pose", expected, "pose", odd, texts, lines, line)
            return
        frame = tracklet.first_frame + number
        if frame < 0:
            message = f"expected frames from 0 on, found {frame} by first_frame; the pose is left out"
            self.problems.append(Problem("kitti.tracklet-pose", message, line))
            return
        place = (known[0], known[1], known[2], known[3], known[4], known[5])
        self._states += [(lines[name], name, fields[name]) for name in _STATES if _is_odd_state(name, fields)]
        self._take(Pose(tracklet, frame, number, line, place, _values(fields)))

    def _tell_states(self) -> None:
        """Say once, with a count, which states are none (3.8)."""
        if self._states:
            line, name, found = self._states[0]
            more = f", and such in {counted(len(self._states) - 1, 'more place')}" if len(self._states) > 1 else ""
            message = f"expected {name} as one of {', '.join(_STATES[name])}, found {found!r}{more}"
            self.problems.append(Problem("kitti.tracklet-state", message, line, is_error=False))

    def _compare(self, told: str | None, found: int, what: str, line: int) -> None:
        if told is not None and told != str(found):
            message = f"expected {told} {what} as `count` says, found {found}"
            self.problems.append(Problem("kitti.tracklet-count", message, line, is_error=False))


def _is_odd_state(name: str, fields: dict[str, str]) -> bool:
    return fields.get(name, _STATES[name][0]) not in _STATES[name]


def _values(fields: dict[str, str]) -> dict[str, int | float | str]:
    return dict(_typed(fields))


def _typed(fields: dict[str, str]) -> Iterator[tuple[str, Any]]:
    for name, text in fields.items():
        value = whole_or_float(text) if text else None
        yield name, text if value is None else value
