"""Pages, orders and name filters of the lists (platform-api.md sections A5 and A8)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement


@dataclass(frozen=True, slots=True)
class Page:
    """Which rows: `limit` of them after `offset`; `sort_by` is `created_at`, `updated_at`, `name` or None."""

    offset: int = 0
    limit: int = 128
    sort_by: str | None = None
    is_ascending: bool = False

    def order(
        self, fallback: Sequence[ColumnElement[Any]], named: Mapping[str, ColumnElement[Any]]
    ) -> list[ColumnElement[Any]]:
        """The columns to sort by: the asked one first, the list's own order behind it."""
        column = None if self.sort_by is None else named[self.sort_by]
        if column is None:
            return list(fallback)
        return [column.asc() if self.is_ascending else column.desc(), *fallback]


def matching(column: Column[Any], name: str) -> ColumnElement[bool]:
    """The condition of a `name` filter: exact without a wildcard, LIKE with one (A8)."""
    if re.search(r"(?<!\\)[%_]", name) is None:
        return column == re.sub(r"\\([%_])", r"\1", name)
    return column.like(name, escape="\\")
