"""Which folders and files make up which of KITTI's layouts (source-formats.md 3.1): a table, not code."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple, TypeAlias

#: What the files of a folder are. `side` files are kept by their paths, in the extras of their frame.
Role: TypeAlias = Literal[
    "image", "lidar", "labels", "calib", "oxts", "semantic", "instance", "mots", "mots_rows", "sets", "poses", "side"
]


class FolderKind(NamedTuple):
    """What a folder is by its name. `rank`: of several of one kind for the same thing, the lowest is read."""

    role: Role
    camera: int | None = None
    rank: int = 0


#: Names in lower case; a group is the number of the camera. The official readme itself writes image_02 for image_2.
_FOLDERS: tuple[tuple[re.Pattern[str], FolderKind], ...] = tuple(
    (re.compile(pattern), kind)
    for pattern, kind in (
        (r"image_0?(\d)", FolderKind("image")),
        (r"images?", FolderKind("image", 2, 1)),
        (r"velodyne|velodyne_points", FolderKind("lidar")),
        (r"velodyne_reduced", FolderKind("lidar", rank=1)),
        (r"label_0?2", FolderKind("labels", 2)),
        (r"label_all", FolderKind("labels", 0, 1)),
        (r"label_0?(\d)", FolderKind("labels", rank=2)),
        (r"labels?", FolderKind("labels", 2, 3)),
        (r"results?|predictions?|preds?|detections?", FolderKind("labels", 2, 4)),
        (r"calibs?|calibration", FolderKind("calib")),
        (r"oxts", FolderKind("oxts")),
        (r"semantic", FolderKind("semantic")),
        (r"instance", FolderKind("instance")),
        (r"instances", FolderKind("mots")),
        (r"instances_txt", FolderKind("mots_rows")),
        (r"imagesets", FolderKind("sets")),
        (r"poses", FolderKind("poses")),
        (r"prev_\d|planes|depth_\d|semantic_rgb|gt_image_0?\d|disp_(occ|noc)_\d|flow_(occ|noc)", FolderKind("side")),
    )
)

#: The folders of splits; also found below a folder of labels or images (`label_2/train`).
SPLITS = frozenset({"training", "testing", "train", "val", "test", "trainval", "validation"})

#: Files that stand in the root of a segment, or above it, without a folder of their own.
ROOT_FILES = frozenset(
    {
        "calib.txt",
        "times.txt",
        "poses.txt",
        "tracklet_labels.xml",
        "calib_cam_to_cam.txt",
        "calib_velo_to_cam.txt",
        "calib_imu_to_velo.txt",
    }
)

DRIVE = re.compile(r"\d{4}_\d\d_\d\d_drive_\d+(_\w+)?")


class Layout(NamedTuple):
    """How one benchmark lays out its files below the root of a split, drive or sequence.

    `media` and `sequence_file` match the path below a folder: the groups are `sequence` and `stem`. `image` and
    `lidar` are the folders that labels are put on where the source has none, `digits` how many a frame's number has.
    `period_ns` is the time from one frame to the next where no file tells it.
    """

    name: str
    title: str
    media: re.Pattern[str]
    sequence_file: re.Pattern[str] | None
    image: str
    lidar: str
    data: str
    digits: int
    is_continuous: bool
    period_ns: int | None = None


_ONE_FILE_A_FRAME = re.compile(r"(?P<sequence>)(?P<stem>.+)\.[^./]+")

OBJECT = Layout("object", "KITTI object", _ONE_FILE_A_FRAME, None, "image_2", "velodyne", "", 6, is_continuous=False)
TRACKING = Layout(
    "tracking",
    "KITTI tracking",
    re.compile(r"(?P<sequence>[^/]+)/(?P<stem>[^/]+)\.[^./]+"),
    re.compile(r"(?P<sequence>[^/]+)\.txt"),
    "image_02",
    "velodyne",
    "",
    6,
    is_continuous=True,
    period_ns=100_000_000,  # 10 Hz nominal (source-formats.md 3.7)
)
RAW = Layout(
    "raw",
    "KITTI raw",
    re.compile(r"(?P<sequence>)data/(?P<stem>[^/]+)\.[^./]+"),
    None,
    "image_02",
    "velodyne_points",
    "data/",
    10,
    is_continuous=True,
)
ODOMETRY = Layout(
    "odometry",
    "KITTI odometry",
    _ONE_FILE_A_FRAME,
    None,
    "image_0",
    "velodyne",
    "",
    6,
    is_continuous=True,
)


def folder_kind(name: str) -> FolderKind | None:
    """What a folder of this name holds, or None where no layout has one."""
    lowered = name.lower()
    for pattern, kind in _FOLDERS:
        match = pattern.fullmatch(lowered)
        if match is not None:
            number = match[1] if pattern.groups and kind.role in ("image", "labels") else None
            return kind if number is None else kind._replace(camera=int(number))
    return None
