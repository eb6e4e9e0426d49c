"""Rules that look at files one by one: what they say becomes findings at the right places."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import lading
from lading import Box2D, Data, DataChecker, Finding, Frame, GroupedRule, MemoryDataset, Origin, Place, Problem
from lading.model.report import OriginList, Severity

ROWS = [Origin("boxes.json", "/rows/0"), Origin("boxes.json", "/rows/1", 7)]


class Letters(DataChecker):
    """Finds fault with every box but those of one category, and with each file."""

    def concerns(self, data: Data) -> bool:
        return data.path != "left.png"

    def judge(self, place: Place) -> Iterator[Finding | None]:
        yield place.finding(Problem("acme.file", "of the file"), at=Origin("else.txt", line=3))
        yield place.finding(Problem("acme.record", "of its record"))
        for label in place.data.labels:
            yield place.finding(Problem("acme.box", f"found {label.category}", "category", (2.5, 7.0)), label)


class _Letters(GroupedRule):
    severity: Severity = "warning"
    title = "t"
    checker = Letters


class OfFiles(_Letters):
    """Is broken by each file."""

    code = "acme.file"


class OfRecords(_Letters):
    """Is broken by each record."""

    code = "acme.record"
    severity = "error"


class OfBoxes(_Letters):
    """Is broken by each box."""

    code = "acme.box"


class Plugin:
    """Brings the three."""

    @lading.hookimpl
    def register_rules(self) -> list[type[lading.Rule]]:
        return [OfFiles, OfRecords, OfBoxes]


def box(category: str, origin: int | None) -> Box2D:
    return Box2D(0.0, 0.0, 1.0, 1.0, category=category, origin=origin)


def picture(path: str, *labels: Box2D, **more: object) -> Data:
    fields = {"origin": Origin("boxes.json", "/pictures/0"), "origins": OriginList(ROWS), **more}
    return Data(path=path, remote_path=path, labels=list(labels), **fields)  # type: ignore[arg-type]


def told(data: list[Data], *rules: str, **grades: Severity) -> list[Finding]:
    """What rules of ours say of one frame."""
    dataset = MemoryDataset("d", {"s": [Frame(key="f", data=data)]})
    registry = lading.Registry.load([(Plugin(), "acme-rules", "1.0")])
    return list(lading.validate(dataset, rules=rules, registry=registry, severities={**grades}))


def test_a_finding_stands_at_the_record_of_the_label() -> None:
    (finding,) = told([picture("a.png", box("b", 1), sensor_name="front")], "acme.box")
    assert finding == Finding(
        rule="acme.box",
        severity="warning",
        message="found b",
        segment="s",
        frame="f",
        sensor="front",
        file="boxes.json",
        pointer="/rows/1",
        line=7,
        spot=(2.5, 7.0),
    )


def test_without_a_label_it_stands_at_the_record_of_the_file_or_where_the_rule_says() -> None:
    found = told([picture("a.png")], "acme.file", "acme.record")
    assert [(each.rule, each.severity, each.where) for each in found] == [
        ("acme.file", "warning", "else.txt:3"),
        ("acme.record", "error", "boxes.json#/pictures/0"),
    ]


def test_files_that_do_not_concern_it_are_not_judged() -> None:
    found = told([picture("left.png", box("a", 0)), picture("right.png", box("b", 1))], "acme.box")
    assert [each.message for each in found] == ["found b"]


@pytest.mark.parametrize(
    ("told_by_reader", "messages"),
    [
        ({("acme.box", 0)}, ["found b"]),
        ({("acme.box category", 1)}, ["found a"]),
        ({("acme.box geometry", 1), ("acme.other", 0)}, ["found a", "found b"]),
    ],
    ids=["the rule, of one label", "the rule, of a part of one", "another part and another rule"],
)
def test_what_the_reader_told_is_not_told_again(told_by_reader: set[tuple[str, int]], messages: list[str]) -> None:
    data = picture("a.png", box("a", 0), box("b", 1), told=told_by_reader)
    assert [each.message for each in told([data], "acme.box")] == messages


def test_rules_that_are_not_wanted_are_left_out() -> None:
    data = [picture("a.png", box("a", 0))]
    assert {each.rule for each in told(data, "acme.box", "acme.file")} == {"acme.box", "acme.file"}
    assert told(data, "acme.box", **{"acme.box": "error"})[0].severity == "error"


@pytest.mark.parametrize(("declared", "number"), [("RLE", 1), ("BOX2D", 0)])
def test_a_dataset_without_the_labels_that_it_is_about_is_not_judged(declared: str, number: int) -> None:
    class OfRuns(Letters):
        kinds = frozenset({"RLE", "CUBOID2D"})

    frames = [Frame(key="f", data=[picture("a.png", box("a", 0))])]
    dataset = MemoryDataset("d", {"s": frames}, catalog=lading.decode_catalog({declared: {}}))
    checker = OfRuns(dataset, dataset.catalog, {"acme.box": "error"})
    assert len(list(checker.frames(dataset.segments[0], frames))) == number
