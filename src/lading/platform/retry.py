"""When a call is tried again, and how long to wait before it is: the one place for both."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar

from lading.errors import ServerFaultError, TransientError

T = TypeVar("T")

Sleep: TypeAlias = Callable[[float], Awaitable[None]]

#: Answers that say the request was not taken up at all, so that even a creation may be sent again.
NOT_TAKEN_UP = frozenset({429, 503})


@dataclass(frozen=True)
class Retry:
    """How often a call is made at most, and the waits between, in seconds.

    A wait is drawn evenly from nothing up to a bound that doubles each time, up to `longest_s`: full jitter, so that
    clients which failed together do not come back together. What a server asks for comes before that, up to
    `longest_asked_s`.
    """

    attempts: int = 5
    first_s: float = 0.5
    longest_s: float = 20.0
    longest_asked_s: float = 120.0
    sleep: Sleep = asyncio.sleep
    chance: Callable[[], float] = field(default=random.random)

    def wait_s(self, failures: int, asked_s: float | None = None) -> float:
        """Seconds to wait after so many failures in a row, of which the server asked for `asked_s`."""
        # More doublings than these pass any bound, and a float's range too.
        bound = min(self.longest_s, self.first_s * 2.0 ** min(failures - 1, 64))
        return min(asked_s or 0.0, self.longest_asked_s) + bound * self.chance()

    async def run(self, call: Callable[[], Awaitable[T]], *, is_idempotent: bool = True) -> T:
        """The result of a call, made again after TransientError.

        A call that is not idempotent is made again only where the first one was surely not taken up.
        """
        failures = 0
        while True:
            try:
                return await call()
            except TransientError as error:
                failures += 1
                if failures >= self.attempts or not (is_idempotent or was_not_taken_up(error)):
                    raise
                await self.sleep(self.wait_s(failures, error.retry_after_s))


def was_not_taken_up(error: TransientError) -> bool:
    """Whether the server cannot have done what it was asked."""
    if isinstance(error, ServerFaultError):
        return error.status in NOT_TAKEN_UP
    return isinstance(error.__cause__, ConnectionRefusedError)
