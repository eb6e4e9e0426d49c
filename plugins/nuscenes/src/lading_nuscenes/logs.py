"""log: the drives, and the days of them."""

from __future__ import annotations

import re
from datetime import date

from lading import counted
from lading.model.recurring import is_often
from lading_nuscenes.schema import Log
from lading_nuscenes.tables import Rows, Tables

#: YYYY-MM-DD; others write the time of day behind it.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?=T[0-9]{2}|\W|$)")


def read_logs(tables: Tables) -> Rows[Log]:
    """The table of logs. Those whose `date_captured` is no day are told, once where most are."""
    logs = tables.small("log", Log)
    odd = [place for place, row in enumerate(logs.rows) if row.date_captured and not _is_day(row.date_captured)]
    is_most = is_often(len(odd), len(logs))
    for place in odd[: 1 if is_most else None]:
        message = f"expected a day as YYYY-MM-DD, found {logs.rows[place].date_captured!r}"
        if is_most:
            message += f"; so it is in {counted(len(odd) - 1, 'more row')} of {len(logs):,}"
        tables.report.warning("nuscenes.log-date", message, tables.origin("log", logs.indexes[place], "date_captured"))
    return logs


def _is_day(text: str) -> bool:
    day = _DAY.match(text)
    if day is None:
        return False
    try:
        date.fromisoformat(day[0])
    except ValueError:
        return False
    return True
