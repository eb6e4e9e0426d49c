"""Every JSON example that the platform's contract has for catalogs, labels and sensors (platform-api.md D, E, F)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lading.errors import RecordError
from lading.model.codec import (
    decode_catalog,
    decode_labels,
    decode_sensor,
    encode_catalog,
    encode_labels,
    encode_sensor,
)
from lading.model.label import (
    Box2D,
    Box3D,
    Classification,
    Cuboid2D,
    InstanceMask,
    Keypoints2D,
    MaskItem,
    MultiPolygon2D,
    MultiPolyline2D,
    PanopticMask,
    Polygon2D,
    Polyline2D,
    Rle,
    SemanticMask,
    Sentence,
    Word,
    point_array,
)
from lading.model.report import Origin, Report
from lading.model.sensor import Camera

CAR = "400a7ec7faa643e38e7ab220463bc4b5"
SHA = "997a137a5915963a93cd2da318013927dbfc1632"
URL = f"https://localhost:8443/blobs/{SHA}"


def example(name: str) -> Any:
    return json.loads((Path(__file__).parent / "examples" / name).read_text("utf-8"))


def mask(kind: type[Any], *items: MaskItem) -> Any:
    return kind(items=items, checksum=SHA, remote_path="a.png", url=URL)


FACE = point_array([[1, 2], [1.1, 2.1], [1.2, 2.2], [1.3, 2.3]])
EVERY_TYPE = [
    Classification(category="Cat.Abyssinian", attributes={"gender": "male"}),
    Box2D(
        xmin=1, ymin=6, xmax=10, ymax=18, category="car", attributes={"color": "blue", "visibility": 0.5}, instance=CAR
    ),
    Box3D(x=1.1, y=1.2, z=1.3, length=4.5, width=1.9, height=1.6, category="car", instance=CAR),
    Polygon2D(points=point_array([[1, 2], [2, 3], [1, 3]]), category="car"),
    Polyline2D(points=point_array([[1, 2], [2, 4]]), category="lane", bezier_point_types="LL"),
    Keypoints2D(points=point_array([[1, 1], [2, 2], [0, 0]]), visible=(2, 1, 0), category="person"),
    Cuboid2D(front=FACE, back=FACE, category="car", attributes={"color": "blue"}, instance=CAR),
    Sentence(
        sentence=(Word("hello", 0.1, 0.6),), spell=(Word("he2"),), phone=(Word("h"),), attributes={"speaker": "a"}
    ),
    MultiPolygon2D(
        rings=(point_array([[1, 2], [2, 3], [1, 3]]), point_array([[1, 4], [2, 3], [1, 8]])), category="car"
    ),
    MultiPolyline2D(lines=(point_array([[1, 1], [1, 2]]), point_array([[2, 3], [3, 5]])), category="lane"),
    Rle(counts=np.array([272, 2, 4, 4, 2, 9]), category="car"),
    mask(SemanticMask, MaskItem(1, attributes={"occluded": True})),
    mask(InstanceMask, MaskItem(7, attributes={"occluded": False})),
    mask(PanopticMask, MaskItem(100, 0), MaskItem(101, 1)),
]


def with_documented_polygon(label: dict[str, Any]) -> dict[str, Any]:
    """POLYGON is what the official client says; we send the documented POLYGON2D and read both (B-D, D9)."""
    result = {}
    for kind, value in label.items():
        if kind == "POLYGON":
            result["POLYGON2D"] = [
                {("polygon2d" if k == "polygon" else k): v for k, v in item.items()} for item in value
            ]
        else:
            result[kind] = value
    return result


@pytest.mark.parametrize("index", range(len(EVERY_TYPE)), ids=[label.kind for label in EVERY_TYPE])
def test_the_example_of_every_label_type_is_read(index: int) -> None:
    assert decode_labels(example("label-every-type.json"))[index] == EVERY_TYPE[index]


def test_the_example_of_every_label_type_has_nothing_else() -> None:
    assert len(decode_labels(example("label-every-type.json"))) == len(EVERY_TYPE) == 14


def test_the_example_of_every_label_type_is_written() -> None:
    assert encode_labels(EVERY_TYPE) == with_documented_polygon(example("label-every-type.json"))


def test_the_seeds_polygon_is_read_and_written() -> None:
    wire = example("label-polygon2d.json")
    polygon = Polygon2D(
        points=point_array([[1, 2], [2, 3], [1, 3]]), category="car", attributes={"color": "blue"}, instance=CAR
    )
    assert decode_labels(wire) == [polygon]
    assert encode_labels([polygon]) == wire


def test_a_mask_as_uploaded_is_read_and_written() -> None:
    wire = example("label-mask-upload.json")
    uploaded = SemanticMask(checksum=SHA, file_size=71, items=(MaskItem(1, attributes={"occluded": True}),))
    assert decode_labels(wire) == [uploaded]
    assert encode_labels([uploaded]) == wire


def test_the_full_catalog_is_read_and_written() -> None:
    wire = example("catalog-full.json")
    report = Report()
    catalog = decode_catalog(wire, report)
    assert report.findings == []
    assert encode_catalog(catalog) == {"POLYGON2D" if kind == "POLYGON" else kind: wire[kind] for kind in wire}

    boxes = catalog["BOX2D"]
    assert (boxes.description, boxes.is_tracking, boxes.category_delimiter) == ("cars", True, ".")
    assert [category.name for category in boxes.categories] == ["car", "light"]
    lane = boxes.attribute("lane")
    assert lane is not None
    assert (lane.type, lane.minimum, lane.maximum) == (["integer", "null"], 0, 8)
    light = boxes.attribute("traffic_light_color")
    assert light is not None
    assert light.items is not None
    assert (light.items.enum, light.parent_categories) == (["red", "yellow", "green"], ["light"])
    (points,) = catalog["KEYPOINTS2D"].keypoints or []
    assert (points.number, points.names, points.skeleton) == (3, ["head", "body", "feet"], [[0, 1], [1, 2]])
    assert (points.visible, points.parent_categories) == ("TERNARY", ["person"])
    sentence = catalog["SENTENCE"]
    assert (sentence.is_sample, sentence.sample_rate) == (True, 16000)
    assert sentence.lexicon == [["mean", "m", "iy", "n"]]
    assert catalog["POLYLINE2D"].is_beizer_curve
    assert [(c.name, c.category_id) for c in catalog["SEMANTIC_MASK"].categories] == [("background", 0), ("car", 1)]


@pytest.mark.parametrize("name", ["catalog-put.json", "catalog-get.json"])
def test_the_catalogs_of_the_endpoints_are_read_and_written(name: str) -> None:
    wire = example(name)["catalog"]
    report = Report()
    assert encode_catalog(decode_catalog(wire, report)) == wire
    assert report.findings == []


def test_the_sensor_as_posted_is_read_and_written() -> None:
    wire = {k: v for k, v in example("sensor-post.json").items() if k not in ("segmentName", "draftNumber")}
    report = Report()
    sensor = decode_sensor(wire, report)
    assert report.findings == []
    assert isinstance(sensor, Camera)
    assert sensor.extrinsics is not None
    assert sensor.intrinsics is not None
    assert (sensor.extrinsics.source, sensor.extrinsics.target) == ("camera_01", "ego")
    assert sensor.extrinsics.translation == (1.03569100218, 0.484795032713, 1.59097014818)
    assert sensor.extrinsics.rotation[0] == 0.6924185592174665
    assert sensor.intrinsics.camera_matrix.skew == 122.7757465151356
    assert sensor.intrinsics.distortion == {
        "k1": 0.12,
        "k2": 0.33,
        "k3": 0.13,
        "k4": 0.93,
        "k5": 0.23,
        "p1": 1.0,
        "p2": 0.3,
    }
    assert encode_sensor(sensor) == wire


def test_the_sensor_as_listed_is_read_and_written() -> None:
    (wire,) = example("sensor-get.json")["sensors"]
    assert encode_sensor(decode_sensor(wire)) == wire


@pytest.mark.parametrize(
    ("rule", "change"),
    [
        ("sensor.type-case", lambda wire: wire.update(type="camera")),
        (
            "sensor.distortion-key",
            lambda wire: wire["intrinsics"].update(
                distortionCoefficient=wire["intrinsics"].pop("distortionCoefficients")
            ),
        ),
    ],
    ids=["type in lower case (D4)", "the singular of distortionCoefficients (D2)"],
)
def test_the_seeds_other_spellings_of_a_sensor_are_read_with_a_warning(rule: str, change: Any) -> None:
    (wire,) = example("sensor-get.json")["sensors"]
    expected = decode_sensor(wire)
    change(wire)
    report = Report()
    assert decode_sensor(wire, report) == expected
    assert [(finding.rule, finding.severity) for finding in report.findings] == [(rule, "warning")]


@pytest.mark.parametrize(
    ("wire", "expected"),
    [
        (
            {"BOX2D": {"attributes": [{"name": "lane", "type": "interger"}]}},
            {"BOX2D": {"attributes": [{"name": "lane", "type": "integer"}]}},
        ),
        (
            {"KEYPOINTS2D": {"keypoints": [{"number": 1, "visible": "1"}]}},
            {"KEYPOINTS2D": {"keypoints": [{"number": 1}]}},
        ),
        (
            {"KEYPOINTS2D": {"keypoints": [{"number": 1, "visible": "ternary"}]}},
            {"KEYPOINTS2D": {"keypoints": [{"number": 1, "visible": "TERNARY"}]}},
        ),
        ({"SENTENCE": {"lexicon": '[["mean", "m"]]'}}, {"SENTENCE": {"lexicon": [["mean", "m"]]}}),
        (
            {"BOX2D": {"attributes": [{"name": "n", "type": "number", "minimum": 0, "maximum": None}]}},
            {"BOX2D": {"attributes": [{"name": "n", "type": "number", "minimum": 0}]}},
        ),
    ],
    ids=[
        "interger (D1)",
        "visible 1 (D14)",
        "visible in lower case (D14)",
        "lexicon as text (D15)",
        "null maximum (D29)",
    ],
)
def test_other_spellings_of_a_catalog_are_read(wire: Any, expected: Any) -> None:
    assert encode_catalog(decode_catalog(wire, Report())) == expected


def test_a_catalog_knows_the_file_it_was_read_from_and_is_equal_without() -> None:
    value = {"BOX2D": {"categories": [{"name": "car"}]}}
    read = decode_catalog(value, at=Origin("catalog.json", ""))
    assert read.origin == Origin("catalog.json", "")
    assert decode_catalog(value).origin is None
    assert read == decode_catalog(value)
    assert encode_catalog(read) == value


@pytest.mark.parametrize(
    ("label", "pointer"),
    [
        ({"RLE": [{"rle": [5, 1 << 64]}]}, "/RLE/0/rle/1"),
        ({"RLE": [{"rle": [1e300]}]}, "/RLE/0/rle/0"),
        ({"POLYGON2D": [{"polygon2d": [{"x": 10**400, "y": 1}]}]}, "/POLYGON2D/0/polygon2d/0/x"),
        ({"BOX2D": [{"box2d": {"xmin": -(10**400), "ymin": 0, "xmax": 1, "ymax": 1}}]}, "/BOX2D/0/box2d/xmin"),
    ],
)
def test_a_number_that_no_array_holds_is_refused_at_its_place(label, pointer):
    with pytest.raises(RecordError, match="expected a number of 64 bits") as caught:
        decode_labels(label)
    assert str(caught.value).find(pointer) >= 0
