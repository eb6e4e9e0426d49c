"""Read labelled perception datasets, check them, convert them, upload them.

Names resolve when they are first used, so importing `lading` costs nothing.
"""

from __future__ import annotations

import importlib
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lading.compare import Difference, catalog_diff, diff
    from lading.convert import Conversion, convert
    from lading.errors import LadingError
    from lading.model.catalog import Attribute, Catalog, Category, Items, Keypoints, Subcatalog
    from lading.model.codec import decode_catalog, decode_labels, encode_catalog, encode_labels
    from lading.model.dataset import Dataset, MemoryDataset, Segment, all_frames
    from lading.model.dump import dump
    from lading.model.frame import Data, Frame
    from lading.model.geometry import Transform3D
    from lading.model.inference import infer_catalog
    from lading.model.label import (
        Box2D,
        Box3D,
        Classification,
        Cuboid2D,
        InstanceMask,
        Keypoints2D,
        Label,
        MaskItem,
        MultiPolygon2D,
        MultiPolyline2D,
        PanopticMask,
        Polygon2D,
        Polyline2D,
        Rle,
        SemanticMask,
        Sentence,
        Word,
        point_array,
    )
    from lading.model.report import Finding, Loss, Origin, Report
    from lading.model.sensor import Camera, CameraMatrix, FisheyeCamera, Intrinsics, Lidar, Radar, Sensor
    from lading.model.tally import Tally
    from lading.opening import open_dataset
    from lading.plugin.contracts import (
        BlockChecker,
        Checker,
        DataChecker,
        GroupedRule,
        Match,
        Options,
        Reader,
        Rule,
        Told,
        Writer,
    )
    from lading.plugin.detection import detect
    from lading.plugin.hooks import hookimpl
    from lading.plugin.problem import Place, Problem
    from lading.plugin.registry import Registry
    from lading.plugin.target import Target
    from lading.render import preview
    from lading.server.embedded import running as local_platform
    from lading.source import File, Source
    from lading.stats import Statistics, statistics
    from lading.summary import summarize
    from lading.upload import upload
    from lading.validate import validate
    from lading.wording import counted, figures

__all__ = [
    "Attribute",
    "BlockChecker",
    "Box2D",
    "Box3D",
    "Camera",
    "CameraMatrix",
    "Catalog",
    "Category",
    "Checker",
    "Classification",
    "Conversion",
    "Cuboid2D",
    "Data",
    "DataChecker",
    "Dataset",
    "Difference",
    "File",
    "Finding",
    "FisheyeCamera",
    "Frame",
    "GroupedRule",
    "InstanceMask",
    "Intrinsics",
    "Items",
    "Keypoints",
    "Keypoints2D",
    "Label",
    "LadingError",
    "Lidar",
    "Loss",
    "MaskItem",
    "Match",
    "MemoryDataset",
    "MultiPolygon2D",
    "MultiPolyline2D",
    "Options",
    "Origin",
    "PanopticMask",
    "Place",
    "Polygon2D",
    "Polyline2D",
    "Problem",
    "Radar",
    "Reader",
    "Registry",
    "Report",
    "Rle",
    "Rule",
    "Segment",
    "SemanticMask",
    "Sensor",
    "Sentence",
    "Source",
    "Statistics",
    "Subcatalog",
    "Tally",
    "Target",
    "Told",
    "Transform3D",
    "Word",
    "Writer",
    "all_frames",
    "catalog_diff",
    "convert",
    "counted",
    "decode_catalog",
    "decode_labels",
    "detect",
    "diff",
    "dump",
    "encode_catalog",
    "encode_labels",
    "figures",
    "hookimpl",
    "infer_catalog",
    "local_platform",
    "open_dataset",
    "point_array",
    "preview",
    "statistics",
    "summarize",
    "upload",
    "validate",
]

#: Module -> the public names that it holds.
_PUBLIC = {
    "compare": "Difference catalog_diff diff",
    "convert": "Conversion convert",
    "errors": "LadingError",
    "model.catalog": "Attribute Catalog Category Items Keypoints Subcatalog",
    "model.codec": "decode_catalog decode_labels encode_catalog encode_labels",
    "model.dataset": "Dataset MemoryDataset Segment all_frames",
    "model.dump": "dump",
    "model.frame": "Data Frame",
    "model.geometry": "Transform3D",
    "model.inference": "infer_catalog",
    "model.label": (
        "Box2D Box3D Classification Cuboid2D InstanceMask Keypoints2D Label MaskItem MultiPolygon2D MultiPolyline2D "
        "PanopticMask Polygon2D Polyline2D Rle SemanticMask Sentence Word point_array"
    ),
    "model.report": "Finding Loss Origin Report",
    "model.sensor": "Camera CameraMatrix FisheyeCamera Intrinsics Lidar Radar Sensor",
    "model.tally": "Tally",
    "opening": "open_dataset",
    "plugin.contracts": "BlockChecker Checker DataChecker GroupedRule Match Options Reader Rule Told Writer",
    "plugin.detection": "detect",
    "plugin.hooks": "hookimpl",
    "plugin.problem": "Place Problem",
    "plugin.registry": "Registry",
    "plugin.target": "Target",
    "render": "preview",
    "server.embedded": "local_platform:running",
    "source": "File Source",
    "stats": "Statistics statistics",
    "summary": "summarize",
    "upload": "upload",
    "validate": "validate",
    "wording": "counted figures",
}

#: Public name -> module and name within it.
_PLACES = {
    entry.partition(":")[0]: (f"{__name__}.{module}", entry.partition(":")[2] or entry)
    for module, entries in _PUBLIC.items()
    for entry in entries.split()
}


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _PLACES[name]
    found = getattr(importlib.import_module(module), attribute)
    setattr(sys.modules[__name__], name, found)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


class _Package(ModuleType):
    """The class of this package: importing `lading.upload` leaves the function of that name in its place."""

    def __setattr__(self, name: str, value: object) -> None:
        if isinstance(value, ModuleType) and name in _PLACES:
            value = getattr(value, name)
        super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package
