"""What names of files say of logs: official ones begin with the `logfile`, before `__`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from lading import counted
from lading.model.recurring import MANY, is_often

if TYPE_CHECKING:
    from lading_nuscenes.database import Database


class _Named(NamedTuple):
    """A row of scene, or of sample in nuImages, the place of its log, and what its first files are named after."""

    row: int
    log: int
    name: str


def tell_log_names(database: Database) -> None:
    """Say which scenes, or samples of nuImages, have the log of other files; and which logs are called otherwise."""
    table = "sample" if database.version.is_nuimages else "scene"
    named = list(_named(database))
    logs = database.logs
    by_name = {row.logfile: place for place, row in reversed([*enumerate(logs.rows)])}
    odd = [one for one in named if one.name != logs.rows[one.log].logfile]
    others = [one for one in odd if one.name in by_name]
    is_told_once = is_often(len(others), len(named), MANY)
    for one in others[: 1 if is_told_once else None]:
        own = logs.rows[one.log].logfile
        message = f"expected the log that its files are named after, {one.name!r}, found {own!r}"
        if is_told_once:
            message += f"; so it is with {counted(len(others) - 1, f'more {table}')}"
        at = database.tables.origin(table, one.row, "log_token")
        database.tables.report.warning("nuscenes.name-log", message, at)
    if 2 * len(odd) < len(named):
        _tell_logs(database, named, odd, by_name)


def _tell_logs(database: Database, named: list[_Named], odd: list[_Named], by_name: dict[str | None, int]) -> None:
    """Say which logs have another `logfile` than all of their files, where most have that of theirs."""
    count, wrong = Counter(one.log for one in named), Counter(one.log for one in odd if one.name not in by_name)
    names = {one.log: one.name for one in odd}
    for log in (log for log, number in wrong.items() if number == count[log]):
        own = database.logs.rows[log].logfile
        message = f"expected what its files are named after, {names[log]!r}, found {own!r}"
        at = database.tables.origin("log", database.logs.indexes[log], "logfile")
        database.tables.report.warning("nuscenes.name-log", message, at)


def _named(database: Database) -> Iterator[_Named]:
    samples, files, logs = database.samples, database.files, database.logs
    order, starts = database.by_sample
    by_log = database.version.is_nuimages
    of_scene = logs.find([row.log_token for row in database.scenes.rows])
    later = frozenset(files.later.tolist())  # these are told to be of other samples
    met: set[int] = set()
    for sample, group in enumerate(samples.scenes.tolist()):
        if group < 0 or (group in met and not by_log):
            continue
        met.add(group)
        own = [file for file in order[starts[sample] : starts[sample + 1]].tolist() if file not in later]
        log = group if by_log else int(of_scene[group])
        names = {_name(files.filename(file)) for file in own}
        name = names.pop() if len(names) == 1 else ""
        if log >= 0 and name and logs.rows[log].logfile:
            yield _Named(samples.rows[sample] if by_log else database.scenes.indexes[group], log, name)


def _name(filename: str) -> str:
    """What stands before the first `__` of the last part; empty where there is none."""
    name, mark, _ = filename.rpartition("/")[2].partition("__")
    return name if mark else ""
