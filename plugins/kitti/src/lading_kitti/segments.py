"""From the folders of a source to its segments: splits, sequences, drives, and the names that they get."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from posixpath import basename, commonpath, dirname

from lading import Source
from lading.media import is_image_name
from lading_kitti.index import SegmentIndex
from lading_kitti.label_rows import is_tracking_line
from lading_kitti.layouts import OBJECT, ODOMETRY, RAW, SPLITS, TRACKING, Layout
from lading_kitti.tree import FolderFiles, Root, Tree, first_lines, is_drive, join

_ODOMETRY_FILES = frozenset({"calib.txt", "times.txt", "poses.txt"})


def layout_of(root: Root, source: Source) -> Layout | None:
    """The layout that a root has by its folders and files, or None where it has no frames of its own."""
    media = root.of("image", "lidar", "oxts")
    has_data_folders = any(item.rest.startswith("data/") for folder in media for item in folder.items)
    if has_data_folders or is_drive(root.path) or "tracklet_labels.xml" in root.files:
        return RAW
    labels = root.of("labels")
    has_rows = any(item.path.endswith(".txt") for folder in labels for item in folder.items)
    if basename(dirname(root.path)) == "sequences" or (_ODOMETRY_FILES & root.files.keys() and not has_rows):
        return ODOMETRY
    for folder in labels:
        sample = next((i.path for i in folder.items if (file := source.get(i.path)) is not None and file.size), None)
        if sample is not None:
            is_tracking = _is_nested(root) or any(map(is_tracking_line, first_lines(source, sample)))
            return TRACKING if is_tracking else OBJECT
    if _is_nested(root):
        return TRACKING
    return OBJECT if labels or root.of("image", "lidar", "semantic", "instance") else None


def _is_nested(root: Root) -> bool:
    """Whether the media lie in a folder a sequence, as tracking has them: numbers, and not one file beside them."""
    rests = [item.rest for folder in root.of("image", "lidar") for item in folder.items]
    return bool(rests) and all("/" in rest and rest.partition("/")[0].isdigit() for rest in rests)


def find_segments(tree: Tree, source: Source) -> list[tuple[SegmentIndex, Root]]:
    """The segments of a source with the roots that they lie in, sorted by name; the files are not sorted in yet."""
    _add_posed_sequences(tree)
    found: list[tuple[SegmentIndex, Root]] = []
    for path in sorted(tree.roots):
        root = tree.roots[path]
        layout = layout_of(root, source)
        if layout is None:
            continue
        sequences = _sequences(root) if layout is TRACKING else [""]
        for sequence in sequences:
            segment = SegmentIndex(layout, path, sequence=sequence)
            segment.container, segment.split = _place(layout, path)
            found.append((segment, root))
    _name([segment for segment, _ in found], source.name)
    return sorted(found, key=lambda pair: pair[0].name)


def _add_posed_sequences(tree: Tree) -> None:
    """Sequences of odometry that have poses and nothing else."""
    for path, root in list(tree.roots.items()):
        for folder in root.of("poses"):
            for item in folder.items:
                sequence = tree.root(join(path, "sequences", item.rest.rpartition(".")[0]))
                sequence.files.setdefault("poses/", item.path)


def _sequences(root: Root) -> list[str]:
    """The sequences of a root of tracking: whatever has media or labels of it."""
    names: set[str] = set()
    for folder in root.of("image", "lidar", "labels", "mots", "mots_rows"):
        names.update(_sequence_of(folder, item.rest) for item in folder.items)
    return sorted(names - {""})


def _sequence_of(folder: FolderFiles, rest: str) -> str:
    pattern = TRACKING.sequence_file if folder.kind.role in ("labels", "mots_rows") else TRACKING.media
    match = None if pattern is None else pattern.fullmatch(rest)
    return "" if match is None else match["sequence"]


def _place(layout: Layout, path: str) -> tuple[str, str]:
    """What a root lies in, and the name it has within that."""
    name = basename(path)
    if layout is RAW:
        day = dirname(path)
        return (dirname(day) if _is_day(basename(day)) else day), name
    if layout is ODOMETRY:
        above = dirname(path)
        return (dirname(above) if basename(above) == "sequences" else above), name
    return (dirname(path), name) if name.lower() in SPLITS else (path, "")


def _is_day(name: str) -> bool:
    return len(name) == 10 and name[4] == name[7] == "_" and name.replace("_", "").isdigit()


def _name(segments: Sequence[SegmentIndex], source_name: str) -> None:
    """Short names: the split, sequence or drive; what they lie in comes before it where there are several such.

    Sequences of tracking bear their split where both splits have one of that number.
    """
    common = _common([segment.container for segment in segments])
    plain = source_name if source_name.lower() in SPLITS or is_drive(source_name) else "all"
    shared = Counter((segment.container, segment.sequence) for segment in segments)
    split_needed = {container for (container, sequence), count in shared.items() if sequence and count > 1}
    taken: Counter[str] = Counter()
    for segment in segments:
        container = segment.container[len(common) :].strip("/")
        own = segment.split
        if segment.sequence:
            own = join(segment.split if segment.container in split_needed else "", segment.sequence)
        name = join(container, own) or plain
        taken[name] += 1
        segment.name = name if taken[name] == 1 else f"{name}-{taken[name]}"


def _common(containers: Iterable[str]) -> str:
    found = set(containers)
    return "" if not found or "" in found else commonpath(found)


def media_ending(paths: Iterable[str], default: str) -> str:
    """The ending that most files have, the first of several; `default` without files."""
    counts = Counter(f".{path.rpartition('.')[2]}" for path in paths)
    return counts.most_common(1)[0][0] if counts else default


def is_picture_or_cloud(name: str) -> bool:
    """Whether a file is media and no list of times beside them."""
    return is_image_name(name) or not basename(name).startswith("timestamps")
