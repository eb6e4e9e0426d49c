"""Results of detectors and trackers beside the tables (source-formats.md 4.6)."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

import lading
from lading import Report
from lading.errors import OptionError, RecordError


def detection(row: Any, **more: Any) -> dict[str, Any]:
    """A detection right where an annotation is."""
    return {
        **{key: row[key] for key in ("sample_token", "translation", "size", "rotation")},
        "velocity": [1.5, -0.25],
        "detection_name": "car",
        "detection_score": 0.75,
        "attribute_name": "vehicle.moving",
        **more,
    }


def put(case: Any, results: Any, name: str = "results.json") -> Any:
    text = json.dumps({"meta": {"use_lidar": True, "use_camera": False}, "results": results}, indent=1)
    (case.root / name).write_text(text, "utf-8")
    return case


def by_sample(rows: list[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for row in rows:
        found.setdefault(row["sample_token"], []).append(row)
    return found


def test_detections_lie_where_the_annotations_lie(case: Any) -> None:
    rows = [detection(row, model="a") for row in case.rows("sample_annotation")]
    opened = put(case, by_sample(rows)).open(results="results.json")
    given = [label for label in opened.labels if "score" not in label.attributes]
    found = [label for label in opened.labels if "score" in label.attributes]
    assert len(given) == len(found) == 12
    for frame in opened.frames:
        (labels,) = (data.labels for data in frame.data if data.sensor_name == "LIDAR_TOP")
        half = len(labels) // 2
        for annotated, detected in zip(labels[:half], labels[half:], strict=True):
            assert detected.centre == annotated.centre
            assert detected.rotation == annotated.rotation
            assert detected.size_m == annotated.size_m
            assert detected.extras == {
                **{k: annotated.extras[k] for k in ("translation", "size", "rotation")},
                "model": "a",
            }
    assert {label.category for label in found} == {"car"}
    assert {label.instance for label in found} == {None}
    expected = {"attribute": ["vehicle.moving"], "score": 0.75, "velocity": [1.5, -0.25]}
    assert all(label.attributes == expected for label in found)
    assert opened.told == []
    assert opened.dataset.extras["results"] == {"use_lidar": True, "use_camera": False}
    assert [(s.kind, s.rows) for s in opened.dataset.sources if s.file == "results.json"] == [("results", 12)]


def test_the_catalog_has_the_classes_and_the_score(case: Any) -> None:
    row = detection(case.rows("sample_annotation")[0])
    opened = put(case, {row["sample_token"]: [row]}).open(results="results.json")
    boxes = opened.dataset.catalog.subcatalogs["BOX3D"]
    assert boxes.categories[-1].name == "car"
    assert boxes.attributes[-1].name == "score"
    assert not boxes.is_tracking
    findings = [f for f in lading.validate(opened.dataset) if f.rule.startswith(("label.", "catalog.", "attribute."))]
    assert findings == []


def test_tracks_are_instances(case: Any) -> None:
    row = case.rows("sample_annotation")[0]
    track = {key: row[key] for key in ("sample_token", "translation", "size", "rotation")}
    track |= {"velocity": [0.0, 0.0], "tracking_id": "7", "tracking_name": "car", "tracking_score": 0.5}
    opened = put(case, {row["sample_token"]: [track]}).open(results="results.json")
    (label,) = (label for label in opened.labels if "score" in label.attributes)
    assert (label.category, label.instance, label.attributes["score"]) == ("car", "7", 0.5)
    assert opened.dataset.catalog.subcatalogs["BOX3D"].is_tracking


def test_results_of_a_test_set_are_its_labels(case: Any) -> None:
    rows = by_sample([detection(row) for row in case.rows("sample_annotation")[:1]])
    case.edit("sample_annotation", lambda _: []).edit("instance", lambda _: [])
    opened = put(case, rows).open(results="results.json")
    assert len(opened.labels) == 1
    lidars = [data.annotation for data in opened.data if data.sensor_name == "LIDAR_TOP"]
    assert lidars.count("present") == 1
    assert lidars.count("none") == len(lidars) - 1


def test_velocities_and_places_that_are_no_numbers(case: Any) -> None:
    """What Python's json writes of NaN is no JSON; offsets in the file stay right behind it."""
    first, second = case.rows("sample_annotation")[:2]
    rows = [
        detection(first, velocity=[float("nan")] * 2, detection_name='a "NaN" name'),
        detection(second, translation=[float("-inf"), 0.0, 0.0]),
        detection(second),
    ]
    opened = put(case, by_sample(rows)).open(results="results.json")
    found = [label for label in opened.labels if "score" in label.attributes]
    assert [label.category for label in found] == ['a "NaN" name', "car", "car"]
    assert "velocity" not in found[0].attributes
    assert found[1].extras["translation"] == [float("-inf"), 0.0, 0.0]
    token = first["sample_token"]
    assert opened.told == [
        f"warning nuscenes.velocity results.json#/results/{token}/0/velocity: "
        "expected finite numbers, found [nan, nan]; the box has no velocity"
    ]


def test_a_row_that_is_none_is_told_and_the_others_are_read(case: Any) -> None:
    row = case.rows("sample_annotation")[0]
    token = row["sample_token"]
    rows = [detection(row, size=[1.0, 2.0]), detection(row, detection_score=10**400), detection(row)]
    opened = put(case, {token: rows}).open(results="results.json")
    assert [f"{f.severity} {f}" for f in opened.of("bad-record")] == [
        f"error results.json#/results/{token}/0/size: expected `array` of length 3, found 2; the row is left out",
        f"error results.json#/results/{token}/1/detection_score: number out of range; the row is left out",
    ]
    assert len(opened.labels) == 13


def test_text_that_is_no_utf8_is_told_and_the_row_is_read(case: Any) -> None:
    row = detection(case.rows("sample_annotation")[0], attribute_name="HERE")
    file = put(case, by_sample([row])).root / "results.json"
    file.write_bytes(file.read_bytes().replace(b"HERE", b"\x85"))
    opened = case.open(results="results.json")
    at = f"results.json#/results/{row['sample_token']}/0"
    assert opened.told == [f"error nuscenes.broken-table {at}: expected UTF-8, found byte 0x85"]
    assert len(opened.labels) == 13


def test_numbers_beyond_those_of_64_bits(case: Any) -> None:
    rows = [detection(case.rows("sample_annotation")[0], more=number) for number in (-123456, -654321)]
    file = put(case, by_sample(rows)).root / "results.json"
    text = file.read_text("utf-8").replace("-123456", "9" * 5000).replace("-654321", "1e999")
    file.write_text(text, "utf-8")
    assert [label.extras["more"] for label in case.open(results="results.json").labels if "more" in label.extras] == [
        float("inf"),
        float("inf"),
    ]


def test_a_finding_of_a_rule_stands_at_the_row(case: Any) -> None:
    rows = by_sample([detection(case.rows("sample_annotation")[0], detection_name="ghost", attribute_name="none")])
    dataset = put(case, rows).open(results="results.json").dataset
    found = {f.rule: f for f in lading.validate(dataset) if f.file == "results.json"}
    (token,) = rows
    assert found["attribute.items"].pointer == f"/results/{token}/0/attribute_name"


def test_results_of_samples_that_are_not_there_are_counted(case: Any) -> None:
    row = detection(case.rows("sample_annotation")[0])
    opened = put(case, {"f" * 32: [row, row], row["sample_token"]: []}).open(results="results.json")
    assert opened.losses()["results of samples that are not there"] == 2
    assert len(opened.labels) == 12


def test_results_without_a_pose_for_their_sample_are_counted(case: Any) -> None:
    rows = by_sample([detection(case.rows("sample_annotation")[0])])
    opened = put(case.edit("ego_pose", lambda _: []), rows).open(results="results.json")
    assert opened.losses()["boxes of samples without a sensor that has a pose"] == 13


def test_results_that_nobody_asked_for_are_a_loss(case: Any) -> None:
    before = case.open().losses().get("files that no table names", 0)
    put(case, {})
    assert case.open().losses().get("files that no table names", 0) == before + 1
    assert case.open(results="results.json").losses().get("files that no table names", 0) == before


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"results": []}',
        '{"results": {"a": 1}}',
        '{"results": {"a": [1]}}',
        '{"results": {',
        '{"results": {"\\ud800": []}}',
        "\x00",
    ],
)
def test_a_file_that_is_none_is_an_error(case: Any, text: str) -> None:
    (case.root / "results.json").write_text(text)
    with pytest.raises(RecordError, match=r"^results\.json[^ ]*: expected an (object|array)"):
        case.open(results="results.json")


def test_a_file_that_is_not_there_is_an_error(case: Any) -> None:
    with pytest.raises(OptionError, match=r"-o results: expected a file of the source, found 'nowhere\.json'"):
        case.open(results="nowhere.json")


def test_a_dataset_with_results_can_be_given_to_another_process(case: Any) -> None:
    rows = by_sample([detection(row) for row in case.rows("sample_annotation")])
    opened = put(case, rows).open(results="results.json")
    again = pickle.loads(pickle.dumps(opened.dataset))
    assert list(lading.dump(again, Report())) == opened.lines


def told(case: Any, rows: list[Any]) -> list[str]:
    report = put(case, by_sample(rows)).open(results="results.json").report
    return [f"{one.severity} {one.rule} {one}" for one in report.findings]


def test_a_row_under_another_sample_than_its_own_is_told(case: Any) -> None:
    rows = [detection(row) for row in case.rows("sample_annotation")]
    tokens = [row["token"] for row in case.rows("sample")]
    assert told(case, rows) == []
    rows[0] |= {"sample_token": tokens[4]}
    listed = by_sample(rows)
    listed[tokens[0]].insert(0, listed[tokens[4]].pop(0))
    report = put(case, listed).open(results="results.json").report
    assert [f"{one.severity} {one.rule} {one}" for one in report.findings] == [
        f"warning nuscenes.result results.json#/results/{tokens[0]}/0/sample_token: "
        f"expected the sample that the row is listed under, found {tokens[4]!r}"
    ]


def test_scores_that_are_none_or_not_from_0_to_1_are_told(case: Any) -> None:
    rows = [detection(row) for row in case.rows("sample_annotation")]
    sample = case.rows("sample")[0]["token"]
    assert [row["sample_token"] for row in rows].index(sample) == 0
    rows[0] |= {"detection_score": 75.0}
    assert told(case, rows) == [
        f"warning nuscenes.result results.json#/results/{sample}/0/detection_score: "
        "expected a score from 0 to 1, found 75.0"
    ]
    assert told(case, [row | {"detection_score": 75.0} for row in rows]) == [
        f"warning nuscenes.result results.json#/results/{sample}/0/detection_score: "
        "expected a score from 0 to 1, found 75.0; so it is with 11 more rows of 12"
    ]
    rows[0].pop("detection_score")
    assert told(case, rows) == [
        f"warning nuscenes.result results.json#/results/{sample}/0/detection_score: "
        "expected a score, as other rows have one, found none"
    ]
    for row in rows[1:]:
        row.pop("detection_score")
    assert told(case, rows) == []  # boxes without a score


def test_the_geometry_of_a_row_is_told_at_its_part(case: Any) -> None:
    row = detection(case.rows("sample_annotation")[0], size=[-1.0, 4.5, 1.6])
    put(case, by_sample([row]))
    dataset = lading.open_dataset(case.root, options={"results": "results.json"})
    places = [f"{one.file}#{one.pointer}" for one in lading.validate(dataset) if one.rule == "box3d.size"]
    assert places == [f"results.json#/results/{row['sample_token']}/0/size"]
