"""Reading a large file through by several processes: each takes a stretch of its annotations.

Where a stretch begins is a guess: behind a comma between two braces. The process that has read all before it knows
whether it is true, and reads on by itself where it is not, or where anything but plain annotations was met.
"""

from __future__ import annotations

import re
from collections.abc import Generator
from typing import Any

from lading.errors import InputError
from lading.model.dataset import Part, Progress
from lading.parallel import Shares
from lading.workers import Workers
from lading_coco.gathering import AnnotationHeads, Stretch
from lading_coco.structure import Piece, RecordArray, Scanner
from lading_coco.text import JsonText

#: Bytes of a file that are worth a process.
WORTH = 16 << 20
#: How far a place between two records is looked for.
_NEAR = 1 << 18

_BETWEEN = re.compile(rb"\}\s*,\s*(?=\{)")


class _Task:
    """A text and the places where its stretches begin. The scanner of what is before the first stays where it is."""

    def __init__(self, text: JsonText, cuts: list[int], scanner: Scanner) -> None:
        self.text = text
        self.cuts = cuts
        self.scanner: Scanner | None = scanner

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "scanner": None}


def read_through(text: JsonText, scanner: Scanner, annotations: Any, workers: object) -> None:
    """Feed all of a text to a scanner; with `workers`, what they found follows in `annotations()`, the heads so far.

    Raises SourceError, and RecordError where a bracket closes nothing.
    """
    at = 0
    if isinstance(workers, Workers) and not workers.is_closed:
        cuts = _cuts(text, workers.jobs)
        if cuts:
            at = _share(_Task(text, cuts, scanner), workers, annotations)
    for chunk in text.chunks(at):
        scanner.feed(chunk)


def _cuts(text: JsonText, jobs: int) -> list[int]:
    """Where the second stretch and those behind it might begin; nowhere if the text is not worth it."""
    if not text.has_random_access or text.file.size < WORTH * jobs:
        return []
    cuts: list[int] = []
    with text.reading() as access:
        for number in range(1, jobs):
            near = text.file.size * number // jobs
            found = _BETWEEN.search(access.read(near, _NEAR))
            if found is None:
                return []
            cuts.append(near + found.end())
    return cuts


def _share(task: _Task, workers: Workers, annotations: Any) -> int:
    """Read the stretches; how far the text is read."""
    shares: Shares[None] = Shares(_read, workers.jobs, task, workers=workers)
    for _ in shares:
        pass
    at = task.cuts[0]
    scanner = task.scanner
    for cut, stretch in zip(task.cuts, shares.results[1:], strict=True):
        if stretch is None or scanner is None or at != cut or not scanner.is_between_annotations:
            break
        annotations().follow(stretch)
        scanner.skip(stretch.end, len(stretch.places))
        at = stretch.end
    return at


def _read(part: Part, progress: Progress, task: _Task) -> Generator[tuple[int, None], None, Stretch | None]:
    """The work of one process; the first reads what only it can understand."""
    yield from ()
    number = part[0] - 1
    if task.scanner is None:
        end = task.cuts[number] if number < len(task.cuts) else task.text.file.size
        return _stretch(task.text, task.cuts[number - 1], end)
    for chunk in task.text.chunks(0, task.cuts[0]):
        task.scanner.feed(chunk)
    task.scanner.settle()
    return None


def _stretch(text: JsonText, begin: int, end: int) -> Stretch | None:
    """The annotations from `begin` to `end`, or to the end of their array; None where they are not all plain."""
    told: list[int] = []
    heads = AnnotationHeads(lambda row, message: told.append(row), lambda row, key: told.append(row))
    inside = RecordArray("annotations", begin)

    def take(piece: Piece) -> None:
        if piece.array is inside:
            heads.take(piece)

    scanner = Scanner(text.path, take, lambda array, whole: heads.column.decode(whole) if array is inside else None)
    scanner.enter(inside)
    try:
        for chunk in text.chunks(begin, end):
            scanner.feed(chunk)
            if heads.column.waiting or not heads.is_plain:
                return None
            if scanner.is_over(inside):
                break
        scanner.settle()
        is_cut = not scanner.is_over(inside)
        if is_cut:
            if not scanner.is_between_annotations:
                return None
            inside.end = end
        with text.reading() as access:
            heads.column.finish(inside, access, is_cut=is_cut)
    except InputError:
        return None
    return None if told or not heads.is_plain else heads.stretch(inside.end)
