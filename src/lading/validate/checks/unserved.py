"""Files that a source has and does not serve: that they are missing is not told again."""

from __future__ import annotations

from lading.model.dataset import Dataset

#: What is told of a source of a file that it does not serve.
_CODES = frozenset({"source.link-broken", "source.link-outside", "source.special-file"})


class Unserved:
    """The files and folders that the source was told not to serve."""

    def __init__(self, dataset: Dataset) -> None:
        self._paths = {found.file for found in dataset.report.findings if found.rule in _CODES and found.file}
        self._segments = {segment.name for segment in dataset.segments}
        self._by_name: dict[str, list[str]] = {}
        for path in self._paths:
            self._by_name.setdefault(path.rpartition("/")[2], []).append(path)

    def has(self, path: str, segment: str) -> bool:
        """Whether it is told why a file is not there: it, or a folder above it, is not served.

        A reader that does not know the folder of a missing file gives the rest of its path: that is a file of any
        folder that is called like no other segment.
        """
        if not self._paths:
            return False
        above = path
        while above:
            if above in self._paths:
                return True
            above = above.rpartition("/")[0]
        return any(self._may_be(path, known, segment) for known in self._by_name.get(path.rpartition("/")[2], ()))

    def _may_be(self, path: str, known: str, segment: str) -> bool:
        if not known.endswith(f"/{path}"):
            return False
        folders = known.removesuffix(f"/{path}").split("/")
        return segment in folders or self._segments.isdisjoint(folders)
