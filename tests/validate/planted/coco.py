"""Defects of COCO: rows of annotations, pictures, splits."""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from .port import TRAIN, VAL, Planted, Port

#: Rows of the first picture.
CRANE, LADEN, EMPTY, DOCKER, CROWD = range(5)


def row(index: int, **values: Any) -> Callable[[Port], None]:
    return lambda port: port.train["annotations"][index].update(values)


def second(index: int, **values: Any) -> Callable[[Port], None]:
    """A row of the second split."""
    return lambda port: port.val["annotations"][index].update(values)


def file(change: Callable[[Path], Any]) -> Callable[[Port], None]:
    return lambda port: port.files.append(change)


def at(index: int, *parts: str) -> tuple[str, str]:
    return TRAIN, "/".join((f"/annotations/{index}", *parts))


def own(name: str) -> tuple[str, str]:
    """The picture of the first split, and where its record stands."""
    return TRAIN, f"/images/{int(name) - 1}"


def cut(root: Path) -> None:
    path = root / "images/val/000102.png"
    path.write_bytes(path.read_bytes()[:900])


def copied(source: str, target: str) -> Callable[[Path], Any]:
    return lambda root: shutil.copy(root / "images" / source, root / "images" / target)


def saved_as_jpeg(root: Path) -> None:
    path = root / "images/train/000002.png"
    with Image.open(path) as image:
        image.convert("RGB").save(path, "JPEG")


def smaller(root: Path) -> None:
    path = root / "images/train/000002.png"
    with Image.open(path) as picture:
        picture.crop((0, 0, 32, 24)).save(path)


def renamed(port: Port) -> None:
    """The crane of the second split alone is called otherwise."""
    port.val["categories"][0]["name"] = "Crane"


def moved(root: Path) -> None:
    """The second split goes by another name."""
    (root / VAL).rename(root / VAL.replace("val", "v@l"))
    (root / "images/val").rename(root / "images/v@l")


def repeated(port: Port) -> None:
    port.train["images"][2]["file_name"] = port.train["images"][1]["file_name"]


def augmented(port: Port) -> None:
    """Copies of one picture in both splits, and two of another in the first."""
    for rows, names in ((port.train, ("ship", "quay", "quay")), (port.val, ("dock", "ship"))):
        for image, name in zip(rows["images"], names, strict=True):
            image["file_name"] = f"{name}_jpg.rf.{image['id']:032x}.jpg"


def pasted(port: Port) -> None:
    """The second picture has the rows of the first, under ids of their own."""
    rows = port.train["annotations"]
    for row, other in zip(rows[:5], rows[5:10], strict=True):
        keys = {"id": other["id"], "image_id": other["image_id"]}
        other.clear()
        other.update({**row, **keys})


def without_frames(port: Port) -> None:
    port.val["images"], port.val["annotations"] = [], []


def same(port: Port) -> None:
    """The first box of the second picture a second time, under an id of its own."""
    port.train["annotations"].append({**port.train["annotations"][EMPTY + 5], "id": 9_999})


def tracked(port: Port) -> None:
    """Two ships of one picture with one track."""
    for index, one in enumerate(port.train["annotations"]):
        one["track_id"] = 7 if index in (LADEN, EMPTY) else 100 + index


TRIANGLE = [2, 3, 22, 3, 22, 19]
BOW = [2, 3, 22, 19, 22, 3, 2, 19]
RULES = [
    ("label.not-finite", row(LADEN, bbox=[math.nan, 4, 12, 10]), [at(LADEN, "bbox")], "a box"),
    ("box2d.inverted", row(EMPTY, bbox=[28, 26, -20, 9]), [at(EMPTY, "bbox")], "of negative width"),
    ("box2d.empty", row(EMPTY, bbox=[8, 26, 20, 0]), [at(EMPTY, "bbox")], "without height"),
    ("box2d.outside-image", row(EMPTY, bbox=[50, 26, 20, 9]), [at(EMPTY, "bbox")], "over the right edge"),
    ("box2d.outside-image", second(EMPTY, bbox=[-3, 26, 20, 9]), [(VAL, f"/annotations/{EMPTY}/bbox")], "of val"),
    ("box2d.relative", row(EMPTY, bbox=[0.125, 0.5, 0.25, 0.25]), [at(EMPTY, "bbox")], "among others in pixels"),
    ("polygon.empty", row(LADEN, segmentation=[[30, 4, 36, 9, 42, 14]]), [at(LADEN, "segmentation")], "a line"),
    ("polygon.self-crossing", row(CRANE, segmentation=[BOW], bbox=[2, 3, 20, 16]),
     [at(CRANE, "segmentation")], "a bow"),
    ("polygon.same-part", row(CRANE, segmentation=[TRIANGLE, [3, 3, 9, 3, 9, 9], TRIANGLE], bbox=[2, 3, 20, 16]),
     [at(CRANE, "segmentation")], "the third is the first"),
    ("polygon.box-mismatch", row(CRANE, bbox=[3, 3, 40, 16]), [at(CRANE, "segmentation")], "half of its box"),
    ("polygon.outside-image", row(CRANE, segmentation=[[3, 3, 23, 3, 23, 60, 3, 60]], bbox=[3, 3, 20, 45]),
     [at(CRANE, "segmentation")], "below the picture"),
    ("keypoints.count", row(DOCKER, keypoints=[45, 21, 2, 43, 30, 1], num_keypoints=2),
     [at(DOCKER, "keypoints")], "two of three"),
    ("keypoints.visible", row(DOCKER, keypoints=[45, 21, 2, 43, 30, 5, 0, 0, 0]), [at(DOCKER, "keypoints")], "5"),
    ("keypoints.outside-image", row(DOCKER, keypoints=[45, 21, 2, 90, 30, 1, 0, 0, 0]),
     [at(DOCKER, "keypoints")], "to the right"),
    ("keypoints.outside-box", row(DOCKER, keypoints=[5, 1, 2, 3, 9, 1, 9, 9, 2], num_keypoints=3),
     [at(DOCKER, "keypoints")], "of another"),
    ("rle.size", row(CROWD, segmentation={"size": [48, 64], "counts": [40, 8, 100]}),
     [at(CROWD, "segmentation")], "too short"),
    ("rle.negative-run", row(CROWD, segmentation={"size": [48, 64], "counts": [40, -8, 3040]}),
     [at(CROWD, "segmentation")], ""),
    ("rle.empty-run", row(CROWD, segmentation={"size": [48, 64], "counts": [40, 8, 0, 0, 3024]}),
     [at(CROWD, "segmentation")], ""),
    ("rle.other-size", row(CROWD, segmentation={"size": [64, 48], "counts": [40, 8, 3024]}),
     [at(CROWD, "segmentation")], "turned"),
    ("coco.rle-box", row(CRANE, segmentation={"size": [48, 64], "counts": [40, 8, 3024]}),
     [at(CRANE, "segmentation")], "below the box"),
    ("label.duplicate", same, [(TRAIN, "/annotations/15")], "under another id"),
    ("label.instance-twice", tracked, [at(EMPTY, "track_id")], "a track"),
    ("category.two-spellings", renamed, [(VAL, "/categories/0/name")], "of the second split"),
    ("media.missing", file(lambda root: (root / "images/train/000002.png").unlink()), [own("000002")], ""),
    ("media.missing", file(lambda root: (root / "images/train/000002.png").rename(root / "images/train/2")),
     [own("000002")], "under another name"),
    ("media.unreadable", file(cut), [("images/val/000102.png", None)], "cut"),
    ("media.unreadable", file(lambda root: (root / "images/train/000003.png").write_bytes(b"")),
     [("images/train/000003.png", None)], "of no bytes"),
    ("media.size-mismatch", file(smaller), [own("000002")], "a smaller picture"),
    ("media.other-format", file(saved_as_jpeg), [("images/train/000002.png", None)], ""),
    ("media.duplicate", file(copied("train/000001.png", "train/000003.png")), [("images/train/000003.png", None)], ""),
    ("media.leak", file(copied("train/000001.png", "val/000102.png")), [("images/val/000102.png", None)], ""),
    ("media.augmented-leak", augmented, [(f"images/val/ship_jpg.rf.{102:032x}.jpg", None)], ""),
    ("label.pasted", pasted, [(TRAIN, "/annotations/5")], ""),
    ("path.duplicate", repeated, [own("000003")], ""),
    ("segment.empty", without_frames, [(VAL, None)], ""),
    ("segment.forbidden-name", file(moved),
     [(VAL.replace("val", "v@l"), None)], ""),
]  # fmt: skip

PLANTED = [Planted(rule, plant, [(rule, *place) for place in places], note=note) for rule, plant, places, note in RULES]
