"""map: the pictures of the ground, and the logs that none of them is of."""

from __future__ import annotations

from lading import counted
from lading_nuscenes.layout import Media
from lading_nuscenes.outside import Outside
from lading_nuscenes.schema import Log, Map, Scene
from lading_nuscenes.tables import Rows, Tables

#: Logs that are told one by one though they are most.
_FEW = 2


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
    tokens = dict.fromkeys(row.log_token for row in scenes.rows if row.log_token)
    own = [(token, place) for token in tokens if (place := logs.places.get(token)) is not None]
    odd = [place for token, place in own if token not in named]
    is_most = len(odd) > _FEW and 2 * len(odd) > len(own)
    for place in odd[: 1 if is_most else None]:
        at = tables.origin("log", logs.indexes[place], "token")
        message = f"expected it among the `log_tokens` of a map, found it in none of {len(maps)}"
        if is_most:
            message += f", as {counted(len(odd), 'log')} of {len(own):,}"
        tables.report.warning("nuscenes.map-log", message, at)
