"""A client of the platform: one method an endpoint (platform-api.md section B).

Methods raise TransientError after the retries ran out, and PlatformError where the platform refuses.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Self, TypeVar

from lading.model.content import Content
from lading.platform import wire
from lading.platform.address import Address
from lading.platform.download import Download
from lading.platform.form import PostForm
from lading.platform.retry import Retry
from lading.platform.route import Routes
from lading.platform.transport import Transport
from lading.platform.wire import Json, constants
from lading.platform.wire.changes import UpdateDraft


@dataclass(frozen=True)
class Version:
    """What is read: a draft or a revision, exactly one of them (A6, VER-R)."""

    draft_number: int | None = None
    commit: str | None = None

    @property
    def query(self) -> dict[str, str | int]:
        """The query's part that says so."""
        chosen = {"draftNumber": self.draft_number, "commit": self.commit}
        return {name: value for name, value in chosen.items() if value is not None}


P = TypeVar("P", bound=wire.Page)


class Client:
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

    # Datasets (B2 to B6).

    async def create_dataset(self, name: str, *, is_fusion: bool = False) -> str:
        """A new dataset; its id."""
        body = wire.CreateDataset(name=name, type=1 if is_fusion else 0)
        url = self.address.of(constants.DATASETS)
        return (await self._http.call("POST", url, wire.DatasetId, body=body, is_idempotent=False)).id

    async def list_datasets(
        self, *, name: str | None = None, offset: int = 0, limit: int = constants.PAGE_SIZE
    ) -> wire.DatasetList:
        """One page of the datasets; `name` filters as the platform sees fit (A8)."""
        query: dict[str, str | int] = {"offset": offset, "limit": limit}
        if name is not None:
            query["name"] = name
        return await self._http.call("GET", self.address.of(constants.DATASETS), wire.DatasetList, query=query)

    async def find_dataset(self, name: str) -> wire.DatasetRow | None:
        """The dataset of exactly this name, or None."""
        async for page in pages(lambda offset: self.list_datasets(name=name, offset=offset)):
            for row in page.datasets:
                if row.name == name:
                    return row
        return None

    async def get_dataset(self, dataset_id: str) -> wire.DatasetInfo:
        """What is known of a dataset, its head among it."""
        return await self._get(constants.DATASET, dataset_id, wire.DatasetInfo)

    async def delete_dataset(self, dataset_id: str) -> None:
        """Delete a dataset for good."""
        await self._http.call("DELETE", self.address.of(constants.DATASET, id=dataset_id), wire.Empty)

    # Drafts, commits, tags (B8 to B10).

    async def create_draft(
        self, dataset_id: str, title: str, *, branch_name: str = constants.DEFAULT_BRANCH, description: str = ""
    ) -> int:
        """A new draft; its number."""
        body = wire.CreateDraft(branch_name=branch_name, title=title, description=description or None)
        return (await self._post(constants.DRAFTS, dataset_id, body, wire.DraftId, is_idempotent=False)).draft_number

    async def list_drafts(
        self,
        dataset_id: str,
        *,
        status: str = constants.OPEN,
        branch_name: str | None = None,
        offset: int = 0,
        limit: int = constants.PAGE_SIZE,
    ) -> wire.DraftList:
        """One page of the drafts of one status, or of `ALL`."""
        query: dict[str, str | int] = {"status": status, "offset": offset, "limit": limit}
        if branch_name is not None:
            query["branchName"] = branch_name
        return await self._get(constants.DRAFTS, dataset_id, wire.DraftList, query)

    async def close_draft(self, dataset_id: str, number: int) -> None:
        """Close a draft without committing it."""
        url = f"{self.address.of(constants.DRAFTS, id=dataset_id)}/{number}"
        await self._http.call("PATCH", url, wire.Empty, body=UpdateDraft(status="CLOSED"))

    async def commit(
        self, dataset_id: str, draft_number: int, title: str, *, description: str = "", tag: str | None = None
    ) -> str:
        """Close a draft as the new head of its branch; the commit's id."""
        body = wire.CreateCommit(draft_number=draft_number, title=title, description=description or None, tag=tag)
        return (await self._post(constants.COMMITS, dataset_id, body, wire.CommitId, is_idempotent=False)).commit_id

    async def list_commits(
        self,
        dataset_id: str,
        *,
        revision: str | None = None,
        offset: int = 0,
        limit: int = constants.PAGE_SIZE,
    ) -> wire.CommitList:
        """One page of the commits up to a revision, newest first."""
        query: dict[str, str | int] = {"offset": offset, "limit": limit}
        if revision is not None:
            query["commit"] = revision
        return await self._get(constants.COMMITS, dataset_id, wire.CommitList, query)

    async def create_tag(self, dataset_id: str, name: str, revision: str) -> None:
        """Give a commit a name."""
        body = wire.CreateTag(name=name, commit=revision)
        await self._post(constants.TAGS, dataset_id, body, wire.Empty, is_idempotent=False)

    async def list_tags(
        self, dataset_id: str, *, name: str | None = None, offset: int = 0, limit: int = constants.PAGE_SIZE
    ) -> wire.TagList:
        """One page of the tags."""
        query: dict[str, str | int] = {"offset": offset, "limit": limit}
        if name is not None:
            query["name"] = name
        return await self._get(constants.TAGS, dataset_id, wire.TagList, query)

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

    # Segments, catalog, sensors (B17 to B19).

    async def create_segment(self, dataset_id: str, draft_number: int, name: str, *, description: str = "") -> None:
        """A new segment of a draft."""
        body = wire.CreateSegment(draft_number=draft_number, name=name, description=description)
        await self._post(constants.SEGMENTS, dataset_id, body, wire.Empty, is_idempotent=False)

    async def delete_segment(self, dataset_id: str, draft_number: int, name: str) -> None:
        """Delete a segment from a draft."""
        body = wire.DeleteSegment(draft_number=draft_number, segment_name=name)
        await self._http.call("DELETE", self.address.of(constants.SEGMENTS, id=dataset_id), wire.Empty, body=body)

    async def list_segments(
        self, dataset_id: str, version: Version, *, offset: int = 0, limit: int = constants.PAGE_SIZE
    ) -> wire.SegmentList:
        """One page of the segments."""
        query = {**version.query, "offset": offset, "limit": limit}
        return await self._get(constants.SEGMENTS, dataset_id, wire.SegmentList, query)

    async def put_catalog(self, dataset_id: str, draft_number: int, catalog: Json) -> None:
        """Replace a draft's whole label catalog."""
        body = wire.PutCatalog(draft_number=draft_number, catalog=catalog)
        await self._put(constants.CATALOGS, dataset_id, body)

    async def get_catalog(self, dataset_id: str, version: Version) -> Json:
        """The label catalog; `{}` where there is none."""
        return (await self._get(constants.CATALOGS, dataset_id, wire.CatalogAnswer, version.query)).catalog

    async def put_notes(
        self, dataset_id: str, draft_number: int, *, is_continuous: bool, fields: Sequence[str] | None
    ) -> None:
        """Say whether a draft's frames follow one another in time, and which fields its point clouds have."""
        body = wire.PutNotes(
            draft_number=draft_number,
            is_continuous=is_continuous,
            bin_point_cloud_fields=None if fields is None else list(fields),
        )
        url = self.address.of(constants.NOTES, id=dataset_id)
        await self._http.call("PATCH", url, wire.Empty, body=body)

    async def get_notes(self, dataset_id: str, version: Version) -> wire.Notes:
        """The notes of a version."""
        return await self._get(constants.NOTES, dataset_id, wire.Notes, version.query)

    async def put_sensor(self, dataset_id: str, draft_number: int, segment_name: str, sensor: Json) -> None:
        """Set a sensor of a segment, new or not."""
        place = {"segmentName": segment_name, "draftNumber": draft_number}
        await self._post(constants.SENSORS, dataset_id, wire.PutSensor.model_validate(sensor | place), wire.Empty)

    async def delete_sensor(self, dataset_id: str, draft_number: int, segment_name: str, sensor_name: str) -> None:
        """Delete a sensor from a segment."""
        place = {"draftNumber": draft_number, "segmentName": segment_name, "sensorName": sensor_name}
        body = wire.DeleteSensor.model_validate(place)
        await self._http.call("DELETE", self.address.of(constants.SENSORS, id=dataset_id), wire.Empty, body=body)

    async def get_sensors(self, dataset_id: str, version: Version, segment_name: str) -> list[Json]:
        """The sensors of a segment."""
        query = {**version.query, "segmentName": segment_name}
        return (await self._get(constants.SENSORS, dataset_id, wire.SensorList, query)).sensors

    # Data and labels (B20 to B26).

    async def list_data(
        self,
        dataset_id: str,
        version: Version,
        segment_name: str,
        *,
        offset: int = 0,
        limit: int = constants.PAGE_SIZE,
    ) -> wire.DataList:
        """One page of a segment's files, or in a fusion dataset of its frames."""
        query = _rows_query(version, segment_name, offset, limit)
        return await self._get(constants.DATA, dataset_id, wire.DataList, query)

    async def list_urls(
        self,
        dataset_id: str,
        version: Version,
        segment_name: str,
        *,
        remote_path: str | None = None,
        offset: int = 0,
        limit: int = constants.PAGE_SIZE,
    ) -> wire.UrlList:
        """One page of a segment's files with the URLs of their bytes, or only the file of one path."""
        query = _rows_query(version, segment_name, offset, limit, remote_path)
        return await self._get(constants.DATA_URLS, dataset_id, wire.UrlList, query)

    async def list_details(
        self,
        dataset_id: str,
        version: Version,
        segment_name: str,
        *,
        remote_path: str | None = None,
        offset: int = 0,
        limit: int = constants.PAGE_SIZE,
    ) -> wire.DetailList:
        """One page of a segment's files with URL, checksum and labels, or only the file of one path."""
        query = _rows_query(version, segment_name, offset, limit, remote_path)
        return await self._get(constants.DATA_DETAILS, dataset_id, wire.DetailList, query)

    async def put_labels(self, dataset_id: str, labels: wire.PutLabels) -> None:
        """Replace the labels of one file."""
        await self._put(constants.LABELS, dataset_id, labels)

    async def list_labels(
        self,
        dataset_id: str,
        version: Version,
        segment_name: str,
        *,
        offset: int = 0,
        limit: int = constants.PAGE_SIZE,
    ) -> wire.LabelList:
        """One page of a segment's files with their labels."""
        query = _rows_query(version, segment_name, offset, limit)
        return await self._get(constants.LABELS, dataset_id, wire.LabelList, query)

    async def fetch(self, url: str, into: Download) -> None:
        """Write down the bytes behind a URL of `list_urls`, to which the access key is not sent (A2)."""
        await self._http.fetch(url, into)

    async def _get(
        self,
        path: str,
        dataset_id: str,
        answer: type[_E],
        query: dict[str, str | int] | None = None,
    ) -> _E:
        return await self._http.call("GET", self.address.of(path, id=dataset_id), answer, query=query)

    async def _post(
        self, path: str, dataset_id: str, body: wire.Envelope, answer: type[_E], *, is_idempotent: bool = True
    ) -> _E:
        url = self.address.of(path, id=dataset_id)
        return await self._http.call("POST", url, answer, body=body, is_idempotent=is_idempotent)

    async def _put(self, path: str, dataset_id: str, body: wire.Envelope) -> None:
        await self._http.call("PUT", self.address.of(path, id=dataset_id), wire.Empty, body=body)


_E = TypeVar("_E", bound=wire.Envelope)


async def pages(fetch: Callable[[int], Awaitable[P]]) -> AsyncIterator[P]:
    """Every page of a list up to its total; `fetch` gets the offset."""
    offset = 0
    while True:
        page = await fetch(offset)
        yield page
        # An answer without recordSize counts as a whole page: the official client never reads it (A5).
        offset += page.record_size or constants.PAGE_SIZE
        if offset >= page.total_count:
            return


def _rows_query(
    version: Version, segment_name: str, offset: int, limit: int, remote_path: str | None = None
) -> dict[str, str | int]:
    query: dict[str, str | int] = {**version.query, "segmentName": segment_name, "offset": offset, "limit": limit}
    if remote_path is not None:
        query["remotePath"] = remote_path
    return query
