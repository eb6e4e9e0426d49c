"""Label catalogs as the platform writes them (section D), with the spellings of section B-D."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from pydantic import ValidationError

from lading.errors import RecordError
from lading.model.catalog import ATTRIBUTE_TYPES, VISIBILITIES, Catalog, Subcatalog
from lading.model.codec.node import Node, describe
from lading.model.label import LABEL_TYPES
from lading.model.report import Origin, Report, tokens_of

Json: TypeAlias = dict[str, Any]

_ALIASES = {"POLYGON": "POLYGON2D"}
_LISTS = ("categories", "attributes", "keypoints", "lexicon")


def encode_catalog(catalog: Catalog) -> Json:
    """The catalog object: label type to subcatalog, with the fields that were set and no nulls."""
    return {
        kind: catalog[kind].model_dump(by_alias=True, exclude_unset=True, exclude_none=True) for kind in catalog.kinds()
    }


def decode_catalog(
    value: Any, report: Report | None = None, *, at: Origin | None = None, is_lenient: bool = False
) -> Catalog:
    """A catalog from its JSON.

    `interger`, a `visible` of another form, a lexicon inside a string and nulls in place of absent numbers are
    read as the spec says (D1, D14, D15, D29), with a warning; so is a field or a label type that is not known.
    Raises RecordError for what the platform refuses: wrong types, null lists, repeated names, unknown types of
    attributes, `array` without `items`, KEYPOINTS2D without `keypoints`. With `is_lenient` only what the model cannot
    hold is refused, and the rules of `validate` judge the rest, whose findings have a place each.
    """
    node = Node(value, at if at is not None else Origin("catalog", ""))
    heard = report if report is not None else Report()
    subcatalogs: dict[str, Subcatalog] = {}
    for name in node.object():
        kind = _ALIASES.get(name, name)
        place = node.field(name)
        if kind in subcatalogs:
            raise place.wrong(f"{kind} under one spelling", "two")
        if kind not in LABEL_TYPES and not is_lenient:
            heard.error("catalog.unknown-type", f"expected a known label type, found {name!r}", place.at)
        subcatalogs[kind] = _decode_subcatalog(kind, place, heard, is_lenient=is_lenient)
    return Catalog(subcatalogs=subcatalogs, origin=at)


def _decode_subcatalog(kind: str, node: Node, report: Report, *, is_lenient: bool) -> Subcatalog:
    fields = dict(node.object())
    for name in _LISTS:
        if name in fields and fields[name] is None:
            raise node.wrong(f"`{name}` to be absent or an array", "null")
    if "lexicon" in fields:
        fields["lexicon"] = _lexicon(node.field("lexicon"), report)
    if "attributes" in fields:
        items = node.field("attributes").items()
        fields["attributes"] = [_attribute(item, report, is_lenient=is_lenient) for item in items]
    if "keypoints" in fields:
        items = node.field("keypoints").items()
        fields["keypoints"] = [_keypoints(item, report, is_lenient=is_lenient) for item in items]
    elif kind == "KEYPOINTS2D" and not is_lenient:
        raise node.wrong("a field `keypoints`", "none")
    for name in ("categories", "attributes"):
        if name in fields and not is_lenient:
            _check_unique(node.field(name))
    return _build({k: v for k, v in fields.items() if v is not None}, node, report)


def _build(fields: Json, node: Node, report: Report) -> Subcatalog:
    try:
        subcatalog = Subcatalog.model_validate(fields)
    except ValidationError as exc:
        problem = exc.errors()[0]
        raise _wrong(_descend(node, problem["loc"]), dict(problem)) from exc
    extra = list(_unknown_fields(subcatalog, node))
    for at in extra:
        name = tokens_of(at.pointer or "")[-1]
        report.warning("catalog.unknown-field", f"expected a field of the catalog, found {name!r}", at)
    return subcatalog


def _wrong(place: Node, problem: Mapping[str, Any]) -> RecordError:
    """What pydantic means, in the words of the JSON."""
    if problem["type"] == "missing":
        return place.wrong(f"a field `{problem['loc'][-1]}`", "none")
    shape = problem["type"].removesuffix("_type").removesuffix("_parsing")
    expected = {"model": "an object", "list": "an array", "tuple": "an array", "bool": "true or false"}.get(shape)
    if shape in ("int", "float"):
        expected = "a number" if problem["loc"][-1] in ("int", "float") else "a whole number"  # one of several types
    return place.wrong(expected or problem["msg"].removeprefix("Input should be ").lower())


def _descend(node: Node, location: Sequence[str | int]) -> Node:
    """The part of the document that pydantic means; its names for the branches of a union are no part of it."""
    for token in location:
        if isinstance(token, str) and isinstance(node.value, dict) and token in node.value:
            node = node.field(token)
        elif isinstance(token, int) and isinstance(node.value, list) and token < len(node.value):
            node = Node(node.value[token], node.at.below(token))
        else:
            break
    return node


def _unknown_fields(subcatalog: Subcatalog, node: Node) -> Iterable[Origin]:
    yield from (node.at.below(name) for name in subcatalog.model_extra or ())
    for name in ("categories", "attributes", "keypoints"):
        for index, part in enumerate(getattr(subcatalog, name) or ()):
            yield from (node.at.below(name, index, key) for key in part.model_extra or ())


def _check_unique(node: Node) -> None:
    seen: set[str] = set()
    for item in node.items():
        name = item.field("name").text()
        if name in seen:
            raise item.field("name").wrong("a name that is not taken")
        seen.add(name)


def _attribute(node: Node, report: Report, *, is_lenient: bool) -> Json:
    fields = {name: value for name, value in node.object().items() if value is not None}
    if "type" in fields:
        fields["type"] = _types(node.field("type"), report, is_lenient=is_lenient)
    items = node.optional("items")
    types = fields.get("type", [])
    if "array" in ([types] if isinstance(types, str) else types) and items is None and not is_lenient:
        raise node.wrong("a field `items` beside the type `array`", "none")
    if items is not None:
        fields["items"] = _attribute(items, report, is_lenient=is_lenient)
    for name in ("enum", "parentCategories"):
        if name in node.object() and name not in fields:
            raise node.wrong(f"`{name}` to be absent or an array", "null")
    return fields


def _types(node: Node, report: Report, *, is_lenient: bool) -> str | list[str]:
    if isinstance(node.value, list):
        return [_type(item, report, is_lenient=is_lenient) for item in node.items()]
    return _type(node, report, is_lenient=is_lenient)


def _type(node: Node, report: Report, *, is_lenient: bool) -> str:
    text = node.text()
    if text == "interger":
        report.warning("catalog.misspelt-type", "expected 'integer', found 'interger'", node.at)
        return "integer"
    if text not in ATTRIBUTE_TYPES and not is_lenient:
        raise node.wrong(f"one of {', '.join(ATTRIBUTE_TYPES)}")
    return text


def _keypoints(node: Node, report: Report, *, is_lenient: bool) -> Json:
    fields = dict(node.object())
    for name in ("names", "skeleton", "parentCategories"):
        if name in fields and fields[name] is None:
            raise node.wrong(f"`{name}` to be absent or an array", "null")
    visible = fields.pop("visible", None)
    word = visible.upper() if isinstance(visible, str) else None
    if word in VISIBILITIES:
        fields["visible"] = word
    elif is_lenient and isinstance(visible, str):
        fields["visible"] = visible
    elif visible is not None:
        message = f"expected one of {', '.join(VISIBILITIES)}, found {describe(visible)}; it counts as absent"
        report.warning("catalog.keypoints-visible", message, node.at.below("visible"))
    return fields


def _lexicon(node: Node, report: Report) -> Any:
    if not isinstance(node.value, str):
        return node.value
    try:
        parsed = json.loads(node.value)
    except ValueError as exc:
        raise node.wrong("an array, or JSON text of one", "text that is no JSON") from exc
    report.warning("catalog.lexicon-text", "expected an array, found JSON text of one", node.at)
    return parsed
