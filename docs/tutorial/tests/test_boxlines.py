"""Box lines are read exactly, and what is wrong with them is told."""

from pathlib import Path

from lading_boxlines.reader import BoxLinesReader

import lading
from lading.testing import ReaderConformance

PIER = Path(__file__).parent / "pier"
SOUND = '{"picture": "b.png", "size": [32, 24], "boxes": []}\n'


class TestConformance(ReaderConformance):
    """What every reader has to hold to."""

    reader = BoxLinesReader
    fixture = PIER


def test_boxes_are_as_written() -> None:
    frames = [frame for _, frame in lading.all_frames(lading.open_dataset(PIER))]
    assert [frame.key for frame in frames] == ["at dawn.png", "b.png", "c.png"]
    boat, buoy = frames[0].data[0].labels
    assert (boat.category, boat.xmin, boat.ymin, boat.xmax, boat.ymax) == ("boat", 2, 3, 12.5, 9)
    assert (boat.attributes, buoy.attributes) == ({"sure": 0.9}, {})
    assert frames[0].data[0].locate(buoy).line == 1


def test_boxes_from_the_bottom_are_turned_over() -> None:
    dataset = lading.open_dataset(PIER, options={"corner": "bottom"})
    _, frame = next(lading.all_frames(dataset))
    boat = frame.data[0].labels[0]
    assert (boat.ymin, boat.ymax) == (24 - 9, 24 - 3)


def test_a_broken_line_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    broken = '{"picture": "a.png", "size": [32, 24], "boxes": [{"kind": "boat", "at": [1, 2, 3]}]}\n'
    (tmp_path / "boxes.jsonl").write_text(broken + SOUND)
    dataset = lading.open_dataset(tmp_path)
    assert [frame.key for _, frame in lading.all_frames(dataset)] == ["b.png"]
    (finding,) = dataset.report.findings
    assert (finding.rule, finding.file, finding.line) == ("boxlines.line", "boxes.jsonl", 1)
    assert "$.boxes[0].at" in finding.message


def test_a_note_is_a_loss() -> None:
    dataset = lading.open_dataset(PIER)
    assert len(list(lading.all_frames(dataset))) == 3
    assert [(loss.what, loss.count, loss.example) for loss in dataset.report.losses] == [
        ("notes on pictures", 1, "boxes.jsonl:3")
    ]


def test_our_rule_finds_what_is_unsure() -> None:
    found = [f for f in lading.validate(lading.open_dataset(PIER)) if f.rule == "boxlines.unsure"]
    assert [(finding.frame, finding.line, finding.message) for finding in found] == [
        ("c.png", 3, "expected at least 0.5, found 0.3")
    ]
