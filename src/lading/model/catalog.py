"""The label catalog: which categories and attributes the labels of each type may have (platform-api.md section D).

Models keep what they are given. What a wire object may look like beyond this is `lading.model.codec`'s business.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

from lading.model.label import LABEL_TYPES
from lading.model.report import Finding, Origin

AttributeValue: TypeAlias = str | bool | int | float | None

#: The types an attribute's value may have; `instance` is known to the official client and nowhere explained.
ATTRIBUTE_TYPES = ("string", "boolean", "integer", "number", "array", "null", "instance")

VISIBILITIES = ("BINARY", "TERNARY")


class _Part(BaseModel):
    model_config = ConfigDict(  # built when the first is made: most runs need two or three of these
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="allow",
        strict=True,
        defer_build=True,
    )


class Items(_Part):
    """What the elements of an array may be."""

    type: str | list[str] | None = None
    enum: list[AttributeValue] | None = None
    minimum: int | float | None = None
    maximum: int | float | None = None
    items: Items | None = None


class Attribute(Items):
    """An attribute: its name, what its value may be, and the categories it belongs to (none: to all)."""

    name: str
    description: str = ""
    parent_categories: list[str] = []


class Category(_Part):
    """A category by its full path; `category_id` is its pixel value in masks."""

    name: str
    description: str = ""
    category_id: int | None = None


class Keypoints(_Part):
    """How many points the keypoints of some categories (none: of all) have, and how they are named and joined.

    `skeleton` holds pairs of indexes counted from 0.
    """

    number: int
    names: list[str] | None = None
    skeleton: list[list[int]] | None = None
    visible: str | None = None
    parent_categories: list[str] = []
    description: str = ""


class Subcatalog(_Part):
    """The catalog of one label type. Which fields a type has is section D0's table."""

    description: str = ""
    is_tracking: bool = False
    category_delimiter: str | None = None
    categories: list[Category] = []
    attributes: list[Attribute] = []
    keypoints: list[Keypoints] | None = None
    is_beizer_curve: bool = False  # sic, on the wire
    is_sample: bool = False
    sample_rate: int | float | None = None
    lexicon: list[list[str]] | None = None

    def category(self, name: str) -> Category | None:
        """The category of this full name."""
        return next((category for category in self.categories if category.name == name), None)

    def attribute(self, name: str) -> Attribute | None:
        """The attribute of this name."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)

    def is_below(self, category: str, ancestor: str) -> bool:
        """Whether a category is `ancestor`, or by the delimiter a descendant of it."""
        if category == ancestor:
            return True
        return bool(self.category_delimiter) and category.startswith(f"{ancestor}{self.category_delimiter}")

    def is_below_any(self, category: str | None, ancestors: Sequence[str]) -> bool:
        """Whether a category is one of these, or a descendant of one; no category is none."""
        return category is not None and any(self.is_below(category, ancestor) for ancestor in ancestors)

    def keypoints_of(self, category: str | None) -> list[Keypoints]:
        """What is said of the keypoints of a category.

        What is said of itself goes before what is said of one above it: parts of a body in COCO-WholeBody.
        """
        rules = [
            rule
            for rule in self.keypoints or ()
            if not rule.parent_categories or self.is_below_any(category, rule.parent_categories)
        ]
        return [rule for rule in rules if category in rule.parent_categories] or rules


class Catalog(BaseModel):
    """Subcatalogs by label type; a type that is absent is not declared.

    `origin` is the file (and pointer) that it was read from, where there is one. A catalog that a format declares has
    `places` in its stead: where what it says stands in the source, by reference tokens as they are below the catalog
    (`("BOX2D", "categories", 3)`). `notes` are what was odd about how it is written. None of these is compared.
    """

    model_config = ConfigDict(strict=True, arbitrary_types_allowed=True, defer_build=True)

    subcatalogs: dict[str, Subcatalog] = Field(default_factory=dict)
    origin: Origin | None = Field(default=None, exclude=True, repr=False)
    notes: list[Finding] = Field(default_factory=list, exclude=True, repr=False)
    places: dict[tuple[str | int, ...], Origin] = Field(default_factory=dict, exclude=True, repr=False)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Catalog) and self.subcatalogs == other.subcatalogs

    __hash__ = None  # type: ignore[assignment]

    def __getitem__(self, kind: str) -> Subcatalog:
        return self.subcatalogs[kind]

    def __contains__(self, kind: object) -> bool:
        return kind in self.subcatalogs

    def __len__(self) -> int:
        return len(self.subcatalogs)

    def __bool__(self) -> bool:
        return bool(self.subcatalogs)

    def locate(self, *path: str | int) -> Origin | None:
        """The narrowest place in a source that is known of a part of it, None where none is."""
        if self.origin is not None:
            return self.origin.below(*path)
        return next((self.places[path[:end]] for end in range(len(path), -1, -1) if path[:end] in self.places), None)

    def get(self, kind: str) -> Subcatalog | None:
        """The subcatalog of a label type, or None."""
        return self.subcatalogs.get(kind)

    def skeleton(self, category: str | None) -> list[list[int]]:
        """The pairs of keypoints, by index, that are joined in this category; none where nothing says so."""
        subcatalog = self.get("KEYPOINTS2D")
        rules = [] if subcatalog is None else subcatalog.keypoints_of(category)
        return (rules[0].skeleton or []) if rules else []

    def kinds(self) -> Iterator[str]:
        """The label types that are declared, in the order of LABEL_TYPES; then any that are not known."""
        yield from (kind for kind in LABEL_TYPES if kind in self.subcatalogs)
        yield from (kind for kind in self.subcatalogs if kind not in LABEL_TYPES)


def attribute_type_of(value: Any) -> str:
    """The catalog's word for the type of a value; whole floats are `number`."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        return "number"
    return "array" if isinstance(value, (list, tuple)) else "string"
