"""The attributes that rows name by their tokens: which there are not, and which stand twice in a row."""

from __future__ import annotations

from array import array

from lading import counted
from lading.model.recurring import is_often
from lading_nuscenes.schema import Attribute
from lading_nuscenes.tables import Rows, Tables


class AttributeTokens:
    """Looks at the attribute tokens of the rows of a table: which point nowhere, and which stand there twice."""

    def __init__(self, tables: Tables, table: str, attributes: Rows[Attribute]) -> None:
        self._tables = tables
        self._table = table
        self._attributes = attributes
        self._twice = array("q")  # row, place, and the attribute that stands there

    def look(self, index: int, tokens: tuple[str, ...] | None) -> None:
        """Take a row."""
        for place, token in enumerate(tokens or ()):
            if token not in self._attributes.places:
                self._tables.dangles(self._table, f"attribute_tokens/{place}", "attribute", index, token)
            elif tokens and token in tokens[:place]:
                self._twice.extend((index, place, self._attributes.places[token]))

    def tell(self, count: int) -> None:
        """Say which stand in a row twice, once where they do in most of the `count` rows."""
        twice = self._twice
        rows = len(set(twice[::3]))
        is_most = is_often(rows, count)
        for start in range(0, 3 if is_most else len(twice), 3):
            index, place, attribute = twice[start : start + 3]
            message = f"expected each attribute once, found {self._attributes.rows[attribute].token!r} again"
            if is_most:
                message += f", and so one in {counted(rows - 1, 'more row')} of {count:,}"
            at = self._tables.origin(self._table, index, "attribute_tokens", place)
            self._tables.report.warning("nuscenes.attribute-twice", message, at)
