"""Reading a COCO file of train2017's size: every label built by us, the index alone by pycocotools.

    python benchmarks/coco_train2017.py [--folder DIR] [--scale 1.0] [--rounds 1] [--order shuffled]

makes the file from a seed where it is not there yet, then runs both sides in turns, each from a cold start of Python,
and prints clock and CPU seconds and the peak of memory of all processes. With `--jobs 2` it also runs `lading inspect
--jobs 2`, which builds and counts every label in two processes.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from pathlib import Path

from validate_peers import Tool, run

IMAGES, ANNOTATIONS = 118_287, 860_001  # instances_train2017 (source-formats.md 2.12)
POOL = 4096
CATEGORIES = [i for i in range(1, 91) if i not in {12, 26, 29, 30, 45, 66, 68, 69, 71, 83}]


def ring(dice: random.Random) -> tuple[str, str]:
    """A polygon's numbers as the official file writes them, and its box."""
    count = max(4, min(120, round(dice.lognormvariate(2.9, 0.6))))
    x, y, size = dice.uniform(0, 500), dice.uniform(0, 350), dice.uniform(5, 120)
    xs = [round(x + dice.uniform(0, size), 2) for _ in range(count)]
    ys = [round(y + dice.uniform(0, size), 2) for _ in range(count)]
    box = (min(xs), min(ys), round(max(xs) - min(xs), 2), round(max(ys) - min(ys), 2))
    return ", ".join(f"{a}, {b}" for a, b in zip(xs, ys, strict=True)), ", ".join(map(str, box))


def generate(path: Path, scale: float, order: str) -> None:
    dice = random.Random(2017)
    pool = [ring(dice) for _ in range(POOL)]
    images, annotations = max(1, round(IMAGES * scale)), max(1, round(ANNOTATIONS * scale))
    ids = sorted(dice.sample(range(1, 600_000), images))
    dice.shuffle(ids)
    owners = [dice.choice(ids) for _ in range(annotations)]
    if order == "grouped":
        place = {key: i for i, key in enumerate(ids)}
        owners.sort(key=place.__getitem__)
    with path.open("w") as out:
        out.write('{"info": {"description": "made from a seed"}, "licenses": [{"id": 1, "name": "none", "url": ""}], ')
        out.write('"images": [')
        for i, key in enumerate(ids):
            out.write(", " if i else "")
            out.write(
                f'{{"license": 1, "file_name": "{key:012d}.jpg", "coco_url": "http://x/train2017/{key:012d}.jpg", '
                f'"height": 480, "width": 640, "date_captured": "2013-11-14 11:18:45", '
                f'"flickr_url": "http://localhost/{key}_z.jpg", "id": {key}}}'
            )
        out.write('], "annotations": [')
        for i, owner in enumerate(owners):
            out.write(", " if i else "")
            points, box = dice.choice(pool)
            width, height = (float(side) for side in box.split(",")[2:])
            kind = dice.random()
            crowd = 0
            if kind < 0.01:
                crowd, mask = 1, '{"counts": [1000, 20, 460, 30, 305690], "size": [480, 640]}'
            elif kind < 0.1:
                mask = f"[[{points}], [{dice.choice(pool)[0]}]]"
            else:
                mask = f"[[{points}]]"
            out.write(
                f'{{"segmentation": {mask}, "area": {dice.uniform(0.3, 0.8) * width * height:.4f}, "iscrowd": {crowd}, '
                f'"image_id": {owner}, '
                f'"bbox": [{box}], "category_id": {dice.choice(CATEGORIES)}, "id": {i * 2 + 1}}}'
            )
        out.write('], "categories": [')
        out.write(", ".join(f'{{"supercategory": "group{c % 12}", "id": {c}, "name": "name{c}"}}' for c in CATEGORIES))
        out.write("]}")


OURS = """
import sys, lading
dataset = lading.open_dataset(sys.argv[1])
labels = 0
for segment in dataset.segments:
    for frame in dataset.frames(segment.name):
        for data in frame.data:
            labels += len(data.labels)
print(labels)
"""
PEER = """
import contextlib, sys
from pycocotools.coco import COCO
with contextlib.redirect_stdout(sys.stderr):
    coco = COCO(sys.argv[1])
print(len(coco.anns))
"""


def script(text: str, path: Path) -> Tool:
    return Tool([sys.executable, "-c", text, str(path)], (0,), lambda folder, printed: printed.strip().isdigit())


def inspect(path: Path, jobs: int) -> Tool:
    command = [sys.executable, "-m", "lading", "inspect", "--json", "--jobs", str(jobs), str(path)]
    return Tool(command, (0,), lambda folder, printed: "segments" in json.loads(printed))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "lading-benchmarks")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--order", choices=["shuffled", "grouped"], default="shuffled")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--no-peer", action="store_true")
    given = parser.parse_args()
    folder = given.folder / f"{given.order}-{given.scale}"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "instances_train2017.json"
    if not path.exists():
        generate(path, given.scale, given.order)
    print(f"{path.stat().st_size / 1e6:.0f} MB, {given.order}")
    for _ in range(given.rounds):
        runs = {"lading": run(script(OURS, path))}
        if given.jobs > 1:
            runs[f"lading inspect --jobs {given.jobs}"] = run(inspect(path, given.jobs))
        if not given.no_peer:
            runs["pycocotools"] = run(script(PEER, path))
        for name, cost in runs.items():
            print(f"{name:24} {cost.clock:7.2f} s {cost.cpu:7.2f} s of CPU {cost.peak:7.0f} MB", end="")
            peer = runs.get("pycocotools", cost)
            print(f" {peer.clock / cost.clock:7.2f} x {peer.cpu / cost.cpu:7.2f} x of CPU" if peer is not cost else "")


if __name__ == "__main__":
    main()
