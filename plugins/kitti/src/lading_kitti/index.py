"""What a segment is made of: its frames' keys, and by key the paths of their files. The reader's only table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from posixpath import basename

from lading import Origin
from lading_kitti.keys import is_number
from lading_kitti.layouts import Layout
from lading_kitti.tree import join


@dataclass(slots=True)
class Media:
    """The files of one sensor. `camera` is its number, None for the velodyne.

    `name` is the folder's, and the sensor's; a file that is not there would be `prefix` + key + `ending`. `times` are
    the paths of its timestamps by name (`""`, `start`, `end`), of raw alone.
    """

    name: str
    camera: int | None
    prefix: str
    ending: str
    files: dict[str, str] = field(default_factory=dict)
    times: dict[str, str] = field(default_factory=dict)

    @property
    def is_lidar(self) -> bool:
        """Whether it is the velodyne."""
        return self.camera is None

    def path(self, key: str) -> str:
        """Where the file of a frame is, or would be."""
        return self.files.get(key) or f"{self.prefix}{key}{self.ending}"


@dataclass(slots=True)
class LabelFiles:
    """Label files: one a frame (`files`, by key) or one for all frames (`path`).

    `camera` is the camera whose picture the 2D boxes lie on; with `has_camera_column`, the 16th column says it.
    """

    name: str
    camera: int
    files: dict[str, str] = field(default_factory=dict)
    path: str | None = None
    has_camera_column: bool = False


@dataclass(slots=True)
class SegmentIndex:
    """One split, drive or sequence. Memory: some paths a frame, which the source's list of names holds anyway.

    `previous` has the frames that are pictures before another frame, and the key of that one, `lonely` those that no
    sensor has a file of, and what names them; `beyond` the numbers of those that are told to be behind the last one.
    `strays` are the frames of one file that no other goes with; `is_stray`
    where the whole segment is such, and `lost` the folders that have nothing of it for that reason, which is told;
    `bare` are the sensors of which it is told that their files are missing, `is_unsent` where that is told of all.
    """

    layout: Layout
    root: str
    container: str = ""
    split: str = ""
    sequence: str = ""
    name: str = ""
    keys: list[str] = field(default_factory=list)
    media: list[Media] = field(default_factory=list)
    labels: LabelFiles | None = None
    calib: dict[str, str] = field(default_factory=dict)
    calib_file: str | None = None
    raw_calib: dict[str, str] = field(default_factory=dict)
    oxts: dict[str, str] = field(default_factory=dict)
    oxts_file: str | None = None
    oxts_times: str | None = None
    tracklets: str | None = None
    times: str | None = None
    poses: str | None = None
    semantic: dict[str, str] = field(default_factory=dict)
    instance: dict[str, str] = field(default_factory=dict)
    mots_rows: str | None = None
    point_labels: dict[str, str] = field(default_factory=dict)
    sides: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    previous: dict[str, str] = field(default_factory=dict)
    sets: dict[str, list[str]] = field(default_factory=dict)
    lonely: dict[str, Origin] = field(default_factory=dict)
    beyond: set[int] = field(default_factory=set)
    strays: frozenset[str] = frozenset()
    is_stray: bool = False
    lost: set[str] = field(default_factory=set)
    bare: set[str] = field(default_factory=set)
    is_unsent: bool = False

    @property
    def root_files(self) -> set[str]:
        """The files without a folder of their own that are read for it."""
        found = (self.calib_file, self.times, self.poses, self.tracklets, *self.raw_calib.values())
        return {path for path in found if path is not None}

    @property
    def lidar(self) -> Media | None:
        """The velodyne."""
        return next((media for media in self.media if media.is_lidar), None)

    @property
    def cameras(self) -> list[Media]:
        """The cameras, by number."""
        return [media for media in self.media if not media.is_lidar]

    @property
    def label_camera(self) -> Media | None:
        """The camera that 2D boxes and masks lie on."""
        number = 2 if self.labels is None else self.labels.camera
        return next((media for media in self.media if media.camera == number), None)

    @property
    def has_calibration(self) -> bool:
        """Whether any calibration file belongs to it."""
        return bool(self.calib or self.calib_file or self.raw_calib)

    @property
    def has_boxes_in_3d(self) -> bool:
        """Whether labels with 3D boxes may come."""
        return self.labels is not None or self.tracklets is not None

    @property
    def is_rectified(self) -> bool:
        """Whether its pictures are rectified: all are but those of raw's `_extract` drives."""
        return not basename(self.root).endswith("_extract")

    def remote_path(self, path: str) -> str:
        """A file's path below the segment; a tracking sequence's own folder is the segment and left out."""
        below = path.removeprefix(f"{self.root}/") if self.root else path
        if self.sequence and below.count("/") >= 2:
            folder, _, rest = below.partition("/")
            return join(folder, rest.removeprefix(f"{self.sequence}/"))
        return below

    def folder(self, name: str) -> str:
        """Where the files of a sensor lie, or would lie."""
        return join(self.root, name, self.sequence, self.layout.data.rstrip("/"))

    def assume(self, name: str, camera: int | None) -> Media:
        """A sensor that labels need and the source has no folder of."""
        media = Media(name, camera, f"{self.folder(name)}/", ".bin" if camera is None else ".png")
        self.media.append(media)
        self.media.sort(key=lambda one: (one.is_lidar, one.camera or 0, one.name))
        return media


def numbers_of(keys: list[str]) -> Mapping[int, str]:
    """Keys by the numbers that they are."""
    return {int(key): key for key in keys if is_number(key)}
