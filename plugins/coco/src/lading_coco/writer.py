"""The COCO writer: COCO back as it was, and what pictures of other formats have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from lading import Dataset, Options, Report, Target, Writer, all_frames
from lading_coco.foreign import Foreign
from lading_coco.returning import Returning


class CocoWriter(Writer):
    """Writes annotation files and brings pictures and masks."""

    name: ClassVar[str] = "coco"
    title: ClassVar[str] = "COCO: boxes, polygons, run lengths, keypoints, captions; panoptic and stuff of COCO"

    def write(self, dataset: Dataset, target: Target, options: Options, report: Report) -> Mapping[str, int]:
        """Write every frame, in one pass."""
        is_ours = "forms" in dataset.extras and dataset.format == self.name
        work: Returning | Foreign = (Returning if is_ours else Foreign)(dataset, target, report)
        frames = 0
        for segment, frame in all_frames(dataset, report, progress=target.progress):
            frames += 1
            work.add(segment, frame)
        work.finish()
        return {"frames": frames, "labels": work.labels}
