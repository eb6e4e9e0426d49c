"""The header's segments: a scene each, with its sensors and what belongs to it beside the frames."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading import Origin, Segment, Sensor
from lading_nuscenes.database import Database
from lading_nuscenes.groups import Group
from lading_nuscenes.layout import folders
from lading_nuscenes.sensors import carrying
from lading_nuscenes.times import NO_TIME

#: The segment of samples without the token of a scene or log.
_NAMELESS = "unlisted"

#: How far from its samples' times a file between them may lie: cameras look up to 50 ms before or after the lidar.
_SLACK_NS = 100_000_000


class Moment(msgspec.Struct, frozen=True):
    """A frame to be: a sample with its key frames (`sample` is its place), or files between samples."""

    sample: int
    files: NDArray[np.int64]
    time_ns: int


class Plan(msgspec.Struct):
    """A segment, how its frames are found, and the sensor that boxes lie on where nothing is amiss."""

    group: Group
    segment: Segment
    sensors: dict[str, Sensor]
    carrier: str | None


def plans(database: Database, *, sweeps: bool) -> list[Plan]:
    """The segments, in the order of the table of scenes (of logs in nuImages)."""
    names: dict[str, int] = {}
    side = _Beside(database)
    found = []
    for group in database.groups():
        count, files = len(group.samples), _key_files(database, group)
        if sweeps:
            frames = moments(database, group, sweeps=True)
            count, files = len(frames), np.concatenate([files[:0], *(frame.files for frame in frames)])
            if not database.version.is_nuimages:  # whose shots come after the key frame as before it (4.5)
                _tell_strays(database, group)
        sensors, rigs = _sensors(database, files)
        carrier = min(sensors.values(), key=carrying, default=None)
        segment = Segment(
            name=_name(database, group, names),
            description=(group.scene.description or "") if group.scene is not None else "",
            sensors=tuple(sensors.values()),
            frame_count=count,
            extras=side.extras(group) | ({"calibrated_sensors": rigs} if rigs else {}),
            origin=_origin(database, group),
        )
        found.append(Plan(group, segment, sensors, None if carrier is None else carrier.name))
    return found


def _key_files(database: Database, group: Group) -> NDArray[np.int64]:
    """The key frames of all samples of a segment, in their order."""
    order, starts = database.by_sample
    files = [order[starts[sample] : starts[sample + 1]] for sample in group.samples]
    own = np.concatenate([order[:0], *files]).astype(np.int64)
    keys: NDArray[np.int64] = own[database.files.is_key[own]]
    return keys


def _name(database: Database, group: Group, taken: dict[str, int]) -> str:
    base = group.scene.name if group.scene is not None else (group.log.logfile if group.log is not None else None)
    name = base or group.token or _NAMELESS
    if base == "":
        message = f"expected a name, found an empty one; the segment is called {name!r}"
        database.tables.report.warning("nuscenes.no-name", message, _origin(database, group))
    taken[name] = taken.get(name, 0) + 1
    if taken[name] == 1:
        return name
    other = f"{name}-{taken[name]}"
    message = f"expected a name of its own, found {name!r} again; the segment is called {other!r}"
    database.tables.report.warning("nuscenes.duplicate-name", message, _origin(database, group))
    return other


def _origin(database: Database, group: Group) -> Origin | None:
    """The name of the scene or log."""
    if group.scene is not None:
        place = database.scenes.places.get(group.token)
        return None if place is None else database.tables.origin("scene", database.scenes.indexes[place], "name")
    place = database.logs.places.get(group.token)
    return None if place is None else database.tables.origin("log", database.logs.indexes[place], "logfile")


def moments(database: Database, group: Group, *, sweeps: bool) -> list[Moment]:
    """The frames of a segment, in order: its samples, and between them by time the files that are no key frames."""
    order, starts = database.by_sample
    files = database.files
    ranks = np.array([*database.sensors.ranks, 1 << 30], dtype=np.int64)
    keys, others = [], []
    for sample in group.samples:
        own = order[starts[sample] : starts[sample + 1]].astype(np.int64)
        is_key = files.is_key[own]
        keys.append(Moment(sample, _ranked(database, own[is_key], ranks), int(database.samples.times[sample])))
        others.append(own[~is_key])
    if not sweeps or not others:
        return keys
    return _merged(keys, _instants(database, np.concatenate(others), ranks))


def _tell_strays(database: Database, group: Group) -> None:
    """Say which files between samples have a time that lies outside of the samples around them.

    Such a file belongs to the sample that follows it; behind the last sample there may be some of that one, which are
    not later than the files that `next` leads to.
    """
    order, starts = database.by_sample
    files, times = database.files, database.samples.times
    for place, sample in enumerate(group.samples):
        own = order[starts[sample] : starts[sample + 1]]
        own = own[~files.is_key[own] & (files.times[own] != NO_TIME)]
        start = int(times[group.samples[place - 1]]) if place else NO_TIME
        end = int(times[sample]) if place < len(group.samples) - 1 else NO_TIME
        is_early = (files.times[own] < start - _SLACK_NS) & (start != NO_TIME)
        is_late = (files.times[own] > end + _SLACK_NS) & (end != NO_TIME)
        if place == len(group.samples) - 1:
            follow = files.index.find(files.links[1][own])
            is_late = (
                (follow >= 0)
                & ~np.isin(own, files.turned)
                & (files.times[follow] != NO_TIME)
                & (files.times[own] > files.times[follow])
            )
        for file in own[is_early | is_late].tolist():
            message = "expected a time between those of the samples around it, found one outside"
            at = database.tables.origin("sample_data", int(files.rows[file]), "timestamp")
            database.tables.report.warning("nuscenes.sweep-time", message, at)


def _ranked(database: Database, files: NDArray[np.int64], ranks: NDArray[np.int64]) -> NDArray[np.int64]:
    """Files as sensor.json orders their sensors; a calibration that is not there comes last (index -1)."""
    places = np.maximum(database.files.calibrated[files], -1)
    keys = ranks[places]
    if len(database.files.later):  # the one of several of a sensor that stays comes first
        keys = 2 * keys + np.isin(files, database.files.later)
    ordered: NDArray[np.int64] = files[np.argsort(keys, kind="stable")]
    return ordered


def _instants(database: Database, files: NDArray[np.int64], ranks: NDArray[np.int64]) -> list[Moment]:
    """Files of one time make a frame; each sensor has a clock of its own, so mostly that is one file."""
    times = database.files.times[files]
    order = np.argsort(times, kind="stable")
    files, times = files[order], times[order]
    cuts = np.flatnonzero((times[1:] != times[:-1]) | (times[1:] == NO_TIME)) + 1
    return [
        Moment(-1, _ranked(database, part, ranks), int(database.files.times[part[0]]))
        for part in np.split(files, cuts)
        if len(part)
    ]


def _merged(keys: list[Moment], others: list[Moment]) -> list[Moment]:
    """Both in time; the samples keep their own order, and come before others of their time."""
    merged: list[Moment] = []
    place = 0
    for key in keys:
        while place < len(others) and others[place].time_ns < key.time_ns:
            merged.append(others[place])
            place += 1
        merged.append(key)
    return merged + others[place:]


def _sensors(database: Database, files: NDArray[np.int64]) -> tuple[dict[str, Sensor], dict[str, Any]]:
    """The sensors of a segment as its first frame that has each knows it, and the tokens of their rows."""
    calibrated = database.files.calibrated[files]
    places, firsts = np.unique(calibrated, return_index=True)
    sensors: dict[str, Sensor] = {}
    rows: dict[str, int] = {}
    for place in places[np.argsort(firsts)].tolist():
        model = database.sensors.models[place] if place >= 0 else None
        if model is not None and model.name not in sensors:
            sensors[model.name] = model
            rows[model.name] = place
    names = sorted(sensors, key=lambda name: database.sensors.ranks[rows[name]])
    return {name: sensors[name] for name in names}, {name: database.sensors.extras(rows[name]) for name in names}


class _Beside:
    """What belongs to a scene beside its frames: its rows, its log, maps and files of the CAN bus."""

    def __init__(self, database: Database) -> None:
        self._database = database
        source = database.media.source
        self._can_bus: dict[str, list[str]] = {}
        for folder in folders(source):
            if folder.rpartition("/")[2] != "can_bus":
                continue
            for name in source.below(folder):
                base = name.rpartition("/")[2]
                self._can_bus.setdefault(base.partition("_")[0], []).append(name)
        if self._can_bus:
            files = [name for names in self._can_bus.values() for name in names]
            what = "files of the CAN bus (they are named in the segments' extras)"
            database.tables.report.loss(what, files[0], len(files))

    def extras(self, group: Group) -> dict[str, Any]:
        """Rows and names, as they stand."""
        database = self._database
        extras: dict[str, Any] = {}
        for rows, row in ((database.scenes, group.scene), (database.logs, group.log)):
            if row is not None:
                more = rows.extras.get(rows.places[row.token], {})
                extras[rows.table] = {**msgspec.to_builtins(row), **more}
        if group.log is not None:
            maps = [row.filename for row in database.maps.rows if group.log.token in (row.log_tokens or ())]
            if maps:
                extras["maps"] = maps
        if group.scene is not None and group.scene.name in self._can_bus:
            extras["can_bus"] = self._can_bus[group.scene.name]
        return extras
