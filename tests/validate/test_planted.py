"""A second corpus of defects, planted in COCO and nuScenes files and in objects: found in their place, nothing else."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lading import open_dataset, validate
from lading.cli.opening import read_catalog
from lading.validate import known_rules

from .planted import coco, contract, fusion, objects
from .planted.port import CATALOG, Planted, Port

#: What the fixture shows without a defect, and what hangs on which sensor a picture is thought to be of.
MEDIA: dict[str, Any] = dict.fromkeys(("media.duplicate", "media.leak"), "off")
OBJECTS: dict[str, Any] = {"media.missing": "off"}

#: Rules that are told by files alone, of formats that other tests break.
ELSEWHERE = {
    "media.pair-size",
    "mask.not-png",
    "mask.size-mismatch",
    "coco.mask-pixels",
    "coco.mask-palette",
    "coco.mask-channels",
    "coco.empty-segment",
}
ELSEWHERE |= {
    "coco.unlisted-segment",
    "coco.unlisted-value",
    "coco.segment-area",
    "coco.segment-box",
    "kitti.mask-pixels",
    "kitti.mask-value",
    "kitti.mask-classes",
}


def told(planted: Planted | None, folder: Path) -> Counter[tuple[str, str | None, str | None]]:
    """What is found in the dataset with one defect, or none."""
    port = Port()
    if planted is not None:
        planted.plant(port)
    port.write(folder / "port")
    given = None
    if planted is None or planted.is_contract:
        (folder / CATALOG).write_text(json.dumps(port.catalog))
        given = read_catalog(folder / CATALOG)
    graded: dict[str, Any] = {} if planted is None else dict(planted.graded)
    findings = validate(open_dataset(folder / "port"), catalog=given, severities=graded)
    root = f"{folder}/"
    return Counter((one.rule, one.file and one.file.removeprefix(root), one.pointer) for one in findings)


def named(planted: Any) -> str:
    return f"{planted.rule} {planted.note}".strip()


def test_without_a_defect_nothing_is_found(tmp_path: Path, fixtures: Path) -> None:
    assert told(None, tmp_path) == Counter()
    for is_fusion in (False, True):
        harbour = objects.Harbour(is_fusion=is_fusion)
        assert list(validate(harbour.dataset(), severities=OBJECTS)) == []


@pytest.mark.parametrize("planted", [*coco.PLANTED, *contract.PLANTED], ids=named)
def test_what_is_planted_in_coco_is_found_in_its_place(planted: Planted, tmp_path: Path) -> None:
    assert told(planted, tmp_path) == Counter(planted.due)


@pytest.mark.parametrize("broken", [*fusion.PLANTED, fusion.IDENTITY], ids=named)
def test_what_is_planted_in_nuscenes_is_found_in_its_place(
    broken: fusion.Broken, tmp_path: Path, fixtures: Path
) -> None:
    root = tmp_path / "nuscenes"
    shutil.copytree(fixtures / "nuscenes", root)
    fixture = set(validate(open_dataset(root), severities=MEDIA))
    broken.plant(root)
    findings = [one for one in validate(open_dataset(root), severities=MEDIA) if one not in fixture]
    assert Counter((one.rule, one.file, one.pointer) for one in findings) == Counter(broken.due)


@pytest.mark.parametrize("told", objects.PLANTED, ids=named)
def test_what_is_planted_in_objects_is_found_in_its_place(told: objects.Told) -> None:
    harbour = objects.Harbour(is_fusion=told.is_fusion)
    told.plant(harbour)
    graded: dict[str, Any] = {**OBJECTS, **({told.rule: "warning"} if told.is_graded else {})}
    catalog = harbour.catalog if told.is_contract else None
    dataset = harbour.dataset()
    if told.is_contract:
        dataset.catalog = type(harbour.catalog)()
    found = Counter((one.rule, one.pointer) for one in validate(dataset, catalog=catalog, severities=graded))
    assert found == Counter((told.rule, pointer or None) for pointer in told.pointers)


def test_two_segments_of_one_name_are_told() -> None:
    rules = [one.rule for one in validate(objects.TwoNights(), severities=OBJECTS)]
    assert "segment.duplicate-name" in rules


def test_every_rule_is_broken_somewhere() -> None:
    planted = {one.rule for one in (*coco.PLANTED, *contract.PLANTED, *fusion.PLANTED, *objects.PLANTED)}
    planted |= {fusion.IDENTITY.rule, "segment.duplicate-name", *ELSEWHERE}
    assert set(known_rules()) - planted == set()
