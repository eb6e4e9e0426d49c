"""The dataset on the platform that an upload goes to: found or made, and its draft opened at the first write."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from lading.errors import ConflictError, NotFoundError, RecordError, TransientError, UploadError
from lading.model.catalog import Attribute, Catalog, Subcatalog
from lading.model.codec import decode_catalog, decode_sensor, encode_catalog, encode_sensor
from lading.model.label import MASK_TYPES
from lading.model.report import Report
from lading.model.sensor import Sensor
from lading.platform.client import Client
from lading.platform.reading import Version, pages
from lading.platform.wire import DraftRow, Json, Notes, constants
from lading.upload.masks import SOURCE_ID

_T = TypeVar("_T")
_U = TypeVar("_U")

#: The title by which an upload knows a draft as its own.
DRAFT_TITLE = "lading upload"

_KINDS = {0: "a normal", 1: "a fusion"}


class Target:
    """A dataset on the platform, its head, and our own draft of it if one is open.

    In a dry run nothing is written: a dataset that is not there stays away (`dataset_id` None).
    """

    def __init__(self, client: Client, name: str, report: Report, *, is_dry_run: bool = False) -> None:
        self.client = client
        self.name = name
        self.is_dry_run = is_dry_run
        self.dataset_id: str | None = None
        self.head = constants.ROOT_COMMIT
        self.branch = constants.DEFAULT_BRANCH
        self.draft_number: int | None = None
        self.segments: dict[str, str] = {}
        self._report = report
        self._catalog = Catalog()
        self._lock = asyncio.Lock()
        self._declaring = asyncio.Lock()

    async def find(self, *, is_fusion: bool) -> None:
        """Find the dataset, or make it. Raises UploadError where the name belongs to one of the other type."""
        found = await self.client.find_dataset(self.name)
        if found is None and self.is_dry_run:
            return
        if found is not None:
            self.dataset_id = found.id
        else:
            self.dataset_id = await self._create_dataset(is_fusion)
        info = await self.client.get_dataset(self.dataset_id)
        if info.type != int(is_fusion):
            raise UploadError(
                f"dataset {self.name!r}: expected {_KINDS[int(is_fusion)]} dataset, "
                f"found {_KINDS[info.type]} one of this name on the platform"
            )
        self.head = info.commit_id
        self.branch = info.default_branch
        draft = await self.own_draft()
        if draft is not None:
            self.draft_number = draft.number
            if draft.parent_commit_id not in (None, self.head):
                message = f"expected draft {draft.number} to start from the head {self.head}, found an older one"
                self._report.warning("upload.stale-draft", message)
        await self._list_segments()

    @property
    def id(self) -> str:
        """The dataset's id, once it is known."""
        if self.dataset_id is None:
            raise UploadError(f"dataset {self.name!r}: expected it on the platform, found none")
        return self.dataset_id

    @property
    def head_commit(self) -> str | None:
        """The head, where there is a commit."""
        return None if self.head == constants.ROOT_COMMIT else self.head

    @property
    def version(self) -> Version:
        """What is read: our draft, else the head."""
        return Version(commit=self.head) if self.draft_number is None else Version(draft_number=self.draft_number)

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing on the platform to compare with."""
        return self.dataset_id is None or (self.draft_number is None and self.head == constants.ROOT_COMMIT)

    async def draft(self) -> int:
        """The number of our draft, opened now if there is none yet."""
        async with self._lock:
            if self.draft_number is None:
                made = await _once(
                    lambda: self.client.create_draft(self.id, DRAFT_TITLE, branch_name=self.branch),
                    self._own_number,
                )
                # Parts that start together may each have opened one: all go on in the first.
                first = await self._own_number()
                if first is not None and first < made:
                    await self.client.close_draft(self.id, made)
                    made = first
                self.draft_number = made
            return self.draft_number

    async def own_draft(self) -> DraftRow | None:
        """The first OPEN draft of an upload, an earlier one's or ours; None where there is none."""
        async for page in pages(
            lambda offset: self.client.list_drafts(self.id, branch_name=self.branch, offset=offset)
        ):
            for row in page.drafts:
                if row.title == DRAFT_TITLE and row.status == constants.OPEN:
                    return row
        return None

    async def ensure_segment(self, name: str, description: str) -> None:
        """Make a segment that is not there yet."""
        if name in self.segments:
            return
        draft_number = await self.draft()
        await _once(
            lambda: self.client.create_segment(self.id, draft_number, name, description=description),
            lambda: self._find_segment(name),
        )
        self.segments[name] = description

    async def put_catalog(self, catalog: Catalog) -> None:
        """Upload the catalog if it is not empty (B18 refuses that) and not the one that is there."""
        self._catalog = catalog
        if not catalog or self.is_dry_run:
            return
        there = None if self.is_blank else _decoded(await self.client.get_catalog(self.id, self.version))
        if there is not None and _bare(_without_declared(there, catalog)) == _bare(catalog):
            self._catalog = there
        else:
            await self.client.put_catalog(self.id, await self.draft(), encode_catalog(catalog))

    async def catalog(self) -> Catalog | None:
        """The catalog that is there now, ours or not; None where there is none, or it cannot be read."""
        return None if self.is_blank else _decoded(await self.client.get_catalog(self.id, self.version))

    async def declare(self, kind: str, attribute: Attribute) -> None:
        """Add an attribute to a label type of the catalog, unless it is declared."""
        async with self._declaring:
            known = self._catalog.get(kind)
            base = known if known is not None else Subcatalog()
            if base.attribute(attribute.name) is not None:
                return
            grown = base.model_copy(update={"attributes": [*base.attributes, attribute]})
            self._catalog = Catalog(subcatalogs={**self._catalog.subcatalogs, kind: grown})
            if not self.is_dry_run:
                await self.client.put_catalog(self.id, await self.draft(), encode_catalog(self._catalog))

    async def put_notes(self, *, is_continuous: bool, fields: Sequence[str] | None) -> None:
        """Upload the notes of the dataset (B11) if they are not those that are there."""
        if self.is_dry_run:
            return
        there = Notes() if self.is_blank else await self.client.get_notes(self.id, self.version)
        wanted = None if fields is None else list(fields)
        if (there.is_continuous, there.bin_point_cloud_fields) != (is_continuous, wanted):
            await self.client.put_notes(self.id, await self.draft(), is_continuous=is_continuous, fields=wanted)

    async def put_sensors(self, segment_name: str, sensors: tuple[Sensor, ...], *, is_new: bool) -> None:
        """Upload the sensors of a segment that are not there as they are here."""
        if not sensors or self.is_dry_run:
            return
        rows = [] if is_new else await self.client.get_sensors(self.id, self.version, segment_name)
        there = {str(row.get("name")): row for row in rows}
        for sensor in sensors:
            ours = encode_sensor(sensor)
            if not _is_same(there.get(sensor.name), ours, lambda value: decode_sensor(value, Report())):
                await self.client.put_sensor(self.id, await self.draft(), segment_name, ours)

    async def commit(self, title: str, tag: str | None) -> str:
        """Commit our draft; the commit's id. Raises UploadError where the tag is taken."""
        draft_number = await self.draft()
        try:
            return await self.client.commit(self.id, draft_number, title, tag=tag)
        except (TransientError, NotFoundError):
            # The answer was lost on the way, or another part was quicker: the draft is gone and the head has moved.
            moved = await self.moved_head()
            if moved is None:
                raise
            return moved
        except ConflictError as exc:
            raise _tag_taken(tag) from exc

    async def moved_head(self) -> str | None:
        """The head, where it is another than it was and our draft is gone: it was committed meanwhile."""
        info = await self.client.get_dataset(self.id)
        return info.commit_id if info.commit_id != self.head and await self.own_draft() is None else None

    async def tag_head(self, tag: str) -> None:
        """Give the head a tag, unless it has it. Raises UploadError where another commit has it."""
        async for page in pages(lambda offset: self.client.list_tags(self.id, name=tag, offset=offset)):
            for row in page.tags:
                if row.name == tag and row.commit_id == self.head:
                    return
        try:
            await self.client.create_tag(self.id, tag, self.head)
        except ConflictError as exc:
            raise _tag_taken(tag) from exc

    async def check_alive(self) -> None:
        """Raise UploadError where the dataset or our draft is gone."""
        try:
            await self.client.get_dataset(self.id)
        except NotFoundError as exc:
            raise UploadError(f"dataset {self.name!r}: expected it on the platform, found it deleted") from exc
        draft = await self.own_draft()
        if draft is None or draft.number != self.draft_number:
            raise UploadError(f"draft {self.draft_number}: expected it to be open, found it closed or committed")

    async def _create_dataset(self, is_fusion: bool) -> str:
        async def find() -> str | None:
            row = await self.client.find_dataset(self.name)
            return None if row is None else row.id

        return await _once(lambda: self.client.create_dataset(self.name, is_fusion=is_fusion), find)

    async def _own_number(self) -> int | None:
        draft = await self.own_draft()
        return None if draft is None else draft.number

    async def _list_segments(self) -> None:
        if self.is_blank:
            return
        async for page in pages(lambda offset: self.client.list_segments(self.id, self.version, offset=offset)):
            self.segments.update({row.name: row.description for row in page.segments})

    async def _find_segment(self, name: str) -> bool | None:
        await self._list_segments()
        return True if name in self.segments else None


async def _once(create: Callable[[], Awaitable[_T]], find: Callable[[], Awaitable[_U | None]]) -> _T | _U:
    """Create a thing that another try, whose answer was lost, may have created already."""
    try:
        return await create()
    except (TransientError, ConflictError):
        found = await find()
        if found is None:
            raise
        return found


def _is_same(there: Json | None, ours: Json, decode: Callable[[Json], object]) -> bool:
    """Whether two JSON objects mean the same; one that cannot be read is another."""
    if there is None:
        return False
    try:
        return decode(there) == decode(ours)
    except RecordError:
        return False


def _decoded(catalog: Json) -> Catalog | None:
    try:
        return decode_catalog(catalog, Report())
    except RecordError:
        return None


def _without_declared(there: Catalog, ours: Catalog) -> Catalog:
    """A catalog of the platform without what an earlier upload added to ours for masks that it renumbered."""
    subcatalogs = dict(there.subcatalogs)
    for kind in (mask_type.kind for mask_type in MASK_TYPES):
        base, own = subcatalogs.get(kind), ours.get(kind)
        if base is not None and (own is None or own.attribute(SOURCE_ID.name) is None):
            kept = [attribute for attribute in base.attributes if attribute.name != SOURCE_ID.name]
            subcatalogs[kind] = base.model_copy(update={"attributes": kept})
            if own is None and not subcatalogs[kind].model_dump(exclude_defaults=True):
                del subcatalogs[kind]
    return Catalog(subcatalogs=subcatalogs)


def _bare(catalog: Catalog) -> dict[str, object]:
    return {
        kind: catalog[kind].model_dump(exclude_none=True, exclude_defaults=True) for kind in sorted(catalog.kinds())
    }


def _tag_taken(tag: str | None) -> UploadError:
    return UploadError(f"tag: expected a name that is not taken, found {tag!r}")
