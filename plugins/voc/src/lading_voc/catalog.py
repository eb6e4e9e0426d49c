"""The catalog that a source declares, from names alone; nothing is read for it that opening has not read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from lading import Attribute, Catalog, Category, Keypoints, Origin, Subcatalog
from lading_voc.dialect import Dialect
from lading_voc.names import ACTIONS, BACKGROUND, OFFICIAL, PARTS, POSES, VOID, VOID_VALUE, Names, is_background


def declared_catalog(
    dialects: Sequence[Dialect], classes: Sequence[Sequence[str]], *, has_class_masks: bool, has_object_masks: bool
) -> Catalog:
    """The catalog of trees with these dialects, whose sets are of these classes.

    It is empty unless every tree declares names: what a catalog lists is all that labels may have.
    """
    names: dict[str, None] = {}
    for dialect, of_sets in zip(dialects, classes, strict=True):
        own = _names_of(dialect, of_sets)
        if not own:
            return Catalog()
        names.update(dict.fromkeys(own))
    if not names:
        return Catalog()
    written = [dialect.names for dialect in dialects if dialect.names is not None]
    is_official = len(written) == len(dialects) and all(known.is_official for known in written)
    categories = [Category(name=name) for name in names]
    boxes = Subcatalog(categories=categories)
    subcatalogs = {"BOX2D": boxes, "KEYPOINTS2D": _points(categories)}
    if is_official:
        boxes = Subcatalog(categories=categories, attributes=_official_attributes())
        subcatalogs = {"BOX2D": boxes, "KEYPOINTS2D": _points([Category(name=name) for name in OFFICIAL])}
    else:
        subcatalogs["POLYGON2D"] = Subcatalog(categories=categories)
    if has_class_masks:
        subcatalogs["SEMANTIC_MASK"] = _mask_classes(written)
    if has_object_masks:
        none = [Category(name=BACKGROUND, category_id=0), Category(name=VOID, category_id=VOID_VALUE)]
        subcatalogs["INSTANCE_MASK"] = Subcatalog(categories=none)  # pixels that are no instance (D0)
    return Catalog(subcatalogs=subcatalogs, places=_places(written, subcatalogs))


def _places(written: Sequence[Names], subcatalogs: Mapping[str, Subcatalog]) -> dict[tuple[str | int, ...], Origin]:
    """The file of names that lists a category; the challenge's names stand in none."""
    files: dict[str, Origin] = {}
    for known in written:
        for name in () if known.is_official else (*known.classes.values(), *known.parts):
            files.setdefault(name, Origin(known.origin))
    return {
        (kind, "categories", index): files[category.name]
        for kind, made in subcatalogs.items()
        for index, category in enumerate(made.categories)
        if category.name in files
    }


def _names_of(dialect: Dialect, of_sets: Sequence[str]) -> list[str]:
    """Classes, then parts; those of per-class image sets where no other list is there."""
    known = dialect.names
    if known is not None:
        return [*(name for name in known.classes.values() if not is_background(name)), *known.parts]
    return [*of_sets, *(PARTS if of_sets and dialect.has_parts else ())]


def _official_attributes() -> list[Attribute]:
    flags = [Attribute(name=name, type="boolean") for name in ("truncated", "occluded", "difficult")]
    actions = [Attribute(name=name, type="boolean", parent_categories=["person"]) for name in ACTIONS]
    return [
        Attribute(name="pose", type="string", enum=list(POSES)),
        *flags,
        *actions,
        Attribute(name="parent", type="string", parent_categories=list(PARTS)),
    ]


def _points(categories: list[Category]) -> Subcatalog:
    """The one reference point that a person of the action task has."""
    return Subcatalog(categories=categories, keypoints=[Keypoints(number=1, names=["point"])])


def _mask_classes(written: Sequence[Names]) -> Subcatalog:
    """Classes by the value that they have; of two names for a value the first tree's counts."""
    classes: dict[int, str] = {}
    for known in written:
        for value, name in known.classes.items():
            if name not in classes.values():
                classes.setdefault(value, name)
    return Subcatalog(categories=[Category(name=classes[v], category_id=v) for v in sorted(classes)])
