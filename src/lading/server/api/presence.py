"""Objects that a call counts on: looked at in the store, and still there when the call has taken effect."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection

from lading.server.metadata.pruning import read_state
from lading.server.refusal import not_found
from lading.server.services import Services


class Presence:
    """Made before the first look at the store, which is outside any transaction, as a bucket takes its time."""

    def __init__(self, services: Services, dataset_id: str) -> None:
        self._objects = services.objects
        self._dataset_id = dataset_id
        with services.database.reading() as connection:
            self._before = read_state(connection)

    def confirm(self, connection: Connection, checksums: Iterable[str]) -> None:
        """Look again where objects were pruned since, within the transaction that makes them part of a draft.

        Pruning holds the same lock while it removes any. Raises NotFoundError.
        """
        now = read_state(connection)
        if now == self._before and not now.is_active:
            return
        wanted = list(checksums)
        found = self._objects.sizes(self._dataset_id, wanted)
        for checksum in wanted:
            if checksum not in found:
                raise not_found("object", checksum)
