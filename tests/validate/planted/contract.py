"""Defects against a catalog that is given, and of that catalog itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .coco import CRANE, DOCKER, EMPTY, LADEN, at, row
from .port import CATALOG, TRAIN, VAL, Planted, Port


def declared(kind: str, **values: Any) -> Callable[[Port], None]:
    return lambda port: port.catalog[kind].update(values)


def attribute(index: int, **values: Any) -> Callable[[Port], None]:
    """Of boxes: 0 iscrowd, 1 laden, 2 hull, 3 knots, 4 crew."""
    return lambda port: port.catalog["BOX2D"]["attributes"][index].update(values)


def more(**values: Any) -> Callable[[Port], None]:
    """An attribute more, the sixth, of boxes."""
    return lambda port: port.catalog["BOX2D"]["attributes"].append({"name": "flag", **values})


def category(index: int, kind: str = "BOX2D", **values: Any) -> Callable[[Port], None]:
    return lambda port: port.catalog[kind]["categories"][index].update(values)


def another(name: str) -> Callable[[Port], None]:
    return lambda port: port.catalog["BOX2D"]["categories"].append({"name": name})


def points(**values: Any) -> Callable[[Port], None]:
    return lambda port: port.catalog["KEYPOINTS2D"]["keypoints"][0].update(values)


def kind(name: str, value: Any) -> Callable[[Port], None]:
    return lambda port: port.catalog.update({name: value})


def without(name: str) -> Callable[[Port], None]:
    return lambda port: port.catalog.pop(name)


def second_rule(name: str, **values: Any) -> Callable[[Port], None]:
    """A second rule of keypoints, for a category more."""

    def plant(port: Port) -> None:
        port.catalog["KEYPOINTS2D"]["categories"].append({"name": "crane"})
        port.catalog["KEYPOINTS2D"]["keypoints"].append({"number": 3, "parentCategories": [name], **values})

    return plant


def masks(*ids: Any) -> Callable[[Port], None]:
    rows = [
        {"name": f"class {number}"} | ({} if value is None else {"categoryId": value})
        for number, value in enumerate(ids)
    ]
    return kind("SEMANTIC_MASK", {"categories": rows})


B = "/BOX2D"
K = "/KEYPOINTS2D/keypoints/0"
FLAG = f"{B}/attributes/5"
NESTED = {"type": "array", "items": {"type": "number", "minimum": 2, "maximum": 1}}

#: Rule, how, pointer into the catalog.
OF_CATALOG = [
    ("catalog.unknown-type", kind("BOXES", {}), "/BOXES"),
    ("catalog.stray-field", declared("BOX2D", lexicon=[["a"]]), f"{B}/lexicon"),
    ("catalog.stray-field", kind("CLASSIFICATION", {"isTracking": True}), "/CLASSIFICATION/isTracking"),
    ("catalog.empty-name", another(""), f"{B}/categories/3/name"),
    ("catalog.duplicate-category", another("ship"), f"{B}/categories/3/name"),
    ("catalog.duplicate-attribute", more(name="hull", type="string"), f"{FLAG}/name"),
    ("catalog.delimiter", declared("BOX2D", categoryDelimiter=""), f"{B}/categoryDelimiter"),
    ("catalog.dotted-name", another("ship.tug"), f"{B}/categories/3/name"),
    ("catalog.mask-id", masks(0, -7), "/SEMANTIC_MASK/categories/1/categoryId"),
    ("catalog.mask-id-large", masks(0, 70_000), "/SEMANTIC_MASK/categories/1/categoryId"),
    ("catalog.mask-id", masks(4, 4), "/SEMANTIC_MASK/categories/1/categoryId"),
    ("catalog.attribute-untyped", more(), FLAG),
    ("catalog.attribute-type", more(type="text"), f"{FLAG}/type"),
    ("catalog.attribute-type", more(type="null"), f"{FLAG}/type"),
    ("catalog.type-list", more(type=["string", "string"]), f"{FLAG}/type"),
    ("catalog.type-list", more(type=["string"]), f"{FLAG}/type"),
    ("catalog.enum-duplicate", more(enum=[1, 2, 1]), f"{FLAG}/enum/2"),
    ("catalog.enum-type", more(type="integer", enum=[1, "2"]), f"{FLAG}/enum/1"),
    ("catalog.range-type", more(type="string", minimum=0), f"{FLAG}/minimum"),
    ("catalog.range-order", attribute(3, minimum=50), f"{B}/attributes/3/minimum"),
    ("catalog.range-single", more(type="integer", minimum=3, maximum=3), f"{FLAG}/minimum"),
    ("catalog.items-missing", more(type="array"), FLAG),
    ("catalog.items-stray", more(type="string", items={"type": "string"}), f"{FLAG}/items"),
    ("catalog.attribute-type", more(type="array", items={"type": "word"}), f"{FLAG}/items/type"),
    ("catalog.range-order", more(type="array", items=NESTED), f"{FLAG}/items/items/minimum"),
    ("catalog.parent-unknown", more(type="string", parentCategories=["ship", "lorry"]), f"{FLAG}/parentCategories/1"),
    ("catalog.keypoints-missing", lambda port: port.catalog["KEYPOINTS2D"].pop("keypoints"), "/KEYPOINTS2D"),
    ("catalog.keypoints-number", second_rule("crane", number=0), "/KEYPOINTS2D/keypoints/1/number"),
    ("catalog.keypoints-names", points(names=["head", "hand"]), f"{K}/names"),
    ("catalog.keypoints-names", points(names=["head", "hand", "head"]), f"{K}/names"),
    ("catalog.keypoints-skeleton", points(skeleton=[[0, 1], [1, 3]]), f"{K}/skeleton/1"),
    ("catalog.keypoints-skeleton", points(skeleton=[[2, 2]]), f"{K}/skeleton/0"),
    ("catalog.keypoints-visible", points(visible="YES"), f"{K}/visible"),
    ("catalog.parent-unknown", second_rule("crane", parentCategories=["captain"]),
     "/KEYPOINTS2D/keypoints/1/parentCategories/0"),
    ("catalog.keypoints-overlap", second_rule("docker"), "/KEYPOINTS2D/keypoints/1"),
    ("catalog.sample-rate", kind("SENTENCE", {"isSample": True}), "/SENTENCE/sampleRate"),
    ("catalog.sample-rate", kind("SENTENCE", {"isSample": True, "sampleRate": 0}), "/SENTENCE/sampleRate"),
    ("catalog.lexicon", kind("SENTENCE", {"lexicon": [["mean", "m"], []]}), "/SENTENCE/lexicon/1"),
]  # fmt: skip

#: Rule, how, index of the row, its part.
OF_LABELS = [
    ("category.unknown", row(LADEN, category_id=1, attributes={}, segmentation=[]), None),
    ("attribute.unknown", row(LADEN, attributes={"loaded": True}, segmentation=[]), at(LADEN, "attributes", "loaded")),
    ("attribute.type", row(LADEN, attributes={"laden": "yes"}, segmentation=[]), at(LADEN, "attributes", "laden")),
    ("attribute.enum", row(EMPTY, attributes={"hull": "Steel"}), at(EMPTY, "attributes", "hull")),
    ("attribute.range", row(EMPTY, attributes={"knots": 40.5}), at(EMPTY, "attributes", "knots")),
    ("attribute.range", row(EMPTY, attributes={"knots": -1}), at(EMPTY, "attributes", "knots")),
    ("attribute.type", row(EMPTY, attributes={"knots": True}), at(EMPTY, "attributes", "knots")),
    ("attribute.items", row(EMPTY, attributes={"crew": [3, 0]}), at(EMPTY, "attributes", "crew")),
    ("attribute.items", row(EMPTY, attributes={"crew": [3, "x"]}), at(EMPTY, "attributes", "crew")),
    ("attribute.wrong-category", row(CRANE, attributes={"hull": "wood"}, segmentation=[]),
     at(CRANE, "attributes", "hull")),
]  # fmt: skip


def unlisted(port: Port) -> None:
    """The docker's boxes are not in the contract any more, but for one picture there are none."""
    port.catalog["BOX2D"]["categories"].pop()
    for split in (port.train, port.val):
        split["annotations"] = [one for one in split["annotations"] if one["category_id"] != 3 or one["id"] == 13]
    port.catalog["KEYPOINTS2D"]["keypoints"][0]["parentCategories"] = ["docker"]


#: The rows that have one.
POLYGONS = [
    (file, f"/annotations/{5 * picture + row}")
    for file, count in ((TRAIN, 3), (VAL, 2))
    for picture in range(count)
    for row in (CRANE, LADEN)
]

PLANTED = [
    *(Planted(rule, plant, [(rule, CATALOG, pointer)], is_contract=True) for rule, plant, pointer in OF_CATALOG),
    *(Planted(rule, plant, [(rule, *place)], is_contract=True) for rule, plant, place in OF_LABELS if place),
    Planted("category.unknown", unlisted, [("category.unknown", *at(DOCKER, "category_id"))], is_contract=True),
    Planted("catalog.unused", another("ferry"), [("catalog.unused", CATALOG, f"{B}/categories/3")], is_contract=True,
            graded=(("catalog.unused", "warning"),)),
    Planted("catalog.enum-size", more(enum=["red"]), [("catalog.enum-size", CATALOG, f"{FLAG}/enum")],
            is_contract=True, graded=(("catalog.enum-size", "warning"),)),
    Planted("catalog.enum-and-type", more(type="string", enum=["red", "blue"]),
            [("catalog.enum-and-type", CATALOG, f"{FLAG}/enum")], is_contract=True,
            graded=(("catalog.enum-and-type", "warning"),)),
    Planted("catalog.tracking-not-continuous", declared("RLE", isTracking=True),
            [("catalog.tracking-not-continuous", CATALOG, "/RLE/isTracking")], is_contract=True,
            graded=(("catalog.tracking-not-continuous", "warning"),)),
    Planted("catalog.empty", lambda port: port.catalog.clear(), [("catalog.empty", CATALOG, "")], is_contract=True),
    Planted("label.undeclared-type", without("POLYGON2D"),
            [("label.undeclared-type", *place) for place in POLYGONS], is_contract=True),
]  # fmt: skip
