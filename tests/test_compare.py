"""What differs between two datasets, one change at a time."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import numpy as np
import pytest

from lading.compare import catalog_diff, diff
from lading.errors import OptionError
from lading.model.codec import decode_catalog
from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.geometry import EGO, Transform3D
from lading.model.label import Box2D
from lading.model.sensor import Camera, Lidar

sys.path.append(str(Path(__file__).parent / "validate" / "corpus"))
cargo = importlib.import_module("cargo")


def told(found):
    return [(d.change, d.what, d.segment, d.frame, d.sensor, d.field, d.name) for d in found]


def changed(make, change, **options):
    other = make()
    change(other)
    return list(diff(make().dataset(), other.dataset(), **options))


@pytest.mark.parametrize("make", [cargo.pictures, cargo.drive])
def test_a_dataset_does_not_differ_from_itself(make):
    assert list(diff(make().dataset(), make().dataset())) == []


def test_a_label_differs_field_by_field():
    found = changed(cargo.pictures, lambda c: c.edit(cargo.BOX, xmin=1.0, category="person"))
    name = "BOX2D car instance 1"
    assert told(found) == [
        ("changed", "label", "train", "train/1.png", None, "xmin", name),
        ("changed", "label", "train", "train/1.png", None, "category", name),
    ]
    assert (found[1].before, found[1].after) == ("car", "person")
    ignored = changed(cargo.pictures, lambda c: c.edit(cargo.BOX, xmin=1.0, category="person"), ignore=["geometry"])
    assert [d.field for d in ignored] == ["category"]
    with pytest.raises(OptionError, match=r"ignore: expected a field, .* found 'categry'; close to it is 'category'"):
        changed(cargo.pictures, lambda c: None, ignore=["categry"])
    assert changed(cargo.pictures, lambda c: None, ignore=["timestampNs", "sha1"]) == []


def test_labels_that_came_and_went():
    box = Box2D(1, 2, 3, 4, category="car", instance="9")

    def change(c):
        c.data().labels.insert(0, box)
        c.data().labels.pop(1 + cargo.RLE)

    found = changed(cargo.pictures, change)
    assert told(found) == [
        ("removed", "label", "train", "train/1.png", None, None, "RLE car"),
        ("added", "label", "train", "train/1.png", None, None, "BOX2D car instance 9"),
    ]
    assert found[1].after["xmin"] == 1
    assert found[0].before["counts"] == cargo.pictures().data().labels[cargo.RLE].counts.tolist()


def test_a_label_that_went_is_not_taken_for_another_instance_that_became_of_its_category():
    gone = Box2D(1, 2, 3, 4, category="car", instance="20")
    kept = Box2D(5, 6, 7, 8, category="light", instance="22")

    def frames(*labels):
        data = Data(path="1.png", remote_path="1.png", labels=list(labels))
        return MemoryDataset("x", {"train": [Frame(key="1", data=[data])]})

    now = Box2D(5, 6, 7, 8, category="car", instance="22")
    assert told(diff(frames(gone, kept), frames(now))) == [
        ("removed", "label", "train", "1.png", None, None, "BOX2D car instance 20"),
        ("changed", "label", "train", "1.png", None, "category", "BOX2D light instance 22"),
    ]


def test_the_order_of_labels_does_not_count():
    assert changed(cargo.pictures, lambda c: c.data().labels.reverse()) == []


def test_points_are_compared_as_arrays():
    found = changed(cargo.pictures, lambda c: c.edit(cargo.POLYGON, points=np.zeros((3, 2))))
    assert [(d.field, d.after) for d in found] == [("points", [[0.0, 0.0]] * 3)]


def test_frames_and_segments_that_came_and_went():
    def change(c):
        c.frames["train"].pop(0)
        c.frames["test"] = c.frames.pop("val")

    assert told(changed(cargo.pictures, change)) == [
        ("removed", "frame", "train", "train/0.png", None, None, None),
        ("removed", "segment", "val", None, None, None, None),
        ("added", "segment", "test", None, None, None, None),
    ]


def test_the_order_and_the_keys_of_plain_frames_do_not_count():
    def change(c):
        c.frames["train"].reverse()
        for index, frame in enumerate(c.frames["train"]):
            frame.key = f"new {index}"

    assert changed(cargo.pictures, change) == []


def test_files_differ_by_bytes_size_and_what_is_said_of_them():
    def change(c):
        data = c.data("drive", 2, "left")
        data.content = cargo.Bytes(data.path, bytes(len(data.content.data)))
        data.timestamp_ns += 1
        data.ego_pose = None
        c.data("drive", 2, "right").content = None

    found = changed(cargo.drive, change)
    fields = [(d.sensor, d.field) for d in found]
    assert fields == [("left", "timestampNs"), ("left", "egoPose"), ("left", "sha1"), ("right", "missing")]
    assert {d.frame for d in found} == {"000002"}
    assert [d.field for d in changed(cargo.drive, change, with_content=False)] == ["timestampNs", "egoPose", "missing"]

    def longer(c):
        c.data("drive", 2, "left").content = cargo.Bytes("x", b"longer")

    assert [d.field for d in changed(cargo.drive, longer)] == ["size"]


def test_sensors_and_files_that_came_went_and_moved():
    def change(c):
        sensors = c.sensors["drive"]
        sensors[0] = sensors[0].model_copy(update={"extrinsics": Transform3D("lidar", EGO, (0, 0, 2))})
        sensors[2] = Camera(name="back")
        frame = c.frames["drive"][0]
        frame.data.pop()
        frame.calibration = {"lidar": Lidar(name="lidar")}

    assert told(changed(cargo.drive, change)) == [
        ("changed", "sensor", "drive", None, "lidar", None, None),
        ("removed", "sensor", "drive", None, "right", None, None),
        ("added", "sensor", "drive", None, "back", None, None),
        ("removed", "file", "drive", "000000", "right", None, "right/0.png"),
        ("changed", "sensor", "drive", "000000", "lidar", None, None),
    ]


def test_names_are_compared_as_they_were_before_they_went_up():
    one, two = (
        MemoryDataset("d", {"s": [Frame(key=key, data=[Data(path="x", remote_path=path)])]})
        for key, path in (("1", "100%.png"), ("2", "100%25.png"))
    )
    assert list(diff(one, two)) == []


def test_catalogs_differ_by_name():
    before = decode_catalog({"BOX2D": {"categories": [{"name": "a"}, {"name": "b"}], "isTracking": False}, "RLE": {}})
    after = decode_catalog(
        {"BOX2D": {"categories": [{"name": "c"}, {"name": "b", "description": "x"}], "isTracking": True}}
    )
    assert {(d.change, d.name) for d in catalog_diff(before, after)} == {
        ("removed", "/BOX2D/categories/a"),
        ("added", "/BOX2D/categories/b/description"),
        ("added", "/BOX2D/categories/c"),
        ("changed", "/BOX2D/isTracking"),
        ("removed", "/RLE"),
    }
    assert catalog_diff(before, before) == []
