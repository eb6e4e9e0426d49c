"""What the rules that open pictures cost, beside opening them.

    python benchmarks/media.py [--pictures 10000] [--rounds 3]

makes JPEGs of 640 x 480 from a seed, no two with the same bytes, in a COCO folder with a box for each. Then, in turns
and each in a process of its own: pillow opens and verifies every picture; `lading validate` with the rules that open
media, without them, and with them in two processes. Prints the best clock and CPU seconds of each, imports included,
and what the rules for media add to a run in the time of pillow. The pictures are in memory after the first round.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from validate import MEDIA
from validate_peers import Cost, Tool, run

WIDTH, HEIGHT = 640, 480
#: Different pictures; the others are these with another comment.
POOL = 64

OPENING = """
import sys
from pathlib import Path
from PIL import Image
count = 0
for path in sorted(Path(sys.argv[1]).glob("*.jpg")):
    with Image.open(path) as image:
        image.verify()
        count += image.size == (640, 480)
print(count)
"""


def picture(dice: np.random.Generator) -> bytes:
    """A JPEG of soft shapes and some noise."""
    coarse = Image.fromarray(dice.integers(0, 256, (12, 16, 3), dtype=np.uint8)).resize((WIDTH, HEIGHT))
    pixels = np.asarray(coarse, np.int16) + dice.integers(-8, 9, (HEIGHT, WIDTH, 3), dtype=np.int16)
    buffer = io.BytesIO()
    Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8)).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


def commented(jpeg: bytes, number: int) -> bytes:
    """The same picture with a comment (ITU-T T.81, B.2.4.5) behind its first marker."""
    comment = f"{number:012}".encode()
    return jpeg[:2] + b"\xff\xfe" + (len(comment) + 2).to_bytes(2, "big") + comment + jpeg[2:]


def make(folder: Path, count: int) -> Path:
    """The dataset; made once."""
    root = folder / f"media-{count}"
    annotations = root / "annotations" / "instances_train.json"
    if annotations.is_file():
        return root
    (root / "train").mkdir(parents=True, exist_ok=True)
    annotations.parent.mkdir(exist_ok=True)
    dice = np.random.default_rng(2017)
    pool = [picture(dice) for _ in range(POOL)]
    for number in range(count):
        (root / "train" / f"{number:012}.jpg").write_bytes(commented(pool[number % POOL], number))
    numbers = range(1, count + 1)
    document = {
        "images": [{"id": n, "file_name": f"{n - 1:012}.jpg", "width": WIDTH, "height": HEIGHT} for n in numbers],
        "annotations": [
            {"id": n, "image_id": n, "category_id": 1, "bbox": [10, 20, 30, 40], "area": 1200, "iscrowd": 0}
            for n in numbers
        ],
        "categories": [{"id": 1, "name": "thing"}],
    }
    annotations.write_text(json.dumps(document))
    return root


def tools(root: Path, count: int) -> dict[str, Tool]:
    """What is run, by name."""
    ours = [sys.executable, "-m", "lading", "validate", str(root), "--output", "json", "--jobs", "1"]
    off = [f"--rule={rule}=off" for rule in MEDIA]

    def is_clean(folder: Path, printed: str) -> bool:
        return json.loads(printed)["summary"]["error"] == 0

    opening = [sys.executable, "-c", OPENING, str(root / "train")]
    return {
        "opening": Tool(opening, (0,), lambda folder, printed: int(printed) == count),
        "lading": Tool(ours, (0,), is_clean),
        "lading, no media": Tool([*ours, *off], (0,), is_clean),
        "lading, 2 processes": Tool([*ours, "--jobs", "2"], (0,), is_clean),
    }


def main() -> None:
    """Alternate the runs and print the best of each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "lading-benchmarks")
    parser.add_argument("--pictures", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    given = parser.parse_args()
    root = make(given.folder, given.pictures)
    costs: dict[str, list[Cost]] = {}
    for _ in range(given.rounds):
        for name, tool in tools(root, given.pictures).items():
            costs.setdefault(name, []).append(run(tool))
    best = {name: Cost(*(min(column) for column in zip(*several, strict=True))) for name, several in costs.items()}
    print(f"{'':22}{'seconds':>9}{'CPU':>9}{'pictures/s':>12}{'peak MB':>9}")
    for name, cost in best.items():
        print(f"{name:22}{cost.clock:9.2f}{cost.cpu:9.2f}{given.pictures / cost.clock:12,.0f}{cost.peak:9}")
    added = best["lading"].cpu - best["lading, no media"].cpu
    print(f"rules for media: {added:.2f} s of CPU, {added / best['opening'].cpu:.2f} times that of opening")


if __name__ == "__main__":
    main()
