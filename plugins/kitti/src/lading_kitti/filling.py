"""Sorts the files of a root into its segments: which file belongs to which frame, and what belongs to none."""

from __future__ import annotations

from dataclasses import dataclass, field
from posixpath import basename, dirname

from lading import Report, Source
from lading_kitti.folders import by_stem, own
from lading_kitti.frame_files import FrameFiles
from lading_kitti.index import LabelFiles, Media, SegmentIndex
from lading_kitti.layouts import OBJECT, ODOMETRY, RAW, TRACKING
from lading_kitti.segments import is_picture_or_cloud, media_ending
from lading_kitti.sequence_files import SequenceFiles
from lading_kitti.tree import FolderFiles, Root, Tree


@dataclass(slots=True)
class Filler:
    """Fills the segments of one source; what is odd about its files goes to `report`."""

    source: Source
    tree: Tree
    report: Report
    label_folder: str | None = None
    has_previous: bool = False
    used_sets: set[str] = field(default_factory=set)

    def fill(self, segment: SegmentIndex, root: Root) -> None:
        """Give a segment its keys and files."""
        self._media(segment, root)
        self._labels(segment, root)
        if segment.layout is OBJECT:
            files = FrameFiles(self.source, self.tree, self.report, self.used_sets, has_previous=self.has_previous)
            files.fill(segment, root)
        else:
            SequenceFiles(self.source, self.tree, self.report).fill(segment, root)

    def _media(self, segment: SegmentIndex, root: Root) -> None:
        """One sensor a camera, and one velodyne; a second folder of the same is a loss."""
        taken: set[int | None] = set()
        for folder in root.of("image", "lidar"):
            items = [item for item in own(segment, folder) if is_picture_or_cloud(item.rest)]
            if not items:
                continue
            number = folder.kind.camera if folder.kind.role == "image" else None
            if number in taken:
                what = "picture of a second folder" if number is not None else "point cloud of a second folder"
                self.report.loss(what, items[0].path, len(items))
                continue
            taken.add(number)
            first = items[0]
            prefix = first.path[: len(first.path) - len(first.rest)]
            if segment.layout in (TRACKING, RAW):
                prefix = f"{dirname(first.path)}/"
            default = ".bin" if number is None else ".png"
            media = Media(folder.name, number, prefix, media_ending((item.path for item in items), default))
            media.files = by_stem(segment, items, self.report)
            media.times = {
                item.rest.removeprefix("timestamps").removesuffix(".txt").strip("_"): item.path
                for item in folder.items
                if basename(item.rest).startswith("timestamps")
            }
            segment.media.append(media)
        segment.media.sort(key=lambda one: (one.is_lidar, one.camera or 0, one.name))

    def _labels(self, segment: SegmentIndex, root: Root) -> None:
        """The label folder that is asked for, else the first by the table of layouts; others are losses."""
        chosen: FolderFiles | None = None
        for folder in root.of("labels"):
            is_of_points = segment.layout is ODOMETRY or all(item.path.endswith(".label") for item in folder.items)
            if is_of_points and not segment.point_labels:
                segment.point_labels = by_stem(segment, folder.items, self.report)
            elif not is_of_points and chosen is None and self.label_folder in (None, folder.name):
                chosen = folder
            else:
                unread = [item.path for item in own(segment, folder)]
                if unread:
                    self.report.loss("label file of a folder that is not read", unread[0], len(unread))
        if chosen is None:
            return
        labels = LabelFiles(chosen.name, 2 if chosen.kind.camera is None else chosen.kind.camera)
        labels.has_camera_column = chosen.name.lower() == "label_all"
        items = list(own(segment, chosen))
        if segment.layout is TRACKING:
            labels.path = items[0].path if items else None
        else:
            items = [item._replace(rest=item.rest.removeprefix("data/")) for item in items]  # results/data/000000.txt
            labels.files = by_stem(segment, items, self.report) if segment.layout is OBJECT else {}
        segment.labels = labels if labels.files or labels.path else None
