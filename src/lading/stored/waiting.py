"""Rows of a segment by their key, in whatever order they are asked for, with few of them in memory."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Generator, Iterator
from itertools import islice

import msgspec

from lading.errors import NoRoomError
from lading.stored.shelf import StoredRow

_decoder = msgspec.msgpack.Decoder(StoredRow)


class Rows:
    """Takes rows as they come; those that come before they are asked for wait in a temporary database.

    Where the askers' order is the place's, none waits. SQLite keeps a few megabytes in memory and the rest on disk;
    where that is full, NoRoomError is raised.
    """

    def __init__(self, read: Callable[[int], Iterator[StoredRow]], start: int = 0) -> None:
        """`read` gives the rows from a number on; where `start` is not 0, those before it come last."""
        self._rows = _numbered(read, start)
        self._db: sqlite3.Connection | None = None

    def take(self, key: str) -> StoredRow | None:
        """The row of a key, which is then gone; None where there is none, once all have come."""
        if self._db is not None:
            found = self._db.execute("delete from rows where key = ? returning row", (key,)).fetchall()
            if found:
                return _decoder.decode(found[0][0])
        for number, row in self._rows:
            if row.key == key:
                return row
            self._keep(number, row)
        return None

    def rest(self) -> Iterator[StoredRow]:
        """The rows that nobody has asked for, in the place's order."""
        for number, row in self._rows:
            self._keep(number, row)
        if self._db is not None:
            for (text,) in self._db.execute("select row from rows order by number"):
                yield _decoder.decode(text)

    def close(self) -> None:
        """Let go of what waits, and ask for no more."""
        self._rows.close()
        if self._db is not None:
            self._db.close()
            self._db = None

    def _keep(self, number: int, row: StoredRow) -> None:
        try:
            self._write(number, row)
        except sqlite3.Error as exc:
            raise NoRoomError("rows in another order than the source's", exc) from exc

    def _write(self, number: int, row: StoredRow) -> None:
        if self._db is None:
            # No name: a temporary file that is gone with the connection.
            self._db = sqlite3.connect("", isolation_level=None, check_same_thread=False)
            self._db.execute("pragma journal_mode = off")
            self._db.execute("create table rows (number integer primary key, key text unique, row blob)")
        text = msgspec.msgpack.encode(row)
        self._db.execute("insert or replace into rows values (?, ?, ?)", (number, row.key, text))


def _numbered(read: Callable[[int], Iterator[StoredRow]], start: int) -> Generator[tuple[int, StoredRow], None, None]:
    yield from enumerate(read(start), start)
    if start:
        yield from enumerate(islice(read(0), start))
