"""Real files show exactly what samples/known.toml lists of them, each with its reason."""

from __future__ import annotations

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lading import open_dataset, validate
from lading.errors import InputError
from lading.model.report import Finding

KNOWN: dict[str, dict[str, Any]] = tomllib.loads((Path(__file__).parent / "samples" / "known.toml").read_text("utf-8"))

#: Of all labels of KITTI's object benchmark, what is odd about rows is listed by the tests of its reader.
TOLD_ELSEWHERE = {"kitti/object-labels-all": "kitti.label-"}


def place(finding: Finding) -> str:
    if finding.line is not None:
        return f"{finding.file}:{finding.line}"
    return f"{finding.file or ''}#{finding.pointer}" if finding.pointer is not None else finding.file or ""


def found(root: Path) -> list[Finding]:
    findings = []
    try:
        for finding in validate(open_dataset(root)):
            findings.append(finding)
    except InputError as exc:
        pytest.fail(f"nothing more could be read: {exc}")
    return findings


@pytest.mark.parametrize("name", KNOWN)
def test_real_files_show_what_is_listed_and_nothing_else(samples: Path, name: str) -> None:
    if not (samples / name).is_dir():
        pytest.skip(f"{name} is not among the real samples at {samples}")
    elsewhere = TOLD_ELSEWHERE.get(name)
    findings = [one for one in found(samples / name) if elsewhere is None or not one.rule.startswith(elsewhere)]
    assert Counter(one.rule for one in findings) == {
        rule: known.get("count", len(known.get("places", ()))) for rule, known in KNOWN[name].items()
    }
    for rule, known in KNOWN[name].items():
        assert known["reason"]
        if "places" in known:
            assert sorted(place(one) for one in findings if one.rule == rule) == sorted(known["places"])


def test_each_sample_is_listed(samples: Path) -> None:
    lists = samples / "kitti" / "splits"  # image sets without a file, no dataset
    there = {str(path.parent.relative_to(samples)) for path in samples.glob("*/*/SOURCE.md") if path.parent != lists}
    assert there == set(KNOWN)
