"""Defects of objects of the model, which no format of files can have: a fusion dataset and a plain one in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np

from lading.model.catalog import Attribute, Catalog, Category, Keypoints, Subcatalog
from lading.model.dataset import MemoryDataset, Segment
from lading.model.frame import Data, Frame
from lading.model.geometry import EGO, WORLD, Transform3D
from lading.model.label import (
    Box2D,
    Box3D,
    Classification,
    Cuboid2D,
    InstanceMask,
    Keypoints2D,
    Label,
    MaskItem,
    MultiPolygon2D,
    MultiPolyline2D,
    PanopticMask,
    Polygon2D,
    Polyline2D,
    Rle,
    SemanticMask,
    Sentence,
    Word,
    point_array,
)
from lading.model.report import Origin, OriginList
from lading.model.sensor import Camera, CameraMatrix, Intrinsics, Lidar, Radar

FILE = "objects.json"
NAN, INF = float("nan"), float("inf")


class Harbour:
    """A fusion dataset of two segments of three frames, and what is to be changed of it."""

    def __init__(self, *, is_fusion: bool) -> None:
        self.name = "harbour"
        self.is_fusion = is_fusion
        self.sensors: dict[str, list[Any]] = {name: rig() if is_fusion else [] for name in ("day", "night")}
        self.frames = {name: [self._frame(name, number) for number in range(3)] for name in self.sensors}
        self.catalog = Catalog()

    def _frame(self, segment: str, number: int) -> Frame:
        names = ["left", "radar", "top"] if self.is_fusion else [None]
        data = [
            Data(
                path=f"{segment}/{name}/{number}.jpg",
                remote_path=f"{name}/{number}.jpg",
                sensor_name=name,
                timestamp_ns=1_000 * number + 5 if self.is_fusion else None,
                width=100,
                height=80,
                ego_pose=Transform3D(EGO, WORLD, (1.0 * number, 0, 0)) if self.is_fusion else None,
                origin=Origin(FILE, f"/{segment}/{number}/{name}"),
            )
            for name in names
        ]
        return Frame(key=f"{number}", data=data)

    def put(self, *labels: Label, segment: str = "night", frame: int = 1) -> None:
        """Give labels to the last file of a frame, each with a place of its own."""
        data = self.frames[segment][frame].data[-1]
        place = data.origin.pointer if data.origin is not None else ""
        data.origins = OriginList([Origin(FILE, f"{place}/{index}") for index in range(len(labels))])
        data.labels = [replaced(label, origin=index) for index, label in enumerate(labels)]

    def dataset(self) -> MemoryDataset:
        return MemoryDataset(
            self.name, self.frames, catalog=self.catalog, sensors=self.sensors, is_fusion=self.is_fusion
        )


def replaced(label: Label, **values: Any) -> Label:
    return msgspec.structs.replace(label, **values)


def rig() -> list[Any]:
    lens = Intrinsics(camera_matrix=CameraMatrix(fx=50, fy=50, cx=50, cy=40), distortion={"k1": 0.1})
    return [
        Camera(name="left", extrinsics=Transform3D("left", EGO, (1, 0, 1)), intrinsics=lens),
        Radar(name="radar", extrinsics=Transform3D("radar", EGO, (2, 0, 1))),
        Lidar(name="top", extrinsics=Transform3D("top", EGO, (0, 0, 2))),
    ]


class Told(NamedTuple):
    """A defect: whether of a fusion dataset, and the rule and pointer that are due; `""` where there is no file."""

    rule: str
    is_fusion: bool
    plant: Callable[[Harbour], Any]
    pointers: list[str]
    note: str = ""
    is_contract: bool = False
    is_graded: bool = False


NIGHT = "/night/1/top"
PLAIN = "/night/1/None"


def label(rule: str, *labels: Label, at: Sequence[int] = (0,), note: str = "", is_fusion: bool = False) -> Told:
    """Labels of one file, of which some are told."""
    place = NIGHT if is_fusion else PLAIN
    return Told(rule, is_fusion, lambda harbour: harbour.put(*labels), [f"{place}/{index}" for index in at], note)


def against(rule: str, catalog: dict[str, Subcatalog], *labels: Label, note: str = "", is_graded: bool = False) -> Told:
    """A label against a catalog that is given; the first is told."""

    def plant(harbour: Harbour) -> None:
        harbour.catalog = Catalog(subcatalogs=catalog)
        harbour.put(*labels)

    return Told(rule, False, plant, [f"{PLAIN}/0"], note, is_contract=True, is_graded=is_graded)


def data(index: int, frame: int = 1, **values: Any) -> Callable[[Harbour], None]:
    def plant(harbour: Harbour) -> None:
        for name, value in values.items():
            setattr(harbour.frames["night"][frame].data[index], name, value)

    return plant


def frame(number: int, **values: Any) -> Callable[[Harbour], None]:
    def plant(harbour: Harbour) -> None:
        for name, value in values.items():
            setattr(harbour.frames["night"][number], name, value)

    return plant


def both_ids(harbour: Harbour) -> None:
    for number in (0, 2):
        harbour.frames["night"][number].frame_id = "01ARZ3NDEKTSV4RRFFQ69G5FAV"


def sensor(index: int, **values: Any) -> Callable[[Harbour], None]:
    def plant(harbour: Harbour) -> None:
        rigs = harbour.sensors["night"]
        rigs[index] = rigs[index].model_copy(update=values)

    return plant


def lens(**values: Any) -> Intrinsics:
    return Intrinsics(camera_matrix=CameraMatrix(fx=50, fy=50, cx=50, cy=40), **values)


def another(harbour: Harbour) -> None:
    top = harbour.frames["night"][1].data
    top.append(Data(path="x", remote_path="x", sensor_name="top", origin=Origin(FILE, "/extra")))


def unnamed(harbour: Harbour) -> None:
    """The lidar and its files have a name of no letter."""
    sensor(2, name="")(harbour)
    for one in harbour.frames["night"]:
        one.data[2].sensor_name = ""


def track(*categories: str) -> Callable[[Harbour], None]:
    def plant(harbour: Harbour) -> None:
        for number, category in enumerate(categories):
            harbour.put(Box3D(4, 1, 0, 2, 1, 1, category=category, instance="7"), frame=number)

    return plant


def points(*pairs: tuple[float, float]) -> Any:
    return point_array(list(pairs))


def runs(*counts: int) -> Any:
    return np.array(counts)


SQUARE = points((10, 10), (20, 10), (20, 20), (10, 20))
BACK = points((15, 15), (25, 15), (25, 25), (15, 25))
BOX = Box2D(10, 10, 30, 30)
LENGTHY = Subcatalog(keypoints=[Keypoints(number=2)])
CARS = [Category(name="car")]

PLANTED = [
    Told("dataset.empty-name", False, lambda harbour: setattr(harbour, "name", ""), [""]),
    Told("dataset.forbidden-name", True, lambda harbour: setattr(harbour, "name", "har:bour"), [""]),
    Told("dataset.empty", False, lambda harbour: (harbour.frames.clear(), harbour.sensors.clear()), [""]),
    Told("segment.empty-name", False, lambda harbour: harbour.frames.update({"": harbour.frames.pop("night")}), [""]),
    Told("segment.empty", True, lambda harbour: harbour.frames["night"].clear(), [""]),
    Told("path.empty", False, data(0, remote_path=""), [PLAIN]),
    Told("path.forbidden", True, data(2, remote_path="/top/1.bin"), [NIGHT], "absolute"),
    Told("path.forbidden", True, data(2, remote_path="top/../1.bin"), [NIGHT], "up"),
    Told("path.forbidden", False, data(0, remote_path="a\tb.jpg"), [PLAIN], "a tab"),
    Told("path.duplicate", True, data(2, remote_path="radar/0.jpg"), [NIGHT], "of another sensor"),
    Told("frame.bad-id", True, frame(1, frame_id="frame-1"), ["/night/1/left"]),
    Told("frame.duplicate-id", True, both_ids, ["/night/2/left"]),
    Told("frame.unknown-sensor", True, data(2, sensor_name=None), [NIGHT], "none"),
    Told("frame.sensor-twice", True, another, ["/extra"]),
    Told("frame.plain-id", False, frame(1, frame_id="01ARZ3NDEKTSV4RRFFQ69G5FAV"), [PLAIN]),
    Told("frame.plain-sensor", False, data(0, sensor_name="left"), [PLAIN]),
    Told("timestamp.backwards", True, data(1, frame=2, timestamp_ns=4), ["/night/2/radar"]),
    Told("timestamp.shared", True, data(1, frame=2, timestamp_ns=1_005), ["/night/2/radar"]),
    Told("pose.not-finite", True, data(0, ego_pose=Transform3D(EGO, WORLD, (NAN, 0, 0))), ["/night/1/left"]),
    Told("pose.rotation", True, data(0, ego_pose=Transform3D(EGO, WORLD, (1, 0, 0), (0, 0, 0, 0))), ["/night/1/left"]),
    Told("instance.category-changed", True, track("car", "car", "van"), ["/night/2/top/0"], "at the end"),
    Told("instance.category-changed", True, track("car", "van", "car"), ["/night/1/top/0"], "and back"),
    Told("sensor.empty-name", True, unnamed, [""]),
    Told("sensor.plain-dataset", False, lambda harbour: harbour.sensors["night"].append(Radar(name="x")), [""]),
    Told("sensor.duplicate-name", True, lambda harbour: harbour.sensors["night"].append(Lidar(name="top")), [""]),
    Told("sensor.unused", True, lambda harbour: harbour.sensors["night"].append(Lidar(name="low")), [""]),
    Told("sensor.not-finite", True, sensor(2, extrinsics=Transform3D("top", EGO, (0, INF, 0))), [""]),
    Told("sensor.rotation", True, sensor(2, extrinsics=Transform3D("top", EGO, (0, 0, 2), (1, 1, 0, 0))), [""]),
    Told("sensor.no-intrinsics", True, sensor(0, intrinsics=None), [""]),
    Told("sensor.focal-length", True,
         sensor(0, intrinsics=Intrinsics(camera_matrix=CameraMatrix(fx=50, fy=0, cx=1, cy=1))), [""]),
    Told("sensor.distortion-empty", True, sensor(0, intrinsics=lens(distortion={})), [""]),
    Told("sensor.distortion-gap", True, sensor(0, intrinsics=lens(distortion={"p2": 0.1})), [""]),
    label("label.not-finite", Polygon2D(points((0, 0), (9, 0), (NAN, 9))), note="a point"),
    label("label.not-finite", Box2D(1, 1, 9, 9, attributes={"speed": INF}), note="an attribute"),
    label("label.not-finite", Box3D(1, 2, 3, 1, 1, 1, qw=NAN), note="a rotation", is_fusion=True),
    label("label.duplicate", BOX, Polygon2D(SQUARE), BOX, at=[2], note="a box"),
    label("label.duplicate", Cuboid2D(SQUARE, BACK), Cuboid2D(SQUARE, BACK), at=[1], note="a cuboid"),
    label("label.more-than-one", Classification(category="day"), Classification(category="night"), at=[1]),
    label("label.more-than-one", SemanticMask(), SemanticMask(items=()), at=[1], note="mask"),
    label("label.instance-twice", Box2D(1, 1, 9, 9, instance="7"), Box2D(40, 1, 49, 9, instance="7"), at=[1]),
    label("classification.empty", Classification()),
    label("sentence.times", Sentence(sentence=(Word("a", 0.0, 1.0), Word("b", 2.5, 1.5)))),
    label("box2d.inverted", Box2D(10, 30, 30, 10), note="upside down"),
    label("box2d.empty", Box2D(10, 10, 10, 10), note="a point"),
    label("box2d.outside-image", Box2D(10, 10, 30, 81), note="below"),
    label("box2d.relative", Box2D(0, 0.5, 0.5, 1), note="at the left edge"),
    label("box3d.size", Box3D(1, 2, 3, 1, 1, 0), is_fusion=True),
    label("box3d.too-large", Box3D(1, 2, 3, 100.5, 1, 1), is_fusion=True),
    label("box3d.rotation", Box3D(1, 2, 3, 1, 1, 1, qw=0.9), is_fusion=True),
    label("box3d.zero-rotation", Box3D(1, 2, 3, 1, 1, 1, qw=0), is_fusion=True),
    label("polygon.too-few-points", Polygon2D(points((0, 0), (9, 9)))),
    label("polygon.too-few-points", MultiPolygon2D((SQUARE, points((0, 0), (9, 9)))), note="a part"),
    label("polygon.empty", MultiPolygon2D((SQUARE, points((0, 0), (5, 5), (9, 9)))), note="a part"),
    label("polygon.self-crossing", Polygon2D(points((0, 0), (20, 20), (20, 0), (0, 18)))),
    label("polygon.outside-image", MultiPolygon2D((SQUARE, points((80, 0), (120, 0), (120, 9)))), note="a part"),
    label("polyline.too-few-points", Polyline2D(points((1, 1)))),
    label("polyline.too-few-points", MultiPolyline2D((points((1, 1), (2, 2)), points((1, 1)))), note="a part"),
    label("polyline.bezier-types", Polyline2D(points((1, 1), (2, 2)), bezier_point_types="L")),
    label("keypoints.outside-image", Keypoints2D(points((1, 1), (1, 90)), visible=(2, 1))),
    label("keypoints.visible", Keypoints2D(points((1, 1), (1, 9)), visible=(2,)), note="of one of two"),
    label("cuboid2d.corners", Cuboid2D(SQUARE, BACK[:3])),
    label("cuboid2d.faces-differ", Cuboid2D(SQUARE, BACK[::-1])),
    label("rle.negative-run", Rle(runs(10, -10, 8_000), height=80, width=100)),
    label("rle.empty-run", Rle(runs(10, 0, 7_990), height=80, width=100)),
    label("rle.size", Rle(runs(10, 10), height=80, width=100)),
    label("rle.other-size", Rle(runs(8_000), height=100, width=80)),
    label("mask.duplicate-id", InstanceMask(items=(MaskItem(1), MaskItem(1)))),
    label("mask.checksum", PanopticMask(items=(), checksum="A9993E364706816ABA3E25717850C26C9CD0D89D")),
    against("mask.unknown-id", {"PANOPTIC_MASK": Subcatalog(categories=[Category(name="sky", category_id=3)])},
            PanopticMask(items=(MaskItem(1, category_id=4, category="sky"),))),
    against("category.missing", {"BOX2D": Subcatalog(categories=CARS)}, BOX),
    against("category.unknown", {"CUBOID2D": Subcatalog(categories=CARS)}, Cuboid2D(SQUARE, BACK, category="Car")),
    against("label.undeclared-type", {"BOX2D": Subcatalog(categories=CARS)}, Polyline2D(SQUARE, category="car")),
    against("label.instance-missing", {"BOX2D": Subcatalog(is_tracking=True)}, BOX),
    against("label.instance-stray", {"BOX2D": Subcatalog()}, Box2D(1, 1, 9, 9, instance="7"), is_graded=True),
    against("keypoints.count", {"KEYPOINTS2D": LENGTHY}, Keypoints2D(points((1, 1)))),
    against("keypoints.visible", {"KEYPOINTS2D": LENGTHY}, Keypoints2D(points((1, 1), (2, 2)), visible=(1, 1)),
            note="where there is none"),
    against("sentence.times", {"SENTENCE": Subcatalog(is_sample=True, sample_rate=8_000)},
            Sentence(phone=(Word("m", 3, 4.5),)), note="in samples"),
    against("attribute.type", {"SENTENCE": Subcatalog(attributes=[Attribute(name="speaker", type="string")])},
            Sentence(sentence=(Word("a"),), attributes={"speaker": 3}), note="of a sentence"),
    against("attribute.unknown", {"CLASSIFICATION": Subcatalog()}, Classification(attributes={"rain": True})),
    against("attribute.enum", {"CLASSIFICATION": Subcatalog(attributes=[Attribute(name="rain", enum=[0, 1])])},
            Classification(attributes={"rain": True}), note="1 is not true"),
]  # fmt: skip


class TwoNights(MemoryDataset):
    """Two segments of one name."""

    def __init__(self) -> None:
        super().__init__("harbour", Harbour(is_fusion=False).frames)
        self.segments = [*self.segments, Segment(name="night", frame_count=0)]
