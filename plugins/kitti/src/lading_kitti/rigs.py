"""Rigs: calibrations that are alike in all but where the velodyne is, and some in which that is elsewhere (3.5)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import NamedTuple

import msgspec
import numpy as np

from lading import Origin, Report, counted
from lading.model.geometry import FloatArray
from lading_kitti.axes import angle_between, odd_axes
from lading_kitti.calibration import Calibration
from lading_kitti.texts import Problem

#: More than this between two velodynes of one rig is no matter of calibrating it again.
_TURNED = math.radians(20)
#: As few frames say nothing of what is usual.
_FEWEST = 3
#: Official sets have a calibration a recording day; a set of more than so many has one for each frame, and is left.
_MOST = 1_000

_KEYS = ("Tr_velo_to_cam", "Tr_velo_cam")


class _Turn(NamedTuple):
    """A rotation of a velodyne, how many frames have it, and the calibration file of the first of them.

    `odd` is what to say of it if another calibration of the rig shows that KITTI's axes are meant.
    """

    rotation: tuple[float, ...]
    frames: int
    path: str
    odd: Problem | None = None

    @property
    def key(self) -> tuple[tuple[float, ...], str]:
        """What it is counted by: it may be far away in some files alone."""
        return self.rotation, "" if self.odd is None else self.odd.rule

    @property
    def matrix(self) -> FloatArray:
        return np.array(self.rotation).reshape(3, 3)


@dataclass
class Rigs:
    """The rotations of the velodyne in frames of a segment, by a digest of all else in their calibrations.

    `is_told` is whether it was told on opening that most are odd.
    """

    segment: str
    is_told: bool
    turns: dict[tuple[str, tuple[tuple[float, ...], str]], _Turn] = field(default_factory=dict)
    is_full: bool = False

    def add(self, calibration: Calibration, path: str) -> None:
        """Count a frame in."""
        if calibration.lidar_to_cam0 is None or self.is_full:
            return
        rotation = tuple(calibration.lidar_to_cam0[:3, :3].ravel().tolist())
        self._count(_digest(calibration.entries), _Turn(rotation, 1, path, calibration.turned))

    def _count(self, rig: str, turn: _Turn) -> None:
        known = self.turns.get((rig, turn.key))
        whole = turn if known is None else known._replace(frames=known.frames + turn.frames)
        self.turns[rig, turn.key] = whole
        self.is_full = self.is_full or len(self.turns) > _MOST

    def merge(self, later: Rigs) -> None:
        """Count in the frames of the next part of the segment."""
        for (rig, _), turn in later.turns.items():
            self._count(rig, turn)
        self.is_full = self.is_full or later.is_full

    def tell(self, report: Report) -> None:
        """Say once which velodyne looks elsewhere than that of most frames of its rig."""
        rigs: dict[str, list[_Turn]] = {}
        for (rig, _), turn in () if self.is_full else self.turns.items():
            rigs.setdefault(rig, []).append(turn)
        self._tell_odd(rigs, report)
        odd = [one for turns in rigs.values() for one in _turned(turns)]
        if odd:
            first, degrees, usual = odd[0]
            frames = sum(turn.frames for turn, _, _ in odd)
            expected = f"the velodyne to look as in {usual:,} frames of which the calibration is else the same"
            more = f", and such in {counted(frames - 1, 'more frame')}" if frames > 1 else ""
            message = f"expected {expected}, found it turned by {degrees:.0f} degrees{more}"
            report.warning("kitti.calibration-turned", message, Origin(first.path), segment=self.segment)

    def _tell_odd(self, rigs: Mapping[str, list[_Turn]], report: Report) -> None:
        """Say once what is odd about the velodyne in frames of a rig that has others in which it is not."""
        turns = [turn for rig in rigs.values() if _differ(rig) for turn in rig]
        odd = [(turn.odd, turn) for turn in turns if turn.odd is not None]
        if odd and not self.is_told:
            problem, first = odd[0]
            frames = sum(turn.frames for _, turn in odd)
            more = f", and such in {counted(frames - 1, 'more frame')}" if frames > 1 else ""
            problem._replace(message=f"{problem.message}{more}").tell(report, first.path)


def _differ(turns: list[_Turn]) -> bool:
    """Whether the velodyne of a rig is odd in some frames alone, and it is not told that it is turned in these."""
    if sum(turn.frames for turn in turns) < _FEWEST or len({turn.odd is None for turn in turns}) == 1:
        return False
    return all(turn.odd is None for turn, _, _ in _turned(turns))


def _turned(turns: list[_Turn]) -> list[tuple[_Turn, float, int]]:
    """The turns that are far from that of most frames of a rig, by how many degrees, and how many are near it."""
    main = max(turns, key=lambda turn: turn.frames)
    if main.odd is not None and any(turn.odd is None for turn in turns):
        return []  # it is the others that are right
    angles = [(turn, angle_between(turn.matrix, main.matrix)) for turn in turns]
    usual = sum(turn.frames for turn, angle in angles if angle <= _TURNED)
    if usual < _FEWEST or 2 * usual <= sum(turn.frames for turn in turns):
        return []
    # axes that are not turned at all are told as that
    far = [(turn, angle) for turn, angle in angles if angle > _TURNED and odd_axes("", 0, turn.matrix) is None]
    return [(turn, math.degrees(angle), usual) for turn, angle in far]


def _digest(entries: Mapping[str, object]) -> str:
    """What tells one rig from others: all lines but the velodyne's."""
    rest = {key: values for key, values in entries.items() if key not in _KEYS}
    return blake2b(msgspec.msgpack.encode(rest, order="deterministic"), digest_size=16).hexdigest()
