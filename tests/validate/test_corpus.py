"""The corpus of defects: each is found, by its rule, at its place, and nothing else is."""

from __future__ import annotations

import importlib
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from lading.validate import engine, known_rules, validate
from lading.validate.builtin import RULES

from .parts import InOneProcess

sys.path.append(str(Path(__file__).parent / "corpus"))  # the defects import each other by name
cargo = importlib.import_module("cargo")
_modules = [importlib.import_module(f"defects_{name}") for name in ("labels", "frames", "catalog")]
DEFECTS: list[Any] = [defect for module in _modules for defect in module.DEFECTS]
OFF: list[Any] = _modules[2].OFF


def named(defect: Any) -> str:
    return f"{defect.rule} {defect.name}".strip()


def broken(defect: Any) -> Any:
    made = defect.cargo()
    defect.breaks(made)
    return made


def told(findings: Any) -> Counter[tuple[str, str | None, str | None]]:
    return Counter((finding.rule, finding.file, finding.pointer) for finding in findings)


def due(defect: Any) -> Counter[tuple[str, str | None, str | None]]:
    return Counter((defect.rule, *place) for place in defect.places)


@pytest.mark.parametrize("make", [cargo.pictures, cargo.drive])
def test_in_the_seeded_datasets_nothing_is_wrong(make: Any) -> None:
    assert list(validate(make().dataset())) == []


@pytest.mark.parametrize("defect", DEFECTS, ids=named)
def test_a_defect_is_found_at_its_place_and_nothing_else(defect: Any) -> None:
    made = broken(defect)
    findings = list(validate(made.dataset(), catalog=made.contract))
    assert told(findings) == due(defect)
    severity = next(rule.severity for rule in RULES if rule.code == defect.rule)
    assert {finding.severity for finding in findings} == {severity}


@pytest.mark.parametrize("defect", OFF, ids=named)
def test_a_rule_that_is_off_finds_its_defect_when_it_is_switched_on(defect: Any) -> None:
    dataset = broken(defect).dataset()
    assert told(validate(dataset)) == Counter()
    assert told(validate(dataset, severities={defect.rule: "warning"})) == due(defect)


@pytest.mark.parametrize("jobs", [2, 3])
@pytest.mark.parametrize("defect", DEFECTS, ids=named)
def test_parts_find_what_the_whole_finds(monkeypatch: pytest.MonkeyPatch, defect: Any, jobs: int) -> None:
    monkeypatch.setattr(engine, "Shares", InOneProcess)
    made = broken(defect)
    dataset = made.dataset()
    alone = Counter(validate(dataset, catalog=made.contract))
    assert Counter(validate(dataset, catalog=made.contract, jobs=jobs)) == alone


def test_real_processes_find_what_one_finds() -> None:
    kept = [defect for defect in DEFECTS if defect.rule in ("instance.jump", "timestamp.backwards", "polygon.empty")]
    for defect in kept[:2]:
        dataset = broken(defect).dataset()
        assert told(validate(dataset, jobs=2)) == due(defect)


def test_every_rule_has_a_defect() -> None:
    assert {defect.rule for defect in DEFECTS} == {rule.code for rule in RULES if rule.is_default}
    assert {defect.rule for defect in OFF} == {rule.code for rule in RULES if not rule.is_default}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_rule_has_its_text(rule: Any) -> None:
    assert known_rules()[rule.code].cls is rule
    for text in (rule.title, rule.bad, rule.good, rule.fix):
        assert text
        assert "\n" not in text
        assert len(text) < 160
    assert rule.bad != rule.good
    assert rule.fix.endswith(".")
    assert not rule.title.endswith(".")
