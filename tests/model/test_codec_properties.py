"""The codec of labels, catalogs and sensors: decode then encode gives the same, and what does not fit is told."""

from __future__ import annotations

import json
import math
import re
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.errors import RecordError
from lading.model import label as rows
from lading.model.codec import (
    decode_catalog,
    decode_labels,
    decode_sensor,
    decode_transform,
    encode_catalog,
    encode_labels,
    encode_sensor,
    encode_transform,
)
from lading.model.geometry import EGO, Transform3D
from lading.model.report import Report
from lading.model.sensor import SENSOR_TYPES, Camera, CameraMatrix, Intrinsics

numbers = st.floats(allow_nan=False, allow_infinity=False)
words = st.text(min_size=1, max_size=8)
scalars = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), numbers, st.text(max_size=8), st.none())
points = st.lists(st.tuples(numbers, numbers), max_size=5).map(rows.point_array)
face = st.lists(st.tuples(numbers, numbers), min_size=4, max_size=4).map(rows.point_array)
common = {
    "category": st.none() | words,
    "attributes": st.dictionaries(words, scalars | st.lists(scalars, max_size=3), max_size=3),
    "instance": st.none() | words,
}
plain = {key: value for key, value in common.items() if key != "instance"}
spoken = st.lists(
    st.builds(rows.Word, words, st.none() | st.floats(0, 9), st.none() | st.floats(0, 9)), min_size=1, max_size=3
)


@st.composite
def keypoints(draw: st.DrawFn) -> rows.Keypoints2D:
    array = draw(points)
    visible = draw(st.none() | st.tuples(*[st.integers(0, 2)] * len(array)))
    if visible is not None and not len(array):
        visible = None  # without a point there is nowhere to write it
    return rows.Keypoints2D(points=array, visible=visible, **{k: draw(v) for k, v in common.items()})


def masks(kind: type[Any], item: st.SearchStrategy[rows.MaskItem]) -> st.SearchStrategy[Any]:
    return st.builds(
        kind,
        items=st.lists(item, max_size=3).map(tuple),
        checksum=st.none() | words,
        file_size=st.none() | st.integers(0, 2**40),
        remote_path=st.none() | words,
        url=st.none() | words,
    )


values = st.integers(0, 65535)
told = st.dictionaries(words, scalars, max_size=2)
LABELS: dict[str, st.SearchStrategy[Any]] = {
    "CLASSIFICATION": st.builds(rows.Classification, category=words, attributes=common["attributes"]),
    "BOX2D": st.builds(rows.Box2D, xmin=numbers, ymin=numbers, xmax=numbers, ymax=numbers, **common),
    "BOX3D": st.builds(
        rows.Box3D,
        **dict.fromkeys(("x", "y", "z", "length", "width", "height", "qw", "qx", "qy", "qz"), numbers),
        **common,
    ),
    "POLYGON2D": st.builds(rows.Polygon2D, points=points, **common),
    "POLYLINE2D": st.builds(rows.Polyline2D, points=points, bezier_point_types=st.none() | words, **common),
    "KEYPOINTS2D": keypoints(),
    "CUBOID2D": st.builds(rows.Cuboid2D, front=face, back=face, **common),
    "SENTENCE": st.builds(
        rows.Sentence, sentence=spoken.map(tuple), spell=st.none() | spoken.map(tuple), attributes=common["attributes"]
    ),
    "MULTI_POLYGON": st.builds(rows.MultiPolygon2D, rings=st.lists(points, max_size=3).map(tuple), **common),
    "MULTI_POLYLINE2D": st.builds(rows.MultiPolyline2D, lines=st.lists(points, max_size=3).map(tuple), **common),
    "RLE": st.builds(
        rows.Rle, counts=st.lists(st.integers(0, 2**40), max_size=9).map(lambda c: np.array(c, np.int64)), **common
    ),
    "SEMANTIC_MASK": masks(rows.SemanticMask, st.builds(rows.MaskItem, values, attributes=told)),
    "INSTANCE_MASK": masks(rows.InstanceMask, st.builds(rows.MaskItem, values, attributes=told)),
    "PANOPTIC_MASK": masks(rows.PanopticMask, st.builds(rows.MaskItem, values, values, attributes=st.none())),
}


def test_every_label_type_has_a_strategy() -> None:
    assert list(LABELS) == list(rows.LABEL_TYPES)


@pytest.mark.parametrize("kind", LABELS)
@given(data=st.data())
def test_a_label_comes_back_from_json_text(kind: str, data: st.DataObject) -> None:
    label = data.draw(LABELS[kind])
    text = msgspec.json.encode(encode_labels([label]))
    (back,) = decode_labels(json.loads(text))
    assert back == label


def test_a_second_label_of_a_kind_that_is_single_is_left_out_and_told() -> None:
    first, second = rows.Classification(category="a"), rows.Classification(category="b")
    left_out: list[rows.Label] = []
    assert encode_labels([first, second], left_out) == {"CLASSIFICATION": {"category": "a"}}
    assert left_out == [second]


def test_nan_and_infinity_are_null_in_json_text() -> None:
    box = rows.Box2D(xmin=math.nan, ymin=-math.inf, xmax=1.0, ymax=2.0)
    assert json.loads(msgspec.json.encode(encode_labels([box]))) == {
        "BOX2D": [{"box2d": {"xmin": None, "ymin": None, "xmax": 1.0, "ymax": 2.0}}]
    }


@pytest.mark.parametrize(
    ("wire", "pointer"),
    [
        ([], ""),
        ({"BOX2D": {}}, "/BOX2D"),
        ({"BOX2D": [{"box2d": {"xmin": 1, "ymin": 1, "xmax": 2}}]}, "/BOX2D/0/box2d"),
        ({"BOX2D": [{"box2d": {"xmin": 1, "ymin": 1, "xmax": 2, "ymax": "3"}}]}, "/BOX2D/0/box2d/ymax"),
        ({"POLYGON2D": [{"polygon2d": [{"x": 1}]}]}, "/POLYGON2D/0/polygon2d/0"),
        ({"CUBOID2D": [{"cuboid2d": {"front": []}}]}, "/CUBOID2D/0/cuboid2d"),
        ({"RLE": [{"rle": [1, "2"]}]}, "/RLE/0/rle/1"),
        ({"BOX2D": [{"box2d": {"xmin": 1, "ymin": 1, "xmax": 2, "ymax": 2}, "category": 5}]}, "/BOX2D/0/category"),
        ({"BOX2D": [{"box2d": {"xmin": 1, "ymin": 1, "xmax": 2, "ymax": 2}, "attributes": []}]}, "/BOX2D/0/attributes"),
    ],
)
def test_what_is_no_label_names_the_part(wire: Any, pointer: str) -> None:
    with pytest.raises(RecordError, match=r"expected .*found") as caught:
        decode_labels(wire)
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    ("wire", "pointer"),
    [
        ({"BOX2D": []}, "/BOX2D"),
        ({"BOX2D": {"categories": None}}, "/BOX2D"),
        ({"BOX2D": {"categories": [{"name": "a"}, {"name": "a"}]}}, "/BOX2D/categories/1/name"),
        ({"BOX2D": {"categories": [{"description": "a"}]}}, "/BOX2D/categories/0"),
        ({"BOX2D": {"attributes": [{"name": "a", "type": "array"}]}}, "/BOX2D/attributes/0"),
        ({"BOX2D": {"attributes": [{"name": "a", "type": "float"}]}}, "/BOX2D/attributes/0/type"),
        ({"BOX2D": {"isTracking": "yes"}}, "/BOX2D/isTracking"),
        ({"KEYPOINTS2D": {}}, "/KEYPOINTS2D"),
    ],
)
def test_what_is_no_catalog_names_the_part(wire: Any, pointer: str) -> None:
    with pytest.raises(RecordError, match=r"expected .*found") as caught:
        decode_catalog(wire, Report())
    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    ("part", "message"),
    [
        ({"categories": [{"nme": "car"}]}, "#/BOX2D/categories/0: expected a field `name`, found none"),
        ({"categories": ["car"]}, "#/BOX2D/categories/0: expected an object, found 'car'"),
        ({"categories": [{"name": "a", "categoryId": "x"}]}, "categoryId: expected a whole number, found 'x'"),
        ({"attributes": [{"name": "a", "type": "number", "minimum": "0"}]}, "minimum: expected a number, found '0'"),
        ({"isTracking": []}, "isTracking: expected true or false, found an array"),
    ],
)
def test_what_is_no_catalog_is_told_in_the_words_of_json(part: Any, message: str) -> None:
    with pytest.raises(RecordError, match=re.escape(message)):
        decode_catalog({"BOX2D": part}, Report())


def test_a_field_that_the_catalog_does_not_know_is_kept_and_told() -> None:
    wire = {"BOX2D": {"categories": [{"name": "a", "colour": "#fff"}]}}
    report = Report()
    catalog = decode_catalog(wire, report)
    assert encode_catalog(catalog) == wire
    assert [(f.rule, f.severity, f.pointer) for f in report.findings] == [
        ("catalog.unknown-field", "warning", "/BOX2D/categories/0/colour")
    ]
    assert report.findings[0].message == "expected a field of the catalog, found 'colour'"


poses = st.builds(
    Transform3D,
    st.just("s"),
    st.just(EGO),
    st.tuples(numbers, numbers, numbers),
    st.tuples(numbers, numbers, numbers, numbers),
)


@given(poses)
def test_a_transform_comes_back_from_json_text(pose: Transform3D) -> None:
    text = msgspec.json.encode(encode_transform(pose))
    assert decode_transform(json.loads(text), "s", EGO) == pose


@given(
    st.sampled_from(sorted(SENSOR_TYPES)),
    words,
    st.none() | poses,
    st.builds(CameraMatrix, fx=numbers, fy=numbers, cx=numbers, cy=numbers, skew=numbers),
    st.integers(0, 6),
    st.integers(0, 3),
    st.data(),
)
def test_a_sensor_comes_back_from_json_text(
    kind: str, name: str, pose: Transform3D | None, matrix: CameraMatrix, k: int, p: int, data: st.DataObject
) -> None:
    sensor_type = SENSOR_TYPES[kind]
    fields: dict[str, Any] = {"name": name}
    if pose is not None:
        fields["extrinsics"] = Transform3D(name, EGO, pose.translation, pose.rotation)
    if issubclass(sensor_type, Camera):
        names = [f"p{i + 1}" for i in range(p)] + [f"k{i + 1}" for i in range(k)]
        distortion = {n: data.draw(numbers) for n in names} or None
        fields["intrinsics"] = Intrinsics(camera_matrix=matrix, distortion=distortion)
    sensor = sensor_type(**fields)
    assert decode_sensor(json.loads(msgspec.json.encode(encode_sensor(sensor)))) == sensor


def test_a_gap_in_distortion_is_filled_on_the_wire() -> None:
    matrix = CameraMatrix(fx=1.0, fy=1.0, cx=0.0, cy=0.0)
    camera = Camera(name="c", intrinsics=Intrinsics(camera_matrix=matrix, distortion={"k1": 0.1, "k3": 0.3}))
    assert encode_sensor(camera)["intrinsics"]["distortionCoefficients"] == {"k1": 0.1, "k2": 0.0, "k3": 0.3}


@pytest.mark.parametrize(
    ("wire", "pointer"),
    [
        ({"type": "CAMERA"}, ""),
        ({"name": "c", "type": "SONAR"}, "/type"),
        ({"name": "c", "type": "CAMERA", "intrinsics": {}}, "/intrinsics"),
        ({"name": "c", "type": "LIDAR", "extrinsics": {"translation": {"x": 1, "y": 2}}}, "/extrinsics"),
    ],
)
def test_what_is_no_sensor_names_the_part(wire: Any, pointer: str) -> None:
    with pytest.raises(RecordError, match=r"expected .*found") as caught:
        decode_sensor(wire)
    assert caught.value.pointer == pointer
