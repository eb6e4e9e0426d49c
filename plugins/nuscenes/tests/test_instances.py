"""Instances that no annotation is of."""

from __future__ import annotations

from typing import Any

import pytest

NEW = "0f" * 16
CODE = "warning nuscenes.idle-instance v1.0-mini/instance.json#"


def extra(case: Any, **values: Any) -> None:
    case.edit("instance", lambda rows: [*rows, rows[0] | {"token": NEW} | values])


@pytest.mark.parametrize(
    "values",
    [
        {"nbr_annotations": 0, "first_annotation_token": "", "last_annotation_token": ""},
        {"nbr_annotations": None, "first_annotation_token": None, "last_annotation_token": None},
    ],
)
def test_an_instance_that_no_annotation_names_is_told(case: Any, values: dict[str, Any]) -> None:
    extra(case, **values)
    assert case.open().told == [f"{CODE}/6: expected annotations of the instance, found none"]


def test_an_instance_that_declares_those_of_another_is_told_once(case: Any) -> None:
    """Its first and last annotations, and their number, are those of the first instance."""
    extra(case)
    assert case.open().told == [f"{CODE}/6: expected annotations of the instance, found none of the 3 that it declares"]


@pytest.mark.parametrize(("instance", "number"), [(0, 3), (2, 1)])
def test_an_instance_whose_annotations_are_gone_is_told_once(case: Any, instance: int, number: int) -> None:
    token = case.rows("instance")[instance]["token"]
    case.edit("sample_annotation", lambda rows: [row for row in rows if row["instance_token"] != token])
    assert case.open().told == [
        f"{CODE}/{instance}: expected annotations of the instance, found none of the {number} that it declares"
    ]


def test_instances_that_a_cut_database_has_left_are_told_once(case: Any) -> None:
    """Without the annotations of the second scene: those of its three instances."""
    scene = case.rows("scene")[1]["token"]
    samples = {row["token"] for row in case.rows("sample") if row["scene_token"] == scene}
    case.edit("sample_annotation", lambda rows: [row for row in rows if row["sample_token"] not in samples])
    assert case.open().told == [
        f"{CODE}/3: expected annotations of the instance, found none of the 3 that it declares; "
        "so it is with 2 more instances of 6"
    ]


def test_a_test_set_may_have_instances_that_declare_no_annotations(case: Any) -> None:
    case.edit("sample_annotation", lambda rows: [])
    (line,) = case.open().told
    assert line.startswith(f"{CODE}/0: expected annotations of the instance, found none of the 3 that it declares; so")
    none = {"nbr_annotations": 0, "first_annotation_token": "", "last_annotation_token": ""}
    case.edit("instance", lambda rows: [row | none for row in rows])
    assert case.open().told == []


def test_an_instance_whose_only_annotation_is_told_to_be_elsewhere_is_not_told_again(case: Any) -> None:
    case.set("sample_annotation", 5, instance_token=NEW)
    (line,) = case.open().told
    assert line.startswith("error nuscenes.dangling-token v1.0-mini/sample_annotation.json#/5/instance_token: ")


def test_an_instance_of_boxes_in_pictures_alone_has_something(case: Any) -> None:
    """T4 names instances in `object_ann`."""
    extra(case, nbr_annotations=0, first_annotation_token="", last_annotation_token="")
    row = {
        "token": "1f" * 16,
        "instance_token": NEW,
        "sample_data_token": case.rows("sample_data")[0]["token"],
        "category_token": case.rows("category")[1]["token"],
        "attribute_tokens": [],
        "bbox": [2, 2, 20, 30],
        "mask": None,
    }
    case.path("object_ann").write_text("[]")
    case.edit("object_ann", lambda rows: [row])
    assert case.open().of("idle-instance") == []


@pytest.mark.parametrize(("wrong", "is_told_once"), [(3, False), (4, True)])
def test_numbers_of_annotations_that_are_wrong_in_most_instances_are_told_once(
    case: Any, wrong: int, is_told_once: bool
) -> None:
    """The instances have 3, 2, 1, 3, 2 and 1 annotations."""
    for row, count in enumerate([3, 2, 1, 3][:wrong]):
        case.set("instance", row, nbr_annotations=count + 5)
    each = [
        "warning nuscenes.count-mismatch v1.0-mini/instance.json"
        f"#/{row}/nbr_annotations: expected {count + 5} annotations as declared, found {count}"
        for row, count in enumerate([3, 2, 1, 3][:wrong])
    ]
    assert case.open().told == ([each[0] + "; so it is with 4 instances of 6"] if is_told_once else each)
