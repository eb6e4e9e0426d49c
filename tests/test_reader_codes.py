"""What the readers that come with lading tell is explained: each code in reports and settings, and on its page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lading import Registry
from lading.validate.codes import OTHERS, explanations, reader_codes
from lading.validate.engine import known_rules

ROOT = Path(__file__).resolve().parents[1]
FORMATS = ("coco", "kitti", "nuscenes", "voc")


def rows(name: str) -> dict[str, str]:
    """The second cell of each row of a page that begins with codes, by code."""
    page = (ROOT / f"docs/formats/{name}.md").read_text("utf-8")
    found = [line.split(" | ") for line in page.splitlines() if line.startswith(f"| `{name}.")]
    return {code: cells[1] for cells in found for code in re.findall(rf"`({name}\.[a-z0-9-]+)`", cells[0])}


@pytest.mark.parametrize("name", FORMATS)
def test_codes_of_a_reader_are_those_of_its_page_and_its_source(name: str) -> None:
    told, rules, page = Registry.load().readers[name].cls().codes(), known_rules(), rows(name)
    assert told.keys() == page.keys() - rules.keys()
    files = [path for path in (ROOT / f"plugins/{name}/src").rglob("*.py") if path.name != "codes.py"]
    written = {code for path in files for code in re.findall(rf'"({name}\.[a-z0-9-]+)"', path.read_text("utf-8"))}
    assert written <= told.keys() | rules.keys()
    assert {code: one.severity for code, one in told.items() if one.severity not in page[code]} == {}


@pytest.mark.parametrize("name", FORMATS)
def test_each_code_says_what_should_hold_and_how_to_mend_it_in_one_line(name: str) -> None:
    for code, told in Registry.load().readers[name].cls().codes().items():
        assert told.title, code
        assert not told.title.endswith("."), code
        assert len(told.title) <= 100, code
        assert told.fix.endswith("."), code
        assert len(told.fix) <= 160, code


def test_what_sources_and_codecs_tell_says_how_to_mend_it() -> None:
    for code, told in OTHERS.items():
        assert told.fix.endswith("."), code


def test_explanations_are_those_of_rules_then_of_readers() -> None:
    found = explanations(["coco.orphan-annotation", "box2d.empty", "coco.mask-pixels", "boxlines.any"])
    assert {code: one.title for code, one in found.items()} == {
        "box2d.empty": known_rules()["box2d.empty"].cls.title,
        "coco.mask-pixels": known_rules()["coco.mask-pixels"].cls.title,
        "coco.orphan-annotation": "the image or video of an annotation is listed",
    }
    assert "coco.mask-pixels" not in reader_codes()
