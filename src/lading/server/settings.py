"""What the local platform is started with."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field

from lading.errors import OptionError
from lading.home import home


def default_data_dir() -> Path:
    """Where the platform keeps its data unless told otherwise (`lading.home`)."""
    return home() / "platform"


def without_credentials(address: str) -> str:
    """An address for a message: whatever may be a user and a password is left out."""
    before, at, rest = address.rpartition("@")
    scheme, slashes, _ = before.partition("//")
    return f"{scheme + slashes if slashes else ''}...@{rest}" if at else rest


class ServerSettings(BaseModel):
    """Options of the platform; `clock` gives Unix seconds and is there for tests.

    `database` is an SQLAlchemy URL (default: a file in `data_dir`), `objects` a folder, a `file:` URL or
    `s3://BUCKET?endpoint=URL`.
    `max_body_bytes` is the most that a call of the API may send, `max_object_bytes` the most that a posted file may
    have (S3 has the same limit).
    """

    model_config = ConfigDict(frozen=True)

    data_dir: Path = Field(default_factory=default_data_dir)
    host: str = "127.0.0.1"
    port: int = Field(default=0, ge=0, le=65535)
    access_key: str | None = Field(default=None, repr=False)
    tls_cert: Path | None = None
    tls_key: Path | None = None
    public_url: str | None = None
    strict_labels: bool = False
    database: str | None = None
    objects: str | None = None
    max_body_bytes: int = Field(default=64 << 20, ge=1024)
    max_object_bytes: int = Field(default=5 << 30, ge=0)
    clock: Callable[[], float] = Field(default=time.time, exclude=True, repr=False)

    @property
    def database_url(self) -> str:
        """Where the metadata are."""
        return self.database or f"sqlite:///{self.data_dir / 'lading.db'}"

    @property
    def objects_place(self) -> str | Path:
        """Where the objects lie."""
        return self.data_dir / "objects" if self.objects is None else self.objects

    def check(self) -> None:
        """Raises OptionError for options that do not go together or point nowhere."""
        if (self.tls_cert is None) != (self.tls_key is None):
            raise OptionError("--tls-cert, --tls-key: expected both or neither, found one")
        for name, path in (("--tls-cert", self.tls_cert), ("--tls-key", self.tls_key)):
            if path is not None and not path.is_file():
                raise OptionError(f"{name}: expected a PEM file, found none at {str(path)!r}")
        if self.access_key is not None and not self.access_key.strip():
            raise OptionError("--access-key: expected a key, found an empty one")
        if self.public_url is not None and urlsplit(self.public_url).scheme not in ("http", "https"):
            raise OptionError(
                f"--public-url: expected an http or https URL, found {without_credentials(self.public_url)!r}"
            )
        if self.data_dir.exists() and not self.data_dir.is_dir():
            raise OptionError(f"--data: expected a folder, found a file at {str(self.data_dir)!r}")
