"""Sorts the files of a root into its segments: which file belongs to which frame, and what belongs to none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from posixpath import basename, dirname
from typing import TypeVar

from lading import Origin, Report, Source
from lading_kitti.calibration_files import RAW_FILES
from lading_kitti.image_sets import Listing, tell_repeated
from lading_kitti.index import LabelFiles, Media, SegmentIndex, numbers_of
from lading_kitti.keys import KeySpace, is_number, ordered
from lading_kitti.layouts import OBJECT, ODOMETRY, RAW, TRACKING
from lading_kitti.lonely import lonely
from lading_kitti.segments import is_picture_or_cloud, media_ending
from lading_kitti.strays import stray_keys
from lading_kitti.texts import read_bytes, read_lines
from lading_kitti.tracklets import pose_frames
from lading_kitti.tree import FolderFiles, Item, Root, Tree

T = TypeVar("T")

#: A file of a side folder by the frame it belongs to: `000012_03` and `um_road_000012`.
_SIDE_FORMS = (
    (re.compile(r"(.+)_\d\d"), r"\1"),
    (re.compile(r"(um|umm|uu)_(?:road|lane)_(\d+)"), r"\1_\2"),
)


#: The pictures that were taken by a camera just before the labelled ones.
_PREVIOUS = re.compile(r"prev_(\d)")


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
            self._per_frame(segment, root)
        else:
            self._per_sequence(segment, root)

    def _media(self, segment: SegmentIndex, root: Root) -> None:
        """One sensor a camera, and one velodyne; a second folder of the same is a loss."""
        taken: set[int | None] = set()
        for folder in root.of("image", "lidar"):
            items = [item for item in self._own(segment, folder) if is_picture_or_cloud(item.rest)]
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
            media.files = self._by_stem(segment, items)
            media.times = {
                item.rest.removeprefix("timestamps").removesuffix(".txt").strip("_"): item.path
                for item in folder.items
                if basename(item.rest).startswith("timestamps")
            }
            segment.media.append(media)
        segment.media.sort(key=lambda one: (one.is_lidar, one.camera or 0, one.name))

    def _own(self, segment: SegmentIndex, folder: FolderFiles) -> Iterator[Item]:
        """The items of a folder that belong to a segment of its root."""
        if segment.layout is not TRACKING:
            yield from folder.items
            return
        for item in folder.items:
            if item.rest.startswith(f"{segment.sequence}/") or item.rest.rpartition(".")[0] == segment.sequence:
                yield item

    def _by_stem(self, segment: SegmentIndex, items: Iterable[Item]) -> dict[str, str]:
        """Paths by the stem of the frame; a second file of a stem is a finding, one in a wrong place a loss."""
        found: dict[str, str] = {}
        for item in items:
            match = segment.layout.media.fullmatch(item.rest)
            if match is None:
                self.report.loss("file that no layout of KITTI has a place for", item.path)
                continue
            before = found.setdefault(match["stem"], item.path)
            if before != item.path:
                message = f"expected one file a frame, found {basename(before)} as well; this one is not read"
                self.report.warning("kitti.duplicate-file", message, Origin(item.path))
        return found

    def _labels(self, segment: SegmentIndex, root: Root) -> None:
        """The label folder that is asked for, else the first by the table of layouts; others are losses."""
        chosen: FolderFiles | None = None
        for folder in root.of("labels"):
            is_of_points = segment.layout is ODOMETRY or all(item.path.endswith(".label") for item in folder.items)
            if is_of_points and not segment.point_labels:
                segment.point_labels = self._by_stem(segment, folder.items)
            elif not is_of_points and chosen is None and self.label_folder in (None, folder.name):
                chosen = folder
            else:
                unread = [item.path for item in self._own(segment, folder)]
                if unread:
                    self.report.loss("label file of a folder that is not read", unread[0], len(unread))
        if chosen is None:
            return
        labels = LabelFiles(chosen.name, 2 if chosen.kind.camera is None else chosen.kind.camera)
        labels.has_camera_column = chosen.name.lower() == "label_all"
        items = list(self._own(segment, chosen))
        if segment.layout is TRACKING:
            labels.path = items[0].path if items else None
        else:
            items = [item._replace(rest=item.rest.removeprefix("data/")) for item in items]  # results/data/000000.txt
            labels.files = self._by_stem(segment, items) if segment.layout is OBJECT else {}
        segment.labels = labels if labels.files or labels.path else None

    def _per_frame(self, segment: SegmentIndex, root: Root) -> None:
        """One file a frame in every folder: the object benchmark, semantics, and folders of tools."""
        for folder in root.of("calib"):
            segment.calib.update(self._by_stem(segment, folder.items))
        segment.calib_file = None if segment.calib else root.files.get("calib.txt")  # one for all, as tools write it
        segment.semantic = self._folder(segment, root, "semantic")
        segment.instance = self._folder(segment, root, "instance")
        labels = {} if segment.labels is None else segment.labels.files
        tables = [*(media.files for media in segment.media), labels, segment.semantic, segment.instance]
        listed = self._sets(segment)
        tell_repeated(listed, self.report)
        space = KeySpace([list(table) for table in [*tables, segment.calib]])
        keys: dict[str, str] = {}
        for table in tables:
            for stem in table:
                keys.setdefault(space.canonical(stem), space.shown(stem))
        for stem in listed:
            keys.setdefault(space.canonical(stem), space.shown(stem))
        for media in segment.media:
            media.files = _keyed(media.files, keys, space)
        if segment.labels is not None:
            segment.labels.files = _keyed(labels, keys, space)
        calib, segment.calib = segment.calib, _keyed(segment.calib, keys, space)
        spare = [path for stem, path in calib.items() if space.canonical(stem) not in keys]
        if spare:
            self.report.loss("calibration of a frame that has no other file", spare[0], len(spare))
        segment.semantic = _keyed(segment.semantic, keys, space)
        segment.instance = _keyed(segment.instance, keys, space)
        sets = _keyed(listed, keys, space)
        segment.sets = {key: [one.name for one in at] for key, at in sets.items()}
        segment.keys = ordered(keys.values())
        labels = {} if segment.labels is None else segment.labels.files
        lines = {key: Origin(at[0].path, line=at[0].line) for key, at in sets.items()}
        tables = [labels, segment.semantic, segment.instance]
        segment.lonely = lonely(segment, tables, lines)
        segment.strays = stray_keys(segment, [*tables, segment.calib], segment.sets)
        self._sides(segment, root, keys, space)

    def _folder(self, segment: SegmentIndex, root: Root, role: str) -> dict[str, str]:
        folders = [folder for folder in root.folders.values() if folder.kind.role == role]
        return self._by_stem(segment, folders[0].items) if folders else {}

    def _sets(self, segment: SegmentIndex) -> dict[str, list[Listing]]:
        """The image sets that list each frame: of test by the testing split, the others by the training split."""
        listed: dict[str, list[Listing]] = {}
        above = dirname(segment.root) if segment.split else segment.root
        for path in dict.fromkeys((segment.root, above)):
            root = self.tree.roots.get(path)
            for folder in [] if root is None else root.of("sets"):
                for item in folder.items:
                    name = item.rest.rpartition(".")[0]
                    if segment.split and name.startswith("test") != segment.split.lower().startswith("test"):
                        continue
                    self.used_sets.add(item.path)
                    for number, line in enumerate(read_lines(self.source, item.path, self.report) or (), 1):
                        if line.strip():
                            listed.setdefault(line.strip(), []).append(Listing(name, item.path, number))
        return listed

    def _sides(self, segment: SegmentIndex, root: Root, keys: Mapping[str, str], space: KeySpace) -> None:
        for folder in root.of("side"):
            table: dict[str, list[str]] = {}
            for item in folder.items:
                stem = item.rest.rpartition(".")[0]
                forms = [stem, *(form.sub(to, stem) for form, to in _SIDE_FORMS if form.fullmatch(stem))]
                key = next((keys[c] for form in forms if (c := space.canonical(form)) in keys), None)
                if key is None:
                    self.report.loss(f"file of {folder.name} that belongs to no frame", item.path)
                else:
                    table.setdefault(key, []).append(item.path)
            camera = _PREVIOUS.fullmatch(folder.name.lower())
            media = next((one for one in segment.media if camera is not None and one.camera == int(camera[1])), None)
            if self.has_previous and media is not None:
                _add_previous(segment, media, table)
            else:
                segment.sides[folder.name] = table

    def _per_sequence(self, segment: SegmentIndex, root: Root) -> None:
        """Frames by number: the union of what media, labels, times and poses have."""
        numbers: dict[int, Origin] = {}
        names: dict[int, str] = {}
        for role in ("mots",):
            for folder in root.of(role):
                segment.instance = self._by_stem(segment, self._own(segment, folder))
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
                self.report.loss("file whose name is no number of a frame", path)
        return result

    def _tracking(self, segment: SegmentIndex, root: Root, numbers: dict[int, Origin]) -> None:
        if segment.labels is not None and segment.labels.path is not None:
            self._name_by_first_words(segment.labels.path, numbers)
        for folder in root.of("calib", "oxts", "mots_rows"):
            own = next(iter(self._own(segment, folder)), None)
            if own is None:
                continue
            if folder.kind.role == "calib":
                segment.calib_file = own.path
            elif folder.kind.role == "oxts":
                segment.oxts_file = own.path
                self._name_by_lines(own.path, numbers)
            else:
                segment.mots_rows = own.path
                self._name_by_first_words(own.path, numbers)

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
            above = self.tree.roots.get(folder)
            for name in () if above is None else RAW_FILES:
                if above is not None and name in above.files:
                    segment.raw_calib.setdefault(name, above.files[name])
            if not folder:
                break
            folder = dirname(folder)
        segment.tracklets = root.files.get("tracklet_labels.xml")
        for oxts in root.of("oxts"):
            data = [item for item in oxts.items if item.rest.startswith("data/")]
            segment.oxts = self._by_stem(segment, data)
            segment.oxts_times = next((item.path for item in oxts.items if item.rest == "timestamps.txt"), None)
        times = [media.times[""] for media in segment.media if "" in media.times]
        for path in times if segment.oxts_times is None else [*times, segment.oxts_times]:
            self._name_by_lines(path, numbers, blank=False)
        if segment.tracklets is not None:
            text = read_bytes(self.source, segment.tracklets, Report())
            for number in pose_frames(text) if text is not None else ():
                numbers.setdefault(number, Origin(segment.tracklets))

    def _name_by_lines(self, path: str, numbers: dict[int, Origin], *, blank: bool = True) -> None:
        """The frames that the lines of a file stand for, which will be read again, and judged, with them."""
        for number, line in enumerate(read_lines(self.source, path, Report()) or ()):
            if blank or line.strip():
                numbers.setdefault(number, Origin(path, line=number + 1))

    def _name_by_first_words(self, path: str, numbers: dict[int, Origin]) -> None:
        for at, line in enumerate(read_lines(self.source, path, Report()) or (), 1):
            word = line.replace(",", " ").split(None, 1)[:1]
            if word and is_number(word[0]):
                numbers.setdefault(int(word[0]), Origin(path, line=at))


def _add_previous(segment: SegmentIndex, media: Media, table: Mapping[str, list[str]]) -> None:
    """Frames of the pictures before some frames, the oldest first: `000012_03` lies three frames before `000012`."""
    for key, paths in table.items():
        for path in paths:
            name = f"{key}_{basename(path).rpartition('.')[0].rpartition('_')[2]}"
            media.files[name] = path
            segment.previous[name] = key
            if key in segment.calib:
                segment.calib[name] = segment.calib[key]
    before: dict[str, list[str]] = {}
    for name in sorted(segment.previous, reverse=True):
        before.setdefault(segment.previous[name], []).append(name)
    own = [key for key in segment.keys if key not in segment.previous]
    segment.keys = [name for key in own for name in (*before.get(key, ()), key)]


def _keyed(table: Mapping[str, T], keys: Mapping[str, str], space: KeySpace) -> dict[str, T]:
    return {keys[c]: value for stem, value in table.items() if (c := space.canonical(stem)) in keys}
