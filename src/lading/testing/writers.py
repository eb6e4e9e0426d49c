"""What every writer has to hold to, as tests that run on a dataset of any format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import pytest

from lading.errors import TargetError
from lading.model.dataset import Dataset
from lading.model.report import Report
from lading.plugin.contracts import Writer, parse_options
from lading.plugin.detection import open_dataset
from lading.plugin.target import Target

_SCRIPT = """
import json, sys
from {module} import {name} as Writer
from pathlib import Path
from lading import Report, Target, open_dataset
from lading.plugin.contracts import parse_options
options = parse_options(Writer.name, Writer.Options, json.loads(sys.argv[3]))
with Target(Path(sys.argv[2])) as target:
    Writer().write(open_dataset(sys.argv[1]), target, options, Report())
"""


class WriterConformance:
    """Subclass it as `TestWriter`, with `writer` and `fixture`, and run pytest.

    `fixture` is a folder of a dataset that a reader knows and the writer takes; `options` are the writer's.
    """

    writer: ClassVar[type[Writer]]
    fixture: ClassVar[Path]
    options: ClassVar[Mapping[str, str]] = {}

    def written(self, folder: Path, dataset: Dataset | None = None) -> tuple[Mapping[str, int], Report]:
        """The fixture, or another dataset, written into a folder: the counts, and what was told."""
        options = parse_options(self.writer.name, self.writer.Options, self.options)
        report = Report()
        folder.mkdir()
        with Target(folder) as target:
            source = dataset if dataset is not None else open_dataset(self.fixture)
            counts = self.writer().write(source, target, options, report)
            report.merge(target.report)
        return counts, report

    def test_it_counts_what_it_writes(self, tmp_path: Path) -> None:
        """Counts of frames and labels, and something on disk."""
        counts, report = self.written(tmp_path / "out")
        dataset = open_dataset(self.fixture)
        frames = sum(1 for segment in dataset.segments for _ in dataset.frames(segment.name, report=Report()))
        labels = sum(
            len(data.labels)
            for segment in dataset.segments
            for frame in dataset.frames(segment.name, report=Report())
            for data in frame.data
        )
        assert counts["frames"] == frames
        assert counts["labels"] == labels or report.losses
        assert _files(tmp_path / "out")

    def test_writing_twice_gives_the_same_bytes(self, tmp_path: Path) -> None:
        """No clock, no order of the disk, no memory addresses, no hashes of texts, which differ by the process."""
        script = _SCRIPT.format(module=self.writer.__module__, name=self.writer.__qualname__)
        for seed in ("1", "2"):
            (tmp_path / seed).mkdir()
            arguments = [str(self.fixture), str(tmp_path / seed), json.dumps(dict(self.options))]
            environment = {**os.environ, "PYTHONHASHSEED": seed}
            subprocess.run([sys.executable, "-c", script, *arguments], env=environment, check=True)
        assert _files(tmp_path / "1") == _files(tmp_path / "2") != {}

    def test_every_loss_has_a_count_and_an_example(self, tmp_path: Path) -> None:
        """One entry for each kind."""
        _, report = self.written(tmp_path / "out")
        for loss in report.losses:
            assert loss.count > 0
            assert loss.what
            assert loss.example

    def test_it_writes_only_what_is_not_there(self, tmp_path: Path) -> None:
        """A second run into the same folder is refused by the target, not mixed with the first."""
        self.written(tmp_path / "out")
        before = _files(tmp_path / "out")
        options = parse_options(self.writer.name, self.writer.Options, self.options)
        with Target(tmp_path / "out") as target, pytest.raises(TargetError):
            self.writer().write(open_dataset(self.fixture), target, options, Report())
        assert _files(tmp_path / "out") == before


def _files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
