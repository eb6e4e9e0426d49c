"""What the platform asks of the store that holds objects, and the documents beside them: a folder, or a bucket."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import unquote, urlsplit

from lading.errors import OptionError
from lading.server.post_policy import SigningKey
from lading.server.settings import without_credentials

#: An object's name: the SHA-1 of its bytes.
CHECKSUM = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class Grant:
    """Leave to post objects: where to, with which fields, and what their keys begin with."""

    host: str
    fields: Mapping[str, str]
    prefix: str


class KeptObject(NamedTuple):
    """An object of the store; `dataset_id` is "" where all datasets share it."""

    dataset_id: str
    checksum: str
    size: int


class ObjectStore(Protocol):
    """Objects by dataset and checksum, and named documents.

    Methods raise LadingError where the store does not work. `is_by_dataset`: every dataset has objects of its own, and
    clients post them past the platform.
    """

    is_by_dataset: bool

    def prepare(self) -> None:
        """Make or check what is needed. Raises OptionError for a store that cannot be used."""

    def grant(self, base_url: str, dataset_id: str, *, issued_s: int, expiration_s: int) -> Grant:
        """A signed policy for objects of a dataset; `base_url` is the platform's own address."""

    def sizes(self, dataset_id: str, checksums: Iterable[str]) -> dict[str, int]:
        """The bytes of those of the objects that are there."""

    def settle(self, checksums: Iterable[str]) -> None:
        """Bring the names of objects to disk, before something durable points at them."""

    def aged_objects(self, min_age_s: float) -> Iterator[KeptObject]:
        """The objects that nobody has posted for so long, one folder or page of them in memory."""

    def remove_objects(self, objects: Iterable[KeptObject], min_age_s: float) -> list[KeptObject]:
        """Remove those of the objects that are still so old; which they were."""

    def url(self, base_url: str, dataset_id: str, checksum: str, now_s: float) -> str:
        """The address of an object, signed, good for URL_LIFE_S."""

    def read_object(self, dataset_id: str, checksum: str) -> Iterator[bytes]:
        """The bytes of an object, in pieces. Raises NotFoundError."""

    def put_document(self, name: str, pieces: Iterable[bytes]) -> None:
        """Keep a document under a name of `/`-joined parts; it is seen, and durable, only once it is whole."""

    def read_document(self, name: str) -> Iterator[bytes]:
        """The bytes of a document, in pieces. Raises NotFoundError."""

    def document_names(self, start: str) -> list[str]:
        """The names of the documents that begin so, in order."""

    def remove_document(self, name: str) -> None:
        """Forget a document, if it is there."""


#: Seconds that the address of a file holds; the hosted service gave a day (B21).
URL_LIFE_S = 24 * 3600


def open_store(objects: str | Path, key: SigningKey, *, largest: int) -> ObjectStore:
    """The store at a folder, a `file:` URL, or `s3://BUCKET?endpoint=URL&region=NAME`.

    `key` signs what a folder's store gives out; a bucket's signs with its own. `largest` is the bytes that a posted
    file may have. Raises OptionError for another place.
    """
    if isinstance(objects, str):
        parts = urlsplit(objects)
        if parts.scheme == "s3":
            from lading.server.s3_store import open_bucket

            return open_bucket(objects, largest=largest)
        if parts.scheme not in ("", "file"):
            found = without_credentials(objects)
            raise OptionError(f"--objects: expected a folder or s3://BUCKET?endpoint=URL, found {found!r}")
        objects = Path(unquote(parts.path) if parts.scheme == "file" else objects)
    from lading.server.folder_store import FolderStore

    return FolderStore(objects, key)
