"""Reports of findings: text, JSON, SARIF, HTML."""

from __future__ import annotations

from lading.validate.reports.excerpt import Excerpts
from lading.validate.reports.gathered import Gathered
from lading.validate.reports.html import render_html
from lading.validate.reports.record import render_json, to_json
from lading.validate.reports.sarif import to_sarif
from lading.validate.reports.text import render_groups, render_text

#: What `--output` takes.
OUTPUTS = ("text", "json", "sarif", "html")

__all__ = [
    "OUTPUTS",
    "Excerpts",
    "Gathered",
    "render_groups",
    "render_html",
    "render_json",
    "render_text",
    "to_json",
    "to_sarif",
]
