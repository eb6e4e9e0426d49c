"""The masks of an upload: made fit for the platform, known from an earlier run, kept where they cannot go up."""

from __future__ import annotations

from lading.errors import SourceError
from lading.model.codec.sidecar import mask_file
from lading.model.content import Content
from lading.model.label import MASK_TYPES, MaskLabel
from lading.platform.wire import Json
from lading.upload.files import HashedFile, hash_files
from lading.upload.job import Job, in_thread
from lading.upload.masks import SOURCE_ID, MaskFile, mask_key, prepare_mask
from lading.upload.plan import Item
from lading.upload.remote import Entry


class MaskWay:
    """How the masks of items go up."""

    def __init__(self, job: Job) -> None:
        self._job = job

    async def whole_label(self, item: Item, theirs: Entry | None) -> tuple[Json, list[HashedFile]]:
        """The labels with the masks among them, and the masks' files; a mask that is missing counts as a file."""
        if not item.masks:
            return item.label, []
        label, files = dict(item.label), []
        for mask in item.masks:
            if mask.content is None:
                self._job.result.miss(mask.path or f"{mask.kind} of {item.data.path}")
                continue
            made = await self._mask(mask, mask.content, theirs)
            if made.is_renumbered:
                await self._job.target.declare(mask.kind, SOURCE_ID)
            files.append(made.file)
            label[mask.kind] = made.label
            if made.original is not None and self._job.sidecar_way is not None and not self._job.target.is_dry_run:
                await self._job.sidecar_way.put(mask_file(mask.content.path), made.original)
        return label, files

    async def _mask(self, mask: MaskLabel, content: Content, theirs: Entry | None) -> MaskFile:
        """A mask as it goes up; it is not read where that was done before and the platform has it."""
        ledger = self._job.ledger
        category_ids = self._job.category_ids
        key = mask_key(mask, content, category_ids)
        known = None if key is None else ledger.known_mask(key)
        if known is not None and theirs is not None and known["checksum"] in theirs.masks:
            file = HashedFile(known["checksum"], known["size"], b"", content)
            own = known.get("original")
            original = None if own is None else HashedFile(own["checksum"], own["size"], b"", content)
            return MaskFile(file=file, label=known["label"], is_renumbered=known["isRenumbered"], original=original)
        made = await in_thread(self._job.hashers, prepare_mask, mask, content, category_ids)
        if key is not None and key == mask_key(mask, content, category_ids):
            file = made.file
            value = {"checksum": file.checksum, "size": file.size, "label": made.label}
            own = None if made.original is None else {"checksum": made.original.checksum, "size": made.original.size}
            ledger.note_mask(key, value | {"isRenumbered": made.is_renumbered, "original": own})
        return made

    async def keep(self, item: Item) -> None:
        """Bring masks that cannot go up as labels, or whose picture is missing, to where the sidecar lies."""
        sidecar = self._job.sidecar_way
        if sidecar is None or self._job.target.is_dry_run or (item.data.content is not None and not item.unsent):
            return
        for index, label in enumerate(item.data.labels):
            is_sent = item.data.content is not None and index not in item.unsent
            if isinstance(label, MASK_TYPES) and label.content is not None and not is_sent:
                (found,) = await in_thread(self._job.hashers, hash_files, [label.content])
                if isinstance(found, SourceError):
                    raise found
                await sidecar.put(mask_file(label.content.path), found[0])
