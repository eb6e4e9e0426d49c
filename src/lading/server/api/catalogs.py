"""The label catalog of a version (platform-api.md B18, section D)."""

from __future__ import annotations

from fastapi import APIRouter, Response

from lading.model.codec import decode_catalog, encode_catalog
from lading.platform import wire
from lading.platform.wire.constants import CATALOGS
from lading.server.api.labels_json import show_catalog
from lading.server.api.request import Body, Caller, DatasetPath, Platform, Version, answer, done, parse
from lading.server.metadata import contents, datasets, versions
from lading.server.refusal import invalid

router = APIRouter()


@router.put(f"/{CATALOGS}")
def put_catalog(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B18: replaces the whole catalog; kept in the spelling that every client reads (B-D)."""
    request = parse(wire.PutCatalog, body)
    if not request.catalog:
        raise invalid("catalog: expected a label type, found none")
    catalog = encode_catalog(decode_catalog(request.catalog))
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, request.draft_number)
        contents.put_catalog(connection, version_id, catalog)
    return done()


@router.get(f"/{CATALOGS}")
def get_catalog(platform: Platform, dataset_id: DatasetPath, version: Version, client: Caller) -> Response:
    """B18."""
    with platform.database.reading() as connection:
        datasets.get_dataset(connection, dataset_id)
        catalog = contents.get_catalog(connection, version.resolve(connection, dataset_id))
    return answer({"catalog": show_catalog(client, catalog)})
