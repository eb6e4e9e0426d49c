"""What a PATH says that is no path of a source: a dataset on a platform, or a commit of one in a store of objects."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Literal
from urllib.parse import SplitResult, unquote, urlsplit

import msgspec

from lading.errors import OptionError

#: Where a store of objects in a folder has its manifests (docs/platform.md).
_MANIFESTS = "manifests"


_CREDENTIALS = re.compile("//[^/?#]*@")


class StoredAddress(msgspec.Struct, frozen=True, kw_only=True):
    """A dataset and perhaps a revision, at a platform's address or at a store of objects (a folder, `s3://BUCKET`)."""

    kind: Literal["platform", "objects"]
    place: str
    dataset: str
    revision: str | None = None

    def __str__(self) -> str:
        place, _, query = self.place.partition("?")
        named = self.dataset if self.revision is None else f"{self.dataset}@{self.revision}"
        return f"{place.rstrip('/')}/{named}" + (f"?{query}" if query else "")


def parse_address(path: str | os.PathLike[str]) -> StoredAddress | None:
    """The address that a PATH is, or None where it is an ordinary path.

    `http://HOST:PORT/DATASET[@REVISION]`, `s3://BUCKET/DATASET[@REVISION]?endpoint=URL`, or
    `FOLDER/DATASET[@REVISION]` where nothing of this name is in the folder, and the folder holds a platform's objects.
    `%XX` stands for what a name has of `/`, `@`, `?` or `#`. Raises OptionError where no dataset is named.
    """
    text = os.fspath(path)
    before, is_url, _ = text.partition("://")
    scheme = before.lower() if is_url else ""  # a folder may be called `s3`
    if scheme in ("http", "https"):
        return _web(text)
    if scheme == "s3":
        return _bucket(text)
    return _folder(Path(text))


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError as exc:
        raise OptionError(f"PATH: expected an address, found {_shown(text)!r}") from exc


def _shown(text: str) -> str:
    """An address for a message: what may be a user and a password before a host is left out."""
    return _CREDENTIALS.sub("//...@", text)


def _web(text: str) -> StoredAddress:
    parts = _split(text)
    before, _, last = parts.path.rstrip("/").rpartition("/")
    if not last or parts.query or parts.fragment:
        raise OptionError(f"PATH: expected http://HOST:PORT/DATASET@REVISION, found {_shown(text)!r}")
    dataset, revision = _named(last, text)
    place = f"{parts.scheme}://{parts.netloc}{before}/"
    return StoredAddress(kind="platform", place=place, dataset=dataset, revision=revision)


def _bucket(text: str) -> StoredAddress:
    parts = _split(text)
    name = parts.path.strip("/")
    if not parts.netloc or not name or "/" in name or parts.fragment:
        raise OptionError(f"PATH: expected s3://BUCKET/DATASET@REVISION?endpoint=URL, found {_shown(text)!r}")
    dataset, revision = _named(name, text)
    place = f"s3://{parts.netloc}" + (f"?{parts.query}" if parts.query else "")
    return StoredAddress(kind="objects", place=place, dataset=dataset, revision=revision)


def _folder(path: Path) -> StoredAddress | None:
    if not path.name or path.exists() or not (path.parent / _MANIFESTS).is_dir():
        return None
    dataset, revision = _named(path.name, str(path))
    return StoredAddress(kind="objects", place=str(path.parent), dataset=dataset, revision=revision)


def _named(text: str, whole: str) -> tuple[str, str | None]:
    name, at, revision = text.rpartition("@") if "@" in text else (text, "", "")
    if not name or (at and not revision):
        raise OptionError(f"PATH: expected DATASET or DATASET@REVISION at its end, found {_shown(whole)!r}")
    return unquote(name), unquote(revision) if at else None
