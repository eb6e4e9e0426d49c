"""Whether a draft holds all that exists in a dataset: what decides on the commit where several parts fill one draft."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from itertools import islice

import msgspec

from lading.model.dataset import Dataset, Segment
from lading.model.frame import Frame
from lading.model.naming import short_hash
from lading.model.report import Report
from lading.upload.place import Outcome
from lading.upload.plan import Item, SegmentPlan
from lading.upload.remote import Entry, entry_of, read_segment
from lading.upload.sidecar import SegmentSidecar, Sidecar
from lading.upload.target import Target

_CHUNK = 256


class Completion(msgspec.Struct):
    """What a draft holds: its segments, and the files of the dataset that are not there as they should be."""

    outcomes: list[Outcome]
    missing: list[str]


async def look(dataset: Dataset, target: Target, *, listed: int, sidecar: Sidecar | None = None) -> Completion:
    """Compare a draft with a dataset, file by file: that each is there, with its labels, path and time.

    Reads all annotations and no media; at most `listed` files are named; `sidecar` takes up what the wire cannot say.
    Memory: 16 bytes a file of a segment.
    """
    found = Completion([], [])
    for segment in dataset.segments:
        await _look_at(dataset, segment, target, found, listed, sidecar)
    return found


async def _look_at(
    dataset: Dataset, segment: Segment, target: Target, found: Completion, listed: int, sidecar: Sidecar | None
) -> None:
    plan = SegmentPlan(dataset, segment, Report())
    beside = None if sidecar is None else sidecar.segment(segment, plan)
    there: dict[str, dict[int, Entry]] = {}
    frames = dataset.frames(segment.name, report=Report())
    while items := await asyncio.to_thread(_next_items, plan, frames, beside):
        for item in items:
            name = item.segment_name
            if name not in there:
                there[name] = await _entries(target, name, found, is_fusion=dataset.is_fusion)
            if not _is_there(item, there[name].get(short_hash(item.key))) and len(found.missing) < listed:
                found.missing.append(item.data.path)
    if beside is not None:
        beside.close()
    if not there and plan.name not in target.segments:
        found.missing.append(segment.name)


def _next_items(plan: SegmentPlan, frames: Iterator[Frame], beside: SegmentSidecar | None) -> list[Item]:
    items: list[Item] = []
    while not items and (chunk := list(islice(frames, _CHUNK))):
        for frame in chunk:
            of_frame = list(plan.items(frame))
            if beside is not None:
                beside.add(frame, of_frame)
            items += of_frame
    return items


async def _entries(target: Target, name: str, found: Completion, *, is_fusion: bool) -> dict[int, Entry]:
    entries: dict[int, Entry] = {}
    rows: set[int] = set()
    if name in target.segments:
        async for key, entry in read_segment(target.client, target.id, target.version, name):
            entries[short_hash(key)] = entry
            rows.add(short_hash(key.partition("\n")[0] if is_fusion else key))
    found.outcomes.append(Outcome(segment_name=name, rows=len(rows)))
    return entries


def _is_there(item: Item, entry: Entry | None) -> bool:
    """Whether a file is as it should be, as far as that shows without its bytes; one that the source lacks is."""
    if item.data.content is None:
        return True
    if entry is None or item.fault is not None:
        return False
    ours = entry_of(item, entry.checksum, item.label)
    return ours.place == entry.place and (bool(item.masks) or ours.label == entry.label)
