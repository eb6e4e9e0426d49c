"""What panlabel, found in PATH, says of the awkward datasets: `make_expected.py [expected.json]`; see README.md."""

from __future__ import annotations

import importlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
sys.path.append(str(HERE.parents[1] / "awkward"))
#: Modules of datasets, and what panlabel calls their format.
FORMATS = {"coco_records": "coco", "coco_files": "coco", "voc_kinds": "voc"}


def kinds() -> dict[str, tuple[str, Any]]:
    """Format and dataset by a name that no two share."""
    return {
        f"{form}: {one.name}": (form, one)
        for module, form in FORMATS.items()
        for one in importlib.import_module(module).KINDS
    }


def main(target: Path) -> None:
    program = shutil.which("panlabel")
    if program is None:
        sys.exit("panlabel: expected it in PATH; pip install --requirement requirements.txt")
    found = {}
    for name, (form, one) in kinds().items():
        with tempfile.TemporaryDirectory() as folder:
            found[name] = look(program, form, one, Path(folder))
    target.write_text(json.dumps(found, indent=1, ensure_ascii=False) + "\n", "utf-8")


def look(program: str, form: str, one: Any, folder: Path) -> dict[str, Any]:
    """What it validates and converts one dataset to, as COCO, in numbers and words without paths of this run."""
    one.write(folder / "data")
    path = folder / "data"
    if form == "coco":  # it takes one file; the first is the one that is meant
        path /= next((name for name in one.files if re.search(r"\.json(\.gz)?$", name, re.IGNORECASE)), "")
    made = folder / "made.json"
    check = run(program, "validate", str(path), "--format", form)
    convert = run(program, "convert", "--from", form, "--to", "coco", "--input", str(path), "--output", str(made))
    rows = json.loads(made.read_text("utf-8"))["annotations"] if made.exists() else None
    return {
        "validate": check.returncode,
        "says": says(check.stdout + check.stderr, folder),
        "convert": convert.returncode,
        "annotations": None if rows is None else len(rows),
        "segmentations": None if rows is None else sum(bool(row.get("segmentation")) for row in rows),
    }


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def says(text: str, folder: Path) -> list[str]:
    """Its findings, or the error that ended it; nothing where it is content."""
    lines = [line.strip().replace(f"{folder}/data/", "").replace(f"{folder}/data", "") for line in text.splitlines()]
    kept = [line for line in lines if re.match(r"\[(ERROR|WARN) *\]|Error:|Warning:", line)]
    return [line for line in kept if not line.startswith("Error: Validation failed")]


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "expected.json")
