"""The catalog by itself: names, delimiter, keypoints, sentences (platform-api.md G2)."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence

from lading.model.catalog import VISIBILITIES, Catalog, Keypoints, Subcatalog
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Frame
from lading.model.label import LABEL_TYPES
from lading.model.report import Finding, Severity
from lading.plugin.contracts import BlockChecker
from lading.plugin.problem import Problem
from lading.validate.checks.catalog_attributes import (
    Told,
    attribute_problems,
    catalog_finding,
    parent_problems,
)

_MASKS = frozenset({"SEMANTIC_MASK", "INSTANCE_MASK", "PANOPTIC_MASK"})
_WITHOUT_TRACKING = frozenset({"CLASSIFICATION", "SENTENCE", "SEMANTIC_MASK", "PANOPTIC_MASK"})

#: Fields that some label types have and others have not (D0), by their names here and on the wire.
_OWN_FIELDS: Mapping[str, tuple[str, frozenset[str]]] = {
    "is_tracking": ("isTracking", frozenset(LABEL_TYPES) - _WITHOUT_TRACKING),
    "category_delimiter": ("categoryDelimiter", frozenset(LABEL_TYPES) - {"SENTENCE"}),
    "categories": ("categories", frozenset(LABEL_TYPES) - {"SENTENCE"}),
    "keypoints": ("keypoints", frozenset({"KEYPOINTS2D"})),
    "is_beizer_curve": ("isBeizerCurve", frozenset({"POLYLINE2D"})),
    "is_sample": ("isSample", frozenset({"SENTENCE"})),
    "sample_rate": ("sampleRate", frozenset({"SENTENCE"})),
    "lexicon": ("lexicon", frozenset({"SENTENCE"})),
}

#: The largest pixel value of a mask of 16 bit.
_LARGEST_ID = 65_535


class CatalogPass(BlockChecker):
    """Checks the catalog once, at the end."""

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._catalog = catalog
        self._is_contract = catalog is not dataset.catalog
        self._is_continuous = dataset.is_continuous

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """Nothing: frames say nothing of the catalog."""
        return ()

    def finish(self) -> Iterable[Finding]:
        """What is wrong with the catalog."""
        yield from self._catalog.notes
        told: set[Finding] = set()  # a record of a source may be in the catalogs of several label types
        for problem, path in self._problems():
            finding = catalog_finding(self._catalog, problem, path, self._severities)
            if finding is not None and not (finding in told and finding.file is not None):
                told.add(finding)
                yield finding

    def _problems(self) -> Iterator[Told]:
        if self._is_contract and not self._catalog:
            yield Problem("catalog.empty", "expected label types in the catalog, found none"), ()
        for kind in self._catalog.kinds():
            subcatalog = self._catalog[kind]
            if kind not in LABEL_TYPES:
                yield Problem("catalog.unknown-type", f"expected a known label type, found {kind!r}"), (kind,)
                continue
            for problem, path in _subcatalog(kind, subcatalog):
                yield problem, (kind, *path)
            if subcatalog.is_tracking and not self._is_continuous:
                message = "expected tracking in a continuous dataset alone, found it in another"
                yield Problem("catalog.tracking-not-continuous", message), (kind, "isTracking")


def _subcatalog(kind: str, subcatalog: Subcatalog) -> Iterator[Told]:
    for field, (wire, kinds) in _OWN_FIELDS.items():
        if getattr(subcatalog, field) and kind not in kinds:
            yield Problem("catalog.stray-field", f"expected no {wire} in {kind}, found one"), (wire,)
    yield from _names("categories", "category", [category.name for category in subcatalog.categories])
    yield from _names("attributes", "attribute", [attribute.name for attribute in subcatalog.attributes])
    yield from _delimiter(subcatalog)
    if kind in _MASKS:
        yield from _mask_ids(subcatalog)
    for index, attribute in enumerate(subcatalog.attributes):
        for problem, path in attribute_problems(attribute):
            yield problem, ("attributes", index, *path)
        for problem, path in parent_problems(subcatalog, attribute.parent_categories):
            yield problem, ("attributes", index, *path)
    if kind == "KEYPOINTS2D":
        yield from _keypoints(subcatalog)
    if kind == "SENTENCE":
        yield from _sentence(subcatalog)


def _names(field: str, noun: str, names: list[str]) -> Iterator[Told]:
    taken: set[str] = set()
    for index, name in enumerate(names):
        path = (field, index, "name")
        if not name:
            yield Problem("catalog.empty-name", f"expected a name of the {noun}, found an empty one"), path
        elif name in taken:
            yield Problem(f"catalog.duplicate-{noun}", f"expected each {noun} once, found {name!r} again"), path
        taken.add(name)


def _delimiter(subcatalog: Subcatalog) -> Iterator[Told]:
    delimiter = subcatalog.category_delimiter
    if delimiter == "":
        message = "expected a delimiter of one character or more, found an empty one"
        yield Problem("catalog.delimiter", message), ("categoryDelimiter",)
    for index, category in enumerate(subcatalog.categories):
        name, path = category.name, ("categories", index, "name")
        if delimiter and name and "" in name.split(delimiter):
            message = f"expected names between the delimiters {delimiter!r}, found {name!r}"
            yield Problem("catalog.delimiter", message), path
        elif delimiter is None and "." in name.strip("."):
            message = f"expected a categoryDelimiter where a name has parts, found {name!r} without one"
            yield Problem("catalog.dotted-name", message), path


def _mask_ids(subcatalog: Subcatalog) -> Iterator[Told]:
    taken: set[int] = set()
    for index, category in enumerate(subcatalog.categories):
        number = category.category_id
        path = ("categories", index) if number is None else ("categories", index, "categoryId")
        if number is None or number < 0:
            found = "none" if number is None else number
            yield Problem("catalog.mask-id", f"expected a categoryId from 0 on, found {found}"), path
        elif number in taken:
            yield Problem("catalog.mask-id", f"expected each categoryId once, found {number} again"), path
        elif number > _LARGEST_ID:
            message = f"expected a categoryId of 16 bits, 0 to {_LARGEST_ID}, found {number}"
            yield Problem("catalog.mask-id-large", message), path
        if number is not None:
            taken.add(number)


def _keypoints(subcatalog: Subcatalog) -> Iterator[Told]:
    rules = subcatalog.keypoints
    if not rules:
        yield Problem("catalog.keypoints-missing", "expected how many keypoints there are, found nothing"), ()
    for index, rule in enumerate(rules or ()):
        for problem, path in _keypoints_rule(rule):
            yield problem, ("keypoints", index, *path)
        for problem, path in parent_problems(subcatalog, rule.parent_categories):
            yield problem, ("keypoints", index, *path)
    yield from _overlap(subcatalog, rules or [])


def _keypoints_rule(rule: Keypoints) -> Iterator[Told]:
    if rule.number < 1:
        yield Problem("catalog.keypoints-number", f"expected 1 keypoint or more, found {rule.number}"), ("number",)
    names = rule.names
    if names is not None and (len(names) != rule.number or len(set(names)) != len(names)):
        again = next((name for number, name in enumerate(names) if name in names[:number]), None)
        found = f"{len(names)}" if again is None else f"{len(names)}, {again!r} again"
        message = f"expected {rule.number} names, no two alike, found {found}"
        yield Problem("catalog.keypoints-names", message), ("names",)
    for index, pair in enumerate(rule.skeleton or ()):
        if len(pair) != 2 or pair[0] == pair[1] or not all(0 <= end < rule.number for end in pair):
            message = f"expected two different indexes from 0 to {rule.number - 1}, found {pair}"
            yield Problem("catalog.keypoints-skeleton", message), ("skeleton", index)
    if rule.visible is not None and rule.visible not in VISIBILITIES:
        message = f"expected one of {', '.join(VISIBILITIES)}, found {rule.visible!r}"
        yield Problem("catalog.keypoints-visible", message), ("visible",)


def _overlap(subcatalog: Subcatalog, rules: list[Keypoints]) -> Iterator[Told]:
    """Two rules for one category: one for all beside any other, or two that name it, or the same ancestor of it."""
    names = [category.name for category in subcatalog.categories]
    named = {name for rule in rules for name in rule.parent_categories}
    owners: dict[str | None, int] = {}
    for index, rule in enumerate(rules):
        covered: list[str | None] = [
            name
            for name in names
            if name in rule.parent_categories
            or (name not in named and any(subcatalog.is_below(name, parent) for parent in rule.parent_categories))
        ]
        if not rule.parent_categories:
            covered = [*names, None]
        clash = next((name for name in covered if name in owners), None)
        if clash is not None or (None in covered and None in owners):
            message = f"expected one rule of keypoints a category, found rule {owners[clash]} for {clash!r} as well"
            message += _difference(rule.names or [], rules[owners[clash]].names or [])
            yield Problem("catalog.keypoints-overlap", message), ("keypoints", index)
        for name in covered:
            owners.setdefault(name, index)


def _difference(names: list[str], others: list[str]) -> str:
    """What the names of two rules have that is not alike, as a message ends that tells of the first."""
    if not names or not others or names == others:
        return ""
    if sorted(names) == sorted(others):
        at = next(number for number, name in enumerate(names) if name != others[number])
        return f", whose names are in another order: {others[at]!r} where this has {names[at]!r}"
    strays = [name for name in names if name not in others] or [name for name in others if name not in names]
    return f", whose names are others: {strays[0]!r} is in one alone" if strays else ", whose names are others"


def _sentence(subcatalog: Subcatalog) -> Iterator[Told]:
    rate = subcatalog.sample_rate
    if subcatalog.is_sample and not (rate is not None and 0 < rate < math.inf):
        message = f"expected a sampleRate above 0 where times are samples, found {rate}"
        yield Problem("catalog.sample-rate", message), ("sampleRate",)
    for index, entry in enumerate(subcatalog.lexicon or ()):
        if not entry or not all(entry):
            message = f"expected a word and its phones, found {entry}"
            yield Problem("catalog.lexicon", message), ("lexicon", index)
