"""What came, went and changed from one dataset to another: frames, files, sensors, catalogs, labels field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from lading.compare.catalogs import catalog_differences
from lading.compare.difference import Difference, Digest, How, check_field, field_differences
from lading.compare.labels import label_differences
from lading.errors import LadingError
from lading.media import sha1_hex
from lading.model.codec import encode_sensor, encode_transform
from lading.model.content import Content
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.label import Label
from lading.model.naming import from_wire
from lading.model.report import Report


def diff(
    before: Dataset,
    after: Dataset,
    *,
    ignore: Collection[str] = (),
    with_content: bool = True,
    digests: tuple[Digest, Digest] | None = None,
) -> Iterator[Difference]:
    """What differs, in the order of the first dataset, then what only the second has.

    Frames are the same that have the same key or, in a plain dataset, the same remote path. `ignore` leaves out
    fields of labels, and `extras` everywhere. Files are compared by size, and `with_content` they and masks by SHA-1,
    or by what `digests` makes of the contents of either side. Frames stream from both sides at once; those that have no
    partner yet are kept, so frames in another order cost memory. Raises OptionError for a field that nothing has.
    """
    for name in ignore:
        check_field(name)
    how = How(frozenset(ignore), (digests or (_sha1, _sha1)) if with_content else None)
    yield from catalog_differences(before.catalog, after.catalog)
    yield from field_differences("dataset", _dataset_fields(before), _dataset_fields(after), {}, how)
    ours = {segment.name: segment for segment in before.segments}
    theirs = {segment.name: segment for segment in after.segments}
    for name, segment in ours.items():
        if name not in theirs:
            yield Difference(change="removed", what="segment", segment=name)
            continue
        fields = (_segment_fields(segment), _segment_fields(theirs[name]))
        yield from field_differences("segment", *fields, {"segment": name}, how)
        yield from _sensors(segment, theirs[name])
        yield from _frames(_Keyed(before, segment), _Keyed(after, theirs[name]), how)
    for name in theirs:
        if name not in ours:
            yield Difference(change="added", what="segment", segment=name)


def _dataset_fields(dataset: Dataset) -> dict[str, Any]:
    return {
        "isFusion": dataset.is_fusion,
        "isContinuous": dataset.is_continuous,
        "binPointCloudFields": dataset.bin_point_cloud_fields,
        "extras": dataset.extras,
    }


def _segment_fields(segment: Segment) -> dict[str, Any]:
    return {"description": segment.description, "extras": segment.extras}


class _Keyed:
    """The frames of a segment, each with what tells it from the others."""

    def __init__(self, dataset: Dataset, segment: Segment) -> None:
        self.segment = segment
        self._dataset = dataset

    def __iter__(self) -> Iterator[tuple[str, Frame]]:
        for frame in self._dataset.frames(self.segment.name, report=Report()):
            is_one = not self._dataset.is_fusion and len(frame.data) == 1
            yield (from_wire(frame.data[0].remote_path) if is_one else frame.key), frame


def _frames(ours: _Keyed, theirs: _Keyed, how: How) -> Iterator[Difference]:
    name = ours.segment.name
    waiting: tuple[dict[str, Frame], dict[str, Frame]] = ({}, {})
    streams = (iter(ours), iter(theirs))
    is_open = [True, True]
    while any(is_open):
        for side in (0, 1):
            item = next(streams[side], None) if is_open[side] else None
            if item is None:
                is_open[side] = False
                continue
            key, frame = item
            partner = waiting[1 - side].pop(key, None)
            if partner is None:
                waiting[side][key] = frame
                continue
            pair = (frame, partner) if side == 0 else (partner, frame)
            yield from _pair(name, key, *pair, how)
    for key in waiting[0]:
        yield Difference(change="removed", what="frame", segment=name, frame=key)
    for key in waiting[1]:
        yield Difference(change="added", what="frame", segment=name, frame=key)


def _pair(segment: str, key: str, before: Frame, after: Frame, how: How) -> Iterator[Difference]:
    place = {"segment": segment, "frame": key}
    yield from field_differences("frame", {"extras": before.extras}, {"extras": after.extras}, place, how)
    ours, theirs = _files(before), _files(after)
    for token, data in ours.items():
        where = {"segment": segment, "frame": key, "sensor": data.sensor_name}
        other = theirs.get(token)
        if other is None:
            yield Difference(change="removed", what="file", name=data.remote_path, **where)
            continue
        yield from field_differences("file", _data_fields(data), _data_fields(other), where, how)
        yield from _content(data.content, other.content, where, how)
        yield from label_differences(data.labels, other.labels, where, how)
    for token, data in theirs.items():
        if token not in ours:
            where = {"segment": segment, "frame": key, "sensor": data.sensor_name}
            yield Difference(change="added", what="file", name=data.remote_path, **where)
    for name in sorted({*(before.calibration or {}), *(after.calibration or {})}):
        one, two = (
            None
            if frame.calibration is None or name not in frame.calibration
            else encode_sensor(frame.calibration[name])
            for frame in (before, after)
        )
        if one != two:
            yield Difference(
                change="changed", what="sensor", segment=segment, frame=key, sensor=name, before=one, after=two
            )


def _files(frame: Frame) -> dict[tuple[str | None, int], Data]:
    """Files by their sensor and their turn among those of it."""
    turns: Counter[str | None] = Counter()
    files: dict[tuple[str | None, int], Data] = {}
    for data in frame.data:
        files[(data.sensor_name, turns[data.sensor_name])] = data
        turns[data.sensor_name] += 1
    return files


def _data_fields(data: Data) -> dict[str, Any]:
    return {
        "remotePath": from_wire(data.remote_path),
        "timestampNs": data.timestamp_ns,
        "width": data.width,
        "height": data.height,
        "annotation": data.annotation,
        "missing": data.is_missing,
        "egoPose": None if data.ego_pose is None else encode_transform(data.ego_pose),
        "extras": data.extras,
    }


def _content(before: Content | None, after: Content | None, where: Mapping[str, Any], how: How) -> Iterator[Difference]:
    if before is None or after is None:
        return
    sizes = (_size(before), _size(after))
    yield from field_differences("file", {"size": sizes[0]}, {"size": sizes[1]}, where, how)
    if how.digests is not None and sizes[0] == sizes[1]:
        one, two = (digest(content, None) for digest, content in zip(how.digests, (before, after), strict=True))
        yield from field_differences("file", {"sha1": one}, {"sha1": two}, where, how)


def _size(content: Content) -> Any:
    try:
        return content.size
    except LadingError as exc:
        return str(exc)


def _sha1(content: Content, label: Label | None) -> str:
    try:
        return sha1_hex(content)
    except LadingError as exc:
        return str(exc)


def _sensors(before: Segment, after: Segment) -> Iterator[Difference]:
    ours = {sensor.name: encode_sensor(sensor) for sensor in before.sensors}
    theirs = {sensor.name: encode_sensor(sensor) for sensor in after.sensors}
    for name in dict.fromkeys([*ours, *theirs]):
        where = {"segment": before.name, "sensor": name}
        if name not in theirs:
            yield Difference(change="removed", what="sensor", **where)
        elif name not in ours:
            yield Difference(change="added", what="sensor", **where)
        elif ours[name] != theirs[name]:
            yield Difference(change="changed", what="sensor", before=ours[name], after=theirs[name], **where)
