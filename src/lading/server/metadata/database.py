"""One SQLite file: connections, and transactions that read beside one that writes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DatabaseError

from lading.errors import OptionError
from lading.server.metadata.tables import metadata
from lading.server.settings import without_credentials

_BUSY_TIMEOUT_S = 60


class Database:
    """Transactions over the file at `url`. Writers wait for each other here, so SQLite is never found locked."""

    def __init__(self, url: str) -> None:
        self._engine = _open_engine(url)
        self._writers = threading.Lock()
        self._url = url

    def prepare(self) -> None:
        """Make the tables that are not there yet. Raises OptionError where the file is no database."""
        try:
            with self.writing() as connection:
                metadata.create_all(connection)
        except DatabaseError as exc:
            message = f"database: expected an SQLite file that can be written, found {self._url!r} ({exc.orig})"
            raise OptionError(message) from exc

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees one state of everything."""
        with self._engine.connect() as connection, connection.begin():
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction that may write; committed at the end, rolled back by an exception."""
        with self._writers, self._engine.connect() as connection:
            connection = connection.execution_options(lading_begin="BEGIN IMMEDIATE")
            with connection.begin():
                yield connection

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _open_engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as exc:
        raise OptionError(
            f"--database: expected a URL such as sqlite:///FILE, found {without_credentials(url)!r}"
        ) from exc
    if parsed.get_backend_name() != "sqlite" or parsed.database in (None, "", ":memory:"):
        found = without_credentials(url)
        raise OptionError(f"--database: expected sqlite:///FILE, the one kind there is so far, found {found!r}")
    engine = create_engine(parsed, pool_size=8, max_overflow=56, connect_args={"timeout": _BUSY_TIMEOUT_S})
    event.listen(engine, "connect", _set_up)
    event.listen(engine, "begin", _begin)
    return engine


def _set_up(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver begins nothing by itself; _begin does
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "cache_size = -16000"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("lading_begin", "BEGIN"))
