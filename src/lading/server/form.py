"""A multipart form that is read while it comes in: fields kept, the file passed on, memory flat."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

if TYPE_CHECKING:
    from python_multipart.multipart import MultipartCallbacks

#: Bytes of the fields before the file (C8.2).
MAX_FIELD_BYTES = 20_480


class StreamedForm:
    """Feed it the body; it calls `on_file` when the file begins, then `on_bytes` for each piece of it.

    `fields` are those before the file, names in lower case; later ones are ignored, as S3 does.
    """

    def __init__(self, boundary: bytes, on_file: Callable[[], None], on_bytes: Callable[[memoryview], None]) -> None:
        self.fields: dict[str, str] = {}
        self.file_name: str | None = None
        self.files = 0
        self.field_bytes = 0
        self.is_whole = False
        self._on_file = on_file
        self._on_bytes = on_bytes
        self._headers: dict[bytes, bytes] = {}
        self._header_name = bytearray()
        self._header_value = bytearray()
        self._header_bytes = 0
        self._part_name = ""
        self._part_value = bytearray()
        self._parser = MultipartParser(boundary, self._callbacks())

    def feed(self, chunk: bytes) -> None:
        """Parse the next piece of the body. Raises FormParserError for what is no multipart."""
        self._parser.write(chunk)

    def _callbacks(self) -> MultipartCallbacks:
        return {
            "on_part_begin": self._begin_part,
            "on_part_data": self._take_data,
            "on_part_end": self._end_part,
            "on_header_field": self._take_header_name,
            "on_header_value": self._take_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._end_headers,
            "on_end": self._end,
        }

    def _begin_part(self) -> None:
        self._headers.clear()
        self._header_bytes = 0
        self._part_name = ""
        self._part_value.clear()

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._take_header(self._header_name, data[start:end])

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._take_header(self._header_value, data[start:end])

    def _take_header(self, part: bytearray, data: bytes) -> None:
        part += data
        self._header_bytes += len(data)
        if self._header_bytes > MAX_FIELD_BYTES:
            raise FormParserError("headers of a part that are none")

    def _end_header(self) -> None:
        self._headers[bytes(self._header_name).lower()] = bytes(self._header_value)
        self._header_name.clear()
        self._header_value.clear()

    def _end_headers(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition"))
        self._part_name = options.get(b"name", b"").decode(errors="replace").lower()
        if self._part_name != "file":
            self._count(len(self._part_name))
            return
        self.files += 1
        if self.files == 1:
            name = options.get(b"filename")
            self.file_name = None if name is None else name.decode(errors="replace")
            self._on_file()

    def _take_data(self, data: bytes, start: int, end: int) -> None:
        if self._part_name == "file":
            if self.files == 1:
                self._on_bytes(memoryview(data)[start:end])
        elif self.files == 0:
            self._count(end - start)
            if self.field_bytes <= MAX_FIELD_BYTES:
                self._part_value += data[start:end]

    def _count(self, size: int) -> None:
        if self.files == 0:
            self.field_bytes += size

    def _end_part(self) -> None:
        if self._part_name != "file" and self.files == 0 and self.field_bytes <= MAX_FIELD_BYTES:
            self.fields[self._part_name] = self._part_value.decode(errors="replace")

    def _end(self) -> None:
        self.is_whole = True
