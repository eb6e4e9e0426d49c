"""From one format to another: read, check, write into a folder that is whole or not there."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec

from lading.errors import NoRoomError, TargetError
from lading.model.dataset import Dataset, Progress
from lading.model.report import Loss, Report
from lading.plugin.contracts import parse_options
from lading.plugin.registry import Registry
from lading.plugin.target import Media, Target, check_outside
from lading.validate import validate

#: What the target tells of the files that it brings; the check would tell it once more.
_TOLD_BY_TARGET = "media.missing"

_UNTOUCHED = "the place is as it was before"


class Conversion(msgspec.Struct, frozen=True, kw_only=True):
    """What a conversion wrote: frames, labels, media files; what the format could not hold."""

    format: str
    frames: int
    labels: int
    files: int
    losses: list[Loss]

    def to_json(self) -> dict[str, Any]:
        """The object of `lading convert --json`."""
        losses = [{"what": loss.what, "count": loss.count, "example": loss.example} for loss in self.losses]
        return {"frames": self.frames, "labels": self.labels, "losses": losses}


def convert(
    dataset: Dataset,
    target: str | Path,
    *,
    to: str,
    options: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    media: Media = "copy",
    is_checked: bool = True,
    jobs: int = 1,
    report: Report | None = None,
    progress: Progress | None = None,
    registry: Registry | None = None,
) -> Conversion:
    """Write a dataset in the format `to` into the folder `target`, which is made and appears when all is written.

    `options` are the writer's; `media` says whether files are copied, linked where they lie on the same disk, or left.
    What is wrong with the dataset, with `is_checked` by the rules too, and files that are missing go to `report` and
    stop nothing; so do losses. `jobs` processes share the check, and the writing where the writer can. Raises
    TargetError where the target is not empty (unless `overwrite`), lies within the source, around it, or cannot be
    written; UnknownFormatError; OptionError.
    """
    known = registry if registry is not None else Registry.load()
    writer = known.writer(to)
    parsed = parse_options(to, type(writer).Options, options or {}, "--to-option")
    heard = report if report is not None else Report()
    place = Path(target)
    _check_place(place, dataset, overwrite=overwrite)
    if is_checked:
        for finding in validate(dataset, report=Report(), registry=known, jobs=jobs, progress=progress):
            if finding.rule != _TOLD_BY_TARGET:
                heard.add(finding)
    said = Report()
    said.merge(dataset.report)
    with _whole(place) as folder, Target(folder, media, jobs=jobs, progress=progress) as made:
        counts = writer.write(dataset, made, parsed, said)
    _tell(heard, said, is_checked=is_checked)
    heard.merge(made.report)
    return Conversion(format=to, frames=counts["frames"], labels=counts["labels"], files=made.files, losses=said.losses)


def _tell(heard: Report, said: Report, *, is_checked: bool) -> None:
    """What reader and writer said; where the check told the same findings, the losses alone."""
    if not is_checked:
        heard.merge(said)
        return
    for loss in said.losses:
        heard.loss(loss.what, loss.example, loss.count)


def _check_place(place: Path, dataset: Dataset, *, overwrite: bool) -> None:
    """Raises TargetError where the result must not go."""
    real = place.resolve()
    for given in dataset.places:
        source = Path(given).resolve()
        if real == source or real in source.parents:
            raise TargetError(f"{place}: expected a folder apart from the source, found one around {source}")
    check_outside(place, dataset.places)
    if place.is_symlink() or (place.exists() and not place.is_dir()):
        raise TargetError(
            f"{place}: expected a folder, or nothing, found {'a link' if place.is_symlink() else 'a file'}"
        )
    if not overwrite and place.is_dir() and any(place.iterdir()):
        raise TargetError(f"{place}: expected an empty folder, found a full one; choose another, or use --overwrite")


@contextmanager
def _whole(place: Path) -> Iterator[Path]:
    """A folder beside the target that takes its place at the end, and is removed where that is not reached."""
    folder: Path | None = None
    try:
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
            folder = Path(tempfile.mkdtemp(prefix=f".{place.name}.", suffix=".part", dir=place.parent))
            written = folder / "new"
            written.mkdir()
            yield written
            _exchange(written, place, folder / "old")
        except NoRoomError:
            raise
        except OSError as exc:
            message = f"expected to write the result, found: {exc.strerror or exc}; {_UNTOUCHED}"
            raise TargetError(f"{place}: {message}") from exc
    finally:
        if folder is not None:
            shutil.rmtree(folder, ignore_errors=True)


def _exchange(new: Path, place: Path, old: Path) -> None:
    """Put the new folder in its place; what was there comes back where that fails."""
    try:
        if place.exists():
            place.rename(old)
        new.rename(place)
    except BaseException:
        if old.exists() and not place.exists():
            old.rename(place)
        raise
