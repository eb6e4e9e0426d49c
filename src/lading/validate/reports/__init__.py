"""Reports of findings, by the name that `--output` takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

from lading.model.report import Finding
from lading.validate.reports.record import render_json, to_json
from lading.validate.reports.text import render_text

__all__ = ["RENDERERS", "Renderer", "render_json", "render_text", "to_json"]

#: Turns findings into the lines of a report, without line ends.
Renderer: TypeAlias = Callable[[Iterable[Finding]], Iterator[str]]

RENDERERS: dict[str, Renderer] = {"text": render_text, "json": render_json}
