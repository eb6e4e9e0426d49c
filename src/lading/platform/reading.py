"""What is read of a dataset, its version, and how: page by page (platform-api.md A5, A6)."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from lading.platform import wire
from lading.platform.wire import constants

P = TypeVar("P", bound=wire.Page)


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
