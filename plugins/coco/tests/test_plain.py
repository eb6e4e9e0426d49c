"""Records of the usual form are read quickly, a frame at a time: what comes out is what the long way makes of them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

RING = [1, 2, 3.5, 4, 5, 6.25]
PLAIN = {
    "id": 5,
    "image_id": 1,
    "category_id": 2,
    "bbox": [1, 2, 10, 10],
    "area": 100,
    "iscrowd": 0,
    "segmentation": [RING],
}
TWO = [[1, 2, 3, 4], [7.1, 8.2, 9.3, 10.4, 11.5, 12.6]]

#: What stands in a record beside a plain one; the first of each is plain as well.
RECORDS: dict[str, list[dict[str, Any]]] = {
    "one ring": [{}],
    "several rings": [{"segmentation": TWO}, {}, {"segmentation": TWO}],
    "no ring": [{"segmentation": []}],
    "run lengths between rings": [{}, {"segmentation": {"size": [2, 3], "counts": [1, 2, 3]}}, {"segmentation": TWO}],
    "an odd ring between rings": [{}, {"segmentation": [[1, 2, 3, 4, 5]]}, {"segmentation": TWO}],
    "a short ring between rings": [{}, {"segmentation": [[1, 2]]}, {"segmentation": TWO}],
    "a ring within a ring": [{}, {"segmentation": [[[1, 2, 3, 4]]]}, {"segmentation": TWO}],
    "a ring of points": [{}, {"segmentation": [[1, 2], [3, 4], [5, 6]]}],
    "a ring with the numbers that stand between rings": [{}, {"segmentation": [[9e99, 9e99, 1, 2]]}, {}],
    "integers of 65 bits": [{}, {"segmentation": [[1 << 64, -(1 << 64), 1, 2]]}, {}],
    "an unknown category between rings": [{}, {"category_id": 77, "segmentation": TWO}, {"segmentation": TWO}],
    "a crowd": [{"iscrowd": 1}],
    "an area of no decimals": [{"area": 7}, {"area": 7.0}],
    "sizes of many decimals": [{"bbox": [1, 2, 1 / 3, 0.1 + 0.2]}],
    "sizes that edges do not give back": [{"bbox": [1e8, 1, 62.16, 0.005]}, {"bbox": [123.4, 1, 1e-9, 7]}],
    "a box far away": [{"bbox": [1e9, -3e8, 0.25, 62.16]}],
    "a box turned round": [{"bbox": [10, 10, -2.5, -0.01]}],
    "an id met twice": [{"id": 9}, {"id": 9}],
}


@pytest.mark.parametrize("changes", RECORDS.values(), ids=RECORDS.keys())
def test_the_quick_way_and_the_long_one_make_the_same(changes: list[dict[str, Any]], read: Any) -> None:
    rows = [PLAIN | {"id": 100 + number} | change for number, change in enumerate(changes)]
    unusual = PLAIN | {
        "id": 1,
        "image_id": 1,
        "unusual": True,
    }  # one such, and all that are read with it go the long way

    quick, long = read(annotations=rows), read(annotations=[*rows, unusual])

    expected = long.labels[: len(long.labels) - 2]
    assert quick.labels == expected
    assert [list(label.extras) for label in quick.labels] == [list(label.extras) for label in expected]
    assert [label.origin for label in quick.labels] == [label.origin for label in expected]
    assert quick.told == long.told


def test_points_of_one_frame_can_be_written_to_and_do_not_overlap(read: Any) -> None:
    done = read(annotations=[PLAIN | {"id": 1}, PLAIN | {"id": 2, "segmentation": TWO}])
    one, several = done.labels[1], done.labels[3]

    one.points[:] += 100

    np.testing.assert_array_equal(one.points, [[101, 102], [103.5, 104], [105, 106.25]])
    for ring, expected in zip(several.rings, TWO, strict=True):
        np.testing.assert_array_equal(ring, np.reshape(expected, (-1, 2)))


@pytest.mark.parametrize("decimals", [0, 1, 2])
def test_a_size_of_two_decimals_comes_back_from_the_edges(decimals: int, read: Any) -> None:
    dice = np.random.default_rng(4)
    boxes = np.round(dice.uniform(-2e5, 2e5, (400, 4)), decimals)
    boxes[:, 2:] = np.abs(boxes[:, 2:])
    done = read(annotations=[PLAIN | {"id": n, "bbox": box} for n, box in enumerate(boxes.tolist())])

    for label, (x, y, width, height) in zip(done.labels[::2], boxes.tolist(), strict=True):
        assert "bbox" not in label.extras
        assert (label.xmin, label.ymin, label.xmax, label.ymax) == (x, y, x + width, y + height)
        assert round(label.xmax - label.xmin, 2) == width
        assert round(label.ymax - label.ymin, 2) == height
