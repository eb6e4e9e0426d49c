"""Where labels stand: the table (or the results file) and the row, in one integer a label."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from lading import File, Origin

_TABLES = ("sample_annotation", "object_ann", "surface_ann", "results")

#: The part of a row that a subject of a finding stands in, by table.
_PARTS: Mapping[str, Mapping[str, str]] = {
    "sample_annotation": {
        "category": "instance_token",
        "instance": "instance_token",
        "geometry/centre": "translation",
        "geometry/size": "size",
        "geometry/rotation": "rotation",
        "attributes": "attribute_tokens",
        "attributes/attribute": "attribute_tokens",
        "attributes/visibility": "visibility_token",
        "attributes/num_lidar_pts": "num_lidar_pts",
        "attributes/num_radar_pts": "num_radar_pts",
    },
    "object_ann": {
        "category": "category_token",
        "attributes": "attribute_tokens",
        "attributes/attribute": "attribute_tokens",
    },
    "surface_ann": {"category": "category_token"},
    "results": {
        "instance": "tracking_id",
        "geometry/centre": "translation",
        "geometry/size": "size",
        "geometry/rotation": "rotation",
        "attributes/velocity": "velocity",
        "attributes/attribute": "attribute_name",
    },
}
_GEOMETRY = {"BOX2D": "bbox", "RLE": "mask"}


def code(table: str, index: int) -> int:
    """The number of a row of a table of labels."""
    return index * len(_TABLES) + _TABLES.index(table)


class RowOrigins:
    """Turns such a number back, with the part of the row where it is known; one object serves all data.

    `find` gives the file of a name in a table; `point_classes` are those that labels of points may name, where known.
    """

    def __init__(
        self,
        paths: Mapping[str, str],
        of_results: Callable[[int, str | None], Origin] | None,
        find: Callable[[str], File | None],
        point_classes: frozenset[int] | None,
    ) -> None:
        self.find = find
        self.point_classes = point_classes
        self._paths = paths
        self._of_results = of_results

    def locate(self, index: int, kind: str | None = None, subject: str | None = None) -> Origin:
        """Where the row stands."""
        row, table = divmod(index, len(_TABLES))
        name = _TABLES[table]
        part = _GEOMETRY.get(kind or "") if subject == "geometry" else _PARTS[name].get(subject or "")
        if name == "results" and self._of_results is not None:
            return self._of_results(row, part)
        return Origin(self._paths[name], f"/{row}/{part}" if part else f"/{row}")
