"""The sidecar of an upload: what the wire has no field for, gathered while frames are read, sent like any file.

It lies in a segment of its own (docs/platform.md). Other clients may ignore it; nothing of it counts as data.
"""

from __future__ import annotations

import asyncio
import gzip
import json
import tempfile
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from lading.errors import NoRoomError, StorageError, TransientError
from lading.model.codec.sidecar import (
    DATASET_FILE,
    WireFile,
    dataset_record,
    frame_record,
    segment_file,
    segment_record,
)
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame, frame_id
from lading.model.naming import SIDECAR_SEGMENT
from lading.model.sensor import Lidar, Sensor
from lading.platform.wire import Json
from lading.upload.files import HashedFile, hash_file
from lading.upload.ledger import Ledger
from lading.upload.place import Place
from lading.upload.plan import Item, SegmentPlan, item_key
from lading.upload.remote import entry_of
from lading.upload.result import UploadResult
from lading.upload.settings import Settings
from lading.upload.target import Target
from lading.upload.transfer import Callbacks, Policies, Posts, Work

#: Bytes of records, before they are compressed, after which a segment gets another file: what a reader holds at once.
_FULL = 32 << 20

#: Every file of a fusion dataset has a sensor.
_SENSOR = Lidar(name="sidecar", description="No sensor: files of lading, for what the platform has no field for.")
_DESCRIPTION = "Files of lading, for what the platform has no field for; no data."


@dataclass(frozen=True)
class Written:
    """A file that was written here."""

    path: str
    place: Path
    stamp: str | None = None

    @property
    def size(self) -> int:
        """Its bytes."""
        return self.place.stat().st_size

    def open(self) -> BinaryIO:
        """A new stream at its first byte."""
        return self.place.open("rb")


class Sidecar:
    """The files of one upload, below a temporary folder until `close`."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        self._folder = tempfile.TemporaryDirectory(prefix="lading-sidecar-")
        self._records: list[Json] = []
        self._files: list[Written] = []
        self._segments: list[SegmentSidecar] = []

    def segment(self, segment: Segment, plan: SegmentPlan) -> SegmentSidecar:
        """Begin a segment; `plan` is the one whose items go up."""
        is_fusion = self._dataset.is_fusion
        self._segments.append(SegmentSidecar(segment, plan, self._new_file, self._records.append, is_fusion=is_fusion))
        return self._segments[-1]

    def _new_file(self, name: str) -> Path:
        written = Written(name, Path(self._folder.name) / f"{len(self._files)}")
        self._files.append(written)
        return written.place

    def finish(self, catalog: Json, uploaded: Json) -> Sequence[Written]:
        """All files, that of the dataset last; `uploaded` is what the platform made of the catalog."""
        with closing(_Compressed(self._new_file(DATASET_FILE))) as file:
            for record in (dataset_record(self._dataset, catalog, uploaded), *self._records):
                file.write(_line(record))
        return self._files

    def close(self) -> None:
        """Remove the files."""
        with self._folder, ExitStack() as ends:
            for segment in self._segments:
                ends.callback(segment.end_file)


class SegmentSidecar:
    """The records of one segment, as its frames are read."""

    def __init__(
        self,
        segment: Segment,
        plan: SegmentPlan,
        new_file: Callable[[str], Path],
        done: Callable[[Json], None],
        *,
        is_fusion: bool,
    ) -> None:
        self._segment = segment
        self._plan = plan
        self._new_file = new_file
        self._done = done
        self._is_fusion = is_fusion
        self._file: _Compressed | None = None
        self._room = 0
        self._count = self._frames = self._rows = 0
        self._places: dict[str, tuple[Sensor, ...]] = {}  # segments of the platform that items lie in

    def add(self, frame: Frame, items: Sequence[Item]) -> None:
        """Write what is to be said of a frame and its items."""
        files = [
            WireFile(
                segment=item.segment_name,
                remote_path=item.remote_path,
                label=item.label,
                frame_id=item.frame_id,
                unsent=item.unsent,
            )
            for item in items
        ]
        there: tuple[Sensor, ...] = ()
        if items and self._is_fusion:
            there = self._plan.sensors[items[0].segment_name]
        self._places.update({item.segment_name: there for item in items})
        line = _line(frame_record(frame, files, {sensor.name: sensor for sensor in there}))
        present = sum(item.data.content is not None for item in items)
        self._frames += 1
        self._rows += min(present, 1) if self._is_fusion else present
        self._write(line)

    def _write(self, line: bytes) -> None:
        if self._file is None or len(line) > self._room:
            self.end_file()
            self._count += 1
            self._file = _Compressed(self._new_file(segment_file(self._plan.name, self._count)))
            self._room = _FULL
        self._file.write(line)
        self._room -= len(line)

    def end_file(self) -> None:
        """Close the file that is being written, if there is one."""
        file, self._file = self._file, None
        if file is not None:
            file.close()

    def close(self) -> None:
        """Write what is to be said of the segment itself, once its frames are there."""
        self.end_file()
        places = self._places or {self._plan.name: self._segment.sensors}
        counts = {"frames": self._frames, "rows": self._rows, "files": self._count}
        self._done(segment_record(self._segment, places, is_fusion=self._is_fusion, **counts))


class SidecarWay:
    """How files of the sidecar get into the draft; one that does not is a failure, which holds the commit."""

    def __init__(
        self, target: Target, ledger: Ledger, settings: Settings, result: UploadResult, *, is_fusion: bool
    ) -> None:
        self.place = Place(target, ledger, SIDECAR_SEGMENT, is_fusion=is_fusion)
        self._is_fusion = is_fusion
        self._is_open = False
        self._lock = asyncio.Lock()
        self._result = result
        self._posts = Posts(target, Policies(target, SIDECAR_SEGMENT, settings.policy_s), ledger)
        self._callbacks = Callbacks(target, SIDECAR_SEGMENT, self._posts, settings.batch, self._entered, self._refused)

    async def put(self, remote_path: str, file: HashedFile) -> None:
        """Bring a file there, unless it is there already."""
        async with self._lock:
            if not self._is_open:
                await self.place.open(_DESCRIPTION, (_SENSOR,) if self._is_fusion else ())
                self._is_open = True
        item = self._item(remote_path)
        theirs, ours = self.place.known(item.key), entry_of(item, file.checksum, {})
        if theirs == ours:
            return
        try:
            await self._posts.send(file)
        except (StorageError, TransientError) as exc:
            self._result.fail(f"{SIDECAR_SEGMENT}/{remote_path}", str(exc))
            return
        await self._callbacks.add(Work(item=item, ours=ours, theirs=theirs, label={}, size=file.size, files=(file,)))

    async def send(self, sidecar: Sidecar, catalog: Json, uploaded: Json) -> None:
        """Bring all files of a sidecar there."""
        for written in await asyncio.to_thread(sidecar.finish, catalog, uploaded):
            await self.put(written.path, await asyncio.to_thread(hash_file, written))
        await self.flush()

    async def flush(self) -> None:
        """Enter into the draft what was brought there."""
        await self._callbacks.flush()

    def _item(self, remote_path: str) -> Item:
        identity = frame_id(SIDECAR_SEGMENT, remote_path, index=0) if self._is_fusion else None
        sensor_name = _SENSOR.name if self._is_fusion else None
        return Item(
            data=Data(path=f"{SIDECAR_SEGMENT}/{remote_path}", remote_path=remote_path),
            segment_name=SIDECAR_SEGMENT,
            key=item_key(remote_path, identity, sensor_name),
            remote_path=remote_path,
            frame_id=identity,
            sensor_name=sensor_name,
            timestamp_s=None,
            label={},
            masks=[],
            label_count=0,
        )

    def _entered(self, batch: Sequence[Work]) -> None:
        for work in batch:
            self.place.put(work.item.key, work.ours)

    def _refused(self, work: Work, reason: str) -> None:
        self._result.fail(work.item.data.path, reason)


class _Compressed:
    """A compressed file whose bytes depend on what is written alone: no name, no time. Raises NoRoomError."""

    def __init__(self, path: Path) -> None:
        self._below = path.open("wb")
        self._file = gzip.GzipFile(filename="", mode="wb", compresslevel=4, fileobj=self._below, mtime=0)

    def write(self, line: bytes) -> None:
        """Write a line."""
        try:
            self._file.write(line)
        except OSError as exc:
            raise NoRoomError("the sidecar", exc) from exc

    def close(self) -> None:
        """Write the end, and close the file below."""
        try:
            try:
                self._file.close()
            finally:
                self._below.close()
        except OSError as exc:
            raise NoRoomError("the sidecar", exc) from exc


def _line(record: Json) -> bytes:
    try:
        return msgspec.json.encode(record) + b"\n"
    except (UnicodeEncodeError, OverflowError):  # half a surrogate pair, a number of more than 64 bits
        return json.dumps(record, separators=(",", ":"), allow_nan=False).encode() + b"\n"
