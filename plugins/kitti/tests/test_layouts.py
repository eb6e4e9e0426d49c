"""Layouts as they come: official ones, and what lies about in the wild."""

from __future__ import annotations

from typing import Any

import pytest
from lading_kitti.reader import KittiReader

from lading import Source
from lading.errors import OptionError, SourceError


def detected(kitti: Any, files: dict[str, str | bytes]) -> Any:
    return KittiReader().detect(Source.open(kitti.tree(files)))


def sensors(reading: Any, segment: str) -> list[str]:
    return [sensor.name for sensor in reading.dataset.segment(segment).sensors]


def test_an_official_split(kitti: Any) -> None:
    found = kitti.read(
        {
            "training/image_2/000000.png": kitti.PIXEL,
            "training/image_3/000000.png": kitti.PIXEL,
            "training/velodyne/000000.bin": kitti.CLOUD,
            "training/calib/000000.txt": kitti.CALIBRATION,
            "training/label_2/000000.txt": f"{kitti.ROW}\n",
            "testing/image_2/000000.png": kitti.PIXEL,
        }
    )
    assert [segment.name for segment in found.dataset.segments] == ["testing", "training"]
    assert found.dataset.is_fusion
    assert not found.dataset.is_continuous
    assert found.dataset.bin_point_cloud_fields == ("X", "Y", "Z", "Intensity")
    frame = found.frame("training", "000000")
    assert [(data.sensor_name, data.remote_path, data.annotation) for data in frame.data] == [
        ("image_2", "image_2/000000.png", "present"),
        ("image_3", "image_3/000000.png", "none"),
        ("velodyne", "velodyne/000000.bin", "present"),
    ]
    due = [("kitti.calibration-missing", "testing/calib"), ("kitti.calibration-key", "training/calib/000000.txt")]
    assert [(finding.rule, finding.file) for finding in found.report.findings] == due
    finding = found.report.findings[1]
    assert finding.severity == "warning"
    assert finding.message == "expected a line P3, found none; the camera image_3 has no intrinsics"
    assert found.losses == {}


def test_boxes_lie_on_the_velodyne_also_where_its_file_is_missing(kitti: Any) -> None:
    found = kitti.read(
        {
            "training/velodyne/000000.bin": kitti.CLOUD,
            "training/calib/000001.txt": kitti.CALIBRATION,
            "training/label_2/000001.txt": f"{kitti.ROW}\n",
        }
    )
    lidar = found.data("training", "000001", "velodyne")
    assert (lidar.is_missing, lidar.path) == (True, "training/velodyne/000001.bin")
    (box,) = lidar.labels
    # R0 and V by hand: camera (-0.5, 1.6 - 0.75, 14.2) less (-0.02, -0.06, -0.33), axes z, -x, -y
    assert box.centre == pytest.approx((14.53, 0.48, -0.91))
    assert found.data("training", "000001", "image_2").labels[0].instance == box.instance == "000001:0"


def test_without_a_velodyne_folder_boxes_lie_in_the_cameras_frame(kitti: Any) -> None:
    found = kitti.read({"label_2/0.txt": f"{kitti.ROW}\n", "calib/0.txt": kitti.CALIBRATION})
    data = found.data("all", "0", "image_2")
    flat, solid = data.labels
    assert (flat.kind, solid.kind) == ("BOX2D", "BOX3D")
    b = (4.2 / 72 - 60 * 0.005 / 72, -18 * 0.005 / 72, 0.005)
    assert solid.centre == pytest.approx((-0.5 + b[0], 0.85 + b[1], 14.2 + b[2]))
    assert solid.extras["location"] == [-0.5, 1.6, 14.2]


def test_2d_alone_is_a_plain_dataset(kitti: Any) -> None:
    found = kitti.read(
        {
            "images/sub folder/a b.jpg": kitti.PIXEL,
            "labels/a b.txt": f"sail boat -1 -1 -10 1 2 30 40 {kitti.UNSET}\n",
        }
    )
    assert not found.dataset.is_fusion
    data = found.data("all", "a b")
    assert (data.sensor_name, data.remote_path) == (None, "images/sub folder/a b.jpg")
    assert found.frame("all", "a b").frame_id is None
    assert data.labels[0].attributes == {}
    assert [c.name for c in found.dataset.catalog["BOX2D"].categories] == ["sail boat"]
    assert "BOX3D" not in found.dataset.catalog


def test_three_columns_without_a_calibration_become_attributes(kitti: Any) -> None:
    files = {f"label_2/00000{n}.txt": f"{kitti.ROW}\n" for n in range(3)}
    found = kitti.read({"image_2/000000.png": kitti.PIXEL, **files})
    (box,) = found.data("all", "000000").labels
    (finding,) = found.told("kitti.calibration-missing")
    assert (finding.file, finding.segment) == ("label_2/000000.txt", "all")
    assert finding.message == "expected a calibration, found none; 3D columns become attributes of BOX2D"
    assert box.attributes == {
        "truncated": 0.0,
        "occluded": 0,
        "alpha": -1.55,
        "dimensions": [1.5, 1.6, 3.9],
        "location": [-0.5, 1.6, 14.2],
        "rotation_y": -1.58,
    }


def test_results_alone(kitti: Any) -> None:
    found = kitti.read({"my run/data/000007.txt": f"{kitti.ROW} 0.75\n"})
    (box,) = found.data("all", "000007").labels
    assert box.attributes["score"] == 0.75
    assert found.losses == {}


def test_results_beside_labels_are_a_loss_until_they_are_asked_for(kitti: Any) -> None:
    files = {
        "training/label_2/000000.txt": f"{kitti.ROW}\n",
        "training/results/data/000000.txt": f"{kitti.ROW} 0.75\n{kitti.ROW} 0.5\n",
    }
    found = kitti.read(files)
    assert len(found.data("training", "000000").labels) == 1
    assert found.losses == {"label file of a folder that is not read": 1}
    found = kitti.read(labels="results")
    assert [label.attributes["score"] for label in found.data("training", "000000").labels] == [0.75, 0.5]
    with pytest.raises(OptionError, match="-o labels: expected the name of a folder of labels, found 'nope'"):
        kitti.read(labels="nope")


def test_one_calibration_for_all_frames(kitti: Any) -> None:
    row = f"{kitti.ROW}\n"
    found = kitti.read(
        {"label_2/0.txt": row, "label_2/1.txt": row, "velodyne/0.bin": kitti.CLOUD, "calib.txt": kitti.CALIBRATION}
    )
    assert found.told("kitti.calibration-missing") == []
    assert [label.kind for label in found.data("all", "1", "velodyne").labels] == ["BOX3D"]
    assert found.losses == {}


def test_root_files_that_no_segment_reads_are_losses(kitti: Any) -> None:
    found = kitti.read(
        {"label_2/0.txt": "", "calib/0.txt": kitti.CALIBRATION, "calib.txt": kitti.CALIBRATION, "times.txt": "0\n"}
    )
    assert found.losses == {"file that no layout of KITTI has a place for": 2}


def test_a_flat_folder(kitti: Any) -> None:
    found = kitti.read(
        {
            "000114.bin": kitti.CLOUD,
            "000114_calib.txt": kitti.CALIBRATION,
            "000114_image.png": kitti.PIXEL,
            "000114_label.txt": f"{kitti.ROW}\n",
        }
    )
    assert [data.path for data in found.frame("all", "000114").data] == ["000114_image.png", "000114.bin"]
    assert found.data("all", "000114", "velodyne").labels[0].kind == "BOX3D"
    assert found.losses == {}


def test_folders_by_the_names_of_the_readme(kitti: Any) -> None:
    found = kitti.read(
        {
            "training/image_02/000000.jpg": kitti.PIXEL,
            "training/Velodyne/000000.bin": kitti.CLOUD,
            "training/label_02/000000.txt": f"{kitti.ROW}\n",
            "training/calib/000000.txt": kitti.CALIBRATION,
        }
    )
    assert sensors(found, "training") == ["image_02", "Velodyne"]
    assert found.data("training", "000000", "Velodyne").labels[0].kind == "BOX3D"


def test_numbers_without_leading_zeros(kitti: Any) -> None:
    files = {f"training/image_2/{n:06d}.png": kitti.PIXEL for n in (1, 2, 10)}
    found = kitti.read({**files, **{f"training/label_2/{n}.txt": f"{kitti.ROW}\n" for n in (1, 2, 10)}})
    assert list(found.frames["training"]) == ["000001", "000002", "000010"]
    assert found.told("kitti.label-missing") == []


def test_leading_zeros_count_where_they_tell_files_apart(kitti: Any) -> None:
    found = kitti.read({"image_2/1.png": kitti.PIXEL, "image_2/01.png": kitti.PIXEL, "label_2/1.txt": f"{kitti.ROW}\n"})
    assert sorted(found.frames["all"]) == ["01", "1"]
    assert len(found.data("all", "1").labels) == 1


def test_sub_folders_count_where_they_tell_files_apart(kitti: Any) -> None:
    found = kitti.read(
        {
            "image_2/a/0.png": kitti.PIXEL,
            "image_2/b/0.png": kitti.PIXEL,
            "label_2/b/0.txt": f"{kitti.ROW}\n",
        }
    )
    assert list(found.frames["all"]) == ["a/0", "b/0"]
    assert [len(found.data("all", key).labels) for key in ("a/0", "b/0")] == [0, 1]


def test_splits_as_sub_folders(kitti: Any) -> None:
    found = kitti.read(
        {
            "image_2/train/000000.png": kitti.PIXEL,
            "label_2/train/000000.txt": f"{kitti.ROW}\n",
            "image_2/val/000000.png": kitti.PIXEL,
            "label_2/val/000000.txt": "",
        }
    )
    assert list(found.frames) == ["train", "val"]
    assert found.data("train", "000000").annotation == "present"
    assert found.data("val", "000000").annotation == "empty"


def test_several_datasets_below_one_folder_are_told_apart_by_it(kitti: Any) -> None:
    found = kitti.read(
        {
            "base/one/training/image_2/000000.png": kitti.PIXEL,
            "base/one/training/label_2/000000.txt": f"{kitti.ROW}\n",
            "base/two/training/image_2/000000.png": kitti.PIXEL,
            "base/two/training/label_2/000000.txt": f"{kitti.ROW}\n",
        }
    )
    assert list(found.frames) == ["one/training", "two/training"]


def test_image_sets_are_kept_and_their_ids_are_frames(kitti: Any) -> None:
    found = kitti.read(
        {
            "training/image_2/000000.png": kitti.PIXEL,
            "training/label_2/000000.txt": f"{kitti.ROW}\n",
            "ImageSets/train.txt": "000000\n000005",
            "ImageSets/trainval.txt": "000000\n",
            "ImageSets/test.txt": "000000\n",
        }
    )
    assert found.frame("training", "000000").extras["image_sets"] == ["train", "trainval"]
    lonely = found.data("training", "000005")
    assert lonely.is_missing
    assert (lonely.locate().file, lonely.locate().line) == ("ImageSets/train.txt", 2)
    assert found.told("kitti.label-missing") == []  # the set is what is wrong
    assert found.losses == {"image set whose split is not there": 1}


def test_previous_pictures_planes_and_road_maps_stay_by_their_paths(kitti: Any) -> None:
    found = kitti.read(
        {
            "training/image_2/um_000000.png": kitti.PIXEL,
            "training/label_2/um_000000.txt": f"{kitti.ROW}\n",
            "training/prev_2/um_000000_01.png": kitti.PIXEL,
            "training/prev_2/um_000000_02.png": kitti.PIXEL,
            "training/prev_2/um_000009_02.png": kitti.PIXEL,
            "training/planes/um_000000.txt": "# Plane\n",
            "training/gt_image_2/um_road_000000.png": kitti.PIXEL,
        }
    )
    assert found.frame("training", "um_000000").extras == {
        "gt_image_2": ["training/gt_image_2/um_road_000000.png"],
        "planes": ["training/planes/um_000000.txt"],
        "prev_2": ["training/prev_2/um_000000_01.png", "training/prev_2/um_000000_02.png"],
    }
    assert found.losses == {"file of prev_2 that belongs to no frame": 1}


def test_previous_pictures_are_frames_where_they_are_asked_for(kitti: Any) -> None:
    files: dict[str, str | bytes] = {
        "image_2/000000.png": kitti.PIXEL,
        "image_2/000001.png": kitti.PIXEL,
        "image_3/000000.png": kitti.PIXEL,
        "image_3/000001.png": kitti.PIXEL,
        "velodyne/000000.bin": kitti.CLOUD,
        "velodyne/000001.bin": kitti.CLOUD,
        "label_2/000000.txt": f"{kitti.ROW}\n",
        "label_2/000001.txt": "",
        "calib/000000.txt": kitti.CALIBRATION,
        "calib/000001.txt": kitti.CALIBRATION.replace("P2: 72", "P2: 71"),
        "prev_1/000000_01.png": kitti.PIXEL,
    }
    files |= {f"prev_2/000001_0{number}.png": kitti.PIXEL for number in (1, 2, 3)}
    files |= {f"prev_3/000001_0{number}.png": kitti.PIXEL for number in (1, 2)}
    found = kitti.read(files, previous=True)
    frames = found.frames["all"]
    assert list(frames) == ["000000", "000001_03", "000001_02", "000001_01", "000001"]
    assert {key: [data.sensor_name for data in frame.data] for key, frame in frames.items() if "_" in key} == {
        "000001_03": ["image_2"],
        "000001_02": ["image_2", "image_3"],
        "000001_01": ["image_2", "image_3"],
    }
    data = found.data("all", "000001_02", "image_2")
    assert (data.path, data.remote_path, data.is_missing) == ("prev_2/000001_02.png",) * 2 + (False,)
    assert (data.annotation, data.labels) == ("none", [])
    assert frames["000001_02"].calibration["image_2"] == frames["000001"].calibration["image_2"]
    assert frames["000000"].extras["prev_1"] == ["prev_1/000000_01.png"]  # a camera that has no other pictures
    assert len({frame.frame_id for frame in frames.values()}) == 5
    assert [finding.file for finding in found.told("kitti.calibration-key")] == ["calib/000000.txt", "calib/000001.txt"]
    lacking = [finding.file for finding in found.told("kitti.previous-missing")]
    assert lacking == ["prev_1/000000_02.png", "prev_3/000001_03.png"]
    assert len(found.report.findings) == 4
    assert list(kitti.read(files).frames["all"]) == ["000000", "000001"]


def test_tracking_of_both_splits_names_the_split(kitti: Any) -> None:
    row = f"0 -1 DontCare -1 -1 -10 1 2 3 4 {kitti.UNSET}\n"
    found = kitti.read(
        {
            "training/label_02/0000.txt": row,
            "training/label_02/0001.txt": row,
            "testing/image_02/0000/000000.png": kitti.PIXEL,
        }
    )
    assert list(found.frames) == ["testing/0000", "training/0000", "training/0001"]


def test_frames_of_tracking_are_those_that_anything_speaks_of(kitti: Any) -> None:
    found = kitti.read(
        {
            "training/image_02/0000/000004.png": kitti.PIXEL,
            "training/label_02/0000.txt": kitti.ROW.replace("Car", "2 7 Car") + "\n",
            "training/oxts/0000.txt": " ".join(["1"] * 30) + " \n",
            "training/calib/0000.txt": kitti.CALIBRATION,
        }
    )
    assert list(found.frames["0000"]) == ["000000", "000002", "000004"]
    flat, solid = found.data("0000", "000002", "image_02").labels
    assert flat.instance == solid.instance == "0000:7"
    assert found.data("0000", "000004", "image_02").annotation == "empty"
    assert found.dataset.is_continuous
    assert found.frame("0000", "000000").data[0].ego_pose is not None


def test_the_export_of_waymo(kitti: Any) -> None:
    cameras = "".join(f"P{i}: 72 0 60 0 0 72 18 0 0 0 1 0\n" for i in range(5))
    found = kitti.read(
        {
            **{f"training/image_{i}/000000.png": kitti.PIXEL for i in range(5)},
            "training/velodyne/000000.bin": kitti.CLOUD,
            "training/calib/000000.txt": cameras + kitti.CALIBRATION.split("\n", 1)[1].replace("cam:", "cam_0:"),
            "training/label_all/000000.txt": f"{kitti.ROW} 3\n{kitti.ROW} 0\n",
        }
    )
    assert sensors(found, "training") == [*(f"image_{i}" for i in range(5)), "velodyne"]
    assert [len(data.labels) for data in found.frame("training", "000000").data] == [1, 0, 0, 1, 0, 2]
    assert "score" not in found.data("training", "000000", "image_3").labels[0].attributes
    (finding,) = found.told("kitti.waymo-export")
    assert "expected KITTI's own camera frame, found an export of Waymo" in finding.message


def test_a_raw_drive_by_itself(kitti: Any) -> None:
    found = kitti.read(
        {
            "image_02/data/0000000003.png": kitti.PIXEL,
            "velodyne_points/data/0000000003.bin": kitti.CLOUD,
            "IMAGE_03/data/0000000003.png": kitti.PIXEL,
        }
    )
    assert [data.remote_path for data in found.frame("all", "0000000003").data] == [
        "image_02/data/0000000003.png",
        "IMAGE_03/data/0000000003.png",
        "velodyne_points/data/0000000003.bin",
    ]


def test_extract_drives_have_their_cameras_as_they_stand(kitti: Any) -> None:
    drive = "2011_09_26/2011_09_26_drive_0001_extract"
    found = kitti.read(
        {
            f"{drive}/image_02/data/0000000000.png": kitti.PIXEL,
            f"{drive}/velodyne_points/data/0000000000.txt": "1 2 3 0.5\n",
            "2011_09_26/calib_cam_to_cam.txt": "K_02: 900 0 690 0 901 233 0 0 1\nD_02: 0 0 0 0 0\n"
            "R_02: 1 0 0 0 1 0 0 0 1\nT_02: 0 0 0\nP_rect_02: 72 0 60 0 0 72 18 0 0 0 1 0\n",
            "2011_09_26/calib_velo_to_cam.txt": "R: 0 -1 0 0 0 -1 1 0 0\nT: 0 0 0\n",
        }
    )
    camera, lidar = found.dataset.segments[0].sensors
    assert camera.intrinsics.camera_matrix.fx == 900
    assert lidar.extrinsics is not None
    assert found.dataset.bin_point_cloud_fields is None


def test_a_second_folder_of_a_sensor_is_a_loss(kitti: Any) -> None:
    found = kitti.read(
        {
            "image_2/0.png": kitti.PIXEL,
            "images/0.png": kitti.PIXEL,
            "velodyne/0.bin": kitti.CLOUD,
            "velodyne_reduced/0.bin": kitti.CLOUD,
            "label_2/0.txt": f"{kitti.ROW}\n",
        }
    )
    assert found.losses == {"picture of a second folder": 1, "point cloud of a second folder": 1}


def test_what_no_layout_knows_is_a_loss(kitti: Any) -> None:
    found = kitti.read(
        {
            "label_2/0.txt": f"{kitti.ROW}\n",
            "notes/numbers.csv": "1,2",
            "README.md": "about it",
            "oxts/0.txt": "1",
            "calib/9.txt": kitti.CALIBRATION,
        }
    )
    assert found.losses == {
        "calibration of a frame that has no other file": 1,
        "file of a folder 'oxts' that is not read here": 1,
        "file that no layout of KITTI has a place for": 1,
    }


def test_nothing_of_kitti(kitti: Any) -> None:
    with pytest.raises(SourceError, match="expected folders of KITTI's layouts, found none with a frame"):
        kitti.read({"a.txt": "hello"})


@pytest.mark.parametrize(
    "files",
    [
        {"images/a.jpg": b"x", "labels/a.txt": "0 0.5 0.5 0.1 0.2\n"},
        {"images/a.jpg": b"x", "annotations/instances.json": "{}"},
        {"JPEGImages/a.jpg": b"x", "Annotations/a.xml": "<annotation/>", "ImageSets/Main/train.txt": "a\n"},
        {"data.csv": "1,2"},
        {"calib/000000.txt": "P2: 1"},
    ],
    ids=["YOLO", "COCO", "VOC", "nothing", "a calibration alone"],
)
def test_other_formats_are_not_taken(kitti: Any, files: dict[str, str | bytes]) -> None:
    match = detected(kitti, files)
    assert match.confidence == 0
    assert match.reason


def test_detection_says_what_it_saw(kitti: Any) -> None:
    match = detected(kitti, {"training/label_2/0.txt": f"{kitti.ROW}\n"})
    assert match.confidence == 0.95
    assert match.reason == "KITTI object: training/label_2/0.txt holds rows of labels (segment 'training')"


def test_detection_by_names_alone_is_less_sure(kitti: Any) -> None:
    match = detected(kitti, {"training/velodyne/0.bin": kitti.CLOUD})
    assert match.confidence == 0.6
    assert match.reason == "KITTI object, by the names of its folders (velodyne)"


def test_every_benchmark_of_a_source_says_how_its_numbers_are_read(kitti: Any) -> None:
    drive = "raw/2011_09_26/2011_09_26_drive_0001_sync"
    found = kitti.read(
        {
            f"{drive}/image_02/data/0000000000.png": kitti.PIXEL,
            "tracking/training/label_02/0000.txt": kitti.ROW.replace("Car", "0 7 Car"),
            "odometry/sequences/00/times.txt": "0\n",
        }
    )
    assert found.dataset.rules["world"].split("; ") == [
        "east, north, up from where the segment's first oxts record stands",
        "rectified camera 0 of the sequence's first frame (odometry)",
    ]
    assert [told[-10:] for told in found.dataset.rules["time"].split("; ")] == [
        "(odometry)",
        " UTC (raw)",
        "(tracking)",
    ]


@pytest.mark.parametrize("name", ["README.md", "training/image_2/000000.png", "training/velodyne/000000.bin"])
def test_a_file_that_holds_no_annotations_is_not_taken_for_the_dataset_around_it(kitti: Any, name: str) -> None:
    files = {"training/label_2/000000.txt": f"{kitti.ROW}\n", "README.md": "# Of a harbour\n"}
    files |= {"training/image_2/000000.png": kitti.PIXEL, "training/velodyne/000000.bin": b"\0" * 16}
    match = KittiReader().detect(Source.open(kitti.tree(files) / name))
    assert match.confidence == 0
    assert match.reason.endswith(" is no annotation file of KITTI (.txt, .xml)")
