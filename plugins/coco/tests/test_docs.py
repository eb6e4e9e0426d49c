"""The page on the format names every rule, loss and option that the reader has."""

from __future__ import annotations

import re
from pathlib import Path

from lading_coco.reader import CocoOptions

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/formats/coco.md").read_text("utf-8")
SOURCE = "".join(path.read_text("utf-8") for path in sorted((ROOT / "plugins/coco/src").rglob("*.py")))


def test_every_rule_has_a_row_and_every_row_a_rule() -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith("| `coco.")]
    named = {rule for line in rows for rule in re.findall(r"`(coco\.[a-z-]+)`", line.split(" | ")[0])}
    assert named == set(re.findall(r"\"(coco\.[a-z-]+)\"", SOURCE))


def test_every_option_has_a_row() -> None:
    rows = re.findall(r"^\| `-o (\w+)=", PAGE.partition("## Options")[2], re.MULTILINE)
    assert set(rows) == CocoOptions.model_fields.keys()
