"""What differs between two label catalogs, by JSON pointers in which named things go by their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from lading.compare.difference import Change, Difference
from lading.model.catalog import Catalog
from lading.model.codec import encode_catalog
from lading.model.label import same


def catalog_differences(before: Catalog, after: Catalog) -> Iterator[Difference]:
    """What changed from one catalog to another; `name` is the pointer of what did."""
    for change, name, one, two in _json(encode_catalog(before), encode_catalog(after), ""):
        yield Difference(change=change, what="catalog", name=name, before=one, after=two)


def _json(before: Any, after: Any, place: str) -> Iterator[tuple[Change, str, Any, Any]]:
    """What differs between two JSON values; lists of named things are compared by name."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            below = f"{place}/{key}"
            if key not in after:
                yield "removed", below, before[key], None
            elif key not in before:
                yield "added", below, None, after[key]
            else:
                yield from _json(before[key], after[key], below)
    elif _are_named(before) and _are_named(after):
        yield from _json(_by_name(before), _by_name(after), place)
    elif not same(before, after):
        yield "changed", place, before, after


def _are_named(value: Any) -> bool:
    if not isinstance(value, list) or not all(isinstance(item, dict) and "name" in item for item in value):
        return False
    return len(_by_name(value)) == len(value)


def _by_name(items: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {str(item["name"]): dict(item) for item in items}
