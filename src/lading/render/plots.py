"""Plots as SVG, by hand: bars with names and counts."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

_ROW, _NAMES, _BARS, _COUNTS = 20, 170, 300, 80


def bars(title: str, rows: Sequence[tuple[str, int]]) -> str:
    """Bars that lie: a row a name, all to one scale. Nothing where there is nothing."""
    if not rows:
        return ""
    most = max(count for _, count in rows) or 1
    width, height = _NAMES + _BARS + _COUNTS, _ROW * len(rows) + 26
    parts = [
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}"><text x="0" y="14" class="plot-title">{escape(title)}</text>'
    ]
    for index, (name, count) in enumerate(rows):
        top = 24 + index * _ROW
        length = max(1.0 if count else 0.0, count / most * _BARS)
        parts.append(
            f"<g><title>{escape(name)}: {count:,}</title>"
            f'<text x="{_NAMES - 6}" y="{top + 13}" text-anchor="end">{escape(_short(name))}</text>'
            f'<rect x="{_NAMES}" y="{top + 2}" width="{length:.1f}" height="{_ROW - 5}"/>'
            f'<text x="{_NAMES + length + 5:.1f}" y="{top + 13}" class="count">{count:,}</text></g>'
        )
    return "".join([*parts, "</svg>"])


def _short(name: str) -> str:
    return name if len(name) <= 24 else f"{name[:23]}…"
