"""Any value of extras as JSON and back, also what JSON has no word for: NaN, arrays, bytes, tuples, keys of any type.

A value that JSON has stands for itself; any other is an object of one key that begins with `$`.
"""

from __future__ import annotations

import base64
import math
from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np

#: Types whose values JSON has.
_PLAIN = frozenset({str, int, bool, type(None)})


def pack_value(value: Any) -> Any:
    """A value as JSON; one of a type that is not known becomes its text."""
    kind = type(value)
    if kind in _PLAIN:
        return value
    if kind is float:
        return value if math.isfinite(value) else {"$float": repr(value)}
    if kind is dict:
        packed = {}
        for key, part in value.items():
            if type(key) is not str or key.startswith("$"):
                return {"$object": [[pack_value(key), pack_value(part)] for key, part in value.items()]}
            packed[key] = part if type(part) in _PLAIN else pack_value(part)
        return packed
    if kind is list:
        return [pack_value(part) for part in value]
    return _pack_rare(value)


def _pack_rare(value: Any) -> Any:
    if isinstance(value, tuple):
        return {"$tuple": [pack_value(part) for part in value]}
    if isinstance(value, Mapping):
        return pack_value(dict(value))
    if isinstance(value, list):
        return pack_value(list(value))
    if isinstance(value, str):
        return str(value)
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        return {"$array": pack_value(value.tolist()), "$type": value.dtype.str, "$shape": list(value.shape)}
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, np.bool_):
        return bool(value)
    if isinstance(value, Integral):
        return int(value)
    if isinstance(value, Real):
        return pack_value(float(value))
    return str(value)


def unpack_value(value: Any) -> Any:
    """The value that `pack_value` was given."""
    if isinstance(value, list):
        return [unpack_value(part) for part in value]
    if not isinstance(value, dict):
        return value
    if not any(key.startswith("$") for key in value):
        return {key: unpack_value(part) for key, part in value.items()}
    if "$float" in value:
        return float(value["$float"])
    if "$tuple" in value:
        return tuple(unpack_value(part) for part in value["$tuple"])
    if "$object" in value:
        return {unpack_value(key): unpack_value(part) for key, part in value["$object"]}
    if "$bytes" in value:
        return base64.b64decode(value["$bytes"])
    return np.array(unpack_value(value["$array"]), dtype=value["$type"]).reshape(value["$shape"])
