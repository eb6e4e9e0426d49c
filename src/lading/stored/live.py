"""A dataset on a platform, over its API: page by page, media through their signed addresses."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any, BinaryIO

from lading.errors import NotFoundError, StorageError
from lading.platform.client import Client
from lading.platform.download import Download
from lading.platform.reading import Version, pages
from lading.platform.route import Routes
from lading.platform.wire import DataFrame, DataList, DetailFrame, DetailList, DetailRow, FileRow, SegmentRow
from lading.platform.wire.constants import FUSION, PAGE_SIZE, ROOT_COMMIT
from lading.stored.address import StoredAddress
from lading.stored.blocking import BlockingClient
from lading.stored.shelf import Blob, Header, StoredFile, StoredRow, StoredSegment, search

#: Connections to the platform, and so the segments whose heads are asked for at once.
_CONNECTIONS = 8

_DRAFT = re.compile("draft-([1-9][0-9]{0,14})")


class LiveShelf:
    """A version of a dataset on a platform. A branch or tag is looked up once, so it may move while it is read.

    `ca_bundle` is a PEM file of the certificates to trust in place of the system's; `uses_proxies` is False for what
    needs none, whatever HTTP_PROXY says. Raises OptionError for an address, key or bundle that cannot be one.
    """

    def __init__(
        self,
        address: StoredAddress,
        access_key: str,
        ca_bundle: str | os.PathLike[str] | None = None,
        *,
        uses_proxies: bool = True,
    ) -> None:
        self.place = str(address)
        self._address = address
        self._access_key = access_key
        self._ca_bundle = ca_bundle
        self._uses_proxies = uses_proxies
        self._dataset_id = ""
        self._version = Version()
        self._client = BlockingClient(self._make_client)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_client"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._client = BlockingClient(self._make_client)

    def _make_client(self) -> Client:
        routes = Routes(self._ca_bundle, uses_proxies=self._uses_proxies)
        return Client(self._address.place, self._access_key, connections=_CONNECTIONS, routes=routes)

    def header(self) -> Header:
        """What the dataset is; asks for the sensors and the number of rows of each segment."""
        return self._client.run(self._header)

    async def _header(self, client: Client) -> Header:
        found = await client.find_dataset(self._address.dataset)
        if found is None:
            raise NotFoundError(f"{self.place}: expected a dataset of this name on the platform, found none")
        self._dataset_id = found.id
        info = await client.get_dataset(found.id)
        self._version = await self._resolve(client, info.commit_id)
        try:
            catalog = await client.get_catalog(found.id, self._version)
        except NotFoundError as exc:
            raise NotFoundError(f"{self.place}: expected a revision of the dataset, found none of this name") from exc
        notes = await client.get_notes(found.id, self._version)
        rows: list[SegmentRow] = []
        async for page in pages(lambda offset: client.list_segments(found.id, self._version, offset=offset)):
            rows += page.segments
        is_fusion = info.type == FUSION
        limit = asyncio.Semaphore(_CONNECTIONS)
        heads = [self._segment(client, row, limit, is_fusion=is_fusion) for row in rows]
        return Header(
            name=info.name,
            is_fusion=is_fusion,
            catalog=catalog,
            segments=list(await asyncio.gather(*heads)),
            kind="commit" if self._version.draft_number is None else "draft",
            is_continuous=notes.is_continuous,
            bin_point_cloud_fields=notes.bin_point_cloud_fields,
        )

    async def _resolve(self, client: Client, head: str) -> Version:
        revision = self._address.revision
        if revision is None:
            if head == ROOT_COMMIT:
                raise NotFoundError(f"{self.place}: expected a commit, found none yet; a draft is DATASET@draft-NUMBER")
            return Version(commit=head)
        if draft := _DRAFT.fullmatch(revision):
            return Version(draft_number=int(draft[1]))
        try:
            page = await client.list_commits(self._dataset_id, revision=revision, limit=1)
        except NotFoundError:
            commits = []
        else:
            commits = page.commits
        if not commits:
            message = f"{self.place}: expected a commit, branch, tag or draft-NUMBER behind the @, found {revision!r}"
            raise NotFoundError(message)
        return Version(commit=commits[0].commit_id)

    async def _segment(
        self, client: Client, row: SegmentRow, limit: asyncio.Semaphore, *, is_fusion: bool
    ) -> StoredSegment:
        async with limit:
            page = await client.list_data(self._dataset_id, self._version, row.name, limit=1)
            sensors = await client.get_sensors(self._dataset_id, self._version, row.name) if is_fusion else []
        return StoredSegment(name=row.name, description=row.description, sensors=sensors, row_count=page.total_count)

    def rows(self, segment: str, start: int = 0) -> Iterator[StoredRow]:
        """The rows of a segment from the `start`-th on; the next page is on its way while one is used."""
        offset = start
        coming = self._start(segment, offset)
        try:
            while True:
                page = coming.result()
                # An answer without recordSize counts as a whole page, as in `platform.reading.pages`.
                offset += page.record_size or PAGE_SIZE
                is_last = offset >= page.total_count
                if not is_last:
                    coming = self._start(segment, offset)
                yield from map(_row, page.data_details)
                if is_last:
                    return
        finally:
            coming.cancel()

    def keys(self, segment: str) -> Iterator[str]:
        """The keys of a segment, which cost less than its rows."""
        offset = 0
        while True:
            page = self._page(segment, offset, PAGE_SIZE)
            yield from map(_key, page.data)
            offset += page.record_size or PAGE_SIZE
            if offset >= page.total_count:
                return

    def locate(self, segment: str, key: str, count: int) -> int:
        """At most a page before this key: by as many calls as the segment's pages can be halved."""
        return search(key, count, lambda number: _key(self._page(segment, number, 1).data[0]), near=PAGE_SIZE)

    def _page(self, segment: str, offset: int, limit: int) -> DataList:
        async def ask(client: Client) -> DataList:
            return await client.list_data(self._dataset_id, self._version, segment, offset=offset, limit=limit)

        return self._client.run(ask)

    def _start(self, segment: str, offset: int) -> Future[DetailList]:
        async def ask(client: Client) -> DetailList:
            return await client.list_details(self._dataset_id, self._version, segment, offset=offset)

        return self._client.start(ask)

    def find(self, segment: str, remote_path: str) -> StoredFile | None:
        """The file of this remote path; in a fusion dataset the first sensor's that has it."""
        return next(iter(self._all(segment, remote_path)), None)

    def _all(self, segment: str, remote_path: str) -> list[StoredFile]:
        async def ask(client: Client) -> DetailList:
            return await client.list_details(self._dataset_id, self._version, segment, remote_path=remote_path)

        try:
            page = self._client.run(ask)
        except NotFoundError:
            return []
        files = [file for row in page.data_details for file in _row(row).files]
        return [file for file in files if file.remote_path == remote_path]

    def open(self, blob: Blob) -> BinaryIO:
        """The bytes behind an address; one that no longer holds (they are good for a day) is asked for anew.

        Raises StorageError where they are not those of the file's checksum.
        """
        url = blob.url if blob.url is not None else self._url(blob)
        try:
            return self._fetch(url, blob)
        except StorageError as exc:
            if exc.status != 403 or blob.url is None:
                raise
            return self._fetch(self._url(blob), blob)

    def _fetch(self, url: str, blob: Blob) -> BinaryIO:
        # The size may be the sidecar's, of a file that somebody has changed since.
        with Download(f"{blob.segment}/{blob.remote_path}", checksum=blob.checksum) as file:
            self._client.run(lambda client: client.fetch(url, file))
            return file.take()

    def _url(self, blob: Blob) -> str:
        for file in self._all(blob.segment, blob.remote_path):
            if blob.sensor_name in (None, file.sensor_name):
                url = file.url if blob.mask is None else file.label.get(blob.mask, {}).get("url")
                if isinstance(url, str):
                    return url
        raise NotFoundError(f"{blob.segment}/{blob.remote_path}: expected its address from the platform, found none")


def _key(row: FileRow | DataFrame) -> str:
    return row.frame_id if isinstance(row, DataFrame) else row.remote_path


def _row(row: DetailRow | DetailFrame) -> StoredRow:
    if isinstance(row, DetailFrame):
        return StoredRow(frame_id=row.frame_id, files=[_file(part) for part in row.frame])
    return StoredRow(files=[_file(row)])


def _file(row: DetailRow) -> StoredFile:
    return StoredFile(
        remote_path=row.remote_path,
        label=row.label,
        checksum=row.checksum,
        timestamp_s=row.timestamp,
        sensor_name=row.sensor_name,
        url=row.url,
    )
