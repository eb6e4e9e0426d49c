"""Masks as the platform takes them: one channel, pixel = id, and the source's ids kept where they were too large."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from lading.errors import SourceError
from lading.media import read_mask
from lading.model.label import InstanceMask, MaskItem, PanopticMask, SemanticMask
from lading.upload.masks import prepare_mask

from .conftest import content


def png(pixels: np.ndarray, mode: str | None = None) -> bytes:
    buffer = io.BytesIO()
    image = Image.fromarray(pixels)
    if mode == "P":
        image = Image.frombytes("P", image.size, pixels.tobytes())
        image.putpalette([value for i in range(256) for value in (i, 255 - i, i // 2)])
    image.save(buffer, "PNG")
    return buffer.getvalue()


def rgb_of(ids: np.ndarray) -> np.ndarray:
    return np.stack([ids & 255, ids >> 8 & 255, ids >> 16], axis=-1).astype(np.uint8)


IDS = np.array([[0, 6582139, 6582139], [70000, 0, 300]], dtype=np.int64)
ITEMS = (
    MaskItem(6582139, category_id=1, category="person", attributes={"iscrowd": False}),
    MaskItem(300, category_id=92, category="banner", attributes={"iscrowd": False}),
    MaskItem(70000, category_id=3, category="car", attributes={"iscrowd": True}),
)


def test_panoptic_ids_of_24_bits_are_numbered_by_rank_and_keep_the_sources() -> None:
    label = PanopticMask(items=ITEMS)
    made = prepare_mask(label, content("p.png", png(rgb_of(IDS))))
    assert made.is_renumbered
    assert isinstance(made.file.body, bytes)
    with Image.open(io.BytesIO(made.file.body)) as image:
        assert image.mode == "L"
        assert np.asarray(image).tolist() == [[0, 3, 3], [2, 0, 1]]
    assert made.label["info"] == [
        {"instanceId": 3, "categoryId": 1, "attributes": {"iscrowd": False, "source_id": 6582139}},
        {"instanceId": 1, "categoryId": 92, "attributes": {"iscrowd": False, "source_id": 300}},
        {"instanceId": 2, "categoryId": 3, "attributes": {"iscrowd": True, "source_id": 70000}},
    ]
    assert made.label["checksum"] == hashlib.sha1(made.file.body).hexdigest()
    assert made.label["fileSize"] == len(made.file.body)


def test_pixels_that_no_item_lists_stay_apart() -> None:
    ids = np.array([[70000, 70001, 70002]], dtype=np.int64)
    made = prepare_mask(PanopticMask(items=(MaskItem(70001, category_id=1),)), content("p.png", png(rgb_of(ids))))
    assert isinstance(made.file.body, bytes)
    with Image.open(io.BytesIO(made.file.body)) as image:
        assert np.asarray(image).tolist() == [[1, 2, 3]]
    assert [item["instanceId"] for item in made.label["info"]] == [2]


def test_a_colour_mask_of_small_ids_keeps_them() -> None:
    ids = np.array([[0, 7], [513, 7]], dtype=np.int64)
    made = prepare_mask(InstanceMask(items=(MaskItem(7), MaskItem(513))), content("i.png", png(rgb_of(ids))))
    assert not made.is_renumbered
    assert isinstance(made.file.body, bytes)
    assert read_mask(content("again.png", made.file.body)).values.tolist() == ids.tolist()
    assert made.label["info"] == [{"instanceId": 7, "attributes": {}}, {"instanceId": 513, "attributes": {}}]


@pytest.mark.parametrize(
    ("pixels", "mode"),
    [
        (np.array([[0, 15], [255, 1]], dtype=np.uint8), None),
        (np.array([[0, 15], [255, 1]], dtype=np.uint8), "P"),
        (np.array([[0, 26001], [7, 1]], dtype=np.uint16), None),
    ],
    ids=["grey of 8 bits", "palette", "grey of 16 bits"],
)
def test_a_mask_of_one_channel_goes_up_as_it_is(pixels: np.ndarray, mode: str | None) -> None:
    data = png(pixels, mode)
    made = prepare_mask(SemanticMask(items=(MaskItem(15, category="person"),)), content("m.png", data))
    assert made.file.body == data
    assert made.label == {
        "checksum": hashlib.sha1(data).hexdigest(),
        "fileSize": len(data),
        "info": [{"categoryId": 15, "attributes": {}}],
    }
    assert read_mask(content("m.png", data)).values.tolist() == pixels.tolist()


#: Colours of the ids 300 and 70000, as a program gives them a palette that makes a PNG smaller.
PALETTE = [0, 0, 0, 44, 1, 0, 112, 17, 1] + [0] * 3 * 253


def with_palette(indexes: list[list[int]]) -> bytes:
    pixels = np.array(indexes, dtype=np.uint8)
    image = Image.frombytes("P", pixels.shape[::-1], pixels.tobytes())
    image.putpalette(PALETTE)
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()


def test_a_palette_whose_colours_are_the_listed_ids_is_read_by_its_colours() -> None:
    data = with_palette([[0, 1], [2, 1]])
    seen = read_mask(content("p.png", data), {300, 70000, 6582139})
    assert (seen.values.tolist(), seen.is_colour) == ([[0, 300], [70000, 300]], True)
    made = prepare_mask(PanopticMask(items=ITEMS), content("p.png", data))
    assert isinstance(made.file.body, bytes)
    with Image.open(io.BytesIO(made.file.body)) as image:
        assert np.asarray(image).tolist() == [[0, 1], [2, 1]]
    assert [item["attributes"]["source_id"] for item in made.label["info"]] == [6582139, 300, 70000]


def test_a_palette_whose_indexes_are_the_listed_ids_is_read_by_them_and_goes_up_as_it_is() -> None:
    data = with_palette([[0, 1], [2, 1]])
    items = (MaskItem(1, category_id=1), MaskItem(2, category_id=3))
    assert read_mask(content("p.png", data), {1, 2}).values.tolist() == [[0, 1], [2, 1]]
    assert prepare_mask(PanopticMask(items=items), content("p.png", data)).file.body == data
    assert not read_mask(content("p.png", data), {7}).is_colour  # neither is listed: its indexes, as of any palette


def test_a_semantic_mask_whose_values_are_not_its_category_ids_gets_these() -> None:
    data = png(np.array([[0, 128], [128, 64]], dtype=np.uint8))
    items = (MaskItem(128, category_id=1, category="car"), MaskItem(64, category_id=2, category="bus"))
    made = prepare_mask(SemanticMask(items=items), content("m.png", data))
    assert isinstance(made.file.body, bytes)
    assert read_mask(content("again.png", made.file.body)).values.tolist() == [[0, 1], [1, 2]]
    assert made.label["info"] == [{"categoryId": 1, "attributes": {}}, {"categoryId": 2, "attributes": {}}]


def test_the_same_mask_gives_the_same_bytes() -> None:
    data = png(rgb_of(IDS))
    first, second = (prepare_mask(PanopticMask(items=ITEMS), content("p.png", data)) for _ in range(2))
    assert first == second


def test_a_mask_that_is_a_jpeg_is_refused() -> None:
    buffer = io.BytesIO()
    Image.fromarray(rgb_of(IDS)).save(buffer, "JPEG")
    with pytest.raises(SourceError, match=r"^p\.jpg: expected a mask in PNG, found another kind of file$"):
        prepare_mask(PanopticMask(items=ITEMS), content("p.jpg", buffer.getvalue()))


def test_a_mask_that_is_cut_is_refused() -> None:
    data = png(rgb_of(np.arange(40_000).reshape(200, 200) * 7919 % 16_777_216))
    with pytest.raises(SourceError, match=r"^p\.png: expected a PNG that opens, found "):
        prepare_mask(PanopticMask(items=ITEMS), content("p.png", data[: len(data) // 2]))


def test_more_values_than_16_bits_hold_are_refused() -> None:
    ids = np.arange(70_000, 70_000 + 65_537).reshape(1, -1)
    with pytest.raises(SourceError, match=r"^p\.png: expected a mask of at most 65535 values, found 65537$"):
        prepare_mask(PanopticMask(items=()), content("p.png", png(rgb_of(ids))))


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_grey_samples_of_few_bits_are_not_stretched(depth: int) -> None:
    import struct
    import zlib

    largest = (1 << depth) - 1
    row = 0
    values = [0, largest, largest // 2, 1][: 8 // depth]
    for value in values:
        row = row << depth | value
    row <<= 8 - depth * len(values)

    def chunk(name: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))

    header = struct.pack(">IIBBBBB", len(values), 1, depth, 0, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0" + bytes([row])))
    assert read_mask(content("m.png", data + chunk(b"IEND", b""))).values.tolist() == [values]
