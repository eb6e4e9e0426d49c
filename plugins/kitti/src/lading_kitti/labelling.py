"""The labels of a frame on their shelves: rows, tracklets and masks, each on the sensor that it belongs to."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from lading import Label, Origin, Report, Source
from lading.model.frame import Annotation
from lading.model.recurring import Recurring
from lading_kitti.boxes import box2d, box3d, tracklet_box
from lading_kitti.calibration import Calibration
from lading_kitti.commas import Commas
from lading_kitti.doubts import ROWS, doubts, gather_doubts, odd_angles, odd_occluded
from lading_kitti.drawn import Drawn
from lading_kitti.geometry import Placement
from lading_kitti.index import Media, SegmentIndex
from lading_kitti.label_rows import Row
from lading_kitti.masks import instance_mask, mots_frames, mots_row, semantic_mask
from lading_kitti.misplaced import Misplaced
from lading_kitti.rows import row_source
from lading_kitti.texts import Problem, gather, read_bytes, read_lines
from lading_kitti.track_sizes import TrackSizes
from lading_kitti.tracklets import Pose, parse_tracklets

#: Rules that numbers break which stand in another column than theirs.
_OF_NUMBERS = ("attribute.type", "box2d.empty", "box2d.inverted", "box2d.outside-image", "box3d.size", "instance.jump")

#: Rules that a size of a tracklet breaks, which is told once for all of its poses.
_OF_SIZES = ("box3d.size", "box3d.too-large", "label.not-finite")


@dataclass(slots=True)
class Shelf:
    """The labels of one file, where each stands, and what is told of them that a rule would tell again."""

    annotation: Annotation = "none"
    labels: list[Label] = field(default_factory=list)
    origins: list[Origin] = field(default_factory=list)
    told: list[tuple[str, int | None]] = field(default_factory=list)

    def note(self, origin: Origin) -> int:
        """The number of a new place."""
        self.origins.append(origin)
        return len(self.origins) - 1

    def say(self, annotation: Annotation) -> None:
        """Take what the source says of the labels; that there are some wins."""
        if self.annotation == "none" or annotation == "present":
            self.annotation = annotation


class Labelling:
    """Gives the labels of a segment's frames.

    What is wrong with a frame's own files goes to `report`, what is wrong with a file of the whole segment to `head`.
    Memory: the lines of such files, and the poses of tracklets, of this one segment.
    """

    def __init__(self, source: Source, index: SegmentIndex, report: Report, head: Report, *, is_told: bool) -> None:
        self._source = source
        self._index = index
        self._report = report
        self._is_told = is_told
        self.misplaced = Misplaced(index.name)
        self.commas = Commas(index.name)
        self.recurring = Recurring(index.name)
        self.drawn = Drawn(index.name)
        self.track_sizes = TrackSizes(index.name, "" if index.labels is None else index.labels.path or "")
        self._rows = row_source(source, index, head)
        self._tracklets = self._read_tracklets(head)
        self._mots = [] if index.mots_rows is None else read_lines(source, index.mots_rows, head) or []
        self._mots_frames = mots_frames(self._mots)

    def shelves(self, key: str, number: int, calibration: Calibration | None, *, is_lost: bool) -> dict[str, Shelf]:
        """A shelf for each sensor, by its name; with `is_lost` it is told why the frame has no calibration."""
        shelves = {media.name: Shelf() for media in self._index.media}
        self._add_rows(key, calibration, shelves, is_lost=is_lost)
        self._add_tracklets(number, shelves)
        self._add_masks(key, number, shelves)
        return shelves

    def _add_rows(self, key: str, calibration: Calibration | None, shelves: dict[str, Shelf], *, is_lost: bool) -> None:
        found = self._rows.rows(key, self._report)
        if found.path is not None and found.comma_line is not None:
            self.commas.add(found.path, found.comma_line)
        self.track_sizes.add(found.rows)
        self.recurring.saw("rows", len(found.rows) + sum(one.rule == "kitti.label-row" for one in found.problems))
        for problem in found.problems:
            gather(problem, found.path or "", self.recurring, ROWS)
        camera = self._index.label_camera
        if camera is None or found.annotation == "none":
            return
        carrier, placement = self._carrier(camera, calibration)
        shelves[camera.name].say(found.annotation)
        if carrier is not None:
            has_any = any(row.columns_3d for row in found.rows)
            shelves[carrier.name].say("present" if has_any else "empty")
        for row in found.rows:
            self._add_row(key, row, found.path or "", camera, carrier, placement, shelves)
        if not is_lost and any(row.columns_3d for row in found.rows):
            self._tell_place(key, carrier, calibration, found.path or "")
        camera_m = self._camera_m(camera, calibration)
        causes: Mapping[int, str] = {}
        if calibration is not None and camera.camera is not None and camera_m is not None:
            causes = self.drawn.add(found.rows, calibration, camera.camera, found.path or "")
        told = list(doubts(found.rows, camera_m, causes))
        gather_doubts(told, found.rows, found.path or "", self.recurring, self.drawn.places)
        if any(doubt.problem.rule == "kitti.relative-boxes" for doubt in told):
            for shelf in shelves.values():
                shelf.told += [("box2d.relative", number) for number in range(len(shelf.origins))]

    def _tell_place(self, key: str, carrier: Media | None, calibration: Calibration | None, path: str) -> None:
        """Note, to be told once a segment (3.5), that 3D boxes are not where they belong for want of a calibration."""
        lidar = self._index.lidar
        is_counted = bool(self._index.calib) and key not in self._index.calib  # on opening: frames without a file
        is_told = self._is_told or is_counted or self.misplaced.message is not None
        if is_told or (carrier is not None and (lidar is None or carrier is lidar)):
            return
        if calibration is not None:
            if calibration.problems:
                return  # what its file lacks is told there
            path = self._index.calib.get(key) or self._index.calib_file or path
        if carrier is None:
            of = "" if calibration is None else " of the labels' camera"
            message = f"expected a calibration{of}, found none; 3D columns become attributes of BOX2D"
        else:
            message = f"expected the way to the velodyne in the calibration, found none; boxes lie on {carrier.name}"
        self.misplaced = Misplaced(self._index.name, message, path)

    def _camera_m(self, camera: Media, calibration: Calibration | None) -> float | None:
        """How far a camera lies behind rectified camera 0, along z; None for Waymo's, which look to all sides."""
        labels = self._index.labels
        if labels is not None and labels.has_camera_column:
            return None
        offset = None if calibration is None or camera.camera is None else calibration.baselines.get(camera.camera)
        return 0.0 if offset is None else float(offset[2])

    def _add_row(
        self,
        key: str,
        row: Row,
        path: str,
        camera: Media,
        carrier: Media | None,
        placement: Placement | None,
        shelves: dict[str, Shelf],
    ) -> None:
        labels = self._index.labels
        if labels is not None and labels.has_camera_column and row.score is not None:
            # the Waymo export writes the number of the camera where results have their score (3.12, 16)
            number = int(row.score) if row.score.is_integer() else -1
            camera = next((media for media in self._index.cameras if media.camera == number), camera)
            row = row._replace(score=None)
            shelves[camera.name].say("present")
        instance = self._rows.instance(key, row)
        origin = Origin(path, line=row.line)
        other = None if carrier is None else shelves[carrier.name]
        solid = None
        if other is not None and placement is not None:
            solid = box3d(row, placement, instance, len(other.origins) + (other is shelves[camera.name]))
        shelf = shelves[camera.name]
        places = [(shelf, shelf.note(origin))]
        shelf.labels.append(box2d(row, instance, places[0][1], is_alone=solid is None))
        if solid is not None and other is not None:
            places.append((other, other.note(origin)))
            other.labels.append(solid)
        told = _OF_NUMBERS if row.is_uneven else ("attribute.type",) if odd_occluded(row) is not None else ()
        if row.track is not None and row.track < 0 and not row.is_dont_care:
            message = f"expected the number of a track, 0 or more, found {row.track}; the box is of none"
            gather(Problem("kitti.track", message, row.line, is_error=False), path, self.recurring, ROWS)
            told = (*told, "label.instance-missing")
        for one, number in places if told else ():
            one.told += [(rule, number) for rule in told]

    def _carrier(self, camera: Media, calibration: Calibration | None) -> tuple[Media | None, Placement | None]:
        """The sensor that 3D boxes lie on, and the way there (design.md section 8)."""
        if calibration is None:
            return None, None
        lidar = self._index.lidar
        if lidar is not None and calibration.lidar_placement is not None:
            return lidar, calibration.lidar_placement
        placement = None if camera.camera is None else calibration.camera_placement(camera.camera)
        return (camera, placement) if placement is not None else (None, None)

    def _read_tracklets(self, head: Report) -> dict[int, list[Pose]] | None:
        path = self._index.tracklets
        data = None if path is None else read_bytes(self._source, path, head)
        if path is None or data is None:
            return None
        poses, problems = parse_tracklets(data)
        for problem in (*problems, *odd_angles(poses)):
            problem.tell(head, path)
        by_frame: dict[int, list[Pose]] = {}
        for pose in poses:
            by_frame.setdefault(pose.frame, []).append(pose)
        return by_frame

    def _add_tracklets(self, number: int, shelves: dict[str, Shelf]) -> None:
        path, lidar = self._index.tracklets, self._index.lidar
        if self._tracklets is None or lidar is None or path is None:
            return
        shelf = shelves[lidar.name]
        poses = self._tracklets.get(number, ())
        shelf.say("present" if poses else "empty")
        for pose in poses:
            number = shelf.note(Origin(path, pose.pointer, pose.line))
            shelf.labels.append(tracklet_box(pose, number))
            if pose.tracklet.is_odd:
                has_place = all(map(math.isfinite, pose.place))
                shelf.told += [(rule, number) for rule in _OF_SIZES if has_place or rule != "label.not-finite"]

    def _add_masks(self, key: str, number: int, shelves: dict[str, Shelf]) -> None:
        index, camera = self._index, self._index.label_camera
        if camera is None:
            return
        shelf = shelves[camera.name]
        if (path := index.semantic.get(key)) is not None:
            shelf.labels.append(semantic_mask(self._source, path, shelf.note(Origin(path, ""))))
        if (path := index.instance.get(key)) is not None:
            origin = shelf.note(Origin(path, ""))
            is_mots = index.layout.is_continuous
            mask = instance_mask(self._source, path, origin, self._report, is_mots=is_mots)
            if mask is not None:
                shelf.labels.append(mask)
        for line in self._mots_frames.get(number, ()):
            origin = shelf.note(Origin(index.mots_rows or "", line=line))
            found = mots_row(self._mots[line - 1], line, index.sequence, origin)
            if isinstance(found, Problem):
                found.tell(self._report, index.mots_rows or "")
            else:
                shelf.labels.append(found[1])
        if shelf.labels:
            shelf.say("present")
