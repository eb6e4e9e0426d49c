"""What is odd about image sets beside each other: frames that are listed twice, that two share, or that one lacks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from typing import NamedTuple

from lading import Origin, Report

#: Sets that share no frame, and one that is the first two of them together.
_APART = ("train", "val", "test")
_WHOLE, _PARTS = "trainval", ("train", "val")


class Listing(NamedTuple):
    """A line of an image set."""

    name: str
    path: str
    line: int


def tell_repeated(listed: Mapping[str, Sequence[Listing]], report: Report) -> None:
    """Tell, once a set with a count, of frames that it lists again, and of those that another one has already."""
    again: dict[str, list[tuple[str, Listing]]] = {}
    shared: dict[tuple[str, str], list[tuple[str, Listing]]] = {}
    for key, lines in listed.items():
        for before, later in pairwise(lines):
            if later.path == before.path:
                again.setdefault(later.path, []).append((key, later))
        firsts = {line.path: line for line in reversed(lines) if line.name in _APART}
        for before, later in pairwise(sorted(firsts.values(), key=lambda line: _APART.index(line.name))):
            shared.setdefault((before.path, later.path), []).append((key, later))
    for found in again.values():
        _tell(
            "kitti.listed-twice", "expected each frame once, found {count} listed again, first {key!r}", found, report
        )
    for (other, _), found in shared.items():
        text = f"expected frames that {other} has not, found {{count}} that it has, first {{key!r}}"
        _tell("kitti.shared-id", text, found, report)


def tell_short(listed: Mapping[str, Sequence[Listing]], report: Report) -> None:
    """Tell, once a part with a count, which frames of `train` and of `val` `trainval` lacks, which is both."""
    whole = next((line for lines in listed.values() for line in lines if line.name == _WHOLE), None)
    if whole is None:
        return
    lacking: dict[str, list[tuple[str, Listing]]] = {}
    for key, lines in listed.items():
        for line in lines if all(one.name != _WHOLE for one in lines) else ():
            if line.name in _PARTS:
                lacking.setdefault(line.path, []).append((key, line))
    for path, found in sorted(lacking.items()):
        key, first = min(found, key=lambda pair: pair[1].line)
        message = f"expected each frame that {path} lists, found {len(found):,} missing, "
        message += f"first {key!r} in its line {first.line}"
        report.warning("kitti.set-frames", message, Origin(whole.path))


def _tell(rule: str, text: str, found: Iterable[tuple[str, Listing]], report: Report) -> None:
    lines = sorted(found, key=lambda pair: pair[1].line)
    key, first = lines[0]
    at = Origin(first.path, line=first.line)
    report.warning(rule, text.format(count=f"{len(lines):,}", key=key), at)
