"""The platform's secrets: access keys, of which it keeps hashes alone, and what it signs with."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable
from pathlib import Path

from lading.errors import OptionError

_KEYS_FILE = "access-keys"
_SECRET_FILE = "signing-secret"

#: How many keys of earlier starts go on being good; the oldest is forgotten first.
_KEPT_KEYS = 8


class AccessKeys:
    """The keys that open the platform, as SHA-256: a key that was made has 128 random bits, which no guess reaches."""

    def __init__(self, digests: Iterable[str]) -> None:
        self._digests = [digest.encode() for digest in digests]

    def admit(self, given: str) -> bool:
        """Whether it is one of the keys; takes as long for every answer."""
        digest = key_digest(given).encode()
        found = [hmac.compare_digest(digest, known) for known in self._digests]
        return any(found)


def key_digest(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def new_access_key() -> str:
    """A fresh key; the official client wants this prefix (A1)."""
    return f"Accesskey-{secrets.token_hex(16)}"


def keep_new_access_key(data_dir: Path) -> tuple[str, AccessKeys]:
    """A fresh key, and all that are good: it and those of the last starts. Raises OptionError."""
    key = new_access_key()
    path = data_dir / _KEYS_FILE
    try:
        known = path.read_text(encoding="ascii").split() if path.exists() else []
        digests = [*known, key_digest(key)][-_KEPT_KEYS:]
        _write_private(path, "".join(f"{digest}\n" for digest in digests)).replace(path)
    except (OSError, UnicodeDecodeError) as exc:
        raise _unusable(path, exc) from exc
    return key, AccessKeys(digests)


def load_signing_secret(data_dir: Path) -> str:
    """What policies and addresses are signed with; kept, so that they hold over a restart. Raises OptionError."""
    path = data_dir / _SECRET_FILE
    try:
        if not path.exists():
            fresh = _write_private(path, f"{secrets.token_hex(16)}\n")
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass  # another process made one in the meantime
            finally:
                fresh.unlink()
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise _unusable(path, exc) from exc
    if not text:
        raise OptionError(f"{path}: expected a secret, found an empty file; remove it to have one made")
    return text


def _write_private(path: Path, text: str) -> Path:
    """A whole file beside `path`, readable by its owner alone, that has yet to get its name."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return fresh


def _unusable(path: Path, error: Exception) -> OptionError:
    reason = error.strerror if isinstance(error, OSError) else error
    wanted = "a file that can be read and written, in the folder that --data or LADING_HOME names"
    return OptionError(f"{path}: expected {wanted}, found: {reason}")
