"""Segments (platform-api.md B17)."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from lading.platform import wire
from lading.platform.wire.constants import SEGMENTS, SORT_KEYS
from lading.server.api.request import Asked, Body, DatasetPath, Platform, Version, answer, done, parse, sorted_by
from lading.server.metadata import contents, datasets, versions
from lading.server.refusal import invalid

router = APIRouter()


@router.post(f"/{SEGMENTS}")
def create_segment(request: Request, platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B17; `?copy` and `?move` are not served."""
    if unserved := {"copy", "move"} & request.query_params.keys():
        raise invalid(f"segments: expected no query, found `{unserved.pop()}`, which this platform does not serve")
    segment = parse(wire.CreateSegment, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, segment.draft_number)
        contents.create_segment(connection, version_id, segment.name, segment.description, platform.now_s())
    return done(201)


@router.delete(f"/{SEGMENTS}")
def delete_segment(platform: Platform, dataset_id: DatasetPath, body: Body) -> Response:
    """B17."""
    segment = parse(wire.DeleteSegment, body)
    with platform.database.writing() as connection:
        datasets.get_dataset(connection, dataset_id)
        version_id = versions.writable_version(connection, dataset_id, segment.draft_number)
        contents.delete_segment(connection, version_id, segment.segment_name)
    return done()


@router.get(f"/{SEGMENTS}")
def list_segments(platform: Platform, dataset_id: DatasetPath, version: Version, page: Asked) -> Response:
    """B17."""
    page = sorted_by(page, *SORT_KEYS)
    with platform.database.reading() as connection:
        datasets.get_dataset(connection, dataset_id)
        total, rows = contents.list_segments(connection, version.resolve(connection, dataset_id), page)
    segments = [wire.SegmentRow(name=row.name, description=row.description) for row in rows]
    return answer(wire.SegmentList(segments=segments, offset=page.offset, record_size=len(rows), total_count=total))
