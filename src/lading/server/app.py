"""The FastAPI application: endpoints, errors, and the id of every answer."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

from fastapi import APIRouter, Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from lading.errors import LadingError, PlatformError, RecordError, StorageError
from lading.platform.wire import ErrorBody
from lading.platform.wire.constants import API_ROOT
from lading.server.api import (
    callbacks,
    catalogs,
    commits,
    data,
    datasets,
    drafts,
    health,
    labels,
    masks,
    policies,
    segments,
    sensors,
)
from lading.server.api.request import answer, require_key
from lading.server.folder_store import UPLOAD_PATH
from lading.server.page.routes import add_pages
from lading.server.post_object import refusal_response
from lading.server.request_log import REQUEST_ID, with_request_id
from lading.server.services import open_services
from lading.server.settings import ServerSettings

_LOG = logging.getLogger(__name__)
_SUBJECTS = (datasets, drafts, commits, policies, callbacks, segments, catalogs, sensors, data, masks, labels)


def create_app(settings: ServerSettings) -> FastAPI:
    """The platform over the folder of the settings. Raises OptionError for settings that cannot be used."""
    services = open_services(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        services.database.close()

    # The seed's own examples send JSON without saying so.
    app = _Platform(title="lading", version=version("lading"), lifespan=lifespan, strict_content_type=False)
    app.state.services = services
    api = APIRouter(prefix=f"/{API_ROOT.rstrip('/')}", dependencies=[Depends(require_key)])
    for subject in _SUBJECTS:
        api.include_router(subject.router)
    app.include_router(api)
    app.include_router(policies.storage_router)
    app.include_router(health.router)
    add_pages(app)
    _answer_errors(app)
    _answer_faults(app)
    return app


class _Platform(FastAPI):
    """The application with the log of requests around all of it, so that faults too are answered with an id."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await with_request_id(super().__call__, _ended, scope, receive, send)


async def _ended(scope: Scope, receive: Receive, send: Send) -> None:
    """The answer to a request that the end of the platform cut off."""
    if scope["path"] == f"/{UPLOAD_PATH}":
        # A status that the official client does not send again with an exhausted body (C7).
        problem = StorageError("The platform ended before the object was whole.", status=400, code="RequestTimeout")
        response = refusal_response(problem)
    else:
        response = _error(500, "InternalServerError", "the platform ended; whether the call was taken up is not known")
    await response(scope, receive, send)


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

    @app.exception_handler(RecursionError)
    async def too_deep(_request: Request, _exc: RecursionError) -> Response:
        return _error(400, "InvalidParamsValue", "body: expected JSON, found it nested too deeply")

    @app.exception_handler(ClientDisconnect)
    async def gone(_request: Request, _exc: ClientDisconnect) -> Response:
        return Response(status_code=400)  # nobody reads it


def _answer_faults(app: FastAPI) -> None:
    """What is no fault of the client; the log knows the request's id."""

    @app.exception_handler(LadingError)
    async def fault_of_ours(request: Request, exc: LadingError) -> Response:
        _LOG.error("%s: %s", request.scope[REQUEST_ID], exc)
        return _error(500, "InternalServerError", str(exc))

    @app.exception_handler(SQLAlchemyError)
    async def database_fault(request: Request, exc: SQLAlchemyError) -> Response:
        # The driver's own words, such as "database or disk is full"; the whole has the statement and what was in it.
        reason = getattr(exc, "orig", None) or type(exc).__name__
        _LOG.error("%s: database: expected it to work, found %s", request.scope[REQUEST_ID], reason)
        return _error(500, "InternalServerError", f"database: expected it to work, found {reason}")

    @app.exception_handler(500)
    async def fault(request: Request, _exc: Exception) -> Response:
        _LOG.error("%s: failed; the traceback follows", request.scope[REQUEST_ID])
        return _error(500, "InternalServerError", "the platform failed; its log says why")
