"""The main job on bundled data: check, upload to the embedded platform over HTTP, read back, compare."""

from __future__ import annotations

import asyncio
import hashlib
import tempfile
import time
from collections.abc import Callable
from functools import partial
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

import msgspec

from lading.media import sha1_hex
from lading.model.codec import decode_sensor, encode_labels, encode_sensor
from lading.model.dataset import Dataset
from lading.model.naming import SIDECAR_SEGMENT, RemotePaths, wire_segment
from lading.model.report import Report
from lading.platform.client import Client
from lading.platform.download import Download
from lading.platform.reading import Version, pages
from lading.platform.route import Routes
from lading.platform.wire import DetailList, DetailRow, SegmentList
from lading.plugin.detection import open_dataset
from lading.server.embedded import RunningPlatform, running
from lading.upload import Settings, upload
from lading.upload.plan import calibration_digest
from lading.validate import validate

#: The archives in `demo/data`.
ARCHIVES = ("coco.zip", "voc.zip", "kitti.zip")

#: (segment, remote path) -> (SHA-1, label in wire form); of a fusion dataset also (segment, sensor) -> the sensor.
Contents: TypeAlias = dict[tuple[str, str], tuple[str, Any]]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """How one dataset fared."""

    dataset: str
    format: str
    frames: int
    files: int
    labels: int
    findings: int
    sent: int
    bytes_sent: int
    is_same: bool
    seconds: float


class Outcome(msgspec.Struct, frozen=True):
    """A row a dataset, and what did not hold."""

    rows: list[Row]
    problems: list[str]
    seconds: float


def run_demo(announce: Callable[[str], None]) -> Outcome:
    """Bring every bundled dataset to a platform of its own and back."""
    started = time.perf_counter()
    rows: list[Row] = []
    problems: list[str] = []
    with tempfile.TemporaryDirectory(prefix="lading-demo-") as folder, running(Path(folder)) as platform:
        announce(f"The local platform answers at {platform.url}")
        for archive in ARCHIVES:
            with resources.as_file(resources.files("lading.demo") / "data" / archive) as path:
                rows.append(_bring(path, platform, Path(folder) / "ledgers", problems, announce))
    return Outcome(rows, problems, time.perf_counter() - started)


def _bring(
    path: Path, platform: RunningPlatform, ledgers: Path, problems: list[str], announce: Callable[[str], None]
) -> Row:
    started = time.perf_counter()
    name = f"demo-{path.stem}"
    announce(f"{path.name}: opening, checking, uploading as {name}")
    dataset = open_dataset(path)
    findings = list(validate(dataset))
    problems += [f"{path.name}: {finding}" for finding in findings if finding.severity == "error"]
    result = upload(
        dataset,
        name,
        platform=platform.url,
        access_key=platform.access_key,
        ledgers=ledgers,
        settings=Settings(uses_proxies=False),
    )
    expected = contents_of(dataset)
    announce(f"{path.name}: reading back")
    found, fetched = asyncio.run(_read_back(platform, name, result.commit_id or ""))
    unlike = differences(expected, found)
    if fetched is None or hashlib.sha1(fetched).hexdigest() not in {checksum for checksum, _ in expected.values()}:
        unlike.append("the file that was fetched through its URL has other bytes")
    problems += [f"{path.name}: {text}" for text in unlike]
    return Row(
        dataset=name,
        format=dataset.format or "",
        frames=result.frames,
        files=sum(1 for checksum, _ in found.values() if checksum),
        labels=result.labels,
        findings=len(findings),
        sent=result.sent,
        bytes_sent=result.bytes_sent,
        is_same=not unlike,
        seconds=time.perf_counter() - started,
    )


def contents_of(dataset: Dataset) -> Contents:
    """What a dataset should be on a platform: every file that is there, with its SHA-1 and labels."""
    result: Contents = {}
    for segment in dataset.segments:
        names = RemotePaths()
        for frame in dataset.frames(segment.name):
            place = wire_segment(segment.name)
            sensors = {sensor.name: sensor for sensor in segment.sensors} | dict(frame.calibration or {})
            if segment.is_calibrated_by_frame:
                place = f"{place}-{calibration_digest(sensors.values())}"
            result.update({(place, name): ("", encode_sensor(sensor)) for name, sensor in sensors.items()})
            for data in frame.data:
                if data.content is not None:
                    key = (place, names.assign(data.remote_path, data.path))
                    result[key] = (sha1_hex(data.content), encode_labels(data.labels))
    return result


def differences(expected: Contents, found: Contents) -> list[str]:
    """What is not there, what is there and should not be, and what is there but other than it should be."""
    lines = [f"{segment}/{path} is not on the platform" for segment, path in sorted(expected.keys() - found.keys())]
    lines += [f"{segment}/{path} is on the platform only" for segment, path in sorted(found.keys() - expected.keys())]
    for key in sorted(expected.keys() & found.keys()):
        for what, ours, theirs in zip(("bytes", "labels"), expected[key], found[key], strict=True):
            if ours != theirs:
                lines.append(f"{'/'.join(key)} has other {what} on the platform")
    return lines


class _Reading(msgspec.Struct, frozen=True):
    """One revision of a dataset, page by page."""

    client: Client
    dataset_id: str
    version: Version

    async def segments(self, offset: int) -> SegmentList:
        return await self.client.list_segments(self.dataset_id, self.version, offset=offset)

    async def details(self, segment_name: str, offset: int) -> DetailList:
        return await self.client.list_details(self.dataset_id, self.version, segment_name, offset=offset)


async def _read_back(platform: RunningPlatform, name: str, commit: str) -> tuple[Contents, bytes | None]:
    """Everything the platform lists of a revision, and the bytes of its first file, fetched through its URL."""
    found: Contents = {}
    url: str | None = None
    async with Client(platform.url, platform.access_key, routes=Routes(uses_proxies=False)) as client:
        dataset = await client.find_dataset(name)
        if dataset is None:
            return found, None
        read = _Reading(client, dataset.id, Version(commit=commit))
        async for listed in pages(read.segments):
            for segment in listed.segments:
                if segment.name == SIDECAR_SEGMENT:
                    continue
                for sensor in await client.get_sensors(dataset.id, read.version, segment.name):
                    found[segment.name, str(sensor["name"])] = ("", encode_sensor(decode_sensor(sensor, Report())))
                async for rows in pages(partial(read.details, segment.name)):
                    for row in rows.data_details:
                        for part in (row,) if isinstance(row, DetailRow) else row.frame:
                            found[segment.name, part.remote_path] = (part.checksum or "", part.label)
                            url = url or part.url
        if url is None:
            return found, None
        with Download("the demo's file") as file:
            await client.fetch(url, file)
            with file.take() as stream:
                return found, stream.read()
