"""`lading validate` against the validators of others, on one COCO file: pictures with boxes and as many polygons.

    python benchmarks/validate_peers.py --scale 0.1 --rounds 3 --datum PATH_OF_DATUM --panlabel PATH_OF_PANLABEL

The file is made from the seed of `validate.py`, its coordinates with two decimals as COCO's own have. Each command runs
in a process of its own, in turns, with bytecode kept beside the modules as an installed package has it; rules that open
pictures are off, for there are none. Prints the best clock and CPU seconds and the peak of memory of each: the sum of
what each of its processes held at most. A command that fails, or that leaves no report behind, ends the benchmark.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from validate import CATEGORIES, HEIGHT, MEDIA, WIDTH, Seeded

from lading import Box2D, Polygon2D

#: How often the memory of a command's processes is looked at, in seconds.
LOOK = 0.01


class Tool(NamedTuple):
    """A command, the exit codes of a run that was done, and whether the folder and what it printed show one."""

    command: list[str]
    codes: tuple[int, ...]
    is_done: Callable[[Path, str], bool]


class Cost(NamedTuple):
    """Clock and CPU seconds, and MB at the peaks of its processes."""

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
    categories = [{"id": n + 1, "name": f"c{n}", "supercategory": ""} for n in range(CATEGORIES)]
    begun = path.with_suffix(".begun")
    with begun.open("w") as out:
        out.write(f'{{"info": {{}}, "licenses": [], "categories": {json.dumps(categories)}, "images": [')
        for number in range(1, Seeded(scale).pictures + 1):
            image = {"id": number, "file_name": f"{number - 1:012}.jpg", "width": WIDTH, "height": HEIGHT}
            out.write(f"{', ' if number > 1 else ''}{json.dumps(image)}")
        out.write('], "annotations": [')
        for key, annotation in enumerate(annotations(scale), 1):
            out.write(f"{', ' if key > 1 else ''}{json.dumps({'id': key, **annotation})}")
        out.write("]}")
    begun.rename(path)
    return path


def annotations(scale: float) -> Iterator[dict[str, Any]]:
    """The annotations of all pictures, in their order."""
    for number, frame in enumerate(Seeded(scale).frames("train"), 1):
        labels = frame.data[0].labels
        boxes = [label for label in labels if isinstance(label, Box2D)]
        rings = [label for label in labels if isinstance(label, Polygon2D)]
        for box, ring in zip(boxes, rings, strict=True):
            width, height = box.xmax - box.xmin, box.ymax - box.ymin
            yield {
                "image_id": number,
                "category_id": int((box.category or "c0")[1:]) + 1,
                "bbox": [round(number, 2) for number in (box.xmin, box.ymin, width, height)],
                "area": width * height / 2,
                "iscrowd": 0,
                "segmentation": [ring.points.ravel().round(2).tolist()],
            }


def tools(file: Path, given: argparse.Namespace) -> dict[str, Tool]:
    """What is run, by name."""
    off = [f"--rule={rule}=off" for rule in MEDIA]
    ours = [sys.executable, "-m", "lading", "validate", str(file), "--output", "json", *off]
    asked = {"lading": [], "lading, 1 process": ["--jobs", "1"], "lading, 2 processes": ["--jobs", "2"]}
    found = {
        name: Tool([*ours, *jobs], (0, 1), lambda folder, printed: "summary" in json.loads(printed))
        for name, jobs in asked.items()
    }
    if given.panlabel:
        command = [given.panlabel, "validate", "--format", "coco", str(file)]
        found["panlabel"] = Tool(command, (0,), lambda folder, printed: "Validation passed" in printed)
    if given.datum:
        command = [given.datum, "validate", "-t", "segmentation", f"{file.parent.parent}:coco_instances"]
        found["Datumaro"] = Tool(command, (0,), lambda folder, printed: (folder / "validation_report.json").is_file())
    return found


def run(tool: Tool) -> Cost:
    """One run. Raises SystemExit where a command breaks off or leaves no report; findings are no failure."""
    variables = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with (folder / "printed").open("wb") as out, (folder / "told").open("wb") as err:
            started = time.perf_counter()
            process = subprocess.Popen(tool.command, stdout=out, stderr=err, cwd=folder, env=variables)
            peaks: dict[int, int] = {}
            ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            while not ended:
                look(process.pid, peaks)
                time.sleep(LOOK)
                ended, status, usage = os.wait4(process.pid, os.WNOHANG)
            clock = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        printed = (folder / "printed").read_text("utf-8", "replace")
        if process.returncode not in tool.codes or not tool.is_done(folder, printed):
            told = (folder / "told").read_text("utf-8", "replace")[-400:]
            sys.exit(f"{' '.join(tool.command)}: expected a report, found exit code {process.returncode}: {told}")
    return Cost(clock, usage.ru_utime + usage.ru_stime, sum(peaks.values()) // 1024)


def look(pid: int, peaks: dict[int, int]) -> None:
    """Note the kB that a process and those that it started have held at most, each by its number.

    Not what the system says when a process has ended: that counts what the process it was forked from had held.
    """
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):
        return
    held = status.partition("VmHWM:")[2].split()
    if held:
        peaks[pid] = int(held[0])
    for child in children:
        look(int(child), peaks)


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
        for name, tool in tools(file, given).items():
            costs.setdefault(name, []).append(run(tool))
    print(f"{'':22}{'seconds':>9}{'CPU':>9}{'peak MB':>9}")
    for name, all_costs in costs.items():
        best = Cost(*(min(column) for column in zip(*all_costs, strict=True)))
        print(f"{name:22}{best.clock:9.2f}{best.cpu:9.2f}{best.peak:9}")


if __name__ == "__main__":
    main()
