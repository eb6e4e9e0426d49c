"""Points of a lidar's or radar's file: PCD by its header, `.npy`, and bare floats in columns."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from lading.errors import SourceError
from lading.model.content import Content

Cloud = NDArray[np.float64]

#: Files above this size, in bytes, are not drawn.
_LARGEST = 256 << 20
_KINDS = {"F": "f", "I": "i", "U": "u"}


def read_points(content: Content, fields: Sequence[str] | None = None) -> Cloud:
    """x, y, z of every point, (N, 3). `fields` names the columns of bare floats; four of them without it.

    Raises SourceError for a file that is none of these.
    """
    if content.size > _LARGEST:
        raise SourceError(content.path, f"expected at most {_LARGEST} bytes to draw, found {content.size}")
    with content.open() as stream:
        data = stream.read()
    try:
        if data.startswith((b"# .PCD", b"VERSION")):
            return _pcd(data)
        if data.startswith(b"\x93NUMPY"):
            return _columns(np.load(io.BytesIO(data), allow_pickle=False))
        return _bare(data, fields)
    except (ValueError, LookupError, TypeError, UnicodeDecodeError) as exc:
        raise SourceError(content.path, f"expected points, found {type(exc).__name__}: {exc}") from exc


def _bare(data: bytes, fields: Sequence[str] | None) -> Cloud:
    width = len(fields) if fields else 4
    if len(data) % (4 * width):
        raise ValueError(f"expected rows of {width} floats, found {len(data)} bytes")
    values = np.frombuffer(data, dtype="<f4").reshape(-1, width)
    names = [name.lower() for name in fields] if fields else ["x", "y", "z"]
    order = [names.index(axis) for axis in "xyz"] if {"x", "y", "z"} <= set(names) else [0, 1, 2]
    return values[:, order].astype(np.float64)


def _columns(values: NDArray[np.generic]) -> Cloud:
    if values.ndim != 2 or values.shape[1] < 3:
        raise ValueError(f"expected rows of x, y, z, found shape {values.shape}")
    return values[:, :3].astype(np.float64)


def _pcd(data: bytes) -> Cloud:
    head = re.search(rb"^DATA +(ascii|binary)\s*?\r?\n", data, re.MULTILINE)
    if head is None:
        raise ValueError("a PCD that is neither ascii nor binary")
    lines = [line.split() for line in data[: head.start()].decode("ascii", "replace").splitlines()]
    header = {line[0]: line[1:] for line in lines if line and not line[0].startswith("#")}
    names, sizes, kinds = header["FIELDS"], header["SIZE"], header["TYPE"]
    counts = header.get("COUNT", ["1"] * len(names))
    body = data[head.end() :]
    if head[1] == b"ascii":
        rows = np.array([line.split() for line in body.decode("ascii", "replace").splitlines() if line.strip()])
        places = np.cumsum([0, *map(int, counts)])
        return np.stack([rows[:, places[names.index(axis)]].astype(np.float64) for axis in "xyz"], axis=1)
    row = np.dtype(
        {
            "names": [f"{i}:{name}" for i, name in enumerate(names)],
            "formats": [f"({n},)<{_KINDS[k]}{s}" for k, s, n in zip(kinds, sizes, counts, strict=True)],
        }
    )
    values = np.frombuffer(body, row, min(int(header["POINTS"][0]), len(body) // row.itemsize))
    return np.stack([values[f"{names.index(axis)}:{axis}"][:, 0].astype(np.float64) for axis in "xyz"], axis=1)
