"""Frames by their keys: files of several folders that belong together by name (source-formats.md 3.12, 11 and 12)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from posixpath import basename

from lading_kitti.texts import is_whole


class KeySpace:
    """Which names mean one frame: exact ones, or where no folder holds two such, alike ones.

    `a/000001`, `000001` and `1` are alike. A folder's sub-folders count only where names alone would not tell its
    files apart, and leading zeros only where they would not.
    """

    def __init__(self, folders: Iterable[Sequence[str]]) -> None:
        given = [list(stems) for stems in folders]
        self._by_name = all(_are_different(map(basename, stems)) for stems in given)
        self._by_number = all(_are_different(_number(self.shown(stem)) for stem in stems) for stems in given)

    def canonical(self, stem: str) -> str:
        """What alike names have in common."""
        short = self.shown(stem)
        return _number(short) if self._by_number else short

    def shown(self, stem: str) -> str:
        """The part of a name that tells its frame from others."""
        return basename(stem) if self._by_name else stem


def ordered(keys: Iterable[str]) -> list[str]:
    """Keys in order: numbers by their value, then the others by their bytes."""
    return sorted(keys, key=lambda key: (0, int(key), key) if is_number(key) else (1, 0, key))


def is_number(key: str) -> bool:
    """Whether a key is the number of a frame."""
    return is_whole(key)


def _number(stem: str) -> str:
    return str(int(stem)) if is_number(stem) else stem


def _are_different(stems: Iterable[str]) -> bool:
    found = list(stems)
    return len(found) == len(set(found))
