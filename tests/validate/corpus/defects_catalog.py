"""Defects of the catalog, and those that only rules which are off by default tell."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from cargo import BOX, CLASS, MULTI, POLYGON, Cargo
from defects_labels import Defect

from lading.model.catalog import Catalog, Subcatalog
from lading.model.codec import decode_catalog


def place(*tokens: str | int) -> list[tuple[str | None, str | None]]:
    return [(None, "".join(f"/{token}" for token in tokens))]


def attribute(**fields: Any) -> Callable[[Cargo], object]:
    """One more attribute of BOX2D, the sixth."""
    return lambda cargo: cargo.catalog["BOX2D"]["attributes"].append({"name": "extra"} | fields)


EXTRA = ("BOX2D", "attributes", 5)


def keypoints(**fields: Any) -> Callable[[Cargo], object]:
    return lambda cargo: cargo.catalog["KEYPOINTS2D"]["keypoints"][0].update(fields)


RULE = ("KEYPOINTS2D", "keypoints", 0)


def fields(kind: str, **values: Any) -> Callable[[Cargo], object]:
    return lambda cargo: cargo.catalog[kind].update(values)


def more(kind: str, field: str, value: Any) -> Callable[[Cargo], object]:
    return lambda cargo: cargo.catalog[kind][field].append(value)


def built(change: Callable[[dict[str, Subcatalog]], object]) -> Callable[[Cargo], object]:
    """A change that the catalog's JSON cannot hold, made on the catalog itself."""

    def breaks(cargo: Cargo) -> None:
        subcatalogs = dict(decode_catalog(cargo.catalog).subcatalogs)
        change(subcatalogs)
        cargo.declared = Catalog(subcatalogs=subcatalogs)

    return breaks


def double(kind: str, field: str) -> Callable[[Cargo], object]:
    def change(subcatalogs: dict[str, Subcatalog]) -> None:
        listed = getattr(subcatalogs[kind], field)
        subcatalogs[kind] = subcatalogs[kind].model_copy(update={field: [*listed, listed[0]]})

    return built(change)


def empty_contract(cargo: Cargo) -> None:
    cargo.contract = Catalog()
    for name, frames in cargo.frames.items():
        for index in range(len(frames)):
            cargo.data(name, index).labels.clear()


def no_keypoints(cargo: Cargo) -> None:
    def change(subcatalogs: dict[str, Subcatalog]) -> None:
        subcatalogs["KEYPOINTS2D"] = subcatalogs["KEYPOINTS2D"].model_copy(update={"keypoints": None})

    built(change)(cargo)


def visible(cargo: Cargo) -> None:
    def change(subcatalogs: dict[str, Subcatalog]) -> None:
        rules = subcatalogs["KEYPOINTS2D"].keypoints or []
        rule = rules[0].model_copy(update={"visible": "YES"})
        subcatalogs["KEYPOINTS2D"] = subcatalogs["KEYPOINTS2D"].model_copy(update={"keypoints": [rule]})

    built(change)(cargo)


def no_items(cargo: Cargo) -> None:
    def change(subcatalogs: dict[str, Subcatalog]) -> None:
        lights = subcatalogs["BOX2D"].attributes[3].model_copy(update={"items": None})
        listed = [*subcatalogs["BOX2D"].attributes[:3], lights, *subcatalogs["BOX2D"].attributes[4:]]
        subcatalogs["BOX2D"] = subcatalogs["BOX2D"].model_copy(update={"attributes": listed})

    built(change)(cargo)


def one_instance(cargo: Cargo) -> None:
    """No label has an instance but one box."""
    for name, frames in cargo.frames.items():
        for index in range(len(frames)):
            for label in (BOX, POLYGON, MULTI):
                if (name, index, label) != ("train", 1, BOX):
                    cargo.edit(label, name, index, instance=None)


def every_category(cargo: Cargo) -> None:
    """Every category is used but one."""
    for kind in ("POLYGON2D", "MULTI_POLYGON", "POLYLINE2D", "CUBOID2D", "RLE"):
        cargo.catalog[kind]["categories"] = [{"name": "car"}]
    cargo.catalog["BOX2D"] |= {"categories": [{"name": "car"}]}
    cargo.catalog["KEYPOINTS2D"]["categories"] = [{"name": "person"}]
    cargo.catalog["INSTANCE_MASK"] = {}
    cargo.catalog["CLASSIFICATION"]["categories"].append({"name": "dusk"})
    cargo.frames["val"][0].data[0].labels[CLASS] = msgspec.structs.replace(
        cargo.frames["val"][0].data[0].labels[CLASS], category="night"
    )
    cargo.frames["val"][1].data[0].labels[CLASS] = msgspec.structs.replace(
        cargo.frames["val"][1].data[0].labels[CLASS], category="day"
    )


def delimited(name: str) -> Callable[[Cargo], object]:
    def change(cargo: Cargo) -> None:
        cargo.catalog["RLE"] = {"categoryDelimiter": ".", "categories": [{"name": "car"}, {"name": name}]}

    return change


DEFECTS = [
    Defect("catalog.empty", empty_contract, place()),
    Defect("catalog.unknown-type", built(lambda found: found.update(BOX=Subcatalog())), place("BOX")),
    Defect("catalog.stray-field", fields("BOX2D", lexicon=[["mean", "m"]]), place("BOX2D", "lexicon")),
    Defect("catalog.empty-name", more("RLE", "categories", {"name": ""}), place("RLE", "categories", 2, "name")),
    Defect("catalog.duplicate-category", double("RLE", "categories"), place("RLE", "categories", 2, "name")),
    Defect("catalog.duplicate-attribute", double("BOX2D", "attributes"), place("BOX2D", "attributes", 5, "name")),
    Defect("catalog.delimiter", delimited("car..van"), place("RLE", "categories", 1, "name")),
    Defect("catalog.delimiter", fields("RLE", categoryDelimiter=""), place("RLE", "categoryDelimiter"), name="none"),
    Defect("catalog.dotted-name", more("RLE", "categories", {"name": "car.van"}),
           place("RLE", "categories", 2, "name")),
    Defect("catalog.mask-id", more("SEMANTIC_MASK", "categories", {"name": "x", "categoryId": -1}),
           place("SEMANTIC_MASK", "categories", 2, "categoryId")),
    Defect("catalog.mask-id-large", more("SEMANTIC_MASK", "categories", {"name": "x", "categoryId": 65_536}),
           place("SEMANTIC_MASK", "categories", 2, "categoryId")),
    Defect("catalog.mask-id", more("PANOPTIC_MASK", "categories", {"name": "x", "categoryId": 2}),
           place("PANOPTIC_MASK", "categories", 2, "categoryId"), name="twice"),
    Defect("catalog.attribute-untyped", attribute(), place(*EXTRA)),
    Defect("catalog.attribute-type", attribute(type="null"), place(*EXTRA, "type")),
    Defect("catalog.type-list", attribute(type=["number"]), place(*EXTRA, "type")),
    Defect("catalog.enum-duplicate", attribute(enum=["a", "b", "a"]), place(*EXTRA, "enum", 2)),
    Defect("catalog.enum-type", attribute(type="string", enum=["a", 2]), place(*EXTRA, "enum", 1)),
    Defect("catalog.range-type", attribute(type="string", minimum=0), place(*EXTRA, "minimum")),
    Defect("catalog.range-order", attribute(type="number", minimum=1, maximum=0), place(*EXTRA, "minimum")),
    Defect("catalog.range-single", attribute(type="number", minimum=1, maximum=1), place(*EXTRA, "minimum")),
    Defect("catalog.items-missing", no_items,
           place("BOX2D", "attributes", 3)),
    Defect("catalog.items-stray", attribute(type="string", items={"type": "string"}), place(*EXTRA, "items")),
    Defect("catalog.attribute-untyped", attribute(type="array", items={}), place(*EXTRA, "items"), name="of elements"),
    Defect("catalog.parent-unknown", attribute(type="string", parentCategories=["lorry"]),
           place(*EXTRA, "parentCategories", 0)),
    Defect("catalog.parent-unknown", keypoints(parentCategories=["person", "cat"]), place(*RULE, "parentCategories", 1),
           name="of keypoints"),
    Defect("catalog.keypoints-missing", no_keypoints, place("KEYPOINTS2D")),
    Defect("catalog.keypoints-number", more("KEYPOINTS2D", "keypoints", {"number": 0, "parentCategories": ["car"]}),
           place("KEYPOINTS2D", "keypoints", 1, "number")),
    Defect("catalog.keypoints-names", keypoints(names=["head", "body", "head"]), place(*RULE, "names")),
    Defect("catalog.keypoints-skeleton", keypoints(skeleton=[[0, 1], [2, 3]]), place(*RULE, "skeleton", 1)),
    Defect("catalog.keypoints-visible", visible, place(*RULE, "visible")),
    Defect("catalog.keypoints-overlap", more("KEYPOINTS2D", "keypoints", {"number": 3, "visible": "TERNARY"}),
           place("KEYPOINTS2D", "keypoints", 1)),
    Defect("catalog.sample-rate", fields("SENTENCE", sampleRate=0), place("SENTENCE", "sampleRate")),
    Defect("catalog.lexicon", more("SENTENCE", "lexicon", []), place("SENTENCE", "lexicon", 1)),
]  # fmt: skip

#: Found when the rule is switched on, by its name.
OFF = [
    Defect("label.instance-stray", one_instance, [("labels.json", f"/train/1/labels/{BOX}/instance")]),
    Defect("catalog.unused", every_category, place("CLASSIFICATION", "categories", 2)),
    Defect("catalog.tracking-not-continuous", lambda cargo: cargo.catalog.update(BOX3D={"isTracking": True}),
           place("BOX3D", "isTracking")),
    Defect("catalog.enum-size", attribute(enum=["a"]), place(*EXTRA, "enum")),
    Defect("catalog.enum-and-type", attribute(type="string", enum=["a", "b"]), place(*EXTRA, "enum")),
]  # fmt: skip
