"""The examples of platform-api.md section B, as they stand there, with their answers."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

FILE = b"the bytes of car1.jpg"


def test_user(api: Any) -> None:
    assert api.ok("GET", "users")["nickname"] == "local"


def test_health_needs_no_key(api: Any) -> None:
    answer = api.send("GET", f"{api.platform.url}/health")
    assert (answer.status, answer.json["status"]) == (200, "ok")


@pytest.mark.parametrize("token", [{}, {"X-Token": ""}, {"X-Token": "Accesskey-tesu"}], ids=["none", "empty", "wrong"])
def test_key_is_asked_for(api: Any, token: dict[str, str]) -> None:
    answer = api.send("GET", f"{api.platform.url}/gatewayv2/tensorbay-open-api/v1/datasets", headers=token)
    assert answer.refusal == (401, "Unauthorized")
    assert set(answer.json) == {"code", "message"}


def test_unknown_call_is_json_too(api: Any) -> None:
    assert api.call("GET", "nothing").refusal == (404, "ResourceNotExist")
    assert api.call("POST", "users").status == 405


def test_every_answer_has_an_id(api: Any) -> None:
    first, second = (api.call("GET", "users").headers["x-request-id"] for _ in range(2))
    assert len(first) == 32
    assert first != second


def test_datasets(api: Any) -> None:
    created = api.call("POST", "datasets", {"name": "my first dataset", "type": 0, "alias": "", "isPublic": False})
    assert created.status == 201
    api.dataset_id = created.json["id"]
    assert len(api.dataset_id) == 32
    assert api.call("POST", "datasets", {"name": "my first dataset"}).refusal == (409, "NameConflict")
    row = {
        "id": api.dataset_id,
        "name": "my first dataset",
        "alias": "",
        "type": 0,
        "defaultBranch": "main",
        "commitId": "0" * 32,
        "updateTime": 1616564520,
        "owner": "local",
    }
    assert api.ok("GET", "datasets", name="my first dataset") == {
        "datasets": [row],
        "offset": 0,
        "recordSize": 1,
        "totalCount": 1,
    }
    assert api.ok("GET", "datasets", name="my first")["datasets"] == []
    assert api.ok("GET", "datasets", name="my%")["totalCount"] == 1
    info = {k: v for k, v in row.items() if k != "id"} | {"coverUrl": "", "isPublic": False, "configName": ""}
    assert api.ok("GET", "datasets/{id}") == info
    assert api.call("PATCH", "datasets/{id}", {"alias": "new alias", "isPublic": True}).json == {}
    assert api.ok("GET", "datasets/{id}") == info | {"alias": "new alias", "isPublic": True}
    assert api.call("DELETE", "datasets/{id}").json == {}
    assert api.call("GET", "datasets/{id}").refusal == (404, "ResourceNotExist")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"type": 0}, "RequestParamsMissing"),
        ({"name": ""}, "InvalidParamsValue"),
        ({"name": "a", "type": 2}, "InvalidParamsValue"),
        ([1], "InvalidParamsValue"),
    ],
    ids=["no name", "an empty name", "type 2", "an array"],
)
def test_dataset_that_cannot_be(api: Any, body: Any, code: str) -> None:
    assert api.call("POST", "datasets", body).refusal == (400, code)


def test_body_that_is_no_json(api: Any) -> None:
    url = f"{api.platform.url}/gatewayv2/tensorbay-open-api/v1/datasets"
    answer = api.send("POST", url, b"{'name'", {"X-Token": "Accesskey-test"})
    assert answer.refusal == (400, "InvalidParamsValue")


def test_policy(api: Any) -> None:
    found = api.make().policy(segmentName="car", expired=60, isInternal="false")
    assert found["expireAt"] == 1616564580  # the seed's own sample: issued 05:42:00, `expireAt` 05:43:00
    prefix = f"{api.dataset_id}/"
    assert found["extra"] == {"host": f"{api.platform.url}/upload", "backendType": "s3", "objectPrefix": prefix}
    result = found["result"]
    assert set(result) == {
        "policy",
        "success_action_status",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-signature",
        "multipleUploadLimit",
    }
    assert (result["success_action_status"], result["x-amz-date"]) == ("200", "20210324T054200Z")
    document = json.loads(base64.b64decode(result["policy"]))
    assert document["expiration"] == "2021-03-24T05:44:00Z"
    assert ["starts-with", "$key", prefix] in document["conditions"]


@pytest.mark.parametrize(("asked", "given"), [({}, 60), ({"expired": 0}, 60), ({"expired": 299}, 299)])
def test_policy_lasts_as_asked(api: Any, asked: dict[str, int], given: int) -> None:
    assert api.make().policy(**asked)["expireAt"] == 1616564520 + given


def test_policy_lasts_five_minutes_at_most(api: Any) -> None:
    assert api.make().policy(expired=301)["expireAt"] == 1616564520 + 300


@pytest.mark.parametrize(
    ("query", "refusal"),
    [
        ({"draftNumber": 1, "expired": -1}, (400, "InvalidParamsValue")),
        ({"draftNumber": 1, "expired": "soon"}, (400, "InvalidParamsValue")),
        ({}, (400, "RequestParamsMissing")),
        ({"draftNumber": 2}, (404, "ResourceNotExist")),
    ],
    ids=["negative", "no number", "no draft", "unknown draft"],
)
def test_policy_refused(api: Any, query: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert api.make().call("GET", "datasets/{id}/policies", **query).refusal == refusal


def test_segments(api: Any) -> None:
    api.make(segment=None)
    body = {"name": "graviti", "description": "this is a segment", "draftNumber": 1}
    created = api.call("POST", "datasets/{id}/segments", body)
    assert (created.status, created.json) == (201, {})
    assert api.call("POST", "datasets/{id}/segments", body).refusal == (409, "NameConflict")
    api.ok("POST", "datasets/{id}/segments", {"name": "car", "draftNumber": "1"})
    rows = [{"name": "car", "description": ""}, {"name": "graviti", "description": "this is a segment"}]
    page = {"offset": 0, "recordSize": 2, "totalCount": 2}
    assert api.ok("GET", "datasets/{id}/segments", draftNumber=1) == {"segments": rows, **page}
    assert api.ok("GET", "datasets/{id}/segments", draftNumber=1, offset=1, limit=500)["segments"] == rows[1:]
    deleted = api.call("DELETE", "datasets/{id}/segments", {"segmentName": "car", "draftNumber": 1})
    assert (deleted.status, deleted.json) == (200, {})
    gone = api.call("DELETE", "datasets/{id}/segments", {"segmentName": "car", "draftNumber": 1})
    assert gone.refusal == (404, "ResourceNotExist")


def test_segments_sorted_by_time_are_newest_first(api: Any) -> None:
    api.make(segment="b")
    api.clock.now_s += 5
    api.ok("POST", "datasets/{id}/segments", {"name": "a", "draftNumber": 1})
    api.clock.now_s += 5
    api.ok("POST", "datasets/{id}/segments", {"name": "c", "draftNumber": 1})

    def names(**query: str) -> list[str]:
        return [row["name"] for row in api.ok("GET", "datasets/{id}/segments", draftNumber=1, **query)["segments"]]

    assert names() == ["a", "b", "c"]
    assert names(sortBy="created_at") == ["c", "a", "b"]
    assert names(sortBy="created_at", sortOrder="asc") == ["b", "a", "c"]


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ({}, "RequestParamsMissing"),
        ({"draftNumber": 1, "commit": "main"}, "InvalidParamsValue"),
        ({"draftNumber": 0}, "InvalidParamsValue"),
        ({"draftNumber": 1, "limit": 0}, "InvalidParamsValue"),
        ({"draftNumber": 1, "offset": -1}, "InvalidParamsValue"),
        ({"draftNumber": 1, "limit": "all"}, "InvalidParamsValue"),
        ({"draftNumber": 1, "sortBy": "size"}, "InvalidParamsValue"),
        ({"draftNumber": 1, "sortBy": "created_at", "sortOrder": "up"}, "InvalidParamsValue"),
    ],
    ids=["neither", "both", "draft 0", "limit 0", "offset -1", "limit all", "sort by size", "order up"],
)
def test_list_refused(api: Any, query: dict[str, Any], code: str) -> None:
    assert api.make().call("GET", "datasets/{id}/segments", **query).refusal == (400, code)


def test_write_without_its_draft(api: Any) -> None:
    assert api.make().call("POST", "datasets/{id}/segments", {"name": "x"}).refusal == (400, "RequestParamsMissing")


CATALOG = {
    "BOX2D": {
        "description": "this is a description of label catalog",
        "isTracking": False,
        "categoryDelimiter": ".",
        "categories": [{"name": "car", "description": "this is a car"}],
        "attributes": [{"name": "visibility", "type": "number", "minimum": 0, "maximum": 1}],
    }
}


@pytest.mark.parametrize("body", [{"catalog": CATALOG}, CATALOG], ids=["under `catalog`", "flat, as in the seed"])
def test_catalog(api: Any, body: dict[str, Any]) -> None:
    api.make()
    assert api.ok("GET", "datasets/{id}/labels/catalogs", draftNumber=1) == {"catalog": {}}
    put = api.call("PUT", "datasets/{id}/labels/catalogs", {**body, "draftNumber": 1})
    assert (put.status, put.json) == (200, {})
    assert api.ok("GET", "datasets/{id}/labels/catalogs", draftNumber=1) == {"catalog": CATALOG}


def test_catalog_is_kept_in_the_spelling_that_all_read(api: Any) -> None:
    attribute = {"name": "lane", "type": ["interger", "null"], "minimum": 0, "maximum": None}
    catalog = {"POLYGON": {"categories": [{"name": "car"}], "attributes": [attribute]}}
    api.make().ok("PUT", "datasets/{id}/labels/catalogs", {"catalog": catalog, "draftNumber": 1})
    mended = {
        "categories": [{"name": "car"}],
        "attributes": [{"name": "lane", "type": ["integer", "null"], "minimum": 0}],
    }
    assert api.ok("GET", "datasets/{id}/labels/catalogs", draftNumber=1) == {"catalog": {"POLYGON2D": mended}}
    api.headers["X-Source"] = "PYTHON-SDK/1.24.2"
    assert api.ok("GET", "datasets/{id}/labels/catalogs", draftNumber=1) == {"catalog": {"POLYGON": mended}}


@pytest.mark.parametrize(
    "catalog",
    [
        {},
        {"BOX2D": None},
        {"BOX2D": {"categories": None}},
        {"BOX2D": {"categories": [{"name": "a"}, {"name": "a"}]}},
        {"BOX2D": {"attributes": [{"name": "a", "type": "text"}]}},
        {"BOX2D": {"attributes": [{"name": "a", "type": "array"}]}},
        {"KEYPOINTS2D": {}},
    ],
    ids=["empty", "null", "null list", "name twice", "unknown type", "array without items", "no keypoints"],
)
def test_catalog_refused(api: Any, catalog: Any) -> None:
    answer = api.make().call("PUT", "datasets/{id}/labels/catalogs", {"catalog": catalog, "draftNumber": 1})
    assert answer.refusal == (400, "InvalidParamsValue")


SENSOR = {
    "name": "camera_01",
    "type": "CAMERA",
    "description": "This is an example camera sensor",
    "extrinsics": {
        "rotation": {
            "w": 0.6924185592174665,
            "x": -0.7031619420114925,
            "y": -0.11648342771943819,
            "z": 0.11203317912370753,
        },
        "translation": {"x": 1.03569100218, "y": 0.484795032713, "z": 1.59097014818},
    },
    "intrinsics": {
        "cameraMatrix": {
            "fx": 1256.7414812095406,
            "fy": 792.1125740759628,
            "cx": 1256.7414812095406,
            "cy": 492.7757465151356,
            "skew": 122.7757465151356,
        },
        "distortionCoefficients": {"k1": 0.12, "k2": 0.33, "k3": 0.13, "k4": 0.93, "k5": 0.23, "p1": 1, "p2": 0.3},
    },
}


def test_sensors(api: Any) -> None:
    api.make(1)
    place = {"segmentName": "car", "draftNumber": 1}
    for _ in range(2):  # an upsert (B19)
        posted = api.call("POST", "datasets/{id}/sensors", {**place, **SENSOR})
        assert (posted.status, posted.json) == (201, {})
    listed = {"segmentName": "car", "sensors": [SENSOR]}
    assert api.ok("GET", "datasets/{id}/sensors", segmentName="car", draftNumber=1) == listed
    moved = {**SENSOR, "type": "lidar", "intrinsics": None, "description": "now a lidar"}
    api.ok("POST", "datasets/{id}/sensors", {**place, **moved})
    (found,) = api.ok("GET", "datasets/{id}/sensors", segmentName="car", draftNumber=1)["sensors"]
    assert (found["type"], found["description"]) == ("LIDAR", "now a lidar")
    assert api.ok("DELETE", "datasets/{id}/sensors", {**place, "sensorName": "camera_01"}) == {}
    again = api.call("DELETE", "datasets/{id}/sensors", {**place, "name": "camera_01"})
    assert again.refusal == (404, "ResourceNotExist")


def test_distortion_in_the_seeds_spelling_is_answered_in_the_plural(api: Any) -> None:
    intrinsics = {"cameraMatrix": {"fx": 1, "fy": 2, "cx": 3, "cy": 4}, "distortionCoefficient": {"k1": 0.5}}
    body = {"segmentName": "car", "draftNumber": 1, "name": "c", "type": "camera", "intrinsics": intrinsics}
    api.make(1).ok("POST", "datasets/{id}/sensors", body)
    (found,) = api.ok("GET", "datasets/{id}/sensors", segmentName="car", draftNumber=1)["sensors"]
    assert found["type"] == "CAMERA"
    assert found["intrinsics"]["distortionCoefficients"] == {"k1": 0.5}
    assert "distortionCoefficient" not in found["intrinsics"]


@pytest.mark.parametrize(
    "wrong",
    [{"type": "SONAR"}, {"intrinsics": {"cameraMatrix": {"fx": 1}}}, {"extrinsics": {}}],
    ids=["unknown type", "half a matrix", "empty extrinsics"],
)
def test_sensor_refused(api: Any, wrong: dict[str, Any]) -> None:
    body = {"segmentName": "car", "draftNumber": 1, "name": "c", "type": "CAMERA", **wrong}
    assert api.make(1).call("POST", "datasets/{id}/sensors", body).refusal == (400, "InvalidParamsValue")


def test_notes(api: Any) -> None:
    api.make()
    fields = ["X", "Y", "Z", "Intensity", "Ring"]
    assert api.ok("GET", "datasets/{id}/notes", draftNumber=1) == {"isContinuous": False, "binPointCloudFields": None}
    api.ok("PATCH", "datasets/{id}/notes", {"isContinuous": True, "binPointCloudFields": fields, "draftNumber": 1})
    api.ok("PATCH", "datasets/{id}/notes", {"draftNumber": 1})
    assert api.ok("GET", "datasets/{id}/notes", draftNumber=1) == {"isContinuous": True, "binPointCloudFields": fields}
    api.ok("PATCH", "datasets/{id}/notes", {"binPointCloudFields": None, "draftNumber": 1})
    assert api.ok("GET", "datasets/{id}/notes", draftNumber=1) == {"isContinuous": True, "binPointCloudFields": None}


def test_storage_configs_are_none(api: Any) -> None:
    assert api.ok("GET", "storage-configs") == {"configs": [], "offset": 0, "recordSize": 0, "totalCount": 0}
