"""Files of one path in two layers: the later wins, and where they differ it is told."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from lading.errors import SourceError
from lading.model.report import Finding
from lading.source.file import CHUNK, File
from lading.source.layer import Layer

#: Bytes that are read to compare the files of one pair of layers; beyond it equal sizes pass as equal files.
BUDGET = 64 << 20


class Clashes:
    """Gathers the paths that several layers have, by pair of layers."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self._layers = layers
        self._pairs: dict[tuple[int, int], list[str]] = {}

    def add(self, below: int, above: int, name: str) -> None:
        """Note a path of the layer `below` that the layer `above` has too."""
        self._pairs.setdefault((below, above), []).append(name)

    def findings(self) -> list[Finding]:
        """One finding for each pair of layers with files that differ: their number and one of them."""
        found = []
        for (below, above), shared in self._pairs.items():
            lower, upper = self._layers[below], self._layers[above]
            compare = _Comparison()
            differing = [name for name in shared if compare.differ(lower.file(name), upper.file(name))]
            if differing:
                message = (
                    f"expected equal files where paths are equal, found {len(differing)} in {upper.label} that differ "
                    f"from those in {lower.label} and take their place, such as {differing[0]!r}"
                )
                finding = Finding(rule="source.shadowed", severity="warning", message=message, file=differing[0])
                found.append(finding)
        return found


class _Comparison:
    """Compares files by size, then by CRC where an archive has it, then by their bytes while the budget lasts."""

    def __init__(self) -> None:
        self._left = BUDGET

    def differ(self, lower: File, upper: File) -> bool:
        """Whether they are known to differ; a file that cannot be read differs."""
        if lower.where == upper.where:
            return False
        try:
            if lower.size != upper.size:
                return True
            if lower.crc is not None and upper.crc is not None:
                return lower.crc != upper.crc
            if self._left < lower.size:
                return False
            self._left -= lower.size
            return _crc(lower) != _crc(upper)
        except SourceError:
            return True


def _crc(file: File) -> int:
    """The CRC-32 of a file; it is read where nothing tells it."""
    if file.crc is not None:
        return file.crc
    total = 0
    with file.open() as stream:
        while block := stream.read(CHUNK):
            total = zlib.crc32(block, total)
    return total
