"""Labels drawn over a picture, as SVG in the picture's own pixels."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import pairwise
from typing import Any, NamedTuple

from lading.model import label as rows
from lading.model.catalog import Catalog
from lading.model.label import Label
from lading.server.page.html import Html

#: Rectangles of one mask of run lengths that are drawn at most.
_MOST_RUNS = 20_000


def colour(category: str | None) -> str:
    """The colour of a category, the same on every page."""
    return f"hsl({zlib.crc32((category or '').encode()) % 360} 95% 45%)"


class Ground(NamedTuple):
    """What labels are drawn on: the height in pixels, and the keypoints that are joined in a category."""

    height: int
    skeleton: Callable[[str | None], Sequence[Sequence[int]]]


def draw(
    size: tuple[int, int] | None,
    url: str | None,
    masks: Iterable[str],
    labels: Sequence[Label],
    *,
    boxes: str = "",
    catalog: Catalog,
) -> Html:
    """The picture at `url` with its masks and labels; where its size is not known, the labels' own extent.

    `boxes` are shapes that are drawn above them; the catalog says which keypoints are joined.
    """
    width, height = size or _extent(labels)
    pictures = [] if url is None else [_image(url, width, height)]
    overlays = [_image(mask, width, height, 'opacity=".45" filter="url(#values)"') for mask in masks]
    if overlays:
        pictures += [_VALUE_COLOURS, *overlays]
    ground = Ground(height, catalog.skeleton)
    shapes = "".join(_shape(label, ground) for label in labels)
    line = max(width, height) / 400
    style = f'fill="none" stroke-width="{line:.2f}" font-size="{line * 8:.2f}" font-family="sans-serif"'
    box = f'viewBox="0 0 {width} {height}" width="{width}" height="{height}"'
    return Html(
        f'<svg xmlns="http://www.w3.org/2000/svg" {box}>{"".join(pictures)}<g {style}>{shapes}{boxes}</g></svg>'
    )


def _value_colours() -> str:
    """A filter that gives each grey of a mask, one of its pixel values, a colour: as they are, most are near black."""
    tables = (
        f'<feFunc{channel} type="discrete" tableValues="'
        + " ".join(f"{zlib.crc32(f'{channel}{value}'.encode()) % 100 / 100:g}" for value in range(256))
        + '"/>'
        for channel in "RGB"
    )
    transfer = f"<feComponentTransfer>{''.join(tables)}</feComponentTransfer>"
    return f'<filter id="values" color-interpolation-filters="sRGB">{transfer}</filter>'


_VALUE_COLOURS = _value_colours()


def _image(url: str, width: int, height: int, more: str = "") -> str:
    place = f'width="{width}" height="{height}" preserveAspectRatio="none"'
    return f'<image href="{escape(url)}" {place} {more}/>'


def _extent(labels: Iterable[Label]) -> tuple[int, int]:
    right = bottom = 1.0
    for label in labels:
        for x, y in _corners(label):
            right, bottom = max(right, x), max(bottom, y)
    return int(min(right, 1e5)) + 1, int(min(bottom, 1e5)) + 1


def _corners(label: Label) -> list[list[float]]:
    if isinstance(label, rows.Box2D):
        return [[label.xmax, label.ymax]]
    if isinstance(label, (rows.Polygon2D, rows.Polyline2D, rows.Keypoints2D)):
        points: list[list[float]] = label.points.tolist()
        return points
    return []


def group(label: Label, shape: str) -> str:
    """What is drawn of one label, in the colour of its category and under its name."""
    title = f"<title>{escape(label.category or label.kind)}</title>"
    tint = colour(label.category)
    return f'<g stroke="{tint}" color="{tint}">{title}{shape}</g>'


def _shape(label: Label, ground: Ground) -> str:
    shape = _SHAPES.get(type(label))
    return "" if shape is None else group(label, shape(label, ground))


def _points(points: Iterable[Sequence[float]]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def _box(label: rows.Box2D, _ground: Ground) -> str:
    width, tall = label.xmax - label.xmin, label.ymax - label.ymin
    name = f'<text x="{label.xmin:g}" y="{label.ymin:g}" dy="-.2em" stroke="none" fill="{colour(label.category)}">'
    rect = f'<rect x="{label.xmin:g}" y="{label.ymin:g}" width="{max(width, 0):g}" height="{max(tall, 0):g}"/>'
    return f"{rect}{name}{escape(label.category or '')}</text>"


def _path(lines: Iterable[Any], end: str) -> str:
    parts = (f"M{_points(line.tolist())}{end}" for line in lines if len(line))
    return f'<path d="{" ".join(parts)}" fill="currentColor" fill-opacity="{0.15 if end else 0}" fill-rule="evenodd"/>'


def _keypoints(label: rows.Keypoints2D, ground: Ground) -> str:
    """Those that are said to be invisible are left away: they lie in the corner."""
    seen = label.visible or [None] * len(label.points)
    shown = {i: point for i, (point, v) in enumerate(zip(label.points.tolist(), seen, strict=False)) if v != 0}
    joined = ((shown[a], shown[b]) for a, b in ground.skeleton(label.category) if a in shown and b in shown)
    bones = "".join(f'<polyline points="{_points(bone)}"/>' for bone in joined)
    fill = colour(label.category)
    dots = (f'<circle cx="{x:g}" cy="{y:g}" r=".35em" fill="{fill}" stroke="#fff"/>' for x, y in shown.values())
    return bones + "".join(dots)


def _cuboid(label: rows.Cuboid2D, _ground: Ground) -> str:
    edges = zip(label.front.tolist(), label.back.tolist(), strict=False)
    sides = "".join(f'<polyline points="{_points(edge)}"/>' for edge in edges)
    return f"{_path([label.front, label.back], 'Z')}{sides}"


def _runs(label: rows.Rle, ground: Ground) -> str:
    """Column by column, as COCO counts."""
    ends = [0, *label.counts.cumsum().tolist()]
    rects: list[str] = []
    for start, end in list(pairwise(ends))[1::2]:
        place = start
        while place < end and len(rects) < _MOST_RUNS:
            x, y = divmod(place, ground.height)
            tall = min(ground.height - y, end - place)
            rects.append(f"M{x} {y}h1v{tall}h-1Z")
            place += tall
    return f'<path d="{"".join(rects)}" stroke="none" fill="{colour(label.category)}" fill-opacity=".5"/>'


_SHAPES: dict[type[Any], Callable[[Any, Ground], str]] = {
    rows.Box2D: _box,
    rows.Polygon2D: lambda label, _ground: _path([label.points], "Z"),
    rows.Polyline2D: lambda label, _ground: _path([label.points], ""),
    rows.MultiPolygon2D: lambda label, _ground: _path(label.rings, "Z"),
    rows.MultiPolyline2D: lambda label, _ground: _path(label.lines, ""),
    rows.Keypoints2D: _keypoints,
    rows.Cuboid2D: _cuboid,
    rows.Rle: _runs,
}
