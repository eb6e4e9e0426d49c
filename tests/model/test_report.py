"""Findings and losses: bounded memory, whole counts."""

from __future__ import annotations

import pickle

import pytest

from lading.errors import StoppedError
from lading.model.report import Finding, Loss, Origin, Report, tokens_of


def test_a_place_is_shown_as_pointer_or_line() -> None:
    assert str(Origin("a.json", "/annotations/17/bbox")) == "a.json#/annotations/17/bbox"
    assert str(Origin("a.txt", line=3)) == "a.txt:3"
    assert str(Origin("a.txt")) == "a.txt"


def test_a_pointer_grows_by_escaped_tokens() -> None:
    assert Origin("a", "/x").below("b/c", "d~e", 0).pointer == "/x/b~1c/d~0e/0"


def test_tokens_of_a_pointer_are_the_keys_that_it_grew_by() -> None:
    assert tokens_of("/x/b~1c/d~0e/0") == ["x", "b/c", "d~e", "0"]
    assert tokens_of("/~01/") == ["~1", ""]  # RFC 6901, section 4: first the slashes, then the tildes
    assert tokens_of("") == []


def test_what_is_beyond_the_limit_is_counted_and_not_kept() -> None:
    report = Report(limit=2)
    for i in range(5):
        report.error("a.b", f"number {i}")
    report.warning("c.d", "one")
    assert [finding.message for finding in report.findings] == ["number 0", "number 1", "one"]
    assert (report.count("error"), report.count("warning")) == (5, 1)
    assert list(report.dropped()) == [("a.b", "error", 3)]


def test_merging_keeps_all_counts() -> None:
    parts = [Report(limit=2), Report(limit=2)]
    for part in parts:
        for i in range(4):
            part.error("a.b", str(i))
        part.loss("speech", "a.wav", 3)
    parts[0].merge(parts[1])
    assert parts[0].count("error") == 8
    assert len(parts[0].findings) == 2
    assert parts[0].losses == [Loss(what="speech", count=6, example="a.wav")]


def test_stopping_raises_at_the_first_error_and_not_at_a_warning() -> None:
    report = Report(stop_on_error=True)
    report.warning("a.b", "go on")
    with pytest.raises(StoppedError, match=r"f\.json#/0: no good") as caught:
        report.error("a.c", "no good", Origin("f.json", "/0"))
    assert caught.value.finding == Finding(rule="a.c", severity="error", message="no good", file="f.json", pointer="/0")


class Marked(Finding, frozen=True, kw_only=True):
    """A plugin's own kind of finding."""

    mark: int


@pytest.mark.parametrize(
    "finding",
    [
        Finding(rule="a.b", severity="error", message="m"),
        Finding(rule="a.b", severity="error", message="m", spot=(1.5, -2.0)),
        Finding(rule="a.b", severity="warning", message="half \udcff", file="a.json", pointer="/0", line=3),
        Finding(rule="a.b", severity="error", message="m", segment="s", frame="f", sensor="LIDAR"),
        Marked(rule="a.b", severity="error", message="m", mark=3),
    ],
    ids=["bare", "at a spot", "placed", "of a sensor", "of another class"],
)
def test_a_finding_is_the_same_where_another_process_has_it(finding: Finding) -> None:
    again = pickle.loads(pickle.dumps(finding))
    assert again == finding
    assert type(again) is type(finding)
