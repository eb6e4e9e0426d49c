"""What a mask's table says of its pixel values, and the file it lies in."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TypeAlias

from lading.media import Probe, probe
from lading.model.label import MASK_TYPES, InstanceMask, Label, MaskLabel, SemanticMask
from lading.model.report import Finding, Origin
from lading.plugin.problem import Place, Problem

#: Sizes of one picture, as far as they are known.
_Sizes: TypeAlias = Sequence[tuple[int | None, int | None]]

_SHA1 = re.compile("[0-9a-f]{40}")


def check_items(label: Label, ids: frozenset[int]) -> list[Problem]:
    """The table of a mask: no pixel value twice, category ids of the catalog (`ids`; empty where it has none)."""
    if not isinstance(label, MASK_TYPES) or label.items is None:
        return []
    problems = []
    seen: set[int] = set()
    is_numbered = any(item.category_id is not None for item in label.items)
    for index, item in enumerate(label.items):
        if item.value in seen:
            message = f"expected each pixel value once in the mask's table, found {item.value} again"
            problems.append(Problem("mask.duplicate-id", message, f"items/{index}"))
        seen.add(item.value)
        category_id = item.category_id
        if isinstance(label, SemanticMask) and category_id is None:
            if is_numbered:
                continue  # a table of colours, where the reader tells which are no class's
            category_id = item.value
        if ids and category_id not in ids and not isinstance(label, InstanceMask):
            found = "none" if category_id is None else category_id
            message = f"expected a category id of the catalog, found {found}"
            problems.append(Problem("mask.unknown-id", message, f"items/{index}/category"))
    if label.checksum is not None and not _SHA1.fullmatch(label.checksum):
        message = f"expected a SHA-1 of 40 lower-case hex digits, found {label.checksum!r}"
        problems.append(Problem("mask.checksum", message, "geometry"))
    return problems


def mask_findings(place: Place, label: MaskLabel, sizes: _Sizes) -> Iterator[Finding]:
    """What is wrong with the file of a mask; `sizes` are its picture's as declared and as found, in pixels."""
    if label.path is None:
        return
    if label.content is None:
        problem = Problem("media.missing", f"expected a mask {label.path!r}, found none", "geometry")
        found = [place.finding(problem, label)]
    elif place.severities.keys() & {"media.unreadable", "mask.not-png", "mask.size-mismatch"}:
        seen = probe(label.content)
        problems = _file_problems(seen, label.path, sizes)
        found = [place.finding(problem, at=Origin(label.path)) for problem in problems]
    else:
        return
    yield from (finding for finding in found if finding is not None)


def _file_problems(seen: Probe, path: str, sizes: _Sizes) -> Sequence[Problem]:
    if seen.problem is not None:
        return (Problem("media.unreadable", seen.problem),)
    problems = []
    if seen.format is not None and seen.format != "PNG":
        message = f"expected a mask in PNG, found {seen.format}, which does not keep pixel values"
        problems.append(Problem("mask.not-png", message))
    known = [size for size in sizes if None not in size]
    if known and seen.width is not None and (seen.width, seen.height) not in known:  # both differ: media.size-mismatch
        width, height = known[-1]
        message = f"expected the size of its picture, {width} x {height}, found {seen.width} x {seen.height}"
        problems.append(Problem("mask.size-mismatch", f"{message} in {path!r}"))
    return problems
