"""What came, went and changed from one dataset to another."""

from __future__ import annotations

from lading.compare.catalogs import catalog_differences
from lading.compare.datasets import diff
from lading.compare.difference import Difference, Digest
from lading.model.catalog import Catalog


def catalog_diff(before: Catalog, after: Catalog) -> list[Difference]:
    """What changed from one catalog to another; `name` is the pointer of what did."""
    return list(catalog_differences(before, after))


__all__ = ["Difference", "Digest", "catalog_diff", "diff"]
