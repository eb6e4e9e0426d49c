"""The reader of Pascal VOC: detection, options, and opening."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, ClassVar

from lading import Dataset, Match, Options, Reader, Report, Source, Told
from lading.errors import SourceError
from lading.model.dataset import SourceFile
from lading_voc.detection import detect
from lading_voc.options import VocOptions

if TYPE_CHECKING:
    from lading_voc.index import Index
    from lading_voc.layout import Tree


class VocReader(Reader):
    """Reads VOC2007 to VOC2012, and the exports of tools that write VOC's XML."""

    name: ClassVar[str] = "voc"
    title: ClassVar[str] = "Pascal VOC: detection, layout, action, segmentation, exports of tools"
    Options: ClassVar[type[Options]] = VocOptions

    def codes(self) -> Mapping[str, Told]:
        """What it tells itself."""
        from lading_voc.codes import CODES

        return CODES

    def detect(self, source: Source) -> Match:
        """How well the source fits, by a look at a few files."""
        return detect(source)

    def open(self, source: Source, options: VocOptions, report: Report) -> Dataset:
        """The dataset. Raises SourceError where there is no annotation, mask or image set."""
        from lading_voc.catalog import declared_catalog  # what detection can do without is imported here
        from lading_voc.dataset import VocDataset
        from lading_voc.dialect import dialect_of
        from lading_voc.indexing import build_index
        from lading_voc.layout import trees_of

        is_one_file = source.selected is not None and source.selected.lower().endswith(".xml")
        trees = trees_of(_names(source, is_one_file=is_one_file), options.boxes)
        if is_one_file:
            _leave_out_other_masks(trees)
        index = build_index(trees, source, report, is_one_file=is_one_file)
        if not index.trees:
            found = detect(source).reason
            raise SourceError(source.label, f"expected VOC annotations, masks or image sets, found none ({found})")
        dialects = [
            dialect_of(tree, [*plain, *by_class], source, options.pixels, report)
            for tree, plain, by_class in zip(index.trees, index.plain_sets, index.class_sets, strict=True)
        ]
        catalog = declared_catalog(
            dialects,
            [_classes(index, number) for number in range(len(index.trees))],
            has_class_masks=any(tree.class_masks or tree.augmented_masks for tree in index.trees),
            has_object_masks=any(tree.object_masks for tree in index.trees),
        )
        return VocDataset(
            source, index, dialects, catalog=catalog, sources=_sources(index.trees), masks=options.masks, report=report
        )


def _names(source: Source, *, is_one_file: bool) -> Sequence[str]:
    """The files of the source; where the caller named one annotation, that one and the pictures."""
    if not is_one_file:
        return source.names()
    others = (".xml", ".txt")
    return [name for name in source.names() if name == source.selected or not name.lower().endswith(others)]


def _leave_out_other_masks(trees: Sequence[Tree]) -> None:
    """Masks say that there is a picture; where one annotation was named, only its own count."""
    for tree in trees:
        for masks in (tree.class_masks, tree.object_masks, tree.augmented_masks):
            for key in masks.keys() - tree.annotations.keys():
                del masks[key]


def _classes(index: Index, number: int) -> list[str]:
    """The classes that a tree has image sets of, in the order of their names."""
    from lading_voc.image_sets import class_of

    plain = [found.name for found in index.plain_sets[number] if found.kind == "Main"]
    names = (class_of(found, plain) for found in index.class_sets[number] if found.kind == "Main")
    return sorted(set(names))


def _sources(trees: Sequence[Tree]) -> list[SourceFile]:
    """What was found, a row a folder: a file each would be as many rows as frames."""
    rows: Counter[tuple[str, str]] = Counter()
    for tree in trees:
        for kind, paths in (
            ("annotations", tree.annotations.values()),
            ("pictures", chain.from_iterable(tree.media.values())),
            ("image sets", tree.sets),
            ("class masks", [*tree.class_masks.values(), *tree.augmented_masks.values()]),
            ("object masks", tree.object_masks.values()),
        ):
            folders = Counter([path.rpartition("/")[0] for path in paths])
            rows.update({(folder or ".", kind): count for folder, count in folders.items()})
    return [SourceFile(file=folder, kind=kind, rows=count) for (folder, kind), count in rows.items()]
