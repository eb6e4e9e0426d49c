"""Several processes that share one dataset: each reads its part of every segment, their results come in order."""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, Self, TypeAlias, TypeVar, cast

from lading.backlog import BATCH, Backlog
from lading.errors import LadingError, OptionError
from lading.model.dataset import Dataset, Part, Progress

if TYPE_CHECKING:  # one process, which is most runs, has no use for it
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

T = TypeVar("T")

#: What a process does with its part: yields (place in the order, thing), and returns a last word. The thing None says
#: where the process is, and no more: an error that ends it has the place of what it yielded last.
Work: TypeAlias = Callable[..., Generator[tuple[int, Any], None, Any]]

#: So many processes at most share the reading unasked: each has the index of the dataset.
_MOST = 4

#: Bytes of things that wait for their turn in memory, in all parts together.
_HELD_BYTES = 8 << 20


@dataclass(frozen=True)
class _Failed:
    """The error that ended a part."""

    error: BaseException


class Workers:
    """`jobs` processes, this one among them: the others start at once, get ready, and wait for work until it is closed.

    Where it is pickled, None takes its place: it is of the process that made it. Raises OptionError where the system
    gives no process.
    """

    def __init__(self, jobs: int) -> None:
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
                    process: BaseProcess = context.Process(target=_serve, args=(theirs,), daemon=True)
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


class Shares(Generic[T]):
    """Runs `work(part, progress, *given)` in `jobs` processes, the first part in this one; hands on what they yield.

    The dataset is among `given`, and all of `given` is pickled together. `work` yields pairs (place, thing) with places
    that never go down; the things, but None, come out by place, then by part, so that a reader of one process would
    have met them in the same order. `results` has what each part's `work` returned, in the order of the parts.
    `workers` are taken where they are `Workers`, as many, and not closed; a run that is broken off closes them.
    """

    def __init__(
        self,
        work: Work,
        jobs: int,
        *given: object,
        progress: Progress | None = None,
        workers: object = None,
    ) -> None:
        self.results: list[Any] = [None] * jobs
        self._work = work
        self._jobs = jobs
        self._given = given
        self._progress = progress
        self._workers = workers
        self._pipes: dict[Connection, int] = {}  # of the parts that are not over
        self._done = [0] * jobs
        self._waiting: list[Backlog[tuple[int, T | _Failed | None]]] = [
            Backlog("what a part found before its turn", held=_HELD_BYTES // jobs) for _ in range(jobs)
        ]
        self._reached = [0] * jobs  # the place that each part is at
        self._is_over = [False] * jobs

    def __iter__(self) -> Iterator[T]:
        lent = self._workers
        is_fit = isinstance(lent, Workers) and not lent.is_closed and lent.jobs == self._jobs
        workers = cast(Workers, lent) if is_fit else Workers(self._jobs)
        try:
            self._send(workers)
            yield from self._own_part()
            while self._pipes:
                self._listen(None)
                yield from self._ripe()
            yield from self._ripe()
        except BaseException:
            workers.close()
            raise
        finally:
            for waiting in self._waiting:
                waiting.close()
            if workers is not lent:
                workers.close()

    def _send(self, workers: Workers) -> None:
        if not workers.pipes:
            return
        buffers: list[pickle.PickleBuffer] = []  # of arrays, which are sent as they lie
        try:
            given = pickle.dumps((self._work, self._given), protocol=5, buffer_callback=buffers.append)
        except (pickle.PicklingError, AttributeError, TypeError) as exc:
            raise OptionError(f"jobs: expected a dataset that other processes can be given, found {exc}") from exc
        arrays: list[bytes | memoryview] = [buffer.raw() for buffer in buffers]
        for index, pipe in enumerate(workers.pipes, 1):
            self._pipes[pipe] = index
            with contextlib.suppress(OSError):  # one that was killed is told where it is listened to
                pipe.send(((index + 1, self._jobs), [memoryview(array).nbytes for array in arrays]))
                for sent in (given, *arrays):
                    pipe.send_bytes(sent)

    def _own_part(self) -> Iterator[T]:
        """The first part, done here; the others are listened to on the way, or they would wait with full pipes."""
        things = self._work((1, self._jobs), self._own_progress, *self._given)
        heard = 0  # things since the others were listened to
        while not self._is_over[0]:
            try:
                place, thing = next(things)
            except StopIteration as end:
                self.results[0] = end.value
                self._is_over[0] = True
            except Exception as exc:  # noqa: BLE001  raised again in its turn
                self._fail(0, exc)
            else:
                self._waiting[0].put((place, thing))
                self._reached[0] = place
                heard += 1
                if heard % BATCH == 0:
                    self._listen(0)
            yield from self._ripe()

    def _own_progress(self, done: int, total: int | None) -> None:
        self._listen(0)
        self._tell_progress(0, done)

    def _listen(self, timeout: float | None) -> None:
        """Take a message of each part that has one."""
        from multiprocessing.connection import wait

        for ready in cast("list[Connection]", wait(list(self._pipes), timeout)):
            self._hear(ready, self._pipes[ready])

    def _hear(self, pipe: Connection, index: int) -> None:
        try:
            kind, value = pipe.recv()
        except (EOFError, ConnectionResetError):
            kind = "error"
            value = LadingError(f"part {index + 1} of {self._jobs}: expected it to end, found it killed")
        if kind == "things":
            count, self._reached[index], packed = value
            self._waiting[index].put_packed(count, packed)
        elif kind == "progress":
            self._tell_progress(index, value)
        else:
            del self._pipes[pipe]
            if kind == "error":
                self._fail(index, value)
            else:
                self.results[index] = value
                self._is_over[index] = True

    def _tell_progress(self, index: int, done: int) -> None:
        self._done[index] = done
        if self._progress is not None:
            self._progress(sum(self._done), None)

    def _fail(self, index: int, error: BaseException) -> None:
        """End a part by an error, which comes out in its turn, behind what was found before it."""
        self._waiting[index].put((self._reached[index], _Failed(error)))
        self._is_over[index] = True

    def _ripe(self) -> Iterator[T]:
        """What no other part can come before any more."""
        while True:
            index = self._next()
            if index is None:
                return
            thing = self._waiting[index].take()[1]
            if isinstance(thing, _Failed):
                raise thing.error
            if thing is not None:
                yield thing

    def _next(self) -> int | None:
        """The part whose first thing is next in order, or None while that is not known yet."""
        best: int | None = None
        place = 0
        for index in range(self._jobs):
            waiting = self._waiting[index]
            if not waiting and self._is_over[index]:
                continue
            at = waiting.first()[0] if waiting else self._reached[index]
            if best is None or at < place:
                best, place = index, at
        return best if best is not None and self._waiting[best] else None


def _serve(pipe: Connection) -> None:
    """What a process does: one piece of work after another, until nobody asks any more."""
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
