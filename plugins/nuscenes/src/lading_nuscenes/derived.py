"""Keys that the devkit derives from other rows, and some users save: told where they say something else (4.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

from lading import counted
from lading.model.recurring import is_often
from lading_nuscenes.annotations import Annotations
from lading_nuscenes.files import Files
from lading_nuscenes.instances import Instances
from lading_nuscenes.schema import Category
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.tables import Rows, Tables

#: Rows that are told one by one though they are most that have such a key.
_FEW = 2

#: In place of the number of rows that say the same of the same: they are told.
_TOLD = -1


class _Pair(NamedTuple):
    """What a row says, and the rows that it is derived from."""

    row: int
    found: object
    expected: str | None


def tell_derived(
    tables: Tables,
    annotations: Annotations,
    instances: Instances,
    categories: Rows[Category],
    files: Files,
    sensors: Sensors,
) -> None:
    """Say which rows have such a key that disagrees, once a key where most do, or where several say one thing."""
    _tell(tables, "sample_annotation", "category_name", list(_categories(annotations, instances, categories)))
    for key, column in (("channel", "channel"), ("sensor_modality", "modality")):
        _tell(tables, "sample_data", key, list(_sensors(files, sensors, key, column)))


def _categories(annotations: Annotations, instances: Instances, categories: Rows[Category]) -> Iterator[_Pair]:
    for place, extras in annotations.extras.items():
        instance = int(annotations.instances[place])
        category = int(instances.categories[instance]) if instance >= 0 else -1
        if category >= 0 and "category_name" in extras and place not in annotations.strangers:
            yield _Pair(int(annotations.rows[place]), extras["category_name"], categories.rows[category].name)


def _sensors(files: Files, sensors: Sensors, key: str, column: str) -> Iterator[_Pair]:
    for file, extras in files.extras.items():
        place = int(files.calibrated[file])
        kind = sensors.ranks[place] if place >= 0 else len(sensors.kinds)
        if key in extras and kind < len(sensors.kinds):
            yield _Pair(int(files.rows[file]), extras[key], getattr(sensors.kinds.rows[kind], column))


def _tell(tables: Tables, table: str, key: str, pairs: list[_Pair]) -> None:
    odd = [pair for pair in pairs if pair.found != pair.expected and pair.expected is not None]
    is_most = is_often(len(odd), len(pairs))
    alike = Counter((repr(pair.found), pair.expected) for pair in odd)
    for pair in odd[: 1 if is_most else None]:
        message = f"expected {pair.expected!r}, as the rows that it leads to have it, found {pair.found!r}"
        if is_most:
            message += f", and another in {counted(len(odd) - 1, 'more row')} of {len(pairs):,}"
        elif (count := alike[repr(pair.found), pair.expected]) > _FEW:
            alike[repr(pair.found), pair.expected] = _TOLD
            message += f", as in {counted(count - 1, 'more row')}"
        elif count == _TOLD:
            continue
        tables.report.warning("nuscenes.derived-key", message, tables.origin(table, pair.row, key))
