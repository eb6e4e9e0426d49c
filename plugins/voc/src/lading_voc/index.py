"""The index of a source: which frames there are, in which segments, and which picture belongs to which id."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from lading import Origin
from lading_voc.image_sets import ImageSet
from lading_voc.layout import Tree


class Ref(NamedTuple):
    """A frame: the number of its tree, and its id there."""

    tree: int
    id: str


class Index(msgspec.Struct):
    """Trees with something to say, their sets, and the frames of each segment in order.

    `found` are pictures whose name is not that of the id; `repeated` are ids that several trees have; `unfiled` says
    where ids are listed that have neither a picture nor an annotation, `origins` what segments are named after.
    """

    trees: list[Tree]
    plain_sets: list[list[ImageSet]]
    class_sets: list[list[ImageSet]]
    segments: dict[str, list[Ref]] = {}
    found: dict[Ref, str] = {}
    repeated: frozenset[str] = frozenset()
    unfiled: dict[Ref, Origin] = {}
    origins: dict[str, Origin] = {}

    def picture(self, ref: Ref, filename: str | None = None) -> str | None:
        """The path of a frame's picture; of several the one that the annotation names, else the first."""
        pictures = self.trees[ref.tree].media.get(ref.id)
        if pictures is None:
            return self.found.get(ref)
        if len(pictures) > 1 and filename:
            return next((path for path in pictures if path.rpartition("/")[2] == filename), pictures[0])
        return pictures[0]

    def says_segmented(self, number: int) -> bool:
        """Whether annotations alone say what has a mask: of a tree with masks and without sets for segmentation."""
        tree = self.trees[number]
        has_masks = bool(tree.class_masks or tree.augmented_masks or tree.object_masks)
        return has_masks and all(found.kind != "Segmentation" for found in self.plain_sets[number])

    def key(self, ref: Ref) -> str:
        """The name of a frame: its id, with the name of its tree before it where another tree has the id too."""
        return f"{self.tree_name(ref.tree)}/{ref.id}" if ref.id in self.repeated else ref.id

    def tree_name(self, number: int) -> str:
        """The last part of a tree's root, the whole root where that is not enough to tell it."""
        tree = self.trees[number]
        alike = sum(other.name == tree.name for other in self.trees)
        return tree.name if alike == 1 and tree.name else tree.root or "."
