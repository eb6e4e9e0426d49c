"""What is counted over the parts of a segment is told once, a class of tallies at a time."""

from __future__ import annotations

from lading import Report
from lading.model.tally import Tallies


class Boats:
    """Boats that were seen."""

    what = "boats"

    def __init__(self, segment: str, count: int) -> None:
        self.segment = segment
        self.count = count

    def merge(self, later: Boats) -> None:
        self.count += later.count

    def tell(self, report: Report) -> None:
        report.warning(f"count.{self.what}", f"{self.segment}: {self.count}")


class Buoys(Boats):
    """Another kind of things."""

    what = "buoys"


def test_each_class_of_tallies_of_a_segment_is_told_once_in_the_order_of_the_first_part() -> None:
    report, tallies = Report(), Tallies(2)
    tallies.take([Buoys("bay", 1), Boats("bay", 10)], report)
    assert report.findings == []
    tallies.take([Buoys("bay", 2), Boats("bay", 20)], report)
    assert [(one.rule, one.message) for one in report.findings] == [
        ("count.buoys", "bay: 3"),
        ("count.boats", "bay: 30"),
    ]


def test_the_next_segment_begins_anew() -> None:
    report, tallies = Report(), Tallies(1)
    tallies.take([Boats("bay", 1)], report)
    tallies.take([Boats("quay", 2)], report)
    assert [one.message for one in report.findings] == ["bay: 1", "quay: 2"]
