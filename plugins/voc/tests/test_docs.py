"""The page on the format names every rule, loss and option that the reader has."""

from __future__ import annotations

import re
from pathlib import Path

from lading_voc.reader import VocOptions

ROOT = Path(__file__).resolve().parents[3]
PAGE = (ROOT / "docs/formats/voc.md").read_text("utf-8")
SOURCE = "".join(path.read_text("utf-8") for path in sorted((ROOT / "plugins/voc/src").rglob("*.py")))


def test_every_rule_has_a_row_and_every_row_a_rule() -> None:
    assert set(re.findall(r"^\| `(voc\.[a-z-]+)`", PAGE, re.MULTILINE)) == set(
        re.findall(r"\"(voc\.[a-z-]+)\"", SOURCE)
    )


def test_every_option_has_a_row() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \| (`[\w`, ]+`) \|", PAGE.partition("## Options")[2], re.MULTILINE))
    assert rows == {
        "pixels": "`auto`, `voc`, `verbatim`",
        "masks": "`pixels`, `declared`",
        "boxes": "`horizontal`, `oriented`",
    }
    assert rows.keys() == VocOptions.model_fields.keys()
