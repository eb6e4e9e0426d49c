"""Frames and their data: one moment of a segment, one file a sensor."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from lading.model.content import Content
from lading.model.geometry import Transform3D
from lading.model.label import Label
from lading.model.report import Origin, Origins
from lading.model.sensor import Sensor

#: Whether a source speaks of a file's labels: not at all, says there are none, or gives some.
Annotation: TypeAlias = Literal["none", "empty", "present"]


class Data(msgspec.Struct, kw_only=True):
    """One file of a frame and its labels.

    `path` lies within the source, `remote_path` is what the source calls the file (`lading.model.naming` makes it
    fit for the platform). `content` is None where the file is missing. `width` and `height` are pixels as the
    source declares them, `ego_pose` maps ego to world at the time of this file, `origin` is its own record,
    `timed`, `sized` and `posed` the places of its time, its width and height, and its pose where these stand elsewhere.
    `told` has what a reader told itself, at its place: the code of the rule that would tell it again (with a space and
    the `subject`, as `locate` takes it, where only that is told), and the `origin` of the label, or None for what is
    wrong with the file.
    """

    path: str
    remote_path: str
    content: Content | None = None
    sensor_name: str | None = None
    timestamp_ns: int | None = None
    width: int | None = None
    height: int | None = None
    ego_pose: Transform3D | None = None
    annotation: Annotation = "none"
    labels: list[Label] = []
    extras: dict[str, Any] = {}
    origin: Origin | None = None
    origins: Origins | None = None
    timed: Origin | None = None
    sized: Origin | None = None
    posed: Origin | None = None
    told: Collection[tuple[str, int | None]] = ()

    @property
    def is_missing(self) -> bool:
        """Whether the source names this file but does not hold it."""
        return self.content is None

    def locate(self, label: Label | None = None, subject: str | None = None) -> Origin:
        """Where a label or part of it stands, or (without one) this Data's own record, its `time`, `size` or `pose`."""
        if label is not None and label.origin is not None and self.origins is not None:
            return self.origins.locate(label.origin, label.kind, subject)
        if label is None and subject == "time" and self.timed is not None:
            return self.timed
        if label is None and subject == "size" and self.sized is not None:
            return self.sized
        if label is None and subject == "pose" and self.posed is not None:
            return self.posed
        return self.origin if self.origin is not None else Origin(self.path)


class Frame(msgspec.Struct, kw_only=True):
    """One moment of a segment: its data, in the order of the segment's sensors.

    `key` is the source's own name of the frame, unique in its segment. `frame_id` is set in a fusion dataset only.
    `calibration` overrides sensors of the segment, by name, for this frame alone. `lacking` are the sensors whose file
    is not among the data for a reason that the reader told, or need not be. `nominal_ns` is when a frame is by the rate
    of its sensors, where its files have no times: it tells how far things may get, and goes nowhere.
    """

    key: str
    data: list[Data]
    frame_id: str | None = None
    calibration: Mapping[str, Sensor] | None = None
    lacking: Collection[str] = ()
    nominal_ns: int | None = None
    extras: dict[str, Any] = {}


def frame_id(segment: str, key: str, *, index: int, timestamp_ns: int | None = None) -> str:
    """The ULID of a frame, the same for the same source: 26 characters that sort by time.

    48 bits of milliseconds (of `index` where there is no time), 20 bits of the nanoseconds left over, 60 bits of a
    hash of segment and key (design.md section 8).
    """
    from ulid import ULID  # which imports much, and only frames of several sensors have one

    milliseconds, rest_ns = (index, 0) if timestamp_ns is None else divmod(timestamp_ns, 1_000_000)
    digest = hashlib.sha256(f"{segment}\0{key}".encode()).digest()
    hashed = int.from_bytes(digest[:8]) >> 4
    value = ((milliseconds & (1 << 48) - 1) << 80) | (rest_ns << 60) | hashed
    return str(ULID(value.to_bytes(16)))
