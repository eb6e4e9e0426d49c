"""5,000 seeded mutations of one field of real files: each is told at its place, and nothing else is.

Several rows of a copy are broken at once, each in one field, so that reading is not paid for 5,000 times.
"""

from __future__ import annotations

import copy
import json
import math
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from lading import open_dataset, validate

SEED = 6_021

#: Rule, file, pointer and line.
Due: TypeAlias = tuple[str, str, str | None, int | None]

#: A rule that is broken, the field where that is told, and the row that breaks it.
Broken: TypeAlias = tuple[str, str, Any]

OFF: dict[str, Any] = dict.fromkeys(
    ("media.missing", "media.unreadable", "media.size-mismatch", "media.other-format", "media.duplicate", "media.leak"),
    "off",
)


def changed(row: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return copy.deepcopy(row) | fields


def put(values: list[Any], index: int, value: Any) -> list[Any]:
    return [*values[:index], value, *values[index + 1 :]]


def side(a: Any, b: Any, c: Any) -> float:
    return float((b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]))


def crosses(ring: list[float]) -> bool:
    """Whether edges meet that are no neighbours."""
    points = list(zip(ring[::2], ring[1::2], strict=True))
    edges = list(zip(points, [*points[1:], points[0]], strict=True))
    return any(
        side(a, b, c) * side(a, b, d) <= 0 and side(c, d, a) * side(c, d, b) <= 0
        for index, (a, b) in enumerate(edges)
        for c, d in edges[index + 1 :]
        if not {a, b} & {c, d}
    )


def coco_row(rng: random.Random, row: dict[str, Any], size: tuple[int, int]) -> Iterator[Broken]:
    box: list[Any] = row["bbox"]
    edge = rng.choice([2, 3])
    yield "box2d.empty", "bbox", changed(row, bbox=put(box, edge, 0))
    yield "box2d.inverted", "bbox", changed(row, bbox=put(box, edge, -box[edge]))
    beyond = size[edge - 2] - box[edge - 2] + rng.uniform(0.1, 500)
    yield "box2d.outside-image", "bbox", changed(row, bbox=put(box, edge, beyond))
    before = put(put(box, edge - 2, -1.5), edge, box[edge])
    yield "box2d.outside-image", "bbox", changed(row, bbox=before)
    odd = rng.choice([math.nan, math.inf, -math.inf])
    yield "label.not-finite", "bbox", changed(row, bbox=put(box, rng.randrange(4), odd))
    yield "coco.bad-bbox", "bbox", changed(row, bbox=box[:3])
    yield "coco.unknown-category", "category_id", changed(row, category_id=rng.choice([0, -1, 91, 4711]))
    yield "coco.unknown-category", "category_id", {key: value for key, value in row.items() if key != "category_id"}
    yield "coco.orphan-annotation", "image_id", changed(row, image_id=rng.randrange(10**9, 10**10))
    yield "label.not-finite", "score", changed(row, score=math.nan)
    yield from (coco_rings if isinstance(row["segmentation"], list) else coco_runs)(rng, row, size)


def coco_rings(rng: random.Random, row: dict[str, Any], size: tuple[int, int]) -> Iterator[Broken]:
    rings: list[list[float]] = row["segmentation"]
    number = rng.randrange(len(rings))
    ring = rings[number]
    x, y, width, height = row["bbox"]

    def told(rule: str, *changed_rings: list[float]) -> Broken:
        return rule, "segmentation", changed(row, segmentation=list(changed_rings))

    yield told("label.not-finite", *put(rings, number, put(ring, rng.randrange(len(ring)), math.nan)))
    yield told("polygon.too-few-points", *put(rings, number, ring[: rng.choice([2, 4])]))
    flat = [value if at % 2 == 0 else y + height / 2 for at, value in enumerate(ring)]
    yield told("polygon.empty", *put(rings, number, flat))
    low = y + rng.uniform(0.5, 1) * height
    bow = [x, y, x + width, y + height, x + width, y, x, low]
    yield told("polygon.self-crossing", bow, [x, y, x + width, y, x + width, y + height, x, y + height])
    if not crosses(ring):
        yield told("polygon.same-part", *rings, ring)
    at = rng.randrange(len(ring))
    outside = put(ring, at, size[at % 2] + rng.uniform(1.1, 300))
    if not crosses(outside):
        yield told("polygon.outside-image", *put(rings, number, outside))
    if len(rings) == 1:
        yield "coco.bad-polygon", "segmentation/0", changed(row, segmentation=[ring[:-1]])
    if min(width, height) > 6:
        yield told("polygon.box-mismatch", [x, y, x + width / 2, y, x + width / 2, y + height, x, y + height])


def coco_runs(rng: random.Random, row: dict[str, Any], size: tuple[int, int]) -> Iterator[Broken]:
    counts: list[int] = row["segmentation"]["counts"]
    height, width = row["segmentation"]["size"]

    def told(rule: str, runs: list[int], of: tuple[int, int] = (height, width)) -> Broken:
        return rule, "segmentation", changed(row, segmentation={"size": list(of), "counts": runs})

    at = rng.randrange(1, len(counts))
    yield told("rle.size", put(counts, at, counts[at] + rng.choice([1, 1000])))
    yield told("rle.negative-run", put(counts, at, -1 - counts[at]))
    yield told("rle.empty-run", [*counts[: at + 1], 0, 0, *counts[at + 1 :]])
    yield told("rle.other-size", counts, (height, width + rng.choice([-1, 1, 7])))


def body_row(rng: random.Random, row: dict[str, Any], size: tuple[int, int]) -> Iterator[Broken]:
    points: list[Any] = row["keypoints"]
    labelled = [index for index in range(17) if points[3 * index + 2]]
    if labelled:
        at = 3 * rng.choice(labelled)
        axis = rng.randrange(2)
        far = rng.choice([-rng.uniform(0.1, 99), size[axis] + rng.uniform(0.1, 99)])
        yield "keypoints.outside-image", "keypoints", changed(row, keypoints=put(points, at + axis, far))
        yield "keypoints.visible", "keypoints", changed(row, keypoints=put(points, at + 2, rng.choice([3, 9])))
        yield "label.not-finite", "keypoints", changed(row, keypoints=put(points, at + axis, math.nan))
        more = changed(row, keypoints=[*points, 0, 0, 0])
        yield "keypoints.count", "keypoints", more
        yield "coco.keypoint-count", "num_keypoints", changed(row, num_keypoints=row["num_keypoints"] + 1)
    yield "coco.bad-keypoints", "keypoints", changed(row, keypoints=points[:-1])


def nuscenes_row(rng: random.Random, row: dict[str, Any], _: Any) -> Iterator[Broken]:
    def told(rule: str, column: str, value: Any) -> Broken:
        return rule, column, changed(row, **{column: value})

    axis = rng.randrange(3)
    yield told("box3d.size", "size", put(row["size"], axis, rng.choice([0, -row["size"][axis]])))
    odd = rng.choice([math.nan, math.inf, -math.inf])
    for column in ("size", "translation", "rotation"):
        yield told("label.not-finite", column, put(row[column], axis, odd))
    yield told("box3d.zero-rotation", "rotation", [0, 0, 0, 0])
    factor = rng.choice([0.5, 0.99, 1.01, 3])
    yield told("nuscenes.rotation-length", "rotation", [value * factor for value in row["rotation"]])
    yield told("nuscenes.dangling-token", "visibility_token", rng.choice(["0", "5", "x"]))
    yield "nuscenes.dangling-token", "attribute_tokens/0", changed(row, attribute_tokens=["0" * 32])


class Table:
    """Rows of a JSON file; `key` is where they lie in it."""

    def __init__(self, path: Path, name: str, key: str | None, broken: Callable[..., Iterator[Broken]]) -> None:
        self.path, self.name, self.key, self.broken = path / name, name, key, broken
        self.whole = json.loads(self.path.read_bytes())
        images = [] if key is None else self.whole["images"]
        self.sizes = {image["id"]: (image["width"], image["height"]) for image in images}

    def mutate(self, rng: random.Random, count: int) -> Counter[Due]:
        value = copy.deepcopy(self.whole)
        rows = value if self.key is None else value[self.key]
        due: Counter[Due] = Counter()
        for index in rng.sample(range(len(rows)), count):
            rule, field, row = rng.choice(
                list(self.broken(rng, rows[index], self.sizes.get(rows[index].get("image_id"))))
            )
            rows[index] = row
            due[rule, self.name, f"{'' if self.key is None else f'/{self.key}'}/{index}/{field}", None] += 1
        self.path.write_text(json.dumps(value), "utf-8")
        return due


class Annotations:
    """Objects of VOC's official annotations."""

    def __init__(self, path: Path) -> None:
        self.root = path
        folder = path / "VOCdevkit/VOC2012/Annotations"
        self.texts = {str(one.relative_to(path)): one.read_text() for one in sorted(folder.glob("*.xml"))}

    def mutate(self, rng: random.Random, count: int) -> Counter[Due]:
        due: Counter[Due] = Counter()
        chosen = set(rng.sample(list(self.texts), count))
        for name, text in self.texts.items():
            if name in chosen:
                blocks = list(re.finditer(r"<object>.*?</object>", text, re.DOTALL))
                number = rng.randrange(len(blocks))
                rule, tag, block = rng.choice(list(self.broken(rng, blocks[number][0])))
                line = text[: blocks[number].start() + block.index(f"<{tag}>")].count("\n") + 1
                due[rule, name, f"/annotation/object[{number + 1}]/{tag}", line] += 1
                text = text[: blocks[number].start()] + block + text[blocks[number].end() :]
            (self.root / name).write_text(text)
        return due

    def broken(self, rng: random.Random, block: str) -> Iterator[Broken]:
        edges = {name: int(re.search(rf"<{name}>(\d+)<", block)[1]) for name in ("xmin", "ymin", "xmax", "ymax")}  # type: ignore[index]

        def told(rule: str, name: str, value: Any, tag: str = "bndbox") -> Broken:
            return rule, tag, re.sub(rf"<{name}>.*?</{name}>", f"<{name}>{value}</{name}>", block, count=1)

        axis = rng.choice("xy")
        yield told("box2d.inverted", f"{axis}min", edges[f"{axis}max"] + rng.randint(2, 900))
        yield told("box2d.empty", f"{axis}min", edges[f"{axis}max"] + 1)  # of 1-based pixels the minimum loses 1
        yield told("box2d.outside-image", f"{axis}max", 501 + rng.randint(0, 900))
        yield told("box2d.outside-image", f"{axis}min", -rng.randint(1, 900))  # 0 is told as another origin of pixels
        yield told("voc.corner", rng.choice(list(edges)), rng.choice(["nan", "inf", "-inf"]))
        yield told("attribute.enum", "pose", rng.choice(["Up", "left", "front"]), "pose")
        yield told("attribute.type", "truncated", rng.choice(["2", "maybe", "-1"]), "truncated")
        if "<difficult>0<" in block:  # sets of a class say whether all of it are difficult
            yield told("attribute.type", "difficult", rng.choice(["2", "hard", "-1"]), "difficult")


class Tracks:
    """Rows of a sequence of KITTI tracking; rows that are broken at once are of different tracks."""

    name = "training/label_02/0001.txt"

    def __init__(self, path: Path) -> None:
        self.path = path / self.name
        self.lines = self.path.read_text().splitlines()

    def mutate(self, rng: random.Random, count: int) -> Counter[Due]:
        lines = list(self.lines)
        due: Counter[Due] = Counter()
        tracks: dict[str, list[int]] = {}
        for number, line in enumerate(lines):
            if line.split()[1] != "-1":
                tracks.setdefault(line.split()[1], []).append(number)
        for track in rng.sample([track for track, rows in tracks.items() if len(rows) > 2], count):
            place = rng.randrange(1, len(tracks[track]))
            number, before = tracks[track][place], tracks[track][place - 1]
            words = lines[number].split()
            follows = int(lines[before].split()[0]) == int(words[0]) - 1
            rule, _, row = rng.choice(list(self.broken(rng, words, follows=follows)))
            lines[number] = " ".join(row)
            due[rule, self.name, None, number + 1] += 1
        self.path.write_text("".join(f"{line}\n" for line in lines))
        return due

    def broken(self, rng: random.Random, words: list[str], *, follows: bool) -> Iterator[Broken]:
        def told(rule: str, column: int, value: Any) -> Broken:
            return rule, "", put(words, column, str(value))

        axis = rng.randrange(2)
        yield told("box2d.inverted", 6 + axis, float(words[8 + axis]) + rng.uniform(0.1, 99))
        yield told("box2d.empty", 6 + axis, words[8 + axis])
        yield told("box2d.outside-image", 6 + axis, -rng.uniform(0.1, 99))
        yield told("label.not-finite", rng.choice([6, 7, 8, 9, 10, 11, 12, 16]), rng.choice(["nan", "inf", "-inf"]))
        yield told("label.not-finite", rng.randrange(13, 16), "nan")  # an infinite place has another alpha, too
        yield told("box3d.size", rng.randrange(10, 13), rng.choice([0, -1.5]))
        yield told("kitti.track", 1, -1)
        yield told("instance.category-changed", 2, "Tram")
        if follows:
            yield told("instance.jump", 14, float(words[14]) + rng.choice([-1, 1]) * rng.uniform(60, 900))


V2017 = "annotations/instances_val2017.json", "annotations/instances_val2017_with_crowd_rle.json"
BODIES, BOXES = "annotations/person_keypoints_val2017.json", "v1.0-mini/sample_annotation.json"

#: Sample, what of it is read, what breaks it, how many rows at once, and how often.
Case: TypeAlias = tuple[str, tuple[str, ...], Callable[[Path], Any], int, int]


def coco_case(sample: str, file: str, broken: Callable[..., Iterator[Broken]], batch: int, times: int) -> Case:
    return f"coco/{sample}", (file,), lambda path: Table(path, file, "annotations", broken), batch, times


BOXES = "v1.0-mini/sample_annotation.json"
CASES: dict[str, Case] = {
    "polygons": coco_case(
        "val2017-instances-panoptic", "annotations/instances_val2017.json", coco_row, batch=10, times=80
    ),
    "crowds": coco_case(
        "val2017-instances-panoptic", "annotations/instances_val2017_with_crowd_rle.json", coco_row, batch=20, times=70
    ),
    "bodies": coco_case("val2017-keypoints", "annotations/person_keypoints_val2017.json", body_row, batch=4, times=100),
    "objects": ("voc/voc2012-detection", ("VOCdevkit",), Annotations, 10, 90),
    "tracks": ("kitti/tracking", ("training",), Tracks, 20, 25),
    "boxes": (
        "nuscenes/mini-one-keyframe",
        ("v1.0-mini", "samples"),
        lambda path: Table(path, BOXES, None, nuscenes_row),
        20,
        50,
    ),
}


def told(root: Path) -> Counter[Due]:
    findings = validate(open_dataset(root), severities=OFF)
    return Counter((one.rule, one.file or "", one.pointer, one.line) for one in findings)


def test_there_are_five_thousand() -> None:
    assert sum(batch * times for *_, batch, times in CASES.values()) == 5_000


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES)
def test_each_mutation_of_real_files_is_found_at_its_place(samples: Path, tmp_path: Path, case: str) -> None:
    sample, parts, make, batch, times = CASES[case]
    for part in parts:
        source, target = samples / sample / part, tmp_path / part
        if not source.exists():
            pytest.skip(f"{part} of {sample} is not among the real samples")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    known = told(tmp_path)
    mutants = make(tmp_path)
    for turn in range(times):
        due = mutants.mutate(random.Random(SEED + turn), batch)
        found = told(tmp_path)
        assert (turn, found - known - due, due - found) == (turn, Counter(), Counter())
