"""Fills a segment that has one file a frame in every folder: the object benchmark, semantics, and folders of tools."""

from __future__ import annotations

import re
from collections.abc import Mapping
from posixpath import dirname
from typing import TypeVar

from lading import Origin, Report, Source
from lading_kitti.folders import by_stem
from lading_kitti.image_sets import Listing, tell_repeated, tell_short
from lading_kitti.index import SegmentIndex
from lading_kitti.keys import KeySpace, ordered
from lading_kitti.lonely import lonely
from lading_kitti.previous import add_previous, camera_before, tell_lacking
from lading_kitti.strays import stray_keys, tell_spare_calibrations
from lading_kitti.texts import read_lines
from lading_kitti.tree import Root, Tree, join

T = TypeVar("T")

#: A file of a side folder by the frame it belongs to: `000012_03` and `um_road_000012`.
_SIDE_FORMS = (
    (re.compile(r"(.+)_\d\d"), r"\1"),
    (re.compile(r"(um|umm|uu)_(?:road|lane)_(\d+)"), r"\1_\2"),
)


class FrameFiles:
    """Gives segments their frames by the names of files; the image sets that it reads are put into `used_sets`."""

    def __init__(self, source: Source, tree: Tree, report: Report, used_sets: set[str], *, has_previous: bool) -> None:
        self._source = source
        self._tree = tree
        self._report = report
        self._used_sets = used_sets
        self._has_previous = has_previous

    def fill(self, segment: SegmentIndex, root: Root) -> None:
        """One file a frame in every folder: the object benchmark, semantics, and folders of tools."""
        for folder in root.of("calib"):
            segment.calib.update(by_stem(segment, folder.items, self._report))
        segment.calib_file = None if segment.calib else root.files.get("calib.txt")  # one for all, as tools write it
        segment.semantic = self._folder(segment, root, "semantic")
        segment.instance = self._folder(segment, root, "instance")
        labels = {} if segment.labels is None else segment.labels.files
        tables = [*(media.files for media in segment.media), labels, segment.semantic, segment.instance]
        listed = self._sets(segment)
        tell_repeated(listed, self._report)
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
        tell_spare_calibrations(spare, len(keys), self._report)
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
        there = set().union(*(media.files for media in segment.media), *tables)  # a frame of no file is told as that
        tell_short({key: at for key, at in sets.items() if key in there}, self._report)
        self._sides(segment, root, keys, space)

    def _folder(self, segment: SegmentIndex, root: Root, role: str) -> dict[str, str]:
        folders = [folder for folder in root.folders.values() if folder.kind.role == role]
        return by_stem(segment, folders[0].items, self._report) if folders else {}

    def _sets(self, segment: SegmentIndex) -> dict[str, list[Listing]]:
        """The image sets that list each frame: of test by the testing split, the others by the training split."""
        listed: dict[str, list[Listing]] = {}
        above = dirname(segment.root) if segment.split else segment.root
        for path in dict.fromkeys((segment.root, above)):
            root = self._tree.roots.get(path)
            for folder in [] if root is None else root.of("sets"):
                for item in folder.items:
                    name = item.rest.rpartition(".")[0]
                    if segment.split and name.startswith("test") != segment.split.lower().startswith("test"):
                        continue
                    self._used_sets.add(item.path)
                    for number, line in enumerate(read_lines(self._source, item.path, self._report) or (), 1):
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
                    self._report.loss(f"file of {folder.name} that belongs to no frame", item.path)
                else:
                    table.setdefault(key, []).append(item.path)
            camera = camera_before(folder.name)
            if camera is not None:
                tell_lacking(segment, join(segment.root, folder.name), table, self._report)
            media = next((one for one in segment.media if camera is not None and one.camera == camera), None)
            if self._has_previous and media is not None:
                add_previous(segment, media, table)
            else:
                segment.sides[folder.name] = table


def _keyed(table: Mapping[str, T], keys: Mapping[str, str], space: KeySpace) -> dict[str, T]:
    return {keys[c]: value for stem, value in table.items() if (c := space.canonical(stem)) in keys}
