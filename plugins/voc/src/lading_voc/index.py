"""The index of a source: which frames there are, in which segments, and which picture belongs to which id.

It holds names and numbers, one entry a frame; no annotation is read for it unless a picture cannot be found otherwise.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from lading import Origin, Report, Source
from lading_voc.annotation import peek
from lading_voc.contents import read_bytes
from lading_voc.document import root_name
from lading_voc.image_sets import Entry, ImageSet, entries_of, image_set, is_class_set
from lading_voc.layout import SPLITS, Tree, folder_of

#: XML outside the folders for annotations is looked into so often before all of it is taken for annotations.
_MOST_LOOKS = 200

UNLISTED = "unlisted"


class Ref(NamedTuple):
    """A frame: the number of its tree, and its id there."""

    tree: int
    id: str


class Index(msgspec.Struct):
    """Trees with something to say, their sets, and the frames of each segment in order.

    `found` are pictures whose name is not that of the id; `repeated` are ids that several trees have.
    """

    trees: list[Tree]
    plain_sets: list[list[ImageSet]]
    class_sets: list[list[ImageSet]]
    segments: dict[str, list[Ref]] = {}
    found: dict[Ref, str] = {}
    repeated: frozenset[str] = frozenset()

    def picture(self, ref: Ref, filename: str | None = None) -> str | None:
        """The path of a frame's picture; of several the one that the annotation names, else the first."""
        pictures = self.trees[ref.tree].media.get(ref.id)
        if pictures is None:
            return self.found.get(ref)
        if len(pictures) > 1 and filename:
            return next((path for path in pictures if path.rpartition("/")[2] == filename), pictures[0])
        return pictures[0]

    def key(self, ref: Ref) -> str:
        """The name of a frame: its id, with the name of its tree before it where another tree has the id too."""
        return f"{self.tree_name(ref.tree)}/{ref.id}" if ref.id in self.repeated else ref.id

    def tree_name(self, number: int) -> str:
        """The last part of a tree's root, the whole root where that is not enough to tell it."""
        tree = self.trees[number]
        alike = sum(other.name == tree.name for other in self.trees)
        return tree.name if alike == 1 and tree.name else tree.root or "."


def build_index(trees: list[Tree], source: Source, report: Report, *, is_one_file: bool = False) -> Index:
    """Bring frames to segments and pictures to frames. What does not fit together is told."""
    _leave_out_strays(trees, source, report)
    annotated = [tree for tree in trees if tree.is_annotated]
    index = Index(annotated, [], [])
    for tree in annotated:
        plain, by_class = _sorted_sets(tree, source, report)
        index.plain_sets.append(plain)
        index.class_sets.append(by_class)
        _tell_duplicates(tree, report)
    _Segments(index, source, report).run()
    ids = [{ref.id for refs in index.segments.values() for ref in refs if ref.tree == n} for n in range(len(annotated))]
    counted = Counter(key for known in ids for key in known)
    index.repeated = frozenset(key for key, count in counted.items() if count > 1)
    if index.repeated:
        names = ", ".join(index.tree_name(n) for n in range(len(annotated)))
        message = f"expected ids that differ between {names}, found {len(index.repeated):,} that do not, for example "
        message += f"{min(index.repeated)!r}; their folder's name is part of these frames' names"
        report.warning("voc.repeated-id", message)
    _Pictures(index, trees, ids, source, report).run(is_one_file=is_one_file)
    return index


def _leave_out_strays(trees: list[Tree], source: Source, report: Report) -> None:
    """Leave out XML of another kind that lies outside the folders for annotations and has no picture of its name."""
    candidates = [
        (tree, key, path)
        for tree in trees
        if tree.is_beside
        for key, path in tree.annotations.items()
        if key not in tree.media and folder_of(path.rpartition("/")[0]).role != "annotations"
    ]
    if len(candidates) > _MOST_LOOKS:
        return
    for tree, key, path in candidates:
        data = read_bytes(source, path, report)
        name = None if data is None else root_name(data)
        if name is not None and name != "annotation":
            del tree.annotations[key]
            message = f"expected a root `annotation`, found {name!r}; the file is left out"
            report.warning("voc.not-annotation", message, Origin(path, f"/{name}"))


def _sorted_sets(tree: Tree, source: Source, report: Report) -> tuple[list[ImageSet], list[ImageSet]]:
    plain: list[ImageSet] = []
    by_class: list[ImageSet] = []
    known = tree.annotations.keys() | tree.media.keys()
    for path in tree.sets:
        found = image_set(path)
        is_class = "_" in found.name and is_class_set(found, read_bytes(source, path, report) or b"", known)
        (by_class if is_class else plain).append(found)
    return sorted(plain, key=lambda s: s.rank), sorted(by_class, key=lambda s: s.rank)


def _tell_duplicates(tree: Tree, report: Report) -> None:
    for dropped, kept in tree.duplicates:
        message = f"expected one annotation file of an id, found {kept!r} too; this one is not read"
        report.error("voc.duplicate-id", message, Origin(dropped))
        report.loss("annotation file of an id that has another", dropped)


class _Segments:
    """Gives each frame to the first set that lists it."""

    def __init__(self, index: Index, source: Source, report: Report) -> None:
        self._index = index
        self._source = source
        self._report = report
        self._taken: list[set[str]] = [set() for _ in index.trees]
        self._known = [_ids_with_files(tree) for tree in index.trees]

    def run(self) -> None:
        """Fill the segments: sets by rank, of equal name over all trees, then what no set lists."""
        ranked = sorted({(s.rank, s.kind, s.name) for sets in self._index.plain_sets for s in sets})
        kinds = Counter(name for _, _, name in ranked)
        for _, kind, name in ranked:
            refs = [ref for number in range(len(self._index.trees)) for ref in self._of_set(number, kind, name)]
            if refs:
                is_plain = kind == "Main" or kinds[name] == 1
                self._index.segments[name if is_plain else f"{kind}-{name}"] = refs
        for number, tree in enumerate(self._index.trees):
            listed = self._taken[number]
            for key in sorted(_annotated_ids(tree) - listed):
                self._index.segments.setdefault(self._unlisted(number, key), []).append(Ref(number, key))

    def _of_set(self, number: int, kind: str, name: str) -> Iterator[Ref]:
        for found in self._index.plain_sets[number]:
            if (found.kind, found.name) != (kind, name):
                continue
            seen: set[str] = set()
            again: list[Entry] = []
            without: list[Entry] = []
            for entry in entries_of(read_bytes(self._source, found.path, self._report) or b"", self._known[number]):
                if entry.id in seen:
                    if not entry.columns:  # Layout and Action list a picture once an object
                        again.append(entry)
                    continue
                seen.add(entry.id)
                if entry.id not in self._known[number]:
                    without.append(entry)
                if entry.id not in self._taken[number]:
                    self._taken[number].add(entry.id)
                    yield Ref(number, entry.id)
            self._tell(found, again, without)

    def _tell(self, found: ImageSet, again: list[Entry], without: list[Entry]) -> None:
        for rule, entries, expected in (
            ("voc.listed-twice", again, "each id once"),
            ("voc.listed-without-file", without, "a picture or an annotation of each id"),
        ):
            if entries:
                what = "that is listed again" if rule == "voc.listed-twice" else "without either"
                message = f"expected {expected}, found {len(entries):,} {what}, first {entries[0].id!r}"
                self._report.warning(rule, message, Origin(found.path, line=entries[0].line))

    def _unlisted(self, number: int, key: str) -> str:
        """The segment of a frame that no set lists: by the folder of a split, by its tree, or `unlisted`."""
        tree = self._index.trees[number]
        if self._index.plain_sets[number]:
            return UNLISTED
        folders = [*tree.root.split("/"), *key.split("/")[:-1]]
        split = next((part for part in reversed(folders) if part.lower() in SPLITS), None)
        if split is not None:
            return split
        others = sum(bool(tree.annotations) and not sets for tree, sets in self._trees_and_sets())
        return self._index.tree_name(number) if others > 1 and tree.root else UNLISTED

    def _trees_and_sets(self) -> Iterator[tuple[Tree, list[ImageSet]]]:
        yield from zip(self._index.trees, self._index.plain_sets, strict=True)


def _annotated_ids(tree: Tree) -> set[str]:
    return {*tree.annotations, *tree.class_masks, *tree.object_masks, *tree.augmented_masks}


def _ids_with_files(tree: Tree) -> set[str]:
    return _annotated_ids(tree) | tree.media.keys()


class _Pictures:
    """Finds pictures for ids that have none of their own name, and tells of pictures that nothing lists."""

    def __init__(self, index: Index, trees: list[Tree], ids: list[set[str]], source: Source, report: Report) -> None:
        self._index = index
        self._source = source
        self._report = report
        self._ids = ids
        used = {id(tree): known for tree, known in zip(index.trees, ids, strict=True)}
        self._left = {
            path: key
            for tree in trees
            for key, paths in tree.media.items()
            if key not in used.get(id(tree), ())
            for path in paths
        }

    def run(self, *, is_one_file: bool) -> None:
        """Look by every name that an id may go by; by the annotation's own `filename` only at the end."""
        lacking = [
            Ref(number, key)
            for number, tree in enumerate(self._index.trees)
            for key in sorted(self._ids[number] - tree.media.keys())
        ]
        if lacking and self._left:
            self._by_name(lacking)
            self._by_filename([ref for ref in lacking if ref not in self._index.found])
        self._tell_several()
        if self._left and not is_one_file:
            first = min(self._left)
            message = f"expected pictures that an annotation or an image set lists, found {len(self._left):,} that "
            self._report.warning("voc.unlisted-picture", f"{message}none does, first {first!r}", Origin(first))

    def _take(self, ref: Ref, path: str) -> None:
        self._index.found[ref] = path
        del self._left[path]

    def _by_name(self, lacking: list[Ref]) -> None:
        by_file: dict[str, list[str]] = {}
        for path, key in self._left.items():
            file = path.rpartition("/")[2]
            for name in {_folded(key), _folded(key.rpartition("/")[2]), _folded(file)}:
                by_file.setdefault(name, []).append(path)
        for ref in lacking:
            for name in (_folded(ref.id), _folded(ref.id.rpartition("/")[2])):
                paths = [path for path in by_file.get(name, ()) if path in self._left]
                if len(paths) == 1:
                    self._take(ref, paths[0])
                    break

    def _by_filename(self, lacking: list[Ref]) -> None:
        by_file: dict[str, list[str]] = {}
        for path in self._left:
            by_file.setdefault(_folded(path.rpartition("/")[2]), []).append(path)
        for ref in lacking:
            annotation = self._index.trees[ref.tree].annotations.get(ref.id)
            if annotation is None or not self._left:
                continue
            data = read_bytes(self._source, annotation, self._report)
            seen = None if data is None else peek(data)
            name = "" if seen is None or seen.filename is None else seen.filename.replace("\\", "/").rpartition("/")[2]
            paths = [path for path in by_file.get(_folded(name), ()) if path in self._left]
            if len(paths) == 1:
                self._take(ref, paths[0])
                message = f"expected a picture named as this file, found only {paths[0]!r}, as `filename` says"
                self._report.warning("voc.filename", message, Origin(annotation, "/annotation/filename"))

    def _tell_several(self) -> None:
        for number, tree in enumerate(self._index.trees):
            several = [key for key, paths in tree.media.items() if len(paths) > 1 and key in self._ids[number]]
            if several:
                paths = " and ".join(tree.media[several[0]])
                message = f"expected one picture of an id, found {len(several):,} ids with more, first {paths}; "
                message += "the one that `filename` names is taken, else the first"
                self._report.warning("voc.several-pictures", message, Origin(tree.media[several[0]][1]))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
