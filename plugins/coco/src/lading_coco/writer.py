"""The COCO writer: COCO back as it was, and what pictures of other formats have."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from lading import Dataset, Options, Report, Target, Writer, all_frames
from lading_coco.dataset import CocoDataset
from lading_coco.foreign import Foreign
from lading_coco.returning import Returning, is_ours
from lading_coco.sharing import add_shared


class CocoWriter(Writer):
    """Writes annotation files and brings pictures and masks."""

    name: ClassVar[str] = "coco"
    title: ClassVar[str] = "COCO: boxes, polygons, run lengths, keypoints, captions; panoptic and stuff of COCO"

    def write(self, dataset: Dataset, target: Target, options: Options, report: Report) -> Mapping[str, int]:
        """Write every frame, in one pass."""
        if not is_ours(dataset):
            return _written(Foreign(dataset, target, report), dataset, target, report)
        work = Returning(dataset, target, report)
        if target.jobs == 1 or not isinstance(dataset, CocoDataset):  # labels that were changed may need new categories
            return _written(work, dataset, target, report)
        frames = add_shared(work, dataset, target, report)
        work.finish()
        return {"frames": frames, "labels": work.labels}


def _written(work: Returning | Foreign, dataset: Dataset, target: Target, report: Report) -> Mapping[str, int]:
    frames = 0
    for segment, frame in all_frames(dataset, report, progress=target.progress):
        work.add(segment, frame)
        frames += 1
    work.finish()
    return {"frames": frames, "labels": work.labels}
