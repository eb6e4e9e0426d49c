"""Who reads pages has shown the access key once; a signed cookie says so from then on."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from urllib.parse import parse_qs

from fastapi import Request, Response

from lading.errors import LadingError
from lading.server.services import Services

_COOKIE = "lading"
_LIFE_S = 12 * 3600
#: Bytes of a form with a key in it.
_FORM_BYTES = 4096

#: A restart ends all sessions.
_SECRET = secrets.token_bytes(32)


class SignInNeededError(LadingError):
    """The browser has to show the access key first; `is_wrong` where it has shown another."""

    def __init__(self, *, is_wrong: bool = False) -> None:
        self.is_wrong = is_wrong
        super().__init__("page: expected a browser that is signed in, found another")


async def require_session(request: Request) -> None:
    """Raises SignInNeededError for a browser that is not signed in."""
    services: Services = request.app.state.services
    expires, _, signature = request.cookies.get(_COOKIE, "").partition(".")
    is_ours = hmac.compare_digest(_signature(expires).encode(), signature.encode())
    if not is_ours or int(expires) < services.now_s():
        raise SignInNeededError


async def sign_in(request: Request, response: Response) -> None:
    """Set the cookie on the response. Raises SignInNeededError where the form's key is another."""
    services: Services = request.app.state.services
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _FORM_BYTES:
            raise SignInNeededError(is_wrong=True)
    (key, *_) = parse_qs(body.decode("utf-8", "replace")).get("key", [""])
    if not services.keys.admit(key.strip()):
        raise SignInNeededError(is_wrong=True)
    expires = str(int(services.now_s()) + _LIFE_S)
    value = f"{expires}.{_signature(expires)}"
    is_secure = request.url.scheme == "https"
    response.set_cookie(_COOKIE, value, max_age=_LIFE_S, httponly=True, samesite="strict", secure=is_secure)


def _signature(expires: str) -> str:
    return hmac.new(_SECRET, expires.encode(), hashlib.sha256).hexdigest()
