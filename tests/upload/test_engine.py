"""What an upload leaves on the platform, and what a second one sends."""

from __future__ import annotations

import hashlib
import io
import json
import re
from typing import Any

import msgspec
import numpy as np
import pytest
from PIL import Image

from lading.errors import OptionError, UploadError
from lading.model.catalog import Attribute, Catalog, Category, Subcatalog
from lading.model.dataset import Dataset, MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.geometry import EGO, Transform3D
from lading.model.label import Box2D, Box3D, Classification, MaskItem, PanopticMask, Sentence, Word
from lading.model.report import Report
from lading.model.sensor import Camera, CameraMatrix, Intrinsics, Lidar, Sensor

from .conftest import Reading, Send, content


def box(name: str = "car", xmin: float = 1.5, **attributes: Any) -> Box2D:
    return Box2D(xmin=xmin, ymin=2.0, xmax=30.25, ymax=40.0, category=name, attributes=attributes)


def data(path: str, body: bytes | None, *labels: Any, **fields: Any) -> Data:
    found = None if body is None else content(path, body)
    return Data(path=path, remote_path=path, content=found, labels=list(labels), **fields)


def normal(frames: dict[str, list[Data]], catalog: Catalog | None = None) -> MemoryDataset:
    segments = {name: [Frame(key=row.path, data=[row]) for row in rows] for name, rows in frames.items()}
    return MemoryDataset("ours", segments, catalog=catalog)


CATALOG = Catalog(
    subcatalogs={
        "BOX2D": Subcatalog(
            categories=[Category(name="car"), Category(name="bus")],
            attributes=[Attribute(name="truncated", type="boolean")],
        )
    }
)


def test_files_labels_and_catalog_arrive_as_they_are(send: Send, reading: Reading) -> None:
    dataset = normal(
        {
            "train": [data("a b.jpg", b"first", box(truncated=True), box("bus")), data("é/ü.png", b"second")],
            "val": [data("a b.jpg", b"third", Sentence(sentence=(Word("Guten Tag\n"),)))],
        },
        CATALOG,
    )
    result = send(dataset, commit="first delivery", tag="v1")
    assert (result.sent, result.skipped, result.failed, result.missing) == (3, 0, 0, 0)
    assert (result.segments, result.frames, result.labels) == (2, 3, 3)
    assert result.bytes_sent == len(b"first") + len(b"second") + len(b"third")
    commit = result.commit_id
    assert commit is not None
    assert reading.segments(send.name, "v1") == ["train", "val"]
    first, second = reading.details(send.name, commit, "train")
    (third,) = reading.details(send.name, commit, "val")
    assert [row["remotePath"] for row in (first, second, third)] == ["a b.jpg", "é/ü.png", "a b.jpg"]
    assert [reading.bytes_of(row["url"]) for row in (first, second, third)] == [b"first", b"second", b"third"]
    assert first["checksum"] == hashlib.sha1(b"first").hexdigest()
    edges = {"xmin": 1.5, "ymin": 2, "xmax": 30.25, "ymax": 40}
    assert first["label"] == {
        "BOX2D": [
            {"box2d": edges, "category": "car", "attributes": {"truncated": True}},
            {"box2d": edges, "category": "bus"},
        ]
    }
    assert second["label"] == {}
    assert third["label"] == {"SENTENCE": [{"sentence": [{"text": "Guten Tag\n"}]}]}
    declared = reading.catalog(send.name, commit)["BOX2D"]
    assert [category["name"] for category in declared["categories"]] == ["car", "bus"]
    assert [(a["name"], a["type"]) for a in declared["attributes"]] == [("truncated", "boolean")]
    (draft,) = reading.drafts(send.name)
    assert (draft["number"], draft["status"]) == (result.draft_number, "COMMITTED")


def test_an_unchanged_rerun_sends_nothing_and_opens_no_draft(send: Send, reading: Reading) -> None:
    def dataset() -> Dataset:
        return normal({"train": [data(f"{i}.jpg", b"file %d" % i, box()) for i in range(120)]}, CATALOG)

    first, second = send(dataset()), send(dataset())
    assert (first.sent, first.skipped) == (120, 0)
    assert (second.sent, second.skipped, second.relabelled, second.bytes_sent) == (0, 120, 0, 0)
    assert (second.draft_number, second.commit_id) == (None, first.commit_id)
    assert second.labels == 120
    assert len(reading.drafts(send.name)) == 1


def test_only_what_changed_is_sent_again(send: Send, reading: Reading) -> None:
    send(normal({"s": [data("a.jpg", b"a", box()), data("b.jpg", b"b", box()), data("c.jpg", b"c", box())]}, CATALOG))
    changed = normal(
        {"s": [data("a.jpg", b"a", box()), data("b.jpg", b"other", box()), data("c.jpg", b"c", box("bus"))]}, CATALOG
    )
    result = send(changed)
    assert (result.sent, result.skipped, result.relabelled, result.bytes_sent) == (1, 2, 1, len(b"other"))
    assert result.commit_id is not None
    rows = reading.details(send.name, result.commit_id, "s")
    assert [reading.bytes_of(row["url"]) for row in rows] == [b"a", b"other", b"c"]
    assert [row["label"]["BOX2D"][0]["category"] for row in rows] == ["car", "car", "bus"]


def test_a_missing_file_is_listed_and_does_not_hold_the_commit(send: Send, reading: Reading) -> None:
    result = send(normal({"s": [data("a.jpg", None, box()), data("b.jpg", b"b")]}, CATALOG))
    assert (result.sent, result.missing, result.missing_files, result.is_complete) == (1, 1, ["a.jpg"], False)
    assert result.commit_id is not None
    assert [row["remotePath"] for row in reading.details(send.name, result.commit_id, "s")] == ["b.jpg"]


def test_a_file_that_cannot_be_read_holds_the_commit_and_the_next_run_ends_it(send: Send, reading: Reading) -> None:
    class Broken:
        path = "a.jpg"
        size = 3
        stamp = None

        def open(self) -> Any:
            raise PermissionError(13, "Permission denied", "a.jpg")

    row = Data(path="a.jpg", remote_path="a.jpg", content=Broken(), labels=[box()])
    result = send(normal({"s": [row, data("b.jpg", b"b")]}, CATALOG))
    assert (result.sent, result.failed, result.commit_id) == (1, 1, None)
    ((path, reason),) = result.failures
    assert path == "a.jpg"
    assert "permission denied" in reason
    again = send(normal({"s": [data("a.jpg", b"a", box()), data("b.jpg", b"b")]}, CATALOG))
    assert (again.sent, again.skipped, again.draft_number) == (1, 1, result.draft_number)
    assert again.commit_id is not None
    assert [row["remotePath"] for row in reading.details(send.name, again.commit_id, "s")] == ["a.jpg", "b.jpg"]


def test_a_dry_run_counts_and_writes_nothing(send: Send, reading: Reading) -> None:
    result = send(normal({"s": [data("a.jpg", b"abc", box())]}, CATALOG), dry_run=True)
    assert (result.sent, result.bytes_sent, result.dataset_id, result.commit_id) == (1, 3, None, None)
    assert reading.get("datasets", name=send.name)["datasets"] == []


def test_without_committing_the_draft_stays_open(send: Send, reading: Reading) -> None:
    result = send(normal({"s": [data("a.jpg", b"abc")]}), is_committing=False)
    assert (result.commit_id, result.draft_number) == (None, 1)
    assert [draft["status"] for draft in reading.drafts(send.name)] == ["OPEN"]


def test_names_that_the_platform_forbids_go_up_escaped(send: Send, reading: Reading) -> None:
    result = send(normal({"v1.0": [data("a\\b.jpg", b"x"), data("../c.jpg", b"y")]}))
    assert result.commit_id is not None
    assert reading.segments(send.name, result.commit_id) == ["v1%2E0"]
    rows = reading.details(send.name, result.commit_id, "v1%2E0")
    assert [row["remotePath"] for row in rows] == ["%2E%2E/c.jpg", "a%5Cb.jpg"]


@pytest.mark.parametrize("sidecar", [False, True], ids=["without a sidecar", "beyond the sidecar"])
def test_what_the_wire_cannot_hold_is_a_loss_with_a_count(sidecar: bool, send: Send) -> None:
    report = Report()
    label = Box2D(xmin=0, ymin=0, xmax=float("nan"), ymax=1, category="car", extras={"area": 1})
    rows = [data("a.jpg", b"a", label, extras={"license": 1}), data("b.jpg", b"b", box(), extras={"license": 2})]
    result = send(normal({"s": rows}, CATALOG), report=report, sidecar=sidecar)
    assert result.labels == 1
    carried = {"data extra 'license'": 2, "label extra 'area'": 1}
    assert {loss.what: loss.count for loss in report.losses} == {
        **({} if sidecar else carried),
        "label with a number that is not finite": 1,
    }


@pytest.mark.parametrize("sidecar", [False, True], ids=["without a sidecar", "beyond the sidecar"])
def test_labels_of_a_missing_file_are_a_loss_with_a_count(sidecar: bool, send: Send) -> None:
    report = Report()
    gone = Data(path="gone.jpg", remote_path="gone.jpg", labels=[box(), box()])
    rows = [data("a.jpg", b"a", box()), gone]
    result = send(normal({"s": rows}, CATALOG), report=report, allow_missing=True, sidecar=sidecar)
    assert (result.labels, result.missing, result.missing_files) == (1, 1, ["gone.jpg"])
    lost = [] if sidecar else [("label of a file that is missing", 2, "gone.jpg")]
    assert [(loss.what, loss.count, loss.example) for loss in report.losses] == lost


def test_verifying_reads_everything_back(send: Send) -> None:
    result = send(normal({"s": [data("a.jpg", b"a", box(), Classification(category="day"))]}), verify=True)
    assert (result.failed, result.is_complete) == (0, True)


def test_a_dataset_of_the_other_type_is_refused(send: Send) -> None:
    send(normal({"s": [data("a.jpg", b"a")]}))
    other = MemoryDataset("ours", {"s": []}, is_fusion=True)
    with pytest.raises(UploadError, match=r"expected a fusion dataset, found a normal one of this name"):
        send(other)


def test_jobs_below_one_are_refused(send: Send) -> None:
    with pytest.raises(OptionError, match=r"^jobs: expected 1 or more, found 0$"):
        send(normal({}), jobs=0)


# Masks


def panoptic(ids: list[list[int]]) -> bytes:
    values = np.array(ids)
    buffer = io.BytesIO()
    rgb = np.stack([values & 255, values >> 8 & 255, values >> 16], axis=-1).astype(np.uint8)
    Image.fromarray(rgb).save(buffer, "PNG")
    return buffer.getvalue()


def with_mask(body: bytes | None) -> MemoryDataset:
    items = (MaskItem(300_000, category_id=1, category="person"), MaskItem(200_000, category_id=2, category="sky"))
    mask = PanopticMask(items=items, path="p.png", content=None if body is None else content("p.png", body))
    catalog = Catalog(
        subcatalogs={
            "PANOPTIC_MASK": Subcatalog(
                categories=[Category(name="person", category_id=1), Category(name="sky", category_id=2)]
            )
        }
    )
    return normal({"s": [data("a.jpg", b"picture", mask)]}, catalog)


def test_a_panoptic_mask_arrives_with_its_sources_ids_declared(send: Send, reading: Reading) -> None:
    result = send(with_mask(panoptic([[300_000, 200_000], [0, 200_000]])), verify=True)
    assert result.commit_id is not None
    ((row),) = reading.details(send.name, result.commit_id, "s")
    mask = row["label"]["PANOPTIC_MASK"]
    assert mask["info"] == [
        {"instanceId": 2, "categoryId": 1, "attributes": {"source_id": 300_000}},
        {"instanceId": 1, "categoryId": 2, "attributes": {"source_id": 200_000}},
    ]
    with Image.open(io.BytesIO(reading.bytes_of(mask["url"]))) as image:
        assert np.asarray(image).tolist() == [[2, 1], [0, 1]]
    declared = reading.catalog(send.name, result.commit_id)["PANOPTIC_MASK"]
    assert [(a["name"], a["type"]) for a in declared["attributes"]] == [("source_id", "integer")]
    again = send(with_mask(panoptic([[300_000, 200_000], [0, 200_000]])))
    assert (again.bytes_sent, again.draft_number, again.commit_id) == (0, None, result.commit_id)


def test_a_missing_mask_is_a_missing_file(send: Send) -> None:
    result = send(with_mask(None))
    assert (result.sent, result.missing, result.missing_files) == (1, 1, ["p.png"])


# Fusion


def camera(fx: float, x: float) -> Camera:
    return Camera(
        name="cam",
        extrinsics=Transform3D("cam", EGO, (x, 0.25, -0.5), (0.5, -0.5, 0.5, -0.5)),
        intrinsics=Intrinsics(camera_matrix=CameraMatrix(fx=fx, fy=fx, cx=10.5, cy=5.5), distortion={"k1": 0.1}),
    )


LIDAR = Lidar(name="lidar", extrinsics=Transform3D("lidar", EGO))
CUBE = Box3D(x=1.0, y=2.0, z=3.0, length=4.0, width=2.0, height=1.5, qw=0.6, qz=0.8, category="car", instance="i")


def fusion(*calibrations: Camera | None, name: str = "drive") -> MemoryDataset:
    frames = []
    for index, calibration in enumerate(calibrations):
        rows = [
            data(f"cam/{index}.png", b"p%d" % index, box(), sensor_name="cam", timestamp_ns=1_500_000_000_123_456_789),
            data(f"lidar/{index}.bin", b"l%d" % index, CUBE, sensor_name="lidar"),
        ]
        own: dict[str, Sensor] | None = None if calibration is None else {"cam": calibration}
        frames.append(Frame(key=str(index), data=rows, calibration=own))
    dataset = MemoryDataset("f", {name: frames}, sensors={name: [camera(700, 1.0), LIDAR]}, is_fusion=True)
    dataset.is_continuous = True
    dataset.bin_point_cloud_fields = ["X", "Y", "Z", "Intensity"]
    return dataset


def test_sensors_frames_poses_and_notes_of_a_fusion_dataset_arrive(send: Send, reading: Reading) -> None:
    result = send(fusion(None, None), verify=True)
    assert result.commit_id is not None
    assert reading.segments(send.name, result.commit_id) == ["drive"]
    cam, lidar = reading.sensors(send.name, result.commit_id, "drive")
    assert (cam["name"], cam["type"], lidar["name"], lidar["type"]) == ("cam", "CAMERA", "lidar", "LIDAR")
    assert cam["extrinsics"] == {
        "translation": {"x": 1, "y": 0.25, "z": -0.5},
        "rotation": {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5},
    }
    assert cam["intrinsics"]["cameraMatrix"] | {"skew": 0} == {"fx": 700, "fy": 700, "cx": 10.5, "cy": 5.5, "skew": 0}
    rows = reading.details(send.name, result.commit_id, "drive")
    assert [[part["remotePath"] for part in row["frame"]] for row in rows] == [
        ["cam/0.png", "lidar/0.bin"],
        ["cam/1.png", "lidar/1.bin"],
    ]
    part = next(part for part in rows[0]["frame"] if part["sensorName"] == "lidar")
    assert part["label"]["BOX3D"] == [
        {
            "box3d": {
                "translation": {"x": 1, "y": 2, "z": 3},
                "rotation": {"w": 0.6, "x": 0, "y": 0, "z": 0.8},
                "size": {"x": 4, "y": 2, "z": 1.5},
            },
            "category": "car",
            "instance": "i",
        }
    ]
    notes = reading.notes(send.name, result.commit_id)
    assert (notes["isContinuous"], notes["binPointCloudFields"]) == (True, ["X", "Y", "Z", "Intensity"])
    again = send(fusion(None, None))
    assert (again.sent, again.skipped, again.draft_number) == (0, 4, None)


def test_notes_that_change_are_a_change(send: Send, reading: Reading) -> None:
    first = send(fusion(None))
    dataset = fusion(None)
    dataset.bin_point_cloud_fields = None
    second = send(dataset)
    assert second.commit_id not in (None, first.commit_id)
    notes = reading.notes(send.name, str(second.commit_id))
    assert (notes["isContinuous"], notes["binPointCloudFields"]) == (True, None)


def calibration_hash(sensors: list[Any]) -> str:
    """The rule of docs/formats/kitti.md, written again: SHA-1 of the sensors' JSON, by name, with sorted keys."""
    text = json.dumps(sorted(sensors, key=lambda row: str(row["name"])), sort_keys=True, separators=(",", ":"))
    return hashlib.sha1(text.encode()).hexdigest()[:6]


def test_where_calibrations_differ_the_first_frames_gets_a_segment_like_the_others(
    send: Send, reading: Reading
) -> None:
    def drive(order: list[int]) -> MemoryDataset:
        """The first frame's calibration is the segment's; the frame that differs carries its own."""
        cameras = [camera(700, 1.0), camera(721.5, 0.5)]
        frames = [
            Frame(
                key=str(k),
                data=[data(f"cam/{k}.png", b"%d" % k, sensor_name="cam")],
                calibration=None if k == order[0] else {"cam": cameras[k]},
            )
            for k in order
        ]
        made = MemoryDataset("f", {"drive": frames}, sensors={"drive": [cameras[order[0]]]}, is_fusion=True)
        made.segments = [msgspec.structs.replace(made.segments[0], is_calibrated_by_frame=True)]
        return made

    first = send(drive([0, 1]))
    names = reading.segments(send.name, str(first.commit_id))
    assert len(names) == 2
    assert all(re.fullmatch("drive-[0-9a-f]{6}", name) for name in names)
    other = Send(send.platform, f"{send.name}-other", send.ledgers)
    assert reading.segments(other.name, str(other(drive([1, 0])).commit_id)) == names


def test_frames_with_calibrations_of_their_own_go_into_segments_of_their_own(send: Send, reading: Reading) -> None:
    one, two = camera(707.5, 0.25), camera(721.5, 0.5)
    result = send(fusion(one, two, one), verify=True)
    assert result.commit_id is not None
    assert (result.segments, result.frames, result.sent) == (1, 3, 6)
    wire = {
        fx: {
            "name": "cam",
            "type": "CAMERA",
            "extrinsics": {
                "translation": {"x": x, "y": 0.25, "z": -0.5},
                "rotation": {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5},
            },
            "intrinsics": {
                "cameraMatrix": {"fx": fx, "fy": fx, "cx": 10.5, "cy": 5.5},
                "distortionCoefficients": {"k1": 0.1},
            },
        }
        for fx, x in ((707.5, 0.25), (721.5, 0.5))
    }
    lidar = {
        "name": "lidar",
        "type": "LIDAR",
        "extrinsics": {
            "translation": {"x": 0.0, "y": 0.0, "z": 0.0},
            "rotation": {"w": 1.0, "x": 0.0, "y": 0.0, "z": 0.0},
        },
    }
    names = {fx: f"drive-{calibration_hash([sensor, lidar])}" for fx, sensor in wire.items()}
    assert reading.segments(send.name, result.commit_id) == sorted(names.values())
    paths = {
        fx: [row["frame"][0]["remotePath"] for row in reading.details(send.name, result.commit_id, name)]
        for fx, name in names.items()
    }
    assert paths == {707.5: ["cam/0.png", "cam/2.png"], 721.5: ["cam/1.png"]}
    for fx, name in names.items():
        cam, _ = reading.sensors(send.name, result.commit_id, name)
        assert cam["intrinsics"]["cameraMatrix"]["fx"] == fx
    again = send(fusion(one, two, one))
    assert (again.sent, again.skipped, again.draft_number, again.commit_id) == (0, 6, None, result.commit_id)
