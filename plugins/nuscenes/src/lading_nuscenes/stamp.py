"""Whether a file is what it was: what is read of it by place is only there as long as it did not change."""

from __future__ import annotations

from lading import File
from lading.errors import SourceError


class Stamp:
    """What a file was when it was first read."""

    def __init__(self, file: File) -> None:
        self._file = file
        self._first = file.stamp

    def hold(self) -> None:
        """Ask the system again. Raises SourceError where the file changed since."""
        if self._file.stamp != self._first:
            message = "expected the file as it was when it was first read, found that it changed since"
            raise SourceError(self._file.where, message)
