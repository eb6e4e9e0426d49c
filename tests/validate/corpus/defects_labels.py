"""Defects of labels and of files: rule, what is broken, and where that has to be found."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import numpy as np
from cargo import (
    BOX,
    CLASS,
    CUBOID,
    INSTANCE,
    LINE,
    MULTI,
    PANOPTIC,
    POINTS,
    POLYGON,
    RLE,
    SEMANTIC,
    SENTENCE,
    Bytes,
    Cargo,
    drive,
    pictures,
    png,
)

from lading.model.label import MaskItem, Word


class Defect(NamedTuple):
    """One broken thing: `places` are (file, pointer) of each finding that is due."""

    rule: str
    breaks: Callable[[Cargo], object]
    places: list[tuple[str | None, str | None]]
    cargo: Callable[[], Cargo] = pictures
    name: str = ""


def at(index: int, subject: str = "geometry", record: str = "/train/1") -> list[tuple[str | None, str | None]]:
    """The place of a part of a label of the second picture of train."""
    return [("labels.json", f"{record}/labels/{index}" + (f"/{subject}" if subject else ""))]


RECORD: list[tuple[str | None, str | None]] = [("labels.json", "/train/1")]


def label(index: int, **fields: object) -> Callable[[Cargo], object]:
    return lambda cargo: cargo.edit(index, **fields)


def box3d(index: int, **fields: object) -> Callable[[Cargo], object]:
    return lambda cargo: cargo.edit(index, "drive", 2, "lidar", **fields)


def file(**fields: object) -> Callable[[Cargo], object]:
    def change(cargo: Cargo) -> None:
        for name, value in fields.items():
            setattr(cargo.data(), name, value)

    return change


def attributes(**values: object) -> Callable[[Cargo], object]:
    return lambda cargo: cargo.edit(BOX, attributes=cargo.data().labels[BOX].attributes | values)


def again(index: int, **fields: object) -> Callable[[Cargo], object]:
    """A label once more, under the number 12."""

    def change(cargo: Cargo) -> None:
        labels = cargo.data().labels
        labels.append(labels[index])
        cargo.edit(len(labels) - 1, origin=12, **fields)

    return change


def row_again(cargo: Cargo) -> None:
    """The box and the polygon of one record once more, as one record."""
    labels = cargo.data().labels
    labels += [msgspec.structs.replace(labels[index], origin=12, instance="9") for index in (BOX, POLYGON)]


def box_elsewhere(cargo: Cargo) -> None:
    """A box for the object of the keypoints, in the corner where these are not."""
    box = msgspec.structs.replace(cargo.data().labels[BOX], xmin=70.0, ymin=60.0, xmax=90.0, ymax=75.0)
    cargo.data().labels.append(msgspec.structs.replace(box, category="person", attributes={}, instance="7", origin=12))
    cargo.edit(POINTS, instance="7")


def mask(index: int, data: bytes, path: str = "masks/other.png") -> Callable[[Cargo], object]:
    return label(index, path=path, content=Bytes(path, data))


def jpeg() -> bytes:
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("L", (100, 80)).save(out, "JPEG")
    return out.getvalue()


def copy_file(cargo: Cargo, segment: str) -> None:
    data = cargo.data(segment, 1)
    data.content = Bytes(data.path, cargo.data("train", 0).content.data)


def augment(cargo: Cargo) -> None:
    """Two copies of one picture in train, and one of them in val, too; each is a file of its own."""
    for segment, frame, name in (
        ("train", 0, "quay.rf.1"),
        ("train", 1, "quay.rf.2"),
        ("val", 0, "quay.rf.3"),
        ("val", 1, "b.rf.1"),
    ):
        cargo.data(segment, frame).remote_path = f"{segment}/{name}.png"


def paste(cargo: Cargo) -> None:
    """Three boxes, the same on two pictures, in another order on the second; a third has boxes of its own."""
    first = cargo.data().labels[BOX]
    boxes = [
        msgspec.structs.replace(first, ymax=first.ymax - i / 8, instance=f"p{i}", origin=12 + i) for i in (0, 1, 2)
    ]
    cargo.data("train", 0).labels[BOX] = boxes[0]
    for frame, more in ((0, boxes[1:]), (1, boxes[:0:-1])):
        cargo.data("train", frame).labels += more
    other = cargo.data("train", 2).labels
    other += [msgspec.structs.replace(box, xmin=box.xmin + 1 / 8) for box in boxes]


def untyped(cargo: Cargo) -> None:
    del cargo.catalog["RLE"]
    for name, frames in cargo.frames.items():
        for index in range(len(frames)):
            if (name, index) != ("train", 1):
                cargo.data(name, index).labels.pop(RLE)


def spelling(cargo: Cargo) -> None:
    cargo.catalog["BOX2D"]["categories"].append({"name": "Car"})
    cargo.catalog["BOX2D"]["attributes"][4]["parentCategories"].append("Car")
    cargo.edit(BOX, "val", 0, category="Car")
    cargo.edit(BOX, "val", 1, category="Car")


def letters(cargo: Cargo) -> None:
    """The same letters, composed in one segment and not in the other."""
    for name, index, category in (("train", 0, "voilier d'\u00e9t\u00e9"), ("val", 0, "voilier d'e\u0301te\u0301")):
        cargo.catalog["BOX2D"]["categories"].append({"name": category})
        cargo.edit(BOX, name, index, category=category, attributes={})


def unclassified(cargo: Cargo) -> None:
    """A classification that says nothing, of a catalog that knows attributes alone."""
    cargo.catalog["CLASSIFICATION"] = {"attributes": [{"name": "wet", "type": "boolean"}]}
    for name, frames in cargo.frames.items():
        for index in range(len(frames)):
            is_it = (name, index) == ("train", 1)
            cargo.edit(CLASS, name, index, category=None, attributes={} if is_it else {"wet": True})


def lost_beam(cargo: Cargo) -> None:
    """Clouds of two points of four columns, in one of which a number is NaN."""
    cargo.bin_point_cloud_fields = ("X", "Y", "Z", "Intensity")
    for index, frame in enumerate(cargo.frames["drive"]):
        points = np.arange(8, dtype="<f4") + index
        points[5] = np.nan if index == 2 else 0
        lidar = next(data for data in frame.data if data.sensor_name == "lidar")
        lidar.content = Bytes(lidar.path, points.tobytes())


def in_millimetres(cargo: Cargo) -> None:
    """Clouds of two points, of which those of one are 8 m and more away in millimetres."""
    cargo.bin_point_cloud_fields = ("X", "Y", "Z", "Intensity")
    for index, frame in enumerate(cargo.frames["drive"]):
        points = (np.arange(8, dtype="<f4") + 8 + index) * (1_000 if index == 2 else 1)
        lidar = next(data for data in frame.data if data.sensor_name == "lidar")
        lidar.content = Bytes(lidar.path, points.tobytes())


RING = np.array([[10.0, 10], [50, 10], [50, 40], [10, 40]])
BOW = np.array([[10.0, 10], [50, 40], [50, 10], [10, 35]])
WHOLE = png("whole")
OTHER_MASK = png("mask", size=(50, 80), values=(1, 2))

DEFECTS = [
    Defect("media.missing", file(content=None), RECORD),
    Defect("media.missing", label(SEMANTIC, content=None), at(SEMANTIC), name="a mask"),
    Defect("media.unreadable", file(content=Bytes("train/1.png", WHOLE[:60])), [("train/1.png", None)], name="cut"),
    Defect("media.unreadable", file(content=Bytes("train/1.png", b"")), [("train/1.png", None)], name="empty"),
    Defect("media.unreadable", file(content=Bytes("train/1.png", b"gone")), [("train/1.png", None)], name="closed"),
    Defect("media.unreadable", file(content=Bytes("train/1.png", b"no picture")), [("train/1.png", None)], name="text"),
    Defect("media.unreadable", mask(PANOPTIC, WHOLE[:70]), [("masks/other.png", None)], name="a mask"),
    Defect("media.size-mismatch", file(content=Bytes("train/1.png", png("s", size=(101, 80)))), RECORD),
    Defect("media.other-format", file(content=Bytes("train/1.png", jpeg())), [("train/1.png", None)]),
    Defect("media.not-finite", lost_beam, [("lidar/2.bin", None)], drive),
    Defect("media.far-points", in_millimetres, [("lidar/2.bin", None)], drive),
    Defect("media.duplicate", lambda cargo: copy_file(cargo, "train"), [("train/1.png", None)]),
    Defect("media.leak", lambda cargo: copy_file(cargo, "val"), [("val/1.png", None)]),
    Defect("media.augmented-leak", augment, [("val/0.png", None)]),
    Defect("mask.not-png", mask(INSTANCE, jpeg()), [("masks/other.png", None)]),
    Defect("mask.size-mismatch", mask(SEMANTIC, OTHER_MASK), [("masks/other.png", None)]),
    Defect("mask.duplicate-id", label(INSTANCE, items=(MaskItem(1), MaskItem(1))), at(INSTANCE, "items/1")),
    Defect("mask.unknown-id", label(PANOPTIC, items=(MaskItem(1, 1), MaskItem(2, 9))),
           at(PANOPTIC, "items/1/category")),
    Defect("mask.unknown-id", label(SEMANTIC, items=(MaskItem(3),)), at(SEMANTIC, "items/0/category"), name="semantic"),
    Defect("mask.checksum", label(SEMANTIC, checksum="A9993E36"), at(SEMANTIC)),
    Defect("attribute.type", label(SEMANTIC, items=(MaskItem(1, attributes={"wet": "yes"}),)),
           at(SEMANTIC, "attributes/wet"),
           name="in a mask"),
    Defect("label.undeclared-type", untyped, at(RLE, "")),
    Defect("label.not-finite", label(BOX, xmin=float("nan"), instance="9"), at(BOX)),
    Defect("label.not-finite", label(POLYGON, points=RING * np.inf), at(POLYGON), name="polygon"),
    Defect("label.not-finite", attributes(lane=float("nan")), at(BOX, "attributes/lane"), name="attribute"),
    Defect("label.not-finite", box3d(0, x=float("inf")), at(0, "geometry/centre", "/drive/2/lidar"), drive, "3D"),
    Defect("label.duplicate", again(RLE), at(12, "")),
    Defect("label.duplicate", again(LINE), at(12, ""), name="line"),
    Defect("label.duplicate", row_again, at(12, ""), name="box and polygon of one record"),
    Defect("label.pasted", paste, at(BOX, "")),
    Defect("label.more-than-one", again(CLASS), at(12, "")),
    Defect("label.instance-twice", again(BOX, xmin=0.0), at(12, "instance")),
    Defect("label.instance-missing", lambda cargo: cargo.edit(0, "drive", 2, "left", instance=None),
           at(0, "", "/drive/2/left"), drive),
    Defect("category.unknown", label(BOX, category="lorry", attributes={}), at(BOX, "category")),
    Defect("category.missing", label(RLE, category=None), at(RLE, "category")),
    Defect("category.two-spellings", spelling, [("labels.json", f"/val/0/labels/{BOX}/category")]),
    Defect("category.two-spellings", letters, [("labels.json", f"/val/0/labels/{BOX}/category")], name="other letters"),
    Defect("attribute.unknown", attributes(colour="red"), at(BOX, "attributes/colour")),
    Defect("attribute.type", attributes(occluded="yes"), at(BOX, "attributes/occluded")),
    Defect("attribute.enum", attributes(color="pink"), at(BOX, "attributes/color")),
    Defect("attribute.range", attributes(lane=9), at(BOX, "attributes/lane")),
    Defect("attribute.items", attributes(lights=["red", 3]), at(BOX, "attributes/lights")),
    Defect("attribute.wrong-category", label(BOX, category="person"), at(BOX, "attributes/plate")),
    Defect("classification.empty", unclassified, at(CLASS, "")),
    Defect("classification.empty", label(CLASS, category=None, attributes={}), at(CLASS, ""), name="of some"),
    Defect("sentence.times", label(SENTENCE, sentence=(Word("a", 600, 100),)), at(SENTENCE)),
    Defect("sentence.times", label(SENTENCE, sentence=(Word("a", 0.5, 100),)), at(SENTENCE), name="not whole"),
    Defect("box2d.inverted", label(BOX, xmin=50.0, xmax=10.0), at(BOX)),
    Defect("box2d.empty", label(BOX, ymin=20.0, ymax=20.0, instance="9"), at(BOX)),
    Defect("box2d.outside-image", label(BOX, xmax=100.5, instance="9"), at(BOX)),
    Defect("box2d.outside-image", label(BOX, xmin=-1.0, ymin=-1.0, xmax=101.0, ymax=81.0, instance="9"), at(BOX),
           name="larger than its picture"),
    Defect("box2d.outside-image", label(BOX, xmax=100.5), at(BOX), name="beside the polygon of its object"),
    Defect("box2d.inverted", label(BOX, xmin=900.0), at(BOX), name="and outside"),
    Defect("box2d.empty", label(BOX, ymin=20.0, ymax=20.0), at(BOX), name="beside the polygon of its object"),
    Defect("box2d.relative", label(BOX, xmin=0.25, ymin=0.5, xmax=0.75, ymax=1.0), at(BOX)),
    Defect("box3d.size", box3d(1, height=0.0), at(1, "geometry/size", record="/drive/2/lidar"), drive),
    Defect("box3d.too-large", box3d(1, length=420.0), at(1, "geometry/size", record="/drive/2/lidar"), drive),
    Defect("box3d.rotation", box3d(0, qw=0.9), at(0, "geometry/rotation", record="/drive/2/lidar"), drive),
    Defect("box3d.zero-rotation", box3d(0, qw=0.0), at(0, "geometry/rotation", record="/drive/2/lidar"), drive),
    Defect("polygon.too-few-points", label(POLYGON, points=RING[:2], instance="9"), at(POLYGON)),
    Defect("polygon.too-few-points", label(MULTI, rings=()), at(MULTI), name="no part"),
    Defect("polygon.empty", label(POLYGON, points=RING * [1, 0], instance="9"), at(POLYGON)),
    Defect("polygon.outside-image", label(POLYGON, points=RING + np.array([60, 0]), instance="9"), at(POLYGON)),
    Defect("polygon.outside-image", label(POLYGON, points=RING + np.array([60, 0])), at(POLYGON),
           name="beside the box of its object"),
    Defect("polygon.empty", label(POLYGON, points=RING * [1, 0]), at(POLYGON), name="beside the box of its object"),
    Defect("polygon.empty", label(POLYGON, points=RING[[0, 1, 2, 1]], instance="9"), at(POLYGON),
           name="there and back"),
    Defect("polygon.self-crossing", label(POLYGON, points=RING[[0, 2, 1, 3]], instance="9"), at(POLYGON),
           name="a bow of two equal halves"),
    Defect("polygon.box-mismatch", label(POLYGON, points=RING), at(POLYGON)),
    Defect("polygon.self-crossing", label(POLYGON, points=BOW, instance="9"), at(POLYGON)),
    Defect("polygon.self-crossing", label(MULTI, rings=(RING, BOW)), at(MULTI), name="in a part"),
    Defect("polygon.same-part", label(MULTI, rings=(RING, RING + 30, RING)), at(MULTI)),
    Defect("polygon.same-part", label(MULTI, rings=(RING, RING, RING)), at(MULTI), name="three times"),
    Defect("polyline.too-few-points", label(LINE, points=RING[:1], bezier_point_types="L"), at(LINE)),
    Defect("polyline.bezier-types", label(LINE, bezier_point_types="LL"), at(LINE)),
    Defect("keypoints.count", label(POINTS, points=RING, visible=(2, 2, 2, 2)), at(POINTS)),
    Defect("keypoints.visible", label(POINTS, visible=(2, 3, 2)), at(POINTS)),
    Defect("keypoints.outside-image", label(POINTS, points=RING[:3] + np.array([60, 0]), visible=(2, 0, 1)),
           at(POINTS)),
    Defect("keypoints.outside-box", box_elsewhere, at(POINTS)),
    Defect("cuboid2d.corners", label(CUBOID, back=RING[:3]), at(CUBOID)),
    Defect("cuboid2d.faces-differ", label(CUBOID, back=RING[::-1]), at(CUBOID)),
    Defect("rle.negative-run", label(RLE, counts=np.array([8003, -3])), at(RLE)),
    Defect("rle.empty-run", label(RLE, counts=np.array([10, 0, 7990])), at(RLE)),
    Defect("rle.size", label(RLE, counts=np.array([10, 20])), at(RLE)),
    Defect("rle.size", label(RLE, counts=np.array([10, 20]), height=None, width=None), at(RLE), name="of its picture"),
    Defect("rle.other-size", label(RLE, width=99), at(RLE), name="runs of the picture's size"),
    Defect("rle.other-size", label(RLE, height=100, width=80), at(RLE)),
]  # fmt: skip
