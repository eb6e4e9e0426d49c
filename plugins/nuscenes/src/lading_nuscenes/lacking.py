"""Files of key frames that reach no sample, or may be such, for a reason that is told: which sensors samples lack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from lading_nuscenes.files import Files
from lading_nuscenes.moments import Nearest, doubled
from lading_nuscenes.samples import Samples
from lading_nuscenes.schema import CalibratedSensor
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.tables import Rows, Tables
from lading_nuscenes.times import NO_TIME
from lading_nuscenes.tokens import TokenBook


def lacking_sensors(
    tables: Tables,
    book: TokenBook,
    samples: Samples,
    files: Files,
    calibrated: Rows[CalibratedSensor],
    sensors: Sensors,
    named: Mapping[int, str],
) -> Mapping[int, frozenset[str]]:
    """The names of sensors by the sample that lacks their file.

    A row that is left out names its sample. That of a file whose token leads to none is the nearest in time. `named`
    are files with another sensor's channel in their names, which is lacking where theirs has another file.
    """
    found: dict[int, set[str]] = defaultdict(set)
    left_out = _left_out(tables, book, samples, calibrated)
    twice = doubled(samples, files, sensors, named)
    files.note_later(twice.later)
    strays = ((sample, int(files.calibrated[file])) for file, sample in twice.strays.items())
    for place, rig in (*left_out, *_homeless(samples, files), *files.undecided.values(), *strays):
        model = sensors.models[rig] if place >= 0 <= rig else None
        if model is not None:
            found[place].add(model.name)
    for file in twice.later:
        if file in named:
            found[int(files.samples[file])].add(named[file])
    return {place: frozenset(names) for place, names in found.items()}


def _left_out(
    tables: Tables, book: TokenBook, samples: Samples, calibrated: Rows[CalibratedSensor]
) -> Iterator[tuple[int, int]]:
    nearest = Nearest(samples)
    for row in tables.left_out("sample_data").values():
        sample, rig, time = (row.get(key) for key in ("sample_token", "calibrated_sensor_token", "timestamp"))
        if not row.get("is_key_frame") or not isinstance(rig, str) or rig not in calibrated.places:
            continue
        if isinstance(sample, str):
            place = int(samples.index.find(book.keys([sample]))[0])
        else:
            place = nearest.place(time * 1_000) if type(time) is int else -1
        if place >= 0:
            yield place, calibrated.places[rig]


def _homeless(samples: Samples, files: Files) -> Iterator[tuple[int, int]]:
    is_lost = (files.samples < 0) & files.is_key & (files.calibrated >= 0) & (files.times != NO_TIME)
    nearest = Nearest(samples)
    for file in np.flatnonzero(is_lost).tolist():
        place = nearest.place(int(files.times[file]))
        if place >= 0:
            yield place, int(files.calibrated[file])
