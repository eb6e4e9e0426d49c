"""Files as they come: packed, in archives, with a byte order mark; and how much of them is read."""

from __future__ import annotations

import gzip
import json
import pickle
import shutil
import tracemalloc
from pathlib import Path
from typing import Any

import lading_coco.text as text_module
import pytest
from lading_coco.text import JsonText

from lading import Report, Source
from lading.errors import InputError

ROW = {"id": 5, "image_id": 1, "category_id": 2, "bbox": [1, 2, 10, 10], "area": 100, "iscrowd": 0, "segmentation": []}


@pytest.mark.parametrize("limit", [16 << 20, 100], ids=["in memory", "in a temporary file"])
@pytest.mark.parametrize("kind", ["zip", "tar", "gztar", "gz", "bom", "crlf"])
def test_a_file_reads_the_same_however_it_is_packed(
    kind: str, limit: int, write: Any, document: Any, opened: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(text_module, "IN_MEMORY", limit)
    whole = document(annotations=[ROW | {"id": i} for i in range(50)])
    data = json.dumps(whole, indent=1).encode()
    if kind == "gz":
        done = opened(write({"x.json.gz": gzip.compress(data)}))
    elif kind == "bom":
        done = opened(write({"x.json": b"\xef\xbb\xbf" + data}))
    elif kind == "crlf":
        done = opened(write({"x.json": data.replace(b"\n", b"\r\n")}))
    else:
        done = opened(Path(shutil.make_archive(str(tmp_path / "packed"), kind, write({"x.json": data}))))
    assert [label.instance for label in done.labels] == [str(i) for i in range(50)]
    assert done.told == []
    copy = pickle.loads(pickle.dumps(done.dataset))
    again = [x.instance for f in copy.frames("x", (2, 2), Report()) for x in f.data[0].labels]
    assert again == [label.instance for label in done.labels][: len(again)]
    done.source.close()


def test_a_packed_file_that_is_cut_is_told(write: Any, document: Any, opened: Any) -> None:
    packed = gzip.compress(json.dumps(document(annotations=[ROW | {"id": i} for i in range(900)])).encode())
    folder = write({"x.json.gz": packed[: len(packed) // 2]})
    with pytest.raises(InputError, match=r"expected a whole file, found: Compressed file ended|no known format|x.json"):
        opened(folder)


def test_a_share_reads_its_own_records_alone(write: Any, document: Any, opened: Any, monkeypatch: Any) -> None:
    images = [{"id": i, "file_name": f"{i}.png", "width": 4, "height": 3} for i in range(300)]
    rows = [ROW | {"id": i, "image_id": i * 7 % 300} for i in range(300)]
    done = opened(write(images=images, annotations=rows))
    size = 0
    real = text_module._Positioned.read_many

    def counted(self: Any, offsets: Any, sizes: Any) -> list[bytes]:
        nonlocal size
        size += sum(sizes)
        return real(self, offsets, sizes)

    monkeypatch.setattr(text_module._Positioned, "read_many", counted)
    shares = []
    for k in (1, 2, 3):
        size = 0
        assert len(list(done.dataset.frames("annotations", (k, 3)))) == 100
        shares.append(size)
    whole = sum(len(json.dumps(record)) for record in (*images, *rows))
    assert sum(shares) <= whole + 2 * 600  # and what stands between neighbours
    assert max(shares) < whole / 2


def test_memory_does_not_grow_with_the_labels(write: Any, document: Any, opened: Any) -> None:
    """Ten thousand rows of 2 kB: a dozen bytes a row stay, not the rows."""
    ring = [float(i) for i in range(400)]
    images = [{"id": i, "file_name": f"{i}.png", "width": 4, "height": 3} for i in range(1000)]
    rows = [ROW | {"id": i, "image_id": i % 1000, "segmentation": [ring]} for i in range(10_000)]
    folder = write(images=images, annotations=rows)
    dataset = opened(folder).dataset
    list(dataset.frames("annotations", (1, 50)))
    tracemalloc.start()
    for frame in dataset.frames("annotations"):
        assert len(frame.data[0].labels) == 20
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 25 << 20


def test_a_text_is_read_by_place(write: Any) -> None:
    folder = write({"x.json": "0123456789", "y.json.gz": gzip.compress(b"0123456789")})
    shutil.make_archive(str(folder / "z"), "tar", folder, "x.json")
    (folder / "x.json").unlink()
    source = Source.open(folder)
    for name in ("x.json", "y.json.gz"):
        file = source.get(name)
        assert file is not None
        with JsonText(file).reading() as access:
            assert access.read(3, 4) == b"3456"
            assert access.read_many([0, 9], [2, 1]) == [b"01", b"9"]
