"""The label catalog that COCO files declare."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from lading import Attribute, Catalog, Category, Keypoints, Origin, Report, Subcatalog
from lading.model.inference import ValueTypes
from lading_coco.categories import Names
from lading_coco.document import Document
from lading_coco.traits import PARTS

_MASKS = ("PANOPTIC_MASK", "SEMANTIC_MASK")
#: Points of the groups of COCO-WholeBody.
_PART_POINTS = {"foot": 6, "face": 68, "left_hand": 21, "right_hand": 21}


class _Draft:
    """The subcatalog of one label type, while documents add to it."""

    def __init__(self) -> None:
        self.categories: dict[str, int | None] = {}
        self.attributes: dict[str, ValueTypes | None] = {}
        self.keypoints: list[Keypoints] = []
        self.bodies: list[Origin | None] = []  # where each of these stands, as the category that has it
        self.is_tracking = False

    def finish(self, kind: str, delimiter: str | None) -> Subcatalog:
        fields: dict[str, Any] = {}
        if self.categories:
            fields["categories"] = [
                Category(name=name) if value is None else Category(name=name, category_id=value)
                for name, value in self.categories.items()
            ]
            if delimiter is not None:
                fields["category_delimiter"] = delimiter
        if self.attributes:
            fields["attributes"] = [_attribute(name, types) for name, types in self.attributes.items()]
        if kind == "KEYPOINTS2D":
            fields["keypoints"] = self.keypoints
        if self.is_tracking:
            fields["is_tracking"] = True
        return Subcatalog(**fields)


def declared_catalog(documents: Sequence[Document], names: Names, pixelmaps: Iterable[str], report: Report) -> Catalog:
    """One catalog over all documents; `pixelmaps` are the paths of those that have them."""
    drafts: dict[str, _Draft] = {}
    for document in documents:
        kinds = document.traits.label_kinds()
        if not kinds and document.categories:
            kinds = ["BOX2D"]
        for kind in kinds:
            _add(drafts.setdefault(kind, _Draft()), kind, document, names)
        if "KEYPOINTS2D" in kinds:
            _add_keypoints(drafts, document, names, report)
    for document in documents:
        if document.path in pixelmaps:
            _add(drafts.setdefault("SEMANTIC_MASK", _Draft()), "SEMANTIC_MASK", document, names)
    subcatalogs = {kind: draft.finish(kind, names.delimiter) for kind, draft in drafts.items()}
    bodies = drafts["KEYPOINTS2D"].bodies if "KEYPOINTS2D" in drafts else []
    return Catalog(subcatalogs=subcatalogs, places=_places(documents, names, subcatalogs, bodies))


def _places(
    documents: Sequence[Document],
    names: Names,
    subcatalogs: Mapping[str, Subcatalog],
    bodies: Sequence[Origin | None],
) -> dict[tuple[str | int, ...], Origin]:
    """Where each category, and what is said of its keypoints, stands: in the first file that lists it so.

    `bodies` are the categories that the rules of keypoints are of.
    """
    rows: dict[str, tuple[Document, int]] = {}
    for document in documents:
        listed = names.listed(document)
        for number, row in document.categories:
            rows.setdefault(listed[row["id"]], (document, number))
    places: dict[tuple[str | int, ...], Origin] = {}
    for document in documents:
        for kind in document.traits.label_kinds():
            places.setdefault((kind,), Origin(document.path))
    if "KEYPOINTS2D" in subcatalogs and not any(bodies):
        places["KEYPOINTS2D",] = _place_of_bodies(documents)
    for kind, made in subcatalogs.items():
        for index, category in enumerate(made.categories):
            if category.name in rows:
                document, number = rows[category.name]
                places[kind, "categories", index] = document.origin("categories", number, "name")
    for index, body in enumerate(bodies):
        if body is not None:
            places["KEYPOINTS2D", "keypoints", index] = body.below("keypoints")
            places["KEYPOINTS2D", "keypoints", index, "skeleton"] = body.below("skeleton")
    return places


def _place_of_bodies(documents: Sequence[Document]) -> Origin:
    """Where it should be said how many keypoints a body has: in its category, or in the list of several."""
    document = next(document for document in documents if "KEYPOINTS2D" in document.traits.label_kinds())
    if not document.categories:
        return Origin(document.path)
    numbers = [number for number, _ in document.categories]
    return document.origin("categories", *(numbers if len(numbers) == 1 else ()))


def _add(draft: _Draft, kind: str, document: Document, names: Names) -> None:
    traits = document.traits
    if kind in _MASKS:
        for key, name in names.listed(document).items():
            draft.categories.setdefault(name, key if isinstance(key, int) else None)
        if kind == "PANOPTIC_MASK":
            draft.attributes.setdefault("iscrowd", None)
        return
    if kind == "SENTENCE":
        return
    if kind != "KEYPOINTS2D":
        draft.categories.update(dict.fromkeys(names.every(document)))
    if "iscrowd" in traits.marks:
        draft.attributes.setdefault("iscrowd", None)
    for name, types in traits.attributes.items():
        known = draft.attributes.setdefault(name, ValueTypes())
        if known is not None:
            _merge(known, types)
    if kind != "CLASSIFICATION":
        draft.is_tracking = draft.is_tracking or bool(traits.marks & {"track_id", "instance_id"})


def _merge(into: ValueTypes, types: ValueTypes) -> None:
    into.types |= types.types
    if types.elements is not None:
        into.elements = into.elements or ValueTypes()
        _merge(into.elements, types.elements)


def _attribute(name: str, types: ValueTypes | None) -> Attribute:
    return Attribute.model_validate({"name": name, **({"type": "boolean"} if types is None else types.spec())})


def _add_keypoints(drafts: dict[str, _Draft], document: Document, names: Names, report: Report) -> None:
    draft = drafts["KEYPOINTS2D"]
    listed = names.listed(document)
    with_points = []
    for number, row in document.categories:
        points = row.get("keypoints")
        if not points:
            continue
        are_names = isinstance(points, list) and all(isinstance(point, str) for point in points)
        if not are_names:
            message = "expected the names of keypoints, found something else"
            report.error("coco.bad-category", message, document.origin("categories", number, "keypoints"))
        if not isinstance(points, (list, dict)):
            continue
        name = listed[row["id"]]
        with_points.append(name)
        fields: dict[str, Any] = {"number": len(points), "visible": "TERNARY"}
        if are_names:
            fields["names"] = points
        skeleton = _skeleton(row.get("skeleton"), len(points))
        if skeleton is not None:
            fields["skeleton"] = skeleton
        elif row.get("skeleton"):
            message = f"expected pairs of numbers from 1 to {len(points)}, found others; the skeleton stays in extras"
            report.warning("coco.bad-skeleton", message, document.origin("categories", number, "skeleton"))
        rule = Keypoints(**fields, parent_categories=[name])
        if rule not in draft.keypoints:
            draft.keypoints.append(rule)
            draft.bodies.append(document.origin("categories", number))
    if "keypoints" in document.traits.marks:
        unlisted = names.unlisted[document.path].values()  # which labels tell that have them
        draft.categories.update(dict.fromkeys([*with_points, *unlisted] if with_points else names.every(document)))
    for part in body_parts(document):
        _add_part(drafts, part, with_points or names.every(document), names)


def _add_part(drafts: dict[str, _Draft], part: str, bodies: Iterable[str], names: Names) -> None:
    draft = drafts["KEYPOINTS2D"]
    for body in bodies:
        name = names.full(part, body)
        rule = Keypoints(number=_PART_POINTS[part], parent_categories=[name])
        if rule not in draft.keypoints:
            draft.keypoints.append(rule)
            draft.bodies.append(None)
        draft.categories.setdefault(name, None)
        if part != "foot":
            drafts.setdefault("BOX2D", _Draft()).categories.setdefault(name, None)


def body_parts(document: Document) -> list[str]:
    """The groups of keypoints of COCO-WholeBody that a document's annotations have."""
    return [part for field, _, _, part in PARTS if field in document.traits.marks]


def _skeleton(pairs: Any, count: int) -> list[list[int]] | None:
    """Pairs counted from 0; the file counts from 1 (source-formats.md 2.6). None where they are no such pairs."""
    if not isinstance(pairs, list) or not pairs:
        return None
    for pair in pairs:
        if not (isinstance(pair, list) and len(pair) == 2):
            return None
        if not all(isinstance(end, int) and 1 <= end <= count for end in pair):
            return None
    return [[first - 1, second - 1] for first, second in pairs]
