"""Parts of a dataset as several processes read them, one after another in this one: a hundred runs need no others."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any


class InOneProcess:
    """Stands for `lading.parallel.Shares`: each part is given what another process would get."""

    def __init__(self, work: Any, jobs: int, *given: Any, progress: Any = None, workers: Any = None) -> None:
        self.work, self.jobs = work, jobs
        self.given = pickle.dumps(given)
        self.results: list[Any] = []

    def __iter__(self) -> Iterator[Any]:
        things: list[tuple[int, Any]] = []
        for index in range(self.jobs):
            share = self.work((index + 1, self.jobs), lambda done, total: None, *pickle.loads(self.given))
            while True:
                try:
                    things.append(next(share))
                except StopIteration as end:
                    self.results.append(end.value)
                    break
        for _, thing in sorted(things, key=lambda pair: pair[0]):  # by place, then by part
            if thing is not None:
                yield thing
