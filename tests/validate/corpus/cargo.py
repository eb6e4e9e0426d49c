"""Two datasets in which nothing is wrong, made from a seed: pictures with labels of every type, and a drive.

Defects (`defects_*.py`) change one thing in a copy of them.
"""

from __future__ import annotations

import hashlib
import io
import json
import random
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

import msgspec
import numpy as np
from PIL import Image

from lading.errors import SourceError
from lading.model import label as rows
from lading.model.catalog import Catalog
from lading.model.codec import decode_catalog
from lading.model.dataset import WHOLE, MemoryDataset, Part, Segment
from lading.model.frame import Data, Frame, frame_id
from lading.model.geometry import EGO, WORLD, Transform3D
from lading.model.label import MaskItem, Word
from lading.model.report import Origin, Report
from lading.model.rle import counts_from_mask
from lading.model.sensor import Camera, CameraMatrix, Intrinsics, Lidar, Sensor

SEED = 20_240
WIDTH, HEIGHT = 100, 80

#: The place of each label type among the labels of a picture.
BOX, POLYGON, MULTI, LINE, POINTS, CUBOID, SENTENCE, RLE, CLASS, SEMANTIC, INSTANCE, PANOPTIC = range(12)


class Bytes:
    """A file that lies in memory."""

    def __init__(self, path: str, data: bytes) -> None:
        self.path = path
        self.data = data

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def stamp(self) -> str | None:
        return None

    def open(self) -> BinaryIO:
        if self.data == b"gone":
            raise SourceError(self.path, "expected a file, found nothing")
        return io.BytesIO(self.data)


class Places:
    """Every label and each part of it has a place of its own in `labels.json`."""

    def __init__(self, record: str) -> None:
        self.record = record

    def locate(self, index: int, kind: str | None = None, subject: str | None = None) -> Origin:
        at = Origin("labels.json", f"{self.record}/labels/{index}")
        return at if subject is None else at.below(*subject.split("/", 2 if subject.startswith("items/") else 1))


def png(seed: str, *, mode: str = "L", size: tuple[int, int] = (WIDTH, HEIGHT), values: tuple[int, ...] = ()) -> bytes:
    """A picture that no other seed gives."""
    image = Image.new(mode, size)
    digest = hashlib.sha1(seed.encode()).digest()
    for index, byte in enumerate(values or digest):
        image.putpixel((index % size[0], 0), byte if mode == "L" else (byte, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue() + digest  # what follows the end is let be


ATTRIBUTES = [
    {"name": "color", "enum": ["red", "blue"]},
    {"name": "occluded", "type": "boolean"},
    {"name": "lane", "type": ["integer", "null"], "minimum": 0, "maximum": 8},
    {"name": "lights", "type": "array", "items": {"enum": ["red", "green"]}},
    {"name": "plate", "type": "string", "parentCategories": ["car"]},
]
THINGS = [{"name": "car"}, {"name": "person"}]


def _apart(value: Any) -> Any:
    """A copy in which no two parts are one."""
    return json.loads(json.dumps(value))


def plain_catalog() -> dict[str, Any]:
    """The catalog of the pictures, in wire form."""
    masks = [{"name": "road", "categoryId": 1}, {"name": "sky", "categoryId": 2}]
    return _apart(
        {
            "BOX2D": {"categories": THINGS, "attributes": ATTRIBUTES},
            "POLYGON2D": {"categories": THINGS},
            "MULTI_POLYGON": {"categories": THINGS},
            "POLYLINE2D": {"categories": THINGS, "isBeizerCurve": True},
            "KEYPOINTS2D": {
                "categories": THINGS,
                "keypoints": [
                    {
                        "number": 3,
                        "names": ["head", "body", "feet"],
                        "skeleton": [[0, 1], [1, 2]],
                        "visible": "TERNARY",
                        "parentCategories": ["person"],
                    }
                ],
            },
            "CUBOID2D": {"categories": THINGS},
            "SENTENCE": {"isSample": True, "sampleRate": 16_000, "lexicon": [["mean", "m", "iy", "n"]]},
            "RLE": {"categories": THINGS},
            "CLASSIFICATION": {"categories": [{"name": "day"}, {"name": "night"}]},
            "SEMANTIC_MASK": {"categories": masks, "attributes": [{"name": "wet", "type": "boolean"}]},
            "INSTANCE_MASK": {"categories": [{"name": "background", "categoryId": 0}]},
            "PANOPTIC_MASK": {"categories": masks},
        }
    )


def picture_labels(rng: random.Random, name: str) -> list[rows.Label]:
    """One label of each type, in the order of BOX, POLYGON, ..."""
    x, y = rng.uniform(5, 40), rng.uniform(5, 30)
    ring = np.array([[x, y], [x + 20, y], [x + 20, y + 15], [x, y + 15]])
    mask = np.zeros((HEIGHT, WIDTH), dtype=bool)
    mask[10:20, 30:50] = True
    box = rows.Box2D(
        x, y, x + 20, y + 15, category="car", instance="1", origin=BOX,
        attributes={"color": "red", "occluded": False, "lane": 3, "lights": ["red"], "plate": "HH"},
    )  # fmt: skip
    named = [(kind, f"masks/{kind}/{name}") for kind in ("semantic", "instance", "panoptic")]
    files = {kind: {"path": path, "content": Bytes(path, png(path, values=(1, 2)))} for kind, path in named}
    return [
        box,
        rows.Polygon2D(ring, category="car", instance="1", origin=POLYGON),
        rows.MultiPolygon2D((ring, ring + np.array([30, 20])), category="car", instance="2", origin=MULTI),
        rows.Polyline2D(ring[:3], "LLL", category="car", origin=LINE),
        rows.Keypoints2D(ring[:3], (2, 1, 2), category="person", origin=POINTS),
        rows.Cuboid2D(ring, ring + 5, category="car", origin=CUBOID),
        rows.Sentence(sentence=(Word("hello", 100, 600),), origin=SENTENCE),
        rows.Rle(counts_from_mask(mask), HEIGHT, WIDTH, category="car", origin=RLE),
        rows.Classification(category="day" if rng.random() < 0.5 else "night", origin=CLASS),
        rows.SemanticMask(
            items=(MaskItem(1, category="road", attributes={"wet": True}), MaskItem(2, category="sky")),
            origin=SEMANTIC, **files["semantic"],
        ),
        rows.InstanceMask(items=(MaskItem(1), MaskItem(2)), origin=INSTANCE, **files["instance"]),
        rows.PanopticMask(
            items=(MaskItem(1, 1, category="road"), MaskItem(2, 2, category="sky")),
            origin=PANOPTIC, **files["panoptic"],
        ),
    ]  # fmt: skip


class Cargo:
    """A dataset whose parts can still be changed: `frames` by segment, `catalog` in wire form, `sensors`."""

    def __init__(self, *, is_fusion: bool) -> None:
        self.name = "cargo"
        self.is_fusion = is_fusion
        self.is_continuous = is_fusion
        self.frames: dict[str, list[Frame]] = {}
        self.catalog: dict[str, Any] = {}
        self.sensors: dict[str, list[Sensor]] = {}
        self.contract: Catalog | None = None
        self.declared: Catalog | None = None
        self.bin_point_cloud_fields: Sequence[str] | None = None

    def data(self, segment: str = "train", frame: int = 1, sensor: str | None = None) -> Data:
        """One file; of a plain dataset the only one of its frame."""
        return next(d for d in self.frames[segment][frame].data if d.sensor_name == sensor)

    def edit(
        self, index: int, segment: str = "train", frame: int = 1, sensor: str | None = None, **fields: Any
    ) -> None:
        """Change fields of a label."""
        labels = self.data(segment, frame, sensor).labels
        labels[index] = msgspec.structs.replace(labels[index], **fields)

    def dataset(self) -> MemoryDataset:
        """The dataset as it is now."""
        declared = self.declared if self.declared is not None else decode_catalog(self.catalog)
        made = MemoryDataset(self.name, self.frames, catalog=declared, sensors=self.sensors, is_fusion=self.is_fusion)
        made.is_continuous = self.is_continuous
        made.bin_point_cloud_fields = self.bin_point_cloud_fields
        made.segments = [*made.segments]
        return made


class TwiceNamed(MemoryDataset):
    """A dataset that lists its first segment twice."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.segments = [*self.segments, Segment(name=self.segments[0].name)]
        self.turn = 0

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """Of the name that is there twice, the frames of even and of odd number in turn."""
        frames = list(super().frames(segment, part, report))
        if segment != self.segments[0].name:
            return iter(frames)
        self.turn += 1
        return iter([frame for frame in frames if int(frame.key) % 2 == self.turn % 2])


def pictures() -> Cargo:
    """A plain dataset: three frames of train, two of val, each with every type of label a picture can have."""
    rng = random.Random(SEED)
    cargo = Cargo(is_fusion=False)
    cargo.catalog = plain_catalog()
    for segment, count in (("train", 3), ("val", 2)):
        cargo.frames[segment] = []
        for index in range(count):
            path = f"{segment}/{index}.png"
            record = f"/{segment}/{index}"
            data = Data(
                path=path, remote_path=path, width=WIDTH, height=HEIGHT, content=Bytes(path, png(path)),
                labels=picture_labels(rng, path), origin=Origin("labels.json", record), origins=Places(record),
                annotation="present",
            )  # fmt: skip
            cargo.frames[segment].append(Frame(key=str(index), data=[data]))
    return cargo


def drive() -> Cargo:
    """A fusion dataset: one drive of five frames, a lidar and two cameras, two instances that move."""
    rng = random.Random(SEED + 1)
    cargo = Cargo(is_fusion=True)
    cargo.catalog = {kind: {"isTracking": True, "categories": _apart(THINGS)} for kind in ("BOX2D", "BOX3D")}
    turn = (0.5, -0.5, 0.5, -0.5)
    lens = Intrinsics(
        camera_matrix=CameraMatrix(fx=90, fy=90, cx=50, cy=40), distortion={"k1": -0.1, "k2": 0.01, "p1": 0.0}
    )
    cargo.sensors["drive"] = [
        Lidar(name="lidar", extrinsics=Transform3D("lidar", EGO, (0.0, 0.0, 1.8))),
        Camera(name="left", extrinsics=Transform3D("left", EGO, (1.5, 0.5, 1.5), turn), intrinsics=lens),
        Camera(name="right", extrinsics=Transform3D("right", EGO, (1.5, -0.5, 1.5), turn), intrinsics=lens),
    ]
    cargo.frames["drive"] = [_moment(rng, index) for index in range(5)]
    return cargo


def _moment(rng: random.Random, index: int) -> Frame:
    time_ns = 1_500_000_000_000_000_000 + index * 100_000_000
    files = []
    for sensor in ("lidar", "left", "right"):
        path = f"{sensor}/{index}.{'bin' if sensor == 'lidar' else 'png'}"
        record = f"/drive/{index}/{sensor}"
        content = rng.randbytes(160) if sensor == "lidar" else png(path)
        size = {} if sensor == "lidar" else {"width": WIDTH, "height": HEIGHT}
        files.append(
            Data(
                path=path, remote_path=path, sensor_name=sensor, timestamp_ns=time_ns, content=Bytes(path, content),
                ego_pose=Transform3D(EGO, WORLD, (10.0 * index, 0.0, 0.0)), origin=Origin("labels.json", record),
                origins=Places(record), annotation="present", labels=_driven(sensor, index), **size,
            )
        )  # fmt: skip
    key = f"{index:06}"
    identity = frame_id("drive", key, index=index, timestamp_ns=time_ns)
    return Frame(key=key, frame_id=identity, data=files)


def _driven(sensor: str, index: int) -> list[rows.Label]:
    if sensor == "lidar":
        return [
            rows.Box3D(20.0 + index, 2.0, 0.0, 4.5, 1.9, 1.6, category="car", instance="7", origin=0),
            rows.Box3D(9.0 - index, -3.0, 0.0, 0.6, 0.6, 1.7, category="person", instance="8", origin=1),
        ]
    shift = 2.0 * index
    return [rows.Box2D(10 + shift, 20, 30 + shift, 35, category="car", instance="7", origin=0)]
