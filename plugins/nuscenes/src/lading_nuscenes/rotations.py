"""Quaternions in columns: products, what is wrong with them, and boxes brought into the frame of a sensor."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from lading import Transform3D
from lading_nuscenes.tables import Tables

Floats: TypeAlias = NDArray[np.float64]

#: How far from 1 the length of a quaternion may be: rows have 16 digits, old ones are rounded to fewer.
_NEAR = 1e-6

#: The sine of half of 20 degrees: what stands upright has x and y of its unit quaternion below it.
_TILT = 0.17

#: Rows of a table that tell the order of all.
_LOOKED_AT = 10_000

#: How many times as many quaternions have w last as first where that is their order.
_MANY = 10


def into_sensor(
    centres: Floats, rotations: Floats, ego_pose: Transform3D, extrinsics: Transform3D
) -> tuple[Floats, Floats]:
    """Centres (N, 3) and rotations (N, 4) from the world's frame to a sensor's.

    Global to ego at the time of the sensor's file, then ego to sensor; each step takes the offset away before it
    turns, so that large coordinates lose no digits.
    """
    for step in (ego_pose, extrinsics):
        with np.errstate(invalid="ignore", over="ignore"):  # infinities in a row end as NaN
            centres = (centres - np.array(step.translation)) @ step.rotation_matrix
        rotations = _product(_unit(np.array([step.rotation])) * (1.0, -1.0, -1.0, -1.0), _unit(rotations))
    return centres, rotations


def _unit(quaternions: Floats) -> Floats:
    """At length 1, sign kept; one of length 0 stays as it is, for rules to judge, and so does NaN."""
    lengths = np.sqrt((quaternions * quaternions).sum(axis=1, keepdims=True))
    lengths[lengths == 0] = 1.0
    with np.errstate(invalid="ignore"):
        unit: Floats = quaternions / lengths
    return unit


def _product(left: Floats, right: Floats) -> Floats:
    aw, ax, ay, az = left.T
    bw, bx, by, bz = right.T
    return np.stack(
        (
            aw * bw - ax * bx - ay * by - az * bz,
            aw * bx + ax * bw + ay * bz - az * by,
            aw * by - ax * bz + ay * bw + az * bx,
            aw * bz + ax * by - ay * bx + az * bw,
        ),
        axis=1,
    )


def is_rotation(transform: Transform3D) -> bool:
    """Whether its numbers are finite and its quaternion turns at all."""
    return all(map(math.isfinite, (*transform.translation, *transform.rotation))) and any(transform.rotation)


def tell_lengths(tables: Tables, table: str, indexes: Sequence[int], rotations: Floats) -> None:
    """Say which rows have a quaternion of another length than 1 whose direction is what is read."""
    for place, length in _wrong(rotations):
        if length:
            message = f"expected a unit quaternion, found one of length {length!r}; its direction counts"
            at = tables.origin(table, indexes[place], "rotation")
            tables.report.warning("nuscenes.rotation-length", message, at)


def tell_rotations(tables: Tables, table: str, indexes: Sequence[int], translations: Floats, rotations: Floats) -> None:
    """Say which rows have numbers that are not finite, or a quaternion of another length than 1."""
    for column, values in (("translation", translations), ("rotation", rotations)):
        is_finite = np.isfinite(values)
        for place in () if is_finite.all() else np.flatnonzero(~is_finite.all(axis=1)).tolist():
            message = f"expected finite numbers, found {values[place].tolist()}"
            tables.report.error("nuscenes.not-finite", message, tables.origin(table, indexes[place], column))
    for place, length in _wrong(rotations):
        if not length:
            message = "expected a unit quaternion, found one of length 0, which is no rotation"
            at = tables.origin(table, indexes[place], "rotation")
            tables.report.error("nuscenes.no-rotation", message, at)
    tell_lengths(tables, table, indexes, rotations)


def _wrong(rotations: Floats) -> list[tuple[int, float]]:
    """Place and length of the quaternions that are finite and not of length 1."""
    with np.errstate(invalid="ignore", over="ignore"):
        w, x, y, z = rotations.T
        lengths = np.sqrt(w * w + x * x + y * y + z * z)
        wrong = np.isfinite(lengths) & (np.abs(lengths - 1.0) > _NEAR)
    return [(place, float(lengths[place])) for place in np.flatnonzero(wrong).tolist()]


def tell_order(tables: Tables, table: str, rows: NDArray[np.int32], rotations: Floats) -> None:
    """Say once that a table has quaternions of x, y, z, w: as w, x, y, z hardly one of its things stands upright.

    Vehicles and boxes stand on the ground, so that x and y of a quaternion are small. One that has w and z small as
    well is upright in both orders, and tells nothing.
    """
    rotations = rotations[:_LOOKED_AT]
    with np.errstate(invalid="ignore"):
        first, second, third, last = np.abs(_unit(rotations)).T
        is_upright = (second < _TILT) & (third < _TILT) & ~(first < _TILT)
        is_other = (first < _TILT) & (second < _TILT) & ~(third < _TILT)
    found = np.flatnonzero(is_other & (last >= 0))
    if len(found) < 2 or len(found) < _MANY * np.count_nonzero(is_upright):
        return
    message = f"expected quaternions (w, x, y, z), found w last in {len(found):,} of {len(rotations):,} rows"
    at = tables.origin(table, int(rows[found[0]]), "rotation")
    tables.report.warning("nuscenes.quaternion-order", message, at)
    tables.turned.add(table)
