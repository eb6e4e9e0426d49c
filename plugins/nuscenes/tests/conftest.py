"""Copies of our fixtures with something changed, opened."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import lading
from lading import Data, Dataset, Finding, Frame, Report


class Opened:
    """A dataset read to its end."""

    def __init__(self, root: Path, options: dict[str, Any]) -> None:
        self.root = root
        self.report = Report()
        self.dataset: Dataset = lading.open_dataset(root, format="nuscenes", options=options, report=self.report)
        self.frames: list[Frame] = [frame for _, frame in lading.all_frames(self.dataset)]

    @property
    def data(self) -> list[Data]:
        return [data for frame in self.frames for data in frame.data]

    @property
    def labels(self) -> list[Any]:
        return [label for data in self.data for label in data.labels]

    def of(self, rule: str) -> list[Finding]:
        return [finding for finding in self.report.findings if finding.rule == f"nuscenes.{rule}"]

    @property
    def told(self) -> list[str]:
        """What was found."""
        return [f"{finding.severity} {finding.rule} {finding}" for finding in self.report.findings]

    @property
    def lines(self) -> list[Any]:
        return list(lading.dump(self.dataset, Report()))

    def losses(self) -> dict[str, int]:
        return {loss.what: loss.count for loss in self.report.losses}


class Case:
    """A copy of a fixture to be changed."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, table: str) -> Path:
        return self.root / "v1.0-mini" / f"{table}.json"

    def rows(self, table: str) -> Any:
        return json.loads(self.path(table).read_text("utf-8"))

    def edit(self, table: str, change: Callable[[Any], Any]) -> Case:
        rows = self.rows(table)
        changed = change(rows)
        self.path(table).write_text(json.dumps(rows if changed is None else changed), encoding="utf-8")
        return self

    def set(self, table: str, index: int, **values: Any) -> Case:
        return self.edit(table, lambda rows: rows[index].update(values))

    def open(self, **options: Any) -> Opened:
        return Opened(self.root, options)


@pytest.fixture
def case(fixtures: Path, tmp_path: Path) -> Case:
    shutil.copytree(fixtures / "nuscenes", tmp_path / "nuscenes")
    return Case(tmp_path / "nuscenes")


@pytest.fixture
def images(fixtures: Path, tmp_path: Path) -> Case:
    shutil.copytree(fixtures / "nuimages", tmp_path / "nuimages")
    return Case(tmp_path / "nuimages")
