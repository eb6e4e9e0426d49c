"""The refusals of the API with status and code (platform-api.md section A4)."""

from __future__ import annotations

from lading.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    PlatformError,
    UnauthorizedError,
)


def unauthorized() -> PlatformError:
    """The access key is absent or wrong."""
    return UnauthorizedError("X-Token: expected the access key, found none or another", status=401, code="Unauthorized")


def forbidden(message: str) -> PlatformError:
    """What the platform does not allow."""
    return ForbiddenError(message, status=403, code="Forbidden")


def not_found(kind: str, name: object) -> PlatformError:
    """There is no such thing."""
    message = f"{kind}: expected one that is there, found {name!r}"
    return NotFoundError(message, status=404, code="ResourceNotExist")


def taken(kind: str, name: object) -> PlatformError:
    """The name has been given before."""
    return ConflictError(f"{kind}: expected a new name, found {name!r} taken", status=409, code="NameConflict")


def invalid(message: str) -> PlatformError:
    """A value or a format is wrong."""
    return InvalidRequestError(message, status=400, code="InvalidParamsValue")


def too_large(limit: int) -> PlatformError:
    """The body is longer than the platform takes."""
    message = f"body: expected at most {limit} bytes, found more"
    return InvalidRequestError(message, status=413, code="InvalidParamsValue")


def missing(name: str) -> PlatformError:
    """A required parameter is not there."""
    return InvalidRequestError(f"{name}: expected a value, found none", status=400, code="RequestParamsMissing")
