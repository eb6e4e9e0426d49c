"""Which picture belongs to which id: by the id, by names like it, and at last by what an annotation says."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from lading import Origin, Report, Source, counted
from lading_voc.annotation import peek
from lading_voc.contents import read_bytes
from lading_voc.index import Index, Ref
from lading_voc.layout import Tree
from lading_voc.places import line_of

#: More pictures of one name than these tell nothing.
_MOST_ALIKE = 20


class Pictures:
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

    def _take_only(self, ref: Ref, paths: Sequence[str]) -> str | None:
        """Give a frame the only picture of these that is left."""
        left = [path for path in paths if path in self._left] if len(paths) <= _MOST_ALIKE else []
        if len(left) != 1:
            return None
        self._index.found[ref] = left[0]
        del self._left[left[0]]
        return left[0]

    def _by_name(self, lacking: list[Ref]) -> None:
        by_file: dict[str, list[str]] = {}
        for path, key in self._left.items():
            file = path.rpartition("/")[2]
            for name in {_folded(key), _folded(key.rpartition("/")[2]), _folded(file)}:
                by_file.setdefault(name, []).append(path)
        others: dict[int, list[tuple[Ref, str]]] = {}
        for ref in lacking:
            for name in (_folded(ref.id), _folded(ref.id.rpartition("/")[2])):
                taken = self._take_only(ref, by_file.get(name, ()))
                if taken is not None:
                    if not _is_name_of(taken, ref.id):
                        others.setdefault(ref.tree, []).append((ref, taken))
                    break
        for found in others.values():
            self._tell_capitals(found)

    def _tell_capitals(self, found: Sequence[tuple[Ref, str]]) -> None:
        ref, path = found[0]
        tree = self._index.trees[ref.tree]
        at = tree.annotations.get(ref.id, path)
        message = "expected pictures of the names of their annotations, "
        message += f"found {counted(len(found), 'file')} in other capitals, first {path!r} of {ref.id!r}"
        self._report.warning("voc.file-capitals", message, Origin(at, "/annotation" if at != path else None))

    def _by_filename(self, lacking: list[Ref]) -> None:
        by_file: dict[str, list[str]] = {}
        for path in self._left:
            by_file.setdefault(_folded(path.rpartition("/")[2]), []).append(path)
        for ref in lacking:
            annotation = self._index.trees[ref.tree].annotations.get(ref.id)
            if annotation is None or not self._left:
                continue
            data = read_bytes(self._source, annotation, Report())  # told with its frame
            seen = None if data is None else peek(data)
            name = "" if seen is None or seen.filename is None else seen.filename.replace("\\", "/").rpartition("/")[2]
            taken = self._take_only(ref, by_file.get(_folded(name), ()))
            if taken is not None:
                message = f"expected a picture named as this file, found only {taken!r}, as `filename` says"
                file = self._source.get(annotation)
                line = None if file is None else line_of(file, "filename")
                self._report.warning("voc.filename", message, Origin(annotation, "/annotation/filename", line))

    def _tell_several(self) -> None:
        for number, tree in enumerate(self._index.trees):
            several = [key for key, paths in tree.media.items() if len(paths) > 1 and key in self._ids[number]]
            if several:
                paths = " and ".join(tree.media[several[0]])
                message = (
                    f"expected one picture of an id, found {counted(len(several), 'id')} with more, first {paths}; "
                )
                message += "the one that `filename` names is taken, else the first"
                self._report.warning("voc.several-pictures", message, Origin(tree.media[several[0]][1]))


def _is_name_of(path: str, key: str) -> bool:
    """Whether a file has the name of an id, in whatever form Unicode gives its letters."""
    file = path.rpartition("/")[2]
    own = unicodedata.normalize("NFC", key.rpartition("/")[2])
    return own in (unicodedata.normalize("NFC", name) for name in (file, file.rpartition(".")[0]))


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
