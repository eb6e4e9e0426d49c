"""The label catalog that the tables declare."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lading import Attribute, Catalog, Category, Items, Origin, Subcatalog
from lading.model.catalog import AttributeValue
from lading_nuscenes.database import Database
from lading_nuscenes.tables import Rows


def declared(database: Database) -> Catalog:
    """Categories by their dotted names, and the attributes that this reader gives to labels."""
    subcatalogs = {}
    tables = database.tables
    if "sample_annotation" in tables or not database.version.is_nuimages:
        subcatalogs["BOX3D"] = _with_results(database, _subcatalog(database, [*_named(database), *_boxes(database)]))
    if "object_ann" in tables:
        subcatalogs["BOX2D"] = _subcatalog(database, _named(database))
    if database.pictures:
        subcatalogs["RLE"] = _subcatalog(database, _named(database))
        subcatalogs["RLE"].is_tracking = "surface_ann" not in tables  # a surface is no instance of anything
    return Catalog(subcatalogs=subcatalogs, places=_places(database, subcatalogs))


def tell_repeated_names(database: Database) -> None:
    """Say which categories, attributes and levels have the name of an earlier one: the catalog has each name once."""
    categories, attributes, levels = database.categories, database.attributes, database.visibilities
    listed: tuple[tuple[Rows[Any], str], ...] = ((categories, "name"), (attributes, "name"), (levels, "level"))
    for rows, column in listed:
        seen: set[str] = set()
        for place, row in enumerate(rows.rows):
            name: str = getattr(row, column)
            if name in seen and rows.places[row.token] == place:  # a token that is repeated is told
                at = database.tables.origin(rows.table, rows.indexes[place], column)
                message = f"expected a {column} of its own, found {name!r} again; the catalog has it once"
                database.tables.report.warning("nuscenes.duplicate-name", message, at)
            seen.add(name)


def _places(database: Database, subcatalogs: Mapping[str, Subcatalog]) -> dict[tuple[str | int, ...], Origin]:
    """Where categories and the values of attributes are listed."""
    tables, rows = database.tables, database.categories
    names = {row.name: index for row, index in zip(reversed(rows.rows), reversed(rows.indexes), strict=True)}
    places: dict[tuple[str | int, ...], Origin] = {}
    for kind, made in subcatalogs.items():
        for number, category in enumerate(made.categories):
            if category.name in names:
                places[kind, "categories", number] = tables.origin("category", names[category.name], "name")
        for number, attribute in enumerate(made.attributes):
            if attribute.name in ("attribute", "visibility") and attribute.name in tables:
                places[kind, "attributes", number] = Origin(tables.path(attribute.name))  # tables of these names
    return places


def _subcatalog(database: Database, attributes: list[Attribute]) -> Subcatalog:
    names = {row.name: row.description or "" for row in reversed(database.categories.rows)}
    categories = [Category(name=name, description=names[name]) for name in reversed(names)]
    made = Subcatalog(is_tracking=True, categories=categories, attributes=attributes)
    if any("." in name for name in names):
        made.category_delimiter = "."
    return made


def _with_results(database: Database, made: Subcatalog) -> Subcatalog:
    """Add what a results file has: its classes, which are not those of the tables, and the score."""
    results = database.results
    if results is None:
        return made
    known = {category.name for category in made.categories}
    made.categories = [*made.categories, *(Category(name=name) for name in results.names if name not in known)]
    made.attributes = [*made.attributes, Attribute(name="score", type="number")]
    made.is_tracking = results.is_tracking
    return made


def _named(database: Database) -> list[Attribute]:
    """The attribute that holds the names out of attribute.json, of which a label may have several."""
    names: list[AttributeValue] = list(dict.fromkeys(row.name for row in database.attributes.rows))
    items = Items(type="string", enum=names) if names else Items(type="string")
    return [Attribute(name="attribute", type="array", items=items)]


def _boxes(database: Database) -> list[Attribute]:
    levels: list[AttributeValue] = list(dict.fromkeys(row.level for row in database.visibilities.rows))
    visibility = Attribute(name="visibility", type="string", enum=levels) if levels else None
    return [
        visibility or Attribute(name="visibility", type="string"),
        Attribute(name="num_lidar_pts", type="integer"),
        Attribute(name="num_radar_pts", type="integer"),
        Attribute(
            name="velocity",
            type="array",
            items=Items(type="number"),
            description="metres a second along x, y and z of the global frame",
        ),
    ]
