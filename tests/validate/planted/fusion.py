"""Defects of a nuScenes database: sensors, times, boxes in space, instances over frames."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from lading.model.rle import text_from_counts

TABLES = "v1.0-mini/"


class Broken(NamedTuple):
    """A defect, and the rule, table and pointers that are due; a table with a slash is another file."""

    rule: str
    plant: Callable[[Path], Any]
    table: str
    pointers: list[str | None]
    note: str = ""

    @property
    def due(self) -> list[tuple[str, str | None, str | None]]:
        """Rule, file and pointer of each finding."""
        file = self.table if "/" in self.table else f"{TABLES}{self.table}.json" if self.table else None
        return [(self.rule, file, pointer) for pointer in self.pointers]


def load(root: Path, table: str) -> Any:
    return json.loads((root / f"{TABLES}{table}.json").read_text("utf-8"))


def change(table: str, index: int, **values: Any) -> Callable[[Path], None]:
    def plant(root: Path) -> None:
        rows = load(root, table)
        rows[index].update(values)
        (root / f"{TABLES}{table}.json").write_text(json.dumps(rows), "utf-8")

    return plant


def every(table: str, **values: Any) -> Callable[[Path], None]:
    def plant(root: Path) -> None:
        rows = [{**row, **values} for row in load(root, table)]
        (root / f"{TABLES}{table}.json").write_text(json.dumps(rows), "utf-8")

    return plant


def matrix(fx: float) -> list[list[float]]:
    return [[fx, 0, 16], [0, 30, 12], [0, 0, 1]]


def moved(index: int, metres: float) -> Callable[[Path], None]:
    def plant(root: Path) -> None:
        x, y, z = load(root, "sample_annotation")[index]["translation"]
        change("sample_annotation", index, translation=[x + metres, y, z])(root)

    return plant


def key_file(root: Path, sensor: str, number: int) -> int:
    """The row of the n-th key frame of a sensor."""
    rows = [i for i, row in enumerate(load(root, "sample_data")) if row["filename"].startswith(f"samples/{sensor}/")]
    return rows[number]


def lost(root: Path) -> None:
    """The row of the second radar file: its frame has none."""
    rows = load(root, "sample_data")
    gone = rows.pop(key_file(root, "RADAR_FRONT", 1))
    for row in rows:
        for link, other in (("next", gone["next"]), ("prev", gone["prev"])):
            row[link] = other if row[link] == gone["token"] else row[link]
    (root / f"{TABLES}sample_data.json").write_text(json.dumps(rows), "utf-8")
    (root / gone["filename"]).unlink()


BOX = "sample_annotation"
SENSOR = "calibrated_sensor"
CLOUD = "samples/LIDAR_TOP/n001-2023-11-14-22-13-20+0800__LIDAR_TOP__1700000060500000.pcd.bin"
LABELS = "lidarseg/v1.0-mini/0544276add3090cc9be76562a2ef78d0_lidarseg.bin"
PANOPTIC = "panoptic/v1.0-mini/first.npz"


def write(file: str, content: bytes) -> Callable[[Path], Any]:
    return lambda root: (root / file).write_bytes(content)


def lost_place(root: Path) -> None:
    """The poses of all files of the second sample as zeros, as where the map is lost."""
    for index in (2, 7, 12, 17):
        change("ego_pose", index, translation=[0, 0, 0])(root)


def lost_beam(root: Path) -> None:
    """A NaN, little-endian, as the x of the fourth of the cloud's points of 20 bytes."""
    points = bytearray((root / CLOUD).read_bytes())
    points[60:64] = b"\x00\x00\xc0\x7f"
    (root / CLOUD).write_bytes(points)


def in_millimetres(root: Path) -> None:
    """The places of a cloud's points of 20 bytes, moved by 5 m, in millimetres."""
    points = np.frombuffer((root / CLOUD).read_bytes(), "<f4").reshape(-1, 5).copy()
    points[:, :3] = 1_000 * (points[:, :3] + 5)
    (root / CLOUD).write_bytes(points.tobytes())


def panoptic(root: Path) -> None:
    """A file of panoptic that is cut."""
    row = load(root, "lidarseg")[0] | {"filename": PANOPTIC}
    (root / f"{TABLES}panoptic.json").write_text(json.dumps([row]), "utf-8")
    (root / PANOPTIC).parent.mkdir(parents=True)
    (root / PANOPTIC).write_bytes(b"PK\x03\x04")


def other_classes(root: Path) -> None:
    """A file of panoptic for the cloud of the first row of lidarseg, in which one point is of another class."""
    panoptic(root)
    classes = np.frombuffer((root / LABELS).read_bytes(), np.uint8).astype(np.uint16)
    classes[1] = 3
    np.savez(root / PANOPTIC, data=classes * 1_000)


def drawn(counts: list[int]) -> Callable[[Path], None]:
    """A box at the left of a picture of 64 x 36, and a mask."""

    def plant(root: Path) -> None:
        row = {
            "token": "0a" * 16,
            "sample_data_token": load(root, "sample_data")[key_file(root, "CAM_FRONT", 0)]["token"],
            "category_token": load(root, "category")[0]["token"],
            "attribute_tokens": [],
            "bbox": [2, 2, 20, 30],
            "mask": {"size": [36, 64], "counts": b64encode(text_from_counts(counts).encode()).decode()},
        }
        (root / f"{TABLES}object_ann.json").write_text(json.dumps([row]), "utf-8")

    return plant


PLANTED = [
    Broken("box3d.size", change(BOX, 7, size=[1.9, -4.5, 1.6]), BOX, ["/7/size"], "of the second scene"),
    Broken("box3d.size", change(BOX, 5, size=[0, 0.4, 0.75]), BOX, ["/5/size"], "0"),
    Broken("box3d.zero-rotation", change(BOX, 11, rotation=[0, 0, 0, 0]), BOX, ["/11/rotation"]),
    Broken("label.not-finite", change(BOX, 5, size=[0.4, float("inf"), 0.75]), BOX, ["/5/size"], "infinite"),
    Broken("instance.jump", moved(2, 200), BOX, ["/2/translation"], "at the end"),
    Broken("instance.jump", moved(7, -250), BOX, ["/7/translation"], "and back"),
    Broken("sensor.no-intrinsics", change(SENSOR, 4, camera_intrinsic=[]), SENSOR, ["/4/camera_intrinsic"],
           "of the second scene"),
    Broken("sensor.focal-length", change(SENSOR, 0, camera_intrinsic=matrix(0)), SENSOR, ["/0/camera_intrinsic"]),
    Broken("sensor.not-finite", change(SENSOR, 0, camera_intrinsic=matrix(float("nan"))), SENSOR,
           ["/0/camera_intrinsic"], "a lens"),
    Broken("sensor.rotation", change(SENSOR, 6, rotation=[0.5, 0, 0, 0.5]), SENSOR, ["/6/rotation"], "of a radar"),
    Broken("nuscenes.channel", change("sensor", 2, channel=""), "sensor", ["/2/channel"], "in both scenes"),
    Broken("media.missing", lambda root: (root / CLOUD).unlink(),
           "sample_data", ["/17"], "a cloud"),
    Broken("media.unreadable", lambda root: (root / CLOUD).write_bytes(b""),
           CLOUD, [None], "a cloud of no bytes"),
    Broken("frame.missing-sensor", lost, "sample_data", ["/2"], "a radar"),
    Broken("timestamp.backwards", change("sample_data", 22, timestamp=1700000120010000), "sample_data", ["/22"]),
    Broken("timestamp.shared", change("sample_data", 22, timestamp=1700000120012345), "sample_data", ["/22"]),
    Broken("category.two-spellings", change("category", 0, name="Vehicle.Car"), "category", ["/0/name"],
           "that no label has"),
    Broken("segment.forbidden-name", change("scene", 0, name="scene#1"), "scene", ["/0/name"]),
    Broken("nuscenes.bad-record", change(BOX, 3, translation=[1, 2]), BOX, ["/3/translation"], "at the start"),
    Broken("nuscenes.bad-record", change(BOX, 7, size="large"), BOX, ["/7/size"], "in the middle"),
    Broken("nuscenes.empty-mask", drawn([2304]), "object_ann", ["/0/mask"]),
    Broken("nuscenes.mask-box", drawn([2000, 10, 294]), "object_ann", ["/0/mask"]),
    Broken("pose.jump", lost_place, "ego_pose", ["/2/translation"], "of a whole sample"),
    Broken("media.not-finite", lost_beam, CLOUD, [None]),
    Broken("media.far-points", in_millimetres, CLOUD, [None]),
    Broken("nuscenes.lidar-points", change(BOX, 5, num_lidar_pts=12), BOX, ["/5/num_lidar_pts"]),
    Broken("nuscenes.point-class", write(LABELS, bytes([0, 0, 1, 1, 2, 2, 3, 3, 9])), LABELS, [None]),
    Broken("nuscenes.point-labels-size", write(LABELS, bytes(8)), LABELS, [None]),
    Broken("nuscenes.point-labels", panoptic, PANOPTIC, [None]),
    Broken("nuscenes.panoptic-class", other_classes, PANOPTIC, [None]),
    Broken("catalog.delimiter", change("category", 4, name="animal."), "category", ["/4/name"]),
]  # fmt: skip

IDENTITY = Broken(
    "sensor.all-identity",
    every(SENSOR, translation=[0, 0, 0], rotation=[1, 0, 0, 0]),
    SENSOR,
    ["/0", "/4"],
    "in both scenes",
)
