"""What endpoints share: the key, bodies, pages, version selectors, and how an answer is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from fastapi import Depends, Path, Query, Request, Response
from pydantic import ValidationError
from sqlalchemy import Connection

from lading.platform.wire import Envelope
from lading.platform.wire.constants import MAX_INT, PAGE_SIZE, SOURCE_HEADER, TOKEN_HEADER
from lading.server.metadata.paging import Page
from lading.server.metadata.versions import readable_version
from lading.server.refusal import invalid, missing, too_large, unauthorized
from lading.server.services import Services

T = TypeVar("T", bound=Envelope)

_OFFICIAL_CLIENT = re.compile(r"PYTHON-SDK/(\d+)\.(\d+)", re.IGNORECASE)


async def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def require_key(request: Request) -> None:
    """Every call of the API carries the access key (A2)."""
    services: Services = request.app.state.services
    given = request.headers.get(TOKEN_HEADER, "")
    if not services.keys.admit(given):
        raise unauthorized()


async def _body(request: Request) -> bytes:
    """The whole body. Raises PayloadError as soon as it is longer than the settings allow."""
    services: Services = request.app.state.services
    limit = services.settings.max_body_bytes
    told = request.headers.get("content-length", "")
    if told.isascii() and told.isdigit() and (len(told) > 18 or int(told) > limit):
        raise too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large(limit)
    return bytes(body)


async def _page(
    offset: Annotated[int, Query(ge=0, le=MAX_INT)] = 0,
    limit: Annotated[int, Query(ge=1)] = PAGE_SIZE,
    sort_by: Annotated[str | None, Query(alias="sortBy")] = None,
    sort_order: Annotated[Literal["asc", "desc"] | None, Query(alias="sortOrder")] = None,
    order: Annotated[Literal["asc", "desc"] | None, Query()] = None,
) -> Page:
    direction = sort_order or order or "desc"
    return Page(offset, min(limit, PAGE_SIZE), sort_by, direction == "asc")


@dataclass(frozen=True, slots=True)
class VersionSelector:
    """The draft or the revision that a read asks for (A6, VER-R)."""

    draft_number: int | None
    commit: str | None

    def resolve(self, connection: Connection, dataset_id: str) -> int:
        """The id of the version. Raises InvalidRequestError for both or neither, NotFoundError."""
        return readable_version(connection, dataset_id, self.draft_number, self.commit)


async def _version(
    draft_number: Annotated[int | None, Query(alias="draftNumber", ge=1, le=MAX_INT)] = None,
    commit: Annotated[str | None, Query(min_length=1)] = None,
) -> VersionSelector:
    return VersionSelector(draft_number, commit)


@dataclass(frozen=True, slots=True)
class Client:
    """Who asks: the address it reached us by, and whether it reads POLYGON and not POLYGON2D (B-D, D9)."""

    base_url: str
    reads_polygon: bool


async def _client(request: Request) -> Client:
    services: Services = request.app.state.services
    base = services.settings.public_url or str(request.base_url)
    match = _OFFICIAL_CLIENT.match(request.headers.get(SOURCE_HEADER, ""))
    return Client(base.rstrip("/"), match is not None and (int(match[1]), int(match[2])) >= (1, 9))


Platform = Annotated[Services, Depends(_services)]
Body = Annotated[bytes, Depends(_body)]
Asked = Annotated[Page, Depends(_page)]
Version = Annotated[VersionSelector, Depends(_version)]
Caller = Annotated[Client, Depends(_client)]
DatasetPath = Annotated[str, Path(alias="id")]
SegmentQuery = Annotated[str, Query(alias="segmentName", min_length=1)]


def sorted_by(page: Page, *allowed: str) -> Page:
    """The page, where its `sortBy` is one of the allowed. Raises InvalidRequestError for another (A5)."""
    if page.sort_by is None or page.sort_by in allowed:
        return page
    raise invalid(f"sortBy: expected one of {', '.join(allowed)}, found {page.sort_by!r}")


def parse(model: type[T], body: bytes) -> T:
    """A request's body. Raises InvalidRequestError, telling what is missing from what is wrong (A4)."""
    try:
        return model.model_validate(msgspec.json.decode(body))
    except (msgspec.DecodeError, UnicodeDecodeError) as exc:
        raise invalid(f"body: expected JSON, found something else ({exc})") from exc
    except ValidationError as exc:
        problem = exc.errors(include_url=False)[0]
        where = ".".join(map(str, problem["loc"])) or "body"
        if problem["type"] == "missing":
            raise missing(where) from exc
        raise invalid(f"{where}: {problem['msg'][0].lower()}{problem['msg'][1:]}") from exc


def answer(content: Envelope | Mapping[str, Any], status: int = 200) -> Response:
    """An answer's JSON; `msgspec.Raw` within a mapping is written as it is."""
    body = content.to_json() if isinstance(content, Envelope) else content
    return Response(msgspec.json.encode(body), status, media_type="application/json")


def done(status: int = 200) -> Response:
    """The answer of a write without a result (A3)."""
    return Response(b"{}", status, media_type="application/json")
