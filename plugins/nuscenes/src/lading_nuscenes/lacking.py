"""Files of key frames that reach no sample for a reason that is told: which sensors their samples lack."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

import numpy as np

from lading_nuscenes.files import Files
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
) -> Mapping[int, frozenset[str]]:
    """The names of sensors by the sample that lacks their file.

    A row that is left out names its sample. That of a file whose token leads to none is the nearest in time.
    """
    found: dict[int, set[str]] = defaultdict(set)
    for place, rig in (*_left_out(tables, book, samples, calibrated), *_homeless(samples, files)):
        model = sensors.models[rig]
        if model is not None:
            found[place].add(model.name)
    return {place: frozenset(names) for place, names in found.items()}


def _left_out(
    tables: Tables, book: TokenBook, samples: Samples, calibrated: Rows[CalibratedSensor]
) -> Iterator[tuple[int, int]]:
    for row in tables.left_out("sample_data").values():
        sample, rig = row.get("sample_token"), row.get("calibrated_sensor_token")
        if row.get("is_key_frame") and isinstance(sample, str) and isinstance(rig, str) and rig in calibrated.places:
            place = int(samples.index.find(book.keys([sample]))[0])
            if place >= 0:
                yield place, calibrated.places[rig]


def _homeless(samples: Samples, files: Files) -> Iterator[tuple[int, int]]:
    is_lost = (files.samples < 0) & files.is_key & (files.calibrated >= 0) & (files.times != NO_TIME)
    order = np.argsort(samples.times)
    times = samples.times[order]
    order, times = order[times != NO_TIME], times[times != NO_TIME]
    for file in np.flatnonzero(is_lost).tolist() if len(times) else ():
        time = files.times[file]
        after = min(int(np.searchsorted(times, time)), len(times) - 1)
        before = max(after - 1, 0)
        nearest = before if time - times[before] < times[after] - time else after
        yield int(order[nearest]), int(files.calibrated[file])
