"""YouTube-VIS to YouTube-VIS: an annotation of a whole video is written as it was, held by `json` alone."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest

import lading
from lading import Dataset, Frame, Report, open_dataset
from lading.model.dataset import WHOLE
from plugins.coco.tests.video_documents import CAT, DOG, LONE, PIER, QUAY, TEXT, document

#: Keys whose numbers the model keeps as floats: 1 and 1.0 are the same there.
GEOMETRY = frozenset({"bboxes", "segmentations"})


def normal(value: Any, *, is_geometry: bool = False) -> Any:
    """A JSON value in a form whose equality knows types, and that NaN is itself."""
    if isinstance(value, dict):
        return {key: normal(part, is_geometry=key in GEOMETRY) for key, part in value.items()}
    if isinstance(value, list):
        return [normal(part, is_geometry=is_geometry) for part in value]
    if is_geometry and isinstance(value, (int, float)):
        return repr(float(value))
    return (type(value).__name__, repr(value))


def back(write: Any, target: Path, before: Any, **options: Any) -> tuple[Any, Report]:
    """What is written of a file, held to it by `lading diff`."""
    folder = write({"train/instances.json": before})
    report = Report()
    lading.convert(open_dataset(folder), target, to="coco", is_checked=False, report=report, media="none", **options)
    assert list(lading.diff(open_dataset(folder), open_dataset(target))) == []
    return json.loads((target / "train" / "instances.json").read_text("utf-8")), report


FORMS: Mapping[str, Any] = {
    "the usual form": {},
    "a list of null alone": {"segmentations": [None] * 3, "areas": [None] * 3},
    "null in the place of a list": {"areas": None, "segmentations": None},
    "a number in the place of a list": {"areas": 5},
    "an area where nothing is seen": {"areas": [10, 0, 32.5]},
    "a box of nothing where a mask is": {"bboxes": [[0, 0, 1, 10], None, None]},
    "other lists of an entry a frame": {
        "occlusion": ["a", "not seen", None], "scores": [0.5, float("nan"), {"x": [1]}], "tags": [1, 2], "none": []
    },
    "lists that are too short": {"bboxes": [[0, 0, 1, 10]], "areas": []},
    "keys that records of one frame have": {
        "area": 7, "bbox": [1, 2, 3, 4], "instance_id": 9, "segmentation": None, "video_entries": {}
    },
    "values as they are": {"score": 0.5, "track_id": "é", "attributes": {"a": {"b": 1.0}, "c": 2}},
    "a category that is not listed": {"category_id": 77},
    "ids of any size": {"id": 2**70},
    "iscrowd in another form": {"iscrowd": True},
    "polygons of several rings": {"segmentations": [[[1, 1, 9, 1, 9, 9], [2, 2, 3, 3, 4, 4.5]], None, TEXT]},
}  # fmt: skip


@pytest.mark.parametrize("more", FORMS.values(), ids=FORMS.keys())
def test_an_annotation_comes_back_as_it_was(write: Any, tmp_path: Path, more: Any) -> None:
    before = document(annotations=[CAT | more, DOG, LONE])
    after, report = back(write, tmp_path / "out", before)
    assert normal(after) == normal(before)
    assert report.losses == []


FILES: Mapping[str, Any] = {
    "videos and annotations alone": {
        "videos": [PIER], "annotations": [LONE | {"video_id": 7, "bboxes": [None, None, [1, 2, 3, 4]], "areas": [1]}]
    },
    "no annotations": document(annotations=[]),
    "a video without pictures": document(videos=[PIER, {"id": 9, "name": "x"}, QUAY]),
    "unknown keys": document(splits={"a": [1]}, licenses=None),
}  # fmt: skip


@pytest.mark.parametrize("before", FILES.values(), ids=FILES.keys())
def test_a_file_comes_back_as_it_was(write: Any, tmp_path: Path, before: Any) -> None:
    after, _ = back(write, tmp_path / "out", before)
    assert (normal(after), list(after)) == (normal(before), list(before))


def test_several_processes_write_the_same_bytes(write: Any, tmp_path: Path) -> None:
    many = [PIER | {"id": n, "file_names": [f"{n}/{i}.png" for i in range(9)], "length": 9} for n in range(7)]
    boxes = [None, *([[1, 2, 3, 4]] * 7), None]
    rows = [LONE | {"id": n, "video_id": n % 7, "bboxes": boxes, "areas": [1] * 9} for n in range(30)]
    before = document(videos=many, annotations=rows)
    after, _ = back(write, tmp_path / "one", before)
    back(write, tmp_path / "two", before, jobs=2)
    one, two = ((tmp_path / name / "train" / "instances.json").read_bytes() for name in ("one", "two"))
    assert one == two
    assert normal(after) == normal(before)


class Some(Dataset):
    """Some segments and frames of another dataset, where the labels of the third frame are changed."""

    def __init__(self, source: Dataset, chosen: Mapping[str, Sequence[int]], **changes: Any) -> None:
        self.name, self.format, self.catalog, self.extras = source.name, source.format, source.catalog, source.extras
        self.segments = [segment for segment in source.segments if segment.name in chosen]
        self.sources, self.report = source.sources, Report()
        self._source, self._chosen, self._changes = source, chosen, changes

    def frames(self, segment: str, part: Any = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        for number, frame in enumerate(self._source.frames(segment, part, report=report)):
            labels = frame.data[0].labels
            if number == 2:
                frame.data[0].labels = [msgspec.structs.replace(label, **self._changes) for label in labels]
            if number in self._chosen[segment]:
                yield frame


def test_a_part_of_the_frames_is_a_shorter_video(write: Any, tmp_path: Path) -> None:
    source = open_dataset(write({"train/instances.json": document()}))
    report = Report()
    part = Some(source, {"train-pier": (0, 2)})
    lading.convert(part, tmp_path / "out", to="coco", is_checked=False, report=report, media="none")
    after = json.loads((tmp_path / "out" / "train" / "instances.json").read_text("utf-8"))
    assert after["videos"] == [PIER | {"file_names": ["pier/0.png", "pier/10.png"], "length": 2}]
    (cat,) = after["annotations"]
    expected = {key: [CAT[key][0], CAT[key][2]] for key in ("segmentations", "bboxes", "areas", "occlusion")}
    assert normal(cat) == normal(CAT | expected)
    assert report.losses == []


def test_what_differs_between_the_frames_of_an_object_is_a_loss(write: Any, tmp_path: Path) -> None:
    source = open_dataset(write({"train/instances.json": document()}))
    report = Report()
    changed = Some(source, {"train-pier": (0, 1, 2)}, category="dog")
    lading.convert(changed, tmp_path / "out", to="coco", is_checked=False, report=report, media="none")
    after = json.loads((tmp_path / "out" / "train" / "instances.json").read_text("utf-8"))
    assert [row["category_id"] for row in after["annotations"]] == [2, 5]
    what = "values of an object that differ between frames of a video: category_id"
    assert [(loss.what, loss.count, loss.example) for loss in report.losses] == [
        (what, 1, "train/instances.json#/annotations/0")
    ]


@pytest.mark.parametrize("jobs", [1, 2])
@pytest.mark.parametrize("videos", [[None, 5], [{"id": 7}], "none", [], None], ids=str)
def test_annotations_of_videos_that_no_list_has_come_back(videos: Any, jobs: int, write: Any, tmp_path: Path) -> None:
    rows = [CAT, DOG, LONE, LONE | {"id": 4, "video_id": "x", "bboxes": [None, [1, 2, 3, 4]], "areas": [None, 12, 7]}]
    before = document(videos=videos, annotations=rows)
    after, report = back(write, tmp_path / "out", before, jobs=jobs)
    assert normal(after) == normal(before)
    assert report.losses == []
