"""The file of a ledger: its tables, its lock, and what is done where it is of another version or broken."""

from __future__ import annotations

import fcntl
import sqlite3
from pathlib import Path
from typing import BinaryIO

from lading.errors import UploadError

#: Raised by one when the tables change, or what is in them; an older ledger is made anew, as it can be.
_VERSION = 2

_TABLES = """
create table if not exists hashes (
    path text primary key, stamp text not null, sha1 text not null, size integer not null
) without rowid;
create table if not exists masks (key blob primary key, value blob not null) without rowid;
create table if not exists objects (key text primary key) without rowid;
create table if not exists segments (name text primary key, version text not null) without rowid;
create table if not exists files (
    segment text, key text, sha1 text not null, label blob not null, place blob not null, masks text not null,
    state text not null, run integer not null, primary key (segment, key)
) without rowid;
create table if not exists runs (number integer primary key);
"""


def locked(path: Path) -> BinaryIO:
    """A file beside the ledger that is ours until it is closed, or we end. Raises UploadError, OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_suffix(".lock").open("ab")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as exc:
        lock.close()
        raise UploadError(f"{path}: expected no other upload to this dataset, found one that is running") from exc
    return lock


def is_broken(error: sqlite3.Error) -> bool:
    """Whether the file itself is bad; any other fault lies in the disk or in who may use it."""
    code: int = getattr(error, "sqlite_errorcode", 0)  # errors of Python's own have none
    return code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def set_aside(path: Path) -> Path:
    """Rename a ledger, without what SQLite keeps beside it; where it is now."""
    for suffix in ("-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    return path.replace(path.with_suffix(".broken"))


def begun(path: Path | None) -> tuple[sqlite3.Connection, int]:
    """A database, and the number of the run that begins. Raises sqlite3.Error, OSError."""
    db = open_ledger(path)
    db.execute("insert into runs default values")
    number = int(db.execute("select max(number) from runs").fetchone()[0])
    db.commit()
    return db, number


def open_ledger(path: Path | None) -> sqlite3.Connection:
    """A database with our tables in it. Raises sqlite3.Error, OSError."""
    if path is None:
        db = sqlite3.connect(":memory:", check_same_thread=False)
    else:
        db = sqlite3.connect(path, check_same_thread=False)
        db.execute("pragma journal_mode = wal")
        db.execute(
            "pragma synchronous = normal"
        )  # holds whatever kills a process; a power cut may lose the last writes
    found = db.execute("pragma user_version").fetchone()[0]
    if found > _VERSION:
        raise sqlite3.NotSupportedError(f"one of version {found}, of a later lading")
    if found not in (0, _VERSION):
        names = [name for (name,) in db.execute("select name from sqlite_master where type = 'table'")]
        for name in names:
            db.execute(f'drop table "{name}"')
        found = 0
    if found == 0:
        db.executescript(f"begin immediate; {_TABLES} pragma user_version = {_VERSION}; commit;")
    return db
