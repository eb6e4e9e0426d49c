"""Categories of nuImages by their table: objects in object_ann, and surfaces in surface_ann (source-formats.md 4.5)."""

from __future__ import annotations

from collections.abc import Sequence

from lading import counted
from lading.model.recurring import KEPT, MANY, is_often
from lading_nuscenes.families import ALLOWED
from lading_nuscenes.tables import Tables

_SURFACES = frozenset({"flat.driveable_surface", "vehicle.ego"})


class Surfaces:
    """Looks at the categories of the rows of a table; names that are not nuImages' own may be of either."""

    def __init__(self, tables: Tables, table: str) -> None:
        self._tables = tables
        self._table = table
        self._others = _SURFACES if table == "object_ann" else frozenset(ALLOWED)
        self._rows: dict[str, list[int]] = {}
        self._counts: dict[str, int] = {}

    def look(self, indexes: Sequence[int], names: Sequence[str]) -> None:
        """Take rows with the names of their categories."""
        if self._others.isdisjoint(names):
            return
        for index, name in zip(indexes, names, strict=True):
            if name in self._others:
                self._counts[name] = self._counts.get(name, 0) + 1
                if self._counts[name] <= KEPT:
                    self._rows.setdefault(name, []).append(index)

    def tell(self, total: int) -> None:
        """Say which of all rows are of the other table, once a category with a count where many are."""
        own, other = ("an object", "a surface") if self._table == "object_ann" else ("a surface", "an object")
        for name, rows in self._rows.items():
            count = self._counts[name]
            is_told_once = is_often(count, total, MANY)
            for index in rows[: 1 if is_told_once else None]:
                more = f"; so it is with {counted(count - 1, 'more row')}" if is_told_once else ""
                at = self._tables.origin(self._table, index, "category_token")
                message = f"expected the category of {own}, found {name!r}, {other}{more}"
                self._tables.report.warning("nuscenes.surface-category", message, at)
