"""The forms in which people write boxes, rings, masks and keypoints, brought to the usual one; odd ones are told."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from lading_coco.ids import is_id
from lading_coco.measures import tell_area
from lading_coco.numerals import number_of, numbers_of
from lading_coco.rle_forms import rle_from_record
from lading_coco.rows import UNSET, Row
from lading_coco.wording import shown

#: Tells of something wrong: rule, message, and the parts of the pointer below the record.
Tell: TypeAlias = Callable[..., None]

_IDS = ("id", "image_id", "category_id")
#: Numbers of which no label is made, so that no rule looks at them.
_EXTRAS = frozenset({"area", "num_keypoints"})


def row_of(record: Mapping[str, Any], tell: Tell) -> tuple[Row, dict[str, Any]]:
    """A record as a row of the usual fields, and the keys that have no place in it, as they are."""
    rest = {key: value for key, value in record.items() if key not in _FIELDS}
    row = Row()
    for key, take in _FIELDS.items():
        if key not in record:
            continue
        value = take(key, record[key], tell)
        setattr(row, key, value)
        if value is UNSET or (key == "segmentation" and _lacks_rings(value, record[key])):
            rest[key] = record[key]
    return row, rest


def _lacks_rings(rings: Any, written: Any) -> bool:
    """Whether some of the rings that were written could not be read."""
    if not isinstance(rings, list) or not isinstance(written, list) or numbers_of(written) is not None:
        return False
    return len(rings) < len(written) and not all(_is_point(part) for part in written)


def _id(key: str, value: Any, tell: Tell) -> Any:
    if value is not None and not is_id(value):
        tell("coco.bad-id", f"expected a whole number or a text, found {value!r}", key)
        return UNSET
    return int(value) if isinstance(value, float) else value


def _bbox(key: str, value: Any, tell: Tell) -> Any:
    if value is None or value == []:
        return value
    numbers = numbers_of(value)
    if numbers is None or len(numbers) != 4:
        tell("coco.bad-bbox", f"expected 4 numbers, found {shown(value)}", key)
        return UNSET
    _tell_text(value, numbers, tell, key)
    return list(map(float, numbers))


def _tell_text(values: Any, numbers: list[Any], tell: Tell, *at: str | int) -> None:
    for index, (value, number) in enumerate(zip(values, numbers, strict=True)):
        if isinstance(value, str):
            tell(
                "coco.number-as-text", f"expected a number, found {value!r}, read as {number!r}", *at, index, warn=True
            )
            return


def _segmentation(key: str, value: Any, tell: Tell) -> Any:
    if value is None or value == []:
        return value
    if isinstance(value, Mapping):
        return rle_from_record(value, tell, key)
    if isinstance(value, str) or not isinstance(value, list):
        tell("coco.bad-segmentation", f"expected rings or run lengths, found {shown(value)}", key)
        return UNSET
    return _rings(key, value, tell)


def _rings(key: str, value: list[Any], tell: Tell) -> Any:
    """Rings in one of four forms (source-formats.md 2.5): flat lists; one flat list; lists of pairs; of {x, y}."""
    numbers = numbers_of(value)
    if numbers is not None:
        tell("coco.ring-form", "expected a list of rings, found one ring", key, warn=True)
        return [numbers]
    if all(_is_point(part) for part in value):  # [[x, y], ...]: one ring of pairs, unless it is rings of one point
        tell("coco.ring-form", "expected a list of rings, found one ring of points", key, warn=True)
        return [[number for point in value for number in _pair(point)]]
    rings = []
    for index, part in enumerate(value):
        ring = _ring(part)
        problem = f"expected a ring of numbers, found {shown(part)}" if ring is None else ring_problem(ring)
        if ring is None or problem is not None:
            tell("coco.bad-polygon", problem, key, index)
            continue
        if part and not isinstance(part[0], (int, float, str)):
            tell("coco.ring-form", "expected a flat list of numbers, found points", key, index, warn=True)
        else:
            _tell_text(part, ring, tell, key, index)
        rings.append(ring)
    return rings or UNSET


def ring_problem(ring: Sequence[Any]) -> str | None:
    """What is wrong with a list of numbers that is to be x and y in turns, or None."""
    if len(ring) % 2:
        return f"expected pairs of numbers, found {len(ring)} numbers; the ring is left out"
    return None if ring else "expected a ring of numbers, found an empty one; it is left out"


def _ring(part: Any) -> list[Any] | None:
    flat = numbers_of(part)
    if flat is not None:
        return flat
    while isinstance(part, list) and len(part) == 1 and isinstance(part[0], list):  # one level too much
        part = part[0]
    if isinstance(part, list) and part and all(_is_point(point) for point in part):
        return [number for point in part for number in _pair(point)]
    return numbers_of(part)


def _is_point(part: Any) -> bool:
    return _pair(part) is not None if isinstance(part, (list, dict)) else False


def _pair(point: Any) -> Any:
    values = [point.get("x"), point.get("y")] if isinstance(point, dict) else point
    numbers = numbers_of(values)
    return numbers if numbers is not None and len(numbers) == 2 else None


def _keypoints(key: str, value: Any, tell: Tell) -> Any:
    if value is None or value == []:
        return value
    numbers = numbers_of(value)
    if numbers is None:
        tell("coco.bad-keypoints", f"expected numbers, found {shown(value)}", key)
        return UNSET
    _tell_text(value, numbers, tell, key)
    return numbers


def number(key: str, value: Any, tell: Tell) -> Any:
    """A number, also one that is written as text, or null; UNSET for what is none. What is odd about it is told."""
    if value is None or (isinstance(value, bool) and key == "iscrowd"):
        return value
    read = number_of(value)
    if read is None:
        tell("coco.bad-number", f"expected a number, found {shown(value)}", key)
        return UNSET
    if key in _EXTRAS and not math.isfinite(read):
        tell("coco.bad-number", f"expected a finite number, found {value!r}", key, warn=True)
    elif key == "area":
        tell_area(read, tell)
    _tell_text([value], [read], lambda rule, message, *at, **how: tell(rule, message, key, **how), key)
    return read


def _caption(key: str, value: Any, tell: Tell) -> Any:
    if isinstance(value, str) or value is None:
        return value
    tell("coco.bad-caption", f"expected a text, found {shown(value)}", key)
    return UNSET


def _attributes(key: str, value: Any, tell: Tell) -> Any:
    if isinstance(value, dict) or value is None:
        return value
    if value != []:
        tell("coco.bad-attributes", f"expected an object, found {shown(value)}", key)
    return UNSET


#: What is read of a record besides the keys that are kept as they are.
_FIELDS: dict[str, Callable[[str, Any, Tell], Any]] = {
    **dict.fromkeys(_IDS, _id),
    "bbox": _bbox,
    "segmentation": _segmentation,
    "area": number,
    "iscrowd": number,
    "keypoints": _keypoints,
    "num_keypoints": number,
    "caption": _caption,
    "score": number,
    "attributes": _attributes,
}
