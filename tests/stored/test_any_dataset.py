"""Any dataset comes back: what hypothesis thinks of goes up to a real platform and is read again."""

from __future__ import annotations

import io
import itertools
import math
import tempfile
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from PIL import Image

import lading
from lading.model.codec.values import pack_value, unpack_value
from lading.model.dataset import Segment
from lading.model.frame import Data, Frame
from lading.model.geometry import EGO, WORLD, Transform3D
from lading.model.label import MASK_TYPES, MaskItem, same
from lading.model.sensor import Camera, CameraMatrix, Intrinsics, Lidar, Sensor
from lading.server.embedded import RunningPlatform
from tests.model.test_codec_properties import LABELS, scalars, words
from tests.upload.conftest import Bytes

from .everything import everything

NAMES = itertools.count()

floats = st.floats()
nested = st.recursive(
    scalars | floats,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(words, inner, max_size=2),
    max_leaves=3,
)
extras = st.dictionaries(words, nested, max_size=2)
finite = st.floats(-1e6, 1e6)
turn = st.tuples(finite, finite, finite, finite).filter(lambda q: any(q))


def poses(source: str, target: str) -> st.SearchStrategy[Transform3D]:
    return st.builds(Transform3D, st.just(source), st.just(target), st.tuples(finite, finite, finite), turn)


@st.composite
def sensors(draw: st.DrawFn, name: str) -> Sensor:
    if name == "lidar":
        return Lidar(name=name, extrinsics=draw(st.none() | poses(name, EGO)))
    matrix = CameraMatrix(fx=draw(finite), fy=1.5, cx=0.0, cy=-2.0, skew=draw(st.sampled_from([0.0, 0.25])))
    distortion = draw(st.none() | st.dictionaries(st.sampled_from(["k1", "k3", "p2"]), finite, max_size=2))
    intrinsics = draw(st.none() | st.just(Intrinsics(camera_matrix=matrix, distortion=distortion)))
    return Camera(name=name, description=draw(st.text(max_size=3)), intrinsics=intrinsics)


@st.composite
def pictures(draw: st.DrawFn, kind: str) -> bytes:
    """A PNG of one channel of 8 bits or of three; three are more than a semantic mask may have on the wire."""
    values = draw(st.lists(st.integers(0, 2**24 - 1), min_size=1, max_size=3))
    pixels = np.array([values], dtype=np.uint32)
    file = io.BytesIO()
    if kind != "SEMANTIC_MASK" and draw(st.booleans()):
        shifts = np.array([0, 8, 16], dtype=np.uint32)
        Image.fromarray(((pixels[:, :, None] >> shifts) & 255).astype(np.uint8), "RGB").save(file, "PNG")
    else:
        Image.fromarray((pixels & 255).astype(np.uint8), "L").save(file, "PNG")
    return file.getvalue()


items = st.builds(
    MaskItem,
    st.integers(0, 255),
    st.none() | st.integers(0, 255),
    attributes=st.none() | st.dictionaries(words, scalars, max_size=1),
    category=st.none() | words,
    instance=st.none() | words,
    extras=extras,
)


@st.composite
def labels(draw: st.DrawFn, path: str) -> lading.Label:
    kind = draw(st.sampled_from(sorted(LABELS)))
    label = draw(LABELS[kind])
    changes: dict[str, Any] = {"extras": draw(extras)}
    if isinstance(label, MASK_TYPES):
        content = draw(st.none() | pictures(kind).map(lambda png: Bytes(f"{path}.{kind}.png", png)))
        file = {"path": f"{path}.{kind}.png", "content": content, "checksum": None, "file_size": None}
        table = draw(st.none() | st.lists(items, max_size=3, unique_by=lambda item: item.value).map(tuple))
        if kind == "PANOPTIC_MASK" and table is not None:
            table = tuple(msgspec.structs.replace(i, category_id=i.category_id or 0) for i in table)
        changes |= {**file, "remote_path": None, "url": None, "items": table}
    elif kind == "RLE":
        changes |= {"height": draw(st.none() | st.integers(0, 9)), "width": draw(st.none() | st.integers(0, 9))}
    elif kind == "KEYPOINTS2D":
        changes["visible"] = draw(st.none() | st.lists(st.none() | st.integers(0, 2), max_size=4).map(tuple))
    elif kind == "BOX2D" and draw(st.booleans()):
        changes["xmax"] = draw(floats)
    return msgspec.structs.replace(label, **changes)


@st.composite
def files(draw: st.DrawFn, key: str, sensor: str | None) -> Data:
    path = f"{key}/{sensor}/{draw(words)}"
    found = [draw(labels(f"{path}/{number}")) for number in range(draw(st.integers(0, 4)))]
    annotation = "present" if found else draw(st.sampled_from(["none", "empty"]))
    return Data(
        path=path,
        remote_path=draw(st.sampled_from([path, "same.bin", "../up"])),
        content=draw(st.none() | st.binary(max_size=3).map(lambda data: Bytes(path, data))),
        sensor_name=sensor,
        timestamp_ns=draw(st.none() | st.integers(0, 2**61)),
        width=draw(st.none() | st.integers(0, 9)),
        height=draw(st.none() | st.integers(0, 9)),
        ego_pose=draw(st.none() | poses(EGO, WORLD)),
        annotation=annotation,
        labels=found,
        extras=draw(extras),
    )


@st.composite
def datasets(draw: st.DrawFn) -> lading.Dataset:
    is_fusion = draw(st.booleans())
    frames: dict[str, list[Frame]] = {}
    segments: list[Segment] = []
    for name in draw(st.lists(words | st.just("lading-sidecar"), min_size=1, max_size=2, unique=True)):
        order = draw(st.permutations(["lidar", "cam"]))
        own = tuple(draw(sensors(sensor)) for sensor in order) if is_fusion else ()
        is_by_frame = is_fusion and draw(st.booleans())
        rows: list[Frame] = []
        for index in range(draw(st.integers(0, 3))):
            key = f"{9 - index}{draw(st.sampled_from(['', 'ü', '/']))}"
            chosen = draw(st.permutations(order)) if is_fusion else [None]
            data = [draw(files(f"{name}/{key}", sensor)) for sensor in chosen[: draw(st.integers(0, 2))]]
            calibration = {s: draw(sensors(s)) for s in order} if is_by_frame and rows else None
            if is_by_frame and not rows:
                calibration = {sensor.name: sensor for sensor in own}
            rows.append(Frame(key=key, data=data, calibration=calibration, extras=draw(extras)))
        frames[name] = rows
        segments.append(
            Segment(
                name=name,
                description=draw(st.text(max_size=3)),
                sensors=own,
                is_calibrated_by_frame=is_by_frame,
                frame_count=len(rows),
                extras=draw(extras),
            )
        )
    dataset = lading.MemoryDataset("any", frames, is_fusion=is_fusion)
    dataset.segments = segments
    dataset.extras = draw(extras)
    dataset.rules = {"pixels": draw(words)}
    return dataset


SETTINGS = {"deadline": None, "suppress_health_check": list(HealthCheck), "phases": [Phase.generate]}


@given(dataset=datasets())
@settings(max_examples=10, **SETTINGS)
def test_any_dataset_comes_back(dataset: lading.Dataset, platform: RunningPlatform) -> None:
    check(dataset, platform)


@pytest.mark.slow
@given(dataset=datasets())
@settings(max_examples=150, **SETTINGS)
def test_many_more_datasets_come_back(dataset: lading.Dataset, platform: RunningPlatform) -> None:
    check(dataset, platform)


def check(dataset: lading.Dataset, platform: RunningPlatform) -> None:
    name = f"any-{next(NAMES)}"
    with tempfile.TemporaryDirectory() as ledgers:
        place = {"platform": platform.url, "access_key": platform.access_key, "ledgers": ledgers}
        result = lading.upload(dataset, name, allow_missing=True, **place)
        assert (result.failures, result.failed) == ([], 0)
        where = f"{platform.url}/{name}" if result.commit_id else f"{platform.url}/{name}@draft-{result.draft_number}"
        back = lading.open_dataset(where, access_key=platform.access_key)
        assert everything(back) == everything(dataset)
        assert back.report.findings == []


anything = st.recursive(
    scalars | floats | st.binary(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(words | st.sampled_from(["$float", "$x"]) | st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


def alike(one: Any, two: Any) -> bool:
    """Equal, types of sequences and numbers included."""
    if type(one) is not type(two):
        return False
    if isinstance(one, (list, tuple)):
        return len(one) == len(two) and all(map(alike, one, two))
    if isinstance(one, dict):
        return list(one) == list(two) and all(alike(one[key], two[key]) for key in one)
    return one == two or (isinstance(one, float) and math.isnan(one) and math.isnan(two))


@given(value=anything)
def test_any_value_of_extras_comes_back(value: Any) -> None:
    packed = msgspec.json.decode(msgspec.json.encode(pack_value(value)))
    assert alike(unpack_value(packed), value)


@pytest.mark.parametrize(
    "array", [np.array([[1.5, math.nan]]), np.zeros((0, 2)), np.array([1, 2], np.uint8), np.array([True])], ids=repr
)
def test_arrays_of_extras_come_back(array: Any) -> None:
    back = unpack_value(msgspec.json.decode(msgspec.json.encode(pack_value({"a": array}))))["a"]
    assert (back.dtype, back.shape) == (array.dtype, array.shape)
    assert same(back, array)


def test_numbers_of_numpy_are_numbers_and_what_has_no_form_is_its_text() -> None:
    assert pack_value([np.int64(3), np.float32(0.5), np.bool_(True), 1 + 2j]) == [3, 0.5, True, "(1+2j)"]
