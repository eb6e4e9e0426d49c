"""Rules of masks: the values of their pixels are of labels of KITTI (source-formats.md 3.10)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from posixpath import dirname
from typing import ClassVar, NamedTuple

import numpy as np
from msgspec import structs

from lading import (
    BlockChecker,
    Catalog,
    Dataset,
    File,
    Finding,
    Frame,
    InstanceMask,
    Rule,
    Segment,
    SemanticMask,
    counted,
)
from lading.errors import SourceError
from lading.media import read_mask
from lading.model.dataset import Part
from lading.model.report import Severity
from lading.plugin.contracts import CheckerFactory, GroupedRule

_PIXELS, _VALUE = "kitti.mask-pixels", "kitti.mask-value"


class _Problem(NamedTuple):
    """What is wrong with a mask: all of `expected` in one folder are told at the first of them."""

    rule: str
    expected: str
    found: str


class _Told(NamedTuple):
    first: Finding
    files: int


class MasksPass(BlockChecker):
    """Decodes each semantic mask once; of instance masks the tables list the values.

    It keeps the first of each kind of problem in each folder, and their number.
    """

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._is_kitti = dataset.format == "kitti"
        self._told: dict[tuple[str, str, str], _Told] = {}

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """Nothing yet: what is wrong with masks is gathered."""
        for frame in frames if self._is_kitti else ():
            for data in frame.data:
                for label in data.labels:
                    if isinstance(label, (SemanticMask, InstanceMask)) and label.content is not None:
                        self._gather(label, label.content.path, segment, frame)
        return ()

    def _gather(self, label: SemanticMask | InstanceMask, path: str, segment: Segment, frame: Frame) -> None:
        for problem in _semantic(label) if isinstance(label, SemanticMask) else _instance(label):
            if problem.rule in self._severities:
                first = Finding(
                    rule=problem.rule,
                    severity=self._severities[problem.rule],
                    message=f"expected {problem.expected}, found {problem.found}",
                    segment=segment.name,
                    frame=frame.key,
                    file=path,
                )
                self._add((problem.rule, dirname(path), problem.expected), _Told(first, 1))

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


def _semantic(label: SemanticMask) -> Iterator[_Problem]:
    """What is wrong with the pixels of a mask of semantics."""
    from lading_kitti.catalog import SEMANTIC_NAMES  # rules are registered for any format, and judge this one alone

    if not isinstance(label.content, File):
        return
    try:
        pixels = read_mask(label.content)
    except SourceError:
        return  # `media.unreadable` or `mask.not-png` says it
    if pixels.is_colour:
        yield _Problem(_PIXELS, "one channel of whole numbers", "colours")
        return
    odd = [value for value in np.unique(pixels.values).tolist() if value >= len(SEMANTIC_NAMES)]
    if odd:
        yield _Problem(_VALUE, f"pixel values 0 to {len(SEMANTIC_NAMES) - 1}", _shown(odd))


def _instance(label: InstanceMask) -> Iterator[_Problem]:
    """What is wrong with the values of an instance mask, of which the table says the classes."""
    from lading_kitti.masks import MOTS_BASE, SEMANTIC_BASE

    items = label.items or ()
    highest = max((item.value for item in items), default=0)
    odd = [item for item in items if item.category is None]
    if not odd and 0 < highest < SEMANTIC_BASE:  # of MOTS, such are of no class
        found = f"no value above {highest}: labels alone, or 8 bits of 16"
        yield _Problem(_VALUE, f"{SEMANTIC_BASE} * label + instance", found)
    elif odd:
        base = MOTS_BASE if odd[0].value // MOTS_BASE == odd[0].category_id else SEMANTIC_BASE
        expected = f"pixel values {base} * class + instance of a known class"
        yield _Problem(_VALUE, expected, _shown([item.value for item in odd]))


def _shown(odd: Sequence[int]) -> str:
    return f"{odd[0]}, and {len(odd) - 1:,} more" if len(odd) > 1 else f"{odd[0]}"


class _MasksRule(GroupedRule):
    formats: ClassVar[frozenset[str]] = frozenset({"kitti"})
    checker: ClassVar[CheckerFactory] = MasksPass


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
