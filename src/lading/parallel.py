"""Several processes that share one dataset: each reads its part of every segment, their results come in order."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from lading.backlog import BATCH, Backlog
from lading.errors import LadingError, OptionError
from lading.model.dataset import Progress
from lading.workers import Work, Workers

if TYPE_CHECKING:  # one process, which is most runs, has no use for it
    from multiprocessing.connection import Connection

T = TypeVar("T")

#: Bytes of things that wait for their turn in memory, in all parts together.
_HELD_BYTES = 8 << 20


@dataclass(frozen=True)
class _Failed:
    """The error that ended a part."""

    error: BaseException


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
            found = "it killed; --jobs 1 leaves all to one process"
            value = LadingError(f"part {index + 1} of {self._jobs}: expected it to end, found {found}")
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
