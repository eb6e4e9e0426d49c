"""Defects of names, frames, sensors and instances over time."""

from __future__ import annotations

from collections.abc import Callable

from cargo import Bytes, Cargo, TwiceNamed, drive, png
from defects_labels import Defect

from lading.model.frame import Data
from lading.model.geometry import EGO, WORLD, Transform3D
from lading.model.sensor import Camera, CameraMatrix, Intrinsics, Lidar, Radar

NOWHERE: list[tuple[str | None, str | None]] = [(None, None)]
TURN = (0.5, -0.5, 0.5, -0.5)


def record(sensor: str, frame: int = 2) -> list[tuple[str | None, str | None]]:
    return [("labels.json", f"/drive/{frame}/{sensor}")]


def plain(frame: int = 1, segment: str = "train") -> list[tuple[str | None, str | None]]:
    return [("labels.json", f"/{segment}/{frame}")]


def rename(old: str, new: str) -> Callable[[Cargo], object]:
    def change(cargo: Cargo) -> None:
        cargo.frames[new] = cargo.frames.pop(old)

    return change


def twice_named(cargo: Cargo) -> None:
    made = cargo.dataset

    def dataset() -> TwiceNamed:
        whole = made()
        return TwiceNamed(whole.name, {"val": cargo.frames["val"], **cargo.frames}, catalog=whole.catalog)

    cargo.dataset = dataset  # type: ignore[method-assign]


def on_data(
    sensor: str | None = None, frame: int = 2, segment: str = "drive", **fields: object
) -> Callable[[Cargo], object]:
    def change(cargo: Cargo) -> None:
        for name, value in fields.items():
            setattr(cargo.data(segment, frame, sensor), name, value)

    return change


def on_frame(frame: int, segment: str = "drive", **fields: object) -> Callable[[Cargo], object]:
    def change(cargo: Cargo) -> None:
        for name, value in fields.items():
            setattr(cargo.frames[segment][frame], name, value)

    return change


def sensor(index: int, **fields: object) -> Callable[[Cargo], object]:
    def change(cargo: Cargo) -> None:
        cargo.sensors["drive"][index] = cargo.sensors["drive"][index].model_copy(update=fields)

    return change


def lens(distortion: dict[str, float] | None = None, **matrix: float) -> Callable[[Cargo], object]:
    given = {"fx": 90.0, "fy": 90.0, "cx": 50.0, "cy": 40.0} | matrix
    return sensor(1, intrinsics=Intrinsics(camera_matrix=CameraMatrix(**given), distortion=distortion))


def same_place(cargo: Cargo) -> None:
    for index, one in enumerate(cargo.sensors["drive"]):
        sensor(index, extrinsics=Transform3D(one.name, EGO))(cargo)


def without(name: str, *frames: int) -> Callable[[Cargo], object]:
    def change(cargo: Cargo) -> None:
        for index in frames:
            frame = cargo.frames["drive"][index]
            frame.data = [data for data in frame.data if data.sensor_name != name]

    return change


def same_path(cargo: Cargo) -> None:
    cargo.data("train", 2).remote_path = cargo.data("train", 1).remote_path


def second_file(cargo: Cargo) -> None:
    frame = cargo.frames["drive"][2]
    first = cargo.data("drive", 2, "left")
    other = Bytes("left/again.bin", b"other")
    frame.data.append(
        Data(
            path="left/again.bin", remote_path="left/again.bin", content=other, sensor_name="left", origin=first.origin
        )
    )


def same_id(cargo: Cargo) -> None:
    cargo.frames["drive"][2].frame_id = cargo.frames["drive"][1].frame_id


def swapped_times(cargo: Cargo) -> None:
    for frame, time_ns in ((2, 1_500_000_000_350_000_000),):
        cargo.data("drive", frame, "right").timestamp_ns = time_ns


def shared_time(cargo: Cargo) -> None:
    cargo.data("drive", 2, "right").timestamp_ns = cargo.data("drive", 1, "right").timestamp_ns


def lost_ego(cargo: Cargo) -> None:
    """The place of the vehicle is lost for one frame, in which the boxes are where they were beside it."""
    for data in cargo.frames["drive"][2].data:
        data.ego_pose = Transform3D(EGO, WORLD, (-4_000.0, 0.0, 0.0))


def pair(cargo: Cargo) -> None:
    """Pictures of a pair of no declared size, the right one larger."""
    for name in ("left", "right"):
        cargo.data("drive", 2, name).width = cargo.data("drive", 2, name).height = None
    right = cargo.data("drive", 2, "right")
    right.content = Bytes(right.path, png("right", size=(101, 80)))


def one_sensor(cargo: Cargo) -> None:
    """A sensor that a plain dataset has: the frames name none."""
    cargo.sensors["train"] = [Lidar(name="lidar")]


def unknown_sensor(cargo: Cargo) -> None:
    frame = cargo.frames["drive"][2]
    frame.data.append(Data(path="top.bin", remote_path="top.bin", content=Bytes("top.bin", b"top"), sensor_name="top"))


def unnamed_sensor(cargo: Cargo) -> None:
    cargo.sensors["drive"].append(Radar(name=""))
    for index, frame in enumerate(cargo.frames["drive"]):
        path = f"radar/{index}.bin"
        frame.data.append(Data(path=path, remote_path=path, content=Bytes(path, path.encode()), sensor_name=""))


def jump(index: int, name: str, frame: int, **fields: float) -> Callable[[Cargo], object]:
    """The instance is elsewhere from this frame on, so that it jumps once."""

    def change(cargo: Cargo) -> None:
        for later in range(frame, 5):
            cargo.edit(index, "drive", later, name, **fields)

    return change


def tiny(cargo: Cargo) -> None:
    """A small box in the picture that gets from one corner to the other."""
    for frame in range(5):
        x, y = (2.0, 2.0) if frame < 3 else (95.0, 75.0)
        cargo.edit(0, "drive", frame, "left", xmin=x, ymin=y, xmax=x + 2, ymax=y + 2)


BAD_POSE = Transform3D(EGO, WORLD, (float("nan"), 0, 0))
LONG_POSE = Transform3D(EGO, WORLD, (20.0, 0, 0), (2.0, 0, 0, 0))

DEFECTS = [
    Defect("dataset.empty-name", lambda cargo: setattr(cargo, "name", ""), NOWHERE),
    Defect("dataset.forbidden-name", lambda cargo: setattr(cargo, "name", "car@go"), NOWHERE),
    Defect("dataset.empty", lambda cargo: cargo.frames.clear(), NOWHERE),
    Defect("segment.empty-name", rename("val", ""), NOWHERE),
    Defect("segment.duplicate-name", twice_named, NOWHERE),
    Defect("segment.forbidden-name", rename("val", "v1.0"), NOWHERE),
    Defect("segment.empty", lambda cargo: cargo.frames.update(test=[]), NOWHERE),
    Defect("path.empty", on_data(segment="train", frame=1, remote_path=""), plain()),
    Defect("path.duplicate", same_path, plain(2)),
    Defect("path.forbidden", on_data(segment="train", frame=1, remote_path="a\\b.png"), plain()),
    Defect("media.pair-size", pair, [("right/2.png", None)], drive),
    Defect("frame.bad-id", on_frame(2, frame_id="17"), record("lidar"), drive),
    Defect("frame.duplicate-id", same_id, record("lidar"), drive),
    Defect("frame.unknown-sensor", unknown_sensor, [("top.bin", None)], drive),
    Defect("frame.sensor-twice", second_file, record("left"), drive),
    Defect("frame.missing-sensor", without("right", 2), record("lidar"), drive),
    Defect("frame.missing-sensor", without("right", 0, 1), record("lidar", 0) + record("lidar", 1), drive,
           "before it is met"),
    Defect("frame.missing-sensor", without("right", 3, 4), record("lidar", 3) + record("lidar", 4), drive,
           "at the end"),
    Defect("frame.plain-id", on_frame(1, "train", frame_id="01ARZ3NDEKTSV4RRFFQ69G5FAV"), plain()),
    Defect("frame.plain-sensor", on_data(segment="train", frame=1, sensor_name="left"), plain()),
    Defect("timestamp.backwards", swapped_times, record("right", 3), drive),
    Defect("timestamp.shared", shared_time, record("right", 2), drive),
    Defect("pose.not-finite", on_data("left", ego_pose=BAD_POSE), record("left"), drive),
    Defect("pose.rotation", on_data("left", ego_pose=LONG_POSE), record("left"), drive),
    Defect("pose.jump", lost_ego, record("lidar"), drive),
    Defect("instance.category-changed", lambda cargo: cargo.edit(0, "drive", 2, "lidar", category="person"),
           [("labels.json", "/drive/2/lidar/labels/0/category")], drive),
    Defect("instance.jump", jump(0, "lidar", 3, y=90.0),
           [("labels.json", "/drive/3/lidar/labels/0/geometry/centre")], drive),
    Defect("instance.jump", tiny, [("labels.json", "/drive/3/left/labels/0/geometry")], drive, "in the picture"),
    Defect("sensor.empty-name", unnamed_sensor, NOWHERE, drive),
    Defect("sensor.duplicate-name", lambda cargo: cargo.sensors["drive"].append(Radar(name="lidar")), NOWHERE, drive),
    Defect("sensor.plain-dataset", one_sensor, NOWHERE),
    Defect("sensor.unused", lambda cargo: cargo.sensors["drive"].append(Radar(name="radar")), NOWHERE, drive),
    Defect("sensor.not-finite", lens(cx=float("nan")), NOWHERE, drive),
    Defect("sensor.not-finite", sensor(0, extrinsics=Transform3D("lidar", EGO, (float("inf"), 0, 0))), NOWHERE, drive,
           "extrinsics"),
    Defect("sensor.rotation", sensor(0, extrinsics=Transform3D("lidar", EGO, (0, 0, 1), (0, 0, 0, 0))), NOWHERE, drive),
    Defect("sensor.all-identity", same_place, NOWHERE, drive),
    Defect("sensor.no-intrinsics", sensor(1, intrinsics=None), NOWHERE, drive),
    Defect("sensor.focal-length", lens(fx=0.0), NOWHERE, drive),
    Defect("sensor.focal-length", lens(fy=-50.0), NOWHERE, drive, "below 0"),
    Defect("sensor.distortion-empty", lens(distortion={}), NOWHERE, drive),
    Defect("sensor.distortion-gap", lens(distortion={"k1": 0.1, "k3": 0.1}), NOWHERE, drive),
    Defect("sensor.no-intrinsics", on_frame(2, calibration={"left": Camera(name="left")}), record("lidar"), drive,
           "that a frame brings"),
]  # fmt: skip
