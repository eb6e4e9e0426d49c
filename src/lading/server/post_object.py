"""The S3 POST: a form comes in, an object is stored or nothing is (platform-api.md sections C4, C5 and C8)."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit
from xml.sax.saxutils import escape

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from python_multipart.exceptions import FormParserError
from python_multipart.multipart import parse_options_header

from lading.errors import StorageError
from lading.server.folder_store import FolderStore, IncomingObject
from lading.server.form import MAX_FIELD_BYTES, StreamedForm
from lading.server.post_policy import Grant, refuse, verify_form

#: Characters that XML 1.0 cannot hold.
_NO_XML = re.compile("[^\\t\\n\\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

#: Bytes of a body beside its file; ours, as the parts behind the file may be of any length.
_SLACK = 1 << 20

_MALFORMED = "The body of your POST request is not well-formed multipart/form-data."


class PostedObject:
    """One POST while it comes in. The refusal of the earliest step of C8 wins, so the body is read to its end."""

    def __init__(self, boundary: bytes, store: FolderStore, now_s: float, largest: int) -> None:
        self.form = StreamedForm(boundary, self._begin_file, self._take_bytes)
        self._store = store
        self._now_s = now_s
        self._largest = largest
        self._grant: Grant | None = None
        self._incoming: IncomingObject | None = None
        self._refusal: StorageError | None = None

    def take(self, chunk: bytes) -> StorageError | None:
        """Parse the next piece of the body; what ends the parsing is given back."""
        try:
            self.form.feed(chunk)
        except FormParserError:
            return StorageError(_MALFORMED, status=400, code="MalformedPOSTRequest")
        except OSError as exc:
            return _not_stored(exc)
        return None

    def finish(self) -> tuple[Grant, IncomingObject]:
        """What was granted and received, not yet kept. Raises StorageError."""
        if not self.form.is_whole:
            refuse(400, "MalformedPOSTRequest", _MALFORMED)
        if self.form.field_bytes > MAX_FIELD_BYTES:
            _refuse_long_fields()
        if self.form.files != 1:
            message = "POST requires exactly one file upload per request."
            refuse(400, "InvalidArgument", message, ArgumentName="file", ArgumentValue=self.form.files)
        if self._refusal is not None:
            raise self._refusal
        if self._grant is None or self._incoming is None:
            refuse(400, "MalformedPOSTRequest", _MALFORMED)
        self._grant.check_size(self._incoming.size, is_whole=True)
        expected = self._grant.fields["key"].rsplit("/", 1)[-1]
        if (found := self._incoming.checksum()) != expected:
            message = "The SHA-1 of the file is not the last part of the key."
            refuse(400, "BadDigest", message, ExpectedDigest=expected, CalculatedDigest=found)
        return self._grant, self._incoming

    def drop(self) -> None:
        """Forget what was received, unless it was kept."""
        if self._incoming is not None:
            self._incoming.drop()

    def _begin_file(self) -> None:
        self._refuse_when_wrong(self._check_fields)
        if self._refusal is None:
            self._incoming = self._store.receive()

    def _check_fields(self) -> None:
        if self.form.field_bytes > MAX_FIELD_BYTES:
            _refuse_long_fields()
        fields = self.form.fields
        if "key" not in fields:
            message = "Bucket POST must contain a field named 'key'. If it is specified, please check the order of the"
            refuse(400, "InvalidArgument", f"{message} fields.", ArgumentName="key", ArgumentValue="")
        if not fields["key"]:
            message = "User key must have a length greater than 0."
            refuse(400, "InvalidArgument", message, ArgumentName="key", ArgumentValue="")
        self._grant = verify_form(fields, self.form.file_name, self._store.key, self._now_s).within(self._largest)

    def _take_bytes(self, chunk: memoryview) -> None:
        if self._refusal is not None or self._grant is None or self._incoming is None:
            return
        grant, size = self._grant, self._incoming.size + len(chunk)
        self._refuse_when_wrong(lambda: grant.check_size(size, is_whole=False))
        if self._refusal is None:
            self._incoming.write(chunk)
        else:
            self._incoming.drop()

    def _refuse_when_wrong(self, check: Callable[[], None]) -> None:
        try:
            check()
        except StorageError as exc:
            self._refusal = exc


def _refuse_long_fields() -> None:
    message = "Your POST request fields preceding the upload file were too large."
    refuse(400, "MaxPostPreDataLengthExceeded", message, MaxPostPreDataLengthBytes=MAX_FIELD_BYTES)


async def receive_post(request: Request, store: FolderStore, now_s: float, largest: int) -> Response:
    """Store the object of a POST, of at most `largest` bytes, and answer as its form asks.

    Raises StorageError; then nothing is stored.

    The body is read to its end also when it is refused, so that the client sees the answer (C8.14), unless it is far
    longer than any that would be taken.
    """
    problem: StorageError | None = None
    posted: PostedObject | None = None
    try:
        try:
            posted = PostedObject(_boundary(request), store, now_s, largest)
        except FormParserError:  # a boundary that is too long to be one
            problem = StorageError(_MALFORMED, status=400, code="MalformedPOSTRequest")
        except StorageError as exc:
            problem = exc
        received = 0
        async for chunk in request.stream():
            received += len(chunk)
            if received > 2 * largest + _SLACK:
                refuse(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")
            if posted is not None and problem is None and chunk:
                problem = posted.take(chunk)
        if posted is None or problem is not None:
            raise problem or StorageError(_MALFORMED, status=400, code="MalformedPOSTRequest")
        grant, incoming = posted.finish()
        await run_in_threadpool(_keep, incoming)
    finally:
        if posted is not None:
            posted.drop()
    return _answer(request, store.key.bucket, grant.fields, incoming.checksum())


def _keep(incoming: IncomingObject) -> None:
    try:
        incoming.keep()
    except OSError as exc:
        raise _not_stored(exc) from exc


def _not_stored(exc: OSError) -> StorageError:
    # No 5xx here: the official client would send the form again with an exhausted body (C7).
    return StorageError(f"The object could not be stored: {exc.strerror}", status=400, code="InvalidRequest")


def _boundary(request: Request) -> bytes:
    kind, options = parse_options_header(request.headers.get("content-type"))
    if kind != b"multipart/form-data":
        message = "At least one of the pre-conditions you specified did not hold."
        condition = "Bucket POST must be of the enclosure-type multipart/form-data"
        refuse(412, "PreconditionFailed", message, Condition=condition)
    if not (boundary := options.get(b"boundary", b"")):
        refuse(400, "MalformedPOSTRequest", _MALFORMED)
    return boundary


def _answer(request: Request, bucket: str, fields: dict[str, str], checksum: str) -> Response:
    """The answer of C8.13."""
    key, etag = fields["key"], f'"{checksum}"'
    location = f"{str(request.url).partition('?')[0].rstrip('/')}/{key}"
    redirect = urlsplit(fields.get("success_action_redirect", ""))
    if redirect.scheme in ("http", "https") and redirect.netloc:
        query = urlencode([*parse_qsl(redirect.query), ("bucket", bucket), ("key", key), ("etag", etag)])
        return Response(status_code=303, headers={"Location": urlunsplit(redirect._replace(query=query))})
    headers = {"ETag": etag}
    status = fields.get("success_action_status")
    if status == "200":
        return Response(status_code=200, headers=headers)
    if status == "201":
        parts = {"Location": location, "Bucket": bucket, "Key": key, "ETag": etag}
        return Response(_xml("PostResponse", parts), 201, headers, media_type="application/xml")
    return Response(status_code=204, headers=headers)


def refusal_response(error: StorageError) -> Response:
    """The XML answer of a refusal (C5)."""
    parts = {"Code": error.code or "InvalidRequest", "Message": str(error), **error.details}
    return Response(_xml("Error", parts), error.status or 400, media_type="application/xml")


def _xml(root: str, parts: dict[str, str]) -> str:
    body = "".join(f"<{name}>{escape(_NO_XML.sub('?', value))}</{name}>" for name, value in parts.items())
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<{root}>{body}</{root}>'
