"""The label catalog that KITTI's formats declare (source-formats.md 3.3, 3.7, 3.8, 3.10)."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lading import Attribute, Catalog, Category, Items, Origin, Subcatalog

#: The types of the benchmarks, in the devkits' order; `Person` stands in tracking for sitting persons.
TYPES: Mapping[str, tuple[str, ...]] = {
    "object": ("Car", "Van", "Truck", "Pedestrian", "Person_sitting", "Cyclist", "Tram", "Misc", "DontCare"),
    "tracking": ("Car", "Van", "Truck", "Pedestrian", "Person", "Cyclist", "Tram", "Misc", "DontCare"),
    "raw": ("Car", "Van", "Truck", "Pedestrian", "Person (sitting)", "Cyclist", "Tram", "Misc"),
}

#: Cityscapes' labels by their ids, which are the pixel values of semantic/ (labels.py of cityscapesScripts).
SEMANTIC_NAMES = (
    "unlabeled",
    "ego vehicle",
    "rectification border",
    "out of roi",
    "static",
    "dynamic",
    "ground",
    "road",
    "sidewalk",
    "parking",
    "rail track",
    "building",
    "wall",
    "fence",
    "guard rail",
    "bridge",
    "tunnel",
    "pole",
    "polegroup",
    "traffic light",
    "traffic sign",
    "vegetation",
    "terrain",
    "sky",
    "person",
    "rider",
    "car",
    "truck",
    "bus",
    "caravan",
    "trailer",
    "train",
    "motorcycle",
    "bicycle",
)

#: Classes of MOTS by their numbers (3.10); 10 is what is not to be judged.
MOTS_NAMES: Mapping[int, str] = {1: "car", 2: "pedestrian", 10: "ignore"}

_NUMBERS = Items(type="number")
_TRUNCATED = {
    "object": "0 inside the picture .. 1 beyond it",
    "tracking": "0 inside the picture, 1 truncated, 2 begin or end of a track: ignored",
}
_OCCLUDED = "0 visible, 1 partly, 2 largely occluded, 3 unknown"

_POSE_ATTRIBUTES = (
    Attribute(name="state", type="integer", description="0 unset, 1 interpolated, 2 labelled"),
    Attribute(name="occlusion", type="integer", description="0 visible, 1 partly, 2 fully occluded"),
    Attribute(name="occlusion_kf", type="integer"),
    Attribute(name="truncation", type="integer", description="0 in the picture, 1 truncated, 2 out of it, 99 behind"),
    *(
        Attribute(name=name, type="number")
        for name in ("amt_occlusion", "amt_occlusion_kf", "amt_border_l", "amt_border_r", "amt_border_kf")
    ),
)


def declared_catalog(
    layouts: Collection[str], names: Mapping[str, Mapping[str, Origin]], masks: Collection[str], *, has_3d: bool
) -> Catalog:
    """The catalog of the layouts in a source.

    `names` are the types that each layout's labels have, in the order they are met, and where first; where they are
    all the benchmark's own, the benchmark's list is declared, else what the files hold. `masks` are the roles of
    mask files; `has_3d` tells whether any label may come in 3D.
    """
    subcatalogs: dict[str, Subcatalog] = {}
    two = _types([layout for layout in layouts if layout != "raw"], names)
    three = _types(layouts, names)
    tracked = any(layout in layouts for layout in ("tracking", "raw"))
    shared = _shared(layouts)
    if two:
        subcatalogs["BOX2D"] = Subcatalog(
            is_tracking="tracking" in layouts,
            categories=[Category(name=name) for name in two],
            attributes=[
                *shared,
                Attribute(name="dimensions", type="array", items=_NUMBERS, description="h, w, l in m of a box alone"),
                Attribute(name="location", type="array", items=_NUMBERS, description="bottom centre in camera 0, in m"),
                Attribute(name="ignore", type="boolean", parent_categories=["DontCare"] if "DontCare" in two else []),
            ],
        )
    if three and has_3d:
        subcatalogs["BOX3D"] = Subcatalog(
            is_tracking=tracked,
            categories=[Category(name=name) for name in three if name != "DontCare"],
            attributes=[*(shared if two else []), *(_POSE_ATTRIBUTES if "raw" in layouts else ())],
        )
    return Catalog(subcatalogs={**subcatalogs, **_masks(masks)}, places=_places(subcatalogs, names))


def _shared(layouts: Collection[str]) -> list[Attribute]:
    """What labels in 2D and 3D have alike."""
    titles = [_TRUNCATED[layout] for layout in ("object", "tracking") if layout in layouts]
    return [
        Attribute(name="truncated", type="number", description="; ".join(titles)),
        Attribute(name="occluded", type="integer", description=_OCCLUDED),
        Attribute(name="alpha", type="number", description="observation angle in rad"),
        Attribute(name="rotation_y", type="number", description="turn about the camera's y axis in rad"),
        Attribute(name="score", type="number", description="confidence of a result"),
    ]


def _places(
    subcatalogs: Mapping[str, Subcatalog], names: Mapping[str, Mapping[str, Origin]]
) -> dict[tuple[str | int, ...], Origin]:
    """Where each category was first met; the first layout that has it goes before the others."""
    places = {name: origin for known in reversed(list(names.values())) for name, origin in known.items()}
    return {
        (kind, "categories", index): places[category.name]
        for kind, made in subcatalogs.items()
        for index, category in enumerate(made.categories)
        if category.name in places
    }


def _types(layouts: Collection[str], names: Mapping[str, Collection[str]]) -> list[str]:
    found: dict[str, None] = {}
    for layout in layouts:
        own = TYPES.get(layout)
        if own is None or layout not in names:
            continue
        met = names[layout]
        is_official = set(met) <= set(own)
        listed = own if is_official else [*(name for name in own if name in met), *(n for n in met if n not in own)]
        found.update(dict.fromkeys(listed))
    return list(found)


def _masks(masks: Collection[str]) -> dict[str, Subcatalog]:
    result = {}
    semantic = [Category(name=name, category_id=value) for value, name in enumerate(SEMANTIC_NAMES)]
    mots = [Category(name=name, category_id=value) for value, name in MOTS_NAMES.items()]
    if "semantic" in masks:
        result["SEMANTIC_MASK"] = Subcatalog(categories=semantic)
    if "instance" in masks:
        result["INSTANCE_MASK"] = Subcatalog(categories=semantic)
    if "mots" in masks:
        result["INSTANCE_MASK"] = Subcatalog(is_tracking=True, categories=mots)
    if "mots_rows" in masks:
        names = [Category(name=category.name) for category in mots]
        result["RLE"] = Subcatalog(is_tracking=True, categories=names)
    return result
