"""Categories and attributes against a catalog, declared by the format or given as a contract."""

from __future__ import annotations

import math

import pytest

from lading.model.label import Box2D, Classification, SemanticMask, Sentence, Word

CATALOG = {
    "BOX2D": {
        "categoryDelimiter": ".",
        "categories": [{"name": "car"}, {"name": "light"}, {"name": "light.red"}, {"name": "lighter"}],
        "attributes": [
            {"name": "lane", "type": ["integer", "null"], "minimum": 0, "maximum": 8},
            {"name": "score", "type": "number", "minimum": 0.5},
            {"name": "colour", "enum": ["red", 1, True, None]},
            {"name": "name", "type": "string"},
            {"name": "is_crowd", "type": "boolean"},
            {"name": "bulb", "type": "string", "parentCategories": ["light"]},
            {"name": "marks", "type": "array", "items": {"type": "integer", "maximum": 3}},
            {"name": "rows", "type": "array", "items": {"type": "array", "items": {"enum": ["a", "b"]}}},
            {"name": "count", "type": "integer"},
            {"name": "track", "type": "instance"},
        ],
    }
}


def box(category="car", **attributes):
    return Box2D(0, 0, 1, 1, category=category, attributes=attributes, origin=0)


def rules(findings):
    return [finding.rule for finding in findings]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("lane", 0),
        ("lane", 8),
        ("lane", 3.0),
        ("lane", None),
        ("score", 0.5),
        ("score", 1),
        ("colour", "red"),
        ("colour", 1),
        ("colour", True),
        ("colour", None),
        ("name", ""),
        ("is_crowd", False),
        ("marks", []),
        ("marks", [1, 3, -7]),
        ("rows", [["a", "b"], []]),
        ("count", 10**30),
        ("track", "abc"),
        ("track", 5),
    ],
    ids=repr,
)
def test_value_that_the_catalog_allows(found, name, value):
    assert found(box(**{name: value}), catalog=CATALOG) == []


@pytest.mark.parametrize(
    ("name", "value", "rule"),
    [
        ("lane", True, "attribute.type"),
        ("lane", 3.5, "attribute.type"),
        ("lane", "3", "attribute.type"),
        ("lane", 9, "attribute.range"),
        ("lane", -1, "attribute.range"),
        ("score", 0.49, "attribute.range"),
        ("score", True, "attribute.type"),
        ("score", None, "attribute.type"),
        ("colour", "Red", "attribute.enum"),
        ("colour", False, "attribute.enum"),
        ("colour", 0, "attribute.enum"),
        ("colour", ["red"], "attribute.enum"),
        ("name", 7, "attribute.type"),
        ("is_crowd", 1, "attribute.type"),
        ("marks", 1, "attribute.type"),
        ("marks", [1, 4], "attribute.items"),
        ("marks", [1, "2"], "attribute.items"),
        ("rows", [["a"], ["c"]], "attribute.items"),
        ("count", 1e300 + 0.5, None),
        ("score", math.nan, "label.not-finite"),
        ("count", math.inf, "label.not-finite"),
        ("weight", 1, "attribute.unknown"),
    ],
    ids=repr,
)
def test_value_that_the_catalog_does_not_allow(found, name, value, rule):
    findings = found(box(**{name: value}), catalog=CATALOG)
    assert rules(findings) == ([] if rule is None else [rule])
    assert all(f.severity == "error" and f.pointer == f"/annotations/0/attributes/{name}" for f in findings)


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("lane", 9, "attribute 'lane': expected a value from 0 to 8, found 9"),
        ("score", 0.25, "attribute 'score': expected a value of at least 0.5, found 0.25"),
        ("lane", "3", "attribute 'lane': expected integer or null, found string '3'"),
        ("colour", "x", "attribute 'colour': expected one of 'red', 1, True, None, found 'x'"),
        ("marks", [1, 4], "attribute 'marks': element 1: expected a value of at most 3, found 4"),
        ("rows", [[], ["c"]], "attribute 'rows': element 1: element 0: expected one of 'a', 'b', found 'c'"),
        ("weight", 1, "expected an attribute of the catalog, found 'weight'"),
    ],
    ids=lambda value: None,
)
def test_message_of_a_value(found, name, value, message):
    assert [finding.message for finding in found(box(**{name: value}), catalog=CATALOG)] == [message]


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("light", []),
        ("light.red", []),
        ("lighter", ["attribute.wrong-category"]),
        ("car", ["attribute.wrong-category"]),
        (None, ["category.missing"]),
        ("lamp", ["category.unknown"]),
    ],
)
def test_attribute_belongs_to_a_category_and_those_below_it(found, category, expected):
    assert rules(found(box(category, bulb="LED"), catalog=CATALOG)) == expected


def test_attributes_of_a_label_of_another_category_are_told_once(found):
    names = [f"a{number}" for number in range(10)]
    subcatalog = {
        "categories": [{"name": "person"}, {"name": "dog"}],
        "attributes": [{"name": name, "type": "boolean", "parentCategories": ["person"]} for name in names],
    }
    values = dict.fromkeys(names, True) | {"a3": "yes"}
    told, odd = found(box("dog", **values), catalog={"BOX2D": subcatalog})
    assert (told.rule, told.pointer) == ("attribute.wrong-category", "/annotations/0/attributes")
    assert told.message == (
        "expected attributes of this label's category, found 10 others: "
        "'a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7' and 2 more"
    )
    assert (odd.rule, odd.pointer) == ("attribute.type", "/annotations/0/attributes/a3")


def test_without_a_delimiter_there_is_no_below(found):
    subcatalog = {key: value for key, value in CATALOG["BOX2D"].items() if key != "categoryDelimiter"}
    findings = found(box("light.red", bulb="LED"), catalog={"BOX2D": subcatalog})
    assert rules(findings) == ["attribute.wrong-category", "catalog.dotted-name"]


def test_unknown_category_stands_at_the_category(found):
    (finding,) = found(box("Car"), catalog=CATALOG)
    assert (finding.rule, finding.severity, finding.pointer) == (
        "category.unknown",
        "error",
        "/annotations/0/category_id",
    )
    assert finding.message == "expected a category of the catalog, found 'Car'"


def test_missing_category_is_a_warning(found):
    (finding,) = found(box(None), catalog=CATALOG)
    assert (finding.rule, finding.severity) == ("category.missing", "warning")


def test_masks_and_sentences_have_no_category_of_their_own(found):
    catalog = {"SEMANTIC_MASK": {"categories": [{"name": "sky", "categoryId": 0}]}, "SENTENCE": {}}
    assert found(SemanticMask(), Sentence(sentence=(Word("a"),)), catalog=catalog) == []


def test_format_that_declares_nothing_is_not_held_to_it(found):
    assert found(box("anything", weight=1), catalog={}) == []


def test_numbers_have_to_be_finite_where_nothing_is_declared(found):
    assert rules(found(box("anything", weight=math.nan), catalog={})) == ["label.not-finite"]


def test_format_that_declares_no_categories_is_not_held_to_them(found):
    catalog = {"BOX2D": {"attributes": [{"name": "score", "type": "number"}]}}
    assert found(box("anything", score=1), catalog=catalog) == []
    assert rules(found(box("anything", weight=1), catalog=catalog)) == ["attribute.unknown"]


def test_type_that_the_declared_catalog_lacks(found):
    (finding,) = found(Classification(category="x", origin=3), catalog=CATALOG)
    assert (finding.rule, finding.severity, finding.pointer) == ("label.undeclared-type", "error", "/annotations/3")
    assert finding.message == "expected label types of the catalog, found CLASSIFICATION"


@pytest.mark.parametrize(
    ("contract", "expected"),
    [
        ({}, ["catalog.empty"]),
        ({"BOX2D": {}}, ["category.unknown", "attribute.unknown"]),
        ({"BOX2D": {"categories": [{"name": "car"}]}}, ["attribute.unknown"]),
    ],
    ids=["an empty catalog", "an empty subcatalog", "no attributes"],
)
def test_catalog_that_is_given_is_a_contract(found, contract, expected):
    assert rules(found(box("car", score=1), catalog={}, contract=contract)) == expected
    assert rules(found(box("car", score=1), catalog=CATALOG, contract=contract)) == expected


def test_more_categories_than_are_kept_are_all_judged(found):
    labels = [Box2D(0, 0, 1, 1, category=f"c{i}") for i in range(10_050)]
    catalog = {"BOX2D": {"categories": [{"name": "c0"}]}}
    assert len(found(*labels, *labels[-3:], labels[0], catalog=catalog)) == 10_049 + 3 + 4  # four of them twice


def test_long_enums_and_values_are_shortened(found):
    catalog = {"BOX2D": {"attributes": [{"name": "n", "enum": list(range(20))}]}}
    (finding,) = found(Box2D(0, 0, 1, 1, attributes={"n": "x" * 500}), catalog=catalog)
    assert finding.message.startswith("attribute 'n': expected one of 0, 1, 2, 3, 4, 5, 6, 7 and 12 more, found 'xxx")
    assert len(finding.message) < 150
