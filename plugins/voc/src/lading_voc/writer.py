"""The VOC writer: VOC back as it was, and pictures with boxes and polygons of other formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

import lading
from lading import Dataset, Report, Target, Writer, all_frames
from lading_voc.foreign import Foreign
from lading_voc.returning import Returning


class VocWriterOptions(lading.Options):
    """How other formats are written."""

    pixels: Literal["verbatim", "voc"] = Field(
        default="verbatim",
        description="edges as they are, as tools have them, or from 1 as the challenge does",
    )


class VocWriter(Writer):
    """Writes annotations, image sets, and brings pictures and masks."""

    name: ClassVar[str] = "voc"
    title: ClassVar[str] = "Pascal VOC: boxes, polygons, points, image sets; parts, actions and masks of VOC"
    Options: ClassVar[type[lading.Options]] = VocWriterOptions

    def write(self, dataset: Dataset, target: Target, options: VocWriterOptions, report: Report) -> Mapping[str, int]:
        """Write every frame, in one pass."""
        known = dataset.extras.get("segments", ()) if dataset.format == self.name else ()
        is_ours = bool(known) and {segment.name for segment in dataset.segments} <= set(known)  # not split anew
        work: Returning | Foreign
        work = Returning(dataset, target, report) if is_ours else Foreign(dataset, target, report, options.pixels)
        frames = 0
        for segment, frame in all_frames(dataset, report, progress=target.progress):
            frames += 1
            work.add(segment, frame)
        work.finish()
        return {"frames": frames, "labels": work.labels}
