"""The FastAPI application: endpoints, errors, and the id of every answer."""

from __future__ import annotations

import logging
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from lading.errors import LadingError, PlatformError, RecordError, StorageError
from lading.platform.wire import ErrorBody
from lading.platform.wire.constants import API_ROOT, REQUEST_ID_HEADER
from lading.server.api import (
    callbacks,
    catalogs,
    commits,
    data,
    datasets,
    drafts,
    health,
    labels,
    policies,
    segments,
    sensors,
)
from lading.server.api.request import answer, require_key
from lading.server.post_object import refusal_response
from lading.server.services import open_services
from lading.server.settings import ServerSettings

_LOG = logging.getLogger(__name__)
_SUBJECTS = (datasets, drafts, commits, policies, callbacks, segments, catalogs, sensors, data, labels)


def create_app(settings: ServerSettings) -> FastAPI:
    """The platform over the folder of the settings. Raises OptionError for settings that cannot be used."""
    services = open_services(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        services.database.close()

    # The seed's own examples send JSON without saying so.
    app = FastAPI(title="lading", version=version("lading"), lifespan=lifespan, strict_content_type=False)
    app.state.services = services
    api = APIRouter(prefix=f"/{API_ROOT.rstrip('/')}", dependencies=[Depends(require_key)])
    for subject in _SUBJECTS:
        api.include_router(subject.router)
    app.include_router(api)
    app.include_router(policies.storage_router)
    app.include_router(health.router)
    _answer_errors(app)
    app.add_middleware(_RequestIds)
    return app


def _error(status: int, code: str, message: str) -> Response:
    return answer(ErrorBody(code=code, message=message), status)


def _answer_errors(app: FastAPI) -> None:
    """Every error is JSON of one shape (A4), those of the storage XML (C5)."""

    @app.exception_handler(StorageError)
    async def storage(_request: Request, exc: StorageError) -> Response:
        return refusal_response(exc)

    @app.exception_handler(PlatformError)
    async def refused(_request: Request, exc: PlatformError) -> Response:
        return _error(exc.status or 400, exc.code or "InvalidParamsValue", str(exc))

    @app.exception_handler(RecordError)
    async def wrong_part(_request: Request, exc: RecordError) -> Response:
        return _error(400, "InvalidParamsValue", str(exc))

    @app.exception_handler(RequestValidationError)
    async def wrong_parameter(_request: Request, exc: RequestValidationError) -> Response:
        problem = exc.errors()[0]
        name = problem["loc"][-1]
        if problem["type"] == "missing":
            return _error(400, "RequestParamsMissing", f"{name}: expected a value, found none")
        message = problem["msg"]
        return _error(400, "InvalidParamsValue", f"{name}: {message[0].lower()}{message[1:]}")

    @app.exception_handler(HTTPException)
    async def no_route(request: Request, exc: HTTPException) -> Response:
        code = "ResourceNotExist" if exc.status_code == 404 else "InvalidParamsValue"
        message = f"{request.method} {request.url.path}: expected a call of the API, found none"
        return _error(exc.status_code, code, message)

    @app.exception_handler(LadingError)
    async def fault_of_ours(_request: Request, exc: LadingError) -> Response:
        _LOG.error("%s", exc)
        return _error(500, "InternalServerError", str(exc))

    @app.exception_handler(500)
    async def fault(_request: Request, _exc: Exception) -> Response:
        return _error(500, "InternalServerError", "the platform failed; its log says why")


class _RequestIds:
    """Gives every answer an id (A2)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = uuid.uuid4().hex.encode()

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (REQUEST_ID_HEADER.lower().encode(), request_id)]
            await send(message)

        await self._app(scope, receive, send_with_id)
