"""COCO written back by several processes: each encodes its part of every segment, the first puts the rows in order."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import NamedTuple, TypeAlias

from lading import Dataset, Report, Target
from lading.errors import TargetError
from lading.model.dataset import Part, Progress, all_frames
from lading.parallel import Shares
from lading.plugin.target import Media
from lading_coco.returning import Returning
from lading_coco.spool import Spool


class _Piece(NamedTuple):
    """Records of one array of one file, in a scratch file of this name."""

    path: str
    key: str
    name: str
    rows: array[int]
    sizes: array[int]


class _Done(NamedTuple):
    """What one process did."""

    frames: int
    labels: int
    files: int
    pieces: list[_Piece]


#: What was said of a segment: of its frames, and of their files.
_Said: TypeAlias = tuple[Report, Report]


def add_shared(work: Returning, dataset: Dataset, target: Target, report: Report) -> int:
    """Have `target.jobs` processes read and encode the dataset into `work`; how many frames there were."""
    given = dataset, target.folder, target.media
    shares: Shares[_Said] = Shares(_share, target.jobs, *given, progress=target.progress, workers=dataset.workers)
    for said, media in shares:
        report.merge(said)
        target.report.merge(media)
    frames = 0
    for done in shares.results:
        frames += done.frames
        work.labels += done.labels
        target.files += done.files
        for piece in done.pieces:
            spool = Spool(target.adopt(piece.name))
            spool.rows, spool.sizes = piece.rows, piece.sizes
            work.files[piece.path].take(piece.key, spool)
    return frames


def _share(
    part: Part, progress: Progress, dataset: Dataset, folder: Path, media: Media
) -> Generator[tuple[int, _Said | None], None, _Done]:
    """The work of one process."""
    names: dict[int, str] = {}
    with Target(folder, media) as target:
        work = Returning(dataset, target, target.report)
        for file in work.files.values():
            for key in ("images", "annotations"):
                name, stream = target.lasting_scratch()
                spool = Spool(stream)
                names[id(spool)] = name
                file.spools[key] = [spool]
        try:
            frames = yield from _add_part(work, dataset, part, target, progress)
            pieces = _pieces(work, names)
        except OSError as exc:
            message = f"{folder}: expected to write the result, found: {exc.strerror or exc}"
            raise TargetError(message) from exc
    return _Done(frames, work.labels, target.files, pieces)


def _add_part(
    work: Returning, dataset: Dataset, part: Part, target: Target, progress: Progress
) -> Generator[tuple[int, _Said | None], None, int]:
    """Write the frames of a part; what is said of each segment goes out with its number."""
    frames = 0
    for number, segment in enumerate(dataset.segments):
        yield number, None  # so that an error has its place
        work.report, target.report = Report(), Report()
        for _, frame in all_frames(dataset, work.report, [segment.name], part=part):
            work.add(segment, frame)
            frames += 1
            if frames % 50 == 0:
                progress(frames, None)
        yield number, (work.report, target.report)
    progress(frames, None)
    return frames


def _pieces(work: Returning, names: Mapping[int, str]) -> list[_Piece]:
    """What was written, for the first process to adopt; files that stayed empty go."""
    pieces = []
    for path, file in work.files.items():
        for key, (spool,) in file.spools.items():
            spool.close()
            name = names[id(spool)]
            if spool.rows:
                pieces.append(_Piece(path, key, name, spool.rows, spool.sizes))
            else:
                Path(name).unlink()
    return pieces
