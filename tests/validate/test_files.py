"""Files of the four formats in which one thing is broken: it is told at its place, and nothing else is."""

from __future__ import annotations

import importlib
import shutil
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from lading import open_dataset, validate

sys.path.append(str(Path(__file__).parent / "files"))  # the tables import each other by name
_modules = [importlib.import_module(f"broken_{name}") for name in ("coco", "voc", "kitti", "nuscenes")]
BROKEN: list[Any] = [broken for module in _modules for broken in module.BROKEN]

_Found: TypeAlias = Counter[tuple[str, str | None, str | None, int | None]]


def told(root: Path) -> _Found:
    findings = validate(open_dataset(root))
    return Counter((finding.rule, finding.file, finding.pointer, finding.line) for finding in findings)


@cache
def known(fixture: Path) -> _Found:
    """What a fixture shows that is odd, or that its pictures of one colour make: it is told of any copy."""
    return told(fixture)


@pytest.mark.parametrize("broken", BROKEN, ids=lambda broken: f"{broken.fixture} {broken.rule} {broken.name}".strip())
def test_what_is_broken_is_told_at_its_place_and_nothing_else(broken: Any, fixtures: Path, tmp_path: Path) -> None:
    root = tmp_path / broken.fixture
    shutil.copytree(fixtures / broken.fixture, root)
    broken.change(root)
    before, found = known(fixtures / broken.fixture), told(root)
    assert found - before == Counter((broken.rule, *place) for place in broken.places)
    assert before - found == Counter()
