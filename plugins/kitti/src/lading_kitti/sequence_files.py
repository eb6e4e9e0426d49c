"""Fills a segment whose frames follow each other by number: tracking, raw drives and odometry."""

from __future__ import annotations

from collections.abc import Mapping
from posixpath import dirname

from lading import Origin, Report, Source, counted
from lading_kitti.folders import by_stem, own
from lading_kitti.index import SegmentIndex, numbers_of
from lading_kitti.keys import is_number
from lading_kitti.layouts import ODOMETRY, RAW
from lading_kitti.lonely import lonely
from lading_kitti.raw_calibration import RAW_FILES
from lading_kitti.strays import stray_keys
from lading_kitti.texts import read_bytes, read_lines
from lading_kitti.tracklets import tracklet_frames
from lading_kitti.tree import Root, Tree


class SequenceFiles:
    """Gives segments their frames by the numbers of files, and by the lines of those that are of a whole sequence."""

    def __init__(self, source: Source, tree: Tree, report: Report) -> None:
        self._source = source
        self._tree = tree
        self._report = report

    def fill(self, segment: SegmentIndex, root: Root) -> None:
        """Frames by number: the union of what media, labels, times and poses have."""
        numbers: dict[int, Origin] = {}
        names: dict[int, str] = {}
        for folder in root.of("mots"):
            segment.instance = by_stem(segment, own(segment, folder), self._report)
        tables = [*(media.files for media in segment.media), segment.instance, segment.point_labels]
        if segment.layout is RAW:
            self._raw(segment, root, numbers)
            tables.append(segment.oxts)
        elif segment.layout is ODOMETRY:
            self._odometry(segment, root, numbers)
        else:
            self._tracking(segment, root, numbers)
        for table in tables:
            for stem in table:
                if is_number(stem):
                    names.setdefault(int(stem), stem)
        for number in numbers:
            names.setdefault(number, f"{number:0{segment.layout.digits}d}")
        segment.keys = [names[number] for number in sorted(names)]
        by_number = numbers_of(segment.keys)
        for media in segment.media:
            media.files = self._numbered(media.files, by_number)
        segment.instance = self._numbered(segment.instance, by_number)
        segment.point_labels = self._numbered(segment.point_labels, by_number)
        segment.oxts = self._numbered(segment.oxts, by_number)
        lines = {names[number]: origin for number, origin in numbers.items()}
        tables = [segment.instance, segment.point_labels, segment.oxts]
        segment.lonely = lonely(segment, tables, lines)
        segment.strays = stray_keys(segment, tables, lines)

    def _numbered(self, table: Mapping[str, str], by_number: Mapping[int, str]) -> dict[str, str]:
        result = {}
        for stem, path in table.items():
            if is_number(stem):
                result[by_number[int(stem)]] = path
            else:
                self._report.loss("file whose name is no number of a frame", path)
        return result

    def _tracking(self, segment: SegmentIndex, root: Root, numbers: dict[int, Origin]) -> None:
        if segment.labels is not None and segment.labels.path is not None:
            self._name_by_first_words(segment.labels.path, numbers)
        for folder in root.of("calib", "oxts", "mots_rows"):
            found = next(iter(own(segment, folder)), None)
            if found is None:
                continue
            if folder.kind.role == "calib":
                segment.calib_file = found.path
            elif folder.kind.role == "oxts":
                segment.oxts_file = found.path
                self._name_by_lines(found.path, numbers)
            else:
                segment.mots_rows = found.path
                self._name_by_first_words(found.path, numbers)

    def _odometry(self, segment: SegmentIndex, root: Root, numbers: dict[int, Origin]) -> None:
        segment.calib_file = root.files.get("calib.txt")
        segment.times = root.files.get("times.txt")
        segment.poses = root.files.get("poses.txt") or root.files.get("poses/")
        for path in (segment.times, segment.poses):
            if path is not None:
                self._name_by_lines(path, numbers)

    def _raw(self, segment: SegmentIndex, root: Root, numbers: dict[int, Origin]) -> None:
        folder = segment.root
        while True:
            above = self._tree.roots.get(folder)
            for name in () if above is None else RAW_FILES:
                if above is not None and name in above.files:
                    segment.raw_calib.setdefault(name, above.files[name])
            if not folder:
                break
            folder = dirname(folder)
        segment.tracklets = root.files.get("tracklet_labels.xml")
        for oxts in root.of("oxts"):
            data = [item for item in oxts.items if item.rest.startswith("data/")]
            segment.oxts = by_stem(segment, data, self._report)
            segment.oxts_times = next((item.path for item in oxts.items if item.rest == "timestamps.txt"), None)
        times = [media.times[""] for media in segment.media if "" in media.times]
        for path in times if segment.oxts_times is None else [*times, segment.oxts_times]:
            self._name_by_lines(path, numbers, blank=False)
        if segment.tracklets is not None:
            self._name_by_tracklets(segment, segment.tracklets, numbers)

    def _name_by_tracklets(self, segment: SegmentIndex, path: str, numbers: dict[int, Origin]) -> None:
        """The frames of tracklets; those behind the last of the drive are told, once a file."""
        text = read_bytes(self._source, path, Report())
        tables = [*(media.files for media in segment.media), segment.oxts]
        last = max([*numbers, *(int(stem) for table in tables for stem in table if is_number(stem))], default=-1)
        odd = []
        for line, frames in tracklet_frames(text).values() if text is not None else ():
            beyond = [number for number in frames if number > last >= 0]
            if beyond:
                segment.beyond.update(beyond)
                odd.append((line, beyond))
            for number in frames:
                numbers.setdefault(number, Origin(path, line=line))
        if odd:
            line, beyond = odd[0]
            shown = f"frame {beyond[0]}" if len(beyond) == 1 else f"frames {beyond[0]} to {beyond[-1]}"
            more = f", and such of {counted(len(odd) - 1, 'more tracklet')}" if len(odd) > 1 else ""
            message = f"expected frames of the drive, the last of which is {last}, found poses of {shown}{more}"
            self._report.warning("kitti.tracklet-frames", message, Origin(path, line=line), segment=segment.name)

    def _name_by_lines(self, path: str, numbers: dict[int, Origin], *, blank: bool = True) -> None:
        """The frames that the lines of a file stand for, which will be read again, and judged, with them."""
        for number, line in enumerate(read_lines(self._source, path, Report()) or ()):
            if blank or line.strip():
                numbers.setdefault(number, Origin(path, line=number + 1))

    def _name_by_first_words(self, path: str, numbers: dict[int, Origin]) -> None:
        for at, line in enumerate(read_lines(self._source, path, Report()) or (), 1):
            word = line.replace(",", " ").split(None, 1)[:1]
            if word and is_number(word[0]):
                numbers.setdefault(int(word[0]), Origin(path, line=at))
