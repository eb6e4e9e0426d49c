"""Rules of what a catalog says of single label types: keypoints and sentences (platform-api.md G2)."""

from __future__ import annotations

from collections.abc import Sequence

from lading.plugin.contracts import GroupedRule
from lading.validate.checks.catalogs import CatalogPass
from lading.validate.rules.make import rule

RULES: Sequence[type[GroupedRule]] = (
    rule(
        "catalog.keypoints-missing",
        "error",
        CatalogPass,
        "a catalog of keypoints says how many there are",
        bad="KEYPOINTS2D: {}",
        good='keypoints: [{"number": 17}]',
        fix="Add keypoints.",
    ),
    rule(
        "catalog.keypoints-number",
        "error",
        CatalogPass,
        "keypoints are 1 or more",
        bad="number: 0",
        good="number: 17",
        fix="Correct the number.",
    ),
    rule(
        "catalog.keypoints-names",
        "error",
        CatalogPass,
        "keypoints have a name each, no two alike",
        bad='number: 3, names: ["head"]',
        good='names: ["head", "body", "feet"]',
        fix="Name each point once.",
    ),
    rule(
        "catalog.keypoints-skeleton",
        "error",
        CatalogPass,
        "a skeleton joins two different points, counted from 0",
        bad="[16, 17] of 17 points",
        good="[15, 16]",
        fix="Subtract 1 where the source counts from 1.",
    ),
    rule(
        "catalog.keypoints-visible",
        "error",
        CatalogPass,
        "visibility is BINARY or TERNARY",
        bad='visible: "YES"',
        good='visible: "TERNARY"',
        fix="Write TERNARY if the labels have 0, 1 and 2, BINARY if they have 0 and 1, or leave it out.",
    ),
    rule(
        "catalog.keypoints-overlap",
        "warning",
        CatalogPass,
        "one rule of keypoints applies to a category",
        bad="two rules for person",
        good="one rule for person",
        fix="Separate them by parentCategories.",
    ),
    rule(
        "catalog.sample-rate",
        "error",
        CatalogPass,
        "times in samples have a sample rate",
        bad="isSample: true",
        good="isSample: true, sampleRate: 16000",
        fix="Add the rate in Hz.",
    ),
    rule(
        "catalog.lexicon",
        "error",
        CatalogPass,
        "a lexicon's entry is a word and its phones",
        bad="[]",
        good='["mean", "m", "iy", "n"]',
        fix="Remove the empty entry.",
    ),
)
