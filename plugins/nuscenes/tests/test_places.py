"""Where and when the vehicle is said to be, and boxes that are not in the global frame."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from lading_nuscenes.box_places import tell_boxes

import lading
from lading.model.geometry import matrix_from_quaternion

TABLES = "v1.0-mini/"
ALIKE = ("media.duplicate", "media.leak", "segment.forbidden-name")
SECOND = 1_000_000


def judged(case: Any) -> list[str]:
    """All that is found but for what the fixture has: bytes that are alike, and a name with a dot."""
    found = lading.validate(lading.open_dataset(case.root))
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule not in ALIKE]


def pose_of(case: Any, file: int) -> tuple[int, Any]:
    token = case.rows("sample_data")[file]["ego_pose_token"]
    return next((n, row) for n, row in enumerate(case.rows("ego_pose")) if row["token"] == token)


@pytest.mark.parametrize("scenes", [(0,), (0, 1)])
@pytest.mark.parametrize("is_turned", [True, False], ids=["in the frame of the vehicle", "from the vehicle's place"])
def test_boxes_that_are_not_global_are_told_once_a_scene(case: Any, scenes: tuple[int, ...], is_turned: bool) -> None:
    tokens = [case.rows("scene")[scene]["token"] for scene in scenes]
    samples = {row["token"]: row for row in case.rows("sample")}
    lidars = {row["sample_token"]: n for n, row in enumerate(case.rows("sample_data"))
              if row["is_key_frame"] and "LIDAR_TOP" in row["filename"]}  # fmt: skip
    firsts = {}

    def change(rows: Any) -> None:
        for number, row in enumerate(rows):
            scene = samples[row["sample_token"]]["scene_token"]
            if scene in tokens:
                _, pose = pose_of(case, lidars[row["sample_token"]])
                place = np.array(row["translation"]) - pose["translation"]
                row["translation"] = (place @ matrix_from_quaternion(pose["rotation"]) if is_turned else place).tolist()
                firsts.setdefault(scene, number)

    case.edit("sample_annotation", change)
    lines = [line for line in judged(case) if "box-frame" in line]
    assert [line.split(": ")[0] for line in lines] == [
        f"warning nuscenes.box-frame {TABLES}sample_annotation.json#/{firsts[token]}/translation" for token in tokens
    ]
    assert [line for line in judged(case) if "box-frame" not in line] == []


def test_boxes_near_the_origin_of_a_map_are_global_where_the_vehicle_is_there(case: Any) -> None:
    away = np.array([600.0, 1597.0, 0.0])
    for table in ("sample_annotation", "ego_pose"):
        case.edit(table, lambda rows: [r | {"translation": (np.array(r["translation"]) - away).tolist()} for r in rows])
    assert not any("box-frame" in line for line in judged(case))


def test_one_box_far_off_is_no_matter_of_the_frame(case: Any) -> None:
    case.set("sample_annotation", 5, translation=[1.0, 2.0, 3.0])
    assert not any("box-frame" in line for line in judged(case))


@pytest.mark.parametrize("metres", [160, 400])
def test_boxes_of_a_scene_that_are_all_far_off_are_told_once(case: Any, metres: float) -> None:
    scene = case.rows("scene")[0]["token"]
    own = {row["token"] for row in case.rows("sample") if row["scene_token"] == scene}
    boxes = [n for n, row in enumerate(case.rows("sample_annotation")) if row["sample_token"] in own]
    case.edit(
        "sample_annotation",
        lambda rows: [
            row | {"translation": (np.array(row["translation"]) - [0, metres + 100, 0]).tolist()} if n in boxes else row
            for n, row in enumerate(rows)
        ],
    )
    (line,) = [line for line in judged(case) if "box-" in line]
    assert line.startswith(f"warning nuscenes.box-frame {TABLES}sample_annotation.json#/{boxes[0]}/translation: ")
    assert f"found all {len(boxes)} boxes of a scene" in line
    assert "origin" not in line


@pytest.mark.parametrize(
    ("metres", "count", "rules"),
    [
        (160, 1, []),
        (160, 2, []),
        (160, 3, ["box-frame"]),
        (400, 1, ["box-place"]),
        (400, 3, ["box-frame"]),
        (None, 1, ["box-frame"]),
    ],
)
def test_a_few_boxes_far_off_are_single_ones_though_they_are_all(
    case: Any, metres: float | None, count: int, rules: list[str]
) -> None:
    """One box in each of some samples of the first scene, which has no others; a box at the origin is of a frame."""
    scene = case.rows("scene")[0]["token"]
    own = [row["token"] for row in case.rows("sample") if row["scene_token"] == scene]
    boxes = case.rows("sample_annotation")
    left = [next(n for n, row in enumerate(boxes) if row["sample_token"] == token) for token in own[:count]]
    away = [n for n, row in enumerate(boxes) if row["sample_token"] in own and n not in left]
    for number in left:
        token = boxes[number]["sample_token"]
        files = enumerate(case.rows("sample_data"))
        own_files = [n for n, row in files if row["sample_token"] == token and row["is_key_frame"]]
        x, y, z = pose_of(case, own_files[0])[1]["translation"]
        place = [10.0, 5.0, 1.0] if metres is None else [x, y + metres, z]
        case.set("sample_annotation", number, translation=place)
    case.edit("sample_annotation", lambda rows: [row for n, row in enumerate(rows) if n not in away])
    found = [line.split()[1].removeprefix("nuscenes.") for line in judged(case)]
    assert [rule for rule in found if rule.startswith("box-")] == rules


@pytest.mark.parametrize(("metres", "is_told"), [(250, False), (350, True)])
def test_boxes_far_from_the_vehicle_are_told_once_a_scene(case: Any, metres: float, is_told: bool) -> None:
    token = case.rows("sample_annotation")[1]["sample_token"]
    (file,) = [n for n, row in enumerate(case.rows("sample_data"))
               if row["sample_token"] == token and row["is_key_frame"] and "LIDAR_TOP" in row["filename"]]  # fmt: skip
    _, pose = pose_of(case, file)
    x, y, z = pose["translation"]
    case.set("sample_annotation", 1, translation=[x + metres, y, z])
    message = (
        f"{TABLES}sample_annotation.json#/1/translation: expected a box near the vehicle, found it {metres} m away"
    )
    assert [line for line in judged(case) if "box-" in line] == [f"warning nuscenes.box-place {message}"] * is_told
    other = next(n for n, row in enumerate(case.rows("sample_annotation")) if row["sample_token"] == token and n != 1)
    assert other > 1
    case.set("sample_annotation", other, translation=[x, y + 10 * metres, z])
    lines = [line for line in judged(case) if "box-" in line]
    assert len(lines) == 1
    assert ("1 more of its scene" in lines[0]) == is_told


@pytest.mark.parametrize("file", [0, 7, 14, 19])
def test_a_pose_far_from_the_others_of_its_sample_is_told_at_its_row(case: Any, file: int) -> None:
    row, pose = pose_of(case, file)
    x, y, z = pose["translation"]
    case.set("ego_pose", row, translation=[x + 900, y, z])
    (line,) = [line for line in judged(case) if "nuscenes." in line]
    assert line.startswith(f"warning nuscenes.ego-place {TABLES}ego_pose.json#/{row}/translation: ")
    told = float(line.split("found one ")[1].split(" m off")[0])
    assert 895 < told < 905


@pytest.mark.parametrize(("seconds", "found"), [(7, "7.000 s after"), (-2, "2.000 s before")])
def test_a_pose_of_another_time_than_its_file_is_told(case: Any, seconds: int, found: str) -> None:
    row, pose = pose_of(case, 5)
    case.set("ego_pose", row, timestamp=pose["timestamp"] + seconds * SECOND)
    assert judged(case) == [
        f"warning nuscenes.ego-time {TABLES}ego_pose.json#/{row}/timestamp: "
        f"expected the time of its file, found one {found} it"
    ]


@pytest.mark.parametrize("count", [1, 6])
def test_files_with_the_pose_of_another_sensor_are_told_unless_their_sensor_has_it_so(case: Any, count: int) -> None:
    """Rows 10, 12 and so on are the radar's key frames, each five before that of the lidar in the same sample."""
    rows = case.rows("sample_data")
    radar = [row for row, one in enumerate(rows) if one["is_key_frame"] and "/RADAR_FRONT/" in one["filename"]]
    for row in radar[:count]:
        case.set("sample_data", row, ego_pose_token=rows[row + 5]["ego_pose_token"])
    found = "expected the pose of its time, as nearly all files have, found that of row 15"
    line = f"warning nuscenes.ego-pose {TABLES}sample_data.json#/10/ego_pose_token: {found}"
    assert judged(case) == ([line] if count == 1 else [])


def test_poses_of_another_clock_are_told_once(case: Any) -> None:
    case.edit("ego_pose", lambda rows: [row | {"timestamp": row["timestamp"] + 3600 * SECOND} for row in rows])
    (line,) = judged(case)
    assert line.endswith("expected the time of its file, found one 3,600.000 s after it, as in 24 rows of 24")


@pytest.mark.parametrize("is_pose_as_well", [True, False])
@pytest.mark.parametrize(("file", "seconds"), [(2, 5), (2, -5), (4, 5), (0, -5), (17, 2)])
def test_a_file_of_another_time_than_its_sample_is_told_once(
    case: Any, file: int, seconds: int, is_pose_as_well: bool
) -> None:
    """Not also as a step in time of the frames before and behind."""
    time = case.rows("sample_data")[file]["timestamp"] + seconds * SECOND
    row, _ = pose_of(case, file)
    case.set("sample_data", file, timestamp=time)
    if is_pose_as_well:
        case.set("ego_pose", row, timestamp=time)
    (line,) = judged(case)
    assert line.startswith(
        f"warning nuscenes.file-time {TABLES}sample_data.json#/{file}/timestamp: "
        "expected a time near that of its sample, "
    )


def test_files_of_a_sensor_of_another_clock_are_told_once(case: Any) -> None:
    rows = case.rows("sample_data")
    own = [n for n, row in enumerate(rows) if row["is_key_frame"] and "/CAM_FRONT/" in row["filename"]]
    case.edit("sample_data", lambda rows: [
        row | {"timestamp": row["timestamp"] + 3 * SECOND} if n in own else row for n, row in enumerate(rows)
    ])  # fmt: skip
    assert len(own) == 6
    (line,) = [line for line in judged(case) if "file-time" in line]
    assert line.startswith(f"warning nuscenes.file-time {TABLES}sample_data.json#/{own[0]}/timestamp: ")
    assert line.endswith(" s after it, as in 6 files of 6 of its sensor")


@pytest.mark.parametrize(
    ("sample", "seconds", "found"),
    [
        (0, 0.7, "before that of the sample after it, found one 0.200 s later"),
        (1, -0.7, "after that of the sample before it, found one 0.200 s earlier"),
        (1, 0.7, "before that of the sample after it, found one 0.200 s later"),
        (2, -0.7, "after that of the sample before it, found one 0.200 s earlier"),
    ],
)
def test_a_sample_out_of_order_in_time_is_told_at_its_time(case: Any, sample: int, seconds: float, found: str) -> None:
    """Samples are half a second apart; which of two is the wrong one, their files tell."""
    time = case.rows("sample")[sample]["timestamp"] + int(seconds * SECOND)
    case.set("sample", sample, timestamp=time)
    assert judged(case) == [
        f"warning nuscenes.sample-order {TABLES}sample.json#/{sample}/timestamp: expected a time {found}"
    ]


def test_a_scene_that_goes_back_in_time_throughout_is_told_once(case: Any) -> None:
    """Both scenes as one of six samples, whose times, and those of their files and poses, are turned round."""
    first, second = case.rows("scene")
    samples = case.rows("sample")
    samples[2]["next"], samples[3]["prev"] = samples[3]["token"], samples[2]["token"]
    scene = first | {"last_sample_token": second["last_sample_token"], "nbr_samples": 6}
    case.edit("scene", lambda _: [scene])
    case.edit("sample", lambda _: [row | {"scene_token": first["token"]} for row in samples])
    before = {line.split()[1] for line in judged(case)}
    assert not before & {"nuscenes.sample-order", "timestamp.backwards"}
    times = [row["timestamp"] for row in samples]
    later = {row["token"]: back - time for row, time, back in zip(samples, times, times[::-1], strict=True)}
    poses = {row["ego_pose_token"]: later[row["sample_token"]] for row in case.rows("sample_data")}
    for table, key, off in (
        ("sample", "token", later), ("sample_data", "sample_token", later), ("ego_pose", "token", poses),
    ):  # fmt: skip
        case.edit(table, lambda rows, key=key, off=off: [  # type: ignore[misc]
            row | {"timestamp": row["timestamp"] + off.get(row[key], 0)} for row in rows
        ])  # fmt: skip
    lines = [line for line in judged(case) if line.split()[1] in ("nuscenes.sample-order", "timestamp.backwards")]
    assert lines == [
        f"warning nuscenes.sample-order {TABLES}scene.json#/0/first_sample_token: "
        "expected samples forward in time, found 5 steps back in 6, the first to row 1"
    ]


@pytest.mark.parametrize("seconds", [-3600, 1.2, 3600])
def test_a_sample_far_from_all_its_files_is_told_once_at_its_time(case: Any, seconds: float) -> None:
    time = case.rows("sample")[1]["timestamp"] + int(seconds * SECOND)
    (line,) = judged(case.set("sample", 1, timestamp=time))
    assert line.startswith(
        f"warning nuscenes.sample-time {TABLES}sample.json#/1/timestamp: expected the time of its files, found one "
    )


def test_a_file_behind_the_last_sample_is_told_where_it_is_later_than_the_next(case: Any) -> None:
    rows, samples = case.rows("sample_data"), case.rows("sample")
    last = samples[2]["token"]
    sweep = next(
        n for n, row in enumerate(rows) if row["sample_token"] == last and not row["is_key_frame"] and row["next"]
    )
    case.set("sample_data", sweep, timestamp=rows[sweep]["timestamp"] + SECOND)
    told = [line for line in case.open(sweeps=True).told if "ego-time" not in line]
    assert told == [
        f"warning nuscenes.sweep-time {TABLES}sample_data.json#/{sweep}/timestamp: "
        "expected a time between those of the samples around it, found one outside"
    ]


def test_poses_that_are_far_from_each_other_throughout_are_told_once(case: Any) -> None:
    def scatter(rows: Any) -> None:
        for number, row in enumerate(rows):
            x, y, z = row["translation"]
            row["translation"] = [x + 700 * (number % 7), y, z]

    case.edit("ego_pose", scatter)
    (line,) = [line for line in judged(case) if "ego-place" in line]
    assert "expected the poses of a sample near each other, found them up to " in line
    assert line.endswith(" and more than 50 m in 6 samples of 6")


def test_many_scenes_that_have_a_box_far_off_are_told_in_one_walk_over_the_boxes() -> None:
    """Of 10,000 scenes of one sample and 40 boxes, each has one box 200 m away; to look for each in all takes 5 s."""
    scenes, each = 10_000, 40
    none = np.empty(0, dtype=np.int64)
    numbers = np.arange(scenes)
    poses = SimpleNamespace(of_file=numbers, translations=np.zeros((scenes, 3)))
    files: Any = SimpleNamespace(samples=numbers, misplaced=frozenset(), poses=poses)
    own = np.arange(scenes * each)
    places = np.zeros((scenes * each, 3))
    places[::each, 0] = 200
    boxes: Any = SimpleNamespace(samples=own // each, translations=places, rows=own, far=none)

    class Samples(SimpleNamespace):
        def __len__(self) -> int:
            return scenes

    samples: Any = Samples(scenes=numbers, times=numbers)
    tables: Any = None
    began = time.process_time()
    tell_boxes(tables, samples, files, boxes, numbers.astype(np.int32))
    assert time.process_time() - began < 2
    assert boxes.far.tolist() == []
