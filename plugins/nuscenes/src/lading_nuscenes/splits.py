"""Versions beside each other, and labels of test sets: what is trained on must not be tested on, or be known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from lading import File, Origin, Report, counted
from lading.errors import SourceError
from lading_nuscenes.layout import Version, is_pointer

#: What a version is for, by the end of its name; v1.0-mini is a part of v1.0-trainval.
_SPLIT = re.compile(r"v\d+\.\d+-(trainval|train|val|test)")

#: Versions that have no sample of another.
_APART = ({"test", "train"}, {"test", "val"}, {"test", "trainval"}, {"train", "val"})

#: The tables whose rows two versions may share; where they share a scene, they share its samples.
_SHARED = ("scene", "sample")


class _Token(msgspec.Struct):
    token: str


_Tokens: TypeAlias = dict[str, int]


def tell_test_labels(version: Version, counts: dict[str, int], report: Report) -> None:
    """Say that a test version has labels: the publishers withhold them, and have the tables without rows."""
    if _split(version) != "test":
        return
    for table in ("sample_annotation", "object_ann", "surface_ann"):
        if counts.get(table):
            rows = counted(counts[table], "row")
            message = f"expected no labels in a test set, found {rows}; nobody should know them"
            report.warning("nuscenes.test-labels", message, Origin(version.path(table)))
            return


def tell_shared_samples(version: Version, found: Sequence[Version], report: Report) -> None:
    """Say that a version has scenes or samples of another one beside it, where one is to be tested on."""
    for other in found:
        if {_split(version), _split(other)} in _APART:
            _tell_shared(version, other, report)


def _tell_shared(version: Version, other: Version, report: Report) -> None:
    unread = []
    for table in _SHARED:
        file, beside = version.tables.get(table), other.tables.get(table)
        own = None if file is None else _tokens(file)
        if own is None or beside is None:
            continue  # that of the version that is read is told where it is read
        others = _tokens(beside)
        if others is None:
            unread.append(table)
            continue
        sides = (other, others), (version, own)
        (tested, inside), (trained, found) = sides if _split(other) == "test" else reversed(sides)
        shared = [token for token in inside if token in found]
        if shared:
            first = shared[0]
            rest = len(shared) - 1
            more = f"; so it is with {counted(rest, 'more row')} of {len(inside):,}" if rest else ""
            message = f"expected none of the {table}s of {trained.name}, found that of its row {found[first]}{more}"
            at = Origin(tested.path(table), f"/{inside[first]}/token")
            report.warning("nuscenes.shared-samples", message, at)
            return
    for table in unread[:1]:
        message = f"expected a table that can be read, to see that no {table} is in {version.name} too, found none"
        report.warning("nuscenes.shared-samples", message, Origin(other.path(table)))


def _split(version: Version) -> str | None:
    match = _SPLIT.fullmatch(version.name)
    return None if match is None else match[1]


def _tokens(file: File) -> _Tokens | None:
    """The rows of a table by their tokens; None where it cannot be read."""
    try:
        if is_pointer(file):
            return None
        with file.open() as stream:
            rows = msgspec.json.decode(stream.read(), type=list[_Token])
    except (SourceError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return {row.token: index for index, row in enumerate(rows) if row.token}
