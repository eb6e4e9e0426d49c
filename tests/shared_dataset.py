"""A dataset that other processes can import: its module lies in a folder of its own name on the path."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator

from lading.errors import RecordError
from lading.model.catalog import Catalog, Category, Subcatalog
from lading.model.dataset import WHOLE, MemoryDataset, Part
from lading.model.frame import Data, Frame
from lading.model.label import Box2D
from lading.model.report import Origin, Report


class Reading(MemoryDataset):
    """Reports a finding and a loss at every third frame, as a reader would; `broken` names a frame that ends it.

    With `pids` it also reports which processes read it.
    """

    broken: str | None = None
    kills: str | None = None
    pids: bool = False

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        heard = report if report is not None else self.report
        for frame in super().frames(segment, part):
            if self.pids:
                heard.loss(f"read by {os.getpid()}", frame.key)
            if frame.key == self.broken:
                raise RecordError("a.json", pointer=f"/{frame.key}", expected="a record", found="none")
            if frame.key == self.kills:
                os.kill(os.getpid(), signal.SIGKILL)
            if int(frame.key) % 3 == 0:
                heard.warning("reader.odd", f"frame {frame.key}", Origin("a.json", f"/{frame.key}"), segment=segment)
                heard.loss("oddness", frame.key)
            yield frame


def box(name: str, xmin: float = 1) -> Box2D:
    return Box2D(xmin=xmin, ymin=1, xmax=5, ymax=5, category=name)


def frame(key: int, path: str) -> Frame:
    names = ["car", "dog", "car", "bus"][: key % 5]
    labels = [box(name, 9.0 if key % 7 == 0 else 1.0) for name in names]
    row = Data(path=path, remote_path=path, labels=labels, width=100, height=50, origin=Origin("a.json", f"/{key}"))
    return Frame(key=str(key), data=[row])


def dataset() -> Reading:
    train = [frame(i, f"{i % 90}.jpg") for i in range(100)]  # ten paths come twice, far from each other
    train += [frame(i, "same.jpg") for i in range(100, 105)]
    val = [frame(i, f"{i}.jpg") for i in range(41)]
    catalog = Catalog(subcatalogs={"BOX2D": Subcatalog(categories=[Category(name="car"), Category(name="bus")])})
    return Reading("d", {"train": train, "val": val, "v.1": []}, catalog=catalog)
