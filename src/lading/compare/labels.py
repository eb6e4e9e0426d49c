"""What differs between the labels of a file and those of its partner, field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lading.compare.difference import NOT_COMPARED, Difference, How, plain_value
from lading.model.label import MASK_TYPES, Label, MaskLabel, same

_COMMON = NOT_COMPARED | {"category", "attributes", "instance", "extras"}


def label_differences(
    before: list[Label], after: list[Label], where: Mapping[str, Any], how: How
) -> Iterator[Difference]:
    """Equal labels cancel out; of the rest those of one instance belong together, then those of one turn."""
    ours, theirs = list(before), list(after)
    if len(ours) == len(theirs) and all(not _changes(a, b, how) for a, b in zip(ours, theirs, strict=True)):
        return
    left: list[Label] = []
    for label in ours:
        twin = next((i for i, other in enumerate(theirs) if not _changes(label, other, how)), None)
        if twin is None:
            left.append(label)
        else:
            theirs.pop(twin)
    partners: dict[int, Label] = {}
    for find in (_same_instance, _alike):  # all of one instance first, so that none is taken by what went before it
        for index, label in enumerate(left):
            match = None if index in partners else find(label, theirs)
            if match is not None:
                partners[index] = theirs.pop(match)
    for index, label in enumerate(left):
        if index not in partners:
            yield Difference(change="removed", what="label", name=_label_name(label), before=_plain(label), **where)
            continue
        for field, one, two in _changes(label, partners[index], how):
            name = _label_name(label)
            yield Difference(change="changed", what="label", name=name, field=field, before=one, after=two, **where)
    for label in theirs:
        yield Difference(change="added", what="label", name=_label_name(label), after=_plain(label), **where)


def _same_instance(label: Label, others: list[Label]) -> int | None:
    if label.instance is None:
        return None
    own = (i for i, other in enumerate(others) if other.kind == label.kind and other.instance == label.instance)
    return next(own, None)


def _alike(label: Label, others: list[Label]) -> int | None:
    alike = [i for i, other in enumerate(others) if other.kind == label.kind]
    category = [i for i in alike if others[i].category == label.category]
    return next(iter([*category, *alike]), None)


def _changes(before: Label, after: Label, how: How) -> list[tuple[str, Any, Any]]:
    """Fields that differ; nothing where the labels are equal but for what is left out."""
    if type(before) is not type(after):
        return [("type", before.kind, after.kind)]
    changes = []
    for field in before.__struct_fields__:
        name = field if field in _COMMON else "geometry"
        if field in NOT_COMPARED or name in how.ignore or field in how.ignore:
            continue
        one, two = getattr(before, field), getattr(after, field)
        if not same(one, two):
            changes.append((field, plain_value(one), plain_value(two)))
    if isinstance(before, MASK_TYPES) and isinstance(after, MASK_TYPES):
        changes += _mask_changes(before, after, how)
    return changes


def _mask_changes(before: MaskLabel, after: MaskLabel, how: How) -> list[tuple[str, Any, Any]]:
    """Whether the files of two masks are there and the same."""
    if before.content is None or after.content is None:
        missing = (before.content is None, after.content is None)
        return [] if missing[0] == missing[1] else [("missing", *missing)]
    if how.digests is None or "sha1" in how.ignore:
        return []
    one, two = how.digests[0](before.content, before), how.digests[1](after.content, after)
    return [] if one == two else [("sha1", one, two)]


def _label_name(label: Label) -> str:
    parts = [label.kind, label.category, None if label.instance is None else f"instance {label.instance}"]
    return " ".join(part for part in parts if part is not None)


def _plain(label: Label) -> dict[str, Any]:
    values = {field: getattr(label, field) for field in label.__struct_fields__ if field not in ("origin", "content")}
    return {
        field: plain_value(value)
        for field, value in values.items()
        if not (value is None or (isinstance(value, dict) and not value))
    }
