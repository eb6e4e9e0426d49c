"""Where a writer writes to: one folder, paths that stay within it, media copied, linked or left."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path, PurePosixPath
from typing import IO, BinaryIO, Literal, Self, TypeAlias

from lading.errors import SourceError, TargetError
from lading.model.content import Content
from lading.model.dataset import Progress
from lading.model.report import Origin, Report

#: What becomes of pictures, point clouds and masks.
Media: TypeAlias = Literal["copy", "link", "none"]

_CHUNK = 1 << 20


def check_outside(place: Path, sources: Iterable[str]) -> None:
    """Raises TargetError for a place that is a source, or lies within one: sources are never written to."""
    real = place.resolve()
    for given in sources:
        source = Path(given).resolve()
        if real == source or source in real.parents:
            raise TargetError(f"{place}: expected a folder apart from the source, found one within {source}")


class Target:
    """The folder of one conversion.

    `report` has the media that are missing or cannot be read, `files` is how many were brought; `progress` is what a
    writer hands to `all_frames`. `jobs` is how many processes a writer may use: each makes a Target of the same
    folder and media, and the first takes over its files with `adopt`, its report and count.
    """

    def __init__(self, folder: Path, media: Media = "copy", *, jobs: int = 1, progress: Progress | None = None) -> None:
        self.folder = folder
        self.media: Media = media
        self.jobs = jobs
        self.report = Report()
        self.progress = progress
        self.files = 0
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._open.close()

    def create(self, path: str) -> BinaryIO:
        """A new file, open for writing. Raises TargetError for a path that leaves the folder or is taken."""
        place = self._place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            return place.open("xb")
        except FileExistsError as exc:
            raise TargetError(f"{path}: expected one file of this path, found two") from exc

    def scratch(self) -> IO[bytes]:
        """A nameless file to write and read, closed and gone at the end."""
        return self._open.enter_context(tempfile.TemporaryFile(dir=self.folder))

    def lasting_scratch(self) -> tuple[str, IO[bytes]]:
        """The same, but it stays where it lies until another process adopts it."""
        number, name = tempfile.mkstemp(prefix=".scratch-", dir=self.folder)
        return name, self._open.enter_context(os.fdopen(number, "w+b"))

    def adopt(self, name: str) -> IO[bytes]:
        """A lasting scratch file of another process, from now on nameless."""
        place = Path(name)
        stream = place.open("rb")
        self._open.callback(stream.close)
        place.unlink()
        return stream

    def add_media(self, content: Content | None, path: str, origin: Origin | None = None) -> bool:
        """Bring a file of the source to `path`; False where it is missing or cannot be read, which is told.

        `origin` is the record that names it. The same file may be given again.
        """
        if self.media == "none":
            return True
        if content is None:
            self.report.error("media.missing", f"expected the file {path!r}, found none", origin or Origin(path))
            return False
        place = self._place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        try:
            if place.exists():
                return self._is_there(content, place, path, origin)
            if not (self.media == "link" and _link(content, place)):
                _copy(content, place)
        except SourceError as exc:
            message = f"expected a file that can be read, found: {exc.problem}"
            self.report.error("media.not-copied", message, origin or Origin(content.path))
            return False
        self.files += 1
        return True

    def _is_there(self, content: Content, place: Path, path: str, origin: Origin | None) -> bool:
        """Whether what lies at a path already is this very file."""
        with content.open() as ours, place.open("rb") as theirs:
            while (chunk := ours.read(_CHUNK)) == theirs.read(_CHUNK):
                if not chunk:
                    return True
        message = f"expected one file to be called {path!r}, found another, {content.path!r}"
        self.report.error("media.not-copied", message, origin or Origin(content.path))
        return False

    def _place(self, path: str) -> Path:
        pure = PurePosixPath(path)
        if not pure.parts or pure.is_absolute() or ".." in pure.parts or "\0" in path:
            raise TargetError(f"{path!r}: expected a path within the target, found one that leaves it")
        try:
            os.fsencode(path)
        except UnicodeEncodeError as exc:  # half a surrogate pair, which JSON may spell
            raise TargetError(f"{path!r}: expected a name that a file can have, found half a surrogate pair") from exc
        return self.folder / pure


def _link(content: Content, place: Path) -> bool:
    """A second name for the file on disk; False where it is in an archive, or on another file system."""
    source = getattr(content, "place", None)  # of files in folders; archives have none
    if not isinstance(source, str):
        return False
    try:
        os.link(os.path.realpath(source), place)
    except OSError:
        return False
    return True


def _copy(content: Content, place: Path) -> None:
    part = place.with_name(f".{os.getpid()}.part")  # another process may bring the same file
    with content.open() as source, part.open("xb") as copy:
        try:
            shutil.copyfileobj(source, copy, _CHUNK)
        except SourceError:
            part.unlink()
            raise
    part.rename(place)
