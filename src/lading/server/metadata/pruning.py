"""What the database knows of objects that nobody needs any more: which are needed, and which may yet come."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec
from sqlalchemy import Connection, Select, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lading.platform.wire.constants import CLOSED
from lading.server.metadata.tables import contents, data, drafts, grants, labels, pruning, segments, unsettled, versions

#: A string of a label that may be a mask's checksum.
_CHECKSUM = re.compile(rb'"([0-9a-f]{40})"')


class PruningState(NamedTuple):
    """The same before and after a look at the store, and not active: nothing was pruned in between."""

    generation: int
    is_active: bool


def read_state(connection: Connection) -> PruningState:
    """How often objects were pruned, and whether that is going on."""
    row = connection.execute(select(pruning.c.generation, pruning.c.is_active)).first()
    return PruningState(0, False) if row is None else PruningState(row.generation, bool(row.is_active))


def begin_pruning(connection: Connection) -> int:
    """Say that objects are about to be removed; the generation, to end it with."""
    generation = read_state(connection).generation + 1
    changed = {"generation": generation, "is_active": True}
    statement = upsert(pruning).values(id=1, **changed)
    connection.execute(statement.on_conflict_do_update(index_elements=[pruning.c.id], set_=changed))
    return generation


def end_pruning(connection: Connection, generation: int) -> None:
    """Say that it is over, unless another one has begun since."""
    connection.execute(update(pruning).where(pruning.c.generation == generation).values(is_active=False))


def referenced(connection: Connection, checksums: Iterable[str], closed_before_s: float) -> set[tuple[str, str]]:
    """Dataset and checksum of those of the objects that a draft or commit has as a file or a mask.

    Drafts that were closed before then do not count. One pass over all files: SQLite has no index by checksum, which
    every callback would pay for.
    """
    wanted = set(checksums)
    sought = func.json_each(msgspec.json.encode(sorted(wanted)).decode()).table_valued("value")
    files = (
        select(versions.c.dataset_id, data.c.checksum)
        .join(contents, contents.c.id == data.c.content_id)
        .join(versions, versions.c.id == contents.c.version_id)
        .where(versions.c.id.not_in(_closed(closed_before_s)))
    )
    rows = connection.execute(files.where(data.c.checksum.in_(select(sought.c.value))))
    found = {(row.dataset_id, row.checksum) for row in rows}
    with_mask = func.instr(labels.c.text, b'_MASK"') > 0
    masks = files.add_columns(labels.c.text).join(labels, labels.c.digest == data.c.label).where(with_mask)
    for row in connection.execute(masks.execution_options(yield_per=1000)):
        found.update((row.dataset_id, checksum) for checksum in checksums_within(row.text) if checksum in wanted)
    return found


def checksums_within(text: bytes) -> Iterator[str]:
    """Every string of a JSON text that may be a checksum."""
    return (match.decode() for match in _CHECKSUM.findall(text))


def count_closed_drafts(connection: Connection, before_s: float) -> int:
    """How many drafts were closed before then and still have something in them."""
    of_closed = segments.c.version_id.in_(_closed(before_s))
    query = select(func.count(segments.c.version_id.distinct())).where(of_closed)
    return int(connection.execute(query).scalar_one())


def empty_closed_drafts(connection: Connection, before_s: float) -> None:
    """Remove what is in drafts that were closed before then; nothing else has their contents."""
    connection.execute(delete(segments).where(segments.c.version_id.in_(_closed(before_s))))
    connection.execute(delete(contents).where(contents.c.version_id.in_(_closed(before_s))))


def _closed(before_s: float) -> Select[tuple[int]]:
    return select(drafts.c.version_id).where(drafts.c.status == CLOSED, drafts.c.updated_at < before_s)


def note_grant(connection: Connection, dataset_id: str, until_s: float) -> None:
    """Remember that clients may post into the bucket until then."""
    statement = upsert(grants).values(dataset_id=dataset_id, until_s=until_s)
    later = {"until_s": func.max(grants.c.until_s, statement.excluded.until_s)}
    connection.execute(statement.on_conflict_do_update(index_elements=[grants.c.dataset_id], set_=later))


def granted_after(connection: Connection, moment_s: float) -> set[str]:
    """The datasets into whose objects clients could still post after a moment."""
    return set(connection.execute(select(grants.c.dataset_id).where(grants.c.until_s >= moment_s)).scalars())


def forget_grants(connection: Connection, moment_s: float) -> None:
    """Forget what was granted until a moment."""
    connection.execute(delete(grants).where(grants.c.until_s < moment_s))


def note_unsettled(connection: Connection, dataset_id: str) -> None:
    """A dataset is about to come, or has just gone."""
    connection.execute(upsert(unsettled).values(dataset_id=dataset_id).on_conflict_do_nothing())


def list_unsettled(connection: Connection) -> list[str]:
    """The datasets that were about to come or go when somebody last spoke of them."""
    return list(connection.execute(select(unsettled.c.dataset_id)).scalars())


def note_settled(connection: Connection, dataset_id: str) -> None:
    """It came, or nothing of it is left."""
    connection.execute(delete(unsettled).where(unsettled.c.dataset_id == dataset_id))
