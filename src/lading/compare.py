"""What came, went and changed from one dataset to another: frames, files, sensors, catalogs, labels field by field."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any, Literal, TypeAlias

import msgspec

from lading.errors import LadingError
from lading.media import sha1_hex
from lading.model.catalog import Catalog
from lading.model.codec import encode_catalog, encode_sensor, encode_transform
from lading.model.content import Content
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.label import Label, same
from lading.model.naming import from_wire
from lading.model.report import Report

Change: TypeAlias = Literal["added", "removed", "changed"]

#: Fields of labels that are compared unless they are left out; `geometry` stands for all fields of a type's own.
FIELDS = ("category", "attributes", "instance", "geometry", "extras")

_COMMON = frozenset({"category", "attributes", "instance", "extras", "origin", "content", "path", "url"})


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not the same: `what` it is, where, and both values where it changed."""

    change: Change
    what: Literal["segment", "sensor", "catalog", "frame", "file", "label"]
    segment: str | None = None
    frame: str | None = None
    sensor: str | None = None
    field: str | None = None
    name: str | None = None
    before: Any = None
    after: Any = None


def diff(
    before: Dataset, after: Dataset, *, ignore: Collection[str] = (), with_content: bool = True
) -> Iterator[Difference]:
    """What differs, in the order of the first dataset, then what only the second has.

    Frames are the same that have the same key or, in a plain dataset, the same remote path. `ignore` leaves out
    fields of labels. Files are compared by size, and `with_content` by SHA-1. Frames stream from both sides at once;
    those that have no partner yet are kept, so frames in another order cost memory.
    """
    yield from _catalogs(before.catalog, after.catalog)
    ours = {segment.name: segment for segment in before.segments}
    theirs = {segment.name: segment for segment in after.segments}
    for name, segment in ours.items():
        if name not in theirs:
            yield Difference(change="removed", what="segment", segment=name)
            continue
        yield from _sensors(segment, theirs[name])
        one = _Keyed(before, segment)
        yield from _frames(one, _Keyed(after, theirs[name]), frozenset(ignore), with_content)
    for name in theirs:
        if name not in ours:
            yield Difference(change="added", what="segment", segment=name)


def catalog_diff(before: Catalog, after: Catalog) -> list[Difference]:
    """What changed from one catalog to another; `name` is the pointer of what did."""
    return list(_catalogs(before, after))


class _Keyed:
    """The frames of a segment, each with what tells it from the others."""

    def __init__(self, dataset: Dataset, segment: Segment) -> None:
        self.segment = segment
        self._dataset = dataset

    def __iter__(self) -> Iterator[tuple[str, Frame]]:
        for frame in self._dataset.frames(self.segment.name, report=Report()):
            is_one = not self._dataset.is_fusion and len(frame.data) == 1
            yield (from_wire(frame.data[0].remote_path) if is_one else frame.key), frame


def _frames(ours: _Keyed, theirs: _Keyed, ignore: frozenset[str], with_content: bool) -> Iterator[Difference]:
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
            yield from _pair(name, key, *pair, ignore, with_content)
    for key in waiting[0]:
        yield Difference(change="removed", what="frame", segment=name, frame=key)
    for key in waiting[1]:
        yield Difference(change="added", what="frame", segment=name, frame=key)


def _pair(
    segment: str, key: str, before: Frame, after: Frame, ignore: frozenset[str], with_content: bool
) -> Iterator[Difference]:
    ours, theirs = _files(before), _files(after)
    for token, data in ours.items():
        where = {"segment": segment, "frame": key, "sensor": data.sensor_name}
        other = theirs.get(token)
        if other is None:
            yield Difference(change="removed", what="file", name=data.remote_path, **where)
            continue
        yield from _data(data, other, where, with_content)
        yield from _labels(data.labels, other.labels, where, ignore)
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


def _data(before: Data, after: Data, where: Mapping[str, Any], with_content: bool) -> Iterator[Difference]:
    pairs: list[tuple[str, Any, Any]] = [
        ("remotePath", from_wire(before.remote_path), from_wire(after.remote_path)),
        ("timestampNs", before.timestamp_ns, after.timestamp_ns),
        ("width", before.width, after.width),
        ("height", before.height, after.height),
        ("missing", before.is_missing, after.is_missing),
    ]
    ours, theirs = (None if data.ego_pose is None else encode_transform(data.ego_pose) for data in (before, after))
    pairs.append(("egoPose", ours, theirs))
    if before.content is not None and after.content is not None:
        sizes = (_size(before.content), _size(after.content))
        pairs.append(("size", *sizes))
        if with_content and sizes[0] == sizes[1]:
            pairs.append(("sha1", _sha1(before.content), _sha1(after.content)))
    for field, one, two in pairs:
        if one != two:
            yield Difference(change="changed", what="file", field=field, before=one, after=two, **where)


def _size(content: Content) -> Any:
    try:
        return content.size
    except LadingError as exc:
        return str(exc)


def _sha1(content: Content) -> str:
    try:
        return sha1_hex(content)
    except LadingError as exc:
        return str(exc)


def _labels(
    before: list[Label], after: list[Label], where: Mapping[str, Any], ignore: frozenset[str]
) -> Iterator[Difference]:
    """Equal labels cancel out; of the rest those of one instance belong together, then those of one turn."""
    ours, theirs = list(before), list(after)
    if len(ours) == len(theirs) and all(not _changes(a, b, ignore) for a, b in zip(ours, theirs, strict=True)):
        return
    left: list[Label] = []
    for label in ours:
        twin = next((i for i, other in enumerate(theirs) if not _changes(label, other, ignore)), None)
        if twin is None:
            left.append(label)
        else:
            theirs.pop(twin)
    for label in left:
        match = _partner(label, theirs)
        if match is None:
            yield Difference(change="removed", what="label", name=_label_name(label), before=_plain(label), **where)
            continue
        other = theirs.pop(match)
        for field, one, two in _changes(label, other, ignore):
            name = _label_name(label)
            yield Difference(change="changed", what="label", name=name, field=field, before=one, after=two, **where)
    for label in theirs:
        yield Difference(change="added", what="label", name=_label_name(label), after=_plain(label), **where)


def _partner(label: Label, others: list[Label]) -> int | None:
    alike = [i for i, other in enumerate(others) if other.kind == label.kind]
    own = [i for i in alike if label.instance is not None and others[i].instance == label.instance]
    category = [i for i in alike if others[i].category == label.category]
    return next(iter([*own, *category, *alike]), None)


def _changes(before: Label, after: Label, ignore: frozenset[str]) -> list[tuple[str, Any, Any]]:
    """Fields that differ; nothing where the labels are equal but for what is left out."""
    if type(before) is not type(after):
        return [("type", before.kind, after.kind)]
    changes = []
    for field in before.__struct_fields__:
        name = field if field in _COMMON else "geometry"
        if field in ("origin", "content", "path", "url") or name in ignore or field in ignore:
            continue
        one, two = getattr(before, field), getattr(after, field)
        if not same(one, two):
            changes.append((field, _value(one), _value(two)))
    return changes


def _label_name(label: Label) -> str:
    parts = [label.kind, label.category, None if label.instance is None else f"instance {label.instance}"]
    return " ".join(part for part in parts if part is not None)


def _plain(label: Label) -> dict[str, Any]:
    values = {field: getattr(label, field) for field in label.__struct_fields__ if field not in ("origin", "content")}
    return {
        field: _value(value)
        for field, value in values.items()
        if not (value is None or (isinstance(value, dict) and not value))
    }


def _value(value: Any) -> Any:
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [_value(part) for part in value]
    if isinstance(value, msgspec.Struct):
        return {name: _value(getattr(value, name)) for name in value.__struct_fields__}
    return value


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


def _catalogs(before: Catalog, after: Catalog) -> Iterator[Difference]:
    for change, name, one, two in _json(encode_catalog(before), encode_catalog(after), ""):
        yield Difference(change=change, what="catalog", name=name, before=one, after=two)


def _json(before: Any, after: Any, place: str) -> Iterator[tuple[Change, str, Any, Any]]:
    """What differs between two JSON values; lists of named things are compared by name."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            below = f"{place}/{key}"
            if key not in after:
                yield "removed", below, before[key], None
            elif key not in before:
                yield "added", below, None, after[key]
            else:
                yield from _json(before[key], after[key], below)
    elif _are_named(before) and _are_named(after):
        yield from _json(_by_name(before), _by_name(after), place)
    elif not same(before, after):
        yield "changed", place, before, after


def _are_named(value: Any) -> bool:
    if not isinstance(value, list) or not all(isinstance(item, dict) and "name" in item for item in value):
        return False
    return len(_by_name(value)) == len(value)


def _by_name(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {str(item["name"]): dict(item) for item in items}
