"""The reader of KITTI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from lading import Dataset, Match, Options, Reader, Report, Source, Told
from lading.errors import OptionError, SourceError

if TYPE_CHECKING:
    from lading_kitti.filling import Filler
    from lading_kitti.index import SegmentIndex

#: What the files that hold annotations end with: who names a picture or a README names no dataset.
_ANNOTATIONS = (".txt", ".xml")


class KittiOptions(Options):
    """`labels` names the folder that labels are taken from where a source has several, such as `results`.

    `previous` makes frames of the pictures of `prev_2` and `prev_3`, without labels, before the frame they lead to.
    """

    labels: str | None = None
    previous: bool = False


class KittiReader(Reader):
    """Reads KITTI's object, tracking, raw, odometry and semantics layouts, and what tools make of them."""

    name = "kitti"
    title = "KITTI (object, tracking, raw drives, odometry, semantics, results)"
    Options: ClassVar[type[Options]] = KittiOptions

    def codes(self) -> Mapping[str, Told]:
        """What it tells itself."""
        from lading_kitti.codes import CODES

        return CODES

    def detect(self, source: Source) -> Match:
        """By a row of labels, a calibration, a tracklet file or poses; by the names of folders less surely."""
        if source.selected is not None and not source.selected.lower().endswith(_ANNOTATIONS):
            return Match(0.0, f"{source.selected} is no annotation file of KITTI ({', '.join(_ANNOTATIONS)})")
        from lading_kitti.detection import judge  # a registered reader costs no more than its name until it is asked
        from lading_kitti.filling import Filler
        from lading_kitti.tree import scan

        return judge(source, _segments(Filler(source, scan(source), Report())))

    def open(self, source: Source, options: KittiOptions, report: Report) -> Dataset:
        """The dataset of a source. Raises SourceError where nothing in it is KITTI's."""
        from lading_kitti.dataset import KittiDataset
        from lading_kitti.filling import Filler
        from lading_kitti.leftovers import tell_differences, tell_leftovers, tell_lost_ways, tell_sequences, tell_times
        from lading_kitti.strays import tell_stray_files, tell_stray_poses, tell_stray_sequences, tell_unlisted
        from lading_kitti.tree import scan
        from lading_kitti.unsent import tell_sensors, tell_unsent

        tree = scan(source)
        filler = Filler(source, tree, report, options.labels, has_previous=options.previous)
        indexes = _segments(filler)
        if not indexes:
            raise SourceError(source.label, "expected folders of KITTI's layouts, found none with a frame")
        tell_leftovers(tree, indexes, filler.used_sets, report)
        tell_stray_sequences(indexes, report)
        tell_stray_poses(indexes, report)
        for index in indexes:
            tell_unsent(source, index, report)
        tell_sensors(indexes, report)
        for index in indexes:
            tell_stray_files(index, report)
            tell_unlisted(index, report)
            tell_differences(index, report)
        tell_sequences(indexes, report)
        tell_times(indexes, report)
        tell_lost_ways(indexes, report)
        return KittiDataset(source, indexes, report)


def _segments(filler: Filler) -> list[SegmentIndex]:
    """The segments that have frames, their files sorted in, and the sensors that only labels speak of."""
    from lading_kitti.segments import find_segments

    pairs = find_segments(filler.tree, filler.source)
    for index, root in pairs:
        filler.fill(index, root)
    wanted = filler.label_folder
    if wanted is not None and not any(index.labels for index, _ in pairs):
        raise OptionError(f"-o labels: expected the name of a folder of labels, found {wanted!r}")
    found = [index for index, _ in pairs if index.keys]
    clouds = {index.layout.name for index in found if index.lidar is not None}
    for index in found:
        _assume(index, has_clouds=index.layout.name in clouds)
    return found


def _assume(index: SegmentIndex, *, has_clouds: bool) -> None:
    """Give a segment the sensors that its labels lie on, though the source has no folder of them."""
    from lading_kitti.layouts import ODOMETRY

    needs_camera = index.labels is not None or index.semantic or index.instance or index.mots_rows is not None
    if needs_camera and index.label_camera is None:
        number = 2 if index.labels is None else index.labels.camera
        default = index.layout.image
        index.assume(default if number == 2 else f"image_{number}", number)
    needs_cloud = index.tracklets is not None or (has_clouds and index.labels is not None and index.has_calibration)
    if index.lidar is None and (needs_cloud or (not index.media and index.layout is ODOMETRY)):
        index.assume(index.layout.lidar, None)
    if not index.media:
        index.assume(index.layout.lidar, None)
