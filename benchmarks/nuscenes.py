"""nuScenes tables of trainval's size, or a part of it, made from a seed: read by lading and by the devkit, in turn.

    .venv/bin/python benchmarks/nuscenes.py --percent 10 --peer ../devkit/bin/python

`--peer` is the Python of an environment with nuscenes-devkit; without it only lading runs. Every run is a process of
its own, whose wall and CPU time (reading the tables, imports done before) and peak memory are told.
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

#: v1.0-trainval: 850 scenes, 34,149 samples, 2,631,083 files, 1,166,187 annotations, 64,386 instances.
SCENES = 850
SAMPLES = 40
ANNOTATIONS = 1372
INSTANCES = 76
RATES = {
    "CAM_FRONT": 12,
    "CAM_FRONT_RIGHT": 12,
    "CAM_BACK_RIGHT": 12,
    "CAM_BACK": 12,
    "CAM_BACK_LEFT": 12,
    "CAM_FRONT_LEFT": 12,
    "LIDAR_TOP": 20,
    "RADAR_FRONT": 13,
    "RADAR_FRONT_LEFT": 13,
    "RADAR_FRONT_RIGHT": 13,
    "RADAR_BACK_LEFT": 13,
    "RADAR_BACK_RIGHT": 13,
}
LENGTH_S = 19.7
TABLES = [
    *("log", "map", "sensor", "calibrated_sensor", "category", "attribute", "visibility", "scene", "sample"),
    *("sample_data", "ego_pose", "instance", "sample_annotation"),
]

#: The most memory that a process has held, itself: ru_maxrss counts what it was forked from, too.
HELD = """
def held_mb():
    with open("/proc/self/status") as status:
        return int(status.read().partition("VmHWM:")[2].split()[0]) / 1024
"""

OURS = (
    HELD
    + """
import json, sys, time
import numpy, lading
from lading_nuscenes.reader import NuScenesReader, NuScenesOptions
from lading_nuscenes.frames import Frames
source = lading.Source.open(sys.argv[1])
cpu, start = time.process_time(), time.perf_counter()
dataset = NuScenesReader().open(source, NuScenesOptions(sweeps=sys.argv[2] == "sweeps"), lading.Report())
opened, cpu = time.perf_counter() - start, time.process_time() - cpu
peak = held_mb()
labels = frames = 0
start = time.perf_counter()
for segment, frame in lading.all_frames(dataset, lading.Report()):
    frames += 1
    labels += sum(len(data.labels) for data in frame.data)
streamed = time.perf_counter() - start
print(json.dumps({"opened_s": opened, "cpu_s": cpu, "opened_mb": peak, "streamed_s": streamed, "frames": frames,
    "labels": labels, "peak_mb": held_mb()}))
"""
)

PEER = (
    HELD
    + """
import json, sys, time
from nuscenes.nuscenes import NuScenes
cpu, start = time.process_time(), time.perf_counter()
database = NuScenes(version="v1.0-trainval", dataroot=sys.argv[1], verbose=False)
opened, cpu = time.perf_counter() - start, time.process_time() - cpu
print(json.dumps({"opened_s": opened, "cpu_s": cpu, "frames": len(database.sample),
    "labels": len(database.sample_annotation),
    "opened_mb": held_mb()}))
"""
)


class Writer:
    """Writes a table row by row, formatted as the original files are."""

    def __init__(self, folder: Path, table: str) -> None:
        self._file: TextIO = (folder / f"{table}.json").open("w", encoding="utf-8")
        self._separator = "[\n"
        self.count = 0

    def add(self, row: dict[str, object]) -> None:
        self._file.write(self._separator)
        self._file.write(json.dumps(row, indent=0))
        self._separator = ",\n"
        self.count += 1

    def close(self) -> None:
        self._file.write("\n]" if self.count else "[]")
        self._file.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--percent", type=float, default=10, help="of trainval's size")
    parser.add_argument("--peer", help="the Python of an environment with nuscenes-devkit")
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sweeps", action="store_true", help="frames of the files between the samples too")
    parser.add_argument("--data", help="where the tables are kept and found again; else they are temporary")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = Path(given.data or temporary) / f"nuscenes-{given.percent:g}-{given.seed}"
        folder = root / "v1.0-trainval"
        if not (folder / "done").exists():
            generate(folder, max(1, round(SCENES * given.percent / 100)), given.seed)
            (folder / "done").touch()
        size = sum(path.stat().st_size for path in folder.glob("*.json"))
        print(f"{given.percent:g} % of trainval, seed {given.seed}: {size / 1e6:,.0f} MB of tables")
        times: dict[str, list[tuple[float, float]]] = {"lading": [], "devkit": []}
        for _ in range(given.rounds):
            mode = "sweeps" if given.sweeps else "samples"
            times["lading"].append(run("lading", sys.executable, OURS, str(root), mode))
            if given.peer:
                times["devkit"].append(run("devkit", given.peer, PEER, str(root)))
        if given.peer:
            ours, peers = ([min(column) for column in zip(*times[name], strict=True)] for name in times)
            wall, cpu = (peer / our for our, peer in zip(ours, peers, strict=True))
            print(f"devkit / lading, best of {given.rounds}: {wall:.1f} by the clock, {cpu:.1f} by the CPU")


def run(name: str, python: str, script: str, *arguments: str) -> tuple[float, float]:
    done = subprocess.run([python, "-c", script, *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{name}: {done.stderr}")
    told = json.loads(done.stdout)
    more = ""
    if "streamed_s" in told:
        rate = told["labels"] / told["streamed_s"]
        more = f"; all frames in {told['streamed_s']:.1f} s ({rate:,.0f} labels/s), peak {told['peak_mb']:,.0f} MB"
    counts = f"{told['frames']:,} frames, {told['labels']:,} labels"
    print(
        f"{name}: opened in {told['opened_s']:.2f} s (CPU {told['cpu_s']:.2f} s) "
        f"with {told['opened_mb']:,.0f} MB; {counts}{more}",
        flush=True,
    )
    return float(told["opened_s"]), float(told["cpu_s"])


def generate(folder: Path, scenes: int, seed: int) -> None:
    """Tables of so many scenes."""
    folder.mkdir(parents=True, exist_ok=True)
    random_ = random.Random(seed)
    tables = {name: Writer(folder, name) for name in TABLES}
    (folder.parent / "maps").mkdir(exist_ok=True)
    (folder.parent / "maps" / "a.png").touch()  # the devkit wants it to be there
    shared = _shared(tables, random_)
    for number in range(scenes):
        _scene(tables, random_, shared, number)
    for table in tables.values():
        table.close()


def token(random_: random.Random) -> str:
    return f"{random_.getrandbits(128):032x}"


def _shared(tables: dict[str, Writer], random_: random.Random) -> dict[str, list[str]]:
    logs = [token(random_) for _ in range(4)]
    for number, log in enumerate(logs):
        row = {"token": log, "logfile": f"n015-2018-07-24-11-2{number}-45+0800", "vehicle": "n015"}
        tables["log"].add({**row, "date_captured": "2018-07-24", "location": "singapore-onenorth"})
    tables["map"].add(
        {"token": token(random_), "category": "semantic_prior", "filename": "maps/a.png", "log_tokens": logs}
    )
    sensors = [token(random_) for _ in RATES]
    for name, sensor in zip(RATES, sensors, strict=True):
        modality = {"CAM": "camera", "LID": "lidar", "RAD": "radar"}[name[:3]]
        tables["sensor"].add({"token": sensor, "channel": name, "modality": modality})
    found = {"log": logs, "sensor": sensors, "visibility": ["1", "2", "3", "4"]}
    for number in found["visibility"]:
        tables["visibility"].add({"token": number, "level": f"v{number}", "description": ""})
    for table, count in (("category", 23), ("attribute", 8)):
        found[table] = [token(random_) for _ in range(count)]
        for number, row_token in enumerate(found[table]):
            tables[table].add({"token": row_token, "name": f"group.{table}{number}", "description": ""})
    return found


def _vector(random_: random.Random, count: int, size: float) -> list[float]:
    return [random_.uniform(-size, size) for _ in range(count)]


def _rotation(random_: random.Random) -> list[float]:
    values = _vector(random_, 4, 1)
    length = sum(v * v for v in values) ** 0.5
    return [v / length for v in values]


def _scene(tables: dict[str, Writer], random_: random.Random, shared: dict[str, list[str]], number: int) -> None:
    scene, log = token(random_), random_.choice(shared["log"])
    start = 1_532_402_927_647_951 + number * 60_000_000
    samples = [token(random_) for _ in range(SAMPLES)]
    row: dict[str, object] = {"token": scene, "log_token": log, "nbr_samples": SAMPLES}
    row |= {"first_sample_token": samples[0], "last_sample_token": samples[-1]}
    tables["scene"].add({**row, "name": f"scene-{number:04d}", "description": "Parked truck, turn left"})
    for place, (sample, before, after) in enumerate(_linked(samples)):
        time = start + place * 500_000
        row = {"token": sample, "timestamp": time, "prev": before, "next": after, "scene_token": scene}
        tables["sample"].add(row)
    for channel, sensor in zip(RATES, shared["sensor"], strict=True):
        _files(tables, random_, (channel, sensor), samples, start)
    _annotations(tables, random_, shared, samples)


def _linked(tokens: list[str]) -> Iterator[tuple[str, str, str]]:
    yield from zip(tokens, ["", *tokens[:-1]], [*tokens[1:], ""], strict=True)


def _files(
    tables: dict[str, Writer], random_: random.Random, sensor: tuple[str, str], samples: list[str], start: int
) -> None:
    channel, sensor_token = sensor
    is_camera = channel.startswith("CAM")
    calibrated = token(random_)
    row: dict[str, object] = {"token": calibrated, "sensor_token": sensor_token}
    row |= {"translation": _vector(random_, 3, 2), "rotation": _rotation(random_)}
    matrix = [
        [1266.417203046554, 0.0, 816.2670197447984],
        [0.0, 1266.417203046554, 491.50706579294757],
        [0.0, 0.0, 1.0],
    ]
    tables["calibrated_sensor"].add({**row, "camera_intrinsic": matrix if is_camera else []})
    count = int(LENGTH_S * RATES[channel])
    keys = {round(place * 0.5 * RATES[channel]): place for place in range(SAMPLES)}
    for place, (file, before, after) in enumerate(_linked([token(random_) for _ in range(count)])):
        time = start + int(place * 1_000_000 / RATES[channel])
        pose: dict[str, object] = {"token": file, "timestamp": time, "rotation": _rotation(random_)}
        tables["ego_pose"].add({**pose, "translation": [*_vector(random_, 2, 1000), 0.0]})
        folder = "samples" if place in keys else "sweeps"
        ending = "jpg" if is_camera else "pcd.bin" if channel == "LIDAR_TOP" else "pcd"
        sample = keys.get(place, min(SAMPLES - 1, int(place / RATES[channel] * 2) + 1))
        row = {"token": file, "sample_token": samples[sample], "ego_pose_token": file}
        row |= {"calibrated_sensor_token": calibrated, "timestamp": time, "fileformat": ending.partition(".")[0]}
        row |= {"is_key_frame": place in keys, "height": 900 * is_camera, "width": 1600 * is_camera}
        row["filename"] = f"{folder}/{channel}/n015-2018-07-24-11-22-45+0800__{channel}__{time}.{ending}"
        tables["sample_data"].add({**row, "prev": before, "next": after})


def _annotations(
    tables: dict[str, Writer], random_: random.Random, shared: dict[str, list[str]], samples: list[str]
) -> None:
    counts = [ANNOTATIONS // INSTANCES + (place < ANNOTATIONS % INSTANCES) for place in range(INSTANCES)]
    for count in counts:
        instance = token(random_)
        tokens = [token(random_) for _ in range(count)]
        row: dict[str, object] = {"token": instance, "category_token": random_.choice(shared["category"])}
        row |= {"nbr_annotations": count, "first_annotation_token": tokens[0]}
        tables["instance"].add({**row, "last_annotation_token": tokens[-1]})
        first = random_.randrange(SAMPLES - count)
        for place, (annotation, before, after) in enumerate(_linked(tokens)):
            row = {"token": annotation, "sample_token": samples[first + place], "instance_token": instance}
            row |= {"visibility_token": random_.choice(shared["visibility"])}
            row |= {"attribute_tokens": [random_.choice(shared["attribute"])]}
            row |= {"translation": [round(v, 3) for v in _vector(random_, 3, 1000)]}
            row |= {"size": [round(random_.uniform(0.3, 5), 3) for _ in range(3)], "rotation": _rotation(random_)}
            row |= {"prev": before, "next": after, "num_lidar_pts": random_.randrange(500)}
            tables["sample_annotation"].add({**row, "num_radar_pts": random_.randrange(5)})


if __name__ == "__main__":
    main()
