"""One thing broken in a copy of a fixture, and what is due for it: rule, file, pointer, line."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from PIL import Image

#: Breaks the dataset in a folder.
Change: TypeAlias = Callable[[Path], object]

#: File, pointer and line of a finding.
Place: TypeAlias = tuple[str | None, str | None, int | None]


class Broken(NamedTuple):
    """`fixture` with one thing broken, told by `rule` at `places` and by nothing else."""

    rule: str
    fixture: str
    change: Change
    places: list[Place]
    name: str = ""


def edited(file: str, edit: Callable[[Any], object]) -> Change:
    """JSON that was changed in place."""

    def change(root: Path) -> None:
        path = root / file
        value = json.loads(path.read_bytes())
        edit(value)
        path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")

    return change


def replaced(file: str, old: str, new: str) -> Change:
    """Text of which the first `old` is `new`."""

    def change(root: Path) -> None:
        text = (root / file).read_bytes().decode()
        assert old in text
        (root / file).write_bytes(text.replace(old, new, 1).encode())

    return change


def removed(file: str) -> Change:
    return lambda root: (root / file).unlink()


def cut(file: str, share: float) -> Change:
    """A file of which only a share is left."""

    def change(root: Path) -> None:
        data = (root / file).read_bytes()
        (root / file).write_bytes(data[: int(len(data) * share)])

    return change


def filled(file: str, data: bytes) -> Change:
    return lambda root: (root / file).write_bytes(data)


def copied(source: str, target: str) -> Change:
    return lambda root: (root / target).write_bytes((root / source).read_bytes())


def redrawn(file: str, draw: Callable[[Image.Image], Image.Image], kind: str = "PNG") -> Change:
    """A picture that was changed and saved again."""

    def change(root: Path) -> None:
        with Image.open(root / file) as image:
            image.load()
            out = io.BytesIO()
            draw(image).save(out, kind)
        (root / file).write_bytes(out.getvalue())

    return change


def both(*changes: Change) -> Change:
    def change(root: Path) -> None:
        for one in changes:
            one(root)

    return change
