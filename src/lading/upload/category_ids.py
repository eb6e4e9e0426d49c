"""Category ids of semantic masks as pixels of 16 bits (platform-api.md E), numbered by rank where they do not fit."""

from __future__ import annotations

from collections.abc import Collection
from itertools import count

from lading.model.catalog import Catalog, Category
from lading.model.label import SemanticMask

#: The largest value that a pixel can have.
LARGEST = 0xFFFF

_KIND = SemanticMask.kind


class CategoryIds:
    """The ids that a catalog declares for semantic masks, and what becomes of those that do not fit.

    Where a declared one is too large, all of them are numbered by rank from 1, in catalog and masks alike; 0 stays 0.
    A mask's own ids beyond that get the numbers that the catalog leaves free, by rank.
    """

    def __init__(self, catalog: Catalog) -> None:
        subcatalog = catalog.get(_KIND)
        categories = [] if subcatalog is None else subcatalog.categories
        self.declared = frozenset(c.category_id for c in categories if c.category_id is not None)
        is_large = bool(self.declared) and max(self.declared) > LARGEST
        self._ranks = {id_: rank for rank, id_ in enumerate(sorted(self.declared - {0}), 1)} if is_large else {}

    @property
    def are_renumbered(self) -> bool:
        """Whether what is declared does not stay as it is."""
        return bool(self._ranks)

    def fitted(self, catalog: Catalog) -> Catalog:
        """The catalog with the ids that fit."""
        if not self._ranks:
            return catalog
        subcatalog = catalog[_KIND]
        categories = [self._fitted(category) for category in subcatalog.categories]
        changed = subcatalog.model_copy(update={"categories": categories})
        return Catalog(subcatalogs={**catalog.subcatalogs, _KIND: changed}, origin=catalog.origin)

    def numbers(self, ids: Collection[int]) -> dict[int, int]:
        """What each of a mask's ids becomes; empty where all stay as they are."""
        if self._ranks:
            taken = {0, *self._ranks.values()}
            others = set(ids) - {0} - self._ranks.keys()
        else:
            taken = {0, *self.declared, *ids}
            others = {id_ for id_ in ids if id_ > LARGEST}
        free = (number for number in count(1) if number not in taken)
        return {id_: rank for id_, rank in self._ranks.items() if id_ in ids} | dict(zip(sorted(others), free))  # noqa: B905

    def _fitted(self, category: Category) -> Category:
        if category.category_id is None:
            return category
        return category.model_copy(update={"category_id": self._ranks.get(category.category_id, 0)})
