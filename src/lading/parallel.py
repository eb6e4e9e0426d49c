"""Several processes that share one dataset: each reads its part of every segment, their results come in order."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterator
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any, Generic, TypeAlias, TypeVar, cast

from lading.errors import LadingError, OptionError
from lading.model.dataset import Part, Progress

T = TypeVar("T")

#: What a process does with its part: yields (place in the order, thing), and returns a last word.
Work: TypeAlias = Callable[..., Generator[tuple[int, Any], None, Any]]

#: Things that go through a pipe at once.
_BATCH = 256


@dataclass(frozen=True)
class _Failed:
    """The error that ended a part."""

    error: BaseException


class Shares(Generic[T]):
    """Runs `work(part, progress, *given)` in `jobs` processes and hands on what they yield.

    The dataset is among `given`, and all of `given` is pickled together. `work` yields pairs (place, thing) with places
    that never go down; the things come out by place, then by part, so that a reader of one process would have met
    them in the same order. `results` has what each part's `work` returned, in the order of the parts.
    """

    def __init__(self, work: Work, jobs: int, *given: object, progress: Progress | None = None) -> None:
        self.results: list[Any] = [None] * jobs
        self._work = work
        self._jobs = jobs
        self._given = given
        self._progress = progress
        self._done = [0] * jobs
        self._waiting: list[deque[tuple[int, T | _Failed]]] = [deque() for _ in range(jobs)]
        self._reached = [0] * jobs  # the place that each part is at
        self._is_over = [False] * jobs

    def __iter__(self) -> Iterator[T]:
        context = multiprocessing.get_context("spawn")  # no fork: threads may run here (progress, notebooks)
        pipes: dict[Connection, int] = {}
        processes: list[BaseProcess] = []
        try:
            for index in range(self._jobs):
                ours, theirs = context.Pipe(duplex=False)
                part: Part = (index + 1, self._jobs)
                process: BaseProcess = context.Process(
                    target=_run, args=(theirs, self._work, part, self._given), daemon=True
                )
                try:
                    process.start()
                except (pickle.PicklingError, AttributeError, TypeError) as exc:
                    message = f"jobs: expected a dataset that other processes can be given, found {exc}"
                    raise OptionError(message) from exc
                theirs.close()
                processes.append(process)
                pipes[ours] = index
            while pipes:
                for ready in cast(list[Connection], wait(list(pipes))):
                    if not self._hear(ready, pipes[ready], processes[pipes[ready]]):
                        del pipes[ready]
                yield from self._ripe()
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.join()
            for pipe in pipes:
                pipe.close()

    def _hear(self, pipe: Connection, index: int, process: BaseProcess) -> bool:
        """Take one message; False after the last of its part."""
        try:
            kind, value = pipe.recv()
        except EOFError:
            process.join()
            raise LadingError(f"part {index + 1} of {self._jobs}: expected it to end, found it killed") from None
        if kind == "things":
            self._waiting[index].extend(value)
            self._reached[index] = value[-1][0]
        elif kind == "progress":
            self._done[index] = value
            if self._progress is not None:
                self._progress(sum(self._done), None)
        else:
            if kind == "error":  # it comes out in its turn, behind what was found before it
                self._waiting[index].append((self._reached[index], _Failed(value)))
            else:
                self.results[index] = value
            self._is_over[index] = True
            pipe.close()
            return False
        return True

    def _ripe(self) -> Iterator[T]:
        """What no other part can come before any more."""
        while True:
            index = self._next()
            if index is None:
                return
            thing = self._waiting[index].popleft()[1]
            if isinstance(thing, _Failed):
                raise thing.error
            yield thing

    def _next(self) -> int | None:
        """The part whose first thing is next in order, or None while that is not known yet."""
        best: int | None = None
        place = 0
        for index in range(self._jobs):
            waiting = self._waiting[index]
            if not waiting and self._is_over[index]:
                continue
            at = waiting[0][0] if waiting else self._reached[index]
            if best is None or at < place:
                best, place = index, at
        return best if best is not None and self._waiting[best] else None


def _run(pipe: Connection, work: Work, part: Part, given: tuple[object, ...]) -> None:
    """What a process does: its work, its things in batches, then its result or the error that ended it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer; it ends its processes

    def progress(done: int, total: int | None) -> None:
        pipe.send(("progress", done))

    things = work(part, progress, *given)
    batch: list[tuple[int, Any]] = []
    try:
        while True:
            try:
                batch.append(next(things))
            except StopIteration as end:
                if batch:
                    pipe.send(("things", batch))
                pipe.send(("result", end.value))
                return
            if len(batch) >= _BATCH:
                pipe.send(("things", batch))
                batch = []
    except BrokenPipeError:
        return  # nobody listens any more
    except Exception as exc:  # noqa: BLE001  whatever ended this part is raised again where the parts come together
        if batch:
            pipe.send(("things", batch))
        pipe.send(("error", exc if isinstance(exc, LadingError) else RuntimeError(f"{type(exc).__name__}: {exc}")))
