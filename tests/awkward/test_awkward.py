"""Small datasets, each awkward in one way: each comes out right or with a finding that names the record."""

from __future__ import annotations

import contextlib
import importlib
import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import lading
from lading import Report
from lading.cli.main import execute

sys.path.append(str(Path(__file__).parent))  # the kinds import each other by name
kind = importlib.import_module("kind")
KINDS: list[Any] = [
    one
    for name in ("coco_records", "coco_files", "coco_once", "coco_deliveries", "voc_kinds", "voc_deliveries")
    for one in importlib.import_module(name).KINDS
]


def named(one: Any) -> str:
    return str(one.name)


def place(finding: Any) -> str:
    """Severity, rule and place, as the text of a report has them."""
    return f"{finding.severity} {finding.rule} {finding.where or '-'}"


READ = [one for one in KINDS if one.refused is None]


@pytest.mark.parametrize("one", READ, ids=named)
def test_labels_findings_and_losses_are_exactly_these(one: Any, tmp_path: Path) -> None:
    dataset = lading.open_dataset(one.write(tmp_path / "data"))
    report = Report()
    findings = [place(finding) for finding in lading.validate(dataset, report=report)]
    frames = {
        f"{segment.name}/{frame.key}": [kind.said(label) for data in frame.data for label in data.labels]
        for segment in dataset.segments
        for frame in dataset.frames(segment.name, report=Report())
    }
    losses = [loss.what for loss in (*dataset.report.losses, *report.losses)]
    assert frames == {key: list(labels) for key, labels in one.frames.items()}
    assert sorted(findings) == sorted(one.told)
    assert sorted(losses) == sorted(one.losses)


@pytest.mark.parametrize("one", [one for one in KINDS if one.refused is not None], ids=named)
def test_what_cannot_be_read_ends_in_one_line(one: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(one.write(tmp_path / "data"))
    for command in ("inspect", "validate", "dump"):
        assert execute([command, folder]) == 2
        out, err = capsys.readouterr()
        assert out == ""
        (line,) = err.splitlines()
        assert one.refused in line


@pytest.mark.parametrize("one", READ, ids=named)
def test_commands_end_with_the_right_code(one: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = str(one.write(tmp_path / "data"))
    has_errors = any(line.startswith("error") for line in one.told)
    assert execute(["validate", folder, "--json"]) == int(has_errors)
    told = json.loads(capsys.readouterr().out)
    assert len(told["findings"]) == len(one.told)
    for command in (["inspect", "--json"], ["dump"], ["catalog", "--infer"]):
        execute([command[0], folder, *command[1:]])
        out, err = capsys.readouterr()
        assert out
        assert "internal error" not in err


def rows_of(files: dict[str, bytes]) -> Iterator[str]:
    """The places of all records of COCO files and VOC files, by readers that share no code with ours."""
    for name, content in files.items():
        if name.endswith(".xml"):
            with contextlib.suppress(ElementTree.ParseError, ValueError):
                root = ElementTree.fromstring(content)
                for number in range(1, len(root.findall("object")) + 1):
                    yield f"{name}#/annotation/object[{number}]"
            continue
        if not re.search(r"\.json$", name, re.IGNORECASE):
            continue
        try:
            document = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError):
            continue
        rows = document if isinstance(document, list) else document.get("annotations")
        array = "" if isinstance(document, list) else "/annotations"
        for number in (number for number, row in enumerate(rows or ()) if isinstance(row, dict)):
            yield f"{name}#{array}/{number}"


@pytest.mark.parametrize("one", READ, ids=named)
def test_no_record_goes_without_a_word(one: Any, tmp_path: Path) -> None:
    dataset = lading.open_dataset(one.write(tmp_path / "data"))
    report = Report()
    told = [finding.where for finding in lading.validate(dataset, report=report)]
    told += [loss.example for loss in (*dataset.report.losses, *report.losses)]
    labelled = {
        str(data.locate(label))
        for segment in dataset.segments
        for frame in dataset.frames(segment.name, report=Report())
        for data in frame.data
        for label in data.labels
    }
    for record in rows_of(one.files):
        file = record.partition("#")[0]
        assert record in labelled or any(
            where in (record, file) or str(where).startswith(f"{record}/") for where in told
        ), record
