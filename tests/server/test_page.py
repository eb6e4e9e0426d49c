"""The pages for a browser: who sees them, what they show, and that nothing a client wrote becomes markup."""

from __future__ import annotations

import io
import math
import re
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote
from xml.etree import ElementTree

import pytest
from PIL import Image

from lading.model.label import Box3D
from lading.server.page.above import cloud_points, cloud_stride, draw_above
from lading.server.page.picture import picture_size

from .browser import Browser, browser
from .conftest import KEY, Answer, Api

NASTY = "<script>alert(1)</script>&\"'"
FRAME = "01D78XYFJ1PRM1WPBCBT3VHMNV"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30), **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, (200, 220, 240)).save(file, kind, **options)
    return file.getvalue()


def cookie(api: Api) -> str:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer = api.send("POST", f"{api.platform.url}/", f"key={KEY}".encode(), form)
    assert (answer.status, answer.headers["location"]) == (303, "/")
    assert "HttpOnly" in answer.headers["set-cookie"]
    assert "samesite=strict" in answer.headers["set-cookie"].lower()
    return answer.headers["set-cookie"].partition(";")[0]


def get(api: Api, path: str, sign_in: str | None = None) -> Answer:
    return api.send("GET", f"{api.platform.url}{path}", headers={"Cookie": sign_in or cookie(api)})


def test_query_of_a_page_that_cannot_be_is_refused(api: Api) -> None:
    signed = cookie(api.make())
    for path in (f"?draftNumber={'9' * 30}", "?draftNumber=0", "/segment?segment=car&draftNumber=1&sortBy=size"):
        assert get(api, f"/dataset/{api.dataset_id}{path}", signed).status == 400
    assert (
        get(api, f"/dataset/{api.dataset_id}/segment?segment=car&draftNumber=1&sortBy=created_at", signed).status == 200
    )


def filled(api: Api) -> Api:
    """A picture with labels of every drawn type, under names that would break a page."""
    api.make(segment=NASTY, name=NASTY)
    api.ok(
        "PUT",
        "datasets/{id}/labels/catalogs",
        {"catalog": {"BOX2D": {"categories": [{"name": NASTY}]}}, "draftNumber": 1},
    )
    points = [{"x": 2, "y": 3}, {"x": 20, "y": 3}, {"x": 20, "y": 20}]
    square = [*points, {"x": 2, "y": 20}]
    mask = {"checksum": api.upload(picture("PNG", (40, 30)) + b" "), "info": []}
    label = {
        "CLASSIFICATION": {"category": "scene"},
        "BOX2D": [
            {"box2d": {"xmin": 1, "ymin": 2, "xmax": 11, "ymax": 22}, "category": NASTY, "attributes": {"a": NASTY}}
        ],
        "POLYGON2D": [{"polygon2d": points, "category": "p"}],
        "POLYLINE2D": [{"polyline2d": points}],
        "KEYPOINTS2D": [{"keypoints2d": [{"x": 5, "y": 6, "v": 2}, {"x": 0, "y": 0, "v": 0}]}],
        "CUBOID2D": [{"cuboid2d": {"front": square, "back": square}}],
        "MULTI_POLYGON": [{"multiPolygon": [points, points]}],
        "MULTI_POLYLINE2D": [{"multiPolyline2d": [points]}],
        "RLE": [{"rle": [30, 5, 1165]}],
        "SENTENCE": [{"sentence": [{"text": "hello"}, {"text": NASTY}]}],
        "PANOPTIC_MASK": mask,
    }
    place = {"draftNumber": 1, "segmentName": NASTY}
    body = {**place, "remotePath": f"{NASTY}.png", "checksum": api.upload(picture()), "label": label}
    api.ok("PUT", "datasets/{id}/callback", body)
    return api


def frame_path(api: Api, segment: str, frame: str) -> str:
    return f"/dataset/{api.dataset_id}/frame?segment={quote(segment)}&frame={quote(frame)}&draftNumber=1"


@pytest.mark.parametrize("sent", [None, "lading=", "lading=9999999999.00", "lading=x.y", "lading=9999999999"])
def test_pages_need_the_key(api: Api, sent: str | None) -> None:
    api.make()
    paths = ("/", f"/dataset/{api.dataset_id}", f"/dataset/{api.dataset_id}/segment?segment=car&draftNumber=1")
    for path in paths:
        answer = api.send("GET", f"{api.platform.url}{path}", headers={} if sent is None else {"Cookie": sent})
        assert answer.status == 401
        assert b'type="password"' in answer.body
        assert b"demo" not in answer.body


@pytest.mark.parametrize("body", [b"key=other", b"", b"key=" + b"x" * 10_000, b"\xff", f"kee={KEY}".encode()])
def test_another_key_is_told_so(api: Api, body: bytes) -> None:
    answer = api.send("POST", f"{api.platform.url}/", body)
    assert (answer.status, b"This is not the access key." in answer.body) == (401, True)
    assert "set-cookie" not in answer.headers


def test_session_ends_after_half_a_day(api: Api) -> None:
    signed = cookie(api)
    api.clock.now_s += 12 * 3600
    assert get(api, "/", signed).status == 200
    api.clock.now_s += 1
    assert get(api, "/", signed).status == 401


def test_nothing_that_a_client_wrote_is_markup(api: Api) -> None:
    filled(api)
    paths = [
        "/",
        f"/dataset/{api.dataset_id}?draftNumber=1",
        f"/dataset/{api.dataset_id}/segment?segment={quote(NASTY)}&draftNumber=1",
        frame_path(api, NASTY, f"{NASTY}.png"),
    ]
    for path in paths:
        answer = get(api, path)
        assert answer.status == 200
        page = answer.body.decode()
        assert "<script" not in page
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_labels_are_drawn_where_they_are(api: Api) -> None:
    page = get(filled(api), frame_path(api, NASTY, f"{NASTY}.png")).body.decode()
    svg = ElementTree.fromstring(re.search(r"<svg.*?</svg>", page, re.DOTALL)[0])  # type: ignore[index]
    name = "{http://www.w3.org/2000/svg}"
    assert svg.get("viewBox") == "0 0 40 30"
    assert len(svg.findall(f"{name}image")) == 2  # the picture and the mask
    rect = svg.find(f".//{name}rect")
    assert rect is not None
    assert [rect.get(key) for key in ("x", "y", "width", "height")] == ["1", "2", "10", "20"]
    assert [circle.get("cx") for circle in svg.iter(f"{name}circle")] == ["5"]  # the invisible one is left away
    drawn = [path.get("d") for path in svg.iter(f"{name}path")]
    assert "M2,3 20,3 20,20Z" in drawn
    assert "M1 0h1v5h-1Z" in drawn  # 30 pixels are the first column
    assert "hello" in page
    assert "1 BOX2D" in page


def test_frame_of_a_fusion_dataset_is_seen_from_above(api: Api) -> None:
    api.make(1, segment="drive")
    place = {"draftNumber": 1, "segmentName": "drive"}
    for name, kind in (("cam", "CAMERA"), ("lidar", "LIDAR")):
        api.ok("POST", "datasets/{id}/sensors", {**place, "name": name, "type": kind})
    box = {
        "translation": {"x": 10, "y": 5, "z": 0},
        "size": {"x": 4, "y": 2, "z": 1},
        "rotation": {"w": 1, "x": 0, "y": 0, "z": 0},
    }
    cloud = struct.pack("<8f", 3, 1, 0, 0.5, math.nan, 0, 0, 0)
    files = [("cam", "a.png", picture(), {}), ("lidar", "a.bin", cloud, {"BOX3D": [{"box3d": box, "category": "car"}]})]
    for sensor, path, content, label in files:
        item = {"remotePath": path, "checksum": api.upload(content), "frameId": FRAME, "sensorName": sensor}
        api.ok("PUT", "datasets/{id}/callback", {**place, **item, "label": label})
    page = get(api, frame_path(api, "drive", FRAME)).body.decode()
    assert page.index("<h2>cam</h2>") < page.index("a.png") < page.index("<h2>lidar</h2>") < page.index("a.bin")
    above = re.search(r'<svg[^>]*class="above".*?</svg>', page, re.DOTALL)
    assert above is not None
    assert "M-1.00 -3.00h0" in above[0]  # forward is up, left is left
    assert "M-6.000 -12.000L-4.000 -12.000L-4.000 -8.000L-6.000 -8.000Z" in above[0]
    assert "FRAME" not in page


def test_boxes_are_projected_into_the_cameras_of_their_frame(api: Api) -> None:
    api.make(1, segment="drive")
    place = {"draftNumber": 1, "segmentName": "drive"}
    zero = {"x": 0, "y": 0, "z": 0}
    ahead = {"w": 0.5, "x": -0.5, "y": 0.5, "z": -0.5}  # the camera's z is the ego's x, its x the ego's -y
    camera = {
        "intrinsics": {"cameraMatrix": {"fx": 100, "fy": 100, "cx": 20, "cy": 15, "skew": 0}},
        "extrinsics": {"translation": zero, "rotation": ahead},
    }
    upright = {"translation": zero, "rotation": {"w": 1, "x": 0, "y": 0, "z": 0}}
    api.ok("POST", "datasets/{id}/sensors", {**place, "name": "cam", "type": "CAMERA", **camera})
    api.ok("POST", "datasets/{id}/sensors", {**place, "name": "lidar", "type": "LIDAR", "extrinsics": upright})

    def box(x: float, y: float) -> dict[str, Any]:
        size = {"x": 4, "y": 2, "z": 1}
        return {"translation": {"x": x, "y": y, "z": 0}, "size": size, "rotation": upright["rotation"]}

    boxes = [("car", box(10, 0)), ("behind", box(-10, 0)), ("beside", box(10, 40))]
    label = {"BOX3D": [{"box3d": value, "category": name} for name, value in boxes]}
    for sensor, path, content, given in [("cam", "a.png", picture(), {}), ("lidar", "a.bin", b"", label)]:
        item = {"remotePath": path, "checksum": api.upload(content), "frameId": FRAME, "sensorName": sensor}
        api.ok("PUT", "datasets/{id}/callback", {**place, **item, "label": given})
    page = get(api, frame_path(api, "drive", FRAME)).body.decode()
    drawn = re.findall(r'<g [^>]*><title>(\w+)</title><path d="([^"]*)"/></g>', page.partition("<h2>lidar</h2>")[0])
    assert [name for name, _ in drawn] == ["car"]  # the others are not in the picture
    ends = {tuple(map(float, line.split("L")[end].split())) for line in drawn[0][1].split("M")[1:] for end in (0, -1)}
    # 1 m to each side and 0.5 m up and down, 12 m ahead at the front and 8 m at the back, by 100 pixels a unit
    assert ends == {
        (round(20 + sx * 100 / z, 1), round(15 + sy * 50 / z, 1)) for z in (12, 8) for sx in (1, -1) for sy in (1, -1)
    }


def test_keypoints_are_joined_as_the_catalog_says(api: Api) -> None:
    api.make(segment="car")
    rule = {"number": 4, "skeleton": [[0, 1], [1, 2], [2, 3]]}
    catalog = {"KEYPOINTS2D": {"categories": [{"name": "person"}], "keypoints": [rule]}}
    api.ok("PUT", "datasets/{id}/labels/catalogs", {"catalog": catalog, "draftNumber": 1})
    points = [{"x": x, "y": 2, "v": v} for x, v in ((1, 2), (5, 1), (9, 2), (0, 0))]
    label = {"KEYPOINTS2D": [{"keypoints2d": points, "category": "person"}]}
    body = {"draftNumber": 1, "segmentName": "car", "remotePath": "a.png", "checksum": api.upload(picture())}
    api.ok("PUT", "datasets/{id}/callback", {**body, "label": label})
    page = get(api, frame_path(api, "car", "a.png")).body.decode()
    # the last point is said to be invisible, so its line is left away with it
    assert re.findall(r'<polyline points="([^"]*)"/>', page) == ["1,2 5,2", "5,2 9,2"]


def test_frames_lead_to_their_neighbours(api: Api) -> None:
    api.make(segment="car")
    for name in ("a.png", "b.png", "c.png"):
        body = {"draftNumber": 1, "segmentName": "car", "remotePath": name, "checksum": api.upload(picture())}
        api.ok("PUT", "datasets/{id}/callback", {**body, "label": {}})

    def steps(name: str) -> list[tuple[str, str]]:
        page = get(api, frame_path(api, "car", name)).body.decode()
        return re.findall(r"frame=(\w\.png)[^>]*>(earlier|later)</a>", page)

    assert steps("a.png") == [("b.png", "later")]
    assert steps("b.png") == [("a.png", "earlier"), ("c.png", "later")]
    assert steps("c.png") == [("b.png", "earlier")]


def test_camera_looks_along_z() -> None:
    box = Box3D(x=2.0, y=1.0, z=20.0, length=4.0, width=2.0, height=1.5, category="car")
    assert "M2.000 -20.000" in draw_above([box], [], is_camera=True)


def test_box_that_is_not_finite_is_left_away() -> None:
    box = Box3D(x=math.nan, y=1.0, z=20.0, length=4.0, width=2.0, height=1.5)
    assert "nan" not in draw_above([box], [], is_camera=False)


@pytest.mark.parametrize(
    ("path", "fields", "stride"),
    [
        ("a.bin", None, 4),
        ("a.pcd.bin", None, 5),
        ("a.bin", ["X", "Y", "Z"], 3),
        ("a.png", None, None),
        ("a.pcd", None, None),
    ],
)
def test_stride_of_a_cloud(path: str, fields: list[str] | None, stride: int | None) -> None:
    assert cloud_stride(path, fields) == stride


@pytest.mark.parametrize("content", [b"", b"abc", b"\0" * 15, b"\0" * 17, b"\xff" * 64])
def test_cloud_of_odd_bytes(content: bytes) -> None:
    assert len(cloud_points(content, 4)) <= 1


def test_large_cloud_is_thinned_evenly() -> None:
    content = struct.pack("<4f", 1, 2, 3, 4) * 100_000
    assert 5_000 <= len(cloud_points(content, 4)) <= 7_000


@pytest.mark.parametrize(
    "content",
    [
        picture("PNG", (321, 123)),
        picture("JPEG", (321, 123)),
        picture("JPEG", (321, 123), progressive=True),
        picture("JPEG", (321, 123), exif=b"Exif\0\0" + b"x" * 60_000, comment=b"y" * 1000),
    ],
    ids=["png", "jpeg", "progressive", "behind a preview"],
)
def test_size_of_a_picture(content: bytes) -> None:
    assert picture_size(content) == (321, 123)
    for length in range(0, min(len(content), 700), 7):
        assert picture_size(content[:length]) in (None, (321, 123))


@pytest.mark.parametrize(
    "content", [b"", b"GIF89a", b"\xff\xd8", b"\xff\xd8" + b"\xff" * 99, b"\xff\xd8\xff\xe0\0\0" * 9]
)
def test_what_is_no_picture_has_no_size(content: bytes) -> None:
    assert picture_size(content) is None


def test_wrong_places_are_no_fault(api: Api) -> None:
    api.make()
    signed = cookie(api)
    for path in (
        "/dataset/none",
        f"/dataset/{api.dataset_id}?commit=none",
        f"/dataset/{api.dataset_id}/segment?segment=none&draftNumber=1",
        f"/dataset/{api.dataset_id}/segment?segment=car&draftNumber=9",
    ):
        assert get(api, path, signed).status == 404
    assert get(api, f"/dataset/{api.dataset_id}/segment?segment=car", signed).status == 400
    assert get(api, frame_path(api, "car", "none"), signed).status == 404


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("browser")) as found:
        yield found


def test_browser_walks_from_the_key_to_the_labels(api: Api, window: Browser, tmp_path: Path) -> None:
    filled(api)
    api.ok("POST", "datasets/{id}/commits", {"title": "first", "draftNumber": 1, "tag": "v1"})
    window.open(f"{api.platform.url}/")
    assert window.title == "Sign in - lading"
    window.write("input", KEY)
    window.click("button")
    window.await_title("Datasets - lading")
    window.follow(NASTY)
    window.await_title(f"{NASTY} - lading")
    window.follow("tag v1")
    window.await_title(f"{NASTY} - lading")
    window.follow(NASTY)
    window.follow(f"{NASTY}.png")
    window.await_title(f"{NASTY}.png - lading")
    assert window.run("return document.querySelectorAll('svg rect').length") == 1
    box = window.run("const b = document.querySelector('svg rect').getBBox(); return [b.x, b.y, b.width, b.height]")
    assert box == [1, 2, 10, 20]
    window.screenshot("svg", tmp_path / "drawn.png")
    with Image.open(tmp_path / "drawn.png") as shot:
        colours = {colour for _, colour in shot.convert("RGB").getcolors(1 << 24) or ()}
    assert len(colours) > 3  # the picture, and lines of several colours over it
    assert window.run("return performance.getEntriesByType('resource').length") == 2  # the picture and its mask
    assert window.run("return performance.getEntriesByType('resource').every(e => e.responseStatus === 200)")
