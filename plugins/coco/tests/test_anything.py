"""Whatever stands in a file: findings, or one error of ours, and never anything else."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from lading_coco.reader import CocoOptions, CocoReader

import lading
from lading import Report, Source
from lading.errors import InputError

NUMBERS = [None, True, 0, 1, -1, 2, 1 << 80, 0.5, float("nan"), float("inf"), "", "1", "x", "nan"]
LISTS = [[], [[]], [None], [[1]], [1, 2, 3, 4], ["1", 2, 3, 4], [[1, 2, 3, 4, 5, 6]], [[1, 2], [3, 4], [5, 6]]]
MASKS = [{"size": [2, 3], "counts": "123"}, {"size": [2, 3], "counts": [1, 2, 3]}, {"size": 5, "counts": {}}]
OTHERS = [{}, [{"id": 1}], {"a": {"b": 1}}, [1, [2], "x"], [[1, 2, 3]], [1, 2, 2], {"size": [2, 3], "counts": "o"}]
odd = st.sampled_from([*NUMBERS, *LISTS, *MASKS, *OTHERS])
ids = st.sampled_from([1, 2, 3]) | st.sampled_from([1, 2, 3]) | odd
IMAGE = {"id": ids, "file_name": st.sampled_from(["a.png", "b.png", "../a", "/a", "b/c.png", "\\", ""]) | odd}
IMAGE_MORE = {
    "width": st.just(4) | odd,
    "height": st.just(3) | odd,
    **dict.fromkeys(("coco_url", "license", "x"), odd),
    "video_id": ids,
}
ROW = {"image_id": ids, "category_id": ids}
RING = [1, 1, 2, 1, 2, 2]
ROW_MORE = {
    "id": st.integers(1, 9) | odd,
    "bbox": st.just([0, 0, 2, 2]) | odd,
    "segmentation": st.sampled_from([[RING], [RING, RING], MASKS[0]]) | odd,
    "keypoints": st.just([1, 1, 2]) | odd,
    "iscrowd": st.integers(0, 1) | odd,
    "segments_info": st.just([{"id": 1, "category_id": 1}]) | odd,
    "caption": st.text(max_size=3) | odd,
    **dict.fromkeys(("area", "num_keypoints", "score", "attributes", "file_name", "track_id", "ignore"), odd),
    **dict.fromkeys(("face_kpts", "face_box", "face_valid", "dp_x", "ä", "bboxes"), odd),
}
CATEGORY_MORE = dict.fromkeys(("name", "supercategory", "keypoints", "skeleton", "synset"), odd)


def some(required: Any, optional: Any) -> Any:
    return st.lists(st.fixed_dictionaries(required, optional=optional), max_size=5) | st.lists(
        st.fixed_dictionaries(required, optional=optional) | odd, max_size=4
    )


documents = st.fixed_dictionaries(
    {"images": some(IMAGE, IMAGE_MORE), "annotations": some(ROW, ROW_MORE)},
    optional={
        "categories": some({"id": ids}, CATEGORY_MORE) | odd,
        "info": odd,
        "licenses": odd,
        "type": odd,
        "videos": some({"id": ids}, {"name": odd}) | odd,
    },
) | st.fixed_dictionaries({"images": odd, "annotations": some(ROW, ROW_MORE)})


@settings(max_examples=300)
@given(st.lists(documents | some(ROW, ROW_MORE), min_size=1, max_size=2))
def test_any_document_ends_in_findings_or_one_error_of_ours(files: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "a.png").write_bytes(b"x")
        for task, document in zip(("instances", "person_keypoints"), files, strict=False):
            (folder / f"{task}_x.json").write_text(json.dumps(document))
        source = Source.open(folder)
        report = Report()
        reader = CocoReader()
        reader.detect(source)
        try:
            dataset = reader.open(source, CocoOptions(), report)
        except InputError as exc:
            told = str(exc)
        else:
            told = ""
            look_at_all(dataset, source, report)
            hold_every_record(dataset, source, report)
        assert "\n" not in told


def look_at_all(dataset: lading.Dataset, source: Source, report: Report) -> None:
    dataset.report = report
    findings = list(lading.validate(dataset))
    for segment in dataset.segments:
        keys = [frame.key for frame in dataset.frames(segment.name)]
        assert len(keys) == len(set(keys)) == segment.frame_count
    for finding in [*findings, *report.findings]:
        assert finding.file is None or source.get(finding.file) is not None or finding.rule.startswith("media")
    for line in lading.dump(dataset):
        assert line["kind"] in ("dataset", "segment", "frame")


def hold_every_record(dataset: lading.Dataset, source: Source, report: Report) -> None:
    """Each annotation is a label, or told, or counted among the losses."""
    seen = Report()
    frames = [frame for segment in dataset.segments for frame in dataset.frames(segment.name, report=seen)]
    places = {str(data.locate(x)) for frame in frames for data in frame.data for x in data.labels}
    told = [finding.where or "" for finding in (*report.findings, *seen.findings)]
    lost = sum(loss.count for loss in seen.losses if loss.what == "annotations without anything that is a label")
    # Those of no listed image are told, unless images that lack an id account for them.
    lost += sum(loss.count for loss in report.losses if loss.what == "annotations of no listed image")
    lost -= sum(finding.rule == "coco.orphan-annotation" for finding in report.findings)
    silent = 0
    read = {known.file for known in dataset.sources}
    for name in source.names():
        if not name.endswith(".json"):
            continue
        document = json.loads(source.read(name))
        rows = document if isinstance(document, list) else document.get("annotations")
        if not isinstance(rows, list) or (name not in read and not is_coco(document, rows)):
            continue
        for number, row in enumerate(rows):
            record = f"{name}#{'' if isinstance(document, list) else '/annotations'}/{number}"
            is_told = any(place in (record, name) or place.startswith(f"{record}/") for place in told)
            silent += isinstance(row, dict) and record not in places and not is_told
    assert silent <= lost


def is_coco(document: Any, rows: list[Any]) -> bool:
    """Whether a file that was not read should have been; results beside annotations are a loss of the whole file."""
    first = next((row for row in rows[:8] if isinstance(row, dict)), {})
    return isinstance(document, dict) and "image_id" in first
