"""Processes that wait for work, and what each of them does."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
from collections.abc import Callable, Generator, Iterator
from typing import TYPE_CHECKING, Any, Self, TypeAlias

from lading.backlog import BATCH
from lading.errors import LadingError, OptionError

if TYPE_CHECKING:  # one process, which is most runs, has no use for it; and the model takes longer than a start does
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from lading.model.dataset import Dataset, Part

#: What a process does with its part: yields (place in the order, thing), and returns a last word. The thing None says
#: where the process is, and no more: an error that ends it has the place of what it yielded last.
Work: TypeAlias = Callable[..., Generator[tuple[int, Any], None, Any]]

#: So many processes at most share the reading unasked: each has the index of the dataset.
_MOST = 4


class Workers:
    """`jobs` processes, this one among them: the others start at once, get ready, and wait for work until it is closed.

    To get ready they call `get_ready`, a function of a module: what it imports is there when work comes. Where this is
    pickled, None takes its place: it is of the process that made it. Raises OptionError where the system gives no
    process.
    """

    def __init__(self, jobs: int, get_ready: Callable[[], None] | None = None) -> None:
        self.jobs = jobs
        self.is_closed = False
        self.pipes: list[Connection] = []
        self._processes: list[BaseProcess] = []
        import multiprocessing

        context = multiprocessing.get_context("spawn")  # no fork: threads may run here (progress, notebooks)
        try:
            with _without_interrupts():
                for _ in range(jobs - 1):
                    ours, theirs = context.Pipe()
                    self.pipes.append(ours)
                    process: BaseProcess = context.Process(target=_serve, args=(theirs, get_ready), daemon=True)
                    process.start()
                    theirs.close()
                    self._processes.append(process)
        except OSError as exc:
            self.close()
            raise OptionError(f"jobs: expected {jobs} processes, found {exc.strerror or exc}") from exc

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def __reduce__(self) -> tuple[Callable[[], None], tuple[()]]:
        return _nobody, ()

    def close(self) -> None:
        """End the other processes, whatever they are at."""
        self.is_closed = True
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            process.join()
        for pipe in self.pipes:
            pipe.close()


def jobs_of(dataset: Dataset) -> int:
    """How many processes there are to read a dataset: this one, and those that wait for a share of it."""
    return dataset.workers.jobs if isinstance(dataset.workers, Workers) else 1


def fitting_jobs(dataset: Dataset) -> int:
    """How many processes earn what it costs to start them; no more than there are cores."""
    if dataset.rows_a_process is None:
        return 1
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    rows = sum(source.rows for source in dataset.sources)
    return max(1, min(rows // dataset.rows_a_process, cores, _MOST))


@contextlib.contextmanager
def _without_interrupts() -> Iterator[None]:
    """Processes that are started here never hear Ctrl-C, which is the parent's to answer; it ends its processes."""
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # started later, it would let interrupts through again
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _nobody() -> None:
    """What workers are in another process."""


def _serve(pipe: Connection, get_ready: Callable[[], None] | None) -> None:
    """What a process does: one piece of work after another, until nobody asks any more."""
    if get_ready is not None:
        get_ready()
    while True:
        try:
            part, sizes = pipe.recv()
            packed = pipe.recv_bytes()
            arrays = [_received(pipe, size) for size in sizes]
        except (EOFError, ConnectionResetError):
            return
        try:
            work, given = pickle.loads(packed, buffers=arrays)
        except Exception as exc:  # noqa: BLE001  what loads runs any code
            message = f"expected what is shared to load in another process, found {type(exc).__name__}: {exc}"
            pipe.send(("error", OptionError(f"jobs: {message}")))
            continue
        try:
            _run(pipe, work, part, given)
        except BrokenPipeError:
            return  # nobody listens any more
        del work, given, packed, arrays


def _received(pipe: Connection, size: int) -> bytearray:
    """The bytes of one array, which may be written to."""
    array = bytearray(size)
    pipe.recv_bytes_into(array)
    return array


def _run(pipe: Connection, work: Work, part: Part, given: tuple[object, ...]) -> None:
    """Do a part: send its things in batches, then its result or the error that ended it."""

    def progress(done: int, total: int | None) -> None:
        pipe.send(("progress", done))

    things = work(part, progress, *given)
    batch: list[tuple[int, Any]] = []
    try:
        while True:
            try:
                batch.append(next(things))
            except StopIteration as end:
                _send_things(pipe, batch)
                pipe.send(("result", end.value))
                return
            if len(batch) >= BATCH:
                _send_things(pipe, batch)
                batch = []
    except BrokenPipeError:
        raise
    except Exception as exc:  # noqa: BLE001  whatever ended this part is raised again where the parts come together
        _send_things(pipe, batch)
        pipe.send(("error", exc if isinstance(exc, LadingError) else RuntimeError(f"{type(exc).__name__}: {exc}")))


def _send_things(pipe: Connection, things: list[tuple[int, Any]]) -> None:
    """Send what was found, packed by itself: where it has to wait, it waits as it came."""
    if things:
        pipe.send(("things", (len(things), things[-1][0], pickle.dumps(things, protocol=pickle.HIGHEST_PROTOCOL))))
