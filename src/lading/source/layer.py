"""What an overlay is made of: one tree of files, from one folder or one archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from lading.model.report import Finding
from lading.source.file import File


class Layer(Protocol):
    """One tree. It is listed when it is made, holds no file open, and can be pickled."""

    label: str

    @property
    def names(self) -> Sequence[str]:
        """The paths of its files, sorted."""
        ...

    @property
    def hidden(self) -> Sequence[str]:
        """The paths of files whose own name begins with a dot, sorted; they are not among its names."""
        ...

    @property
    def findings(self) -> Sequence[Finding]:
        """What was wrong with it."""
        ...

    def file(self, name: str) -> File:
        """The file of one of its names, or of one that is hidden."""
        ...

    def close(self) -> None:
        """Remove what it put on disk."""
        ...
