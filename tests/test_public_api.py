"""The names of `lading` itself."""

from __future__ import annotations

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import lading

TREE = ast.parse(Path(lading.__file__).read_text("utf-8"))


def imported_for_types() -> dict[str, str]:
    """Public name -> the module it is imported from for type checkers."""
    (block,) = (node for node in TREE.body if isinstance(node, ast.If))
    return {
        alias.asname or alias.name: node.module or ""
        for node in block.body
        if isinstance(node, ast.ImportFrom)
        for alias in node.names
    }


def test_names_for_people_and_for_type_checkers_are_the_same() -> None:
    assert sorted(imported_for_types()) == sorted(lading.__all__)


@pytest.mark.parametrize("name", lading.__all__)
def test_a_name_resolves_to_what_the_type_checker_sees(name: str) -> None:
    module = importlib.import_module(imported_for_types()[name])
    real = "running" if name == "local_platform" else name
    assert getattr(lading, name) is getattr(module, real)


def test_a_dataset_of_a_camera_and_a_mask_is_built_of_names_of_lading_alone() -> None:
    matrix = lading.CameraMatrix(fx=900.0, fy=900.0, cx=320.0, cy=240.0)
    to_ego = lading.Transform3D("front", "ego", translation=(1.5, 0.0, 1.6))
    camera: lading.Sensor = lading.Camera(
        name="front", extrinsics=to_ego, intrinsics=lading.Intrinsics(camera_matrix=matrix, distortion={"k1": -0.1})
    )
    mask = lading.SemanticMask((lading.MaskItem(1, category="road"),))
    data = lading.Data(path="0.png", remote_path="0.png", sensor_name="front", labels=[mask])
    dataset = lading.MemoryDataset(
        "drive", {"day": [lading.Frame(key="0", data=[data])]}, sensors={"day": [camera]}, is_fusion=True
    )
    (segment,) = dataset.segments
    assert segment.sensors == (camera,)
    assert [frame.data[0].labels for frame in dataset.frames("day")] == [[mask]]


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'lading' has no attribute 'nothing'"):
        lading.nothing  # noqa: B018


def test_a_package_does_not_take_the_place_of_the_function_of_its_name() -> None:
    script = "import lading.upload, lading.validate, lading; print(lading.upload.__name__, lading.validate.__name__)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["upload", "validate"]
