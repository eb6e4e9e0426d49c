"""Reading VOC of VOC2012's shape: every frame with all of its labels, beside Datumaro where it is installed.

    python benchmarks/voc.py [--files 17125] [--rounds 3] [--data FOLDER] [--peer PYTHON]

The data come from a seed: as many annotation files, objects, parts, image sets and per-class sets as VOC2012's
trainval has, and pictures of a few bytes, which no reader opens. Each round runs both in processes of their own, one
after the other, and counts from opening to the last frame, imports left out.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

CLASSES = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable"),
    *("dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
)
POSES = ("Unspecified", "Left", "Right", "Frontal", "Rear")

#: Of VOC2012's trainval archive: files, and objects a file. All of them are listed in Main here (there it is 11,540),
#: because Datumaro reads listed ones only.
FILES, OBJECTS_A_FILE = 17_125, 40_138 / 17_125

#: The smallest JPEG there is need for: only names of pictures are looked at.
PICTURE = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffd9")

#: What each script begins with: the clocks, and how it answers. Imports come before they start.
HEAD = """
import json, resource, sys, time
def tell(**found):
    seconds, spent = time.perf_counter() - started, time.process_time() - cpu
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(dict(found, seconds=seconds, cpu=spent, peak_mib=peak)))
"""

OURS = """
import lading
from lading_voc.reader import VocReader
started, cpu = time.perf_counter(), time.process_time()
dataset = lading.open_dataset(sys.argv[1], format="voc")
opened = time.perf_counter() - started
frames = labels = 0
for _, frame in lading.all_frames(dataset):
    frames += 1
    labels += sum(len(data.labels) for data in frame.data)
tell(opened=opened, frames=frames, labels=labels)
"""

DATUMARO = """
from datumaro.components.dataset import Dataset
started, cpu = time.perf_counter(), time.process_time()
dataset = Dataset.import_from(sys.argv[1], "voc")
frames = labels = 0
for item in dataset:
    frames += 1
    labels += len(item.annotations)
tell(opened=None, frames=frames, labels=labels)
"""

FLOOR = """
from pathlib import Path
from xml.parsers import expat
started, cpu = time.perf_counter(), time.process_time()
frames = 0
for path in sorted(Path(sys.argv[1]).glob("VOC2012/Annotations/*.xml")):
    expat.ParserCreate().Parse(path.read_bytes(), True)
    frames += 1
tell(opened=None, frames=frames, labels=0)
"""


def generate(folder: Path, files: int, seed: int = 2012) -> None:
    """A tree of VOC2012's shape below `folder`, the same for the same seed."""
    dice = random.Random(seed)
    year = folder / "VOC2012"
    for name in ("Annotations", "JPEGImages", "ImageSets/Main"):
        (year / name).mkdir(parents=True)
    ids = [f"{dice.choice(range(2007, 2013))}_{number:06d}" for number in range(files)]
    found: dict[str, dict[str, bool]] = {}
    for key in ids:
        objects = list(_objects(dice))
        found[key] = {}
        for name, is_difficult, _ in objects:
            found[key][name] = found[key].get(name, True) and is_difficult
        (year / "Annotations" / f"{key}.xml").write_text(_document(key, [text for _, _, text in objects]))
        (year / "JPEGImages" / f"{key}.jpg").write_bytes(PICTURE)
    ids.sort()
    sets = {"train": ids[::2], "val": ids[1::2], "trainval": ids}
    for name, keys in sets.items():
        (year / "ImageSets/Main" / f"{name}.txt").write_text("".join(f"{key}\n" for key in keys))
        for label in CLASSES:
            lines = [f"{key} {_value(found[key], label):>2}\n" for key in keys]
            (year / "ImageSets/Main" / f"{label}_{name}.txt").write_text("".join(lines))


def _value(objects: dict[str, bool], label: str) -> int:
    return -1 if label not in objects else 0 if objects[label] else 1


def _objects(dice: random.Random) -> Iterator[tuple[str, bool, str]]:
    for _ in range(1 + min(round(dice.expovariate(1 / (OBJECTS_A_FILE - 1))), 40)):
        name, is_difficult = dice.choice(CLASSES), dice.random() < 0.13
        parts = ""
        if name == "person" and dice.random() < 0.5:
            parts = "".join(
                f"\t\t<part>\n\t\t\t<name>{p}</name>\n{_box(dice, 3)}\t\t</part>\n" for p in ("head", "hand")
            )
        yield (
            name,
            is_difficult,
            f"\t<object>\n\t\t<name>{name}</name>\n\t\t<pose>{dice.choice(POSES)}</pose>\n"
            f"\t\t<truncated>{dice.randint(0, 1)}</truncated>\n\t\t<occluded>{dice.randint(0, 1)}</occluded>\n"
            f"{_box(dice, 2)}\t\t<difficult>{int(is_difficult)}</difficult>\n{parts}\t</object>\n",
        )


def _box(dice: random.Random, depth: int) -> str:
    tabs = "\t" * depth
    x, y = dice.randint(1, 400), dice.randint(1, 300)
    corners = {"xmin": x, "ymin": y, "xmax": x + dice.randint(1, 99), "ymax": y + dice.randint(1, 74)}
    inner = "".join(f"{tabs}\t<{name}>{value}</{name}>\n" for name, value in corners.items())
    return f"{tabs}<bndbox>\n{inner}{tabs}</bndbox>\n"


def _document(key: str, objects: list[str]) -> str:
    return (
        f"<annotation>\n\t<folder>VOC2012</folder>\n\t<filename>{key}.jpg</filename>\n\t<source>\n"
        "\t\t<database>The VOC2012 Database</database>\n\t\t<annotation>PASCAL VOC2012</annotation>\n"
        "\t\t<image>flickr</image>\n\t</source>\n\t<size>\n\t\t<width>500</width>\n\t\t<height>375</height>\n"
        f"\t\t<depth>3</depth>\n\t</size>\n\t<segmented>0</segmented>\n{''.join(objects)}</annotation>\n"
    )


def run(python: str, script: str, folder: Path) -> dict[str, Any]:
    """One run in a process of its own."""
    done = subprocess.run([python, "-c", HEAD + script, str(folder)], capture_output=True, text=True, check=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def main() -> None:
    """Generate where there is nothing yet, run in turn, print medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=FILES)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--data", type=Path, help="where the data are, or are put; a temporary folder by default")
    parser.add_argument("--peer", default=sys.executable, help="a Python that has datumaro")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = given.data or Path(temporary) / "VOCdevkit"
        if not (folder / "VOC2012").is_dir():
            generate(folder, given.files)
        runs = {"lading": (sys.executable, OURS), "bare expat": (sys.executable, FLOOR)}
        known = subprocess.run([given.peer, "-c", "import datumaro"], capture_output=True, check=False)
        if known.returncode == 0:
            runs["datumaro"] = (given.peer, DATUMARO)
        else:
            print("datumaro is not installed; --peer names a Python that has it")
        results: dict[str, list[dict[str, Any]]] = {name: [] for name in runs}
        for _ in range(given.rounds):
            for name, (python, script) in runs.items():
                results[name].append(run(python, script, folder))
        _print(results)


def _print(results: dict[str, list[dict[str, Any]]]) -> None:
    print(f"{'':<12}{'seconds':>9}{'CPU':>9}{'frames':>9}{'labels':>9}{'peak MiB':>10}")
    middle = {name: _middle(runs, "seconds") for name, runs in results.items()}
    for name, runs in results.items():
        peak = max(one["peak_mib"] for one in runs)
        times = f"{middle[name]:>9.2f}{_middle(runs, 'cpu'):>9.2f}"
        print(f"{name:<12}{times}{runs[0]['frames']:>9,}{runs[0]['labels']:>9,}{peak:>10.0f}")
    print(f"opening alone: {_middle(results['lading'], 'opened'):.2f} s")
    if "datumaro" in middle:
        cpu = _middle(results["datumaro"], "cpu") / _middle(results["lading"], "cpu")
        print(f"lading is {middle['datumaro'] / middle['lading']:.1f} times as fast, by CPU {cpu:.1f} times")


def _middle(runs: list[dict[str, Any]], what: str) -> float:
    return float(statistics.median(one[what] for one in runs))


if __name__ == "__main__":
    main()
