"""Writes to a SQLite file, gathered; a file that cannot be written is given up, and memory takes its place."""

from __future__ import annotations

import logging
import sqlite3
import time
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from lading.errors import LadingError
from lading.upload.ledger_file import begun, is_broken, locked, open_ledger, set_aside

_log = logging.getLogger(__name__)

#: Seconds after which what was noted is written down at the latest.
_FLUSH_S = 1.0


class Journal:
    """The file of a ledger, or memory where there is no path.

    Writes gather in one transaction until `flush`, or a second at most. A file that cannot be written (a full disk) is
    given up with a warning, and all goes on without it. Raises UploadError where another process has it.
    """

    def __init__(self, path: Path | None) -> None:
        self.path = path
        self._lock: BinaryIO | None = None
        # What was noted and is not written, and what is written but not on disk; should the file be given up, both.
        self._pending: dict[str, list[tuple[object, ...]]] = {}
        self._done: list[tuple[str, list[tuple[object, ...]]]] = []
        self._flushed_at = time.monotonic()
        self._db, self.run = self._opened(path)

    def flush(self) -> None:
        """Write down what was noted."""
        self._flushed_at = time.monotonic()
        try:
            self._write_pending()
            self._db.commit()
        except sqlite3.Error as exc:
            self._give_up(exc)
        self._pending.clear()
        self._done.clear()

    def close(self) -> None:
        """Write down what was noted, and let go of the file."""
        try:
            self.flush()
        finally:
            self._db.close()
            if self._lock is not None:
                self._lock.close()

    def _later(self, statement: str, values: tuple[object, ...]) -> None:
        """Note a write; those of one statement are done together, and none depends on another's order."""
        self._pending.setdefault(statement, []).append(values)
        if time.monotonic() - self._flushed_at >= _FLUSH_S:
            self.flush()

    def _now(self, statement: str, values: tuple[object, ...]) -> None:
        """Write at once, behind all that was noted; it is on disk with the next flush."""
        try:
            self._write_pending()
            self._db.execute(statement, values)
            self._done.append((statement, [values]))
        except sqlite3.Error as exc:
            self._done.append((statement, [values]))
            self._give_up(exc)

    def _write_pending(self) -> None:
        while self._pending:
            statement, rows = next(iter(self._pending.items()))
            self._db.executemany(statement, rows)
            self._done.append((statement, self._pending.pop(statement)))

    def _row(self, query: str, values: tuple[object, ...]) -> Any:
        return next(iter(self._all(query, values)), None)

    def _all(self, query: str, values: tuple[object, ...]) -> list[Any]:
        try:
            return self._db.execute(query, values).fetchall()
        except sqlite3.Error as exc:
            self._give_up(exc)
            return self._db.execute(query, values).fetchall()

    def _opened(self, path: Path | None) -> tuple[sqlite3.Connection, int]:
        """The database and the number of this run; one that is broken makes room for a new one."""
        try:
            if path is not None:
                self._lock = locked(path)
            try:
                return begun(path)
            except sqlite3.DatabaseError as exc:
                if path is None or not is_broken(exc):
                    raise
                aside = set_aside(path)
                _log.warning("%s: expected a ledger, found %s; it is now %s, a new one is begun", path, exc, aside.name)
                return begun(path)
        except (sqlite3.Error, OSError) as exc:
            self._warn(exc)
            self.path = None
            return begun(None)

    def _give_up(self, error: sqlite3.Error) -> None:
        """Go on in memory, with what the file holds and what was still to be written."""
        if self.path is None:
            raise LadingError(f"ledger: expected SQLite to work in memory, found {error}") from error
        if is_broken(error):
            self._end_broken(self.path, error)
        self._warn(error)
        path, self.path = self.path, None
        kept = open_ledger(None)
        try:
            self._db.rollback()
            self._db.backup(kept)
        except sqlite3.Error as exc:
            self._end_broken(path, exc)
        self._db.close()
        self._db = kept
        for statement, rows in (*self._done, *self._pending.items()):
            kept.executemany(statement, rows)
        self._pending.clear()

    def _end_broken(self, path: Path, error: sqlite3.Error) -> NoReturn:
        """The file does not say any more what it was told: nothing of it can be trusted."""
        self._db.close()
        self.path, self._db = None, open_ledger(None)
        self._pending.clear()
        aside = set_aside(path)
        message = f"{path}: expected a ledger that can be read, found {error}; it is now {aside.name}"
        raise LadingError(f"{message}, and the next run begins a new one") from error

    def _warn(self, error: Exception) -> None:
        _log.warning("%s: expected a ledger that can be written, found %s; going on without it", self.path, error)
