"""Makes the index from the names of a source's files and from its image sets.

It holds names and numbers, one entry a frame; no annotation is read for it unless a picture cannot be found otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import chain, islice

from lading import Origin, Report, Source, counted
from lading.source.names import is_prose
from lading_voc.contents import read_bytes
from lading_voc.document import root_name
from lading_voc.image_sets import ImageSet, image_set, is_class_set
from lading_voc.index import Index
from lading_voc.layout import Tree, folder_of, kind_of
from lading_voc.names import NAME_FILES
from lading_voc.pictures import Pictures
from lading_voc.segments import Segments

#: XML outside the folders for annotations is looked into so often before all of it is taken for annotations.
_MOST_LOOKS = 200


def build_index(trees: list[Tree], source: Source, report: Report, *, is_one_file: bool = False) -> Index:
    """Bring frames to segments and pictures to frames. What does not fit together is told."""
    _leave_out_strays(trees, source, report)
    if not is_one_file:
        _tell_hidden(source.hidden(), report)
        _count_others(trees, report)
    annotated = [tree for tree in trees if tree.is_annotated]
    index = Index(annotated, [], [])
    for tree in annotated:
        plain, by_class = _sorted_sets(tree, source)
        index.plain_sets.append(plain)
        index.class_sets.append(by_class)
        _tell_duplicates(tree, report)
    Segments(index, source, report).run()
    ids = [{ref.id for refs in index.segments.values() for ref in refs if ref.tree == n} for n in range(len(annotated))]
    counted = Counter(key for known in ids for key in known)
    index.repeated = frozenset(key for key, count in counted.items() if count > 1)
    if index.repeated:
        _tell_repeated(index, report)
    Pictures(index, trees, ids, source, report).run(is_one_file=is_one_file)
    return index


def _tell_repeated(index: Index, report: Report) -> None:
    """Ids of several trees, at the last file of the first of them."""
    names = ", ".join(index.tree_name(n) for n in range(len(index.trees)))
    key = min(index.repeated)
    message = f"expected ids that differ between {names}, found {len(index.repeated):,} that do not, for example "
    message += f"{key!r}; their folder's name is part of these frames' names"
    paths = [path for tree in index.trees if (path := tree.annotations.get(key)) is not None]
    report.warning("voc.repeated-id", message, Origin(paths[-1]) if paths else None)


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
        data = read_bytes(source, path, Report())  # one that cannot be read stays, and is told with its frame
        name = None if data is None else root_name(data)
        if name is not None and name != "annotation":
            del tree.annotations[key]
            message = f"expected a root `annotation`, found {name!r}; the file is left out"
            report.warning("voc.not-annotation", message, Origin(path, f"/{name}"))


def _sorted_sets(tree: Tree, source: Source) -> tuple[list[ImageSet], list[ImageSet]]:
    """The sets of pictures, and those of a class; one that cannot be read is of the former, where it is told."""
    plain: list[ImageSet] = []
    by_class: list[ImageSet] = []
    known = tree.annotations.keys() | tree.media.keys()
    for path in tree.sets:
        found = image_set(path)
        is_class = "_" in found.name and is_class_set(found, read_bytes(source, path, Report()) or b"", known)
        (by_class if is_class else plain).append(found)
    return sorted(plain, key=lambda s: s.rank), sorted(by_class, key=lambda s: s.rank)


def _tell_hidden(names: Sequence[str], report: Report) -> None:
    """Files of annotations and pictures that systems do not show, and no list of names has."""
    annotations = [name for name in names if kind_of(name) == "xml"]
    pictures = [name for name in names if kind_of(name) == "picture"]
    if annotations:
        first = annotations[0]
        message = (
            f"expected XML files whose names do not begin with a dot, found {counted(len(annotations), 'other')}, "
        )
        report.warning("voc.hidden-file", f"{message}first {first!r}; they are not read", Origin(first))
    if pictures:
        report.loss("picture whose name begins with a dot", pictures[0], len(pictures))


def _count_others(trees: list[Tree], report: Report) -> None:
    """Every file that is not read counts as a loss, but for those that explain the dataset to people."""
    for tree in trees:
        for key, path in islice(tree.unread.items(), 1):
            read, other = (folder_of(one.rpartition("/")[0]).boxes for one in (tree.annotations[key], path))
            what = f"annotation file of {other} boxes beside one of {read} ones (`-o boxes={other}`)"
            report.loss(what, path, len(tree.unread))
    others: dict[str, list[str]] = {}
    for path in chain.from_iterable(tree.others for tree in trees):
        directory, _, name = path.rpartition("/")
        stem, _, suffix = name.rpartition(".")
        if is_prose(name) or name in NAME_FILES:
            continue
        what = f"file with the suffix `.{suffix}`, which VOC has no place for"
        if folder_of(directory).role == "drawn":
            what = "picture of a folder of visualizations"
        elif not stem:
            what = "file without a suffix, which VOC has no place for"
        others.setdefault(what, []).append(path)
    for what, paths in others.items():
        report.loss(what, paths[0], len(paths))


def _tell_duplicates(tree: Tree, report: Report) -> None:
    for dropped, kept in tree.duplicates:
        message = f"expected one annotation file of an id, found {kept!r} too; this one is not read"
        report.error("voc.duplicate-id", message, Origin(dropped))
        report.loss("annotation file of an id that has another", dropped)
