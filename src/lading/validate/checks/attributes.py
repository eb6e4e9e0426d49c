"""Values of attributes against what the catalog allows (platform-api.md D2, G3)."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

from lading.model.catalog import Attribute, Items, attribute_type_of
from lading.plugin.problem import Problem

#: What is wrong with a value, as rule and message, or None.
ValueCheck: TypeAlias = Callable[[Any], tuple[str, str] | None]

#: Python's types of the catalog's words; true and false are no numbers (LAB-ATTR-TYPE).
_TYPES: Mapping[str, frozenset[type]] = {
    "string": frozenset({str}),
    "boolean": frozenset({bool}),
    "integer": frozenset({int}),
    "number": frozenset({int, float}),
    "array": frozenset({list, tuple}),
    "null": frozenset({type(None)}),
}

#: Values that are always fine where nothing is declared.
_PLAIN = frozenset({str, bool, int, type(None)})

NO_TYPES: frozenset[type] = frozenset()

_LONGEST = 60
_SHOWN = 8


def value_check(spec: Items) -> ValueCheck:
    """The check of one value: finite, of a type, out of an enum, within a range, its elements so as well."""
    types = _type_names(spec)
    accepted = frozenset().union(*(_TYPES.get(name, frozenset()) for name in types))
    # the official client knows the type `instance` and explains it nowhere: any value goes
    is_any_type = not types or "instance" in types
    allows_whole = "integer" in types and "number" not in types
    enum = None if spec.enum is None else frozenset(map(_strict, spec.enum))
    element = None if spec.items is None else value_check(spec.items)
    low = -math.inf if spec.minimum is None else spec.minimum
    high = math.inf if spec.maximum is None else spec.maximum
    if low > high:  # catalog.range-order says so, and values are not to blame
        low, high = -math.inf, math.inf
    expected_type = " or ".join(types)
    expected_enum = _listed(spec.enum or ())

    def check(value: Any) -> tuple[str, str] | None:
        kind = type(value)
        if kind is float and not math.isfinite(value):
            return "label.not-finite", f"expected a finite number, found {value!r}"
        if not is_any_type and kind not in accepted and not (allows_whole and kind is float and value.is_integer()):
            return "attribute.type", f"expected {expected_type}, found {attribute_type_of(value)} {_short(value)}"
        if enum is not None and not _is_in(value, enum):
            return "attribute.enum", f"expected one of {expected_enum}, found {_short(value)}"
        if kind in _TYPES["number"] and not low <= value <= high:
            return "attribute.range", f"expected a value {_range(spec)}, found {_short(value)}"
        if kind in _TYPES["array"]:
            return _elements(value, element if element is not None else _check_finite)
        return None

    return check


def _check_finite(value: Any) -> tuple[str, str] | None:
    """The check of a value that no catalog speaks of: a number, at any depth of arrays, is one."""
    if type(value) is float and not math.isfinite(value):
        return "label.not-finite", f"expected a finite number, found {value!r}"
    return _elements(value, _check_finite) if isinstance(value, (list, tuple)) else None


def _elements(values: Sequence[Any], check: ValueCheck) -> tuple[str, str] | None:
    for index, value in enumerate(values):
        wrong = check(value)
        if wrong is not None:
            rule, message = wrong
            told = rule if rule == "label.not-finite" else "attribute.items"
            return told, f"element {index}: {message}"
    return None


def free_types(spec: Items) -> frozenset[type]:
    """The types whose values are always right, if they are finite: not numbers within a range, nor arrays."""
    if spec.enum is not None:
        return NO_TYPES
    names = set(_type_names(spec))
    types = frozenset().union(*(_TYPES.get(name, frozenset()) for name in names)) - _TYPES["array"]
    return types if spec.minimum is None and spec.maximum is None else types - _TYPES["number"]


def is_plain(values: Mapping[str, Any], free: Mapping[str, frozenset[type]]) -> bool:
    """Whether all attributes of a label are right already by their types: `free` are those, by name."""
    for name, value in values.items():
        kind = type(value)
        if kind not in free.get(name, NO_TYPES) or (kind is float and not math.isfinite(value)):
            return False
    return True


def attribute_checks(attributes: Sequence[Attribute]) -> dict[str, ValueCheck]:
    """The check of each attribute, by its name."""
    return {attribute.name: value_check(attribute) for attribute in attributes}


def check_attributes(
    values: Mapping[str, Any], checks: Mapping[str, ValueCheck], misplaced: frozenset[str]
) -> list[Problem]:
    """What is wrong with the attributes of a label; `misplaced` names those that its category has not."""
    problems = []
    wrong_category = [name for name in values if name in misplaced and name in checks]
    if wrong_category:
        problems.append(_of_another_category(wrong_category))
    for name, value in values.items():
        check = checks.get(name)
        if check is None:
            message = f"expected an attribute of the catalog, found {name!r}"
            problems.append(Problem("attribute.unknown", message, f"attributes/{name}"))
            continue
        wrong = check(value)
        if wrong is not None:
            problems.append(Problem(wrong[0], f"attribute {name!r}: {wrong[1]}", f"attributes/{name}"))
    return problems


def _of_another_category(names: Sequence[str]) -> Problem:
    """One for all attributes of a label: that it is of the wrong category is one thing."""
    if len(names) == 1:
        message = f"expected an attribute of this label's category, found {names[0]!r}"
        return Problem("attribute.wrong-category", message, f"attributes/{names[0]}")
    message = f"expected attributes of this label's category, found {len(names)} others: {_listed(names)}"
    return Problem("attribute.wrong-category", message, "attributes")


def check_undeclared(values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with attributes that no catalog speaks of: numbers that are none."""
    wrong = [(name, _check_finite(value)) for name, value in values.items() if type(value) not in _PLAIN]
    return [
        Problem(found[0], f"attribute {name!r}: {found[1]}", f"attributes/{name}")
        for name, found in wrong
        if found is not None
    ]


def _type_names(spec: Items) -> list[str]:
    if spec.type is None:
        return []
    return [spec.type] if isinstance(spec.type, str) else spec.type


def _strict(value: Any) -> tuple[bool, Any]:
    return isinstance(value, bool), value  # 1 and true are two values (ATTR-ENUM-DUP)


def _is_in(value: Any, enum: frozenset[tuple[bool, Any]]) -> bool:
    return not isinstance(value, (list, tuple, dict)) and _strict(value) in enum


def _short(value: Any) -> str:
    shown = repr(value)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 3]}..."


def _listed(values: Sequence[Any]) -> str:
    shown = ", ".join(_short(value) for value in values[:_SHOWN])
    return shown if len(values) <= _SHOWN else f"{shown} and {len(values) - _SHOWN} more"


def _range(spec: Items) -> str:
    if spec.minimum is None:
        return f"of at most {spec.maximum!r}"
    if spec.maximum is None:
        return f"of at least {spec.minimum!r}"
    return f"from {spec.minimum!r} to {spec.maximum!r}"
