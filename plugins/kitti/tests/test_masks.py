"""Semantic and instance masks, and those of MOTS, against pictures drawn here."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from lading_kitti.catalog import SEMANTIC_NAMES
from PIL import Image

import lading


def png(values: Any, kind: str) -> bytes:
    out = io.BytesIO()
    Image.fromarray(np.array(values, kind)).save(out, "PNG")
    return out.getvalue()


def test_semantics_as_they_come(fixtures: Path, reading: Any) -> None:
    found = reading(fixtures / "kitti-semantics")
    assert not found.dataset.is_fusion
    data = found.data("training", "000000_10")
    semantic, instance = data.labels
    assert semantic.kind == "SEMANTIC_MASK"
    assert (semantic.path, semantic.content.path) == ("training/semantic/000000_10.png",) * 2
    assert [(item.value, item.category) for item in semantic.items if item.value in (7, 23, 26, 33)] == [
        (7, "road"),
        (23, "sky"),
        (26, "car"),
        (33, "bicycle"),
    ]
    with Image.open(fixtures / "kitti-semantics" / instance.path) as picture:
        values = sorted(set(np.asarray(picture).ravel().tolist()))
    assert [item.value for item in instance.items] == values
    assert [(item.category, item.instance) for item in instance.items] == [
        ("road", None),
        ("sky", None),
        ("car", str(26 * 256 + 1)),
        ("car", str(26 * 256 + 2)),
    ]
    assert data.annotation == "present"
    catalog = found.dataset.catalog
    assert [(c.name, c.category_id) for c in catalog["SEMANTIC_MASK"].categories[:2]] == [
        ("unlabeled", 0),
        ("ego vehicle", 1),
    ]
    assert len(catalog["INSTANCE_MASK"].categories) == len(SEMANTIC_NAMES) == 34


def test_masks_of_mots(kitti: Any) -> None:
    found = kitti.read(
        {
            "training/image_02/0000/000000.png": kitti.PIXEL,
            "training/instances/0000/000000.png": png([[0, 1005, 2001, 10000]], "u2"),
            "training/instances_txt/0000.txt": "",
        }
    )
    (mask,) = found.data("0000", "000000").labels
    assert [(item.value, item.category, item.instance) for item in mask.items] == [
        (1005, "car", "1005"),
        (2001, "pedestrian", "2001"),
        (10000, "ignore", None),
    ]
    assert [c.name for c in found.dataset.catalog["INSTANCE_MASK"].categories] == ["car", "pedestrian", "ignore"]


def test_values_of_no_class(kitti: Any) -> None:
    found = kitti.read({"image_2/0.png": kitti.PIXEL, "instance/0.png": png([[40 * 256 + 1, 26 * 256]], "u2")})
    assert found.report.findings == []
    (finding,) = told(kitti, "kitti.mask-value")
    assert (finding.severity, finding.file, finding.frame) == ("warning", "instance/0.png", "0")
    assert finding.message == "expected pixel values 256 * class + instance of a known class, found 10241"
    (mask,) = found.data("all", "0").labels
    assert [(item.value, item.category) for item in mask.items] == [(26 * 256, "car"), (10241, None)]


def test_a_mask_in_colours_is_none(kitti: Any) -> None:
    found = kitti.read({"image_2/0.png": kitti.PIXEL, "instance/0.png": png([[[1, 2, 3]]], "u1")})
    (finding,) = found.told("kitti.mask-unreadable")
    assert finding.message == "expected one channel of whole numbers, found colours"


def told(kitti: Any, rule: str, jobs: int = 1) -> list[Any]:
    """What `lading validate` finds of one rule in what was read last."""
    return [one for one in lading.validate(lading.open_dataset(kitti.root), jobs=jobs) if one.rule == rule]


def semantics(kitti: Any, **masks: bytes) -> Any:
    files = {"training/image_2/000000_10.png": kitti.PIXEL, "training/image_2/000001_10.png": kitti.PIXEL}
    files |= {f"training/{folder}/{n:06d}_10.png": png([[7]], "u1" if folder == "semantic" else "u2")
              for folder in ("semantic", "instance") for n in range(2)}  # fmt: skip
    files["training/instance/000000_10.png"] = files["training/instance/000001_10.png"] = png([[7 * 256]], "u2")
    return kitti.read(files | {f"training/{folder}/000001_10.png": mask for folder, mask in masks.items()})


def test_masks_of_known_values_say_nothing(kitti: Any) -> None:
    for masks in ({}, {"instance": png([[0, 0]], "u2")}):
        assert semantics(kitti, **masks).report.findings == []
        assert told(kitti, "kitti.mask-value") == told(kitti, "kitti.mask-pixels") == []


def test_semantic_values_that_are_no_label_are_told_once(kitti: Any) -> None:
    assert semantics(kitti, semantic=png([[7, 99, 120, 33]], "u1")).report.findings == []
    (finding,) = told(kitti, "kitti.mask-value")
    assert (finding.severity, finding.file) == ("warning", "training/semantic/000001_10.png")
    assert finding.message == "expected pixel values 0 to 33, found 99, and 1 more"


def test_a_picture_of_colours_is_no_semantic_mask(kitti: Any) -> None:
    assert semantics(kitti, semantic=png([[[128, 64, 128]]], "u1")).report.findings == []
    (finding,) = told(kitti, "kitti.mask-pixels")
    assert finding.severity == "error"
    assert finding.file == "training/semantic/000001_10.png"
    assert finding.message == "expected one channel of whole numbers, found colours"


def test_an_instance_mask_of_labels_alone_is_told(kitti: Any) -> None:
    semantics(kitti, instance=png([[7, 26]], "u1"))
    (finding,) = told(kitti, "kitti.mask-value")
    assert finding.file == "training/instance/000001_10.png"
    assert finding.message == (
        "expected 256 * label + instance, found no value above 26: labels alone, or 8 bits of 16"
    )


@pytest.mark.parametrize("jobs", [1, 2])
def test_values_of_no_label_are_told_once_a_folder(kitti: Any, jobs: int) -> None:
    files: dict[str, Any] = {}
    for n in range(5):
        files[f"training/image_2/{n:06d}_10.png"] = kitti.PIXEL
        files[f"training/semantic/{n:06d}_10.png"] = png([[7, 40 + n, 200]] if n else [[7, 8]], "u1")
        files[f"training/instance/{n:06d}_10.png"] = png([[7, 26]] if n % 2 else [[34 * 256, 35 * 256 + 1]], "u2")
    kitti.read(files)
    found = sorted((one.file, one.message) for one in told(kitti, "kitti.mask-value", jobs))
    classes = "expected pixel values 256 * class + instance of a known class, found 8704, and 1 more"
    alone = "expected 256 * label + instance, found no value above 26: labels alone, or 8 bits of 16"
    assert found == [
        ("training/instance/000000_10.png", f"{classes}, and such in 2 more files"),
        ("training/instance/000001_10.png", f"{alone}, and such in 1 more file"),
        (
            "training/semantic/000001_10.png",
            "expected pixel values 0 to 33, found 41, and 1 more, and such in 3 more files",
        ),
    ]


CAR, BICYCLE, ROAD = 26, 33, 7


@pytest.mark.parametrize(
    ("values", "classes", "found"),
    [
        ([ROAD << 8, CAR << 8 | 1, CAR << 8 | 1], [ROAD, CAR, CAR], None),
        ([ROAD << 8, CAR << 8 | 1, CAR << 8 | 1], [ROAD, CAR, ROAD], None),
        ([0, 0, CAR << 8 | 1], [ROAD, ROAD, CAR], None),
        ([ROAD << 8, BICYCLE << 8 | 1, BICYCLE << 8 | 1], [ROAD, CAR, CAR],
         "bicycle in value 8449, where that has car"),
        ([CAR << 8, BICYCLE << 8 | 1, BICYCLE << 8 | 2], [CAR, CAR, CAR],
         "bicycle in value 8449, where that has car, and 1 more value"),
    ],
    ids=["alike", "a seam", "instances alone", "another class", "two of another class"],
)  # fmt: skip
def test_an_instance_of_another_class_than_that_of_the_semantic_mask_is_told(
    kitti: Any, values: list[int], classes: list[int], found: str | None
) -> None:
    semantics(kitti, semantic=png([classes], "u1"), instance=png([values], "u2"))
    expected = "expected the class that the semantic mask has beside it, found"
    assert [(one.severity, one.file, one.message) for one in told(kitti, "kitti.mask-classes")] == (
        [] if found is None else [("warning", "training/instance/000001_10.png", f"{expected} {found}")]
    )


def test_masks_of_two_sizes_or_of_no_classes_are_not_compared(kitti: Any) -> None:
    semantics(kitti, semantic=png([[7, 7, 7]], "u1"), instance=png([[CAR << 8, CAR << 8]], "u2"))
    assert told(kitti, "kitti.mask-classes") == []
    semantics(kitti, semantic=png([[99, 7]], "u1"), instance=png([[CAR << 8, CAR << 8]], "u2"))
    assert told(kitti, "kitti.mask-classes") == []


def test_values_of_mots_of_no_class(kitti: Any) -> None:
    files = {f"training/{folder}/0000/000000.png": kitti.PIXEL for folder in ("image_02", "instances")}
    kitti.read({**files, "training/instances/0000/000000.png": png([[0, 5, 300, 1005, 3001]], "u2")})
    (finding,) = told(kitti, "kitti.mask-value")
    assert finding.message == "expected pixel values 1000 * class + instance of a known class, found 5, and 2 more"


def test_semantic_masks_are_not_decoded_but_by_validate(kitti: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: object) -> None:
        raise AssertionError("expected no mask to be decoded")

    monkeypatch.setattr("lading_kitti.masks.read_mask", refuse)
    found = kitti.read({"image_2/0.png": kitti.PIXEL, "semantic/0.png": png([[7]], "u1")})
    assert [label.kind for label in found.data("all", "0").labels] == ["SEMANTIC_MASK"]


def test_a_mask_without_the_other_is_told(kitti: Any) -> None:
    semantics(kitti)
    (kitti.root / "training/instance/000000_10.png").unlink()
    (finding,) = kitti.read().told("kitti.label-missing")
    assert finding.file == "training/instance/000000_10.png"
    assert finding.message == "expected a mask beside each of 2 others, found none for 1, such as 000000_10"
