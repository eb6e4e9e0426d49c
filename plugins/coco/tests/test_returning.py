"""COCO to COCO: what is written is what was read, held by `json` alone, and by reading it again."""

from __future__ import annotations

import gzip
import json
import math
import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from lading_coco.widths import width_between

import lading
from lading import Report

FIXTURE = Path(__file__).resolve().parents[3] / "fixtures" / "coco"

#: Keys whose numbers the model keeps as floats: 1 and 1.0 are the same there.
_GEOMETRY = frozenset({"bbox", "segmentation", "keypoints"})


def differences(before: Any, after: Any, place: str = "", *, is_geometry: bool = False) -> Iterator[str]:
    """Where two JSON values differ, types included but for the numbers of geometry."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in {*before, *after}:
            if key not in before or key not in after:
                yield f"{place}/{key}: {'added' if key in after else 'gone'}"
            else:
                yield from differences(before[key], after[key], f"{place}/{key}", is_geometry=key in _GEOMETRY)
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            yield f"{place}: {len(before)} elements, {len(after)} now"
        for index, pair in enumerate(zip(before, after, strict=False)):
            yield from differences(*pair, f"{place}/{index}", is_geometry=is_geometry)
    elif before != after and not (before != before and after != after):
        yield f"{place}: {before!r}, {after!r} now"
    elif type(before) is not type(after) and not is_geometry:
        yield f"{place}: {type(before).__name__}, {type(after).__name__} now"


def converted(folder: Path, target: Path, **options: Any) -> Report:
    """Converts to COCO, without the rules, and compares what is read from both."""
    report = Report()
    dataset = lading.open_dataset(folder, format="coco")
    lading.convert(dataset, target, to="coco", is_checked=False, report=report, **options)
    again = lading.open_dataset(target, format="coco")
    assert list(lading.diff(lading.open_dataset(folder, format="coco"), again)) == []
    for segment in dataset.segments:
        pairs = zip(
            dataset.frames(segment.name, report=Report()), again.frames(segment.name, report=Report()), strict=True
        )
        for one, two in pairs:
            assert (one.key, one.extras, one.data[0].extras) == (two.key, two.extras, two.data[0].extras)
            assert one.data[0].annotation == two.data[0].annotation
    return report


def told(folder: Path, target: Path) -> list[str]:
    """How the JSON of two trees differs."""
    found = []
    for file in sorted(path for path in folder.rglob("*.json") if path.is_file()):
        name = file.relative_to(folder)
        before, after = (json.loads(path.read_text("utf-8")) for path in (file, target / name))
        found += [f"{name}#{line}" for line in differences(before, after)]
    return found


def test_our_fixture_comes_back_file_by_file(tmp_path: Path) -> None:
    report = converted(FIXTURE, tmp_path / "out")
    assert told(FIXTURE, tmp_path / "out") == []
    names = {path.relative_to(FIXTURE) for path in FIXTURE.rglob("*") if path.suffix.lower() in (".json", ".png")}
    assert {path.relative_to(tmp_path / "out") for path in (tmp_path / "out").rglob("*") if path.is_file()} == names
    assert report.losses == []


RING = [1.5, 2, 10, 2, 10, 12.25]
FORMS: Mapping[str, Any] = {
    "no segmentation": {"bbox": [1, 2, 3, 4]},
    "an empty segmentation": {"bbox": [1, 2, 3, 4], "segmentation": []},
    "null for segmentation and caption": {"bbox": [1, 2, 3, 4], "segmentation": None, "caption": None},
    "a mask alone": {"segmentation": [RING]},
    "several rings, one too odd to read": {"segmentation": [RING, [1, 2, 3], [5, 5, 9, 5, 9, 9]]},
    "several rings, one that is null": {"segmentation": [RING, None, [5, 5, 9, 5, 9, 9]]},
    "run lengths as numbers": {"segmentation": {"size": [30, 40], "counts": [5, 10, 1185]}, "iscrowd": 1},
    "run lengths as text": {"segmentation": {"size": [30, 40], "counts": "5:QU1"}, "iscrowd": 0},
    "numbers of any size": {"id": 2**70, "bbox": [1e15, 0.1, 0.2, 1e-9], "area": 1.0},
    "an id that is text": {"id": "a/1", "bbox": [0.1, 0.2, 0.30000000000000004, 0.7]},
    "an area of null, iscrowd of true": {"bbox": [1, 2, 3, 4], "area": None, "iscrowd": True},
    "attributes within and beside": {
        "bbox": [1, 2, 3, 4], "score": 0.5, "ignore": 1,
        "attributes": {"occluded": False, "rotation": 0.0, "who": {"by": ["us"]}, "n": 1},
    },
    "attributes of one name within and beside": {
        "bbox": [1, 2, 3, 4], "score": 0.5, "iscrowd": 1, "occluded": 1,
        "attributes": {"score": 1, "iscrowd": "no", "occluded": False},
    },
    "attributes that are empty": {"bbox": [1, 2, 3, 4], "attributes": {}},
    "attributes that are an empty list": {"bbox": [1, 2, 3, 4], "attributes": []},
    "attributes of null": {"bbox": [1, 2, 3, 4], "attributes": None},
    "no category": {"bbox": [1, 2, 3, 4], "category_id": None},
    "a category that is not listed": {"bbox": [1, 2, 3, 4], "category_id": 77},
    "a category of a name that two have": {"bbox": [1, 2, 3, 4], "category_id": 9},
    "a track and unknown keys": {"bbox": [1, 2, 3, 4], "track_id": 7, "é\ud83d\ude00": [None, {"a": 1.0}]},
    "keypoints": {"bbox": [1, 2, 3, 4], "keypoints": [1, 2, 2, 3.5, 4, 1, 0, 0, 0], "num_keypoints": 2},
    "keypoints of none": {"bbox": [1, 2, 3, 4], "keypoints": [0] * 9, "num_keypoints": 0},
    "parts of a body": {"bbox": [1, 2, 3, 4], "foot_kpts": [1, 2, 2] * 6, "foot_valid": True, "keypoints": [1, 1, 1]},
    "a caption": {"caption": "  two\nlines "},
    "NaN": {"bbox": [float("nan"), 2, 3, 4], "area": float("inf")},
}  # fmt: skip


@pytest.mark.parametrize("more", FORMS.values(), ids=FORMS.keys())
def test_every_form_of_an_annotation_comes_back(write: Callable[..., Path], tmp_path: Path, more: Any) -> None:
    categories = [{"id": 2, "name": "cat"}, {"id": 8, "name": "dog"}, {"id": 9, "name": "dog", "supercategory": "none"}]
    rows = [
        {"id": 5, "image_id": 1, "category_id": 2, **more},
        {"id": 6, "image_id": 1, "category_id": 8, "bbox": [1.0, 2, 3, 4], "segmentation": [RING], "area": 9},
    ]
    folder = write(annotations=rows, categories=categories, info={"year": 2024, "x": None}, licenses=[])
    converted(folder, tmp_path / "out")
    assert told(folder, tmp_path / "out") == []


@pytest.mark.parametrize(
    "image",
    [
        {"id": 1, "coco_url": "http://example.org/val2017/a.png", "width": 40, "height": 30, "not_exhaustive": [1]},
        {"id": "x", "file_name": "a.png", "width": 40, "height": 30, "license": 0, "date_captured": "2020-01-01"},
        {"id": 0, "file_name": "a.png"},
        {"id": 1, "file_name": "a.png", "width": -1, "height": None},
        {"file_name": "a.png", "id": 1, "width": 40, "height": 30, "file_name2": None},
        {"id": 1, "file_name": None, "width": 40, "height": 30},
        {"id": 1, "file_name": None, "coco_url": "http://example.org/val2017/a.png", "width": 40, "height": 30},
        {"id": 1, "file_name": "", "width": 40, "height": 30},
        {"id": 1, "coco_url": None, "width": 40, "height": 30},
    ],
    ids=[
        "by its URL",
        "an id of text",
        "no size",
        "a size that is none",
        "unknown keys",
        "a name of null",
        "a name of null and a URL",
        "an empty name",
        "no name",
    ],
)
def test_every_form_of_an_image_comes_back(write: Callable[..., Path], tmp_path: Path, image: Any) -> None:
    folder = write(
        images=[image], annotations=[{"id": 1, "image_id": image["id"], "category_id": 2, "bbox": [1, 2, 3, 4]}]
    )
    converted(folder, tmp_path / "out")
    assert told(folder, tmp_path / "out") == []


def test_annotations_of_several_images_keep_their_order(write: Callable[..., Path], tmp_path: Path) -> None:
    images = [{"id": n, "file_name": f"{n}.png", "width": 9, "height": 9} for n in (3, 1, 2)]
    rows = [{"id": 90 - n, "image_id": n % 3 + 1, "category_id": 2, "bbox": [n, 0, 1, 1]} for n in range(50)]
    folder = write(images=images, annotations=rows)
    converted(folder, tmp_path / "out")
    assert told(folder, tmp_path / "out") == []


def test_files_of_one_split_each_get_what_was_theirs(write: Callable[..., Path], tmp_path: Path) -> None:
    one, two = ({"id": n, "file_name": f"{n}.png", "width": 9, "height": 9} for n in (1, 2))
    person = {"id": 7, "image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4], "segmentation": [RING], "area": 3.5}
    body = {**person, "iscrowd": 0, "keypoints": [1, 1, 2], "num_keypoints": 1}
    nobody = {**person, "id": 8, "bbox": [5, 5, 1, 1]}
    categories = [{"id": 1, "name": "person"}]
    files = {
        "annotations/instances_a.json": {"images": [one, two], "annotations": [nobody, person, {**person, "id": 9}],
                                         "categories": categories},
        "annotations/person_keypoints_a.json": {
            "categories": [{"id": 1, "name": "person", "keypoints": ["nose"], "skeleton": []}],
            "annotations": [body, {**nobody, "keypoints": [0, 0, 0], "num_keypoints": 0}], "images": [two, one]},
        "annotations/captions_a.json": {"images": [two], "annotations": [{"id": 7, "image_id": 2, "caption": "x"}]},
        "annotations/image_info_a.json": {"info": {}, "images": [one, two], "categories": categories},
    }  # fmt: skip
    folder = write(files)
    converted(folder, tmp_path / "out")
    assert told(folder, tmp_path / "out") == []


def test_a_results_file_and_a_packed_file_come_back(write: Callable[..., Path], tmp_path: Path) -> None:
    rows = [{"image_id": n, "category_id": 18, "bbox": [258.15, 41.29, 348.26, 243.78], "score": 0.236} for n in (9, 1)]
    folder = write({"b_results.json": rows})
    converted(folder, tmp_path / "out")
    assert told(folder, tmp_path / "out") == []
    packed = write({"annotations/x.json.gz": gzip.compress(json.dumps({"images": [], "annotations": []}).encode())})
    (packed / "b_results.json").unlink()
    converted(packed, tmp_path / "again")
    again = gzip.decompress((tmp_path / "again/annotations/x.json.gz").read_bytes())
    assert json.loads(again) == {"images": [], "annotations": []}


def test_rings_that_cannot_be_read_come_back_beside_those_that_can(write: Callable[..., Path], tmp_path: Path) -> None:
    rings = [[1, 1, None, 1, 9, 9], [], [1, 2, 3], [1, 1, 9, 1, 9, 9]]
    row = {"id": 1, "image_id": 1, "category_id": 2, "bbox": [1, 1, 8, 8], "segmentation": rings}
    folder = write(annotations=[row])
    converted(folder, tmp_path / "out")
    written = json.loads((tmp_path / "out" / "annotations.json").read_text())
    assert written["annotations"][0]["segmentation"] == rings


def test_several_processes_write_the_same_bytes(samples: Path, tmp_path: Path) -> None:
    for name, source in (("ours", FIXTURE), ("real", samples / "coco" / "val2017-instances-panoptic")):
        trees = []
        for jobs in (1, 3):
            out = tmp_path / f"{name}-{jobs}"
            report = Report()
            dataset = lading.open_dataset(source)
            done = lading.convert(dataset, out, to="coco", is_checked=False, report=report, jobs=jobs)
            files = {path.relative_to(out): path.read_bytes() for path in out.rglob("*") if path.is_file()}
            trees.append((done, files, report.findings))
        assert {k for k in {**trees[0][1], **trees[1][1]} if trees[0][1].get(k) != trees[1][1].get(k)} == set()
        assert trees[0] == trees[1]
        assert trees[0][0].frames > 0


@pytest.mark.parametrize("jobs", [2, 3])
def test_losses_and_findings_of_several_processes_come_in_the_order_of_the_frames(
    jobs: int, write: Callable[..., Path], tmp_path: Path
) -> None:
    def split(first: int, *odd: dict[str, Any]) -> dict[str, Any]:
        numbers = range(first, first + 6)
        images = [{"id": n, "file_name": f"{n}.png", "width": 9, "height": 9} for n in numbers]
        rows = [{"id": n, "image_id": n, "category_id": 2, "bbox": [1, 2, 3, 4]} for n in numbers]
        return {
            "images": images,
            "annotations": [*rows, *odd],
            "categories": [{"id": 2, "name": "cat"}],
        }

    unshaped = {"id": 50, "image_id": 6, "category_id": 2, "segmentation": [], "bbox": []}
    camera = {"id": 51, "image_id": 11, "category_id": 2, "bbox": [1, 2, 3, 4], "bbox_cam3d": [1]}
    shapeless = {**unshaped, "id": 52, "image_id": 11}
    files = {"instances_train.json": split(1, unshaped), "instances_val.json": split(11, camera, shapeless)}
    folder = write(files)
    said = []
    for processes in (1, jobs):
        report = Report()
        dataset = lading.open_dataset(folder)
        done = lading.convert(
            dataset, tmp_path / f"{processes}", to="coco", is_checked=False, report=report, jobs=processes
        )
        said.append((done.losses, report.losses, report.findings))
    assert said[0] == said[1]
    assert [loss.example for loss in said[0][0]] == [
        "instances_train.json#/annotations/6",
        "instances_val.json#/annotations/6",
    ]
    missing = [finding.where for finding in said[0][2] if finding.rule == "media.missing"]
    assert missing == [f"instances_{name}.json#/images/{n}" for name in ("train", "val") for n in range(6)]


class Changed(lading.MemoryDataset):
    """A dataset of ours whose frames somebody changed."""

    def __init__(self, source: lading.Dataset, frames: Mapping[str, Any]) -> None:
        super().__init__(source.name, frames, catalog=source.catalog)
        self.format, self.extras, self.sources = source.format, source.extras, source.sources


def test_what_was_changed_or_left_out_is_written_as_it_is_now(write: Callable[..., Path], tmp_path: Path) -> None:
    rows = [
        {"id": n, "image_id": n, "category_id": 2, "bbox": [1, 2, 3, 4 + n / 3], "segmentation": []} for n in (1, 2)
    ]
    images = [{"id": n, "file_name": f"{n}.png", "width": 9, "height": 9} for n in (1, 2)]
    source = lading.open_dataset(write(images=images, annotations=rows))
    _, second = source.frames("annotations")
    label = second.data[0].labels[0]
    second.data[0].labels = [msgspec.structs.replace(label, category="wolf", ymax=9.5)]
    report = Report()
    changed = Changed(source, {"annotations": [second]})
    lading.convert(changed, tmp_path / "out", to="coco", is_checked=False, media="none", report=report)
    written = json.loads((tmp_path / "out" / "annotations.json").read_text())
    assert [image["id"] for image in written["images"]] == [2]
    assert written["categories"][-1] == {"id": 6, "name": "wolf", "supercategory": "none"}
    assert [(row["id"], row["category_id"], row["bbox"]) for row in written["annotations"]] == [(2, 6, [1, 2, 3, 7.5])]
    assert report.losses == []


def test_segments_that_were_chosen_come_back_and_new_ones_are_written_as_they_are_now(tmp_path: Path) -> None:
    source = lading.open_dataset(FIXTURE)
    quay = list(source.frames("quay"))
    lading.convert(Changed(source, {"quay": quay}), tmp_path / "quay", to="coco", is_checked=False)
    name = "annotations/instances_quay.json"
    assert [str(path.relative_to(tmp_path / "quay")) for path in (tmp_path / "quay").rglob("*.json")] == [name]
    before, after = (json.loads((folder / name).read_text()) for folder in (FIXTURE, tmp_path / "quay"))
    assert list(differences(before, after)) == []
    anew = Changed(source, {"one": quay[:1], "two": quay[1:]})
    lading.convert(anew, tmp_path / "anew", to="coco", is_checked=False)
    again = lading.open_dataset(tmp_path / "anew")
    assert {segment.name: segment.frame_count for segment in again.segments} == {"one": 1, "two": len(quay) - 1}


def test_an_id_that_was_kept_goes_where_the_label_was_renamed(write: Callable[..., Path], tmp_path: Path) -> None:
    rows = [{"id": n, "image_id": 1, "category_id": 77, "bbox": [1, 2, 3, 4]} for n in (1, 2)]
    (frame,) = (source := lading.open_dataset(write(annotations=rows))).frames("annotations")
    one, two = frame.data[0].labels
    frame.data[0].labels = [one, msgspec.structs.replace(two, category="dog"), lading.Box2D(1, 2, 3, 4)]
    report = Report()
    changed = Changed(source, {"annotations": [frame]})
    done = lading.convert(changed, tmp_path / "out", to="coco", is_checked=False, report=report)
    written = json.loads((tmp_path / "out" / "annotations.json").read_text())
    assert [row["category_id"] for row in written["annotations"]] == [77, 5]
    assert done.labels == 2
    assert [loss.what for loss in report.losses] == ["labels of type BOX2D that COCO did not have"]


def test_memory_does_not_grow_with_the_labels(write: Callable[..., Path], tmp_path: Path) -> None:
    peaks = []
    for count in (2_000, 20_000):
        images = [{"id": n, "file_name": f"{n}.png", "width": 9, "height": 9} for n in range(count // 10)]
        ring = [round(n * 1.1, 2) for n in range(60)]
        rows = [
            {"id": n, "image_id": n % (count // 10), "category_id": 2, "bbox": [1, 2, 3, 4], "segmentation": [ring],
             "area": 1.5, "iscrowd": 0}
            for n in range(count)
        ]  # fmt: skip
        source = lading.open_dataset(write(images=images, annotations=rows))
        tracemalloc.start()
        lading.convert(source, tmp_path / str(count), to="coco", is_checked=False, media="none")
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] - peaks[0] < 18_000 * 200  # the index and the places of records; labels are ten times that


@given(st.floats(-1e4, 1e4).map(lambda x: round(x, 2)), st.floats(0, 1e4).map(lambda x: round(x, 2)))
def test_widths_of_two_decimals_come_back_from_edges(low: float, width: float) -> None:
    assert width_between(low, low + width) == width


_SIZES = st.one_of(
    st.floats(-1e4, 1e4),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1e4, 1e4, width=32),
    st.builds(round, st.floats(-1e6, 1e6), st.integers(0, 15)),
)


@settings(max_examples=1000)
@given(_SIZES, _SIZES)
def test_a_width_has_the_fewest_decimals_that_lead_to_the_edge(low: float, width: float) -> None:
    high = low + width
    assume(math.isfinite(high) and math.isfinite(high - low))
    tried = (round(high - low, decimals) for decimals in range(2, 16))
    assert width_between(low, high) == next((size for size in tried if low + size == high), high - low)


@given(st.floats(allow_nan=False), st.floats(allow_nan=False))
def test_a_width_leads_to_the_edge(low: float, width: float) -> None:
    high = low + width
    back = low + width_between(low, high)
    assert back == high or abs(back - high) <= abs(high) * 2e-15 + abs(low) * 2e-15 or not math.isfinite(high - low)


SAMPLES = (
    "captions-train2014-excerpt",
    "densepose-results",
    "labelformat-odd-names",
    "lvis-v0.5-val100",
    "stuff-train2017",
    "val2017-instances-panoptic",
    "val2014-results",
    "val2017-keypoints/annotations",
    "val2017-keypoints/results",
)


@pytest.mark.parametrize("name", SAMPLES)
def test_real_files_come_back(samples: Path, tmp_path: Path, name: str) -> None:
    folder = samples / "coco" / name
    converted(folder, tmp_path / "out")
    assert told(folder, tmp_path / "out") == []


def test_keys_that_are_called_as_our_notes_come_back(write: Callable[..., Path], tmp_path: Path) -> None:
    row = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1.0, 2.0, 10.0, 10.0]}
    row |= {"records": {"x": 1}, "documents": 3, "video_entries": [1], "forms": {"a": 1}, "origin": "here"}
    points = {**row, "keypoints": [1, 2, 2], "num_keypoints": 1}
    images = [{"id": 1, "file_name": "a.png", "width": 40, "height": 30, "documents": {"x": 1}, "records": 2}]
    whole = {"images": images, "annotations": [row], "categories": [{"id": 2, "name": "cat"}], "forms": 5}
    before = {"instances_x.json": whole, "person_keypoints_x.json": {**whole, "annotations": [points]}}
    converted(write(before), tmp_path / "out")
    for name, file in before.items():
        after = json.loads((tmp_path / "out" / name).read_text("utf-8"))
        assert list(differences(file, after)) == []


def test_ids_that_python_takes_for_one_are_two(write: Callable[..., Path], tmp_path: Path) -> None:
    row = {"id": 5, "image_id": 1, "category_id": 1.0, "bbox": [1.0, 2.0, 10.0, 10.0]}
    images = [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}]
    before = {
        "images": images,
        "annotations": [row],
        "categories": [{"id": True, "name": "t"}, {"id": 1.0, "name": "u"}],
    }
    converted(write({"x.json": before}), tmp_path / "out")
    after = json.loads((tmp_path / "out" / "x.json").read_text("utf-8"))
    assert after["categories"] == before["categories"]
    assert after["annotations"][0]["category_id"] == 1


@pytest.mark.parametrize(("track", "instance"), [(7.0, "7"), (7, "7"), ("7", "7"), (None, "5"), (7.5, "5")])
def test_a_track_id_is_the_instance_also_as_a_whole_float(
    track: Any, instance: str, write: Any, tmp_path: Path
) -> None:
    row = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1.0, 2.0, 10.0, 10.0], "track_id": track}
    images = [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}]
    before = {"images": images, "annotations": [row], "categories": [{"id": 2, "name": "cat"}]}
    folder = write({"x.json": before})
    (frame,) = lading.open_dataset(folder).frames("x")
    assert [label.instance for label in frame.data[0].labels] == [instance]
    converted(folder, tmp_path / "out")
    after = json.loads((tmp_path / "out" / "x.json").read_text("utf-8"))
    assert list(differences(before, after)) == []


def test_segments_of_odd_category_ids_come_back_and_are_told(write: Callable[..., Path], tmp_path: Path) -> None:
    ids = [2, 2.0, "2", "five", 2.5, True, None, [1], 77]
    segments = [{"id": number, "category_id": key} for number, key in enumerate(ids, 1)] + [{"id": 10}]
    row = {"id": 4, "image_id": 1, "file_name": "m.png", "segments_info": segments}
    images = [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}]
    categories = [{"id": 2, "name": "cat"}, {"id": "five", "name": "dog"}]
    folder = write({"panoptic_x.json": {"images": images, "annotations": [row], "categories": categories}})
    dataset = lading.open_dataset(folder)
    (frame,) = dataset.frames("x")
    (mask,) = frame.data[0].labels
    names = [(item.category_id, item.category) for item in mask.items]
    none = (None, None)
    assert names == [*[(2, "cat")] * 3, (None, "dog"), *[none] * 4, (77, "category:77"), none]
    told = [(f.rule, f.where) for f in dataset.report.findings if f.rule == "coco.id-type"]
    assert told == [("coco.id-type", "panoptic_x.json#/annotations/0/segments_info/2/category_id")]
    assert [c.category_id for c in lading.infer_catalog(dataset)["PANOPTIC_MASK"].categories] == [2, None, 77]
    rules = [finding.pointer for finding in lading.validate(dataset) if finding.rule == "mask.unknown-id"]
    assert rules == [f"/annotations/0/segments_info/{number}/category_id" for number in range(3, 10)]
    converted(folder, tmp_path / "out")
    after = json.loads((tmp_path / "out" / "panoptic_x.json").read_text("utf-8"))
    found = [segment.get("category_id", ...) for segment in after["annotations"][0]["segments_info"]]
    assert found == [2, 2, 2, *ids[3:], ...]


@pytest.mark.parametrize(
    "more",
    [
        {"ignore": 1, "difficult": "yes", "rotation": 12.5},
        {"score": "high"},
        {"score": 0.5, "iscrowd": 0, "category_id": 2, "attributes": {"tone": "dry"}, "occluded": {"by": "us"}},
    ],
    ids=str,
)
def test_what_stands_beside_a_caption_comes_back(more: Any, write: Callable[..., Path], tmp_path: Path) -> None:
    images = [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}]
    row = {"id": 5, "image_id": 1, "caption": "a cat", **more}
    before = {"images": images, "annotations": [row], "categories": [{"id": 2, "name": "cat"}]}
    converted(write({"captions_x.json": before}), tmp_path / "out")
    after = json.loads((tmp_path / "out" / "captions_x.json").read_text("utf-8"))
    assert list(differences(before, after)) == []


def test_an_unlisted_category_that_is_a_whole_float_is_the_number(write: Callable[..., Path], tmp_path: Path) -> None:
    images = [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}]
    rows = [
        {"id": n, "image_id": 1, "category_id": key, "bbox": [1, 2, 3, n]} for n, key in enumerate((99.0, 99, -0.0), 1)
    ]
    before = {"images": images, "annotations": rows, "categories": [{"id": 2, "name": "cat"}]}
    folder = write({"x.json": before})
    dataset = lading.open_dataset(folder)
    (frame,) = dataset.frames("x")
    assert [label.category for label in frame.data[0].labels] == ["category:99", "category:99", "category:0"]
    assert [category.name for category in dataset.catalog["BOX2D"].categories] == ["cat", "category:99", "category:0"]
    converted(folder, tmp_path / "out")
    after = json.loads((tmp_path / "out" / "x.json").read_text("utf-8"))
    assert after["categories"] == before["categories"]
    assert [row["category_id"] for row in after["annotations"]] == [99, 99, 0]


def test_a_body_of_which_only_parts_are_labelled_comes_back(write: Callable[..., Path], tmp_path: Path) -> None:
    images = [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}]
    face = {"id": 5, "image_id": 1, "category_id": 2, "face_kpts": [1, 2, 2] * 68, "face_valid": True, "iscrowd": 0}
    foot = {"id": 6, "image_id": 1, "category_id": 3, "foot_kpts": [1, 2, 2] * 6, "bbox": [1.0, 2.0, 3.0, 4.0]}
    categories = [{"id": 2, "name": "person"}, {"id": 3, "name": "doll"}]
    before = {"images": images, "annotations": [foot, face], "categories": categories}
    folder = write({"x.json": before})
    (frame,) = lading.open_dataset(folder).frames("x")
    names = [(label.kind, label.category) for label in frame.data[0].labels]
    assert names == [("BOX2D", "doll"), ("KEYPOINTS2D", "doll.foot"), ("KEYPOINTS2D", "person.face")]
    converted(folder, tmp_path / "out")
    after = json.loads((tmp_path / "out" / "x.json").read_text("utf-8"))
    assert list(differences(before, after)) == []


def test_a_record_again_in_one_file_is_not_merged_into_that_of_another(
    write: Callable[..., Path], tmp_path: Path
) -> None:
    images = [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}]
    row = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1.0, 2.0, 3.0, 4.0]}
    points = {**row, "keypoints": [1, 2, 2], "num_keypoints": 1}
    shared = {"images": images, "categories": [{"id": 2, "name": "cat"}]}
    before = {
        "instances_x.json": {**shared, "annotations": [row]},
        "person_keypoints_x.json": {**shared, "annotations": [points, {**points, "keypoints": [3, 4, 2]}]},
    }
    folder = write(before)
    (frame,) = lading.open_dataset(folder).frames("x")
    made = [(label.kind, label.instance) for label in frame.data[0].labels]
    assert made == [("BOX2D", "5"), ("KEYPOINTS2D", "5"), ("BOX2D", "5#2"), ("KEYPOINTS2D", "5#2")]
    converted(folder, tmp_path / "out")
    for name, file in before.items():
        assert list(differences(file, json.loads((tmp_path / "out" / name).read_text("utf-8")))) == []
