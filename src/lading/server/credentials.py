"""The platform's secrets: made once, kept in the data folder, readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from lading.errors import OptionError

_KEY_FILE = "access-key"
_SECRET_FILE = "signing-secret"


def load_access_key(data_dir: Path) -> str:
    """The access key of a data folder; made where there is none. The official client wants this prefix (A1)."""
    return _load(data_dir / _KEY_FILE, "Accesskey-")


def load_signing_secret(data_dir: Path) -> str:
    """What policies and URLs are signed with; kept, so that they hold over a restart."""
    return _load(data_dir / _SECRET_FILE, "")


def _load(path: Path, prefix: str) -> str:
    """The text of a file of mode 0600; a new one is complete before it has its name, so the first maker wins."""
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        if not path.exists():
            handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(f"{prefix}{secrets.token_hex(16)}\n")
                file.flush()
                os.fsync(file.fileno())
            try:
                os.link(fresh, path)
            except FileExistsError:
                pass  # another process made one in the meantime
            finally:
                fresh.unlink()
        text = path.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError) as exc:
        raise OptionError(f"--data: expected a folder that can be written to, found {str(path)!r} ({exc})") from exc
    if not text:
        raise OptionError(f"{path}: expected a key, found an empty file; remove it to have one made")
    return text
