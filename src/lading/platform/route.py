"""How a host is reached: through which proxy, and whose certificates are trusted. aiohttp itself looks at neither."""

from __future__ import annotations

import base64
import ipaddress
import os
import ssl
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies_environment

from lading.errors import OptionError

_PORTS = {"http": 80, "https": 443}

#: Kinds of proxies that are not spoken to; named in the refusal, as no part of an address is.
_SOCKS = frozenset({"socks", "socks4", "socks4a", "socks5", "socks5h"})


@dataclass(frozen=True)
class Proxy:
    """A proxy of HTTP, without its password where it may be shown."""

    scheme: str
    host: str
    port: int
    authorization: str | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        """Its address, as aiohttp takes it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def headers(self) -> dict[str, str]:
        """What it has to be shown."""
        return {} if self.authorization is None else {"Proxy-Authorization": self.authorization}


class Routes:
    """The ways out of this process: HTTP_PROXY, HTTPS_PROXY, else ALL_PROXY, and NO_PROXY; certificates: SSL_CERT_FILE.

    `ca_bundle` is a PEM file whose certificates are trusted in place of the system's. `uses_proxies` is False for
    what surely needs none. Raises OptionError for a bundle that cannot be read.
    """

    def __init__(self, ca_bundle: str | os.PathLike[str] | None = None, *, uses_proxies: bool = True) -> None:
        self._ca_bundle = None if ca_bundle is None else Path(ca_bundle)
        self._variables = getproxies_environment() if uses_proxies else {}
        self.proxy = lru_cache(64)(self._proxy)
        if ca_bundle is not None:
            _ = self.tls

    @cached_property
    def tls(self) -> ssl.SSLContext:
        """Whom to trust; made when it is needed, as reading the system's certificates takes a while."""
        if self._ca_bundle is not None:
            return ssl.create_default_context(cafile=_pem("CA bundle", self._ca_bundle))
        # OpenSSL looks at SSL_CERT_FILE and SSL_CERT_DIR by itself; it says nothing of a file that it cannot use.
        if named := os.environ.get("SSL_CERT_FILE"):
            _pem("SSL_CERT_FILE", Path(named))
        return ssl.create_default_context()

    def _proxy(self, scheme: str, host: str, port: int) -> Proxy | None:
        """The proxy to such a host; None where the way is direct. Raises OptionError for one that cannot be used."""
        name = scheme if scheme in self._variables else "all"
        address = self._variables.get(name)
        if address is None or _is_excepted(self._variables.get("no", ""), host, port):
            return None
        try:
            parts = urlsplit(address if "://" in address else f"http://{address}")
            own_host, own_port = parts.hostname, parts.port
        except ValueError:
            own_host = own_port = None
        if not own_host or parts.scheme not in _PORTS:
            # Not shown: it may hold a password.
            kind = address.partition("://")[0].lower()
            found = f"one of {kind}, which is not spoken" if kind in _SOCKS else "another"
            raise OptionError(f"{name.upper()}_PROXY: expected an address such as http://proxy:3128, found {found}")
        return Proxy(parts.scheme, own_host, own_port or _PORTS[parts.scheme], _basic(parts.username, parts.password))


def _pem(source: str, file: Path) -> Path:
    """The file, as it holds certificates. Raises OptionError where it does not."""
    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=file)
    except ssl.SSLError:
        problem = "no certificate in it"
    except OSError as exc:
        problem = (exc.strerror or str(exc)).lower()
    else:
        return file
    raise OptionError(f"{source}: expected a PEM file of certificates, found {str(file)!r}: {problem}")


def _basic(user: str | None, password: str | None) -> str | None:
    if user is None:
        return None
    text = f"{unquote(user)}:{unquote(password or '')}"
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def _is_excepted(no_proxy: str, host: str, port: int) -> bool:
    """Whether NO_PROXY names a host: by its name or the end of it, or by its network; with a port or not."""
    host = host.lower().rstrip(".")
    for entry in no_proxy.lower().replace(",", " ").split():
        if entry == "*":
            return True
        name, colon, number = entry.rpartition(":")
        if colon and number.isdigit() and (":" not in name or name.endswith("]")):
            if int(number) != port:
                continue
            entry = name
        entry = entry.strip("[]").removeprefix("*").lstrip(".")
        if entry and (host == entry or host.endswith(f".{entry}") or _is_within(host, entry)):
            return True
    return False


def _is_within(host: str, network: str) -> bool:
    if "/" not in network:
        return False
    try:
        return ipaddress.ip_address(host) in ipaddress.ip_network(network, strict=False)
    except ValueError:
        return False
