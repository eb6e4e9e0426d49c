"""The address of a platform and its API, from what a user gives."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from lading.errors import OptionError
from lading.platform.wire.constants import API_ROOT, HEALTH

_GATEWAY = "gatewayv2/"


class Address:
    """Where a platform is: `base` is the part before `gatewayv2/`, with a slash at its end.

    A longer address is cut there. Raises OptionError for what is no http address.
    """

    def __init__(self, url: str) -> None:
        try:
            parts = urlsplit(url.strip())
            is_web = parts.scheme in ("http", "https") and bool(parts.hostname)
            has_port = parts.port is None or parts.port > 0
        except ValueError:
            is_web = has_port = False
        if not is_web or not has_port:
            raise OptionError(f"platform: expected an address such as http://localhost:8000, found {url!r}")
        if parts.username is not None or parts.password is not None:
            raise OptionError("platform: expected an address without a user name or password, found one with")
        before, _, _ = f"{parts.path.rstrip('/')}/".partition(_GATEWAY)
        path = before if before.endswith("/") else f"{before}/"
        self.base = f"{parts.scheme}://{parts.netloc}{path}"

    def of(self, path: str, **names: str) -> str:
        """The URL of a path of `wire.constants`, its `{names}` filled in."""
        filled = path.format(**{key: quote(value, safe="") for key, value in names.items()})
        return f"{self.base}{filled if path == HEALTH else API_ROOT + filled}"

    def __str__(self) -> str:
        return self.base.rstrip("/")
