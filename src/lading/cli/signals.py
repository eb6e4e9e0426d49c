"""How a command is ended from outside: SIGTERM and SIGHUP as Ctrl-C does, and the exit code that shells count."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

#: Signals that ask a process to end, of a scheduler or a shutdown, and of a terminal that was closed.
_ASKING = (signal.SIGTERM, signal.SIGHUP)


@contextmanager
def as_interrupts() -> Iterator[None]:
    """While the block runs, they raise KeyboardInterrupt with their number, so that what is half done is taken back.

    One that is ignored (SIGHUP under nohup) or answered already stays so.
    """

    def interrupt(number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt(number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        ours = [number for number in _ASKING if signal.getsignal(number) is signal.SIG_DFL]
        before = {number: signal.signal(number, interrupt) for number in ours}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def exit_code(exc: BaseException) -> int:
    """128 and the number of the signal that ended the command; Ctrl-C brings no number."""
    return 128 + (exc.args[0] if isinstance(exc, KeyboardInterrupt) and exc.args else signal.SIGINT)
