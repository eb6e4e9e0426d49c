"""How endpoints of a dataset are called: what the groups of endpoints of the client share."""

from __future__ import annotations

from typing import TypeVar

from lading.platform import wire
from lading.platform.address import Address
from lading.platform.transport import Transport

E = TypeVar("E", bound=wire.Envelope)


class Calls:
    """Calls the endpoints of one platform; `address` is where it is."""

    address: Address
    _http: Transport

    async def _get(
        self,
        path: str,
        dataset_id: str,
        answer: type[E],
        query: dict[str, str | int] | None = None,
    ) -> E:
        return await self._http.call("GET", self.address.of(path, id=dataset_id), answer, query=query)

    async def _post(
        self, path: str, dataset_id: str, body: wire.Envelope, answer: type[E], *, is_idempotent: bool = True
    ) -> E:
        url = self.address.of(path, id=dataset_id)
        return await self._http.call("POST", url, answer, body=body, is_idempotent=is_idempotent)

    async def _put(self, path: str, dataset_id: str, body: wire.Envelope) -> None:
        await self._http.call("PUT", self.address.of(path, id=dataset_id), wire.Empty, body=body)
