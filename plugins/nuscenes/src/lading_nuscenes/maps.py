"""map: the pictures of the ground, and the logs that they are of."""

from __future__ import annotations

from lading import Origin, counted
from lading.media import is_image_name, probe
from lading.model.recurring import MANY, is_often
from lading_nuscenes.gone import is_token
from lading_nuscenes.layout import Media
from lading_nuscenes.outside import Outside
from lading_nuscenes.schema import Log, Map, Scene
from lading_nuscenes.tables import Rows, Tables

#: Logs and pictures that are told one by one.
_FEW = 2


def read_maps(tables: Tables, media: Media) -> Rows[Map]:
    """The table of maps."""
    maps = tables.small("map", Map)
    outside = Outside(media, tables, "map")
    outside.bring_in(maps.indexes, maps.rows, maps.extras)
    outside.tell()
    return maps


def tell_mapless(tables: Tables, maps: Rows[Map], logs: Rows[Log], scenes: Rows[Scene]) -> None:
    """Say which logs no map names, where maps name logs, and which logs maps name that are not there.

    The devkit opens no database with a log without a map. An older release has maps without logs (source-formats.md
    4.8, 12), and maps of v1.0-mini name the logs of all nuScenes: where they name more than a few that are not there,
    or as many as are, nothing is told of these.
    """
    named = {token for row in maps.rows for token in row.log_tokens or ()}
    if not named or any(map(tables.is_cut, ("map", "log"))):
        return
    mended = tables.mended("log", "token")
    gone = [token for token in named if token not in logs.places and not mended]
    unnamed = [
        place for token, place in logs.places.items() if token not in named and logs.indexes[place] not in mended
    ]
    is_few = len(gone) <= _FEW and (bool(unnamed) or 2 * len(gone) <= len(named) - len(gone))
    told = _tell_gone(tables, maps, {token for token in gone if is_few or not is_token(token)}, scenes)
    if len(unnamed) <= told or tables.left_out("map") or tables.mended("map", "log_tokens"):
        return
    is_most = is_often(len(unnamed), len(logs.places))
    for place in unnamed[: 1 if is_most else None]:
        at = tables.origin("log", logs.indexes[place], "token")
        message = f"expected it among the `log_tokens` of a map, found it in none of {len(maps)}"
        if is_most:
            message += f", as {counted(len(unnamed), 'log')} of {len(logs.places):,}"
        tables.report.warning("nuscenes.map-log", message, at)


def _tell_gone(tables: Tables, maps: Rows[Map], tokens: set[str], scenes: Rows[Scene]) -> int:
    """Tell tokens of no log where maps name them, but for those that are told otherwise: how many these are."""
    tokens -= {row.log_token for row in scenes.rows if row.log_token} | {*map(str, tables.left_out("log"))}
    for index, row in zip(maps.indexes, maps.rows, strict=True):
        for place, token in enumerate(row.log_tokens or ()):
            if token in tokens:
                at = tables.origin("map", index, "log_tokens", place)
                tables.report.warning("nuscenes.map-log", f"expected a token of log.json, found {token!r}", at)
    return len(tokens)


def tell_pictures(tables: Tables, maps: Rows[Map], media: Media) -> None:
    """Say which maps are pictures by their names and do not open, or are cut; once where many have one problem."""
    found: dict[str, list[str]] = {}
    names = dict.fromkeys(row.filename for row in maps.rows if is_image_name(row.filename))
    for name in names:
        file = media.find(name)
        problem = None if file is None else probe(file).problem
        if file is not None and problem is not None:
            found.setdefault(problem, []).append(file.path)
    for problem, paths in found.items():
        more = (
            f"; so it is with {counted(len(paths) - 1, 'more map')}" if is_often(len(paths), len(names), MANY) else ""
        )
        for path in paths[: 1 if more else None]:
            tables.report.warning("nuscenes.map-picture", f"{problem}{more}", Origin(path))
