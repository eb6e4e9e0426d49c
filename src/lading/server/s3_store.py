"""The object store in a bucket of S3, or of a server that speaks like it; clients post and read past the platform."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

from lading.errors import LadingError, NotFoundError, OptionError
from lading.server.objects import CHECKSUM, URL_LIFE_S, Grant, KeptObject
from lading.server.post_policy import SigningKey, sign_policy
from lading.server.settings import without_credentials

#: Objects that are asked for at once.
_ASKERS = 16
#: Bytes that are read at once, and bytes of a document that stay in memory on its way up.
_BLOCK = 1 << 20
_SPOOL = 16 << 20
#: Codes by which stores say that there is no such key.
_ABSENT = frozenset({"404", "NoSuchKey", "NotFound"})


#: The key of an object: dataset and checksum.
_OBJECT = re.compile("([0-9a-f]{32})/([0-9a-f]{40})")


def open_bucket(url: str, *, largest: int) -> S3Store:
    """The store at `s3://BUCKET?endpoint=URL&region=NAME`; keys as botocore finds them (environment, profile, role).

    Raises OptionError where the URL, botocore or the keys are missing.
    """
    parts = urlsplit(url)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    unknown = query.keys() - {"endpoint", "region"}
    if not parts.netloc or parts.path not in ("", "/") or unknown or parts.username is not None:
        found = without_credentials(url)
        raise OptionError(f"--objects: expected s3://BUCKET?endpoint=URL&region=NAME, found {found!r}")
    try:
        import botocore.session
        from botocore.config import Config
        from botocore.exceptions import BotoCoreError
    except ImportError as exc:
        found = without_credentials(url)
        raise OptionError(f'--objects: expected botocore for {found!r}, found none; pip install "lading[s3]"') from exc
    session = botocore.session.get_session()
    if session.get_credentials() is None:
        raise OptionError("--objects: expected keys in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, found none")
    settings = Config(
        signature_version="s3v4",
        s3={"addressing_style": "path"} if "endpoint" in query else {},
        max_pool_connections=4 * _ASKERS,
        connect_timeout=10,
        read_timeout=60,
        retries={"max_attempts": 4, "mode": "standard"},
        # Stores other than Amazon's do not know the checksums that newer releases send by themselves.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    region = query.get("region") or session.get_config_variable("region") or "us-east-1"
    try:
        client = session.create_client("s3", region_name=region, endpoint_url=query.get("endpoint"), config=settings)
    except (BotoCoreError, ValueError) as exc:
        raise OptionError(f"--objects: expected an endpoint such as http://localhost:8333, found {exc}") from exc
    return S3Store(session, client, parts.netloc, region, largest=largest)


class S3Store:
    """Objects at `DATASET/CHECKSUM`, so that no client of one dataset can write over the objects of another.

    A bucket does not compare the bytes with their checksum, as the folder's store does; the size is compared at the
    callback.
    """

    is_by_dataset = True

    def __init__(self, session: Any, client: Any, bucket: str, region: str, *, largest: int) -> None:
        from botocore.exceptions import BotoCoreError, ClientError

        self.bucket = bucket
        self.region = region
        self._session = session
        self._client = client
        self._largest = largest
        self._refused: type[Exception] = ClientError
        self._failed: tuple[type[Exception], ...] = (ClientError, BotoCoreError)
        self._askers = ThreadPoolExecutor(_ASKERS, thread_name_prefix="lading-s3")

    def prepare(self) -> None:
        """Raises OptionError where there is no such bucket, or no right to it."""
        try:
            self._client.head_bucket(Bucket=self.bucket)
        except self._failed as exc:
            raise OptionError(f"--objects: expected a bucket {self.bucket!r} that can be used, found {exc}") from exc

    def grant(self, base_url: str, dataset_id: str, *, issued_s: int, expiration_s: int) -> Grant:
        """A policy that the bucket's own server takes."""
        keys = self._session.get_credentials().get_frozen_credentials()
        key = SigningKey(keys.access_key, keys.secret_key, self.region, self.bucket)
        prefix = f"{dataset_id}/"
        fields = sign_policy(
            key,
            prefix=prefix,
            issued_s=issued_s,
            expiration_s=expiration_s,
            largest=self._largest,
            token=keys.token,
            is_seeds=False,
        )
        host = self._client.generate_presigned_post(self.bucket, "key")["url"]
        return Grant(host, fields, prefix)

    def sizes(self, dataset_id: str, checksums: Iterable[str]) -> dict[str, int]:
        """The bytes of those of the objects that are there."""
        names = list(dict.fromkeys(checksum for checksum in checksums if CHECKSUM.fullmatch(checksum)))
        found = self._askers.map(lambda checksum: self._size(f"{dataset_id}/{checksum}"), names)
        return {name: size for name, size in zip(names, found, strict=True) if size is not None}

    def _size(self, key: str) -> int | None:
        try:
            return int(self._client.head_object(Bucket=self.bucket, Key=key)["ContentLength"])
        except self._failed as exc:
            if self._is_absent(exc):
                return None
            raise self._fault(key, exc) from exc

    def settle(self, checksums: Iterable[str]) -> None:
        """Nothing: what a bucket has answered to is on its disks."""

    def url(self, base_url: str, dataset_id: str, checksum: str, now_s: float) -> str:
        """The bucket's own address of an object."""
        place = {"Bucket": self.bucket, "Key": f"{dataset_id}/{checksum}"}
        return str(self._client.generate_presigned_url("get_object", Params=place, ExpiresIn=URL_LIFE_S))

    def read_object(self, dataset_id: str, checksum: str) -> Iterator[bytes]:
        """The bytes of an object. Raises NotFoundError."""
        return self._read(f"{dataset_id}/{checksum}")

    def put_document(self, name: str, pieces: Iterable[bytes]) -> None:
        """Gather a document, on disk where it is long, and send it whole."""
        with tempfile.SpooledTemporaryFile(_SPOOL) as file:
            file.writelines(pieces)
            file.seek(0)
            try:
                self._client.put_object(Bucket=self.bucket, Key=name, Body=file)
            except self._failed as exc:
                raise self._fault(name, exc) from exc

    def read_document(self, name: str) -> Iterator[bytes]:
        """The bytes of a document. Raises NotFoundError."""
        return self._read(name)

    def document_names(self, start: str) -> list[str]:
        """The names of the documents that begin so, in order."""
        return sorted(item["Key"] for page in self._pages(start) for item in page.get("Contents", ()))

    def aged_objects(self, min_age_s: float) -> Iterator[KeptObject]:
        """The objects that nobody has posted for so long; what lies under other names is nothing of ours."""
        for page in self._pages(""):
            for item in page.get("Contents", ()):
                match = _OBJECT.fullmatch(item["Key"])
                if match and _age_s(page, item["LastModified"]) > min_age_s:
                    yield KeptObject(match[1], match[2], item["Size"])

    def remove_objects(self, objects: Iterable[KeptObject], min_age_s: float) -> list[KeptObject]:
        """Remove those of the objects that are still so old; which they were."""
        items = list(objects)
        gone = self._askers.map(lambda item: self._remove(f"{item.dataset_id}/{item.checksum}", min_age_s), items)
        return [item for item, is_gone in zip(items, gone, strict=True) if is_gone]

    def _remove(self, key: str, min_age_s: float) -> bool:
        try:
            head = self._client.head_object(Bucket=self.bucket, Key=key)
            if _age_s(head, head["LastModified"]) <= min_age_s:
                return False
            self._client.delete_object(Bucket=self.bucket, Key=key)
        except self._failed as exc:
            if self._is_absent(exc):
                return False
            raise self._fault(key, exc) from exc
        return True

    def _pages(self, start: str) -> Iterator[dict[str, Any]]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=start)
        try:
            yield from pages
        except self._failed as exc:
            raise self._fault(start, exc) from exc

    def remove_document(self, name: str) -> None:
        """Forget a document, if it is there."""
        try:
            self._client.delete_object(Bucket=self.bucket, Key=name)
        except self._failed as exc:
            raise self._fault(name, exc) from exc

    def _read(self, key: str) -> Iterator[bytes]:
        try:
            body = self._client.get_object(Bucket=self.bucket, Key=key)["Body"]
        except self._failed as exc:
            if self._is_absent(exc):
                message = f"{key}: expected it in bucket {self.bucket!r}, found nothing"
                raise NotFoundError(message, status=404, code="ResourceNotExist") from exc
            raise self._fault(key, exc) from exc
        try:
            yield from body.iter_chunks(_BLOCK)
        except self._failed as exc:
            raise self._fault(key, exc) from exc
        finally:
            body.close()

    def _is_absent(self, error: Exception) -> bool:
        response = getattr(error, "response", None) if isinstance(error, self._refused) else None
        return response is not None and response.get("Error", {}).get("Code") in _ABSENT

    def _fault(self, key: str, error: Exception) -> LadingError:
        return LadingError(f"s3://{self.bucket}/{key}: expected the object store to work, found {error}")


def _age_s(answer: dict[str, Any], modified: datetime) -> float:
    """How long ago that was, by the clock of the store that says it."""
    return (parsedate_to_datetime(answer["ResponseMetadata"]["HTTPHeaders"]["date"]) - modified).total_seconds()
