"""Sensors of one name, the channel: two rows of sensor, whose files meet in a sample or are of other scenes."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from lading_nuscenes.files import Files
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.tables import Tables


def tell_shared(tables: Tables, sensors: Sensors, files: Files) -> None:
    """Say, once a row, that a sensor has the name of an earlier one.

    Where no sample has files of both, nothing is said if it is so with most channels: scenes have their own.
    """
    kinds: dict[str, set[int]] = defaultdict(set)
    for model, kind in zip(sensors.models, sensors.ranks, strict=True):
        if model is not None and model.name:  # that a name is empty is told of each
            kinds[model.name].add(kind)
    shared = [(name, sorted(alike)) for name, alike in kinds.items() if len(alike) > 1]
    if not shared:
        return
    of_file = np.array([*sensors.ranks, -1])[np.maximum(files.calibrated, -1)]
    apart: list[tuple[str, int, int]] = []
    for name, (first, *others) in shared:
        met = files.samples[of_file == first]
        for kind in others:
            own = files.samples[(of_file == kind) & (files.samples >= 0)]
            if np.isin(own, met).any():
                at = tables.origin("sensor", sensors.kinds.indexes[kind], "channel")
                earlier = f"found {name!r} of row {sensors.kinds.indexes[first]} again"
                message = f"expected a name of its own, {earlier}; samples have files of both"
                tables.report.error("nuscenes.channel", message, at)
            elif len(own) and len(met):
                apart.append((name, first, kind))
            met = np.concatenate((met, own))
    for name, first, kind in apart if 2 * len({name for name, *_ in apart}) <= len(kinds) else ():
        message = f"expected one row of {name!r}, found it in row {sensors.kinds.indexes[first]} as well"
        at = tables.origin("sensor", sensors.kinds.indexes[kind], "channel")
        tables.report.warning("nuscenes.sensor-twice", f"{message}; files of some samples are of this one", at)
