"""Progress for people: a bar on stderr where that is a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from lading.cli.options import is_quiet


class Bar(Protocol):
    """Takes how far a task is."""

    def __call__(self, done: int, total: int | None = None, note: str = "") -> None:
        """`done` of `total` things, where the total is known, and a word on what is at hand."""


@contextmanager
def bar(task: str) -> Iterator[Bar]:
    """A bar for a task while the block runs."""
    if is_quiet() or not sys.stderr.isatty():
        yield _nothing
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
        task_id = shown.add_task(task, total=None, note="")

        def show(done: int, total: int | None = None, note: str = "") -> None:
            shown.update(task_id, completed=done, total=total, note=note)

        yield show


def _nothing(done: int, total: int | None = None, note: str = "") -> None:
    return
