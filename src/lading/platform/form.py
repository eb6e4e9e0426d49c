"""The form of an S3 POST, made once a policy: each file only adds its key and type (platform-api.md C3)."""

from __future__ import annotations

import secrets

from lading.errors import PlatformError
from lading.platform.wire import Policy

#: What the first bytes of a file say about its type; others go up with an empty type, as the official client does.
_MAGIC = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
)


def media_type(head: bytes) -> str:
    """The MIME type that the first 12 bytes of a file tell, or an empty text."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((name for magic, name in _MAGIC if head.startswith(magic)), "")


class PostForm:
    """The form that goes before and after a file's bytes under one policy."""

    def __init__(self, policy: Policy) -> None:
        self.url = policy.extra.host
        self.prefix = policy.extra.object_prefix
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        self._delimiter = f"--{boundary}\r\n"
        fields = policy.fields
        self._has_type = any(name.lower() == "x-amz-date" for name in fields)
        self._fixed = "".join(self._field(name, value) for name, value in fields.items()).encode()
        self.tail = f"\r\n--{boundary}--\r\n".encode()

    def head(self, key: str, first_bytes: bytes = b"") -> bytes:
        """All that comes before the file: the policy's fields, the object's whole key, and the file's own header."""
        kind = media_type(first_bytes)
        variable = self._field("key", key)
        if self._has_type:  # as C3 has it; policies demand the field, be it empty (C1)
            variable += self._field("Content-Type", kind)
        # The file has to come last (C3); a store ignores what follows.
        variable += f'{self._delimiter}Content-Disposition: form-data; name="file"; filename="file"\r\n'
        variable += f"Content-Type: {kind or 'application/octet-stream'}\r\n\r\n"
        return self._fixed + variable.encode()

    def _field(self, name: str, value: str) -> str:
        if not name.isprintable() or '"' in name:
            raise PlatformError(f"{self.url}: expected policy fields with plain names, found {name!r}")
        return f'{self._delimiter}Content-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
