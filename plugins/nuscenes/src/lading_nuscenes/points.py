"""Labels of points: the files of lidars that have some, and the classes that they may name."""

from __future__ import annotations

from lading import Lidar, Origin, counted
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
        self._others: dict[str, list[int]] = {}  # rows of files of sensors that are no lidars
        self._tables = tables
        self._table = table
        self._files = files
        self._sensors = sensors

    def add(self, index: int, file: int, name: str) -> None:
        """Take a row; say where its file has labels by an earlier one."""
        rig = int(self._files.calibrated[file])
        sensor = None if rig < 0 else self._sensors.models[rig]
        if file in self._rows:
            self._tell(index, f"a file that no other row labels, found that of row {self._rows[file]} again")
        elif sensor is not None and not isinstance(sensor, Lidar):
            self._others.setdefault(sensor.name, []).append(index)
        self._rows.setdefault(file, index)
        self.names.setdefault(file, name)

    def tell(self) -> None:
        """Say, once a sensor, which rows are of files of no lidar."""
        for name, rows in self._others.items():
            more = "" if len(rows) == 1 else f"; so are those of {counted(len(rows) - 1, 'more row')}"
            self._tell(rows[0], f"a file of a lidar, whose points have labels, found one of {name}{more}")

    def _tell(self, index: int, message: str) -> None:
        at = self._tables.origin(self._table, index, "sample_data_token")
        self._tables.report.error("nuscenes.labelled-file", f"expected {message}", at)


def classes(categories: Rows[Category], tables: Tables) -> frozenset[int] | None:
    """The classes that labels of points may name; None where no category has an `index`, or the table is cut.

    Says which have none, or that of another. Where it is told that rows are bad or gone, their classes may be any below
    the number of all.
    """
    firsts = [place for place, row in enumerate(categories.rows) if categories.places[row.token] == place]
    lacking = [place for place in firsts if categories.rows[place].index is None]
    if not firsts or len(lacking) == len(firsts):
        if firsts:
            message = f"expected an index, which labels of points name, found none in {len(firsts):,} rows"
            tables.report.warning("nuscenes.category-index", message, Origin(tables.path("category")))
        return None
    known: dict[int, int] = {}
    lost = len(tables.left_out("category")) + len(tables.gone.tokens("category"))
    is_whole = not lost and not lacking and len(firsts) == len(categories)
    for place in firsts:
        number, row = categories.rows[place].index, categories.indexes[place]
        if number is None:
            if not tables.is_mended("category", row, "index"):
                _tell_index(tables, row, "an index, as other categories have one, found none")
        elif number not in known:
            known[number] = place
        elif categories.rows[known[number]].name != categories.rows[place].name:  # else it is told to be there twice
            other = categories.indexes[known[number]]
            _tell_index(tables, row, f"an index of its own, found {number} of row {other} again")
            is_whole = False
    if tables.is_cut("category"):
        return None
    named = {number for number in known if 0 <= number < _MOST}
    return frozenset(named.union((_UNLABELLED,) if is_whole else range(len(categories) + lost + 1)))


def _tell_index(tables: Tables, row: int, message: str) -> None:
    at = tables.origin("category", row, "index")
    tables.report.warning("nuscenes.category-index", f"expected {message}", at)
