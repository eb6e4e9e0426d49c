"""What several processes count is told in the order of one: losses and their examples, findings, errors."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest

from lading.errors import RecordError
from lading.model.report import Report
from lading.stats import statistics
from lading.summary import summarize

COUNTING = [summarize, statistics]


@pytest.fixture
def odd(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Two segments of 100 frames. `late` is met in the last part of the first segment, then all over the second."""
    monkeypatch.syspath_prepend(str(Path(__file__).parent))
    shared = importlib.import_module("shared_dataset")
    return lambda: shared.Telling("d", {name: [shared.frame(i, f"{i}.jpg") for i in range(100)] for name in ("a", "b")})


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("count", COUNTING)
def test_losses_and_findings_come_in_the_order_of_the_frames(odd: Any, count: Any, jobs: int) -> None:
    report = Report()
    count(odd(), report, jobs=jobs)
    # By hand: frames of a, then of b; each says what it is met for first.
    assert [(loss.what, loss.count, loss.example) for loss in report.losses] == [
        ("in a", 100, "a 0"),
        ("late", 110, "a 90"),
        ("in b", 100, "b 0"),
    ]
    assert [finding.message for finding in report.findings] == [f"{name} {i}" for name in "ab" for i in range(100)]


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("count", COUNTING)
def test_of_more_findings_than_a_report_keeps_the_first_stay(odd: Any, count: Any, jobs: int) -> None:
    report = Report(limit=130)
    count(odd(), report, jobs=jobs)
    assert [finding.message for finding in report.findings][-31:] == ["a 99", *(f"b {i}" for i in range(30))]
    assert report.count("warning") == 200


@pytest.mark.parametrize("jobs", [1, 2, 3])
@pytest.mark.parametrize("count", COUNTING)
def test_the_first_error_in_order_ends_it_whoever_meets_it(odd: Any, count: Any, jobs: int) -> None:
    broken = odd()
    broken.broken = frozenset({"a 95", "b 2"})
    with pytest.raises(RecordError, match=r"^a\.json#/a 95: expected a record, found none$"):
        count(broken, jobs=jobs)


@pytest.mark.parametrize("count", COUNTING)
def test_progress_counts_on_from_segment_to_segment(odd: Any, count: Any) -> None:
    for jobs, total in (1, 200), (2, None):
        heard: list[tuple[int, int | None]] = []
        count(odd(), progress=lambda *told, heard=heard: heard.append(told), jobs=jobs)
        assert [done for done, _ in heard] == sorted(done for done, _ in heard)
        assert heard[-1] == (200, total)
