"""The envelopes, against the examples of platform-api.md section B."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lading.platform import wire
from lading.platform.wire import constants

SHA1 = "b9676b075dff6d3333bbebb7cdd154f3631bb926"


def test_callback_reads_the_seeds_example_and_sends_the_number_as_an_int():
    body = {
        "draftNumber": "1",
        "segmentName": "car",
        "remotePath": "car1.jpg",
        "checksum": SHA1,
        "frameId": "01D78XYFJ1PRM1WPBCBT3VHMNV",
        "sensorName": "camera_car",
        "timestamp": 1532402934,
        "label": {"BOX2D": [{"box2d": {"xmin": 1, "ymin": 6, "xmax": 10, "ymax": 18}, "category": "car"}]},
    }
    assert wire.Callback.model_validate(body).to_json() == {**body, "draftNumber": 1}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        pytest.param("checksum", SHA1.upper(), id="checksum in upper case"),
        pytest.param("checksum", SHA1[:-1], id="checksum too short"),
        pytest.param("checksum", SHA1 + "\n", id="checksum and a line end"),
        pytest.param("remotePath", "", id="empty path"),
        pytest.param("draftNumber", 0, id="draft 0"),
        pytest.param("draftNumber", True, id="draft true"),
        pytest.param("draftNumber", "one", id="draft in words"),
        pytest.param("timestamp", float("nan"), id="no number"),
        pytest.param("timestamp", "3", id="time as text"),
        pytest.param("fileSize", -1, id="negative size"),
        pytest.param("label", [], id="label as a list"),
    ],
)
def test_callback_refuses(field, value):
    body = {"draftNumber": 1, "segmentName": "car", "remotePath": "a.jpg", "checksum": SHA1, field: value}
    with pytest.raises(ValidationError):
        wire.Callback.model_validate(body)


def test_multi_callback_refuses_no_objects():
    with pytest.raises(ValidationError):
        wire.MultiCallback.model_validate({"draftNumber": 1, "segmentName": "car", "objects": []})


def test_null_in_a_label_is_kept():
    body = wire.PutLabels(draft_number=1, segment_name="s", remote_path="a", label={"X": {"attributes": {"a": None}}})
    assert body.to_json()["label"] == {"X": {"attributes": {"a": None}}}
    assert "sensorName" not in body.to_json()


def test_policy_finds_its_expiry_at_the_top_or_within_extra():
    result = {"policy": "p", "x-amz-date": "d", "multipleUploadLimit": 10, "nothing": None}
    extra = {"backendType": "s3", "host": "http://h/upload", "objectPrefix": "d/"}
    policy = wire.Policy.model_validate({"result": result, "extra": extra, "expireAt": 1616564580})
    assert policy.fields == {"policy": "p", "x-amz-date": "d"}
    assert policy.expire_at == 1616564580
    seed = {"result": result, "extra": {"host": "http://h/upload", "expireAt": 1616564581}}
    assert wire.Policy.model_validate(seed).expire_at == 1616564581


def test_catalog_is_read_flat_beside_the_draft_number():
    flat = {"BOX2D": {"isTracking": False}, "draftNumber": "2"}
    assert wire.PutCatalog.model_validate(flat).to_json() == {"draftNumber": 2, "catalog": {"BOX2D": flat["BOX2D"]}}


def test_catalog_is_required():
    with pytest.raises(ValidationError):
        wire.PutCatalog.model_validate({"draftNumber": 2})


def test_sensor_lies_flat_beside_segment_and_draft():
    body = {"segmentName": "car", "draftNumber": 1, "name": "c", "type": "CAMERA", "extrinsics": {"rotation": {}}}
    sensor = wire.PutSensor.model_validate(body)
    assert sensor.sensor == {"name": "c", "type": "CAMERA", "extrinsics": {"rotation": {}}}
    assert sensor.to_json() == body


@pytest.mark.parametrize("key", ["name", "sensorName"])
def test_sensor_is_deleted_under_either_name(key):
    body = wire.DeleteSensor.model_validate({"draftNumber": 1, "segmentName": "s", key: "c"})
    assert body.to_json() == {"draftNumber": 1, "segmentName": "s", "sensorName": "c"}


def test_details_tell_files_from_frames():
    file = {"remotePath": "a.jpg", "checksum": SHA1, "timestamp": 0.5, "url": "http://h/b", "label": {}}
    normal = {"segmentName": "s", "type": 0, "dataDetails": [file], "offset": 0, "recordSize": 1, "totalCount": 1}
    assert isinstance(wire.DetailList.model_validate(normal).data_details[0], wire.DetailRow)
    frame = {"frameId": "01ARZ3NDEKTSV4RRFFQ69G5FAV", "frame": [{**file, "sensorname": "LIDAR"}]}
    (row,) = wire.DetailList.model_validate({**normal, "type": 1, "dataDetails": [frame]}).data_details
    assert isinstance(row, wire.DetailFrame)
    assert row.frame[0].to_json() == {**file, "sensorName": "LIDAR"}


def test_unknown_fields_of_an_answer_are_ignored():
    body = {"name": "d", "type": 1, "commitId": "0" * 32, "tabs": [], "owner": "me"}
    assert wire.DatasetInfo.model_validate(body).type == 1


def test_every_dataset_path_has_the_id():
    paths = [getattr(constants, name) for name in ("DRAFTS", "COMMITS", "POLICIES", "MULTI_CALLBACK", "DATA_DETAILS")]
    assert paths == [
        "datasets/{id}/drafts",
        "datasets/{id}/commits",
        "datasets/{id}/policies",
        "datasets/{id}/multi/callback",
        "datasets/{id}/data/details",
    ]
