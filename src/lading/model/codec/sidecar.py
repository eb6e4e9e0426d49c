"""What the wire has no field for, as JSON records of a sidecar file beside the data (docs/platform.md, "The sidecar").

Records name the files of the platform that they speak of and say only what those do not; where both speak, the
platform is right. Keys that are absent mean what the model has by default.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

import msgspec

from lading.errors import InputError
from lading.model.codec.digest import MASK_KINDS, comparable_label, json_digest
from lading.model.codec.labels import encode_label
from lading.model.codec.sensors import encode_sensor, encode_transform
from lading.model.codec.values import pack_value
from lading.model.content import Content
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.label import LABEL_TYPES, MASK_TYPES, Keypoints2D, Label, MaskItem, Rle
from lading.model.naming import from_wire, wire_path
from lading.model.sensor import Camera, Sensor

Json: TypeAlias = dict[str, Any]

#: Raised by one when a reader of the former can no longer read it.
VERSION = 1

#: The remote path, in the sidecar's segment, of what is said of the dataset and of each of its segments.
DATASET_FILE = "dataset.jsonl.gz"

_ORDER = {kind: place for place, kind in enumerate(LABEL_TYPES)}


def segment_file(wire_name: str, number: int) -> str:
    """The remote path of the records of a segment's frames; large ones have several files, numbered from 1."""
    return f"segments/{wire_name}/{number:04d}.jsonl.gz"


def mask_file(path: str) -> str:
    """The remote path of the source's own mask, where the one that went up had to be encoded anew."""
    return f"masks/{wire_path(path)}"


class WireFile(msgspec.Struct, frozen=True, kw_only=True):
    """What a file is called on the wire, and its labels there but for masks.

    `unsent` are the indexes of those labels of the Data that the wire could not take.
    """

    segment: str
    remote_path: str
    label: Json
    frame_id: str | None = None
    unsent: Collection[int] = ()


def label_digest(label: Json) -> str:
    """What tells the labels of a file on the wire from others, but for masks: hex digits."""
    return json_digest(comparable_label({k: v for k, v in label.items() if k not in MASK_KINDS})).hex()


def catalog_digest(catalog: Json) -> str:
    """What tells a catalog as `encode_catalog` gives it from others: hex digits."""
    return json_digest(catalog).hex()


def dataset_record(dataset: Dataset, catalog: Json, uploaded: Json) -> Json:
    """The first record: `catalog` is the source's, `uploaded` what the platform made of it."""
    record: Json = {"kind": "dataset", "version": VERSION}
    record["catalog"], record["catalogDigest"] = catalog, catalog_digest(uploaded)
    _add(record, extras=pack_value(dict(dataset.extras)), rules=dict(dataset.rules))
    return record


def segment_record(
    segment: Segment, places: Mapping[str, Sequence[Sensor]], *, frames: int, rows: int, files: int, is_fusion: bool
) -> Json:
    """The record of a segment: `places` are the segments of the platform that it lies in, with their sensors.

    The first has the first frame. `rows` is what the platform lists of them, `files` how many hold its frames' records.
    """
    first = {sensor.name: sensor for sensor in next(iter(places.values()), ())} if is_fusion else {}
    sensors = [{"name": s.name, **(sensor_record(s, first.get(s.name)) or {})} for s in segment.sensors]
    record: Json = {"kind": "segment", "name": segment.name, "places": list(places)}
    record |= {"frames": frames, "rows": rows, "files": files, "sensors": sensors}
    _add(record, isCalibratedByFrame=segment.is_calibrated_by_frame, extras=pack_value(dict(segment.extras)))
    return record


def sensor_record(sensor: Sensor, there: Sensor | None) -> Json | None:
    """What the wire does not say of a sensor, of which it has `there`; None for nothing."""
    if there != sensor:
        return {"sensor": encode_sensor(sensor), **(_distortion(sensor) or {})}
    return _distortion(sensor)


def _distortion(sensor: Sensor) -> Json | None:
    """Coefficients that are not as the wire has them, without gaps (F1)."""
    if not isinstance(sensor, Camera) or sensor.intrinsics is None or sensor.intrinsics.distortion is None:
        return None
    sent = encode_sensor(sensor)["intrinsics"].get("distortionCoefficients")
    own = sensor.intrinsics.distortion
    return None if sent == own and list(sent) == list(own) else {"distortion": dict(own)}


def frame_record(frame: Frame, files: Sequence[WireFile], sensors: Mapping[str, Sensor]) -> Json:
    """The record of a frame, its data in order; `sensors` are those of its segment of the platform."""
    record: Json = {"kind": "frame", "key": frame.key}
    if files:
        _add(record, at=files[0].segment, id=files[0].frame_id)
    else:
        _add(record, id=frame.frame_id)
    if frame.frame_id is None and "id" in record:
        record["isIdMade"] = True
    if frame.calibration is not None:
        record["calibration"] = {
            name: sensor_record(sensor, sensors.get(name)) for name, sensor in frame.calibration.items()
        }
    _add(record, extras=pack_value(dict(frame.extras)))
    record["data"] = [_data_record(data, file) for data, file in zip(frame.data, files, strict=True)]
    return record


def _data_record(data: Data, file: WireFile) -> Json:
    record: Json = {"name": file.remote_path}
    named = from_wire(file.remote_path)
    _add(
        record,
        remotePath=None if data.remote_path == named else data.remote_path,
        path=None if data.path == data.remote_path else data.path,
        sensor=data.sensor_name,
        ns=data.timestamp_ns,
        width=data.width,
        height=data.height,
        size=None if data.content is None else _size(data.content),
        isMissing=data.content is None,
        egoPose=None if data.ego_pose is None else pack_value(encode_transform(data.ego_pose)),
        egoPoseFrames=None if data.ego_pose is None else [data.ego_pose.source, data.ego_pose.target],
        annotation=None if data.annotation == ("present" if data.labels else "none") else data.annotation,
        extras=pack_value(data.extras),
    )
    is_sent = data.content is not None
    entries = [
        label_record(label, is_sent=is_sent and index not in file.unsent) for index, label in enumerate(data.labels)
    ]
    places = [_ORDER[label.kind] for label in data.labels]
    if any(len(entry) > 1 for entry in entries) or places != sorted(places):
        record["labels"] = entries
        record["labelDigest"] = label_digest(file.label if is_sent else {})
    return record


def _size(content: Content) -> int | None:
    try:
        return content.size
    except InputError:
        return None  # whoever sends it will say so


def label_record(label: Label, *, is_sent: bool) -> Json:
    """What the wire does not say of a label; all of it where it did not go up."""
    record: Json = {"kind": label.kind}
    if not is_sent or (isinstance(label, MASK_TYPES) and label.content is None):
        record["label"] = pack_value(encode_label(label))
    _add(record, extras=pack_value(label.extras))
    if isinstance(label, Rle):
        _add(record, height=label.height, width=label.width)
    if isinstance(label, Keypoints2D) and label.visible is not None:
        fits = len(label.visible) == len(label.points) and any(v is not None for v in label.visible)
        if not fits:
            record["visible"] = pack_value(list(label.visible))
    if isinstance(label, MASK_TYPES):
        _add(record, path=label.path)
        if label.content is not None:
            own = label.content.path
            _add(record, file=None if own == label.path else own, size=_size(label.content), isKept=not is_sent)
        if label.items is not None:
            record["items"] = [_item_record(item) for item in label.items]
    return record


def _item_record(item: MaskItem) -> Json:
    record: Json = {"value": item.value}
    _add(record, categoryId=item.category_id, category=item.category, instance=item.instance)
    if item.attributes is not None:
        record["attributes"] = pack_value(item.attributes)
    _add(record, extras=pack_value(item.extras))
    return record


def _add(record: Json, **values: Any) -> None:
    """Set what is neither None, False nor empty; 0 is a value."""
    for name, value in values.items():
        if value is not None and value is not False and value != {} and value != []:
            record[name] = value


def kinds_in_order(kinds: Iterable[str]) -> list[str]:
    """Label types in the order in which labels without records of their own are read."""
    return sorted(kinds, key=lambda kind: _ORDER.get(kind, len(_ORDER)))
