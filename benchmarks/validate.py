"""Rules against plain reading: 118,287 pictures with 860,001 boxes and as many polygons, made from a seed.

    python benchmarks/validate.py [--scale 1.0] [--runs 3]

Runs of reading alone, of all rules that need no media, and of those without self-crossing alternate, each in a process
of its own, so that the ratios hold on a noisy machine. Prints seconds of the processor, ratios to reading, labels a
second, and peak memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from lading import Box2D, Catalog, Data, Dataset, Frame, Polygon2D, Report, Segment, decode_catalog, validate
from lading.model.dataset import WHOLE, Part, share

PICTURES, BOXES = 118_287, 860_001
WIDTH, HEIGHT = 640, 480
CATEGORIES = 80
#: Pictures whose numbers are drawn at once.
CHUNK = 1_000

MEDIA = (
    "media.missing",
    "media.unreadable",
    "media.size-mismatch",
    "media.other-format",
    "media.duplicate",
    "media.leak",
    "media.pair-size",
)
MODES = ("reading", "rules", "rules but self-crossing")


class Seeded(Dataset):
    """Pictures of 640 x 480 whose boxes bound polygons of 8 to 40 points, 860,001 in 118,287."""

    def __init__(self, scale: float) -> None:
        self.name = "seeded"
        self.report = Report()
        self.pictures = int(PICTURES * scale)
        self.boxes = int(BOXES * scale)
        self.segments = [Segment(name="train", frame_count=self.pictures)]
        self.catalog = _catalog()

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """The frames of a part, drawn a chunk at a time; a chunk is the same in every part."""
        wanted = share(self.pictures, part)
        for chunk in range(wanted.start // CHUNK, -(-wanted.stop // CHUNK)):
            first = chunk * CHUNK
            yield from self._chunk(chunk, range(max(first, wanted.start), min(first + CHUNK, wanted.stop)))

    def _chunk(self, chunk: int, wanted: range) -> Iterator[Frame]:
        rng = np.random.default_rng((7, chunk))
        first = chunk * CHUNK
        ends = [(first + i) * self.boxes // self.pictures for i in range(CHUNK + 1)]
        count = ends[-1] - ends[0]
        sizes = rng.integers(8, 41, count)
        angles = np.concatenate(
            [np.sort(a) for a in np.split(rng.uniform(0, 2 * np.pi, sizes.sum()), sizes.cumsum()[:-1])]
        )
        radii = np.repeat(rng.uniform(5, 100, count), sizes) * rng.uniform(0.7, 1.0, len(angles))
        middle = np.repeat(rng.uniform((100, 100), (WIDTH - 100, HEIGHT - 100), (count, 2)), sizes, axis=0)
        points = np.stack((np.cos(angles) * radii, np.sin(angles) * radii), axis=1) + middle
        starts = np.concatenate(([0], sizes.cumsum()))
        low = np.minimum.reduceat(points, starts[:-1]).tolist()
        high = np.maximum.reduceat(points, starts[:-1]).tolist()
        names = [f"c{n}" for n in rng.integers(0, CATEGORIES, count).tolist()]
        bounds = starts.tolist()
        for number in wanted:
            labels = []
            for index in range(ends[number - first] - ends[0], ends[number - first + 1] - ends[0]):
                key = str(ends[0] + index)
                crowd = {"iscrowd": False}
                ring = points[bounds[index] : bounds[index + 1]].copy()
                labels.append(Box2D(*low[index], *high[index], category=names[index], attributes=crowd, instance=key))
                labels.append(Polygon2D(ring, category=names[index], attributes=crowd, instance=key))
            path = f"{number:012}.jpg"
            yield Frame(
                key=path,
                data=[
                    Data(path=path, remote_path=path, width=WIDTH, height=HEIGHT, labels=labels, annotation="present")
                ],
            )


def _catalog() -> Catalog:
    categories = [{"name": f"c{n}"} for n in range(CATEGORIES)]
    attributes = [{"name": "iscrowd", "type": "boolean"}]
    return decode_catalog(
        {kind: {"categories": categories, "attributes": attributes} for kind in ("BOX2D", "POLYGON2D")}
    )


def run(mode: str, scale: float, jobs: int) -> None:
    """One measurement, printed as JSON."""
    dataset = Seeded(scale)
    labels = findings = 0
    clock = time.process_time if jobs == 1 else time.perf_counter
    started = clock()
    if mode == "reading":
        for frame in dataset.frames("train"):
            labels += sum(len(data.labels) for data in frame.data)
    else:
        off = dict.fromkeys(MEDIA, "off")
        if mode != "rules":
            off["polygon.self-crossing"] = "off"
        findings = sum(1 for _ in validate(dataset, severities=off, jobs=jobs))
        labels = 2 * dataset.boxes
    seconds = clock() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"seconds": seconds, "labels": labels, "findings": findings, "peak": peak}))


def main() -> None:
    """Alternate the modes and print the best of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--one", choices=MODES, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.one:
        run(given.one, given.scale, given.jobs)
        return
    best: dict[str, dict[str, float]] = {}
    for _ in range(given.runs):
        for mode in MODES:
            command = [sys.executable, str(Path(__file__)), "--one", mode, "--scale", str(given.scale)]
            command += ["--jobs", str(given.jobs)]
            told = json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)
            if mode not in best or told["seconds"] < best[mode]["seconds"]:
                best[mode] = told
    reading = best["reading"]["seconds"]
    print(f"{'':26}{'seconds':>9}{'of reading':>12}{'labels/s':>12}{'peak MB':>9}{'findings':>10}")
    for mode, told in best.items():
        rate = told["labels"] / told["seconds"]
        ratio = told["seconds"] / reading
        print(f"{mode:26}{told['seconds']:9.2f}{ratio:12.2f}{rate:12,.0f}{told['peak']:9}{told['findings']:10}")


if __name__ == "__main__":
    main()
