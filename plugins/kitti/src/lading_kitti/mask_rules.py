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
from lading.media import read_mask
from lading.model.dataset import Part
from lading.model.report import Severity

_PIXELS, _VALUE = "kitti.mask-pixels", "kitti.mask-value"


class _Wrong(NamedTuple):
    """What is wrong with a mask: all of `expected` in one folder are told at the first of them."""

    rule: str
    expected: str
    found: str


class _Told(NamedTuple):
    first: Finding
    files: int


class MasksPass(DataChecker):
    """Decodes each semantic mask once; of instance masks the tables list the values.

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
        for label in place.data.labels:
            if isinstance(label, (SemanticMask, InstanceMask)) and label.content is not None:
                path = label.content.path
                for wrong in _semantic(label) if isinstance(label, SemanticMask) else _instance(label):
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


def _semantic(label: SemanticMask) -> Iterator[_Wrong]:
    """What is wrong with the pixels of a mask of semantics."""
    from lading_kitti.catalog import SEMANTIC_NAMES  # rules are registered for any format, and judge this one alone

    if not isinstance(label.content, File):
        return
    try:
        pixels = read_mask(label.content)
    except SourceError:
        return  # `media.unreadable` or `mask.not-png` says it
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


RULES: Sequence[type[Rule]] = (MaskPixels, MaskValue)
