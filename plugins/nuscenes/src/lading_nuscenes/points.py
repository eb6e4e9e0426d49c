"""Labels of points: the files of lidars that have some, and the classes that they may name."""

from __future__ import annotations

from lading import Lidar, Origin
from lading_nuscenes.files import Files
from lading_nuscenes.schema import Category
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.tables import Rows, Tables

#: In place of a class: no label, and in lidarseg noise (source-formats.md 4.4).
_UNLABELLED = 0

#: Classes are below this: those of panoptic are thousands of 16 bits, those of lidarseg have 8.
_MOST = 1 << 16


class Labelled:
    """The names of the files of labels in one table, by the file whose points they label: `names`."""

    def __init__(self, tables: Tables, table: str, files: Files, sensors: Sensors) -> None:
        self.names: dict[int, str] = {}
        self._rows: dict[int, int] = {}
        self._tables = tables
        self._table = table
        self._files = files
        self._sensors = sensors

    def add(self, index: int, file: int, name: str) -> None:
        """Take a row; say where its file is no lidar's, or has labels by an earlier row."""
        rig = int(self._files.calibrated[file])
        sensor = None if rig < 0 else self._sensors.models[rig]
        if file in self._rows:
            self._tell(index, f"a file that no other row labels, found that of row {self._rows[file]} again")
        elif sensor is not None and not isinstance(sensor, Lidar):
            self._tell(index, f"a file of a lidar, whose points have labels, found one of {sensor.name}")
        self._rows.setdefault(file, index)
        self.names.setdefault(file, name)

    def _tell(self, index: int, message: str) -> None:
        at = self._tables.origin(self._table, index, "sample_data_token")
        self._tables.report.error("nuscenes.labelled-file", f"expected {message}", at)


def classes(categories: Rows[Category], tables: Tables) -> frozenset[int] | None:
    """The classes that labels of points may name; None where no category has an `index`.

    Says which have none, or that of another. Where it is told that some have none, that may be any below their number.
    """
    firsts = [place for place, row in enumerate(categories.rows) if categories.places[row.token] == place]
    lacking = [place for place in firsts if categories.rows[place].index is None]
    if not firsts or len(lacking) == len(firsts):
        if firsts:
            message = f"expected an index, which labels of points name, found none in {len(firsts):,} rows"
            tables.report.error("nuscenes.category-index", message, Origin(tables.path("category")))
        return None
    known: dict[int, int] = {}
    is_whole = not lacking and not tables.left_out("category")
    for place in firsts:
        number, row = categories.rows[place].index, categories.indexes[place]
        if number is None:
            if not tables.is_mended("category", row, "index"):
                _tell_index(tables, row, "an index, as other categories have one, found none")
        elif number in known:
            _tell_index(tables, row, f"an index of its own, found {number} of row {known[number]} again")
            is_whole = False
        else:
            known[number] = row
    named = frozenset(number for number in known if 0 <= number < _MOST)
    return named | {_UNLABELLED} | (frozenset() if is_whole else frozenset(range(len(categories) + 1)))


def _tell_index(tables: Tables, row: int, message: str) -> None:
    at = tables.origin("category", row, "index")
    tables.report.error("nuscenes.category-index", f"expected {message}", at)
