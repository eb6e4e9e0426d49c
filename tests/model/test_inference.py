"""Catalogs from data made by hand."""

from __future__ import annotations

import random

import numpy as np
import pytest

from lading.model.catalog import Items
from lading.model.codec import decode_catalog, encode_catalog
from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.inference import ValueTypes, infer_catalog
from lading.model.label import (
    Box2D,
    Classification,
    InstanceMask,
    Keypoints2D,
    MaskItem,
    PanopticMask,
    Polygon2D,
    SemanticMask,
    Sentence,
    Word,
)
from lading.validate import validate


def dataset_of(*labels, catalog=None):
    frames = [Frame(key=str(i), data=[Data(path=f"{i}", remote_path=f"{i}", labels=[x])]) for i, x in enumerate(labels)]
    declared = None if catalog is None else decode_catalog(catalog)
    return MemoryDataset("x", {"train": frames}, catalog=declared)


def inferred(*labels, catalog=None):
    return encode_catalog(infer_catalog(dataset_of(*labels, catalog=catalog)))


def box(category=None, **attributes):
    return Box2D(0, 0, 1, 1, category=category, attributes=attributes)


def keypoints(count, category=None, visible=None):
    return Keypoints2D(np.zeros((count, 2)), visible, category=category)


def test_no_labels_no_catalog():
    assert inferred() == {}


def test_types_and_categories_of_the_data():
    assert inferred(box("dog"), Polygon2D(np.zeros((3, 2)), category="cat"), box("cat"), box("dog"), box()) == {
        "BOX2D": {"categories": [{"name": "cat"}, {"name": "dog"}]},
        "POLYGON2D": {"categories": [{"name": "cat"}]},
    }


def test_a_type_without_category_and_attributes_is_there_all_the_same():
    assert inferred(Sentence(sentence=(Word("a"),))) == {"SENTENCE": {}}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["a", "b"], {"type": "string"}),
        ([True, False], {"type": "boolean"}),
        ([1, 2], {"type": "integer"}),
        ([1.5, 2.0], {"type": "number"}),
        ([1, 2.5], {"type": "number"}),
        ([None, 1], {"type": ["integer", "null"]}),
        ([1, "a", None, True], {"type": ["string", "boolean", "integer", "null"]}),
        ([None], {"type": ["string", "null"]}),
        ([["a"], ["b", "c"]], {"type": "array", "items": {"type": "string"}}),
        ([[1], [2.5, None]], {"type": "array", "items": {"type": ["number", "null"]}}),
        ([[]], {"type": "array", "items": {"type": "string"}}),
        ([[[1]], "a"], {"type": ["string", "array"], "items": {"type": "array", "items": {"type": "integer"}}}),
    ],
    ids=repr,
)
def test_types_of_values(values, expected):
    catalog = inferred(*(box(a=value) for value in values))
    assert catalog == {"BOX2D": {"attributes": [{"name": "a", **expected}]}}


def test_what_is_declared_stays_and_comes_first():
    declared = {
        "BOX2D": {
            "isTracking": True,
            "categories": [{"name": "zebra", "description": "striped"}, {"name": "unused"}],
            "attributes": [{"name": "score", "type": "number", "minimum": 0, "maximum": 1}, {"name": "k", "enum": [1]}],
        },
        "POLYGON2D": {"categories": [{"name": "never met"}]},
    }
    labels = [box("zebra", score=5, k="x"), box("ant", weight=2), Classification(category="day")]
    assert inferred(*labels, catalog=declared) == {
        "CLASSIFICATION": {"categories": [{"name": "day"}]},
        "BOX2D": {
            "isTracking": True,
            "categories": [*declared["BOX2D"]["categories"], {"name": "ant"}],
            "attributes": [*declared["BOX2D"]["attributes"], {"name": "weight", "type": "integer"}],
        },
        "POLYGON2D": declared["POLYGON2D"],
    }


def test_the_declared_catalog_is_not_changed():
    one = dataset_of(box("ant", weight=2), catalog={"BOX2D": {"categories": [{"name": "zebra"}]}})
    before = encode_catalog(one.catalog)
    infer_catalog(one)
    assert encode_catalog(one.catalog) == before


def test_order_of_the_labels_makes_no_difference():
    rng = random.Random(7)
    labels = [
        box(f"c{i % 13}", **{f"a{i % 5}": rng.choice([1, 2.5, "x", None, [i], [str(i)]])}) for i in range(200)
    ] + [keypoints(i % 3 + 2, f"k{i % 4}", (0, 1, 2)) for i in range(60)]
    first = inferred(*labels)
    for _ in range(3):
        rng.shuffle(labels)
        assert inferred(*labels) == first


def test_keypoints_of_one_number():
    assert inferred(keypoints(17, "person"), keypoints(17, "dog")) == {
        "KEYPOINTS2D": {"categories": [{"name": "dog"}, {"name": "person"}], "keypoints": [{"number": 17}]}
    }


def test_keypoints_of_several_numbers_go_by_category():
    labels = [
        keypoints(17, "person"),
        keypoints(5, "dog"),
        keypoints(5, "cat"),
        keypoints(4, "cat"),
        keypoints(5, "cat"),
    ]
    assert inferred(*labels)["KEYPOINTS2D"]["keypoints"] == [
        {"number": 5, "parentCategories": ["cat", "dog"]},
        {"number": 17, "parentCategories": ["person"]},
    ]


@pytest.mark.parametrize(
    ("visible", "expected"),
    [(None, {}), ((0, 1), {"visible": "BINARY"}), ((0, 2), {"visible": "TERNARY"}), ((None, None), {})],
)
def test_visibility_of_keypoints(visible, expected):
    assert inferred(keypoints(2, "a", visible))["KEYPOINTS2D"]["keypoints"] == [{"number": 2, **expected}]


def test_declared_keypoints_stay():
    declared = {"KEYPOINTS2D": {"keypoints": [{"number": 3, "names": ["a", "b", "c"]}]}}
    assert inferred(keypoints(4), catalog=declared) == declared


def test_masks_have_the_categories_and_attributes_of_their_items():
    semantic = SemanticMask(items=(MaskItem(7, category="sky", attributes={"a": 1}), MaskItem(0, category="road")))
    panoptic = PanopticMask(items=(MaskItem(900, category_id=3, category="car"), MaskItem(901, category="unnumbered")))
    assert inferred(semantic, panoptic) == {
        "SEMANTIC_MASK": {
            "categories": [{"name": "road", "categoryId": 0}, {"name": "sky", "categoryId": 7}],
            "attributes": [{"name": "a", "type": "integer"}],
        },
        "PANOPTIC_MASK": {"categories": [{"name": "car", "categoryId": 3}, {"name": "unnumbered"}]},
    }


def test_instance_masks_declare_no_category_of_an_instance_without_an_id():
    background = {"INSTANCE_MASK": {"categories": [{"name": "background", "categoryId": 0}]}}
    mask = InstanceMask(items=(MaskItem(0, category="background"), MaskItem(1, category="boat")), checksum="0" * 40)
    assert inferred(mask, catalog=background) == background
    one = dataset_of(mask, catalog=background)
    assert list(validate(one, catalog=infer_catalog(one), severities={"media.missing": "off"})) == []


def test_inferred_catalog_is_one_the_platform_takes_and_the_data_keeps():
    labels = [box("a", s="x", n=None, v=[1, 2.5], m=1, t=True), box("b", m="x", v=[]), keypoints(3, "p", (0, 1, 2))]
    one = dataset_of(*labels)
    catalog = decode_catalog(encode_catalog(infer_catalog(one)))
    assert list(validate(one, catalog=catalog, severities={"media.missing": "off"})) == []


def test_the_types_of_values_are_told_as_a_catalog_has_them() -> None:
    types = ValueTypes()
    for value in (1, 2.5, None, [1, 2]):
        types.add(value)
    assert types.spec() == {"type": ["number", "array", "null"], "items": Items(type="integer")}
    assert ValueTypes().spec() == {"type": "string"}
