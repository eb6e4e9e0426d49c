"""3D boxes and the points around them, seen from above: forward is up, left is left."""

from __future__ import annotations

import math
import sys
from array import array
from collections.abc import Iterable, Sequence
from html import escape

from lading.model.label import Box3D
from lading.server.page.drawing import colour
from lading.server.page.html import Html

#: Points of a cloud that are drawn at most, metres that are shown at most to each side.
_MOST_POINTS = 6000
_FARTHEST_M = 120.0

#: Bytes of a cloud that are read at most.
CLOUD_BYTES = 32 << 20

Point = tuple[float, float]


def cloud_stride(path: str, fields: Sequence[str] | None) -> int | None:
    """The float32 numbers of a point of a `.bin` file: as the notes say, else KITTI's 4, or 5 of nuScenes."""
    if not path.endswith(".bin"):
        return None
    return len(fields) if fields else 5 if path.endswith(".pcd.bin") else 4


def cloud_points(content: bytes, stride: int) -> list[Point]:
    """Forward and left of some of the points, evenly taken."""
    numbers = array("f")
    numbers.frombytes(content[: len(content) // (4 * stride) * 4 * stride])
    if sys.byteorder == "big":
        numbers.byteswap()
    step = stride * max(1, len(numbers) // stride // _MOST_POINTS)
    pairs = ((numbers[i], numbers[i + 1]) for i in range(0, len(numbers), step)) if stride > 1 else ()
    return [pair for pair in pairs if max(map(abs, pair)) <= _FARTHEST_M]  # NaN is not


def draw_above(boxes: Sequence[Box3D], points: Sequence[Point], *, is_camera: bool) -> Html:
    """Boxes and points in the frame of one sensor; a camera looks along z, with x to the right."""
    outlines = [(box, _outline(box, is_camera=is_camera)) for box in boxes]
    half = _half_side(points, [line for _, line in outlines])
    dots = "".join(f"M{-left:.2f} {-forward:.2f}h0" for forward, left in points)
    shapes = "".join(_shape(box, line) for box, line in outlines)
    unit = half / 200
    box = f'viewBox="{-half:g} {-half:g} {2 * half:g} {2 * half:g}" width="700" height="700"'
    cross = f'<path d="M{-4 * unit:g} 0h{8 * unit:g}M0 {-8 * unit:g}v{12 * unit:g}" stroke="#000"/>'
    cloud = f'<path d="{dots}" stroke="#555" stroke-linecap="round" stroke-width="{unit:.3f}"/>'
    group = f'<g fill="none" stroke-width="{unit * 1.5:.3f}">{cloud}{cross}{shapes}</g>'
    return Html(f'<svg xmlns="http://www.w3.org/2000/svg" class="above" {box}>{group}</svg>')


def _outline(box: Box3D, *, is_camera: bool) -> list[Point]:
    """The four corners of the box at the height of its centre, front left first, then the middle of its front."""
    length, width, _ = box.size_m
    corners = [(length / 2, width / 2), (length / 2, -width / 2), (-length / 2, -width / 2), (-length / 2, width / 2)]
    turned = (_turn(box.rotation, (x, y, 0.0)) for x, y in [*corners, (length / 2, 0.0)])
    placed = (tuple(a + b for a, b in zip(box.centre, point, strict=True)) for point in turned)
    return [(z, -x) if is_camera else (x, y) for x, y, z in placed]


def _turn(rotation: Iterable[float], point: tuple[float, float, float]) -> tuple[float, float, float]:
    """A point turned by a quaternion w, x, y, z, whatever its length."""
    w, x, y, z = rotation
    norm = w * w + x * x + y * y + z * z
    if not norm:
        return point
    a, b, c = point
    s = 2 / norm
    return (
        a * (1 - s * (y * y + z * z)) + b * s * (x * y - w * z) + c * s * (x * z + w * y),
        a * s * (x * y + w * z) + b * (1 - s * (x * x + z * z)) + c * s * (y * z - w * x),
        a * s * (x * z - w * y) + b * s * (y * z + w * x) + c * (1 - s * (x * x + y * y)),
    )


def _half_side(points: Sequence[Point], outlines: Iterable[Sequence[Point]]) -> float:
    """Metres that are shown to each side: all boxes, and all but the farthest twentieth of the points."""
    near = sorted(max(abs(forward), abs(left)) for forward, left in points)[: math.ceil(len(points) * 0.95)]
    far = [abs(value) for line in outlines for point in line for value in point] + near[-1:]
    return min(max((value for value in far if math.isfinite(value)), default=10.0) * 1.05 + 1, _FARTHEST_M)


def _shape(box: Box3D, outline: Sequence[Point]) -> str:
    corners = [(-left, -forward) for forward, left in outline]
    *around, front = corners
    middle = ((around[0][0] + around[2][0]) / 2, (around[0][1] + around[2][1]) / 2)
    if not all(math.isfinite(value) for corner in corners for value in corner):
        return ""
    shape = "M" + "L".join(f"{x:.3f} {y:.3f}" for x, y in around) + "Z"
    nose = f"M{middle[0]:.3f} {middle[1]:.3f}L{front[0]:.3f} {front[1]:.3f}"
    title = f"<title>{escape(box.category or 'BOX3D')}</title>"
    return f'<g stroke="{colour(box.category)}">{title}<path d="{shape}{nose}"/></g>'
