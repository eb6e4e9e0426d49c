"""A large file read by several processes is what one process reads of it, whatever stands where it was cut."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from lading_coco import stretches
from lading_coco.gathering import AnnotationHeads
from lading_coco.reader import CocoReader

import lading
from lading import Report, Source
from lading.errors import RecordError
from lading.workers import Workers

RING = [1, 2, 3.5, 4, 5, 6.25]
IMAGES = [{"id": n, "file_name": f"{n}.jpg", "width": 40, "height": 30} for n in range(20)]
CATEGORIES = [{"id": 2, "name": "cat"}]


def row(number: int, **changes: Any) -> dict[str, Any]:
    whole = {"segmentation": [RING], "area": 9, "iscrowd": 0, "image_id": number % 20, "bbox": [1, 2, 3, 4]}
    return whole | {"category_id": 2, "id": number} | changes


ROWS = [row(number) for number in range(300)]
LAST = 280
MANY = {"images": IMAGES, "annotations": ROWS, "categories": CATEGORIES}


def changed(number: int, **changes: Any) -> str:
    rows = [*ROWS]
    rows[number] = row(number, **changes)
    return json.dumps({**MANY, "annotations": rows})


#: A file, and how many stretches of two it is read in.
FILES: dict[str, tuple[str, int]] = {
    "as the official ones": (json.dumps(MANY), 2),
    "without spaces": (json.dumps(MANY, separators=(",", ":")), 2),
    "with line breaks": (json.dumps(MANY, indent=1), 2),
    "annotations first": (json.dumps({"annotations": ROWS, "images": IMAGES, "categories": CATEGORIES}), 2),
    "an image that is none, at the end": (
        json.dumps({"annotations": ROWS, "images": [*IMAGES, 7], "categories": []}),
        2,
    ),
    "a category in the last stretch alone": (changed(LAST, category_id=9), 2),
    "run lengths in the last stretch alone": (changed(LAST, segmentation={"counts": [6], "size": [2, 3]}), 2),
    "an unusual key in the last stretch": (changed(LAST, score=0.5), 1),
    "an id that is text in the last stretch": (changed(LAST, id="x"), 1),
    "an id of more than 64 bits": (changed(LAST, id=1 << 70), 2),
    "an id met twice": (changed(LAST, id=3), 2),
    "an annotation of no image": (changed(LAST, image_id=77), 2),
    "no record in the last stretch": (changed(LAST).replace(f'"id": {LAST}}},', f'"id": {LAST}}}, 7,'), 1),
    "no comma in the last stretch": (changed(LAST).replace(f'"id": {LAST}}},', f'"id": {LAST}}}'), 1),
    "the annotations again": (json.dumps(MANY)[:-1] + ', "annotations": ' + json.dumps(ROWS[:7]) + "}", 2),
    "images for the most part": (json.dumps({**MANY, "images": [IMAGES[0] | {"id": n} for n in range(999)]}), 0),
    "a list of results": (json.dumps([row(n, score=0.5) for n in range(300)]), 0),
    "nothing but strings": (json.dumps({**MANY, "annotations": ROWS[:1], "info": "}, {" * 9000}), 0),
    "records within records": (json.dumps({**MANY, "annotations": [row(1, parts=[{"a": 1}, {"b": 2}] * 4000)]}), 0),
}


@pytest.fixture(scope="module")
def workers() -> Iterator[Workers]:
    with Workers(3) as found:
        yield found


def everything(path: Path, workers: Workers | None) -> tuple[Any, ...]:
    """All that is read, what is said, and the catalog."""
    report = Report()
    with Source.open(path) as source:
        source.workers = workers
        dataset = CocoReader().open(source, CocoReader.Options(), report)
        frames = {segment.name: list(dataset.frames(segment.name, report=report)) for segment in dataset.segments}
    files = [data for found in frames.values() for frame in found for data in frame.data]
    places = [(str(data.locate()), *(str(data.locate(x, "geometry")) for x in data.labels)) for data in files]
    for data in files:
        data.origins = None  # which is compared by identity
    return frames, places, report.findings, report.losses, dataset.catalog, dataset.extras, dataset.sources


@pytest.mark.parametrize(("text", "followed"), FILES.values(), ids=FILES.keys())
def test_what_is_read_is_the_same(
    text: str, followed: int, tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "instances_val.json"
    path.write_text(text)
    alone = everything(path, None)
    monkeypatch.setattr(stretches, "WORTH", 1000)
    calls = []
    follow = AnnotationHeads.follow
    monkeypatch.setattr(AnnotationHeads, "follow", lambda self, other: (calls.append(other), follow(self, other))[1])

    assert everything(path, workers) == alone
    assert len(calls) == followed
    assert not workers.is_closed


def test_a_small_file_is_read_by_one_process(tmp_path: Path, workers: Workers, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "instances_val.json"
    path.write_text(json.dumps(MANY))
    alone = everything(path, None)
    followed: list[AnnotationHeads] = []
    monkeypatch.setattr(AnnotationHeads, "follow", lambda self, other: followed.append(other))
    assert everything(path, workers) == alone
    assert followed == []


def test_a_file_that_ends_too_early_is_told_as_by_one_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "instances_val.json"
    path.write_text(json.dumps(MANY)[:-3000])
    monkeypatch.setattr(stretches, "WORTH", 1000)
    with Workers(2) as workers, Source.open(path) as source:
        source.workers = workers
        with pytest.raises(RecordError, match=r"expected whole JSON, found the end of the file at byte \d+$"):
            CocoReader().open(source, CocoReader.Options(), Report())


def test_commands_share_the_opening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "instances_val.json"
    path.write_text(json.dumps(MANY))
    monkeypatch.setattr(stretches, "WORTH", 1000)
    with Workers(2) as workers, Source.open(path) as source:
        source.workers = workers
        dataset = lading.open_dataset(source)
        assert dataset.workers is workers
        assert lading.summarize(dataset, jobs=2) == lading.summarize(lading.open_dataset(path))
