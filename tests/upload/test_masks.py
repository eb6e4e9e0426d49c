"""Masks as the platform takes them: one channel, pixel = id, and the source's ids kept where they were too large."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest
from PIL import Image

from lading.errors import SourceError
from lading.media import read_mask
from lading.model.catalog import Catalog, Category, Subcatalog
from lading.model.content import Content
from lading.model.label import InstanceMask, MaskItem, MaskLabel, PanopticMask, SemanticMask
from lading.upload.category_ids import CategoryIds
from lading.upload.masks import MaskFile
from lading.upload.masks import prepare_mask as prepare

from .conftest import content


def prepare_mask(label: MaskLabel, file: Content, *category_ids: int) -> MaskFile:
    """A mask as it goes up where the catalog declares these ids for semantic masks."""
    categories = [Category(name=str(id_), category_id=id_) for id_ in category_ids]
    return prepare(label, file, CategoryIds(Catalog(subcatalogs={"SEMANTIC_MASK": Subcatalog(categories=categories)})))


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


def values_of(made: MaskFile) -> list[list[int]]:
    assert isinstance(made.file.body, bytes)
    return read_mask(content("again.png", made.file.body)).values.tolist()


COLOURS = np.array([[0, 0x8000FF, 7], [0x8000FF, 0xFFFFFF, 0x10000]], dtype=np.int64)


def test_colours_that_no_catalog_names_get_the_numbers_that_are_free() -> None:
    """What is declared keeps its meaning, and so does what fits."""
    items = (MaskItem(0x8000FF), MaskItem(7, attributes={"wet": True}))
    made = prepare_mask(SemanticMask(items=items), content("m.png", png(rgb_of(COLOURS))), 1, 3)
    assert made.is_renumbered
    assert values_of(made) == [[0, 4, 7], [4, 5, 2]]
    assert made.label["info"] == [
        {"categoryId": 4, "attributes": {"source_id": 0x8000FF}},
        {"categoryId": 7, "attributes": {"wet": True, "source_id": 7}},
    ]


def test_colours_that_the_catalog_declares_are_numbered_by_rank_in_every_mask() -> None:
    declared = (0xFFFFFF, 0, 0x8000FF, 7)
    made = prepare_mask(SemanticMask(items=(MaskItem(0xFFFFFF),)), content("m.png", png(rgb_of(COLOURS))), *declared)
    assert values_of(made) == [[0, 2, 1], [2, 3, 4]]  # 0x10000 is not declared: behind those that are
    assert made.label["info"] == [{"categoryId": 3, "attributes": {"source_id": 0xFFFFFF}}]
    small = prepare_mask(SemanticMask(), content("n.png", png(np.array([[7, 0]], dtype=np.uint8))), *declared)
    assert (values_of(small), small.is_renumbered) == ([[1, 0]], True)


def test_category_ids_of_24_bits_that_items_name_are_numbered_too() -> None:
    data = png(np.array([[0, 9], [9, 5]], dtype=np.uint8))
    items = (MaskItem(9, category_id=70_000), MaskItem(5, category_id=2))
    made = prepare_mask(SemanticMask(items=items), content("m.png", data))
    assert values_of(made) == [[0, 1], [1, 2]]
    assert [item["categoryId"] for item in made.label["info"]] == [1, 2]
    assert [item["attributes"]["source_id"] for item in made.label["info"]] == [9, 5]


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


@pytest.mark.parametrize("kind", [PanopticMask, InstanceMask, SemanticMask])
def test_more_values_than_16_bits_hold_are_refused(kind: type[PanopticMask | InstanceMask | SemanticMask]) -> None:
    ids = np.arange(70_000, 70_000 + 65_537).reshape(1, -1)
    with pytest.raises(SourceError, match=r"^p\.png: expected a mask of at most 65535 values, found 65537$"):
        prepare_mask(kind(items=()), content("p.png", png(rgb_of(ids))))


def test_a_catalog_whose_ids_fit_stays_as_it_is_and_another_is_numbered_by_rank() -> None:
    def catalog(*ids: int) -> Catalog:
        categories = [Category(name=f"c{id_}", category_id=id_) for id_ in ids]
        return Catalog(subcatalogs={"SEMANTIC_MASK": Subcatalog(categories=categories), "RLE": Subcatalog()})

    fits, large = catalog(0, 65_535, 3), catalog(0, 70_000, 3)
    assert CategoryIds(fits).fitted(fits) == fits
    fitted = CategoryIds(large).fitted(large)
    assert [(c.name, c.category_id) for c in fitted["SEMANTIC_MASK"].categories] == [
        ("c0", 0),
        ("c70000", 2),
        ("c3", 1),
    ]
    assert fitted["RLE"] == Subcatalog()


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
