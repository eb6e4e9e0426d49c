"""Answers and failures of HTTP turned into envelopes and into the exceptions of `lading.errors`."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

import aiohttp
from pydantic import ValidationError

from lading.errors import (
    ConflictError,
    ForbiddenError,
    InvalidRequestError,
    NotFoundError,
    PlatformError,
    ServerFaultError,
    StorageError,
    UnauthorizedError,
    UnreachableError,
)
from lading.platform.connection import ProxyRefusalError
from lading.platform.wire import Envelope, ErrorBody

E = TypeVar("E", bound=Envelope)

_REFUSALS: dict[int, type[PlatformError]] = {
    400: InvalidRequestError,
    401: UnauthorizedError,
    403: ForbiddenError,
    404: NotFoundError,
    409: ConflictError,
}

_XML_CODE = re.compile(rb"<Code>([^<]*)</Code>")
_XML_MESSAGE = re.compile(rb"<Message>([^<]*)</Message>")


def parse(model: type[E], body: bytes, where: str) -> E:
    """The answer as its envelope. Raises PlatformError where it is no JSON or of another shape."""
    try:
        return model.model_validate_json(body)
    except ValidationError as exc:
        problem = exc.errors(include_url=False)[0]
        if problem["type"] == "json_invalid":
            message = f"{where}: expected a dataset platform's JSON, found {_shown(body)}"
        else:
            place = ".".join(str(part) for part in problem["loc"])
            message = f"{where}: expected an answer of the platform, found `{place}`: {problem['msg'].lower()}"
        raise PlatformError(message) from exc


def refusal(status: int, body: bytes, where: str, headers: Mapping[str, str]) -> PlatformError | ServerFaultError:
    """The exception for an answer of the API that is not 200 or 201 (A4)."""
    try:
        error = ErrorBody.model_validate_json(body)
        found = f"{status} {error.code}" + (f": {error.message}" if error.message else "")
        code: str | None = error.code
    except ValidationError:
        found, code = f"HTTP {status} and {_shown(body)}", None
    message = f"{where}: expected success, found {found}"
    if status == 429 or status >= 500:
        return ServerFaultError(message, status=status, retry_after_s=_retry_after_s(headers))
    if 300 <= status < 400:
        # Never followed: the access key must not travel to another host. What is behind a `?` may be a signature.
        target = headers.get("Location", "nowhere").partition("?")[0]
        return PlatformError(f"{where}: expected an answer, found a redirect to {target}", status=status)
    if code is None and status != 401:
        return PlatformError(f"{where}: expected a dataset platform, found {found}", status=status)
    if status == 401:
        message = f"{where}: expected a valid access key, found one that the platform refused ({found})"
    return _REFUSALS.get(status, PlatformError)(message, status=status, code=code)


def storage_refusal(
    status: int,
    body: bytes,
    where: str,
    headers: Mapping[str, str],
    expected: str = "the object store to take the file",
) -> StorageError | ServerFaultError:
    """The exception for an answer of the object store that is no success (C5)."""
    code, text = (_xml_text(pattern, body) for pattern in (_XML_CODE, _XML_MESSAGE))
    found = " ".join(filter(None, (str(status), code))) + (f": {text}" if text else "")
    message = f"{where}: expected {expected}, found {found}"
    if status == 429 or status >= 500:
        return ServerFaultError(message, status=status, retry_after_s=_retry_after_s(headers))
    return StorageError(message, status=status, code=code)


def unreachable(error: BaseException, where: str, timeout_s: float) -> UnreachableError | PlatformError:
    """The exception for a request that got no answer; a PlatformError where another try would get none either."""
    cause = cause_of(error)
    if isinstance(cause, ssl.SSLCertVerificationError):
        hint = "SSL_CERT_FILE or --ca-bundle name a file of certificates to trust"
        return PlatformError(f"{where}: expected a certificate that is trusted, found {cause.verify_message}; {hint}")
    if isinstance(cause, (aiohttp.ClientHttpProxyError, ProxyRefusalError)):
        message = f"{where}: expected a proxy that opens a way, found its answer {cause.status}"
        is_passing = cause.status == 429 or cause.status >= 500
        return UnreachableError(message) if is_passing else PlatformError(message, status=cause.status)
    return UnreachableError(f"{where}: expected a dataset platform, found {_reason(cause, timeout_s)}")


def cause_of(error: BaseException) -> BaseException:
    """What lies behind an error of the HTTP library: the system's own, where there is one."""
    if isinstance(error, aiohttp.ClientConnectorError):
        return error.os_error
    return error


def _reason(error: BaseException, timeout_s: float) -> str:
    if isinstance(error, (asyncio.TimeoutError, TimeoutError)):
        return f"no answer within {timeout_s:g} s"
    if isinstance(error, ConnectionRefusedError):
        return "connection refused"
    if isinstance(error, socket.gaierror):
        return "no host of this name"
    if isinstance(error, (ssl.SSLError, aiohttp.ClientSSLError)):
        return f"a TLS failure: {error}"
    if isinstance(error, (aiohttp.ServerDisconnectedError, ConnectionResetError, BrokenPipeError)):
        return "a connection that broke"
    return str(error) or type(error).__name__


def _retry_after_s(headers: Mapping[str, str]) -> float | None:
    """What `Retry-After` asks for: its seconds, or those until its date (RFC 9110, 10.2.3)."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return float(text)
    until = _date(text)
    if until is None:
        return None
    # By the server's own clock where it tells it: ours may be off.
    now = _date(headers.get("Date", "")) or datetime.now(UTC)
    return max(0.0, (until - now).total_seconds())


def _date(text: str) -> datetime | None:
    """A date of HTTP, which is always of GMT."""
    try:
        return parsedate_to_datetime(text).replace(tzinfo=UTC)
    except ValueError:
        return None


def _xml_text(pattern: re.Pattern[bytes], body: bytes) -> str | None:
    match = pattern.search(body)
    return None if match is None else match[1].decode("utf-8", "replace")


def _shown(body: bytes) -> str:
    """The start of a body that is not what it should be."""
    if not body.strip():
        return "an empty body"
    text = " ".join(body[:200].decode("utf-8", "replace").split())
    return repr(text if len(text) <= 60 else f"{text[:57]}...")
