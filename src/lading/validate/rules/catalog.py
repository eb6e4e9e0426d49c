"""Rules of the catalog itself: its label types, categories and ids (platform-api.md G2)."""

from __future__ import annotations

from collections.abc import Sequence

from lading.plugin.contracts import GroupedRule
from lading.validate.checks.catalogs import CatalogPass
from lading.validate.checks.data import DataPass
from lading.validate.rules.make import rule

RULES: Sequence[type[GroupedRule]] = (
    rule(
        "catalog.empty",
        "error",
        CatalogPass,
        "a catalog that is given has a label type",
        bad="{}",
        good='{"BOX2D": {}}',
        fix="Leave --catalog out, or fill the file.",
    ),
    rule(
        "catalog.unknown-type",
        "error",
        CatalogPass,
        "a catalog's keys are label types",
        bad='{"BOX": {}}',
        good='{"BOX2D": {}}',
        fix="Correct the key.",
    ),
    rule(
        "catalog.stray-field",
        "warning",
        CatalogPass,
        "a label type has the fields that are its own",
        bad="lexicon in BOX2D",
        good="lexicon in SENTENCE",
        fix="Remove the field.",
    ),
    rule(
        "catalog.empty-name",
        "error",
        CatalogPass,
        "categories and attributes have names",
        bad='{"name": ""}',
        good='{"name": "car"}',
        fix="Name it.",
    ),
    rule(
        "catalog.duplicate-category",
        "error",
        CatalogPass,
        "a category is declared once",
        bad="car, bus, car",
        good="car, bus",
        fix="Remove one of them.",
    ),
    rule(
        "catalog.duplicate-attribute",
        "error",
        CatalogPass,
        "an attribute is declared once a label type",
        bad="color twice",
        good="color once",
        fix="Join them; parentCategories takes several.",
    ),
    rule(
        "catalog.delimiter",
        "warning",
        CatalogPass,
        "a delimiter stands between names",
        bad="vehicle..car with delimiter .",
        good="vehicle.car",
        fix="Correct the name, or take another delimiter.",
    ),
    rule(
        "catalog.dotted-name",
        "warning",
        CatalogPass,
        "names with parts have a delimiter declared",
        bad="vehicle.car without categoryDelimiter",
        good='categoryDelimiter: "."',
        fix="Declare the delimiter, if the dot separates parent and child.",
    ),
    rule(
        "catalog.unused",
        "warning",
        DataPass,
        "a declared category has labels",
        bad="hair drier, and no label of it",
        good="categories that are used",
        fix="Look for a name that was misspelt.",
        is_default=False,
    ),
    rule(
        "catalog.tracking-not-continuous",
        "warning",
        CatalogPass,
        "tracking is declared in continuous datasets alone",
        bad="isTracking in a dataset that is not continuous",
        good="isContinuous: true",
        fix="Declare the dataset continuous.",
        is_default=False,
    ),
    rule(
        "catalog.mask-id",
        "error",
        CatalogPass,
        "categories of masks have ids from 0 on, no two alike",
        bad="categoryId -1",
        good="categoryId 7",
        fix="Number the categories as the pixels are.",
    ),
    rule(
        "catalog.mask-id-large",
        "warning",
        CatalogPass,
        "the ids of masks' categories fit into pixels of 16 bits",
        bad="categoryId 70000",
        good="categoryId 7",
        fix="Number the categories from 0 to 65535; else those of semantic masks go up by rank, in catalog and pixels.",
    ),
)
