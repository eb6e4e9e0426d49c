"""What is declared, and that a contract is made only of what a source really declares."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lading_voc.names import OFFICIAL

import lading

OFFICIAL_DATABASE = "The VOC2007 Database"


def names(found: Any, kind: str = "BOX2D") -> list[str]:
    subcatalog = found.dataset.catalog.get(kind)
    return [] if subcatalog is None else [category.name for category in subcatalog.categories]


def rules(found: Any) -> list[str]:
    return [finding.rule for finding in lading.validate(found.dataset) if finding.rule != "media.missing"]


def test_a_tree_of_the_challenge_declares_its_names_and_typed_attributes(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc({"VOC2007/Annotations/000001.xml": xml("dog", database=OFFICIAL_DATABASE)})
    assert names(found) == [*OFFICIAL, "head", "hand", "foot"]
    attributes = {a.name: a for a in found.dataset.catalog["BOX2D"].attributes}
    assert {attributes[name].type for name in ("truncated", "occluded", "difficult", "jumping")} == {"boolean"}
    assert attributes["pose"].enum == ["Unspecified", "Left", "Right", "Frontal", "Rear"]
    assert attributes["jumping"].parent_categories == ["person"]
    assert rules(found) == []


@pytest.mark.parametrize("database", [OFFICIAL_DATABASE, None])
def test_a_misspelt_class_in_a_tree_of_the_challenge_is_flagged_and_kept(
    database: str | None, voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc(
        {
            "VOC2007/Annotations/000001.xml": xml("dog", "aeroplne", database=database),
            "VOC2007/ImageSets/Main/train.txt": "000001",
        }
    )
    (finding,) = [f for f in lading.validate(found.dataset) if f.rule == "category.unknown"]
    assert finding.pointer == "/annotation/object[2]/name"
    assert [label.category for label in found.data("000001").labels] == ["dog", "aeroplne"]
    assert "aeroplne" in [c.name for c in lading.infer_catalog(found.dataset)["BOX2D"].categories]


def test_a_folder_of_a_tool_declares_nothing_and_no_object_of_it_is_unknown(
    voc: Callable[..., Any], xml: Callable[..., str]
) -> None:
    found = voc({"a.xml": xml("raccoon", "dgo", database="Unknown"), "a.jpg": b""})
    assert not found.dataset.catalog
    assert "category.unknown" not in rules(found)
    inferred = lading.infer_catalog(found.dataset)
    assert [c.name for c in inferred["BOX2D"].categories] == ["dgo", "raccoon"]


def test_own_names_in_the_challenges_tree_are_no_mistakes(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(
        {
            "VOC2007/Annotations/000001.xml": xml("Car", "Pedestrian", "Cyclist", database="KITTI"),
            "VOC2007/ImageSets/Main/train.txt": "000001",
        }
    )
    assert names(found) == []
    assert found.dataset.rules["pixels"].startswith("voc")
    assert rules(found) == []


def test_sets_of_classes_declare_them(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(
        {
            "Annotations/a.xml": xml("mask_on", "mask"),
            "ImageSets/Main/train.txt": "a",
            "ImageSets/Main/mask_train.txt": "a 1",
            "ImageSets/Main/mask_on_train.txt": "a 1",
        }
    )
    assert names(found) == ["mask", "mask_on"]
    assert names(found, "POLYGON2D") == ["mask", "mask_on"]
    assert rules(found) == []


def test_one_tree_without_names_leaves_the_whole_undeclared(voc: Callable[..., Any], xml: Callable[..., str]) -> None:
    found = voc(
        {
            "VOC2007/Annotations/000001.xml": xml("dog", database=OFFICIAL_DATABASE),
            "mine/Annotations/1.xml": xml("zebra", database="Unknown"),
        }
    )
    assert not found.dataset.catalog
    pixels = found.dataset.rules["pixels"]
    assert "VOC2007 voc: " in pixels
    assert "mine verbatim: " in pixels


def test_the_fixture_is_whole(fixtures: Path) -> None:
    dataset = lading.open_dataset(fixtures / "voc")
    found = list(lading.validate(dataset))
    assert [(f.rule, f.severity) for f in found] == [
        ("voc.unlisted-annotation", "warning"),
        ("voc.unlisted-picture", "warning"),
    ]
    flat = lading.open_dataset(fixtures / "voc-flat")
    assert list(lading.validate(flat)) == []


def test_options_are_held_to_their_values(fixtures: Path) -> None:
    with pytest.raises(lading.LadingError, match="-o pixels: expected 'auto', 'voc' or 'verbatim', found 'zero'"):
        lading.open_dataset(fixtures / "voc", options={"pixels": "zero"})
