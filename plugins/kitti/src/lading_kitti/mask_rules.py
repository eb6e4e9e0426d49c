"""Rules of masks: the values of their pixels are of labels of KITTI (source-formats.md 3.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import dirname
from typing import NamedTuple

import numpy as np
from msgspec import structs

from lading import (
    Catalog,
    Data,
    DataChecker,
    Dataset,
    File,
    Finding,
    GroupedRule,
    InstanceMask,
    Origin,
    Place,
    Problem,
    Rule,
    SemanticMask,
    counted,
)
from lading.errors import SourceError
from lading.media import MaskPixels as Pixels
from lading.media import read_mask
from lading.model.dataset import Part
from lading.model.report import Severity

_PIXELS, _VALUE, _CLASSES = "kitti.mask-pixels", "kitti.mask-value", "kitti.mask-classes"


class _Wrong(NamedTuple):
    """What is wrong with a mask: all of `expected` in one folder are told at the first of them."""

    rule: str
    expected: str
    found: str


class _Told(NamedTuple):
    first: Finding
    files: int


class MasksPass(DataChecker):
    """Decodes each semantic mask once, and the instance mask beside it, of which the table lists the values.

    It keeps the first of each kind of problem in each folder, and their number.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        super().__init__(dataset, catalog, severities)
        self._is_kitti = dataset.format == "kitti"
        self._told: dict[tuple[str, str, str], _Told] = {}

    def concerns(self, data: Data) -> bool:
        """Whether it is of KITTI."""
        return self._is_kitti

    def judge(self, place: Place) -> Iterable[Finding]:
        """Nothing yet: what is wrong with masks is gathered."""
        masks = [label for label in place.data.labels if isinstance(label, (SemanticMask, InstanceMask))]
        decoded = {label.kind: _decoded(label) for label in masks if isinstance(label, SemanticMask) or len(masks) > 1}
        for label in masks:
            if label.content is None:
                continue
            pixels, path = decoded.get(label.kind), label.content.path
            if isinstance(label, SemanticMask):
                wrongs = [] if pixels is None else list(_semantic(pixels))
            else:
                wrongs = list(_instance(label)) or list(_classes(pixels, decoded.get("SEMANTIC_MASK")))
            for wrong in wrongs:
                problem = Problem(wrong.rule, f"expected {wrong.expected}, found {wrong.found}")
                first = place.finding(problem, at=Origin(path))
                if first is not None:
                    self._add((wrong.rule, dirname(path), wrong.expected), _Told(first, 1))
        return ()

    def _add(self, key: tuple[str, str, str], told: _Told) -> None:
        known = self._told.get(key)
        self._told[key] = told if known is None else _Told(known.first, known.files + told.files)

    def memory(self) -> dict[tuple[str, str, str], _Told]:
        """What has gathered."""
        return self._told

    def absorb(self, memory: dict[tuple[str, str, str], _Told], part: Part) -> Iterable[Finding]:
        """Add what has gathered in the next part."""
        for key, told in memory.items():
            self._add(key, told)
        return ()

    def finish(self) -> Iterable[Finding]:
        """What is wrong with masks, once a folder."""
        for first, files in self._told.values():
            more = f", and such in {counted(files - 1, 'more file')}" if files > 1 else ""
            yield structs.replace(first, message=f"{first.message}{more}")


def _decoded(label: SemanticMask | InstanceMask) -> Pixels | None:
    if not isinstance(label.content, File):
        return None
    try:
        return read_mask(label.content)
    except SourceError:
        return None  # `media.unreadable` or `mask.not-png` says it


def _semantic(pixels: Pixels) -> Iterator[_Wrong]:
    """What is wrong with the pixels of a mask of semantics."""
    from lading_kitti.catalog import SEMANTIC_NAMES  # rules are registered for any format, and judge this one alone

    if pixels.is_colour:
        yield _Wrong(_PIXELS, "one channel of whole numbers", "colours")
        return
    odd = [value for value in np.unique(pixels.values).tolist() if value >= len(SEMANTIC_NAMES)]
    if odd:
        yield _Wrong(_VALUE, f"pixel values 0 to {len(SEMANTIC_NAMES) - 1}", _shown(odd))


def _instance(label: InstanceMask) -> Iterator[_Wrong]:
    """What is wrong with the values of an instance mask, of which the table says the classes."""
    from lading_kitti.masks import MOTS_BASE, SEMANTIC_BASE

    items = label.items or ()
    highest = max((item.value for item in items), default=0)
    odd = [item for item in items if item.category is None]
    if not odd and 0 < highest < SEMANTIC_BASE:  # of MOTS, such are of no class
        found = f"no value above {highest}: labels alone, or 8 bits of 16"
        yield _Wrong(_VALUE, f"{SEMANTIC_BASE} * label + instance", found)
    elif odd:
        base = MOTS_BASE if odd[0].value // MOTS_BASE == odd[0].category_id else SEMANTIC_BASE
        expected = f"pixel values {base} * class + instance of a known class"
        yield _Wrong(_VALUE, expected, _shown([item.value for item in odd]))


def _classes(pixels: Pixels | None, semantic: Pixels | None) -> Iterator[_Wrong]:
    """Instances of which most pixels are of another class in the mask of semantics; 0 is of none."""
    from lading_kitti.catalog import SEMANTIC_NAMES
    from lading_kitti.masks import SEMANTIC_BASE

    if pixels is None or semantic is None or semantic.is_colour or pixels.values.shape != semantic.values.shape:
        return
    values, classes = pixels.values, semantic.values
    differ = (values // SEMANTIC_BASE != classes) & (values > 0)
    if not differ.any() or classes.max() >= len(SEMANTIC_NAMES):
        return
    odd = [value for value in np.unique(values[differ]).tolist() if 2 * differ[values == value].mean() > 1]
    if odd:
        there = np.bincount(classes[values == odd[0]]).argmax()
        more = f", and {counted(len(odd) - 1, 'more value')}" if len(odd) > 1 else ""
        names = [SEMANTIC_NAMES[number] for number in (odd[0] // SEMANTIC_BASE, there)]
        found = f"{names[0]} in value {odd[0]}, where that has {names[1]}{more}"
        yield _Wrong(_CLASSES, "the class that the semantic mask has beside it", found)


def _shown(odd: Sequence[int]) -> str:
    return f"{odd[0]}, and {len(odd) - 1:,} more" if len(odd) > 1 else f"{odd[0]}"


class _MasksRule(GroupedRule):
    formats = frozenset({"kitti"})
    checker = MasksPass


class MaskPixels(_MasksRule):
    """Semantic masks have one channel."""

    code = _PIXELS
    severity = "error"
    title = "a semantic mask is a picture of one channel"
    bad = "semantic/000000_10.png in the colours of Cityscapes, as semantic_rgb has them"
    good = "semantic/000000_10.png of ids of labels"
    fix = "Take the files of `semantic`, or write the ids of the labels."


class MaskValue(_MasksRule):
    """Pixels are of known classes."""

    code = _VALUE
    severity = "warning"
    title = "a pixel of a mask is of a known class"
    bad = "99 in a semantic mask, or an instance mask of labels alone"
    good = "26 in a semantic mask, 26 * 256 + 1 in an instance mask"
    fix = "Write the ids of Cityscapes' labels, and instance masks in 16 bits, 256 * label + instance."


class MaskClasses(_MasksRule):
    """The two masks of a picture agree in the classes of instances."""

    code = _CLASSES
    severity = "warning"
    title = "an instance has the class that the semantic mask has there"
    bad = "33 * 256 + 1 in an instance mask, where the semantic mask has 26"
    good = "26 * 256 + 1, where the semantic mask has 26"
    fix = "Find out which of the two is right, and draw the other anew."


RULES: Sequence[type[Rule]] = (MaskPixels, MaskValue, MaskClasses)
