"""How a user, or the system, ends an upload in the middle: what is in flight is finished, nothing new is begun."""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_log = logging.getLogger(__name__)

#: Signals that ask a process to end: Ctrl-C, a scheduler or a shutdown, a terminal that was closed.
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Set when an upload shall end; `signal` is which signal asked for it."""

    signal: int | None = None

    @property
    def is_set(self) -> bool:
        """Whether nothing new shall be begun."""
        return self.signal is not None

    def check(self) -> None:
        """Raise KeyboardInterrupt, with the signal's number, where it is set."""
        if self.signal is not None:
            raise KeyboardInterrupt(self.signal)


@contextmanager
def interruptible() -> Iterator[Stop]:
    """While the block runs, the first signal asks to stop and the second one stops; in the main thread alone.

    A signal that is ignored (SIGHUP under nohup), or SIGTERM and SIGHUP that the program itself answers, stay so.
    """
    stop = Stop()
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()

    def interrupt(number: int) -> None:
        if stop.is_set and task is not None:
            task.cancel()
        stop.signal = number
        _log.warning("interrupted: what is in flight is finished; once more ends at once")

    answered: list[int] = []
    if threading.current_thread() is threading.main_thread():
        answered = [number for number in _SIGNALS if _is_ours(number)]
        for number in answered:
            loop.add_signal_handler(number, interrupt, number)
    try:
        yield stop
    finally:
        for number in answered:
            loop.remove_signal_handler(number)


def _is_ours(number: int) -> bool:
    found = signal.getsignal(number)
    return found is not signal.SIG_IGN if number == signal.SIGINT else found is signal.SIG_DFL
