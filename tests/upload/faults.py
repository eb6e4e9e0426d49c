"""Faults on the way of an upload: what a network, a server and a killed process do, by schedule and from a seed."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from lading.errors import UnreachableError
from lading.platform.retry import Retry
from lading.platform.transport import Answer, Transport
from lading.upload.ledger import Ledger
from lading.upload.settings import Settings


class Killed(BaseException):
    """The process was killed here: nothing that it still had in memory comes to pass."""


async def no_wait(seconds: float) -> None:
    return


QUICK = Settings(retry=Retry(attempts=4, sleep=no_wait), give_up=3)

EXPIRED = b"<Error><Code>AccessDenied</Code><Message>Invalid according to Policy: Policy expired.</Message></Error>"
BUSY = b'{"code": "InternalServerError", "message": "try later"}'


@dataclass
class Faults:
    """Counts the exchanges with the server and the flushes of the ledger; `plan` says what goes wrong at which.

    A fault is `kill before`, `kill after`, `lost before` (the request never arrives), `lost after` (it does, and its
    answer is lost), or an answer (status, headers, body) that the server seems to give without having done anything.
    """

    plan: Callable[[str, int], Any] = lambda what, number: None
    log: list[str] = field(default_factory=list)
    is_dead: bool = False

    @contextmanager
    def installed(self) -> Iterator[Faults]:
        send, flush = Transport._send, Ledger.flush

        async def faulty_send(transport: Transport, method: str, url: str, where: str, **options: Any) -> Answer:
            fault = self._next(f"{method} {where.partition('/v1/')[2].partition('?')[0] or 'object'}")
            if fault == "lost before":
                raise UnreachableError(f"{where}: expected a dataset platform, found a connection that broke")
            if isinstance(fault, tuple):
                return Answer(*fault)
            got = await send(transport, method, url, where, **options)
            self._after(fault)
            if fault == "lost after":
                raise UnreachableError(f"{where}: expected a dataset platform, found a connection that broke")
            return got

        def faulty_flush(ledger: Ledger) -> None:
            if ledger.path is None or not (ledger._pending or ledger._done):
                return flush(ledger)
            fault = self._next("ledger")
            flush(ledger)
            return self._after(fault)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(Transport, "_send", faulty_send)
            patch.setattr(Ledger, "flush", faulty_flush)
            yield self

    def _next(self, what: str) -> Any:
        if self.is_dead:
            raise Killed
        number = len(self.log)
        self.log.append(what)
        fault = self.plan(what, number)
        if fault == "kill before":
            self.is_dead = True
            raise Killed
        return fault

    def _after(self, fault: Any) -> None:
        if self.is_dead:
            raise Killed
        if fault == "kill after":
            self.is_dead = True
            raise Killed


def at(kills: dict[int, str]) -> Callable[[str, int], Any]:
    """Kills at these numbers."""
    return lambda what, number: kills.get(number)


def seeded(seed: int, share: float) -> Callable[[str, int], Any]:
    """Some fault at a share of all steps, as the seed has it."""
    dice = random.Random(seed)

    def plan(what: str, number: int) -> Any:
        if dice.random() >= share:
            return None
        kills = ["kill before", "kill after"]
        if what == "ledger":
            return dice.choice(kills)
        network = ["lost before", "lost after", (500, {}, BUSY), (503, {}, BUSY), (429, {"Retry-After": "1"}, BUSY)]
        if what.endswith("object"):
            network.append((403, {}, EXPIRED))
        return dice.choice(network * 2 + kills)

    return plan
