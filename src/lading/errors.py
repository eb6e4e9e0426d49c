"""Every exception of lading, grouped by what the caller does next.

    LadingError
    |-- InputError                  fix the input
    |   |-- SourceError             a path is not there, or is no folder, archive or file we can read
    |   |   `-- SourceNotFoundError     (also FileNotFoundError)
    |   |-- RecordError             one record of a file: file, place, what was expected, what was found
    |   |-- DetectionError          no format fits
    |   |   `-- AmbiguousFormatError    several do
    |   `-- StoppedError            the first finding of error level, where the caller asked to stop there
    |-- OptionError                 fix the options (also ValueError)
    |   |-- UnknownFormatError
    |   `-- TargetError             where the output should go
    |-- GeometryError               frames of reference that do not meet, shapes that do not fit (also ValueError)
    |-- PluginError                 fix the plugin: names its distribution
    |   |-- DuplicatePluginError
    |   `-- BrokenPluginError
    |-- NoRoomError                 make room for temporary files (also OSError)
    |-- TransientError              retry
    |   |-- UnreachableError            no connection, or it broke (also ConnectionError)
    |   `-- ServerFaultError            5xx and 429
    `-- PlatformError               give up: the platform refused
        |-- UnauthorizedError           401
        |-- ForbiddenError              403
        |-- NotFoundError               404
        |-- ConflictError               409
        |-- InvalidRequestError         400
        |-- StorageError                the object store's XML refusal
        `-- UploadError                 an upload that cannot go on

A message reads `where: what was expected, what was found`, in lower case and without a full stop.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any


class LadingError(Exception):
    """The root; catch it to catch everything that lading raises on purpose."""

    def __reduce__(self) -> tuple[Any, ...]:
        # The constructors take facts and make the message; a copy in another process gets both as they are.
        return _rebuild, (type(self), self.args, self.__dict__)


class InputError(LadingError):
    """The input has to be mended."""


class SourceError(InputError):
    """A path that cannot be read as a source; `path` is that path, `problem` what is wrong with it."""

    def __init__(self, path: str | PurePath, message: str) -> None:
        self.path = str(path)
        self.problem = message
        super().__init__(f"{self.path}: {message}")


class SourceNotFoundError(SourceError, FileNotFoundError):
    """There is nothing at `path`."""

    def __init__(self, path: str | PurePath, message: str = "expected a file, found nothing") -> None:
        super().__init__(path, message)

    def __str__(self) -> str:
        return str(self.args[0])


class RecordError(InputError, ValueError):
    """One record is not what its format says.

    `path` is the file within the source; `pointer` (RFC 6901) or `line` (from 1) the place in it.
    """

    def __init__(
        self,
        path: str,
        *,
        expected: str,
        found: object,
        line: int | None = None,
        pointer: str | None = None,
    ) -> None:
        self.path = path
        self.line = line
        self.pointer = pointer
        self.expected = expected
        self.found = found
        super().__init__(f"{place(path, pointer=pointer, line=line)}: expected {expected}, found {found}")


class DetectionError(InputError):
    """No format fits; `rejected` maps each format's name to its reason, `broken` is what is wrong with the tree."""

    def __init__(self, path: str, rejected: dict[str, str], broken: Sequence[str] = ()) -> None:
        self.path = path
        self.rejected = rejected
        self.broken = tuple(broken)
        reasons = "; ".join(f"{name}: {reason}" for name, reason in rejected.items())
        message = f"{path}: expected a dataset of a known format, found none"
        whole = f"{message} ({reasons})" if reasons else message
        super().__init__("; ".join((whole, *self.broken)))


class AmbiguousFormatError(DetectionError):
    """Several formats fit equally well; `candidates` names them."""

    def __init__(self, path: str, candidates: list[str]) -> None:
        self.path = path
        self.rejected = {}
        self.candidates = candidates
        message = f"{path}: expected one format, found {' and '.join(candidates)}; choose with --format"
        InputError.__init__(self, message)


class StoppedError(InputError):
    """The first finding of error level, where the caller asked to stop at it; `finding` is that finding."""

    def __init__(self, message: str, finding: object) -> None:
        self.finding = finding
        super().__init__(message)


class OptionError(LadingError, ValueError):
    """An option or argument has to be mended."""


class UnknownFormatError(OptionError):
    """No reader or writer has this name; `known` lists those that are there, `option` is what gave the name."""

    def __init__(self, name: str, known: list[str], option: str = "--format") -> None:
        self.name = name
        self.known = known
        found = ", ".join(known) if known else "none installed"
        super().__init__(f"{option}: expected one of {found}, found {name!r}")


class TargetError(OptionError):
    """The place the output should go to cannot take it."""


class GeometryError(LadingError, ValueError):
    """Frames of reference that do not meet, or numbers of the wrong shape."""


class PluginError(LadingError):
    """A plugin has to be mended; `distribution` is the name of what brought it."""

    def __init__(self, distribution: str, message: str) -> None:
        self.distribution = distribution
        super().__init__(f"{distribution}: {message}")


class DuplicatePluginError(PluginError):
    """Two plugins of one kind have the same name."""


class BrokenPluginError(PluginError):
    """A plugin that does not import, misspells a hook, or gives a hook the wrong thing."""


class NoRoomError(LadingError, OSError):
    """A temporary file cannot be written; `folder` is where, `what` what it is for."""

    def __init__(self, what: str, error: Exception) -> None:
        self.folder = tempfile.gettempdir()
        self.what = what
        found = getattr(error, "strerror", None) or str(error)
        message = f"temporary file in {self.folder}: expected room for {what}, found {found}"
        super().__init__(f"{message}; TMPDIR names another folder")


class TransientError(LadingError):
    """May work when it is tried again; `retry_after_s` is what the server asked for, in seconds."""

    def __init__(self, message: str, *, retry_after_s: float | None = None) -> None:
        self.retry_after_s = retry_after_s
        super().__init__(message)


class UnreachableError(TransientError, ConnectionError):
    """No connection to the platform, or it broke on the way."""


class ServerFaultError(TransientError):
    """The server answered 5xx or 429; `status` is which."""

    def __init__(self, message: str, *, status: int, retry_after_s: float | None = None) -> None:
        self.status = status
        super().__init__(message, retry_after_s=retry_after_s)


class PlatformError(LadingError):
    """The platform refused; `status` and `code` are its answer where there was one."""

    def __init__(self, message: str, *, status: int | None = None, code: str | None = None) -> None:
        self.status = status
        self.code = code
        super().__init__(message)


class UnauthorizedError(PlatformError):
    """The access key is wrong or missing."""


class ForbiddenError(PlatformError):
    """The key is right, the deed is not allowed."""


class NotFoundError(PlatformError):
    """What the request names is not there."""


class ConflictError(PlatformError):
    """The name is taken."""


class InvalidRequestError(PlatformError):
    """A parameter is missing or wrong."""


class StorageError(PlatformError):
    """The object store refused a POST; `code` is the code of its XML, `details` its other elements."""

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        details: Mapping[str, str] | None = None,
    ) -> None:
        self.details = dict(details or {})
        super().__init__(message, status=status, code=code)


class UploadError(PlatformError):
    """An upload that cannot go on."""


def place(path: str, *, pointer: str | None = None, line: int | None = None) -> str:
    """`file#pointer`, `file:line` or `file`: how a place in a source is shown to people."""
    if pointer is not None:
        return f"{path}#{pointer}"
    return path if line is None else f"{path}:{line}"


def _rebuild(cls: type[LadingError], args: tuple[Any, ...], facts: dict[str, Any]) -> LadingError:
    error = cls.__new__(cls, *args)
    error.args = args
    error.__dict__.update(facts)
    return error
