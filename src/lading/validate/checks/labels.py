"""The labels of files, what it takes to judge them prepared once for each type and category."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading.model.catalog import Catalog
from lading.model.codec.labels import SINGLE_KINDS
from lading.model.frame import Data
from lading.model.label import MASK_TYPES, Label, MaskLabel
from lading.model.report import Finding, Severity
from lading.plugin.problem import Place, Problem
from lading.validate.checks.attributes import is_plain
from lading.validate.checks.columns import Columns, columns_of
from lading.validate.checks.geometry import GEOMETRY, check_finite
from lading.validate.checks.keypoints import within_check
from lading.validate.checks.plans import WITHOUT_INSTANCE, KindPlans
from lading.validate.checks.relative import Relative
from lading.validate.checks.same import SAMENESS
from lading.validate.checks.screen import Kind, suspects
from lading.validate.checks.usage import Usage

_Found: TypeAlias = list[tuple[Problem, Label]]


class Suspects(NamedTuple):
    """Labels of several files in columns, and by the number of a file the types of which some may be wrong there."""

    columns: Mapping[type[Label], Columns[Any]]
    types: Mapping[int, set[type[Label]]]


class LabelsPass:
    """Judges the labels of many files: first all at once, then those of files and types in which some may be wrong."""

    def __init__(
        self,
        catalog: Catalog,
        severities: Mapping[str, Severity],
        usage: Usage,
        relative: Relative,
        *,
        is_contract: bool,
    ) -> None:
        self._severities = severities
        self._catalog = catalog
        self._is_contract = is_contract
        self._usage = usage
        self._relative = relative
        self._kinds: dict[type[Label], Kind] = {}
        self._told: set[tuple[str | int | None, ...]] = set()

    def begin(self) -> None:
        """Begin a frame: the labels of one record may lie on several of its files."""
        if self._told:
            self._told.clear()

    def screen(self, files: Sequence[Data], limits: NDArray[np.float64]) -> Suspects:
        """What of the labels of files has to be judged; a row of `limits` is those of a file's picture, in pixels."""
        columns = columns_of(files)
        types: dict[int, set[type[Label]]] = defaultdict(set)
        for label_type, those in columns.items():
            for file in suspects(those, self._kind(label_type), limits):
                types[file].add(label_type)
        return Suspects(columns, types)

    def judge(
        self, place: Place, types: Set[type[Label]], right: float, bottom: float, masks: list[MaskLabel]
    ) -> Iterable[Finding]:
        """What is wrong with the labels of these types in a file; its masks are put into `masks`.

        Polygons are judged elsewhere, as far as their points go.
        """
        found: _Found = []
        groups: dict[type[Label], list[Any]] = defaultdict(list)
        for label in place.data.labels:
            if type(label) in types:
                groups[type(label)].append(label)
        for label_type, labels in groups.items():
            kind = self._kind(label_type)
            self._group(place, kind, labels, (right, bottom), found)
            if len(labels) > 1:
                _compare(place.data, kind, labels, found)
            if kind.is_mask:
                masks += labels
        return self._tell(place, self._relative.take(place, found)) if found else ()

    def _group(self, place: Place, kind: Kind, labels: list[Any], limits: tuple[float, float], found: _Found) -> None:
        """What is wrong with the labels of one type, each by itself."""
        geometry, plans = kind.geometry, kind.plans
        if geometry is not None:
            for label in labels:
                found.extend((problem, label) for problem in geometry(label, *limits))
        for label in labels:
            free = plans.free.get(label.category)
            is_bare = plans.needs_instance and label.instance is None
            if free is None or is_bare or not is_plain(label.attributes, free):
                self._check(place, plans, label, found)
            if kind.is_mask:
                self._usage.note_items(place, label)

    def _check(self, place: Place, plans: KindPlans, label: Label, found: _Found) -> None:
        """A label whose category is new, or always needs a look."""
        if label.category is not None and not plans.knows(label.category):
            self._usage.note(place, label, label.category)
        found.extend((problem, label) for problem in plans.plan(label.category).check(label))

    def _tell(self, place: Place, found: _Found) -> Iterator[Finding]:
        """The findings in the order of the labels; what two labels have out of one record is told once."""
        order = {id(label): index for index, label in enumerate(place.data.labels)}
        for problem, label in sorted(found, key=lambda item: order[id(item[1])]):
            finding = place.finding(problem, label)
            if finding is None:
                continue
            if label.origin is not None:
                # one number that is lost may be missed in several parts of a label, and all of a record be there twice
                what = None if problem.rule in ("label.not-finite", "label.duplicate") else finding.message
                key = (finding.rule, finding.file, finding.pointer, finding.line, what)
                if key in self._told:
                    continue
                self._told.add(key)
            yield finding

    def _kind(self, label_type: type[Label]) -> Kind:
        known = self._kinds.get(label_type)
        if known is not None:
            return known
        name = label_type.kind
        wanted = frozenset(self._severities)
        prepared = Kind(
            geometry=within_check(self._catalog) if name == "KEYPOINTS2D" else GEOMETRY.get(name, check_finite),
            plans=KindPlans(name, self._catalog, wanted, is_contract=self._is_contract),
            sameness=SAMENESS.get(name) if "label.duplicate" in wanted else None,
            is_single=name in SINGLE_KINDS and "label.more-than-one" in wanted,
            has_instance=name not in WITHOUT_INSTANCE and "label.instance-twice" in wanted,
            is_mask=label_type in MASK_TYPES,
        )
        self._kinds[label_type] = prepared
        return prepared


def _compare(data: Data, kind: Kind, labels: list[Any], found: _Found) -> None:
    """What is wrong with labels of one type beside each other."""
    others = labels
    if kind.sameness is not None:
        others = _tell_same(data, labels, kind.sameness(labels), found)
    if kind.is_single:
        message = f"expected one label of {labels[0].kind} a file, found another before this one"
        found.extend((Problem("label.more-than-one", message), label) for label in labels[1:])
    elif kind.has_instance:
        _tell_twice(data, others, found)


def _tell_same(data: Data, labels: list[Any], keys: Sequence[Hashable], found: _Found) -> list[Any]:
    """Labels that are equal to an earlier one are told; the others."""
    firsts: dict[Hashable, Label] = {}
    others = []
    for key, label in zip(keys, labels, strict=True):
        first = firsts.get(key)
        if first is None:
            firsts[key] = label
        elif _agree(first.attributes, label.attributes):
            message = f"expected no label twice, found the same at {data.locate(first)}"
            found.append((Problem("label.duplicate", message), label))
            continue
        others.append(label)
    return others


def _agree(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether no attribute that both have differs: a copy may lack what is derived, such as a velocity."""
    return all(other[name] == value for name, value in one.items() if name in other)


def _tell_twice(data: Data, labels: list[Any], found: _Found) -> None:
    """Instances that are there again; a part of an object has its instance, and a category of its own."""
    taken: dict[tuple[str, str | None], Label] = {}
    for label in labels:
        if label.instance is None:
            continue
        key = (label.instance, label.category)
        first = taken.setdefault(key, label)
        if first is not label:
            at = data.locate(first, "instance")
            message = f"expected each instance once a file and type, found {label.instance!r} again, first at {at}"
            found.append((Problem("label.instance-twice", message, "instance"), label))
