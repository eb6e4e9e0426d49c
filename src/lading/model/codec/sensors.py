"""Sensors and transforms as the platform writes them (section F)."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from lading.model.codec.node import Node
from lading.model.geometry import EGO, Transform3D
from lading.model.report import Origin, Report
from lading.model.sensor import SENSOR_TYPES, Camera, CameraMatrix, Intrinsics, Sensor

Json: TypeAlias = dict[str, Any]

_FIELDS = frozenset({"name", "type", "description", "extrinsics", "intrinsics"})
_COEFFICIENT = re.compile("([kp])([1-9][0-9]*)")


def encode_transform(transform: Transform3D) -> Json:
    """A transform as extrinsics are written: translation in metres and quaternion, as they were given."""
    return {
        "translation": dict(zip("xyz", transform.translation, strict=True)),
        "rotation": dict(zip("wxyz", transform.rotation, strict=True)),
    }


def decode_transform(value: Any, source: str, target: str, *, at: Origin | None = None) -> Transform3D:
    """A transform between two frames from its written form. Raises RecordError for what is missing or no number."""
    node = Node(value, at if at is not None else Origin("transform", ""))
    shift, turn = node.field("translation"), node.field("rotation")
    x, y, z = (shift.field(axis).number() for axis in "xyz")
    qw, qx, qy, qz = (turn.field(axis).number() for axis in "wxyz")
    return Transform3D(source, target, (x, y, z), (qw, qx, qy, qz))


def encode_sensor(sensor: Sensor) -> Json:
    """A sensor's JSON; what is empty is left away.

    Distortion coefficients go up without gaps, since the official client drops what follows one (F1).
    """
    result: Json = {"name": sensor.name, "type": sensor.type}
    if sensor.description:
        result["description"] = sensor.description
    if sensor.extrinsics is not None:
        result["extrinsics"] = encode_transform(sensor.extrinsics)
    if isinstance(sensor, Camera) and sensor.intrinsics is not None:
        result["intrinsics"] = _encode_intrinsics(sensor.intrinsics)
    return result


def _encode_intrinsics(intrinsics: Intrinsics) -> Json:
    matrix = intrinsics.camera_matrix
    camera_matrix = {"fx": matrix.fx, "fy": matrix.fy, "cx": matrix.cx, "cy": matrix.cy}
    if matrix.skew != 0.0:
        camera_matrix["skew"] = matrix.skew
    result: Json = {"cameraMatrix": camera_matrix}
    if intrinsics.distortion:
        result["distortionCoefficients"] = _without_gaps(intrinsics.distortion)
    return result


def _without_gaps(distortion: dict[str, float]) -> dict[str, float]:
    last = {letter: max((int(n[1:]) for n in distortion if n[0] == letter), default=0) for letter in "pk"}
    names = [f"{letter}{i}" for letter in "pk" for i in range(1, last[letter] + 1)]
    return {name: distortion.get(name, 0.0) for name in names}


def decode_sensor(value: Any, report: Report | None = None, *, at: Origin | None = None) -> Sensor:
    """A sensor from its JSON.

    A lower-case type and the singular `distortionCoefficient` of the seed are read, with a warning (B-D, D2 and
    D4). Raises RecordError for what is missing, unknown or of the wrong type.
    """
    node = Node(value, at if at is not None else Origin("sensor", ""))
    heard = report if report is not None else Report()
    name = node.field("name").text()
    sensor_type = _decode_type(node.field("type"), heard)
    for key in node.object().keys() - _FIELDS:
        heard.warning("sensor.unknown-field", f"expected no field `{key}`, found one", node.at.below(key))
    fields: Json = {"name": name}
    if (description := node.optional("description")) is not None:
        fields["description"] = description.text()
    if (extrinsics := node.optional("extrinsics")) is not None:
        fields["extrinsics"] = decode_transform(extrinsics.value, name, EGO, at=extrinsics.at)
    if (intrinsics := node.optional("intrinsics")) is not None:
        if issubclass(sensor_type, Camera):
            fields["intrinsics"] = _decode_intrinsics(intrinsics, heard)
        else:
            message = f"expected none for a {sensor_type.type}, found some; they are left out"
            heard.warning("sensor.stray-intrinsics", message, intrinsics.at)
    return sensor_type(**fields)


def _decode_type(node: Node, report: Report) -> type[Sensor]:
    text = node.text()
    known = {name: sensor_type for name, sensor_type in SENSOR_TYPES.items() if name == text.upper()}
    if not known:
        raise node.wrong(f"one of {', '.join(SENSOR_TYPES)}")
    ((name, sensor_type),) = known.items()
    if name != text:
        report.warning("sensor.type-case", f"expected {name!r}, found {text!r}", node.at)
    return sensor_type


def _decode_intrinsics(node: Node, report: Report) -> Intrinsics:
    matrix = node.field("cameraMatrix")
    numbers = {name: matrix.field(name).number() for name in ("fx", "fy", "cx", "cy")}
    if (skew := matrix.optional("skew")) is not None:
        numbers["skew"] = skew.number()
    distortion = node.optional("distortionCoefficients")
    if distortion is None and (distortion := node.optional("distortionCoefficient")) is not None:
        message = "expected `distortionCoefficients`, found the singular"
        report.warning("sensor.distortion-key", message, distortion.at)
    return Intrinsics(
        camera_matrix=CameraMatrix(**numbers),
        distortion=None if distortion is None else _decode_distortion(distortion),
    )


def _decode_distortion(node: Node) -> dict[str, float]:
    result: dict[str, float] = {}
    for name in node.object():
        if not _COEFFICIENT.fullmatch(name):
            raise node.wrong("coefficients named k1, k2, ..., p1, p2, ...", repr(name))
        result[name] = node.field(name).number()
    return result
