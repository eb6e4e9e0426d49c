"""Memory while validating: an index of integers, never the labels or the findings."""

from __future__ import annotations

import tracemalloc

from lading.model.dataset import WHOLE, MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.label import Box2D
from lading.validate import validate


class Streaming(MemoryDataset):
    """Makes its frames as they are asked for; each has bad labels, and the reader complains of each."""

    count = 0

    def frames(self, segment, part=WHOLE, report=None):
        for i in range(self.count):
            report.warning("reader.odd", f"frame {i}")
            labels = [Box2D(5, 2, 1, 7, category=f"c{j}") for j in range(10)]
            yield Frame(key=str(i), data=[Data(path=f"{i}.bin", remote_path=f"{i}.bin", labels=labels)])


def peak(count):
    one = Streaming("x", {"train": []})
    one.count = count
    tracemalloc.start()
    try:
        assert sum(1 for _ in validate(one)) == 12 * count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_by_an_index_of_integers_alone():
    peak(100)  # what is imported and cached on the first run
    assert (peak(8_000) - peak(1_000)) / 7_000 < 150  # bytes a frame; a set entry and its integer take about 100
