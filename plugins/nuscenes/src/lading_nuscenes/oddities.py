"""What rows of other publishers have in another form than the schema: told, and brought into that form."""

from __future__ import annotations

from typing import Any

from lading import LadingError, Origin, Report
from lading.model.geometry import quaternion_from_matrix


def mend(row: dict[str, Any], origin: Origin, report: Report) -> tuple[dict[str, Any], list[str]]:
    """Change what can be understood all the same.

    Gives the values as they stood, to be kept with the row, and the keys of tokens that were numbers.
    """
    kept: dict[str, Any] = {}
    tokens: list[str] = []
    rotation = row.get("rotation")
    if isinstance(rotation, list) and len(rotation) == 3:
        try:
            row["rotation"] = quaternion_from_matrix(rotation)
        except (LadingError, ValueError, TypeError):
            return kept, tokens  # no rotation at all: the row is refused as it is
        kept["rotation"] = rotation
        message = "expected a quaternion, found a matrix; the quaternion of the nearest rotation is used"
        report.warning("nuscenes.rotation-matrix", message, origin.below("rotation"))
    for key, value in row.items():
        if type(value) is int and key.endswith("token"):
            row[key] = str(value)
            tokens.append(key)
            message = f"expected a token as a string, found the number {value}"
            report.warning("nuscenes.token-type", message, origin.below(key))
    return kept, tokens
