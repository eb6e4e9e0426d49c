"""Frame ids, parts of a dataset, and datasets in memory."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ulid import ULID

from lading.errors import OptionError
from lading.model.dataset import MemoryDataset, all_frames, share
from lading.model.frame import Data, Frame, frame_id
from lading.model.label import Box2D
from lading.model.report import Origin, OriginList


def test_a_frame_id_is_a_ulid_of_its_time() -> None:
    text = frame_id("drive", "0007", index=7, timestamp_ns=1_533_151_603_547_590_123)
    value = int(ULID.from_str(text))
    assert len(text) == 26
    assert value >> 80 == 1_533_151_603_547
    assert value >> 60 & 0xFFFFF == 590_123


def test_without_time_the_index_takes_its_place() -> None:
    assert int(ULID.from_str(frame_id("a", "k", index=9))) >> 80 == 9


def test_a_frame_id_depends_on_segment_and_key_alone() -> None:
    first = frame_id("a", "k", index=1)
    assert first == frame_id("a", "k", index=1)
    assert len({first, frame_id("b", "k", index=1), frame_id("a", "l", index=1)}) == 3


@given(st.lists(st.integers(0, 2**63 - 1), min_size=2, max_size=10))
def test_frame_ids_sort_by_time(times: list[int]) -> None:
    ids = [frame_id("a", str(t), index=0, timestamp_ns=t) for t in sorted(set(times))]
    assert ids == sorted(ids)


@given(st.integers(0, 200), st.integers(1, 20))
def test_parts_are_disjoint_complete_and_even(count: int, parts: int) -> None:
    shares = [share(count, (k, parts)) for k in range(1, parts + 1)]
    assert [i for part in shares for i in part] == list(range(count))
    assert max(map(len, shares)) - min(map(len, shares)) <= 1


@pytest.mark.parametrize("part", [(0, 1), (3, 2), (1, 0)], ids=str)
def test_a_part_that_is_none_is_refused(part: tuple[int, int]) -> None:
    with pytest.raises(OptionError, match="part: expected k of n with 1 <= k <= n"):
        share(5, part)


def dataset() -> MemoryDataset:
    frames = [Frame(key=str(i), data=[Data(path=f"{i}.png", remote_path=f"{i}.png")]) for i in range(5)]
    return MemoryDataset("tiny", {"train": frames[:3], "val": frames[3:]})


def test_a_dataset_in_memory_gives_what_it_was_given() -> None:
    tiny = dataset()
    assert [(s.name, s.frame_count) for s in tiny.segments] == [("train", 3), ("val", 2)]
    assert [(s.name, f.key) for s, f in all_frames(tiny)] == [
        ("train", "0"),
        ("train", "1"),
        ("train", "2"),
        ("val", "3"),
        ("val", "4"),
    ]
    assert [f.key for f in tiny.frames("train", (2, 2))] == ["1", "2"]
    assert [f.key for _, f in all_frames(tiny, segments=["val"])] == ["3", "4"]
    assert repr(tiny) == "<MemoryDataset 'tiny': train, val>"


def test_an_unknown_segment_names_the_known_ones() -> None:
    with pytest.raises(OptionError, match="segment: expected one of 'train', 'val', found 'test'"):
        dataset().frames("test")


def test_a_place_is_the_labels_the_datas_or_the_file() -> None:
    label = Box2D(xmin=0.0, ymin=0.0, xmax=1.0, ymax=1.0, origin=1)
    origins = OriginList([Origin("a.json", "/0"), Origin("a.json", "/1")])
    data = Data(path="x.png", remote_path="x.png", labels=[label], origins=origins)
    assert data.locate(label) == Origin("a.json", "/1")
    assert data.locate() == Origin("x.png")
    assert Data(path="x", remote_path="x", origin=Origin("b.json", "/7")).locate() == Origin("b.json", "/7")
    assert data.is_missing
