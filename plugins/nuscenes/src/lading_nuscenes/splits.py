"""Versions beside each other, and labels of test sets: what is trained on must not be tested on, or be known."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TypeAlias

import msgspec

from lading import File, Origin, Report, counted
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
            tested, trained = (other, version) if _split(other) == "test" else (version, other)
            _tell_shared(tested, trained, report)


def _tell_shared(version: Version, other: Version, report: Report) -> None:
    for table in _SHARED:
        own, others = _tokens(version.tables.get(table)), _tokens(other.tables.get(table))
        shared = [token for token in own if token in others]
        if shared:
            first = shared[0]
            more = "" if len(shared) == 1 else f"; so it is with {counted(len(shared) - 1, 'more row')} of {len(own):,}"
            message = f"expected none of the {table}s of {other.name}, found that of its row {others[first]}{more}"
            at = Origin(version.path(table), f"/{own[first]}/token")
            report.warning("nuscenes.shared-samples", message, at)
            return


def _split(version: Version) -> str | None:
    match = _SPLIT.fullmatch(version.name)
    return None if match is None else match[1]


def _tokens(file: File | None) -> _Tokens:
    """The rows of a table by their tokens; none where it cannot be read, which is told of the version that is read."""
    if file is None or is_pointer(file):
        return {}
    with file.open() as stream:
        try:
            rows = msgspec.json.decode(stream.read(), type=list[_Token])
        except (msgspec.DecodeError, UnicodeDecodeError):
            return {}
    return {row.token: index for index, row in enumerate(rows) if row.token}
