"""Sensors of one name, the channel: two rows of sensor whose files meet in a sample are one sensor too many."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from lading_nuscenes.files import Files
from lading_nuscenes.sensors import Sensors
from lading_nuscenes.tables import Tables


def tell_shared(tables: Tables, sensors: Sensors, files: Files) -> None:
    """Say, once a row, that a sensor has the name of an earlier one, where a sample has files of both."""
    kinds: dict[str, set[int]] = defaultdict(set)
    for model, kind in zip(sensors.models, sensors.ranks, strict=True):
        if model is not None and model.name:  # that a name is empty is told of each
            kinds[model.name].add(kind)
    shared = [(name, sorted(alike)) for name, alike in kinds.items() if len(alike) > 1]
    if not shared:
        return
    of_file = np.array([*sensors.ranks, -1])[np.maximum(files.calibrated, -1)]
    for name, (first, *others) in shared:
        met = files.samples[of_file == first]
        for kind in others:
            own = files.samples[(of_file == kind) & (files.samples >= 0)]
            if np.isin(own, met).any():
                at = tables.origin("sensor", sensors.kinds.indexes[kind], "channel")
                earlier = f"found {name!r} of row {sensors.kinds.indexes[first]} again"
                message = f"expected a name of its own, {earlier}; samples have files of both"
                tables.report.error("nuscenes.channel", message, at)
            met = np.concatenate((met, own))
