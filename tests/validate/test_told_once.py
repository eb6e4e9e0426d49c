"""One defect is one finding, also where a reader and a rule both look: the reader's where it knows the place."""

from __future__ import annotations

import json
import math
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest
from PIL import Image

from lading import open_dataset, validate
from lading.model.catalog import Catalog, Category, Subcatalog
from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.geometry import EGO, Transform3D
from lading.model.label import Box2D, MultiPolyline2D
from lading.model.report import Origin
from lading.model.sensor import Lidar

TABLES = "v1.0-mini/"
VOC = "VOCdevkit/VOC2012/"
XML = VOC + "Annotations/2012_000001.xml"
ACTS = VOC + "Annotations/2012_000002.xml"
DRIVES = "2011_09_26/"
DRIVE = DRIVES + "2011_09_26_drive_0001_sync/"
NOWHERE = "f" * 32

#: Whether pictures are alike depends on which sensor they are thought to be of.
MEDIA = ("media.duplicate", "media.leak")


class Once(NamedTuple):
    """A defect: how it is planted, and the one finding that is due; `rest` are rules of what else is planted."""

    name: str
    fixture: str
    plant: Callable[[Path], None]
    rule: str
    file: str
    pointer: str | None = None
    line: int | None = None
    rest: tuple[str, ...] = ()


def row(table: str, index: int, **values: Any) -> Callable[[Path], None]:
    def plant(root: Path) -> None:
        path = root / f"{TABLES}{table}.json"
        rows = json.loads(path.read_text())
        rows[index].update(values)
        path.write_text(json.dumps(rows))

    return plant


def instead(table: str, index: int, value: Any) -> Callable[[Path], None]:
    """Something else in place of a row."""

    def plant(root: Path) -> None:
        path = root / f"{TABLES}{table}.json"
        rows = json.loads(path.read_text())
        rows[index] = value
        path.write_text(json.dumps(rows))

    return plant


def pose(**values: Any) -> Callable[[Path], None]:
    """Change the ego pose of the first lidar file of a sample."""

    def plant(root: Path) -> None:
        rows = json.loads((root / f"{TABLES}sample_data.json").read_text())
        tokens = [one["ego_pose_token"] for one in rows if one["filename"].startswith("samples/LIDAR_TOP")]
        poses = json.loads((root / f"{TABLES}ego_pose.json").read_text())
        (index,) = [number for number, one in enumerate(poses) if one["token"] == tokens[0]]
        assert index == POSE
        row("ego_pose", index, **values)(root)

    return plant


#: Its row in the fixture.
POSE = 15


def changed(file: str, pattern: str, new: str) -> Callable[[Path], None]:
    """The first place that a pattern has."""

    def plant(root: Path) -> None:
        text, count = re.subn(pattern, new, (root / file).read_text(), count=1, flags=re.DOTALL)
        assert count == 1
        (root / file).write_text(text)

    return plant


def box(xmin: int, ymin: int, xmax: int, ymax: int) -> str:
    return f"<bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax><ymax>{ymax}</ymax></bndbox>"


def token(table: str, index: int) -> str:
    """The token of a row of the fixture."""
    path = Path(__file__).resolve().parents[2] / "fixtures" / "nuscenes" / TABLES / f"{table}.json"
    found: str = json.loads(path.read_text())[index]["token"]
    return found


#: What it is, table, column, row, and the row that it leads to. Rows 0 to 2 of each table follow each other.
LOOPS = (
    *(
        (f"{column} that leads to its own row {index}", table, column, index, index)
        for table in ("sample", "sample_annotation", "sample_data")
        for column in ("prev", "next")
        for index in (0, 2)
    ),
    ("next that leads back to the first", "sample", "next", 2, 0),
    ("next that leads back from the second", "sample", "next", 1, 0),
    ("next that leads back to the first", "sample_annotation", "next", 2, 0),
    ("next that leads back to the second", "sample_annotation", "next", 2, 1),
    ("prev that leads on to the last", "sample_annotation", "prev", 0, 2),
    ("prev that leads on to the last", "sample", "prev", 0, 2),
)


#: Table and row that is gone, and what is due for it at the first row that names it.
GONE = (
    ("attribute", 0, "nuscenes.dangling-token", "sample_annotation", "/0/attribute_tokens/0"),
    ("calibrated_sensor", 1, "nuscenes.dangling-token", "sample_data", "/5/calibrated_sensor_token"),
    ("category", 1, "nuscenes.dangling-token", "instance", "/1/category_token"),
    ("instance", 0, "nuscenes.dangling-token", "sample_annotation", "/0/instance_token"),
    ("sample", 0, "nuscenes.dangling-token", "sample_data", "/0/sample_token"),
    ("sample", 1, "nuscenes.dangling-token", "sample_data", "/2/sample_token"),
    ("sample_annotation", 1, "nuscenes.broken-chain", "sample_annotation", "/1/prev"),
    ("scene", 1, "nuscenes.dangling-token", "sample", "/3/scene_token"),
    ("sensor", 1, "nuscenes.dangling-token", "calibrated_sensor", "/1/sensor_token"),
    ("visibility", 3, "nuscenes.dangling-token", "sample_annotation", "/0/visibility_token"),
)


def removed(*patterns: str) -> Callable[[Path], None]:
    def plant(root: Path) -> None:
        for path in [path for pattern in patterns for path in root.glob(pattern)]:
            path.unlink()

    return plant


def cut(file: str, size: int) -> Callable[[Path], None]:
    """The first bytes of a file."""

    def plant(root: Path) -> None:
        (root / file).write_bytes((root / file).read_bytes()[:size])

    return plant


def shortened(file: str, lines_off: int = 1) -> Callable[[Path], None]:
    """A file without its last lines."""

    def plant(root: Path) -> None:
        lines = (root / file).read_bytes().splitlines(keepends=True)
        (root / file).write_bytes(b"".join(lines[:-lines_off]))

    return plant


def copied(folder: str, to: str) -> Callable[[Path], None]:
    return lambda root: shutil.copytree(root / folder, root / to) and None


def written(file: str, text: str) -> Callable[[Path], None]:
    return lambda root: (root / file).write_text(text) and None


def both(*plants: Callable[[Path], None]) -> Callable[[Path], None]:
    def plant(root: Path) -> None:
        for one in plants:
            one(root)

    return plant


def repeated(file: str) -> Callable[[Path], None]:
    """The first line of a file twice."""

    def plant(root: Path) -> None:
        lines = (root / file).read_text().splitlines(keepends=True)
        (root / file).write_text("".join([lines[0], *lines]))

    return plant


def without(table: str, index: int) -> Callable[[Path], None]:
    """A table without a row."""

    def plant(root: Path) -> None:
        path = root / f"{TABLES}{table}.json"
        rows = json.loads(path.read_text())
        path.write_text(json.dumps(rows[:index] + rows[index + 1 :]))

    return plant


def again(table: str, index: int) -> Callable[[Path], None]:
    """A row at the end of its table once more."""

    def plant(root: Path) -> None:
        path = root / f"{TABLES}{table}.json"
        rows = json.loads(path.read_text())
        path.write_text(json.dumps([*rows, rows[index]]))

    return plant


def again_as(table: str, index: int, **values: Any) -> Callable[[Path], None]:
    """A row at the end of its table once more, with some values of its own."""

    def plant(root: Path) -> None:
        path = root / f"{TABLES}{table}.json"
        rows = json.loads(path.read_text())
        path.write_text(json.dumps([*rows, rows[index] | values]))

    return plant


def nameless(root: Path) -> None:
    """A picture of COCO without a name, which then has no file either."""
    path = root / "annotations/instances_quay.json"
    document = json.loads(path.read_text())
    (root / document["images"][1].pop("file_name").replace("\\", "/")).unlink()
    path.write_text(json.dumps(document))


def relined(file: str, number: int, change: Callable[[list[bytes]], list[bytes]]) -> Callable[[Path], None]:
    """A line of a file with its words changed; one that the file has not is added."""

    def plant(root: Path) -> None:
        lines = [*(root / file).read_bytes().splitlines(), b""]
        lines[number - 1] = b" ".join(change(lines[number - 1].split()))
        (root / file).write_bytes(b"\n".join(lines))

    return plant


def renamed(file: str, name: str) -> Callable[[Path], None]:
    return lambda root: (root / file).rename((root / file).with_name(name)) and None


def painted(file: str, value: int) -> Callable[[Path], None]:
    def plant(root: Path) -> None:
        with Image.open(root / file) as image:
            image.load()
        image.putpixel((0, 0), value)
        image.save(root / file)

    return plant


def coloured(root: Path) -> None:
    """A class mask in RGB with one colour that no class has."""
    file = root / VOC / "SegmentationClass/2012_000001.png"
    with Image.open(file) as image:
        values = np.array(image.convert("RGB"))
    values[0, 0] = (1, 2, 3)
    Image.fromarray(values).save(file)


DANGLING = "nuscenes.dangling-token"
KITTI = "training/calib/000001.txt"
ROWS = "training/label_2/000000.txt"
TRACKS = "training/label_02/0000.txt"

CAR = "Car 0.00 0 -1.64 10 10 50 30 1.5 1.6 4.0 1.5 1.5 20.0 -1.57\n"

DEFECTS = [
    Once("a pose that is no unit", "nuscenes", pose(rotation=[0.9, 0, 0, 0]),
         "nuscenes.rotation-length", f"{TABLES}ego_pose.json", f"/{POSE}/rotation"),
    Once("a pose of NaN", "nuscenes", pose(translation=[math.nan, 0, 0]),
         "nuscenes.not-finite", f"{TABLES}ego_pose.json", f"/{POSE}/translation"),
    Once("a pose that turns by nothing", "nuscenes", pose(rotation=[0, 0, 0, 0]),
         "nuscenes.no-rotation", f"{TABLES}ego_pose.json", f"/{POSE}/rotation"),
    Once("an instance that is not there", "nuscenes", row("sample_annotation", 1, instance_token=NOWHERE),
         DANGLING, f"{TABLES}sample_annotation.json", "/1/instance_token"),
    Once("a category that is not there", "nuscenes", row("instance", 1, category_token=NOWHERE),
         DANGLING, f"{TABLES}instance.json", "/1/category_token"),
    Once("a sensor that is not there", "nuscenes", row("calibrated_sensor", 1, sensor_token=NOWHERE),
         DANGLING, f"{TABLES}calibrated_sensor.json", "/1/sensor_token"),
    Once("an object without a name", "voc", changed(XML, "<name>person</name>", ""),
         "voc.no-name", XML, "/annotation/object[1]", 15),
    Once("an object with an empty name", "voc", changed(XML, "person", ""),
         "voc.no-name", XML, "/annotation/object[1]", 15),
    Once("an object without a box", "voc", changed(XML, "<bndbox>.*?</bndbox>", ""),
         "voc.no-box", XML, "/annotation/object[1]", 15),
    Once("a box without a corner", "voc", changed(XML, "<xmin>3</xmin>", ""),
         "voc.corner", XML, "/annotation/object[1]/bndbox", 20),
    Once("a corner of letters", "voc", changed(XML, "<xmin>3<", "<xmin>three<"),
         "voc.corner", XML, "/annotation/object[1]/bndbox", 20),
    Once("a corner that is NaN", "voc", changed(XML, "<xmin>3<", "<xmin>nan<"),
         "voc.corner", XML, "/annotation/object[1]/bndbox", 20),
    Once("a class that is misspelt", "voc", changed(XML, "person", "Person"),
         "category.unknown", XML, "/annotation/object[1]/name", 16),
    Once("a part without a name", "voc", changed(XML, "<name>head</name>", ""),
         "voc.no-name", XML, "/annotation/object[1]/part[1]", 27),
    Once("a person without a name who does something", "voc", changed(ACTS, "<name>person</name>", ""),
         "voc.no-name", ACTS, "/annotation/object[1]", 15),
    Once("an object that holds nothing", "voc", changed(XML, "(?=<object>)", "<object/>"),
         "voc.no-box", XML, "/annotation/object[1]", 15, rest=("voc.mask-object",)),
    Once("an object with two boxes", "voc", changed(XML, "</bndbox>", "</bndbox>" + box(4, 3, 14, 29)),
         "voc.several-boxes", XML, "/annotation/object[1]/bndbox[2]", 25),
    Once("an object with the same box twice", "voc", changed(XML, "</bndbox>", "</bndbox>" + box(3, 2, 14, 29)),
         "voc.several-boxes", XML, "/annotation/object[1]/bndbox[2]", 25),
    Once("a part with two boxes", "voc", changed(XML, "8</ymax>.*?</bndbox>", "8</ymax></bndbox>" + box(5, 2, 12, 8)),
         "voc.several-boxes", XML, "/annotation/object[1]/part[1]/bndbox[2]", 33),
    Once("a file that is cut", "voc", changed(XML, r"<truncated>1</truncated>.*", ""), "voc.unreadable", XML, None, 58),
    Once("a line of what is not there", "voc", changed(VOC + "ImageSets/Main/train.txt", r"\Z", "2012_000777\n"),
         "media.missing", VOC + "ImageSets/Main/train.txt", None, 4),
    Once("a value of no class", "voc", painted(VOC + "SegmentationClass/2012_000001.png", 77),
         "mask.unknown-id", VOC + "SegmentationClass/2012_000001.png", ""),
    Once("a colour of no class", "voc", coloured, "voc.mask-value", VOC + "SegmentationClass/2012_000001.png"),
    Once("a number of no object", "voc", painted(VOC + "SegmentationObject/2012_000001.png", 9),
         "voc.mask-object", VOC + "SegmentationObject/2012_000001.png"),
    Once("no calibration of a frame", "kitti", removed(KITTI), "kitti.calibration-missing", "training/calib"),
    Once("no calibration of any frame", "kitti", removed("training/calib/*"),
         "kitti.calibration-missing", "training/calib"),
    Once("a calibration without a camera", "kitti", changed(KITTI, "P3:.*?\n", ""), "kitti.calibration-key", KITTI),
    Once("a camera's line that is cut", "kitti", changed(KITTI, r"(P3:.*?) \S+\n", r"\1\n"),
         "kitti.calibration-row", KITTI, None, 4),
    Once("no calibration of a drive's cameras", "kitti-raw", removed(DRIVES + "calib_cam_to_cam.txt"),
         "kitti.calibration-missing", DRIVES + "calib_cam_to_cam.txt"),
    Once("a rotation that is none", "kitti", changed("training/calib/000000.txt", r"R0_rect: \S+", "R0_rect: 5"),
         "kitti.calibration-matrix", "training/calib/000000.txt", None, 5),
    Once("no way to the velodyne", "kitti", changed("training/calib/000000.txt", "Tr_velo_to_cam:.*?\n", ""),
         "kitti.calibration-key", "training/calib/000000.txt"),
    Once("a line of a track twice", "kitti-tracking", repeated("training/label_02/0000.txt"),
         "label.duplicate", "training/label_02/0000.txt", None, 2),
    Once("a row twice", "nuscenes", again("sample_annotation", 0),
         "nuscenes.duplicate-token", f"{TABLES}sample_annotation.json", "/12/token"),
    Once("a type of two parts", "kitti", changed("training/label_2/000000.txt", "Car", "Car.red"),
         "catalog.dotted-name", "training/label_2/000000.txt", None, 2),
    Once("a set of a name that the platform refuses", "voc", renamed(VOC + "ImageSets/Main/val.txt", "v#l.txt"),
         "segment.forbidden-name", VOC + "ImageSets/Main/v#l.txt"),
    Once("a set that lists nothing", "voc", changed(VOC + "ImageSets/Main/val.txt", ".*", ""),
         "segment.empty", VOC + "ImageSets/Main/val.txt"),
    Once("a minimum of 0 that counts from 1", "voc", changed(XML, "<xmin>3<", "<xmin>0<"),
         "voc.zero-based", XML, "/annotation/object[1]/bndbox", 20),
    Once("a calibration that breaks off in its second line", "kitti", cut(KITTI, 330),
         "kitti.calibration-row", KITTI, None, 2),
    Once("a calibration of a sequence that breaks off", "kitti-tracking", cut("training/calib/0000.txt", 400),
         "kitti.calibration-row", "training/calib/0000.txt", None, 2),
    Once("a calibration of a drive that breaks off", "kitti-raw", cut(DRIVES + "calib_velo_to_cam.txt", 60),
         "kitti.calibration-row", DRIVES + "calib_velo_to_cam.txt", None, 2),
    Once("a calibration that ends before the way to the velodyne", "kitti", shortened("training/calib/000000.txt", 4),
         "kitti.calibration-missing", "training/calib/000000.txt"),
    Once("a calibration of two lines", "kitti", shortened(KITTI, 6),
         "kitti.calibration-projection", KITTI),
    Once("a calibration without a line", "kitti", changed(KITTI, ".*", ""), "kitti.calibration-missing", KITTI),
    Once("a calibration of a sequence without a line", "kitti-tracking", changed("training/calib/0001.txt", ".*", ""),
         "kitti.calibration-missing", "training/calib/0001.txt"),
    Once("a calibration of a drive's cameras without a line", "kitti-raw",
         changed(DRIVES + "calib_cam_to_cam.txt", ".*", ""),
         "kitti.calibration-missing", DRIVES + "calib_cam_to_cam.txt"),
    Once("a number of points below 0", "nuscenes", row("sample_annotation", 1, num_lidar_pts=-1),
         "nuscenes.point-count", f"{TABLES}sample_annotation.json", "/1/num_lidar_pts"),
    Once("a number of radar's points below 0", "nuscenes", row("sample_annotation", 1, num_radar_pts=-7),
         "nuscenes.point-count", f"{TABLES}sample_annotation.json", "/1/num_radar_pts"),
    *(Once(f"{value!r} in place of whether a file is a key frame", "nuscenes",
           row("sample_data", index, is_key_frame=value),
           "nuscenes.bad-record", f"{TABLES}sample_data.json", f"/{index}/is_key_frame")
      for index, value in ((0, None), (15, "true"), (20, 1))),
    *(Once(f"no instance but {value!r}", "nuscenes", row("sample_annotation", 1, instance_token=value),
           DANGLING, f"{TABLES}sample_annotation.json", "/1/instance_token") for value in (None, "")),
    *(Once(f"a camera matrix of another shape, {value!r}", "nuscenes",
           row("calibrated_sensor", 0, camera_intrinsic=value),
           "nuscenes.camera", f"{TABLES}calibrated_sensor.json", "/0/camera_intrinsic")
      for value in ([[1, 2], [3, 4]], [[50, 0, 32, 0], [0, 50, 18, 0], [0, 0, 1, 0]])),
    *(Once(f"a camera matrix that is none, {value!r}", "nuscenes",
           row("calibrated_sensor", index, camera_intrinsic=value),
           "nuscenes.bad-record", f"{TABLES}calibrated_sensor.json", f"/{index}/camera_intrinsic{below}")
      for index, value, below in ((0, "x", ""), (4, [1, 2, 3], "/0"), (0, [["a", 0, 0], [0, 1, 0]], "/0/0"))),
    *(Once(f"no time of a row of {table}", "nuscenes", row(table, index, timestamp=None),
           "nuscenes.timestamp", f"{TABLES}{table}.json", f"/{index}/timestamp")
      for table, index in (("sample", 1), ("sample_data", 0))),
    Once("a file of point labels that is not there", "nuscenes",
         removed("lidarseg/v1.0-mini/0544276add3090cc9be76562a2ef78d0_lidarseg.bin"),
         "nuscenes.missing-file", f"{TABLES}lidarseg.json", "/0/filename"),
    Once("an object in place of a table", "nuscenes", written(TABLES + "attribute.json", "{}"),
         "nuscenes.broken-table", TABLES + "attribute.json"),
    Once("no ego poses", "nuscenes", removed(TABLES + "ego_pose.json"),
         "nuscenes.missing-table", TABLES + "ego_pose.json"),
    Once("no sensors", "nuscenes", removed(TABLES + "sensor.json"), "nuscenes.missing-table", TABLES + "sensor.json"),
    Once("a table that is cut in its last row", "nuscenes", changed(TABLES + "attribute.json", r"[^{]{30}\Z", ""),
         "nuscenes.broken-table", TABLES + "attribute.json"),
    Once("a comma behind the last row", "nuscenes", changed(TABLES + "attribute.json", r"\}\s*\]\s*\Z", "},]"),
         "nuscenes.broken-table", TABLES + "attribute.json"),
    Once("a file of the lidar without a calibration", "nuscenes",
         row("sample_data", POSE, calibrated_sensor_token=None),
         DANGLING, f"{TABLES}sample_data.json", f"/{POSE}/calibrated_sensor_token"),
    Once("no row of a file of the lidar", "nuscenes", without("sample_data", POSE),
         "nuscenes.carrier", f"{TABLES}sample_data.json", "/10",
         rest=("nuscenes.unlisted-files", DANGLING)),
    Once("a camera matrix of zeros", "nuscenes", row("calibrated_sensor", 4, camera_intrinsic=[[0, 0, 0]] * 3),
         "sensor.focal-length", f"{TABLES}calibrated_sensor.json", "/4/camera_intrinsic"),
    Once("a scene that is not there", "nuscenes", row("sample", 1, scene_token=NOWHERE),
         DANGLING, f"{TABLES}sample.json", "/1/scene_token"),
    Once("a scene that is not there, of the first sample", "nuscenes", row("sample", 0, scene_token=NOWHERE),
         DANGLING, f"{TABLES}sample.json", "/0/scene_token"),
    Once("a sample that is not there", "nuscenes", row("sample_data", 0, sample_token=NOWHERE),
         DANGLING, f"{TABLES}sample_data.json", "/0/sample_token"),
    Once("a next sample that is not there", "nuscenes", row("sample", 0, next=NOWHERE),
         "nuscenes.broken-chain", f"{TABLES}sample.json", "/0/next"),
    *(Once(f"a row of {table} that is gone", "nuscenes", without(table, number),
           rule, f"{TABLES}{told}.json", pointer)
      for table, number, rule, told, pointer in GONE),
    Once("a picture of 0 x 0", "nuscenes", row("sample_data", 0, width=0, height=0),
         "nuscenes.picture-size", f"{TABLES}sample_data.json", "/0"),
    *(Once(f"a {column} of {value}", "nuscenes", row("sample_data", index, **{column: value}),
           "nuscenes.picture-size", f"{TABLES}sample_data.json", f"/{index}/{column}")
      for column, index, value in (("width", 0, 0), ("height", 0, 0), ("width", 5, -64), ("height", 15, -1))),
    *(Once(f"{what}, of {table}", "nuscenes", row(table, index, **{column: token(table, target)}),
           "nuscenes.broken-chain", f"{TABLES}{table}.json", f"/{index}/{column}")
      for what, table, column, index, target in LOOPS),
    Once("a key frame without the name of its file, which is gone", "nuscenes",
         both(row("sample_data", 0, filename=None), removed("samples/CAM_FRONT/*_CAM_FRONT__1700000060012345.jpg")),
         "nuscenes.bad-record", f"{TABLES}sample_data.json", "/0/filename"),
    Once("a calibration of several scenes that is no rotation", "nuscenes",
         row("calibrated_sensor", 1, rotation=[0.9, 0, 0, 0]),
         "sensor.rotation", f"{TABLES}calibrated_sensor.json", "/1/rotation"),
    Once("a second file of a sensor", "nuscenes",
         again_as("sample_data", 0, token="e" * 32, prev="", next="", timestamp=1700000060012346),
         "nuscenes.second-file", f"{TABLES}sample_data.json", "/40", rest=("path.duplicate",)),
    Once("a category that is there twice", "nuscenes", again_as("category", 0, token="e" * 32),
         "nuscenes.duplicate-name", f"{TABLES}category.json", "/5/name"),
    Once("a scene of an empty name", "nuscenes", row("scene", 1, name=""),
         "nuscenes.no-name", f"{TABLES}scene.json", "/1/name"),
    Once("a picture without a name", "coco", nameless,
         "coco.missing-file-name", "annotations/instances_quay.json", "/images/1"),
    Once("an attribute without a name", "nuscenes", row("attribute", 0, name=None),
         "nuscenes.bad-record", f"{TABLES}attribute.json", "/0/name"),
    Once("a number in place of an instance", "nuscenes", row("sample_annotation", 0, instance_token=5),
         "nuscenes.token-type", f"{TABLES}sample_annotation.json", "/0/instance_token"),
    Once("a number in place of a scene", "nuscenes", row("sample", 0, scene_token=5),
         "nuscenes.token-type", f"{TABLES}sample.json", "/0/scene_token"),
    Once("a line that is no text", "kitti", relined(ROWS, 2, lambda _: [b"\x89PNG\xff\x00"]),
         "kitti.encoding", ROWS, None, 2),
    Once("a line of a track that is no text", "kitti-tracking", relined(TRACKS, 2, lambda _: [b"\x89PNG\xff"]),
         "kitti.encoding", TRACKS, None, 2),
    Once("a row of a track that is no text", "kitti-tracking", relined(TRACKS, 2, lambda _: [b"0", b"1", b"\xff"]),
         "kitti.encoding", TRACKS, None, 2),
    Once("a box behind the camera, its alpha as follows from that: -1.55 - atan2(-3.1, -14.2), by a whole turn less",
         "kitti", relined(ROWS, 2, lambda words: [*words[:3], b"1.38", *words[4:13], b"-14.20", *words[14:]]),
         "kitti.label-behind", ROWS, None, 2),
    *(Once(f"a row without its column {column}", "kitti",
           relined(ROWS, 2, lambda words, column=column: words[: column - 1] + words[column:]),
           "kitti.label-row", ROWS, None, 2) for column in (9, 12, 15)),
    Once("a row without alpha", "kitti", relined(ROWS, 2, lambda words: words[:3] + words[4:]),
         "kitti.label-columns", ROWS, None, 2),
    *(Once(f"a number too many at column {column}", fixture,
           relined(file, 2, lambda words, column=column: [*words[:column], b"5", *words[column:]]),
           "kitti.label-columns", file, None, 2)
      for fixture, file, columns in (("kitti", ROWS, (1, 2, 5, 8, 15)), ("kitti-tracking", TRACKS, (3, 4, 7, 10, 17)))
      for column in columns),
    Once("two numbers too many", "kitti", relined(ROWS, 2, lambda words: [*words[:4], b"5", b"5", *words[4:]]),
         "kitti.label-columns", ROWS, None, 2),
    Once("a label file alone", "kitti", written("training/label_2/000777.txt", CAR), "media.missing",
         "training/label_2/000777.txt"),
    Once("a row of a frame that has no files", "kitti-tracking",
         relined(TRACKS, 7, lambda _: b"9 5 Car 0 0 -1.57 10 10 50 50 1.5 1.6 4.0 1.0 1.5 20.0 -1.57".split()),
         "media.missing", TRACKS, None, 7),
    Once("a line of a set for which there is nothing", "kitti", changed("ImageSets/train.txt", "$", "\n000042"),
         "media.missing", "ImageSets/train.txt", None, 3),
    *(Once(f"a row without its column {column}", "kitti",
           relined(ROWS, 2, lambda words, column=column: words[: column - 1] + words[column:]),
           "kitti.label-row", ROWS, None, 2) for column in (5, 8)),
    Once("a word within a row", "kitti", relined(ROWS, 2, lambda words: [*words[:7], b"x", *words[8:]]),
         "kitti.label-row", ROWS, None, 2),
    Once("a state that is no whole number", "kitti", relined(ROWS, 2, lambda words: [*words[:2], b"5.5", *words[3:]]),
         "kitti.label-occluded", ROWS, None, 2),
    Once("a place that is infinite", "kitti", relined(ROWS, 2, lambda words: [*words[:13], b"-inf", *words[14:]]),
         "label.not-finite", ROWS, None, 2),
    Once("a first line of a track that is none", "kitti-tracking", relined(TRACKS, 1, lambda _: [b"foo", b"bar"]),
         "kitti.label-row", TRACKS, None, 1),
    Once("a way to the IMU that is cut", "kitti-tracking",
         relined("training/calib/0000.txt", 7, lambda words: words[:-1]),
         "kitti.calibration-row", "training/calib/0000.txt", None, 7),
    Once("a row that is none", "nuscenes", instead("category", 2, None),
         "nuscenes.bad-record", f"{TABLES}category.json", "/2"),
    Once("a sample that is none", "nuscenes", instead("sample", 1, "sample"),
         "nuscenes.bad-record", f"{TABLES}sample.json", "/1"),
    Once("a list in place of a next sample", "nuscenes", row("sample", 0, next=[]),
         "nuscenes.bad-record", f"{TABLES}sample.json", "/0/next"),
    Once("a list in place of a pose", "nuscenes", row("sample_data", 0, ego_pose_token=[]),
         "nuscenes.bad-record", f"{TABLES}sample_data.json", "/0/ego_pose_token"),
    Once("a file without its name", "nuscenes", row("sample_data", 1, filename=None),
         "nuscenes.bad-record", f"{TABLES}sample_data.json", "/1/filename"),
    Once("a list in place of a sample", "nuscenes", row("sample_data", 0, sample_token=[]),
         "nuscenes.bad-record", f"{TABLES}sample_data.json", "/0/sample_token"),
    Once("a sensor of another kind", "nuscenes", row("sensor", 2, modality=[]),
         "nuscenes.bad-record", f"{TABLES}sensor.json", "/2/modality"),
    Once("a record less than frames", "kitti-tracking", shortened("training/oxts/0000.txt"),
         "kitti.record-missing", "training/oxts/0000.txt"),
    Once("no record of a frame", "kitti-raw", removed(DRIVE + "oxts/data/0000000001.txt"),
         "kitti.record-missing", DRIVE + "oxts/data"),
    Once("a time of a record less", "kitti-raw", shortened(DRIVE + "oxts/timestamps.txt"),
         "kitti.record-missing", DRIVE + "oxts/timestamps.txt"),
    Once("a time of a picture less", "kitti-raw", shortened(DRIVE + "image_02/timestamps.txt"),
         "kitti.record-missing", DRIVE + "image_02/timestamps.txt"),
    Once("a time less", "kitti-odometry", shortened("dataset/sequences/00/times.txt"),
         "kitti.record-missing", "dataset/sequences/00/times.txt"),
    Once("a pose less", "kitti-odometry", shortened("dataset/poses/00.txt"),
         "kitti.record-missing", "dataset/poses/00.txt"),
    Once("no labels of a scan", "kitti-odometry", removed("dataset/sequences/00/labels/000001.label"),
         "kitti.label-missing", "dataset/sequences/00/labels"),
    Once("no labels of a sequence", "kitti-tracking", removed(TRACKS), "kitti.label-missing", TRACKS),
    Once("no records of a sequence", "kitti-tracking", removed("training/oxts/0000.txt"),
         "kitti.record-missing", "training/oxts/0000.txt"),
    Once("no way from a drive's velodyne to its cameras", "kitti-raw", removed(DRIVES + "calib_velo_to_cam.txt"),
         "kitti.calibration-missing", DRIVES + "calib_velo_to_cam.txt"),
    Once("no rotation that rectifies a drive", "kitti-raw",
         changed(DRIVES + "calib_cam_to_cam.txt", "R_rect_00:.*?\n", ""),
         "kitti.calibration-key", DRIVES + "calib_cam_to_cam.txt"),
    Once("a rotation to the IMU that is none", "kitti-raw",
         changed(DRIVES + "calib_imu_to_velo.txt", r"R: \S+", "R: 5"),
         "kitti.calibration-matrix", DRIVES + "calib_imu_to_velo.txt", None, 1),
    Once("no times of a sensor", "kitti-raw", removed(DRIVE + "image_02/timestamps.txt"),
         "kitti.record-missing", DRIVE + "image_02/timestamps.txt"),
    Once("no times of one of two sequences", "kitti-odometry",
         both(copied("dataset/sequences/00", "dataset/sequences/01"), removed("dataset/sequences/00/times.txt")),
         "kitti.record-missing", "dataset/sequences/00/times.txt"),
    Once("a tracklet without poses", "kitti-raw", changed(DRIVE + "tracklet_labels.xml", "<poses>.*?</poses>", ""),
         "kitti.tracklet", DRIVE + "tracklet_labels.xml", None, 7),
    Once("a calibration in JSON", "kitti", written(KITTI, '{"P2": [1, 2]}'), "kitti.calibration-missing", KITTI),
    Once("a frame in two sets", "kitti", changed("ImageSets/val.txt", r"\A", "000000\n"),
         "kitti.shared-id", "ImageSets/val.txt", None, 1),
    Once("a frame in a set twice", "kitti", changed("ImageSets/train.txt", r"\A", "000000\n"),
         "kitti.listed-twice", "ImageSets/train.txt", None, 2),
    Once("no calibration of a sequence", "kitti-odometry", removed("dataset/sequences/00/calib.txt"),
         "kitti.calibration-missing", "dataset/sequences/00/calib.txt"),
]  # fmt: skip


def told(root: Path) -> Counter[tuple[str, str | None, str | None, int | None]]:
    off: dict[str, Any] = dict.fromkeys(MEDIA, "off")
    findings = validate(open_dataset(root), severities=off)
    return Counter((one.rule, one.file, one.pointer, one.line) for one in findings)


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.fixture}, {defect.name}")
def test_a_defect_is_told_once(defect: Once, fixtures: Path, tmp_path: Path) -> None:
    root = tmp_path / defect.fixture
    shutil.copytree(fixtures / defect.fixture, root)
    before = told(root)
    defect.plant(root)
    new = Counter({place: count for place, count in (told(root) - before).items() if place[0] not in defect.rest})
    assert new == Counter([(defect.rule, defect.file, defect.pointer, defect.line)])


@pytest.mark.parametrize("fixture", ["nuscenes", "nuimages"])
@pytest.mark.parametrize(
    ("token", "rule"), [(5, "token-type"), ("", "token-type"), (None, "bad-record")], ids=["number", "empty", "null"]
)
def test_a_row_without_a_proper_token_is_told_once(
    fixture: str, token: Any, rule: str, fixtures: Path, tmp_path: Path
) -> None:
    """What leads to the row has a token that no row has, for that reason."""
    root = tmp_path / fixture
    shutil.copytree(fixtures / fixture, root)
    before = told(root)
    for file in sorted((root / TABLES).glob("*.json")):
        whole = file.read_bytes()
        row(file.stem, 0, token=token)(root)
        assert told(root) - before == Counter([(f"nuscenes.{rule}", f"{TABLES}{file.name}", "/0/token", None)])
        file.write_bytes(whole)


def test_as_many_tokens_lead_nowhere_for_that_reason_as_rows_have_none(fixtures: Path, tmp_path: Path) -> None:
    root = tmp_path / "nuscenes"
    shutil.copytree(fixtures / "nuscenes", root)
    before = told(root)
    row("category", 2, token=5)(root)
    (first, *_) = set(told(root) - before)
    assert first == ("nuscenes.token-type", f"{TABLES}category.json", "/2/token", None)
    last = len(json.loads((root / f"{TABLES}instance.json").read_text())) - 1
    row("instance", last, category_token=NOWHERE)(root)
    assert set(told(root) - before) == {first, (DANGLING, f"{TABLES}instance.json", f"/{last}/category_token", None)}


def test_a_minimum_of_0_does_not_hide_a_box_that_ends_outside(fixtures: Path, tmp_path: Path) -> None:
    root = tmp_path / "voc"
    shutil.copytree(fixtures / "voc", root)
    before = told(root)
    changed(XML, "<xmin>3<", "<xmin>0<")(root)
    changed(XML, r"<xmax>14<", "<xmax>41<")(root)
    at = (XML, "/annotation/object[1]/bndbox", 20)
    assert told(root) - before == Counter([("voc.zero-based", *at), ("box2d.outside-image", *at)])


def test_a_category_that_is_not_there_of_keypoints_is_told_once(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "1.png")
    body = {"image_id": 1, "bbox": [2, 3, 20, 20], "keypoints": [5, 6, 2, 15, 16, 1], "num_keypoints": 2}
    document = {
        "images": [{"id": 1, "file_name": "1.png", "width": 40, "height": 30}],
        "annotations": [{"id": 1, "category_id": 1, **body}, {"id": 2, "category_id": 9, **body, "bbox": [1, 3, 9, 9]}],
        "categories": [{"id": 1, "name": "person", "keypoints": ["head", "hand"], "skeleton": [[1, 2]]}],
    }
    document["annotations"][1]["keypoints"] = [5, 7, 2, 15, 16, 1]
    (tmp_path / "person_keypoints_train.json").write_text(json.dumps(document))
    assert told(tmp_path) == Counter(
        [("coco.unknown-category", "person_keypoints_train.json", "/annotations/1/category_id", None)]
    )


def test_what_a_reader_told_of_a_label_is_not_told_again() -> None:
    box = Box2D(-5, 0, 5, 20, origin=3)
    data = Data(path="1.jpg", remote_path="1.jpg", width=10, height=30, labels=[box])
    dataset = MemoryDataset("harbour", {"quay": [Frame(key="1", data=[data])]})
    only = ["box2d.outside-image"]
    assert [one.rule for one in validate(dataset, rules=only)] == only
    for said, due in (((only[0], 2), only), (("box2d.empty", 3), only), ((only[0], 3), [])):
        data.told = [said]
        assert [one.rule for one in validate(dataset, rules=only)] == due
    data.told = [("media.missing", 3)]
    assert [one.rule for one in validate(dataset, rules=["media.missing"])] == ["media.missing"]
    data.told = [("media.missing", None)]
    assert not list(validate(dataset, rules=["media.missing"]))


def test_a_category_that_one_record_declares_of_several_types_is_unused_once() -> None:
    catalog = Catalog(
        subcatalogs={
            kind: Subcatalog(categories=[Category(name="boat"), Category(name="buoy")]) for kind in ("BOX2D", "RLE")
        },
        places={
            (kind, "categories", number): Origin("a.json", f"/categories/{number}")
            for kind in ("BOX2D", "RLE")
            for number in (0, 1)
        },
    )
    data = Data(path="1.jpg", remote_path="1.jpg", labels=[Box2D(1, 1, 5, 5, category="boat", origin=0)])
    dataset = MemoryDataset("harbour", {"quay": [Frame(key="1", data=[data])]}, catalog=catalog)
    found = [(one.file, one.pointer) for one in validate(dataset, rules=["catalog.unused"])]
    assert found == [("a.json", "/categories/1")]


def test_the_place_of_sensors_that_all_sit_at_the_origin_is_the_first_of_them() -> None:
    sensors = [
        Lidar(name=name, extrinsics=Transform3D(name, EGO), origin=Origin("rig.json", f"/{number}"))
        for number, name in enumerate(("top", "rear"))
    ]
    frames = [
        Frame(key="1", data=[Data(path=f"{one.name}.bin", remote_path="x", sensor_name=one.name) for one in sensors])
    ]
    names = ("morning", "evening")
    dataset = MemoryDataset(
        "harbour", dict.fromkeys(names, frames), sensors=dict.fromkeys(names, sensors), is_fusion=True
    )
    found = [(one.file, one.pointer, one.segment) for one in validate(dataset, rules=["sensor.all-identity"])]
    assert found == [("rig.json", "/0", "morning")]


def test_the_same_lines_twice_are_told() -> None:
    lines = MultiPolyline2D((np.array([[1.0, 1.0], [5.0, 5.0]]), np.array([[2.0, 1.0], [6.0, 5.0]])), category="rope")
    data = Data(path="1.jpg", remote_path="1.jpg", labels=[lines, lines])
    dataset = MemoryDataset("harbour", {"quay": [Frame(key="1", data=[data])]})
    assert [one.rule for one in validate(dataset, rules=["label.duplicate"])] == ["label.duplicate"]


def test_a_copy_that_lacks_an_attribute_is_the_same_box_and_one_that_says_another_is_not() -> None:
    first = {"velocity": 3.5, "moving": True}
    for attributes, due in (({"moving": True}, 1), ({}, 1), ({"moving": False}, 0), ({"velocity": 3.5, "new": 1}, 1)):
        boxes = [Box2D(1, 1, 5, 5, category="boat", attributes=each) for each in (first, attributes)]
        data = Data(path="1.jpg", remote_path="1.jpg", labels=boxes)
        dataset = MemoryDataset("harbour", {"quay": [Frame(key="1", data=[data])]})
        assert [one.rule for one in validate(dataset, rules=["label.duplicate"])] == ["label.duplicate"] * due


def test_a_rule_that_a_reader_answers_runs_where_it_is_asked_for() -> None:
    box = Box2D(10, 10, 5, 20, origin=0)
    data = Data(path="1.jpg", remote_path="1.jpg", labels=[box])
    dataset = MemoryDataset("harbour", {"quay": [Frame(key="1", data=[data])]})
    dataset.told_rules = frozenset({"box2d.inverted"})
    assert [one.rule for one in validate(dataset)] == ["media.missing"]
    assert [one.rule for one in validate(dataset, rules=["box2d.inverted"])] == ["box2d.inverted"]
    graded = validate(dataset, severities={"box2d.inverted": "warning", "media.missing": "off"})
    assert [(one.rule, one.severity) for one in graded] == [("box2d.inverted", "warning")]


#: A picture, a cloud, labels and a calibration, each of a fixture.
UNSERVED = [
    ("kitti", "training/image_2/000001.png"),
    ("kitti", "training/velodyne/000001.bin"),
    ("kitti", "training/calib/000001.txt"),
    ("kitti-tracking", "training/image_02/0000/000001.png"),
    ("coco", "images/harbour/no labels.png"),
    ("voc", "VOCdevkit/VOC2012/JPEGImages/2012_000002.jpg"),
    ("nuscenes", "samples/CAM_FRONT/n001-2023-11-14-22-13-20+0800__CAM_FRONT__1700000060512345.jpg"),
]


@pytest.mark.parametrize(("fixture", "name"), UNSERVED, ids=lambda value: str(value).rpartition("/")[2])
@pytest.mark.parametrize("kind", ["source.special-file", "source.link-outside", "source.link-broken"])
def test_a_pipe_or_a_link_that_leads_away_in_place_of_a_file_is_told_once(
    fixture: str, name: str, kind: str, fixtures: Path, tmp_path: Path
) -> None:
    root = tmp_path / fixture
    shutil.copytree(fixtures / fixture, root)
    path = root / name
    path.unlink()
    if kind == "source.special-file":
        os.mkfifo(path)
    else:
        outside = tmp_path / "outside"
        outside.write_bytes(b"x")
        path.symlink_to(outside if kind == "source.link-outside" else "nowhere")
    found = Counter((one.rule, one.severity, one.file) for one in validate(open_dataset(root)) if one.rule not in MEDIA)
    known = validate(open_dataset(fixtures / fixture))
    found -= Counter((one.rule, one.severity, one.file) for one in known)
    assert found == Counter({(kind, "error", name): 1})


def test_the_files_of_a_folder_that_a_link_leads_out_with_are_told_once(fixtures: Path, tmp_path: Path) -> None:
    root = tmp_path / "kitti"
    shutil.copytree(fixtures / "kitti", root)
    (root / "training/image_3").rename(tmp_path / "image_3")
    (root / "training/image_3").symlink_to(tmp_path / "image_3")
    known = Counter(str(one) for one in validate(open_dataset(fixtures / "kitti")) if one.rule not in MEDIA)
    found = Counter(one.rule for one in validate(open_dataset(root)) if one.rule not in MEDIA and str(one) not in known)
    assert found == Counter({"source.link-outside": 1})


def test_a_link_that_leads_nowhere_hides_no_other_missing_file_of_its_name(tmp_path: Path) -> None:
    """Of COCO, a file that is not there is known by its `file_name` alone."""
    for split in ("train", "val"):
        (tmp_path / split).mkdir()
        (tmp_path / split / "2.jpg").write_bytes(b"")
        names = [{"id": n, "file_name": f"{n}.jpg", "width": 8, "height": 8} for n in (1, 2)]
        (tmp_path / f"instances_{split}.json").write_text(
            json.dumps({"images": names, "annotations": [], "categories": [{"id": 1, "name": "cat"}]})
        )
    (tmp_path / "train" / "1.jpg").symlink_to("nowhere")
    found = [(one.rule, one.segment, one.file) for one in validate(open_dataset(tmp_path))]
    assert ("source.link-broken", None, "train/1.jpg") in found
    assert [one for one in found if one[0] == "media.missing"] == [("media.missing", "val", "instances_val.json")]
