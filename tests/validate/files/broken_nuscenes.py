"""nuScenes and nuImages tables of which one field is broken."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

from broken import Broken, Change, Place, cut, edited, filled, removed

V = "v1.0-mini/"
FIXTURES = Path(__file__).resolve().parents[3] / "fixtures"
FILES: list[dict[str, Any]] = json.loads((FIXTURES / "nuscenes" / V / "sample_data.json").read_bytes())
_, SECOND, *_ = [i for i, row in enumerate(FILES) if row["is_key_frame"] and "CAM_FRONT" in row["filename"]]
PICTURE: str = FILES[SECOND]["filename"]
*_, LAST = [i for i, row in enumerate(FILES) if row["is_key_frame"] and "LIDAR_TOP" in row["filename"]]
CLOUD: str = FILES[LAST]["filename"]


def row(table: str, index: int, **fields: Any) -> Change:
    return edited(f"{V}{table}.json", lambda rows: rows[index].update(fields))


def at(table: str, *tokens: str | int) -> list[Place]:
    return [(f"{V}{table}.json", "".join(f"/{token}" for token in tokens), None)]


def whole(file: str) -> list[Place]:
    return [(file, None, None)]


def box(rule: str, column: str, value: Any, name: str = "") -> Broken:
    change = row("sample_annotation", 0, **{column: value})
    return Broken(rule, "nuscenes", change, at("sample_annotation", 0, column), name)


def sensor(rule: str, name: str = "", **fields: Any) -> Broken:
    return Broken(rule, "nuscenes", row("calibrated_sensor", 0, **fields), at("calibrated_sensor", 0, *fields), name)


def data(rule: str, change: Change, places: list[Place], name: str = "") -> Broken:
    return Broken(rule, "nuscenes", change, places, name)


def drawn(rule: str, change: Change, *tokens: str | int, name: str = "") -> Broken:
    return Broken(rule, "nuimages", change, at("object_ann", *tokens), name)


def mask_size(height: int, width: int) -> Change:
    return edited(f"{V}object_ann.json", lambda rows: rows[0]["mask"].update(size=[height, width]))


def all_identity(rows: list[dict[str, Any]]) -> None:
    for one in rows[:4]:
        one.update(translation=[0, 0, 0], rotation=[1, 0, 0, 0])


BROKEN = [
    box("box3d.size", "size", [0, 4.5, 1.6], "of 0"),
    box("box3d.size", "size", [1.9, 4.5, -1.6]),
    box("box3d.too-large", "size", [190, 450, 160], "in centimetres"),
    box("label.not-finite", "size", [math.nan, 4.5, 1.6], "size"),
    box("label.not-finite", "translation", [math.nan, 0, 0], "centre"),
    box("label.not-finite", "rotation", [math.nan, 0, 0, 0], "rotation"),
    box("box3d.zero-rotation", "rotation", [0, 0, 0, 0]),
    box("nuscenes.rotation-length", "rotation", [0.9, 0, 0, 0.17]),
    box("nuscenes.dangling-token", "visibility_token", "9"),
    data("instance.jump", edited(f"{V}sample_annotation.json", lambda rows: rows[1]["translation"].__setitem__(0, 900)),
         at("sample_annotation", 1, "translation"), "and back"),
    data("nuscenes.count-mismatch", row("instance", 0, nbr_annotations=9), at("instance", 0, "nbr_annotations")),
    sensor("sensor.rotation", rotation=[0.5, 0, 0, 0]),
    sensor("sensor.not-finite", translation=[math.nan, 0, 0]),
    sensor("sensor.not-finite", "of a lens", camera_intrinsic=[[math.nan, 0, 32], [0, 50, 18], [0, 0, 1]]),
    sensor("sensor.focal-length", camera_intrinsic=[[0, 0, 32], [0, 50, 18], [0, 0, 1]]),
    sensor("sensor.focal-length", "below 0", camera_intrinsic=[[50, 0, 32], [0, -50, 18], [0, 0, 1]]),
    sensor("sensor.no-intrinsics", camera_intrinsic=[]),
    data("sensor.all-identity", edited(f"{V}calibrated_sensor.json", all_identity), at("calibrated_sensor", 0)),
    data("segment.empty", edited(f"{V}scene.json", lambda rows: rows.append(
        {**rows[0], "token": "e" * 32, "name": "empty", "nbr_samples": 0, "first_sample_token": "",
         "last_sample_token": ""})), at("scene", 2, "name")),
    data("timestamp.shared", row("sample_data", SECOND, timestamp=FILES[0]["timestamp"]), at("sample_data", SECOND)),
    data("timestamp.backwards", row("sample_data", SECOND, timestamp=FILES[0]["timestamp"] - 1000),
         at("sample_data", SECOND)),
    data("media.size-mismatch", row("sample_data", SECOND, width=128), at("sample_data", SECOND)),
    data("media.missing", removed(CLOUD), at("sample_data", LAST)),
    data("media.unreadable", cut(CLOUD, 0), whole(CLOUD), "empty"),
    data("nuscenes.point-cloud-size", filled(CLOUD, b"12345"), whole(CLOUD)),
    drawn("box2d.outside-image", row("object_ann", 0, bbox=[5, 10, 95, 20]), 0, "bbox"),
    drawn("box2d.inverted", row("object_ann", 0, bbox=[25, 10, 5, 20]), 0, "bbox"),
    drawn("box2d.empty", row("object_ann", 0, bbox=[5, 10, 5, 20]), 0, "bbox"),
    drawn("label.not-finite", row("object_ann", 0, bbox=[5, 10, math.nan, 20]), 0, "bbox"),
    drawn("rle.other-size", mask_size(64, 36), 0, "mask", name="swapped"),
    drawn("rle.other-size", mask_size(36, 63), 0, "mask"),
    drawn("label.duplicate", edited(f"{V}object_ann.json", lambda rows: rows.append(rows[0] | {"token": "e" * 32})), 4),
]  # fmt: skip
