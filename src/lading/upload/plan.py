"""What goes up of a segment: each Data as an item with its name, time and labels as the wire has them."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from lading.errors import UploadError
from lading.model.codec import encode_labels, encode_sensor
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame, frame_id
from lading.model.hash_table import HashTable
from lading.model.label import MASK_TYPES, Keypoints2D, Label, MaskLabel, is_finite
from lading.model.naming import RemotePaths, short_hash, wire_path, wire_segment
from lading.model.report import Report
from lading.model.sensor import Sensor
from lading.platform.wire import Json


class Item(msgspec.Struct, kw_only=True):
    """One file to be on the platform; `label` lacks the masks, which are files of their own.

    `segment_name` is the segment on the platform; `key` tells it from the others there: the remote path, or in fusion
    frame and sensor. `unsent` are the indexes of labels that the wire cannot take. `fault` is why the file cannot go up
    at all.
    """

    data: Data
    segment_name: str
    key: str
    remote_path: str
    frame_id: str | None
    sensor_name: str | None
    timestamp_s: float | None
    label: Json
    masks: list[MaskLabel]
    label_count: int
    unsent: frozenset[int] = frozenset()
    fault: str | None = None


def calibration_digest(sensors: Iterable[Sensor]) -> str:
    """Six hex digits that tell a calibration from others, whatever the order of its sensors (design.md section 8)."""
    rows = sorted((encode_sensor(sensor) for sensor in sensors), key=lambda row: str(row["name"]))
    text = json.dumps(rows, sort_keys=True, separators=(",", ":"))
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:6]


def item_key(remote_path: str, frame: str | None, sensor_name: str | None) -> str:
    """What a file is known by within its segment (B15: an existing one is overwritten)."""
    return remote_path if frame is None else f"{frame}\n{sensor_name}"


class Losses:
    """Losses counted up before they are reported, so that only the first of a kind looks for its place."""

    def __init__(self) -> None:
        self._counts: dict[str, int] = {}
        self._examples: dict[str, str] = {}

    def add(self, what: str, where: str | Data, label: Label | None = None) -> None:
        """Count one loss, of a label of a Data or at a place that has a name."""
        if what not in self._counts:
            self._counts[what] = 0
            self._examples[what] = where if isinstance(where, str) else str(where.locate(label))
        self._counts[what] += 1

    def add_extras(self, of: str, extras: Mapping[str, Any], where: str | Data, label: Label | None = None) -> None:
        """Count extras, which never go on the wire: one loss a key (design.md section 4)."""
        for key in extras:
            self.add(f"{of} extra {key!r}", where, label)

    def report(self, report: Report) -> None:
        """Hand over what was counted, and start anew."""
        for what, count in self._counts.items():
            report.loss(what, self._examples[what], count)
        self._counts.clear()
        self._examples.clear()


class SegmentPlan:
    """Turns the frames of one segment into items; what the wire cannot hold is counted in `losses`.

    Sensors are a segment's on the wire (F1). Where its frames' calibrations differ, a segment therefore goes into
    several, `<name>-<6 hex of the SHA-1 of the calibration>`, one a calibration, whichever frame comes first; a single
    frame that differs goes into such a one, too. `sensors` has those of each segment of the platform needed so far.
    Where a sidecar goes along, `is_carried`, what it holds is no loss.
    """

    def __init__(self, dataset: Dataset, segment: Segment, report: Report, *, is_carried: bool = False) -> None:
        self.name = wire_segment(segment.name)
        self.sensors: dict[str, tuple[Sensor, ...]] = {}
        self.losses = Losses()
        self._segment = segment
        self._is_fusion = dataset.is_fusion
        self._is_carried = is_carried
        self._report = report
        self._names = RemotePaths()
        self._keys = HashTable()
        self._index = 0
        if not is_carried:
            self.losses.add_extras("segment", segment.extras, segment.name)

    def items(self, frame: Frame) -> Iterator[Item]:
        """The files of a frame, in its order."""
        identity: str | None = None
        if self._is_fusion:
            identity = frame.frame_id or frame_id(self._segment.name, frame.key, index=self._index)
        self._index += 1
        if not self._is_carried:
            self.losses.add_extras("frame", frame.extras, frame.key)
        name = self._segment_of(frame)
        for data in frame.data:
            yield self._item(data, frame, name, identity)

    def skip(self, frame: Frame) -> None:
        """Count in a frame that somebody else uploads: its paths are taken."""
        self._index += 1
        for data in frame.data:
            self._names.assign(data.remote_path, data.path)

    def _segment_of(self, frame: Frame) -> str:
        """The name of the segment of the platform that has this frame's sensors."""
        if not frame.calibration and not self._segment.is_calibrated_by_frame:
            self.sensors.setdefault(self.name, self._segment.sensors)
            return self.name
        known = {sensor.name: sensor for sensor in self._segment.sensors} | dict(frame.calibration or {})
        name = f"{self.name}-{calibration_digest(known.values())}"
        first = self.sensors.setdefault(name, tuple(known.values()))
        if {sensor.name: sensor for sensor in first} != known:  # whatever their order
            raise UploadError(f"frame {frame.key!r}: expected a calibration of its own digest, found another's: {name}")
        return name

    def _item(self, data: Data, frame: Frame, segment_name: str, identity: str | None) -> Item:
        remote_path = self._own_path(data, frame)
        key = item_key(remote_path, identity, data.sensor_name)
        labels, masks, unsent = self._labels(data)
        if not self._is_carried:
            self._count_losses(data)
        item = Item(
            data=data,
            segment_name=segment_name,
            key=key,
            remote_path=remote_path,
            frame_id=identity,
            sensor_name=data.sensor_name if self._is_fusion else None,
            timestamp_s=None if data.timestamp_ns is None else data.timestamp_ns / 1_000_000_000,
            label=labels,
            masks=masks,
            label_count=sum(1 if isinstance(part, dict) else len(part) for part in labels.values()),
            unsent=unsent,
        )
        if data.remote_path != _encodable(data.remote_path):
            item.fault = f"expected a remote path in UTF-8, found {data.remote_path!r}"
        elif identity is not None and data.sensor_name is None:
            item.fault = "expected a sensor name, as every file of a fusion dataset has, found none"
        elif short_hash(key) in self._keys:
            item.fault = f"expected one file of a name in a segment, found another called {remote_path!r}"
        self._keys.setdefault(short_hash(key))
        return item

    def _own_path(self, data: Data, frame: Frame) -> str:
        """Its remote path; where another file of the segment has that, another (design.md section 8)."""
        path = _encodable(self._names.assign(data.remote_path, data.path))
        usual = _encodable(wire_path(data.remote_path))
        if path != usual:
            message = f"expected remote paths that differ, found {usual!r} twice; the second goes up as {path!r}"
            self._report.warning(
                "upload.duplicate-path", message, data.locate(), segment=self._segment.name, frame=frame.key
            )
        return path

    def _labels(self, data: Data) -> tuple[Json, list[MaskLabel], frozenset[int]]:
        """The labels that can go up, the masks, at most one of each type, and the indexes of the rest."""
        plain: list[Label] = []
        masks: dict[str, MaskLabel] = {}
        left_out: list[Label] = []
        for label in data.labels:
            if not _is_sendable(label):
                left_out.append(label)
                self.losses.add("label with a number that is not finite", data, label)
            elif not isinstance(label, MASK_TYPES):
                plain.append(label)
            elif label.kind in masks:
                left_out.append(label)
                self.losses.add(f"second {label.kind} of a file", data, label)
            else:
                masks[label.kind] = label
        second: list[Label] = []
        encoded = encode_labels(plain, second)
        for label in second:
            self.losses.add(f"second {label.kind} of a file", data, label)
        others = {id(label) for label in (*left_out, *second)}
        unsent = frozenset(i for i, label in enumerate(data.labels) if id(label) in others) if others else frozenset()
        return encoded, list(masks.values()), unsent

    def _count_losses(self, data: Data) -> None:
        self.losses.add_extras("data", data.extras, data.path)
        for label in data.labels:
            self.losses.add_extras("label", label.extras, data, label)
            if data.is_missing:
                self.losses.add("label of a file that is missing", data, label)
        if data.ego_pose is not None:
            self.losses.add("ego pose", data.path)
        if data.annotation == "empty":
            self.losses.add("that a file was annotated and has no label", data.path)


def _encodable(path: str) -> str:
    """The path; what UTF-8 has no bytes for (half a surrogate pair) written out."""
    return path if path.isascii() else path.encode("utf-8", "backslashreplace").decode()


def _is_sendable(label: Label) -> bool:
    """Whether all of its numbers can stand in JSON."""
    if not is_finite(label) or not _is_plain(label.attributes):
        return False
    return not isinstance(label, Keypoints2D) or label.visible is None or _is_plain(list(label.visible))


def _is_plain(value: Any) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, dict):
        return all(map(_is_plain, value.values()))
    return all(map(_is_plain, value)) if isinstance(value, (list, tuple)) else True
