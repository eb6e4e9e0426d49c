"""Segments: each frame goes to the first image set that lists it, or to one for what no set lists."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from lading import Origin, Report, Source, counted
from lading_voc.contents import read_bytes
from lading_voc.image_sets import APART, Entry, ImageSet, entries_of, lines_of
from lading_voc.index import Index, Ref
from lading_voc.layout import SPLITS, Tree

UNLISTED = "unlisted"
#: Where so many of a set have no annotation, or fewer, these are missing: else the set is of pictures to be labelled.
_FEW_BARE = 0.2


class Segments:
    """Gives each frame to the first set that lists it."""

    def __init__(self, index: Index, source: Source, report: Report) -> None:
        self._index = index
        self._source = source
        self._report = report
        self._taken: list[set[str]] = [set() for _ in index.trees]
        self._blank: set[tuple[str, str]] = set()
        self._known = [_ids_with_files(tree) for tree in index.trees]
        self._lines: dict[tuple[int, str], dict[str, tuple[str, dict[str, int]]]] = defaultdict(dict)

    def run(self) -> None:
        """Fill the segments: sets by rank, of equal name over all trees, then what no set lists."""
        ranked = sorted({(s.rank, s.kind, s.name) for sets in self._index.plain_sets for s in sets})
        kinds = Counter(name for _, _, name in ranked)
        for _, kind, name in ranked:
            refs = [ref for number in range(len(self._index.trees)) for ref in self._of_set(number, kind, name)]
            if refs or (kind, name) in self._blank:
                is_plain = kind == "Main" or kinds[name] == 1
                segment = name if is_plain else f"{kind}-{name}"
                self._index.segments[segment] = refs
                self._index.origins[segment] = Origin(self._path_of(refs[0].tree if refs else None, kind, name))
        for number, tree in enumerate(self._index.trees):
            listed = self._taken[number]
            annotated = _annotated_ids(tree)
            unlisted = sorted(annotated - listed)
            alone = self._alone(number)
            if alone is not None or 2 * len(unlisted) < len(annotated):
                self._tell_unlisted(tree, unlisted, alone)
            for key in unlisted:
                segment = self._unlisted(number, key)
                self._index.segments.setdefault(segment, []).append(Ref(number, key))
                if self._index.trees[number].root and segment != UNLISTED:
                    self._index.origins.setdefault(segment, Origin(self._index.trees[number].root))

    def _alone(self, number: int) -> str | None:
        """The set `val` of a tree that has no set to train on, which was lost."""
        of_tree = [sets for (tree, _), sets in self._lines.items() if tree == number]
        if any(found.name.lower().startswith("train") for found in self._index.plain_sets[number]):
            return None
        return next((sets["val"][0] for sets in of_tree if "val" in sets), None)

    def _tell_unlisted(self, tree: Tree, keys: list[str], alone: str | None) -> None:
        """Tell of annotations that no set lists, but those that are told to have no picture.

        Not asked where they are most, but beside a set that stands `alone`: the sets are a choice among them then.
        """
        found = [key for key in keys if key in tree.media or not tree.media]
        if not found:
            return
        first = found[0]
        message = f"expected an image set to list each annotation, found {len(found):,} that none does, first {first!r}"
        if alone is not None:
            message += f", and no `train` beside {alone}"
        files = (tree.annotations, tree.class_masks, tree.object_masks, tree.augmented_masks)
        at = next(paths[first] for paths in files if first in paths)
        self._report.warning("voc.unlisted-annotation", f"{message}; in the segment {UNLISTED!r}", Origin(at))

    def _path_of(self, tree: int | None, kind: str, name: str) -> str:
        sets = self._index.plain_sets if tree is None else [self._index.plain_sets[tree]]
        return next(found.path for of_tree in sets for found in of_tree if (found.kind, found.name) == (kind, name))

    def _of_set(self, number: int, kind: str, name: str) -> list[Ref]:
        refs: list[Ref] = []
        for found in self._index.plain_sets[number]:
            if (found.kind, found.name) != (kind, name):
                continue
            data = read_bytes(self._source, found.path, self._report)
            if data is None:  # which is told: it says of no id whether it is listed
                continue
            seen, again = self._listed(number, data)
            fresh = [key for key in seen if key not in self._taken[number]]
            self._taken[number].update(fresh)
            refs += [Ref(number, key) for key in fresh]
            for key in fresh:
                if key not in self._known[number]:
                    self._index.unfiled[Ref(number, key)] = Origin(found.path, line=seen[key])
            if not seen and kind == "Main":
                self._blank.add((kind, name))
            if again:
                message = f"expected each id once, found {len(again):,} that is listed again, first {again[0].id!r}"
                self._report.warning("voc.listed-twice", message, Origin(found.path, line=again[0].line))
            if kind == "Main":
                self._tell_bare(self._index.trees[number], found, seen, fresh)
            if found.name.lower() == "trainval":
                self._tell_short(number, found, seen)
                self._tell_beyond(number, found, seen, fresh)
            self._tell_shared(number, found, seen)
            if kind == "Segmentation":
                self._tell_masks(self._index.trees[number], found, seen)
        return refs

    def _tell_bare(self, tree: Tree, found: ImageSet, listed: Mapping[str, int], fresh: list[str]) -> None:
        """Ids of a set that have a picture alone, where nearly all have an annotation: of a test set none has.

        Those that an earlier set lists are told of that.
        """
        annotated = _annotated_ids(tree)
        bare = [key for key in fresh if key in tree.media and key not in annotated]
        if bare and len(bare) <= _FEW_BARE * len(listed):
            message = f"expected an annotation of each id, as others of the set have, found {len(bare):,} of "
            message += f"{len(listed):,} without one, first {bare[0]!r}; read without labels"
            self._report.warning("voc.missing-annotation", message, Origin(found.path, line=listed[bare[0]]))

    def _listed(self, number: int, data: bytes) -> tuple[dict[str, int], list[Entry]]:
        """The ids of a set with the line of each, and what lists one again."""
        lines = lines_of(data)
        seen = {line: place for place, line in enumerate(lines, 1)}
        if len(seen) == len(lines) and seen.keys() <= self._known[number]:
            return seen, []
        seen, again = {}, list[Entry]()
        for entry in entries_of(data, self._known[number]):
            if entry.id not in seen:
                seen[entry.id] = entry.line
            elif not entry.columns:  # Layout and Action list a picture once an object
                again.append(entry)
        return seen, again

    def _tell_shared(self, number: int, found: ImageSet, listed: dict[str, int]) -> None:
        """Ids that a set has in common with one of its kind that it should share none with."""
        apart = APART.get(found.name.lower())
        if apart is None:
            return
        sets = self._lines[number, found.kind]
        told: set[str] = set()
        if found.name.lower() == "trainval":  # what is its parts' is told of them
            told.update(key for name in ("train", "val") if name in sets for key in sets[name][1])
        for path, lines in (sets[name] for name in apart if name in sets):
            shared = [key for key in listed if key in lines and key not in told]
            told.update(shared)
            if shared:
                message = f"expected ids that {path} has not, found {len(shared):,} that it has, first {shared[0]!r} "
                message += f"in its line {lines[shared[0]]}"
                self._report.warning("voc.shared-id", message, Origin(found.path, line=listed[shared[0]]))
        sets[found.name.lower()] = found.path, listed

    def _tell_short(self, number: int, found: ImageSet, listed: dict[str, int]) -> None:
        """Ids of `train` and `val` that `trainval`, which is both, has not."""
        sets = self._lines[number, found.kind]
        for path, lines in (sets[name] for name in ("train", "val") if name in sets):
            lacking = [key for key in lines if key not in listed and key in self._known[number]]
            if lacking:
                message = f"expected each id that {path} lists, found {len(lacking):,} missing, "
                message += f"first {lacking[0]!r} in its line {lines[lacking[0]]}"
                self._report.warning("voc.set-ids", message, Origin(found.path))

    def _tell_beyond(self, number: int, found: ImageSet, listed: dict[str, int], others: Sequence[str]) -> None:
        """Ids of `trainval` that no set before has though one of its parts is there; an empty one is told as such."""
        sets = self._lines[number, found.kind]
        parts = [sets[name] for name in ("train", "val") if name in sets]
        if not parts or not all(lines for _, lines in parts):
            return
        if others:
            message = f"expected the ids of {' and '.join(path for path, _ in parts)} alone, found "
            message += f"{counted(len(others), 'other')}, first {others[0]!r}"
            lost = [name for name in ("train", "val") if name not in sets]
            message += f", and no `{lost[0]}` beside it" if lost else ""
            self._report.warning("voc.set-ids", message, Origin(found.path, line=listed[others[0]]))

    def _tell_masks(self, tree: Tree, found: ImageSet, listed: Mapping[str, int]) -> None:
        """Ids of a set for segmentation without a mask: of classes, or of objects where others have both.

        Those of a test set, which are not published, have none.
        """
        bare = [key for key in listed if key not in tree.class_masks and key not in tree.augmented_masks]
        if len(bare) == len(listed) and found.name.startswith("test"):
            return
        others = [key for key in listed if key in tree.class_masks and key not in tree.object_masks]
        for what, missing in (("classes", bare), ("objects", others if tree.object_masks else [])):
            if missing:
                message = f"expected a mask of the {what} of each id, found {len(missing):,} without one, "
                at = Origin(found.path, line=listed[missing[0]])
                self._report.warning("voc.missing-mask", f"{message}first {missing[0]!r}", at)

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
