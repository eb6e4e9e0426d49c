"""The endpoints of datasets and of their versions: drafts, commits and tags (platform-api.md B2 to B10)."""

from __future__ import annotations

from lading.platform import wire
from lading.platform.calls import Calls
from lading.platform.reading import pages
from lading.platform.wire import constants
from lading.platform.wire.changes import UpdateDraft


class VersionCalls(Calls):
    """Makes, lists and deletes datasets, and what they are kept in."""

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
