"""`lading validate` against the validators of others, on one COCO file: pictures with boxes and as many polygons.

    python benchmarks/validate_peers.py --scale 0.1 --rounds 3 --datum PATH_OF_DATUM --panlabel PATH_OF_PANLABEL

The file is made from the seed of `validate.py`. Each command runs in a process of its own, in turns; rules that open
pictures are off, for there are none. Prints the best clock and CPU seconds and the peak of memory of each, processes
that it starts included.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from validate import CATEGORIES, HEIGHT, MEDIA, WIDTH, Seeded

from lading import Box2D, Polygon2D


class Cost(NamedTuple):
    """Clock and CPU seconds, and MB at the peak of the largest process."""

    clock: float
    cpu: float
    peak: int


def make(folder: Path, scale: float) -> Path:
    """The file, in the folder that Datumaro expects it in; made once."""
    path = folder / f"validate-{scale}" / "annotations" / "instances_train.json"
    if path.is_file():
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    (path.parent.parent / "images").mkdir(exist_ok=True)  # empty; Datumaro reads nothing without it
    images, annotations = [], []
    for number, frame in enumerate(Seeded(scale).frames("train"), 1):
        data = frame.data[0]
        images.append({"id": number, "file_name": data.path, "width": WIDTH, "height": HEIGHT})
        boxes = [label for label in data.labels if isinstance(label, Box2D)]
        rings = [label for label in data.labels if isinstance(label, Polygon2D)]
        for box, ring in zip(boxes, rings, strict=True):
            width, height = box.xmax - box.xmin, box.ymax - box.ymin
            annotations.append(
                {
                    "id": len(annotations) + 1,
                    "image_id": number,
                    "category_id": int((box.category or "c0")[1:]) + 1,
                    "bbox": [box.xmin, box.ymin, width, height],
                    "area": width * height / 2,
                    "iscrowd": 0,
                    "segmentation": [ring.points.ravel().round(2).tolist()],
                }
            )
    categories = [{"id": n + 1, "name": f"c{n}", "supercategory": ""} for n in range(CATEGORIES)]
    whole = {"info": {}, "licenses": [], "images": images, "annotations": annotations, "categories": categories}
    path.write_text(json.dumps(whole), "utf-8")
    return path


def commands(file: Path, given: argparse.Namespace) -> dict[str, list[str]]:
    """What is run, by name."""
    off = [f"--rule={rule}=off" for rule in MEDIA]
    ours = [sys.executable, "-m", "lading", "validate", str(file), "--output", "json", *off]
    found = {"lading": ours, "lading, 2 processes": [*ours, "--jobs", "2"]}
    if given.panlabel:
        found["panlabel"] = [given.panlabel, "validate", "--format", "coco", str(file)]
    if given.datum:
        found["Datumaro"] = [given.datum, "validate", "-t", "segmentation", f"{file.parent.parent}:coco_instances"]
    return found


def run(command: list[str]) -> Cost:
    """One run. Raises SystemExit where a command breaks off; findings are no failure."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder)
        _, told = process.communicate() if process.stderr is None else (None, process.stderr.read())
        _, status, usage = os.wait4(process.pid, 0)
        clock = time.perf_counter() - started
    if os.waitstatus_to_exitcode(status) not in (0, 1):
        sys.exit(f"{' '.join(command)}: {told.decode(errors='replace')[-400:]}")
    return Cost(clock, usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024)


def main() -> None:
    """Alternate the commands and print the best of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "lading-benchmarks")
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--datum")
    parser.add_argument("--panlabel")
    given = parser.parse_args()
    file = make(given.folder, given.scale)
    print(f"{file.stat().st_size:,} bytes")
    costs: dict[str, list[Cost]] = {}
    for _ in range(given.rounds):
        for name, command in commands(file, given).items():
            costs.setdefault(name, []).append(run(command))
    print(f"{'':22}{'seconds':>9}{'CPU':>9}{'peak MB':>9}")
    for name, all_costs in costs.items():
        best = Cost(*(min(column) for column in zip(*all_costs, strict=True)))
        print(f"{name:22}{best.clock:9.2f}{best.cpu:9.2f}{best.peak:9}")


if __name__ == "__main__":
    main()
