"""KITTI files of which one thing is broken."""

from __future__ import annotations

import math
from pathlib import Path

from broken import Broken, Change, Place, copied, cut, filled, redrawn, removed, replaced

T = "training/"
ROWS, TRACKS = T + "label_2/000000.txt", T + "label_02/0000.txt"
DRIVE = "2011_09_26/2011_09_26_drive_0001_sync/"
SEQUENCE = "dataset/sequences/00/times.txt"
TRACKLETS, TIMES = DRIVE + "tracklet_labels.xml", DRIVE + "image_02/timestamps.txt"
PEDESTRIAN = "Pedestrian 0.00 1 -0.21 71.80 13.54 83.02 30.23 1.89 0.48 1.20 1.84 1.47 8.41 0.01\n"
SEMANTIC = T + "semantic/000000_10.png"


def line(number: int, file: str = ROWS) -> list[Place]:
    return [(file, None, number)]


def whole(file: str) -> list[Place]:
    return [(file, None, None)]


def pose(number: int) -> list[Place]:
    pointer = f"/boost_serialization/tracklets/item[1]/poses/item[{number + 1}]"
    return [(TRACKLETS, pointer, 16 + 17 * number)]


def row(rule: str, old: str, new: str, name: str = "", at: int = 1) -> Broken:
    return Broken(rule, "kitti", replaced(ROWS, old, new), line(at), name)


def track(rule: str, old: str, new: str, at: int, name: str = "") -> Broken:
    return Broken(rule, "kitti-tracking", replaced(TRACKS, old, new), line(at, TRACKS), name)


def raw(rule: str, change: Change, places: list[Place], name: str = "") -> Broken:
    return Broken(rule, "kitti-raw", change, places, name)


def times(order: tuple[int, ...], file: str = TIMES) -> Change:
    def change(root: Path) -> None:
        lines = (root / file).read_text().splitlines()
        (root / file).write_text("".join(f"{lines[index]}\n" for index in order))

    return change


def by_utc(root: Path) -> None:
    """The camera's clock two hours behind those of the laser and the IMU."""
    path = root / TIMES
    path.write_text(path.read_text().replace(" 13:", " 11:"))


def without_camera(root: Path) -> None:
    """No line P2 in the calibration of the first frame."""
    path = root / T / "calib/000000.txt"
    path.write_text("".join(line for line in path.read_text().splitlines(keepends=True) if not line.startswith("P2:")))


def degrees(root: Path) -> None:
    """Every alpha and rotation_y of the first frame in degrees."""
    rows = [row.split() for row in (root / ROWS).read_text().splitlines()]
    for row in rows:
        for column in (3, 14):
            row[column] = row[column] if row[column] == "-10" else f"{math.degrees(float(row[column])) + 360:.2f}"
    (root / ROWS).write_text("".join(f"{' '.join(row)}\n" for row in rows))


def exchanged(root: Path) -> None:
    """The projections of cameras 2 and 3 of the first frame, each in the line of the other."""
    path = root / T / "calib/000000.txt"
    lines = path.read_text().splitlines(keepends=True)
    lines[2], lines[3] = f"P2{lines[3][2:]}", f"P3{lines[2][2:]}"
    path.write_text("".join(lines))


def relative(root: Path) -> None:
    """The boxes of the first frame as parts of the picture of 124 x 37."""
    rows = [row.split() for row in (root / ROWS).read_text().splitlines()]
    for row in rows:
        row[4:8] = [f"{float(edge) / size:.4f}" for edge, size in zip(row[4:8], (124, 37, 124, 37), strict=True)]
    (root / ROWS).write_text("".join(f"{' '.join(row)}\n" for row in rows))


CAR = "1 0 Car 0 1 -1.403177 44.012486 17.694442 55.585924 26.681723 1.500000 1.600000 3.900000 -2.100000 1.600000"
BESIDE = CAR.replace("44.0", "45.0").replace("-2.1", "-1.9")

BROKEN = [
    row("box2d.outside-image", "83.02", "183.02"),
    row("box2d.inverted", "71.80 13.54 83.02", "83.02 13.54 71.80"),
    row("box2d.empty", "71.80 13.54 83.02", "71.80 13.54 71.80"),
    row("label.not-finite", "71.80", "nan"),
    row("label.not-finite", "1.84 1.47", "nan 1.47", "in space"),
    row("box3d.size", "1.89 0.48", "-1.89 0.48"),
    row("box3d.size", "1.89 0.48", "0 0.48", "of 0"),
    row("box3d.too-large", "1.89 0.48 1.20", "1.89 0.48 400", "in space"),
    row("label.duplicate", PEDESTRIAN, PEDESTRIAN * 2, at=2),
    row("kitti.label-row", "1.84 1.47", "x 1.47"),
    row("kitti.label-size", "1.89 0.48 1.20", "1.89 0.48 12.0"),
    row("kitti.label-projection", "1.50 1.60 3.90 -3.10 1.60", "1.50 1.60 3.90 -3.10 0.85", "of a middle", 2),
    row("kitti.angle", "8.41 0.01", "8.41 90.5", "of a box in degrees"),
    row("kitti.angle", "1 -0.21", "1 -12.03", "of alpha in degrees"),
    Broken("kitti.angle", "kitti", degrees, line(1), "of all rows of a file"),
    Broken("kitti.relative-boxes", "kitti", relative, line(1)),
    track("kitti.relative-boxes", "44.012486 17.694442 55.585924 26.681723", "0.35 0.48 0.45 0.72", 4),
    raw("kitti.angle", replaced(TRACKLETS, "<rz>-3.18", "<rz>-183.18"), line(16, TRACKLETS), "of a tracklet"),
    track("instance.category-changed", "1 0 Car", "1 0 Van", 4),
    track("instance.jump", "-2.100000 1.600000 14.200000", "-2.100000 1.600000 214.200000", 4, "and back"),
    track("instance.jump", "-2.100000 1.600000 14.200000", "-2.100000 1.600000 66.200000", 4, "52 m in 0.1 s"),
    track("instance.jump", "-2.100000 1.600000 14.200000", "-2.100000 1.600000 59.200000", 4, "45 m and back"),
    track("instance.jump", "-1.100000 1.600000 14.200000", "-1.100000 1.600000 214.200000", 6),
    track("kitti.track", "1 0 Car", "1 -1 Car", 4),
    track("label.instance-twice", CAR, f"{CAR} 14.200000 -1.550000\n{BESIDE}", 5),
    Broken("media.missing", "kitti", removed(T + "velodyne/000001.bin"), whole(T + "velodyne/000001.bin")),
    Broken("media.missing", "kitti-tracking", removed(T + "velodyne/0000/000002.bin"),
           whole(T + "velodyne/0000/000002.bin")),
    raw("media.missing", removed(DRIVE + "image_02/data/0000000001.png"),
        whole(DRIVE + "image_02/data/0000000001.png")),
    Broken("kitti.calibration-projection", "kitti", without_camera, whole(T + "calib/000000.txt")),
    Broken("kitti.calibration-exchanged", "kitti", exchanged, line(3, T + "calib/000000.txt")),
    Broken("kitti.label-commas", "kitti", replaced(ROWS, PEDESTRIAN, PEDESTRIAN.replace(" ", ",")), line(1)),
    Broken("media.unreadable", "kitti", filled(T + "velodyne/000001.bin", b""), whole(T + "velodyne/000001.bin")),
    Broken("kitti.velodyne-size", "kitti", filled(T + "velodyne/000001.bin", b"x" * 33),
           whole(T + "velodyne/000001.bin")),
    Broken("media.unreadable", "kitti-2d", cut("images/kai ñ.png", 0.7), whole("images/kai ñ.png")),
    Broken("media.duplicate", "kitti-2d", copied("images/kai ñ.png", "images/a sub folder/blue bay.0.png"),
           whole("images/kai ñ.png")),
    Broken("mask.not-png", "kitti-semantics", redrawn(SEMANTIC, lambda image: image.convert("L"), "JPEG"),
           whole(SEMANTIC)),
    Broken("mask.size-mismatch", "kitti-semantics", redrawn(SEMANTIC, lambda image: image.crop((0, 0, 5, 5))),
           whole(SEMANTIC)),
    raw("timestamp.shared", times((0, 0, 2)), line(2, TIMES)),
    raw("timestamp.backwards", times((0, 2, 1)), line(3, TIMES)),
    Broken("timestamp.backwards", "kitti-odometry", times((1, 0), SEQUENCE), line(2, SEQUENCE), "of all sensors"),
    raw("kitti.clock", by_utc, whole(TIMES)),
    raw("kitti.tracklet-size", replaced(TRACKLETS, "<h>1.5<", "<h>0<"), line(9, TRACKLETS)),
    raw("instance.jump", replaced(TRACKLETS, "<tx>12.75<", "<tx>312.75<"), pose(1)),
    raw("label.not-finite", replaced(TRACKLETS, "<tx>12.75<", "<tx>nan<"), pose(1)),
]  # fmt: skip
