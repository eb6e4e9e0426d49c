"""The quick look takes nothing that the codec refuses, and knows the plain label types."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lading.errors import RecordError
from lading.model.codec import decode_labels
from lading.server.api.label_shape import is_surely_right

KINDS = {
    "CLASSIFICATION": "category",
    "BOX2D": "box2d",
    "BOX3D": "box3d",
    "POLYGON2D": "polygon2d",
    "POLYGON": "polygon",
    "POLYLINE2D": "polyline2d",
    "KEYPOINTS2D": "keypoints2d",
    "CUBOID2D": "cuboid2d",
    "MULTI_POLYGON": "multiPolygon",
    "MULTI_POLYLINE2D": "multiPolyline2d",
    "RLE": "rle",
    "SENTENCE": "sentence",
    "SEMANTIC_MASK": "checksum",
    "BOX4D": "box4d",
}

scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3)
point_keys = st.sampled_from(["x", "y", "z", "w", "v", "q"])
points = st.dictionaries(point_keys, scalars | st.floats(0, 1), max_size=5) | st.fixed_dictionaries(
    {"x": st.floats(0, 9), "y": st.floats(0, 9)}, optional={"v": scalars, "z": scalars}
)
edges = st.fixed_dictionaries({name: scalars | st.integers() for name in ("xmin", "ymin", "xmax", "ymax")})
xyz = st.fixed_dictionaries({axis: st.floats(0, 9) for axis in "xyz"})
solid = st.fixed_dictionaries({"translation": xyz, "size": xyz, "rotation": points | xyz})
geometry = scalars | edges | solid | points | st.lists(points | st.integers() | scalars | st.lists(points, max_size=2))
geometry |= st.fixed_dictionaries({"front": st.lists(points), "back": st.lists(points)})
optional = {
    "category": scalars,
    "attributes": scalars | st.dictionaries(st.text(max_size=2), scalars),
    "instance": scalars,
    "beizerPointTypes": scalars,
    "polygon": geometry,
    "extra": scalars,
}


@st.composite
def labels(draw: st.DrawFn) -> dict[str, Any]:
    kinds = draw(st.lists(st.sampled_from(list(KINDS)), unique=True, max_size=3))
    found = {}
    for kind in kinds:
        others = {name: values for name, values in optional.items() if name != KINDS[kind]}
        one = st.fixed_dictionaries({KINDS[kind]: geometry}, optional=others)
        found[kind] = draw(one if kind in ("CLASSIFICATION", "SEMANTIC_MASK") else st.lists(one, max_size=2) | one)
    return found


@given(labels())
@example({"RLE": [{"rle": [2**64]}]})
@example({"RLE": [{"rle": [True]}]})
@example({"CLASSIFICATION": {}})
@example({"CLASSIFICATION": {"instance": "a"}})
@example({"POLYGON": [], "POLYGON2D": []})
@example({"POLYGON2D": [{"polygon2d": [], "polygon": 1}]})
def test_what_is_surely_right_decodes(label: dict[str, Any]) -> None:
    try:
        decode_labels(label)
    except RecordError:
        assert not is_surely_right(label)


POINT = {"x": 1, "y": 2.5}
RIGHT: list[tuple[str, Any]] = [
    ("CLASSIFICATION", {"category": "car"}),
    ("BOX2D", [{"box2d": {"xmin": 1, "ymin": 2.5, "xmax": 3, "ymax": 4}, "category": "car", "attributes": {"a": [1]}}]),
    (
        "BOX3D",
        [
            {
                "box3d": {
                    "translation": {**POINT, "z": 0},
                    "size": {**POINT, "z": 1},
                    "rotation": {**POINT, "z": 0, "w": 1},
                }
            }
        ],
    ),
    ("POLYGON2D", [{"polygon2d": [POINT] * 3, "instance": "i"}]),
    ("POLYGON", [{"polygon": [POINT] * 3}]),
    ("POLYLINE2D", [{"polyline2d": [POINT] * 2, "beizerPointTypes": "LL"}]),
    ("KEYPOINTS2D", [{"keypoints2d": [{**POINT, "v": 2}, POINT]}]),
    ("CUBOID2D", [{"cuboid2d": {"front": [POINT] * 4, "back": [POINT] * 4}}]),
    ("MULTI_POLYGON", [{"multiPolygon": [[POINT] * 3, [POINT] * 4]}]),
    ("MULTI_POLYLINE2D", [{"multiPolyline2d": [[POINT] * 2]}]),
    ("RLE", [{"rle": [0, 2, 5]}]),
]


@pytest.mark.parametrize(("kind", "part"), RIGHT, ids=[kind for kind, _ in RIGHT])
def test_plain_types_are_known_at_once(kind: str, part: Any) -> None:
    assert is_surely_right({kind: part})
    assert decode_labels({kind: part})


@pytest.mark.parametrize("kind", ["SENTENCE", "SEMANTIC_MASK", "BOX4D"])
def test_other_types_are_left_to_the_codec(kind: str) -> None:
    assert not is_surely_right({kind: [] if kind != "SEMANTIC_MASK" else {}})


def test_codec_says_what_is_wrong() -> None:
    wrong = {"BOX2D": [{"box2d": {"xmin": 1}}]}
    assert not is_surely_right(wrong)
    with pytest.raises(RecordError, match="BOX2D/0/box2d"):
        decode_labels(wrong)
