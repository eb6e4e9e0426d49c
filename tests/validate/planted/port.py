"""The COCO dataset that defects are planted in: two splits, every kind of row, nothing wrong; and its catalog."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from PIL import Image

TRAIN = "annotations/instances_train.json"
VAL = "annotations/instances_val.json"
CATALOG = "catalog.json"

#: Rule, file, pointer.
Due: TypeAlias = tuple[str, str | None, str | None]


class Port:
    """The documents of the dataset and a catalog, to be changed before they are written."""

    def __init__(self) -> None:
        self.train, self.val = document(1, 3), document(101, 2)
        self.catalog: dict[str, Any] = catalog()
        self.files: list[Callable[[Path], None]] = []

    def write(self, root: Path) -> None:
        """Write it, pictures with noise of their own, and then change files."""
        for number, (split, rows) in enumerate((("train", self.train), ("val", self.val))):
            for index, image in enumerate(rows["images"]):
                path = root / "images" / split / Path(str(image["file_name"])).name
                path.parent.mkdir(parents=True, exist_ok=True)
                noise = np.random.default_rng(10 * number + index).integers(0, 255, (48, 64, 3), dtype=np.uint8)
                if path.name not in ("", "images"):
                    Image.fromarray(noise).save(path)
            (root / "annotations").mkdir(exist_ok=True)
            (root / f"annotations/instances_{split}.json").write_text(json.dumps(rows))
        for change in self.files:
            change(root)


def document(first: int, count: int) -> dict[str, Any]:
    """A document with a crane, two ships and a docker in each of its pictures of 64 x 48."""
    rows: list[dict[str, Any]] = []
    for image in range(first, first + count):
        shift = image % 5
        for category, box, more in (
            (1, [2 + shift, 3, 20, 16], {"segmentation": [ring(2 + shift, 3, 20, 16)]}),
            (
                2,
                [30 + shift, 4, 12, 10],
                {"segmentation": [ring(30 + shift, 4, 12, 10)], "attributes": {"laden": True}},
            ),
            (2, [8, 26 + shift, 20, 9], {"attributes": {"laden": False, "hull": "steel", "knots": 12.5}}),
            (3, [40, 20, 10, 24 + shift], {"keypoints": [45, 21, 2, 43, 30, 1, 0, 0, 0], "num_keypoints": 2}),
            (2, [0, 40, 64, 8], {"iscrowd": 1, "segmentation": {"size": [48, 64], "counts": [40, 8] + [40, 8] * 63}}),
        ):
            row = {"id": 10 * image + len(rows) % 5, "image_id": image, "category_id": category, "bbox": box}
            rows.append({**row, "area": box[2] * box[3], "iscrowd": 0, **more})
    images = [{"id": n, "file_name": f"{n:06}.png", "width": 64, "height": 48} for n in range(first, first + count)]
    return {"images": images, "annotations": rows, "categories": categories()}


def categories() -> list[dict[str, Any]]:
    docker = {"keypoints": ["head", "hand", "foot"], "skeleton": [[1, 2], [1, 3]]}
    return [{"id": 1, "name": "crane"}, {"id": 2, "name": "ship"}, {"id": 3, "name": "docker", **docker}]


def ring(x: float, y: float, width: float, height: float) -> list[float]:
    return [x, y, x + width, y, x + width, y + height, x, y + height]


def catalog() -> dict[str, Any]:
    """A contract that the dataset keeps."""
    names = [{"name": name} for name in ("crane", "ship", "docker")]
    attributes = [
        {"name": "iscrowd", "type": "boolean"},
        {"name": "laden", "type": "boolean", "parentCategories": ["ship"]},
        {"name": "hull", "enum": ["wood", "steel"], "parentCategories": ["ship"]},
        {"name": "knots", "type": "number", "minimum": 0, "maximum": 40, "parentCategories": ["ship"]},
        {"name": "crew", "type": "array", "items": {"type": "integer", "minimum": 1}},
    ]
    plain = {"categories": names, "attributes": attributes}
    points = {"number": 3, "names": ["head", "hand", "foot"], "skeleton": [[0, 1], [0, 2]], "visible": "TERNARY"}
    used = {"BOX2D": (0, 1, 2), "POLYGON2D": (0, 1), "RLE": (1,), "KEYPOINTS2D": (2,)}
    kinds = {kind: copy.deepcopy({**plain, "categories": [names[i] for i in used[kind]]}) for kind in used}
    for kind in ("RLE", "KEYPOINTS2D"):  # what does not belong to categories that are not there
        kinds[kind]["attributes"] = [one for one in kinds[kind]["attributes"] if "parentCategories" not in one]
    return {**kinds, "KEYPOINTS2D": {**kinds["KEYPOINTS2D"], "keypoints": [{**points, "parentCategories": ["docker"]}]}}


class Planted(NamedTuple):
    """A defect: how a dataset is changed, the findings that are due, and whether the catalog is a contract."""

    rule: str
    plant: Callable[[Port], Any]
    due: list[Due]
    is_contract: bool = False
    note: str = ""
    graded: tuple[tuple[str, str], ...] = ()
