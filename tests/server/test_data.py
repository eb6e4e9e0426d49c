"""Callbacks, lists, labels and removals: the examples of platform-api.md B15 to B30."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import pytest

from lading.server.embedded import running

from .conftest import KEY, Api, Clock

FILE = b"\xff\xd8\xff the bytes of car1.jpg"
SHA1 = hashlib.sha1(FILE).hexdigest()
FRAME = "01D78XYFJ1PRM1WPBCBT3VHMNV"
BOX = {"BOX2D": [{"box2d": {"xmin": 1, "ymin": 6, "xmax": 10, "ymax": 18}, "category": "car"}]}
PAGE = {"offset": 0, "recordSize": 1, "totalCount": 1}


@pytest.fixture
def plain(api: Api) -> Api:
    """A dataset of type 0 whose object is there."""
    api.make().upload(FILE)
    return api


@pytest.fixture
def fusion(api: Api) -> Api:
    """A dataset of type 1 with a camera, whose object is there."""
    api.make(1).upload(FILE)
    sensor = {"draftNumber": 1, "segmentName": "car", "name": "camera_car", "type": "CAMERA"}
    api.ok("POST", "datasets/{id}/sensors", sensor)
    return api


def seed_callback(**changed: Any) -> dict[str, Any]:
    """The seed's own body (B15)."""
    return {
        "draftNumber": 1,
        "segmentName": "car",
        "remotePath": "car1.jpg",
        "checksum": SHA1,
        "frameId": FRAME,
        "sensorName": "camera_car",
        "timestamp": 1532402934,
        "label": BOX,
        **changed,
    }


def details(api: Api, **query: Any) -> Any:
    answer = api.ok("GET", "datasets/{id}/data/details", segmentName="car", draftNumber=1, **query)
    for row in answer["dataDetails"]:
        for file in row.get("frame", [row]):
            assert file.pop("url").startswith(f"{api.platform.url}/blobs/{file['checksum']}?Expires=")
    return answer


@pytest.mark.parametrize("draft", [1, "1"], ids=["an int", "text, as in the seed"])
def test_callback_of_type_1(fusion: Api, draft: Any) -> None:
    answer = fusion.call("PUT", "datasets/{id}/callback", seed_callback(draftNumber=draft))
    assert (answer.status, answer.json) == (200, {})
    file = {"sensorName": "camera_car", "remotePath": "car1.jpg", "checksum": SHA1}
    assert fusion.ok("GET", "datasets/{id}/data", segmentName="car", draftNumber=1) == {
        "segmentName": "car",
        "type": 1,
        "data": [{"frameId": FRAME, "frame": [file]}],
        **PAGE,
    }
    labelled = {**file, "timestamp": 1532402934, "label": BOX}
    assert details(fusion) == {
        "segmentName": "car",
        "type": 1,
        "dataDetails": [{"frameId": FRAME, "frame": [labelled]}],
        **PAGE,
    }
    (frame,) = fusion.ok("GET", "datasets/{id}/data/urls", segmentName="car", draftNumber=1)["urls"]
    assert (frame["frameId"], [row["sensorName"] for row in frame["urls"]]) == (FRAME, ["camera_car"])
    assert fusion.send("GET", frame["urls"][0]["url"]).body == FILE


def test_callback_of_type_0_looks_at_no_frame(plain: Api) -> None:
    plain.ok("PUT", "datasets/{id}/callback", seed_callback())
    row = {"remotePath": "car1.jpg", "checksum": SHA1}
    listed = plain.ok("GET", "datasets/{id}/data", segmentName="car", draftNumber=1)
    assert listed == {"segmentName": "car", "type": 0, "data": [row], **PAGE}
    shown = details(plain)
    assert shown == {
        "segmentName": "car",
        "type": 0,
        "dataDetails": [{**row, "timestamp": 1532402934, "label": BOX}],
        **PAGE,
    }
    urls = plain.ok("GET", "datasets/{id}/data/urls", segmentName="car", draftNumber=1, remotePath="car1.jpg")
    assert {key: value for key, value in urls.items() if key != "urls"} == {"segmentName": "car", **PAGE}
    got = plain.send("GET", urls["urls"][0]["url"])
    assert (got.status, got.body, got.headers["content-type"]) == (200, FILE, "image/jpeg")


@pytest.mark.parametrize("path", ["multi/callback", "callback"], ids=["its own path", "the path of the seed's curl"])
def test_batch(fusion: Api, path: str) -> None:
    item = {
        "checksum": SHA1,
        "fileSize": len(FILE),
        "remotePath": "car1.jpg",
        "timestamp": 1532402934,
        "frameId": FRAME,
        "sensorName": "camera_car",
    }
    body = {"segmentName": "car", "objects": [item], "draftNumber": 1}
    answer = fusion.call("PUT", f"datasets/{{id}}/{path}", body)
    assert (answer.status, answer.json) == (200, {})
    assert details(fusion)["dataDetails"][0]["frame"][0]["label"] == {}


@pytest.mark.parametrize(
    ("wrong", "refusal"),
    [
        ({"sensorName": "radar"}, (404, "ResourceNotExist")),
        ({"sensorName": None}, (400, "RequestParamsMissing")),
        ({"frameId": None}, (400, "RequestParamsMissing")),
        ({"frameId": "frame-1"}, (400, "InvalidParamsValue")),
        ({"frameId": "8" + FRAME[1:]}, (400, "InvalidParamsValue")),
        ({"checksum": "a" * 40}, (404, "ResourceNotExist")),
        ({"label": {"BOX2D": [{}]}}, (400, "InvalidParamsValue")),
    ],
    ids=["unknown sensor", "no sensor", "no frame", "a frame that is none", "above 128 bits", "no object", "no label"],
)
def test_batch_is_taken_whole_or_not_at_all(fusion: Api, wrong: dict[str, Any], refusal: tuple[int, str]) -> None:
    right = {"checksum": SHA1, "remotePath": "car1.jpg", "frameId": FRAME, "sensorName": "camera_car"}
    body = {"segmentName": "car", "draftNumber": 1, "objects": [right, {**right, "remotePath": "b.jpg", **wrong}]}
    assert fusion.call("PUT", "datasets/{id}/multi/callback", body).refusal == refusal
    assert fusion.ok("GET", "datasets/{id}/data", segmentName="car", draftNumber=1)["totalCount"] == 0


def test_second_callback_replaces_the_first_and_its_labels(plain: Api) -> None:
    plain.ok("PUT", "datasets/{id}/callback", seed_callback())
    other = plain.upload(b"other")
    body = {"draftNumber": 1, "segmentName": "car", "remotePath": "car1.jpg", "checksum": other}
    plain.ok("PUT", "datasets/{id}/callback", body)
    assert details(plain)["dataDetails"] == [{"remotePath": "car1.jpg", "checksum": other, "label": {}}]


SEED_LABEL = {
    "BOX2D": [
        {
            "attributes": {"color": "blue"},
            "box2d": {"xmax": 10, "xmin": 1, "ymax": 18, "ymin": 6},
            "category": "car",
            "instance": "400a7ec7faa643e38e7ab220463bc4b5",
        }
    ]
}


def test_labels_of_one_and_of_many(plain: Api) -> None:
    plain.ok("PUT", "datasets/{id}/callback", seed_callback())
    body = {"segmentName": "car", "remotePath": "car1.jpg", "draftNumber": 1, "label": SEED_LABEL}
    assert plain.ok("PUT", "datasets/{id}/labels", body) == {}
    row = {"remotePath": "car1.jpg", "timestamp": 1532402934, "label": SEED_LABEL}
    listed = plain.ok("GET", "datasets/{id}/labels", segmentName="car", draftNumber=1)
    assert listed == {"segmentName": "car", "type": 0, "labels": [row], **PAGE}
    classified = {"CLASSIFICATION": {"category": "car"}}
    many = {
        "segmentName": "car",
        "objects": [{"remotePath": "car1.jpg", "label": classified}],
        "draftNumber": 1,
    }
    assert plain.ok("PUT", "datasets/{id}/multi/data/labels", many) == {}
    assert details(plain)["dataDetails"][0]["label"] == classified
    many["objects"] = [{"remotePath": "car1.jpg", "label": {}}, {"remotePath": "nothing.jpg", "label": {}}]
    assert plain.call("PUT", "datasets/{id}/multi/data/labels", many).refusal == (404, "ResourceNotExist")
    assert details(plain)["dataDetails"][0]["label"] == classified
    gone = plain.call("PUT", "datasets/{id}/labels", {**body, "remotePath": "nothing.jpg"})
    assert gone.refusal == (404, "ResourceNotExist")


def test_labels_of_type_1_are_found_by_path_and_sensor(fusion: Api) -> None:
    fusion.ok("PUT", "datasets/{id}/callback", seed_callback(label={}))
    body = {"segmentName": "car", "remotePath": "car1.jpg", "draftNumber": 1, "label": BOX, "sensorName": "camera_car"}
    fusion.ok("PUT", "datasets/{id}/labels", body)
    listed = fusion.ok("GET", "datasets/{id}/labels", segmentName="car", draftNumber=1)
    row = {"sensorName": "camera_car", "remotePath": "car1.jpg", "timestamp": 1532402934, "label": BOX}
    assert listed["labels"] == [{"frameId": FRAME, "frame": [row]}]
    other = fusion.call("PUT", "datasets/{id}/labels", {**body, "sensorName": "other"})
    assert other.refusal == (404, "ResourceNotExist")


POINTS = [{"x": 1, "y": 2}, {"x": 2, "y": 3}, {"x": 1, "y": 3}]


@pytest.mark.parametrize(
    "sent",
    [{"POLYGON2D": [{"polygon2d": POINTS}]}, {"POLYGON": [{"polygon": POINTS}]}],
    ids=["the seed's", "the SDK's"],
)
@pytest.mark.parametrize(
    ("source", "kind"),
    [
        ("", "POLYGON2D"),
        ("PYTHON-SDK/1.8.0", "POLYGON2D"),
        ("PYTHON-SDK/1.9.0", "POLYGON"),
        ("PYTHON-SDK/1.24.2", "POLYGON"),
    ],
)
def test_polygons_are_answered_in_the_spelling_that_the_client_reads(
    plain: Api, sent: Any, source: str, kind: str
) -> None:
    plain.ok("PUT", "datasets/{id}/callback", seed_callback(label=sent))
    plain.headers["X-Source"] = source
    assert details(plain)["dataDetails"][0]["label"] == {kind: [{kind.lower(): POINTS}]}


MASK = {"fileSize": 71, "info": [{"categoryId": 1, "attributes": {"occluded": True}}]}


def test_masks(plain: Api) -> None:
    mask = {**MASK, "checksum": plain.upload(b"mask")}
    label = {"SEMANTIC_MASK": mask}
    early = {"SEMANTIC_MASK": {**MASK, "checksum": "9" * 40}}
    refused = plain.call("PUT", "datasets/{id}/callback", seed_callback(label=early))
    assert refused.refusal == (404, "ResourceNotExist")
    plain.ok("PUT", "datasets/{id}/callback", seed_callback(remotePath="a/Abyssinian_002.jpg", label=label))
    plain.ok("PUT", "datasets/{id}/callback", seed_callback(remotePath="b"))
    shown = details(plain)["dataDetails"][0]["label"]["SEMANTIC_MASK"]
    assert plain.send("GET", shown.pop("url")).body == b"mask"
    assert shown == {**mask, "remotePath": "a/Abyssinian_002.png"}

    def urls(**query: Any) -> Any:
        place = {"segmentName": "car", "draftNumber": 1, "maskType": "SEMANTIC_MASK"}
        return plain.ok("GET", "datasets/{id}/masks/urls", **{**place, **query})

    listed = urls()
    assert plain.send("GET", listed["urls"][0].pop("url")).body == b"mask"
    assert listed == {
        "segmentName": "car",
        "urls": [{"remotePath": "a/Abyssinian_002.png"}, None],
        "offset": 0,
        "recordSize": 2,
        "totalCount": 2,
    }
    for path in ("a/Abyssinian_002.jpg", "a/Abyssinian_002.png"):  # the file's, or the mask's
        assert len(urls(remotePath=path)["urls"]) == 1
    assert urls(remotePath="a/Abyssinian_00.png")["urls"] == []
    assert urls(maskType="PANOPTIC_MASK")["urls"] == [None, None]
    wrong = plain.call("GET", "datasets/{id}/masks/urls", segmentName="car", draftNumber=1, maskType="BOX2D")
    assert wrong.refusal == (400, "InvalidParamsValue")


@pytest.mark.parametrize(
    ("name", "mask"),
    [
        ("c", "c.png"),
        ("c.jpg", "c.png"),
        ("c.png", "c.png"),
        ("c.d/e", "c.d/e.png"),
        (".hidden", ".hidden.png"),
        ("c.tar.gz", "c.tar.png"),
        ("c.\U0010ffff", "c.png"),
    ],
)
def test_mask_is_found_by_its_own_path_among_neighbours(plain: Api, name: str, mask: str) -> None:
    label = {"SEMANTIC_MASK": {**MASK, "checksum": plain.upload(b"mask")}}
    for neighbour in ("c-", "c/x.jpg", "c0.jpg", "c.d.jpg", ".hiddenjpg"):
        plain.ok("PUT", "datasets/{id}/callback", seed_callback(remotePath=neighbour, label=label))
    plain.ok("PUT", "datasets/{id}/callback", seed_callback(remotePath=name, label=label))
    query = {"segmentName": "car", "draftNumber": 1, "maskType": "SEMANTIC_MASK", "remotePath": mask}
    (row,) = plain.ok("GET", "datasets/{id}/masks/urls", **query)["urls"]
    assert row["remotePath"] == mask


def test_masks_of_type_1_come_in_frames(fusion: Api) -> None:
    mask = {**MASK, "checksum": fusion.upload(b"mask")}
    fusion.ok("PUT", "datasets/{id}/callback", seed_callback(label={"SEMANTIC_MASK": mask}))
    query = {"segmentName": "car", "draftNumber": 1, "maskType": "SEMANTIC_MASK"}
    (frame,) = fusion.ok("GET", "datasets/{id}/masks/urls", **query)["urls"]
    assert (frame["frameId"], [row["remotePath"] for row in frame["urls"]]) == (FRAME, ["car1.png"])


def test_lists_are_in_order_of_path_and_paged(plain: Api) -> None:
    names = ["b", "a10", "a9", "B", "ä", "a/b", "\U0001f600"]
    objects = [{"remotePath": name, "checksum": SHA1} for name in names]
    plain.ok("PUT", "datasets/{id}/multi/callback", {"segmentName": "car", "draftNumber": 1, "objects": objects})
    query = {"segmentName": "car", "draftNumber": 1}
    for path, key in (("data", "data"), ("data/urls", "urls"), ("data/details", "dataDetails"), ("labels", "labels")):
        rows = [plain.ok("GET", f"datasets/{{id}}/{path}", **query, offset=i, limit=1) for i in range(8)]
        assert [row[key][0]["remotePath"] for row in rows[:7]] == sorted(names)
        assert (rows[7][key], rows[7]["recordSize"], rows[7]["totalCount"]) == ([], 0, 7)


def test_frames_are_in_order_of_id_and_paged(fusion: Api) -> None:
    ids = [f"01D78XYFJ1PRM1WPBCBT3VHMN{c}" for c in "V3Z0"]
    objects = [
        {"remotePath": f"{i}.jpg", "checksum": SHA1, "frameId": frame, "sensorName": "camera_car"}
        for i, frame in enumerate(ids)
    ]
    fusion.ok("PUT", "datasets/{id}/multi/callback", {"segmentName": "car", "draftNumber": 1, "objects": objects})
    pages = [details(fusion, offset=i, limit=3) for i in (0, 3)]
    assert [row["frameId"] for page in pages for row in page["dataDetails"]] == sorted(ids)
    assert [(page["recordSize"], page["totalCount"]) for page in pages] == [(3, 4), (1, 4)]


def test_files_are_removed_by_path_or_paths(plain: Api) -> None:
    objects = [{"remotePath": name, "checksum": SHA1} for name in "abcd"]
    plain.ok("PUT", "datasets/{id}/multi/callback", {"segmentName": "car", "draftNumber": 1, "objects": objects})
    place = {"segmentName": "car", "draftNumber": 1}
    deleted = plain.call("DELETE", "datasets/{id}/data", {**place, "remotePath": "a"})
    assert (deleted.status, deleted.json) == (200, {})
    unknown = plain.call("DELETE", "datasets/{id}/data", {**place, "remotePaths": ["b", "x"]})
    assert unknown.refusal == (404, "ResourceNotExist")
    plain.ok("DELETE", "datasets/{id}/data", {**place, "remotePaths": ["b", "c"]})
    assert [row["remotePath"] for row in details(plain)["dataDetails"]] == ["d"]
    assert plain.call("DELETE", "datasets/{id}/data", place).refusal == (400, "InvalidParamsValue")


def test_frame_is_removed(fusion: Api) -> None:
    fusion.ok("PUT", "datasets/{id}/callback", seed_callback())
    body = {"segmentName": "car", "frameId": FRAME, "draftNumber": 1}
    assert fusion.ok("DELETE", "datasets/{id}/frames", body) == {}
    assert fusion.call("DELETE", "datasets/{id}/frames", body).refusal == (404, "ResourceNotExist")


def test_total_size_counts_every_file_of_a_commit(plain: Api) -> None:
    objects = [{"remotePath": name, "checksum": SHA1} for name in "ab"]
    plain.ok("PUT", "datasets/{id}/multi/callback", {"segmentName": "car", "draftNumber": 1, "objects": objects})
    plain.ok("POST", "datasets/{id}/commits", {"draftNumber": 1, "title": "x"})
    assert plain.ok("GET", "datasets/{id}/total-size", commit="main") == {"totalSize": 2 * len(FILE)}


def test_address_of_a_file_is_signed_and_ends(plain: Api) -> None:
    plain.ok("PUT", "datasets/{id}/callback", seed_callback())
    (row,) = plain.ok("GET", "datasets/{id}/data/urls", segmentName="car", draftNumber=1)["urls"]
    url = row["url"]
    assert plain.send("GET", url, headers={"Range": "bytes=1-3"}).body == FILE[1:4]
    head = plain.send("HEAD", url)
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(FILE)))
    assert head.headers["x-content-type-options"] == "nosniff"
    assert plain.send("GET", url.replace("Signature=", "Signature=0")).status == 403
    later = url.replace("Expires=16166", "Expires=26166")
    assert (later != url, plain.send("GET", later).status) == (True, 403)
    plain.clock.now_s += 24 * 3600
    assert plain.send("GET", url).status == 200
    plain.clock.now_s += 1
    ended = plain.send("GET", url)
    assert (ended.status, b"Request has expired" in ended.body) == (403, True)


STRICT_CATALOG = {
    "BOX2D": {"categories": [{"name": "car"}], "attributes": [{"name": "color", "enum": ["red", "blue"]}]},
    "POLYGON2D": {"categories": [{"name": "car"}]},
}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({}, None),
        ({"category": "bus"}, "category.unknown"),
        ({"attributes": {"color": "green"}}, "attribute.enum"),
        ({"attributes": {"size": 1}}, "attribute.unknown"),
        ({"box2d": {"xmin": 9, "ymin": 6, "xmax": 1, "ymax": 18}}, "box2d.inverted"),
    ],
    ids=["right", "category", "enum", "attribute", "inverted"],
)
def test_strict_platform_refuses_labels_that_break_the_catalog(tmp_path: Path, change: Any, reason: str | None) -> None:
    label = {"BOX2D": [{**SEED_LABEL["BOX2D"][0], **change}]}
    with running(tmp_path, access_key=KEY, strict_labels=True) as platform:
        api = Api(platform, Clock()).make()
        api.upload(FILE)
        early = api.call("PUT", "datasets/{id}/callback", seed_callback(label=label))
        assert (early.refusal, "catalog" in early.json["message"]) == ((400, "InvalidParamsValue"), True)
        api.ok("PUT", "datasets/{id}/labels/catalogs", {"catalog": STRICT_CATALOG, "draftNumber": 1})
        batch = {"segmentName": "car", "draftNumber": 1, "objects": [seed_callback(label=label)]}
        answer = api.call("PUT", "datasets/{id}/multi/callback", batch)
        if reason is None:
            assert answer.status == 200
        else:
            assert answer.refusal == (400, "InvalidParamsValue")
            assert f"({reason})" in answer.json["message"]


@pytest.mark.parametrize("count", [2, 3])
def test_strict_platform_refuses_a_polygon_of_too_few_points(tmp_path: Path, count: int) -> None:
    points = [{"x": 1, "y": 1}, {"x": 5, "y": 1}, {"x": 5, "y": 5}]
    label = {"POLYGON2D": [{"polygon2d": points[:count], "category": "car"}]}
    with running(tmp_path, access_key=KEY, strict_labels=True) as platform:
        api = Api(platform, Clock()).make()
        api.upload(FILE)
        api.ok("PUT", "datasets/{id}/labels/catalogs", {"catalog": STRICT_CATALOG, "draftNumber": 1})
        answer = api.call("PUT", "datasets/{id}/callback", seed_callback(label=label))
        if count == 3:
            assert answer.status == 200
        else:
            assert answer.refusal == (400, "InvalidParamsValue")
            assert "(polygon.too-few-points)" in answer.json["message"]
