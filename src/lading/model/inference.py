"""A catalog from the data: what the labels have, beside what the source declares."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from lading.model.catalog import (
    ATTRIBUTE_TYPES,
    Attribute,
    Catalog,
    Category,
    Items,
    Keypoints,
    Subcatalog,
    attribute_type_of,
)
from lading.model.dataset import Dataset, Progress, all_frames
from lading.model.label import LABEL_TYPES, MASK_TYPES, Keypoints2D, Label
from lading.model.report import Report


def infer_catalog(dataset: Dataset, report: Report | None = None, progress: Progress | None = None) -> Catalog:
    """The declared catalog and what one pass over the labels adds to it, the same however the labels are ordered.

    What is declared stays as it is; categories and attributes that are added follow it, by name. An attribute gets
    the types of its values, never an enum or a range. What a reader reports while it reads goes to `report`, and
    nowhere without one.
    """
    kinds: dict[str, _Seen] = {}
    for _, frame in all_frames(dataset, report=report if report is not None else Report(), progress=progress):
        for data in frame.data:
            for label in data.labels:
                seen = kinds.get(label.kind)
                if seen is None:
                    seen = kinds.setdefault(label.kind, _Seen())
                seen.add(label)
    subcatalogs = dict(dataset.catalog.subcatalogs)
    for kind in LABEL_TYPES:
        if kind in kinds:
            subcatalogs[kind] = kinds[kind].merged(kind, dataset.catalog.get(kind))
    return Catalog(subcatalogs=subcatalogs)


class _Seen:
    """What the labels of one type have."""

    def __init__(self) -> None:
        self.categories: dict[str, int | None] = {}
        self.attributes: dict[str, ValueTypes] = {}
        self.points: dict[str | None, Counter[int]] = {}
        self.visible: set[Any] = set()

    def add(self, label: Label) -> None:
        if label.category is not None:
            self.categories.setdefault(label.category, None)
        if label.attributes:
            self._add_attributes(label.attributes)
        if isinstance(label, Keypoints2D):
            self.points.setdefault(label.category, Counter())[len(label.points)] += 1
            self.visible.update(v for v in label.visible or () if v is not None)
        elif isinstance(label, MASK_TYPES):
            for item in label.items or ():
                self._add_attributes(item.attributes or {})
                value = item.value if label.kind == "SEMANTIC_MASK" else item.category_id
                # The catalog of instance masks is of pixels that are no instance (D0): what an item is stays its own.
                if item.category is not None and not (value is None and label.kind == "INSTANCE_MASK"):
                    known = self.categories.setdefault(item.category, value)
                    if known is None or (value is not None and value < known):
                        self.categories[item.category] = value

    def _add_attributes(self, attributes: dict[str, Any]) -> None:
        for name, value in attributes.items():
            values = self.attributes.get(name)
            if values is None:
                values = self.attributes.setdefault(name, ValueTypes())
            values.add(value)

    def merged(self, kind: str, declared: Subcatalog | None) -> Subcatalog:
        """The subcatalog with what was seen added; fields that gain nothing stay unset."""
        base = declared if declared is not None else Subcatalog()
        update: dict[str, Any] = {}
        new_categories = [
            _category(name, self.categories[name])
            for name in _missing(self.categories, (category.name for category in base.categories))
        ]
        if new_categories:
            update["categories"] = [*base.categories, *new_categories]
        new_attributes = [
            Attribute.model_validate({"name": name, **self.attributes[name].spec()})
            for name in _missing(self.attributes, (attribute.name for attribute in base.attributes))
        ]
        if new_attributes:
            update["attributes"] = [*base.attributes, *new_attributes]
        if kind == "KEYPOINTS2D" and not base.keypoints:
            update["keypoints"] = self._keypoints()
        return base.model_copy(update=update)

    def _keypoints(self) -> list[Keypoints]:
        """One rule where all labels have as many points, else one a number, for the categories that mostly have it."""
        visible: dict[str, Any] = {}
        if self.visible:
            visible = {"visible": "BINARY" if self.visible <= {0, 1} else "TERNARY"}  # D3
        numbers: dict[int, list[str]] = {}
        for category, counts in self.points.items():
            number = max(counts, key=lambda n: (counts[n], n))
            numbers.setdefault(number, []).extend([] if category is None else [category])
        if len(numbers) == 1:
            return [Keypoints(number=number, **visible) for number in numbers]
        return [
            Keypoints(number=number, parent_categories=sorted(numbers[number]), **visible)
            for number in sorted(numbers)
            if numbers[number]
        ]


class ValueTypes:
    """The types of the values of one attribute, and of their elements: what a catalog may say of it."""

    def __init__(self) -> None:
        self.types: set[str] = set()
        self.elements: ValueTypes | None = None

    def add(self, value: Any) -> None:
        """Take one value."""
        kind = attribute_type_of(value)
        self.types.add(kind)
        if kind == "array":
            if self.elements is None:
                self.elements = ValueTypes()
            for element in value:
                self.elements.add(element)

    def spec(self) -> dict[str, Any]:
        """The fields of a catalog entry. Values that tell no type (only null, or no element) make it `string`."""
        types = self.types - {"integer"} if "number" in self.types else self.types  # a number may be whole (G3)
        if types <= {"null"}:
            types = types | {"string"}
        names = [name for name in ATTRIBUTE_TYPES if name in types]
        spec: dict[str, Any] = {"type": names[0] if len(names) == 1 else names}
        if self.elements is not None:
            spec["items"] = Items.model_validate(self.elements.spec())
        return spec


def _category(name: str, value: int | None) -> Category:
    return Category(name=name) if value is None else Category(name=name, category_id=value)


def _missing(seen: Iterable[str], declared: Iterable[str]) -> list[str]:
    return sorted(set(seen) - set(declared))
