"""map: the pictures of the ground, and the logs that none of them is of."""

from __future__ import annotations

from lading_nuscenes.layout import Media
from lading_nuscenes.outside import Outside
from lading_nuscenes.schema import Log, Map, Scene
from lading_nuscenes.tables import Rows, Tables


def read_maps(tables: Tables, media: Media) -> Rows[Map]:
    """The table of maps."""
    maps = tables.small("map", Map)
    outside = Outside(media, tables, "map")
    outside.bring_in(maps.indexes, maps.rows, maps.extras)
    outside.tell()
    return maps


def tell_mapless(tables: Tables, maps: Rows[Map], logs: Rows[Log], scenes: Rows[Scene]) -> None:
    """Say which logs of scenes no map names, where maps name logs: the devkit opens no such database.

    The other way round v1.0-mini has maps that name the logs of all nuScenes. An older release has maps without logs
    (source-formats.md 4.8, 12).
    """
    named = {token for row in maps.rows for token in row.log_tokens or ()}
    if not named or tables.left_out("map") or tables.mended("map", "log_tokens"):
        return
    for token in dict.fromkeys(row.log_token for row in scenes.rows):
        place = logs.places.get(token) if token else None
        if place is not None and token not in named:
            at = tables.origin("log", logs.indexes[place], "token")
            message = f"expected it among the `log_tokens` of a map, found it in none of {len(maps)}"
            tables.report.warning("nuscenes.map-log", message, at)
