"""What formats of single pictures cannot hold, told as one loss a kind: for writers of such formats."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from lading.media import is_image_name
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.label import Label
from lading.model.report import Report


def is_picture(data: Data) -> bool:
    """Whether a file is a picture by its name; one without a suffix is taken for one."""
    return is_image_name(data.path) or not PurePosixPath(data.path).suffix


class PictureLosses:
    """Tells what is beside pictures and their labels: sensors, poses, times, extras, the catalog's declarations."""

    def __init__(self, report: Report) -> None:
        self._report = report

    def of_dataset(self, dataset: Dataset) -> None:
        """Its extras, and what its catalog says beyond names."""
        self._extras("dataset", dataset.extras, dataset.name)
        for kind, part in dataset.catalog.subcatalogs.items():
            for attribute in part.attributes:
                self._report.loss("declarations of attributes in the catalog", f"{kind}: {attribute.name}")
            for category in part.categories:
                if category.description:
                    self._report.loss("descriptions of categories", f"{kind}: {category.name}")

    def of_segment(self, segment: Segment) -> None:
        """Its sensors, description and extras."""
        for sensor in segment.sensors:
            self._report.loss("sensors and their calibration", f"{segment.name}: {sensor.name}")
        if segment.description:
            self._report.loss("descriptions of segments", segment.name)
        self._extras("segment", segment.extras, segment.name)

    def of_frame(self, frame: Frame) -> None:
        """That its files belong together, its calibration and extras."""
        if len(frame.data) > 1:
            self._report.loss("which files make one frame", frame.key)
        if frame.calibration:
            self._report.loss("calibrations of single frames", frame.key)
        self._extras("frame", frame.extras, frame.key)

    def of_data(self, data: Data) -> None:
        """What a file has beside its path, size and labels."""
        for what, value in (
            ("names of sensors", data.sensor_name),
            ("times of files", data.timestamp_ns),
            ("poses of the ego", data.ego_pose),
        ):
            if value is not None:
                self._report.loss(what, data.path)
        self._extras("data", data.extras, data.path)

    def of_other_file(self, data: Data) -> None:
        """A file that is no picture, and all its labels."""
        self._report.loss("files that are no pictures", data.path)
        for label in data.labels:
            self.whole_label(label, data)

    def of_label(self, label: Label, data: Data) -> None:
        """The extras of a label that is written."""
        self._extras("label", label.extras, str(data.locate(label)) if label.extras else "")

    def whole_label(self, label: Label, data: Data) -> None:
        """A label that is not written."""
        self._report.loss(f"labels of type {label.kind}", str(data.locate(label)))

    def _extras(self, of: str, extras: Mapping[str, Any], where: str) -> None:
        for key in extras:
            self._report.loss(f"extras of {of}: {key}", where)
