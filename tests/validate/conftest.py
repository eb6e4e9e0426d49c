"""Makers of small datasets, and files that lie in memory."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from typing import Any, BinaryIO

import pytest
from PIL import Image

from lading.errors import SourceError
from lading.model.codec import decode_catalog
from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.label import Label
from lading.model.report import Finding, Origin
from lading.validate import validate


class Bytes:
    """A file that lies in memory and counts how often it is opened; `error` makes it one that does not open."""

    def __init__(self, path: str, data: bytes = b"x", error: str | None = None) -> None:
        self.path = path
        self.data = data
        self.error = error
        self.opened = 0

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def stamp(self) -> str | None:
        return None

    def open(self) -> BinaryIO:
        self.opened += 1
        if self.error is not None:
            raise SourceError(self.path, self.error)
        return io.BytesIO(self.data)


class Origins:
    """Places as a COCO reader would give them: a record an annotation, its parts below it."""

    def locate(self, index: int, kind: str | None = None, subject: str | None = None) -> Origin:
        names = {"geometry": "bbox" if kind == "BOX2D" else "segmentation", "category": "category_id"}
        at = Origin("a.json", f"/annotations/{index}")
        return at if subject is None else at.below(*names.get(subject, subject).split("/"))


@pytest.fixture(scope="session")
def content() -> type[Bytes]:
    return Bytes


@pytest.fixture(scope="session")
def picture() -> Callable[..., bytes]:
    def make(width: int = 100, height: int = 80, kind: str = "PNG") -> bytes:
        out = io.BytesIO()
        Image.new("RGB", (width, height)).save(out, kind)
        return out.getvalue()

    return make


@pytest.fixture(scope="session")
def data(picture: Callable[..., bytes]) -> Callable[..., Data]:
    """One picture of 100 x 80 that is there, its labels numbered from 0 in `a.json`."""
    whole = picture()

    def make(*labels: Label, path: str = "a.png", **fields: Any) -> Data:
        given: dict[str, Any] = {
            "remote_path": path,
            "width": 100,
            "height": 80,
            "content": Bytes(path, whole + path.encode()),  # no two alike; what follows a PNG's end is let be
            "origin": Origin("a.json", "/images/0"),
            "origins": Origins(),
        }
        return Data(path=path, labels=list(labels), **(given | fields))

    return make


@pytest.fixture(scope="session")
def dataset() -> Callable[..., MemoryDataset]:
    """A dataset of one segment `train`, a frame for each Data, with the catalog given as the wire has it."""

    def make(*files: Data, catalog: dict[str, Any] | None = None, segment: str = "train") -> MemoryDataset:
        frames: Sequence[Frame] = [Frame(key=str(i), data=[one]) for i, one in enumerate(files)]
        declared = None if catalog is None else decode_catalog(catalog)
        return MemoryDataset("cargo", {segment: frames}, catalog=declared)

    return make


@pytest.fixture(scope="session")
def found(dataset: Callable[..., MemoryDataset], data: Callable[..., Data]) -> Callable[..., list[Finding]]:
    """What is found in one picture with these labels; `contract` is a catalog that is given, not declared."""

    def check(
        *labels: Label, catalog: dict[str, Any] | None = None, contract: dict[str, Any] | None = None, **fields: Any
    ) -> list[Finding]:
        given = None if contract is None else decode_catalog(contract)
        return list(validate(dataset(data(*labels, **fields), catalog=catalog), catalog=given))

    return check
