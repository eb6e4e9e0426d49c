"""How many files are in flight at once: as many as were asked for, or as many as make the upload quicker."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

#: Files in flight at most; more connections than these no server likes.
MOST = 64

#: Files in flight to begin with, where their number is to be found.
FIRST = 8

#: Gone below only where fewer were asked for.
_FEWEST = 2

#: A file counts as its bytes and as so many more, for the way to the server and back.
_OWN_COST = 1 << 15

#: Seconds that a number of files in flight is measured for at least.
_WINDOW_S = 0.1

#: What more files in flight have to bring to be kept.
_GAIN = 1.05

#: Windows after which a number that was found is tried to be bettered.
_SETTLED_FOR = 20


class Gate:
    """Lets in `limit` files at once. Unless `jobs` fixes it, it is doubled as long as that brings more through.

    Each window of time gives a rate. What a raise brings decides whether it is kept; from time to time another is
    tried, as a link gets better and worse. Faults of the platform halve it.
    """

    def __init__(self, jobs: int | None, clock: Callable[[], float] = time.monotonic) -> None:
        self.limit = FIRST if jobs is None else jobs
        self.most = MOST if jobs is None else jobs
        self._is_fixed = jobs is not None
        self._clock = clock
        self._busy = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._before: int | None = None  # the limit before a raise that is being measured
        self._best = 0.0
        self._settled = 0
        self._start_window()

    async def enter(self) -> None:
        """Wait until there is room for one more file."""
        if self._busy < self.limit:
            self._busy += 1
            return
        turn: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._busy -= 1  # it had been let in
            else:
                self._waiting.remove(turn)
            self._let_in()
            raise

    def leave(self, size: int) -> None:
        """A file is through, or `size` 0 bytes of it where it came to nothing."""
        if not self._is_fixed:
            self._measure(size)
        self._busy -= 1
        self._let_in()

    def back_off(self) -> None:
        """The platform could not take a file."""
        if not self._is_fixed:
            self.limit = max(_FEWEST, self.limit // 2)
            self._before, self._best, self._settled = None, 0.0, 0
            self._start_window()

    def _let_in(self) -> None:
        while self._waiting and self._busy < self.limit:
            turn = self._waiting.popleft()
            if not turn.done():
                self._busy += 1
                turn.set_result(None)

    def _start_window(self) -> None:
        self._began = self._clock()
        self._files = 0
        self._cost = 0
        self._is_full = True

    def _measure(self, size: int) -> None:
        self._files += 1
        self._cost += size + _OWN_COST
        # Where nobody waits, it is something else that holds up: more in flight would bring nothing.
        self._is_full = self._is_full and bool(self._waiting)
        seconds = self._clock() - self._began
        if self._files < 2 * self.limit or seconds < _WINDOW_S:
            return
        if self._is_full:
            self._judge(self._cost / seconds)
        self._start_window()

    def _judge(self, rate: float) -> None:
        if self._before is None:
            self._settled += 1
            is_due = self._best == 0.0 or self._settled > _SETTLED_FOR
            self._best = rate
            if is_due:
                self._raise()
        elif rate > self._best * _GAIN:
            self._best = rate
            self._raise()
        else:
            self.limit, self._before = self._before, None

    def _raise(self) -> None:
        self._settled = 0
        self._before = self.limit if self.limit < MOST else None
        self.limit = min(MOST, self.limit * 2)
