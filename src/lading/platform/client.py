"""A client of the platform: one method an endpoint (platform-api.md section B).

Methods raise TransientError after the retries ran out, and PlatformError where the platform refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

from lading.model.content import Content
from lading.platform import wire
from lading.platform.address import Address
from lading.platform.contents import ContentCalls
from lading.platform.download import Download
from lading.platform.form import PostForm
from lading.platform.retry import Retry
from lading.platform.route import Routes
from lading.platform.transport import Transport
from lading.platform.versions import VersionCalls
from lading.platform.wire import constants


class Client(VersionCalls, ContentCalls):
    """Speaks to one platform with one access key; used within `async with`.

    `url` is the part of the address before `gatewayv2/`, a longer one is cut there. `timeout` is seconds without
    an answer, `connections` how many calls of the API are under way at once, `routes` the proxies and certificates:
    by default those that the environment names. Raises OptionError for an address or key that cannot be one.
    """

    def __init__(
        self,
        url: str,
        access_key: str,
        *,
        timeout: float = 60.0,
        connections: int = 16,
        retry: Retry | None = None,
        routes: Routes | None = None,
    ) -> None:
        self.address = Address(url)
        self.retry = retry if retry is not None else Retry()
        self._http = Transport(
            self.address,
            access_key,
            timeout_s=timeout,
            connections=connections,
            retry=self.retry,
            routes=routes if routes is not None else Routes(),
        )

    async def __aenter__(self) -> Self:
        await self._http.__aenter__()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.__aexit__(kind, error, trace)

    # The server itself.

    async def health(self) -> wire.Health:
        """Whether the server is up."""
        return await self._http.call("GET", self.address.of(constants.HEALTH), wire.Health)

    # The upload itself (B13 to B16).

    async def get_policy(
        self,
        dataset_id: str,
        draft_number: int,
        *,
        segment_name: str | None = None,
        expired: int = constants.POLICY_EXPIRED_S,
    ) -> wire.Policy:
        """Leave to post files for about `expired` seconds."""
        query: dict[str, str | int] = {"expired": expired, "draftNumber": draft_number}
        if segment_name is not None:
            query["segmentName"] = segment_name
        return await self._get(constants.POLICIES, dataset_id, wire.Policy, query)

    async def post_object(
        self, form: PostForm, checksum: str, content: Content | bytes, *, size: int, head: bytes = b""
    ) -> None:
        """Post a file of `size` bytes under the form's prefix and its SHA-1; `head` is its first bytes.

        Raises StorageError where the store refuses it, SourceError where the file changed or cannot be read.
        """
        await self._http.post_object(form, checksum, content, size, head)

    async def put_callback(self, dataset_id: str, callback: wire.Callback) -> None:
        """Enter one posted file into a draft."""
        await self._put(constants.CALLBACK, dataset_id, callback)

    async def put_multi_callback(
        self, dataset_id: str, draft_number: int, segment_name: str, objects: Sequence[wire.CallbackObject]
    ) -> None:
        """Enter posted files, at most `constants.CALLBACK_BATCH`, into a draft: all of them or none."""
        body = wire.MultiCallback(draft_number=draft_number, segment_name=segment_name, objects=list(objects))
        await self._put(constants.MULTI_CALLBACK, dataset_id, body)

    async def fetch(self, url: str, into: Download) -> None:
        """Write down the bytes behind a URL of `list_urls`, to which the access key is not sent (A2)."""
        await self._http.fetch(url, into)
