"""The attributes of a catalog by themselves: type, enum, range, items, parents (platform-api.md G2)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TypeAlias

import msgspec

from lading.model.catalog import ATTRIBUTE_TYPES, AttributeValue, Catalog, Items, Subcatalog, attribute_type_of
from lading.model.report import Finding, Origin, Severity
from lading.plugin.problem import Problem

#: A problem and where it stands: reference tokens of a pointer.
Told: TypeAlias = tuple[Problem, tuple[str | int, ...]]

_NUMBERS = frozenset({"number", "integer"})


def catalog_finding(
    catalog: Catalog, problem: Problem, path: tuple[str | int, ...], severities: Mapping[str, Severity]
) -> Finding | None:
    """A finding at a place of the catalog: in its file, or where a format declares it; else with a pointer alone."""
    at = catalog.locate(*path)
    if at is not None:
        return problem.finding(severities, at=at)
    finding = problem.finding(severities)
    return finding and msgspec.structs.replace(finding, pointer=Origin("", "").below(*path).pointer)


def attribute_problems(spec: Items) -> Iterator[Told]:
    """What is wrong with an attribute, or with the elements of its arrays."""
    types = [] if spec.type is None else [spec.type] if isinstance(spec.type, str) else spec.type
    yield from _types(spec, types)
    if spec.enum is not None:
        yield from _enum(spec.enum, types)
    yield from _range(spec, types)
    if spec.items is not None:
        if types and "array" not in types:
            message = f"expected items beside the type array alone, found them beside {' or '.join(types)}"
            yield Problem("catalog.items-stray", message), ("items",)
        for problem, path in attribute_problems(spec.items):
            yield problem, ("items", *path)
    elif "array" in types:
        yield Problem("catalog.items-missing", "expected items beside the type array, found none"), ()


def _types(spec: Items, types: list[str]) -> Iterator[Told]:
    if not types and spec.enum is None:
        yield Problem("catalog.attribute-untyped", "expected a type or an enum, found neither"), ()
    for name in types:
        if name not in ATTRIBUTE_TYPES:
            message = f"expected one of {', '.join(ATTRIBUTE_TYPES)}, found {name!r}"
            yield Problem("catalog.attribute-type", message), ("type",)
    if types and set(types) == {"null"}:
        yield Problem("catalog.attribute-type", "expected another type beside null, found null alone"), ("type",)
    elif isinstance(spec.type, list) and len(set(types)) < max(2, len(types)):
        message = f"expected a list of two types or more, no two alike, found {types}"
        yield Problem("catalog.type-list", message), ("type",)
    if types and spec.enum is not None:
        yield Problem("catalog.enum-and-type", "expected a type or an enum, found both"), ("enum",)


def _enum(values: list[AttributeValue], types: list[str]) -> Iterator[Told]:
    taken: set[tuple[bool, AttributeValue]] = set()
    for index, value in enumerate(values):
        token = (isinstance(value, bool), value)
        if token in taken:
            yield Problem("catalog.enum-duplicate", f"expected each value once, found {value!r} again"), ("enum", index)
        taken.add(token)
        if types and not _fits(value, types):
            message = f"expected a value of type {' or '.join(types)}, found {value!r}"
            yield Problem("catalog.enum-type", message), ("enum", index)
    if len(taken) < 2:
        yield Problem("catalog.enum-size", f"expected two values or more, found {len(taken)}"), ("enum",)


def _fits(value: AttributeValue, types: list[str]) -> bool:
    kind = attribute_type_of(value)
    if kind in types or "instance" in types:
        return True
    is_whole = isinstance(value, float) and value.is_integer()
    return (kind == "integer" and "number" in types) or (is_whole and "integer" in types)


def _range(spec: Items, types: list[str]) -> Iterator[Told]:
    low, high = spec.minimum, spec.maximum
    if low is None and high is None:
        return
    field = "maximum" if low is None else "minimum"
    if not _NUMBERS & set(types):
        found = " or ".join(types) or "no type"
        message = f"expected a range beside the types number and integer alone, found it beside {found}"
        yield Problem("catalog.range-type", message), (field,)
    if low is None or high is None:
        return
    if not low <= high:
        yield Problem("catalog.range-order", f"expected minimum < maximum, found {low!r} and {high!r}"), ("minimum",)
    elif low == high:
        yield Problem("catalog.range-single", f"expected minimum < maximum, found {low!r} for both"), ("minimum",)


def parent_problems(subcatalog: Subcatalog, parents: list[str]) -> Iterator[Told]:
    """Categories that an attribute or keypoints belong to, and that are none of the catalog's, nor above one."""
    for index, parent in enumerate(parents):
        if not any(subcatalog.is_below(category.name, parent) for category in subcatalog.categories):
            message = f"expected a category of the catalog or one above it, found {parent!r}"
            yield Problem("catalog.parent-unknown", message), ("parentCategories", index)
