"""What many records have wrong is told once with their number, of single ones each; parts merge to the same."""

from __future__ import annotations

import pickle

import pytest

from lading.model.recurring import Recurring
from lading.model.report import Finding, Report


def taken(numbers: range, total: int, share: float) -> Recurring:
    recurring = Recurring("train")
    recurring.saw("a.json", total)
    for number in numbers:
        finding = Finding(
            rule="a.b", severity="warning", message=f"found {number}", file="a.json", pointer=f"/{number}"
        )
        recurring.add(finding, group="a.json", noun="rows", share=share)
    return recurring


@pytest.mark.parametrize(
    ("count", "total", "share", "is_once"),
    [
        (2, 2, 0.5, False),
        (3, 5, 0.5, True),
        (3, 6, 0.5, False),
        (3, 29, 0.1, True),
        (3, 30, 0.1, False),
        (2, 1_000, 0.0, False),
        (3, 1_000_000, 0.0, True),
        (1_000, 2_000, 0.5, False),
        (1_001, 1_000_000, 0.5, True),
    ],
)
@pytest.mark.parametrize("parts", [1, 2])
def test_findings_are_told_once_where_they_are_more_than_two_and_a_share_of_their_group_or_a_thousand(
    count: int, total: int, share: float, is_once: bool, parts: int
) -> None:
    middle = count // 2 if parts == 2 else count
    recurring = taken(range(middle), total // parts, share)
    if parts == 2:
        recurring.merge(pickle.loads(pickle.dumps(taken(range(middle, count), total - total // 2, share))))
    report = Report(limit=2_000)
    recurring.tell(report)
    due = [f"found {number}" for number in range(count)]
    if is_once:
        due = [f"found 0; so it is with {count:,} rows of {total:,}"]
    assert [finding.message for finding in report.findings] == due
    assert report.findings[0].pointer == "/0"


def test_a_finding_keeps_its_frame_and_kinds_are_counted_apart() -> None:
    recurring = Recurring("train")
    recurring.saw("pictures", 4)
    for number in range(4):
        finding = Finding(rule="a.b", severity="error", message=str(number), frame=str(number), spot=(1.0, 2.0))
        recurring.add(finding, group="pictures", noun="pictures", kind="odd" if number == 1 else "")
    told = [(one.message, one.frame, one.spot) for one in recurring.findings()]
    assert told == [("0; so it is with 3 pictures of 4", "0", (1.0, 2.0)), ("1", "1", (1.0, 2.0))]


def test_of_a_kind_of_which_no_more_are_kept_one_is_counted_without_its_finding() -> None:
    alike = {"group": "a.json", "noun": "rows"}
    few, many = taken(range(999), 2_000, 0.5), taken(range(1_000), 2_000, 0.5)
    assert not few.is_counted("a.b", share=0.5, **alike)
    assert not many.is_counted("a.other", share=0.5, **alike)
    assert many.is_counted("a.b", share=0.5, **alike)
    (finding,) = many.findings()
    assert finding.message == "found 0; so it is with 1,001 rows of 2,000"
