"""The pages: datasets, a dataset's versions and segments, a segment's frames, a frame with its labels."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Query, Request, Response
from sqlalchemy import Connection, Row

from lading.model.codec import decode_catalog, decode_sensor
from lading.model.dataset import Segment
from lading.platform.wire.constants import DEFAULT_BRANCH, FUSION, MAX_INT, ROOT_COMMIT, SORT_KEYS
from lading.server.api.request import Asked, DatasetPath, Platform, Version, VersionSelector, sorted_by
from lading.server.metadata import contents, datasets, versions
from lading.server.metadata.paging import Page
from lading.server.page.frame import Shown, show_files
from lading.server.page.html import Html, heading, joined, link, page, sign_in_page, table
from lading.server.page.session import SignInNeededError, require_session, sign_in
from lading.server.refusal import not_found

#: Everything but signing in needs the session.
router = APIRouter(include_in_schema=False)
_signed_in = APIRouter(include_in_schema=False, dependencies=[Depends(require_session)])

#: More segments, branches, tags and drafts than these are not listed.
_MANY = Page(0, 1000)

_KINDS = {0: "normal", 1: "fusion"}


def add_pages(app: FastAPI) -> None:
    """Serve the pages at the root of the platform."""
    app.include_router(router)
    app.include_router(_signed_in)

    @app.exception_handler(SignInNeededError)
    async def ask(_request: Request, exc: SignInNeededError) -> Response:
        return sign_in_page(is_wrong=exc.is_wrong)


@router.post("/")
async def post_key(request: Request) -> Response:
    """The form of the sign-in page."""
    response = Response(status_code=303, headers={"Location": "/"})
    await sign_in(request, response)
    return response


@_signed_in.get("/")
def show_datasets(platform: Platform, asked: Asked) -> Response:
    """Every dataset."""
    with platform.database.reading() as connection:
        total, rows = datasets.list_datasets(connection, None, asked)
    listed = (
        (link(row.name, "dataset", row.id), _KINDS[row.type], _short(row.commit_id), _time(row.updated_at))
        for row in rows
    )
    return page("Datasets", table(("name", "type", "head", "changed"), listed), _pager(asked, total, ""))


@_signed_in.get("/dataset/{id}")
def show_dataset(
    platform: Platform,
    dataset_id: DatasetPath,
    draft_number: Annotated[int | None, Query(alias="draftNumber", ge=1, le=MAX_INT)] = None,
    commit: Annotated[str, Query()] = DEFAULT_BRANCH,
) -> Response:
    """A dataset: its names, its open drafts, its history, and the segments of the version that is asked for."""
    version = VersionSelector(draft_number, None if draft_number is not None else commit)
    with platform.database.reading() as connection:
        row = datasets.get_dataset(connection, dataset_id)
        version_id = version.resolve(connection, dataset_id)
        _, segments = contents.list_segments(connection, version_id, _MANY)
        counts = {segment.name: contents.count_files(connection, segment.content_id) for segment in segments}
        catalog = contents.get_catalog(connection, version_id)
        names = _names(connection, dataset_id)
        _, history = versions.list_commits(connection, dataset_id, row.commit_id, _MANY)
    chosen = _query(version)
    listed = (
        (link(s.name, "dataset", dataset_id, "segment", segment=s.name, **chosen), counts[s.name], s.description)
        for s in segments
    )
    commits = (
        (link(c.title, "dataset", dataset_id, commit=c.id), c.data_count, _time(c.committed_at), _short(c.id))
        for c in history
    )
    return page(
        row.name,
        Html(f"<p>{_KINDS[row.type]} dataset, shown at {_version_words(version)}</p>"),
        heading("Segments"),
        table(("name", "files", "description"), listed),
        heading("Label catalog"),
        table(("type", "categories"), ((kind, _categories(part)) for kind, part in catalog.items())),
        heading("Branches, tags and open drafts"),
        joined((link(words, "dataset", dataset_id, **query) for words, query in names), ", "),
        heading("Commits"),
        table(("title", "files", "time", "commit"), commits),
    )


@_signed_in.get("/dataset/{id}/segment")
def show_segment(
    platform: Platform,
    dataset_id: DatasetPath,
    version: Version,
    asked: Asked,
    segment: Annotated[str, Query()],
) -> Response:
    """The frames of a segment, in a normal dataset its files."""
    asked = sorted_by(asked, *SORT_KEYS)
    with platform.database.reading() as connection:
        row = datasets.get_dataset(connection, dataset_id)
        content_id = contents.readable_content(connection, version.resolve(connection, dataset_id), segment)
        sensors = contents.list_sensors(connection, content_id)
        frames: list[tuple[str, list[Any]]]
        if row.type == FUSION:
            total, frames = contents.list_frames(connection, content_id, asked)
        else:
            total, files = contents.list_files(connection, content_id, asked)
            frames = [(file.remote_path, [file]) for file in files]
    query = {"segment": segment, **_query(version)}
    listed = (
        (
            link(key, "dataset", dataset_id, "frame", frame=key, **query),
            ", ".join(file.slot for file in files) if row.type == FUSION else f"{files[0].size} bytes",
        )
        for key, files in frames
    )
    parts = [table(("frame", "sensors") if row.type == FUSION else ("file", "size"), listed)]
    if sensors:
        parts += [heading("Sensors"), table(("name", "type"), ((name, s["type"]) for name, s in sensors.items()))]
    pager = _pager(asked, total, f"dataset/{dataset_id}/segment", **query)
    return page(segment, pager, *parts, trail=[_dataset_link(row, version)])


@_signed_in.get("/dataset/{id}/frame")
def show_frame(
    request: Request,
    platform: Platform,
    dataset_id: DatasetPath,
    version: Version,
    segment: Annotated[str, Query()],
    frame: Annotated[str, Query()],
) -> Response:
    """A frame's files, each with its labels drawn over it, or seen from above."""
    base = platform.settings.public_url or str(request.base_url)
    with platform.database.reading() as connection:
        row = datasets.get_dataset(connection, dataset_id)
        version_id = version.resolve(connection, dataset_id)
        content_id = contents.readable_content(connection, version_id, segment)
        _, fields = contents.get_notes(connection, version_id)
        sensors = tuple(decode_sensor(body) for body in contents.list_sensors(connection, content_id).values())
        catalog = decode_catalog(contents.get_catalog(connection, version_id))
        files = _files(connection, content_id, frame, is_fusion=row.type == FUSION)
        around = contents.neighbours(connection, content_id, frame, is_fusion=row.type == FUSION)
    if not files:
        raise not_found("frame", frame)
    shown = Shown(platform, base.rstrip("/"), dataset_id, Segment(name=segment, sensors=sensors), catalog, fields)
    query = {"segment": segment, **_query(version)}
    trail = [_dataset_link(row, version), link(segment, "dataset", dataset_id, "segment", **query)]
    steps = [
        link(word, "dataset", dataset_id, "frame", frame=key, **query)
        for word, key in zip(("earlier", "later"), around, strict=True)
        if key is not None
    ]
    return page(frame, joined(steps, " "), show_files(shown, files), trail=trail)


def _files(connection: Connection, content_id: int, frame: str, *, is_fusion: bool) -> list[Row[Any]]:
    if not is_fusion:
        return list(contents.list_files(connection, content_id, Page(0, 1), frame)[1])
    rows = contents.stream_files(connection, content_id, frame)
    return list(islice(rows, 100))


def _names(connection: Connection, dataset_id: str) -> list[tuple[str, dict[str, Any]]]:
    found: list[tuple[str, dict[str, Any]]] = []
    for name in versions.all_names(connection, dataset_id, "branch"):
        found.append((name, {"commit": name}))
    for name in versions.all_names(connection, dataset_id, "tag"):
        found.append((f"tag {name}", {"commit": name}))
    _, drafts = versions.list_drafts(connection, dataset_id, status="OPEN", branch=None, page=_MANY)
    found += [(f"draft {draft.number}: {draft.title}", {"draftNumber": draft.number}) for draft in drafts]
    return found


def _query(version: VersionSelector) -> dict[str, Any]:
    known = {"draftNumber": version.draft_number, "commit": version.commit}
    return {name: value for name, value in known.items() if value is not None}


def _version_words(version: VersionSelector) -> Html:
    words = f"draft {version.draft_number}" if version.commit is None else version.commit
    return Html(f"<b>{joined([words])}</b>")


def _dataset_link(row: Row[Any], version: VersionSelector) -> Html:
    return link(row.name, "dataset", row.id, **_query(version))


def _categories(part: dict[str, Any]) -> str:
    return ", ".join(str(category["name"]) for category in part.get("categories", ()))


def _pager(asked: Page, total: int, path: str, **query: Any) -> Html:
    parts = path.split("/") if path else []
    last = min(asked.offset + asked.limit, total)
    around = [("earlier", asked.offset - asked.limit, asked.offset > 0), ("later", last, last < total)]
    links = [link(word, *parts, **query, offset=max(offset, 0)) for word, offset, is_there in around if is_there]
    return Html(f'<p class="dim">{min(asked.offset + 1, total)} to {last} of {total} {joined(links, " ")}</p>')


def _short(commit_id: str) -> Html:
    return Html('<span class="dim">no commit</span>' if commit_id == ROOT_COMMIT else f"<code>{commit_id[:10]}</code>")


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d %H:%M UTC")
