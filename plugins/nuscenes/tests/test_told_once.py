"""What is wrong in one row is told once, however many others it reaches."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

import lading
from lading.model.catalog import Attribute, Catalog, Category, Items, Subcatalog

TABLES = "v1.0-mini/"
ALIKE = ("media.duplicate", "media.leak", "segment.forbidden-name")


def judged(case: Any, catalog: Catalog | None = None) -> list[str]:
    """All that is found but for what the fixture has: bytes that are alike, and a name with a dot."""
    found = lading.validate(lading.open_dataset(case.root), catalog=catalog)
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule not in ALIKE]


def limited(**least: int) -> Catalog:
    """A catalog with the categories of the fixture and the least values of some attributes."""
    names = ("human.pedestrian.adult", "movable_object.trafficcone", "vehicle.car")
    attributes = [Attribute(name=name, type="integer", minimum=value) for name, value in least.items()]
    lists = {"attribute": "string", "velocity": "number"}
    attributes += [Attribute(name=name, type="array", items=Items(type=of)) for name, of in lists.items()]
    attributes.append(Attribute(name="visibility", type="string"))
    boxes = Subcatalog(
        is_tracking=True, category_delimiter=".", categories=[Category(name=name) for name in names],
        attributes=attributes,
    )  # fmt: skip
    return Catalog(subcatalogs={"BOX3D": boxes})


@pytest.mark.parametrize(("token", "first", "others"), [("4", 0, "5 more rows name"), ("2", 3, "3 more rows name")])
def test_a_level_of_visibility_that_is_gone_is_told_once(case: Any, token: str, first: int, others: str) -> None:
    case.edit("visibility", lambda rows: [row for row in rows if row["token"] != token])
    assert judged(case) == [
        f"error nuscenes.dangling-token {TABLES}sample_annotation.json#/{first}/visibility_token: "
        f"expected a token of visibility.json, found {token!r}; {others} it"
    ]


def test_two_rows_with_a_level_of_visibility_that_there_never_was_are_two_defects(case: Any) -> None:
    case.set("sample_annotation", 0, visibility_token="5").set("sample_annotation", 3, visibility_token="5")
    assert judged(case) == [
        f"error nuscenes.dangling-token {TABLES}sample_annotation.json#/{row}/visibility_token: "
        "expected a token of visibility.json, found '5'"
        for row in (0, 3)
    ]


def test_rows_without_a_level_of_visibility_name_none(case: Any) -> None:
    case.set("sample_annotation", 0, visibility_token="").set("sample_annotation", 1, visibility_token=None)
    assert judged(case) == []


def test_sensors_of_no_name_are_told_once_each(case: Any) -> None:
    case.set("sensor", 0, channel="").set("sensor", 1, channel="")
    assert judged(case) == [
        f"error nuscenes.channel {TABLES}sensor.json#/{row}/channel: expected the name of a sensor, found an empty one"
        for row in (0, 1)
    ]


def test_a_second_sensor_of_a_name_is_told_at_its_row_where_files_of_both_meet(case: Any) -> None:
    case.set("sensor", 1, channel="CAM_FRONT")
    assert judged(case) == [
        f"error nuscenes.channel {TABLES}sensor.json#/1/channel: "
        "expected a name of its own, found 'CAM_FRONT' of row 0 again; samples have files of both"
    ]


def give_second_rows(case: Any, sensors: int) -> None:
    """Rows of their own for some of the four sensors, which the calibrations of the second scene name."""
    first = case.rows("sensor")[:sensors]
    other = [row | {"token": f"{n:02x}" * 16} for n, row in enumerate(first, 1)]
    case.edit("sensor", lambda rows: [*rows, *other])
    for row in range(sensors):
        case.set("calibrated_sensor", 4 + row, sensor_token=other[row]["token"])


@pytest.mark.parametrize("sensors", [3, 4])
def test_sensors_that_have_a_row_for_each_scene_are_no_second_ones(case: Any, sensors: int) -> None:
    give_second_rows(case, sensors)
    assert judged(case) == []


@pytest.mark.parametrize("sensors", [1, 2])
def test_a_second_row_of_a_sensor_is_told_where_most_have_one(case: Any, sensors: int) -> None:
    give_second_rows(case, sensors)
    assert judged(case) == [
        f"warning nuscenes.sensor-twice {TABLES}sensor.json#/{4 + n}/channel: expected one row of {name!r}, "
        f"found it in row {n} as well; files of some samples are of this one"
        for n, name in list(enumerate(("CAM_FRONT", "CAM_BACK")))[:sensors]
    ]


@pytest.mark.parametrize("catalog", [None, limited(num_lidar_pts=0, num_radar_pts=0)], ids=["declared", "limited"])
def test_a_number_of_points_below_0_is_told_once(case: Any, catalog: Catalog | None) -> None:
    case.set("sample_annotation", 1, num_radar_pts=-3)
    assert judged(case, catalog) == [
        f"warning nuscenes.point-count {TABLES}sample_annotation.json#/1/num_radar_pts: "
        "expected a number of points, 0 or more, found -3"
    ]


def test_the_other_number_of_points_of_a_box_is_held_to_its_catalog(case: Any) -> None:
    case.set("sample_annotation", 1, num_radar_pts=-3, num_lidar_pts=2)
    points, *few = judged(case, limited(num_lidar_pts=3, num_radar_pts=0))
    assert points.startswith("warning nuscenes.point-count ")
    below = [n for n, row in enumerate(case.rows("sample_annotation")) if row["num_lidar_pts"] < 3]
    assert 1 in below
    assert sorted(line.split(": ")[0] for line in few) == sorted(
        f"error attribute.range {TABLES}sample_annotation.json#/{n}/num_lidar_pts" for n in below
    )


def test_a_column_that_has_minus_1_throughout_counts_nothing_as_lyft_has_it(case: Any) -> None:
    """source-formats.md 4.8, 5."""
    unset: Mapping[str, int] = {"num_lidar_pts": -1, "num_radar_pts": -1}
    case.edit("sample_annotation", lambda rows: [row | unset for row in rows])
    assert judged(case) == []
    assert {label.attributes["num_lidar_pts"] for label in case.open().labels} == {-1}
    case.set("sample_annotation", 4, num_lidar_pts=7)
    assert len(judged(case)) == len(case.rows("sample_annotation")) - 1


CHAIN = "warning nuscenes.broken-chain "


def chained(case: Any, table: str, index: int, column: str, message: str) -> None:
    """Hold that one finding is due."""
    assert judged(case) == [f"{CHAIN}{TABLES}{table}.json#/{index}/{column}: {message}"]


#: Of 12 annotations 0 to 2 are of an instance, 3 and 4 of another one, 6 to 8 and on of the second scene.
SLIPS: tuple[tuple[str, int, str, int | None, str], ...] = (
    ("sample_annotation", 0, "next", 4, "the token of row 1, whose `prev` leads here, found that of row 4"),
    ("sample_annotation", 0, "next", 2, "the token of row 1, whose `prev` leads here, found that of row 2"),
    ("sample_annotation", 1, "prev", 3, "the token of row 0, whose `next` leads here, found that of row 3"),
    ("sample_annotation", 2, "prev", None, "the token of row 1, whose `next` leads here, found none"),
    ("sample_annotation", 2, "next", 3,
     "the token of a row of the same instance whose `prev` leads here, found that of row 3"),
    ("sample", 2, "prev", 0, "the token of row 1, whose `next` leads here, found that of row 0"),
    ("sample", 2, "prev", 4, "the token of row 1, whose `next` leads here, found that of row 4"),
    ("sample", 2, "prev", None, "the token of row 1, whose `next` leads here, found none"),
    ("sample_data", 0, "next", 7,
     "the token of a row of the same sensor and scene whose `prev` leads here, found that of row 7"),
    ("sample_data", 2, "prev", 5,
     "the token of a row of the same sensor and scene whose `next` leads here, found that of row 5"),
)  # fmt: skip


@pytest.mark.parametrize(("table", "index", "column", "other", "message"), SLIPS)
def test_a_link_to_another_row_is_told_where_it_is(
    case: Any, table: str, index: int, column: str, other: int | None, message: str
) -> None:
    case.set(table, index, **{column: "" if other is None else case.rows(table)[other]["token"]})
    chained(case, table, index, column, f"expected {message}")


@pytest.mark.parametrize(("index", "other"), [(1, 6), (3, 1), (8, 5)])
def test_a_link_of_a_sweep_is_told_where_sweeps_are_read(case: Any, index: int, other: int) -> None:
    rows = case.rows("sample_data")
    led_to = next(n for n, row in enumerate(rows) if row["token"] == rows[index]["next"])
    case.set("sample_data", index, next=rows[other]["token"])
    opened = case.open(sweeps=True)
    (finding,) = opened.of("broken-chain")
    if rows[other]["next"] and other < index:  # it leads round
        assert finding.pointer == f"/{index}/next"
        return
    assert str(finding) == (
        f"{TABLES}sample_data.json#/{index}/next: "
        f"expected the token of row {led_to}, whose `prev` leads here, found that of row {other}"
    )


@pytest.mark.parametrize(("index", "other"), [(0, 3), (1, 3), (2, 3), (2, 5), (3, 0), (4, 0)])
def test_an_annotation_of_another_instance_than_its_neighbours_is_told_at_that(
    case: Any, index: int, other: int
) -> None:
    case.set("sample_annotation", index, instance_token=case.rows("sample_annotation")[other]["instance_token"])
    chained(case, "sample_annotation", index, "instance_token",
            "expected the instance of the rows before and after, found another")  # fmt: skip


def test_an_annotation_in_another_scene_than_its_neighbours_is_told_at_its_sample(case: Any) -> None:
    case.set("sample_annotation", 1, sample_token=case.rows("sample_annotation")[7]["sample_token"])
    chained(case, "sample_annotation", 1, "sample_token",
            "expected a sample of the scene of the rows before and after, found another")  # fmt: skip


@pytest.mark.parametrize("index", [0, 1, 2])
def test_a_sample_of_another_scene_than_its_neighbours_is_told_at_that(case: Any, index: int) -> None:
    case.set("sample", index, scene_token=case.rows("sample")[4]["scene_token"])
    chained(case, "sample", index, "scene_token", "expected the scene of the samples before and after, found another")


@pytest.mark.parametrize(
    ("column", "other", "found"),
    [
        ("first_annotation_token", 1, "row 1, which has a `prev`"),
        ("last_annotation_token", 1, "row 1, which has a `next`"),
        ("last_annotation_token", 4, "row 4, which is of another instance"),
        ("first_annotation_token", None, "none"),
    ],
)
def test_an_instance_that_names_another_annotation_than_its_first_or_last_is_told(
    case: Any, column: str, other: int | None, found: str
) -> None:
    token = "" if other is None else case.rows("sample_annotation")[other]["token"]
    case.set("instance", 0, **{column: token})
    which = column.partition("_")[0]
    chained(case, "instance", 0, column, f"expected the {which} annotation of the instance, found {found}")


def test_columns_of_links_that_are_swapped_are_told_once(case: Any) -> None:
    case.edit("sample_annotation", lambda rows: [row | {"prev": row["next"], "next": row["prev"]} for row in rows])
    found = "found an earlier one in 6 of 6 rows: `prev` and `next` are swapped"
    chained(case, "sample_annotation", 1, "next", f"expected a row later in time, {found}")


@pytest.mark.parametrize(("column", "other", "first"), [("prev", "next", 1), ("next", "prev", 0)])
def test_a_column_of_links_that_is_empty_throughout_is_told_once(
    case: Any, column: str, other: str, first: int
) -> None:
    case.edit("sample_annotation", lambda rows: [row | {column: ""} for row in rows])
    chained(case, "sample_annotation", first, column,
            f"expected it of rows that `{other}` leads to, found it empty in all 12 rows")  # fmt: skip
    case.edit("sample_annotation", lambda rows: [row | {other: ""} for row in rows])
    assert judged(case) == []


@pytest.mark.parametrize("table", ["sample", "sample_data", "ego_pose"])
def test_a_table_of_times_in_another_unit_is_told_once(case: Any, table: str) -> None:
    case.edit(table, lambda rows: [row | {"timestamp": row["timestamp"] * 1000} for row in rows])
    (finding,) = case.open(sweeps=True).of("timestamp")
    first = case.rows(table)[0]["timestamp"]
    count = len(case.rows(table)) - 1
    assert str(finding) == (
        f"{TABLES}{table}.json#/0/timestamp: expected microseconds since the epoch, found {first}; "
        f"read as nanoseconds, and so are those of {count} more rows"
    )


def turned(table: str, case: Any) -> None:
    case.edit(table, lambda rows: [row | {"rotation": [*row["rotation"][1:], row["rotation"][0]]} for row in rows])


@pytest.mark.parametrize("table", ["ego_pose", "sample_annotation"])
def test_quaternions_that_have_w_last_are_told_once(case: Any, table: str) -> None:
    """Of boxes with a yaw of 20 to 90 degrees, and a vehicle that turns 30 to 71 degrees, all are told apart."""
    turned(table, case)
    (line,) = [line for line in judged(case) if "quaternion" in line]
    assert line.startswith(f"warning nuscenes.quaternion-order {TABLES}{table}.json#/0/rotation: ")
    assert " expected quaternions (w, x, y, z), found w last in " in line


def test_one_box_that_lies_on_its_side_does_not_tell_the_order_of_quaternions(case: Any) -> None:
    case.set("sample_annotation", 0, rotation=[0.0, 0.0, 0.6, 0.8])
    assert case.open().of("quaternion-order") == []


def test_rows_of_instances_that_are_there_twice_are_told_as_that_alone(case: Any) -> None:
    case.edit("instance", lambda rows: rows + rows)
    assert {line.split()[1] for line in judged(case)} == {"nuscenes.duplicate-token"}
    assert len(judged(case)) == len(case.rows("instance")) // 2


def test_files_that_do_not_say_whether_they_are_of_key_frames_are_told_and_not_what_boxes_lack(case: Any) -> None:
    case.edit("sample_data", lambda rows: [row | {"is_key_frame": int(row["is_key_frame"])} for row in rows])
    assert {line.split()[1] for line in judged(case)} == {"nuscenes.bad-record"}


def test_samples_of_another_time_zone_than_their_files_are_told_once(case: Any) -> None:
    """The first file is of the front camera, which looks 12,345 us after the lidar."""
    case.edit("sample", lambda rows: [row | {"timestamp": row["timestamp"] + 3_600_000_000} for row in rows])
    assert judged(case) == [
        f"warning nuscenes.sample-time {TABLES}sample.json#/0/timestamp: expected the time of its files, "
        "found one that is 3,599.988 s after it, as in 6 samples of 6"
    ]


def test_a_file_of_another_sample_is_told_alone_where_it_is(case: Any) -> None:
    later = case.rows("sample")[2]["token"]
    case.set("sample_data", 2, sample_token=later)
    assert judged(case) == [
        f"error nuscenes.second-file {TABLES}sample_data.json#/2: "
        "expected one file of CAM_FRONT in a sample, found another"
    ]


def test_files_between_samples_need_none_of_other_sensors_beside_them(case: Any) -> None:
    found = lading.validate(lading.open_dataset(case.root, options={"sweeps": True}))
    assert {one.rule for one in found} <= set(ALIKE)


def cut(case: Any, table: str, rows: int) -> None:
    text = case.path(table).read_text("utf-8")
    kept = ",".join(map(json.dumps, json.loads(text)[:rows]))
    case.path(table).write_text(f"[{kept}", "utf-8")


def test_what_a_cut_table_lost_is_told_once_behind_the_cut(case: Any) -> None:
    poses = [row["token"] for row in case.rows("ego_pose")]
    files = [row["ego_pose_token"] for row in case.rows("sample_data")]
    cut(case, "ego_pose", 20)
    lost = [token for token in files if token not in poses[:20]]
    first, second, *_ = judged(case)
    assert first.startswith(f"error nuscenes.broken-table {TABLES}ego_pose.json: ")
    assert second.startswith(f"error nuscenes.dangling-token {TABLES}sample_data.json#/")
    assert second.endswith(
        f"/ego_pose_token: expected a token of ego_pose.json, found {lost[0]!r}; {len(lost) - 1} more rows name it or "
        f"others that the table lost, {len(lost)} in all"
    )
    assert sum("dangling-token" in line for line in judged(case)) == 1


#: What is told of a database beside the cut table: what its own rows and those of others name. Files of lost rows are
#: told once below `samples/`, and once below `sweeps/`.
BESIDE = {
    "sample": {"nuscenes.dangling-token"},
    "sample_annotation": {"nuscenes.broken-chain"},
    "sample_data": {"nuscenes.broken-chain", "nuscenes.dangling-token"},
    "ego_pose": {"nuscenes.dangling-token"},
    "calibrated_sensor": {"nuscenes.dangling-token"},
}


#: Tables with the rows that they keep.
CUTS = [("sample", 4), ("sample_annotation", 3), ("sample_data", 18), ("sample_data", 21), ("ego_pose", 18),
        ("calibrated_sensor", 1)]  # fmt: skip


@pytest.mark.parametrize(("table", "rows"), CUTS)
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_came_of_a_cut_table_is_not_told_for_each_scene_object_or_sample(
    case: Any, table: str, rows: int, jobs: int
) -> None:
    cut(case, table, rows)
    found = lading.validate(lading.open_dataset(case.root), jobs=jobs)
    codes = [one.rule for one in found if one.rule not in (*ALIKE, "nuscenes.unlisted-files")]
    assert len(codes) == len(set(codes))
    assert "nuscenes.broken-table" in codes
    assert set(codes) <= {"nuscenes.broken-table", *BESIDE[table]}


@pytest.mark.parametrize("table", ["ego_pose", "sample_data"])
def test_boxes_whose_sensors_a_cut_table_lost_are_counted_as_a_loss(case: Any, table: str) -> None:
    cut(case, table, 1)
    boxes = len(case.rows("sample_annotation"))
    opened = case.open()
    assert opened.of("unplaced-boxes") == []
    placed = sum(len(data.labels) for data in opened.data)
    assert opened.losses()["boxes of samples without a sensor that has a pose"] == boxes - placed > 0


@pytest.mark.parametrize("most", [0, 3])
def test_tokens_of_a_cut_table_beyond_those_that_are_kept_are_counted(
    case: Any, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    cut(case, "ego_pose", 20)
    whole = [line for line in judged(case) if "dangling-token" in line]
    monkeypatch.setattr("lading_nuscenes.gone._MOST_KEPT", max(most, 1))
    assert [line for line in judged(case) if "dangling-token" in line] == whole


@pytest.mark.parametrize("is_returned", [False, True])
def test_a_scene_that_leads_on_to_another_one_is_told_at_its_last_sample(case: Any, is_returned: bool) -> None:
    last, first = (case.rows("sample")[row]["token"] for row in (2, 3))
    case.set("sample", 2, next=first)
    if is_returned:
        case.set("sample", 3, prev=last)
    assert judged(case) == [
        f"warning nuscenes.broken-chain {TABLES}sample.json#/2/next: expected none, as it is the last of its scene, "
        "found that of row 3, of another scene"
    ]


@pytest.mark.parametrize(("linked", "count"), [((0, 1), 2), ((0, 2, 4), 1), ((0, 1, 2, 3, 4), 1)])
def test_scenes_of_logs_that_are_linked_whole_are_told_once(case: Any, linked: tuple[int, ...], count: int) -> None:
    """Six scenes of one sample each, some of which lead on to the next one's."""
    samples, scene = case.rows("sample"), case.rows("scene")[0]
    tokens = [f"5c{n:030x}" for n in range(len(samples))]
    follow = {place: samples[place + 1]["token"] for place in linked}
    alone = [row | {"scene_token": token, "prev": "", "next": follow.get(place, "")}
             for place, (row, token) in enumerate(zip(samples, tokens, strict=True))]  # fmt: skip
    ends = ("first_sample_token", "last_sample_token")
    scenes = [scene | {"token": row["scene_token"], "name": row["token"], "nbr_samples": 1}
              | dict.fromkeys(ends, row["token"]) for row in alone]  # fmt: skip
    case.edit("sample", lambda _: alone).edit("scene", lambda _: scenes)
    lines = [str(one) for one in case.open().of("broken-chain") if one.file.endswith("/sample.json")]
    assert len(lines) == count
    expected = f"{TABLES}sample.json#/0/next: expected none, as it is the last of its scene, found that of row 1, of "
    more = f"; so it is with {len(linked) - 1} more scenes of 6" if count == 1 else ""
    assert lines[0] == f"{expected}another scene{more}"
