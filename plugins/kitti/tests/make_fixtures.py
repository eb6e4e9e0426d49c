"""Draws the fixtures of KITTI's layouts: `python plugins/kitti/tests/make_fixtures.py fixtures`.

All geometry is worked out here with numpy alone, by the devkit's formulas (computeBox3D.m), not by the reader.
"""

from __future__ import annotations

import math
import sys
from pathlib import Path

import numpy as np
from PIL import Image

WIDTH, HEIGHT = 124, 37
AXES = np.array([[0.0, -1.0, 0.0], [0.0, 0.0, -1.0], [1.0, 0.0, 0.0]])  # velodyne x forward -> camera z forward


def turn(x: float, y: float, z: float) -> np.ndarray:
    """A small rotation about x, then y, then z."""
    cx, sx, cy, sy, cz, sz = math.cos(x), math.sin(x), math.cos(y), math.sin(y), math.cos(z), math.sin(z)
    about_x = np.array([[1, 0, 0], [0, cx, -sx], [0, sx, cx]])
    about_y = np.array([[cy, 0, sy], [0, 1, 0], [-sy, 0, cy]])
    about_z = np.array([[cz, -sz, 0], [sz, cz, 0], [0, 0, 1]])
    return about_z @ about_y @ about_x


class Rig:
    """A calibration of our own."""

    def __init__(self, focal: float, lean: float) -> None:
        self.k = np.array([[focal, 0, 60.95], [0, focal, 17.25], [0, 0, 1]])
        offsets = {0: (0, 0, 0), 1: (-0.54, 0, 0), 2: (0.06, -0.0004, 0.0027), 3: (-0.47, 0.0024, 0.0032)}
        self.p = {i: np.hstack([self.k, self.k @ np.array(b, dtype=float)[:, None]]) for i, b in offsets.items()}
        self.r0 = turn(0.004, lean, -0.01)
        self.v = np.hstack([turn(0.014, -0.002, lean) @ AXES, [[-0.004], [-0.076], [-0.27]]])
        self.imu = np.hstack([turn(0.0148, -0.002, -0.0008), [[-0.81], [0.32], [-0.8]]])

    @property
    def m(self) -> np.ndarray:
        full = np.eye(4)
        full[:3] = self.v
        rect = np.eye(4)
        rect[:3, :3] = self.r0
        return rect @ full

    def text(self, *, is_tracking: bool = False) -> str:
        rows = [(f"P{i}:", p) for i, p in self.p.items()]
        names = ("R_rect", "Tr_velo_cam", "Tr_imu_velo")
        if not is_tracking:
            names = ("R0_rect:", "Tr_velo_to_cam:", "Tr_imu_to_velo:")
        rows += list(zip(names, (self.r0, self.v, self.imu), strict=True))
        return "".join(f"{key} {numbers(m)}\n" for key, m in rows) + "\n"


def numbers(matrix: np.ndarray) -> str:
    return " ".join(f"{value:.12e}" for value in np.asarray(matrix, dtype=float).ravel())


def corners(h: float, w: float, length: float, x: float, y: float, z: float, ry: float) -> np.ndarray:
    """computeBox3D.m: the eight corners in rectified camera 0, (3, 8)."""
    c, s = math.cos(ry), math.sin(ry)
    rotation = np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    half = np.array([length / 2, length / 2, -length / 2, -length / 2] * 2)
    box = np.array([half, [0, 0, 0, 0, -h, -h, -h, -h], np.array([w / 2, -w / 2, -w / 2, w / 2] * 2)])
    return rotation @ box + np.array([[x], [y], [z]])


def row(rig: Rig, name: str, size: tuple[float, ...], place: tuple[float, ...], ry: float, digits: int = 2) -> str:
    """A label row whose 2D box is the projection by P2, clipped to the picture."""
    seen = rig.p[2] @ np.vstack([corners(*size, *place, ry), np.ones(8)])
    u, v = seen[:2] / seen[2]
    left, right = (min(max(value, 0), WIDTH - 1) for value in (u.min(), u.max()))
    top, bottom = (min(max(value, 0), HEIGHT - 1) for value in (v.min(), v.max()))
    alpha = math.remainder(ry - math.atan2(place[0], place[2]), math.tau)
    values = (alpha, left, top, right, bottom, *size, *place, ry)
    truncated = "0.00" if digits == 2 else "0"
    return " ".join([name, truncated, "1", *(f"{value:.{digits}f}" for value in values)])


def cloud(rig: Rig, boxes: list[tuple[tuple[float, ...], tuple[float, ...], float]], seed: int) -> bytes:
    """Twenty points within each box (at 0.9 of its size) and five beside all of them, in the velodyne's frame."""
    random = np.random.default_rng(seed)
    back = np.linalg.inv(rig.m)
    points = []
    for (h, w, length), place, ry in boxes:
        c, s = math.cos(ry), math.sin(ry)
        local = (random.random((20, 3)) - 0.5) * 0.9 * np.array([length, h, w])
        local[:, 1] -= h / 2
        rect = local @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]]).T + np.array(place)
        points.append((np.hstack([rect, np.ones((20, 1))]) @ back.T)[:, :3])
    points.append(np.array([[80.0, 40.0 - 3 * i, 6.0] for i in range(5)]))
    xyz = np.vstack(points)
    return np.hstack([xyz, np.full((len(xyz), 1), 0.25)]).astype("<f4").tobytes()


def write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())


def picture(path: Path, shade: int, width: int = WIDTH, height: int = HEIGHT) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (width, height), (shade, 90, 120)).save(path, optimize=True)


def make_object(root: Path) -> None:
    day, other = Rig(72.15, 0.0098), Rig(70.7, 0.0101)
    pedestrian = ((1.89, 0.48, 1.2), (1.84, 1.47, 8.41), 0.01)
    car = ((1.5, 1.6, 3.9), (-3.1, 1.6, 14.2), -1.55)
    truck = ((2.85, 2.63, 12.34), (0.47, 1.49, 49.44), 1.9)
    dont_care = "DontCare -1 -1 -10 50.36 16.97 59.06 19.01 -1 -1 -1 -1000 -1000 -1000 -10"
    frames = {
        "000000": (day, [("Pedestrian", *pedestrian), ("Car", *car)], [dont_care]),
        "000001": (other, [("Truck", *truck)], [dont_care, dont_care.replace("50.36", "48.00")]),
        "000002": (day, [], None),
        "000003": (day, [], []),
    }
    for index, (key, (rig, boxes, more)) in enumerate(frames.items()):
        folder = root / "training"
        for camera in (2, 3):
            picture(folder / f"image_{camera}" / f"{key}.png", 40 * index, WIDTH + 2 * (index == 1))
        write(folder / "calib" / f"{key}.txt", rig.text())
        write(folder / "velodyne" / f"{key}.bin", cloud(rig, [box[1:] for box in boxes], index))
        if more is not None:
            rows = [row(rig, name, size, place, ry) for name, size, place, ry in boxes] + more
            write(folder / "label_2" / f"{key}.txt", "".join(f"{line}\n" for line in rows))
    testing = root / "testing"
    picture(testing / "image_2" / "000000.png", 200)
    write(testing / "calib" / "000000.txt", other.text())
    write(testing / "velodyne" / "000000.bin", cloud(other, [], 9))
    write(root / "ImageSets" / "train.txt", "000000\n000002")
    write(root / "ImageSets" / "val.txt", "000001\n000003")
    write(root / "ImageSets" / "test.txt", "000000")


def oxts(index: int) -> str:
    values = [49.009 + 1e-6 * index, 8.437, 114.4, 0.07, 0.001, -0.27, *[0.5] * 17, 0.43, 0.06]
    return " ".join(f"{value:.12f}" for value in values) + " 4 7 4 4 0 \n"


def make_tracking(root: Path) -> None:
    folder = root / "training"
    rig = Rig(72.15, 0.0098)
    ignored = "-1000.000000 -1000.000000 -1000.000000 -10.000000 -1.000000 -1.000000 -1.000000"
    for sequence, count in (("0000", 3), ("0001", 2)):
        rows = []
        for index in range(count):
            box = ((1.5, 1.6, 3.9), (-3.1 + index, 1.6, 14.2), -1.55)
            rows.append(f"{index} -1 DontCare -1 -1 -10.000000 10.0 5.0 30.0 20.0 {ignored}")
            rows.append(f"{index} 0 {row(rig, 'Car', *box, digits=6)}")
            for camera in ("image_02", "image_03"):
                picture(folder / camera / sequence / f"{index:06d}.png", 30 * index)
            write(folder / "velodyne" / sequence / f"{index:06d}.bin", cloud(rig, [box], index))
        write(folder / "label_02" / f"{sequence}.txt", "".join(f"{line}\n" for line in rows))
        write(folder / "calib" / f"{sequence}.txt", rig.text(is_tracking=sequence == "0000"))
        write(folder / "oxts" / f"{sequence}.txt", "".join(map(oxts, range(count))))


def stamps(count: int, lost: int | None = None, offset: int = 0) -> str:
    lines = [f"2011-09-26 13:02:25.{964389445 + offset + 100 * i:09d}" for i in range(count)]
    return "".join(f"{'' if i == lost else line}\n" for i, line in enumerate(lines))


def pose(tx: float, rz: float, state: int) -> str:
    fields = {"tx": tx, "ty": 2.5, "tz": -1.7, "rx": 0, "ry": 0, "rz": rz, "state": state, "occlusion": 0}
    fields |= {"occlusion_kf": 1, "truncation": -1, "amt_occlusion": 0, "amt_occlusion_kf": 1}
    fields |= {"amt_border_l": 0, "amt_border_r": 1, "amt_border_kf": -1}
    return "<item>" + "".join(f"\n<{k}>{v}</{k}>" for k, v in fields.items()) + "\n</item>\n"


def tracklets() -> str:
    items = []
    for kind, first, states in (("Car", 0, (2, 1, 2)), ("Person (sitting)", 1, (2,))):
        poses = "".join(pose(12.5 + 0.25 * i, -3.1842001424562025, s) for i, s in enumerate(states))
        items.append(
            f"<item>\n<objectType>{kind}</objectType>\n<h>1.5</h>\n<w>1.75</w>\n<l>4.25</l>\n"
            f"<first_frame>{first}</first_frame>\n<poses>\n<count>{len(states)}</count>\n"
            f"<item_version>2</item_version>\n{poses}</poses>\n<finished>1</finished>\n</item>\n"
        )
    return (
        '<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>\n<!DOCTYPE boost_serialization>\n'
        '<boost_serialization signature="serialization::archive" version="9">\n<tracklets class_id="0" version="0">\n'
        f"<count>{len(items)}</count>\n<item_version>1</item_version>\n{''.join(items)}"
        "</tracklets>\n</boost_serialization>\n"
    )


def raw_calibration(folder: Path, rig: Rig) -> None:
    lines = ["calib_time: 09-Jan-2012 13:57:47", "corner_dist: 9.950000e-02"]
    for camera in range(4):
        lines += [f"S_0{camera}: 1.392000e+03 5.120000e+02", f"K_0{camera}: {numbers(rig.k)}"]
        lines += [f"S_rect_0{camera}: {WIDTH:e} {HEIGHT:e}"]
        lines += [f"D_0{camera}: -3.7e-01 2.0e-01 2.2e-03 1.3e-03 -7.2e-02", f"R_0{camera}: {numbers(np.eye(3))}"]
        lines += [f"T_0{camera}: {-0.54 * camera:e} 0 0", f"R_rect_0{camera}: {numbers(rig.r0)}"]
        lines += [f"P_rect_0{camera}: {numbers(rig.p[camera])}"]
    write(folder / "calib_cam_to_cam.txt", "\n".join(lines) + "\n")
    velo = [f"R: {numbers(rig.v[:, :3])}", f"T: {numbers(rig.v[:, 3])}", "delta_f: 0 0", "delta_c: 0 0"]
    write(folder / "calib_velo_to_cam.txt", "calib_time: 15-Mar-2012 11:37:16\n" + "\n".join(velo) + "\n")
    write(folder / "calib_imu_to_velo.txt", f"R: {numbers(rig.imu[:, :3])}\nT: {numbers(rig.imu[:, 3])}\n")


def make_raw(root: Path) -> None:
    rig = Rig(72.15, 0.0098)
    for day, drive, count in (("2011_09_26", "0001", 3), ("2011_09_28", "0002", 1)):
        raw_calibration(root / day, rig)
        folder = root / day / f"{day}_drive_{drive}_sync"
        for index in range(count):
            picture(folder / "image_02" / "data" / f"{index:010d}.png", 50 * index)
            write(folder / "oxts" / "data" / f"{index:010d}.txt", oxts(index))
            if drive == "0002" or index != 2:
                write(folder / "velodyne_points" / "data" / f"{index:010d}.bin", cloud(rig, [], index))
        write(folder / "image_02" / "timestamps.txt", stamps(count))
        write(folder / "oxts" / "timestamps.txt", stamps(count, offset=7))
        write(folder / "velodyne_points" / "timestamps.txt", stamps(count, lost=2, offset=3))
        for name, offset in (("start", 1), ("end", 5)):
            write(folder / "velodyne_points" / f"timestamps_{name}.txt", stamps(count, lost=2, offset=offset))
    # the velodyne lost frame 2, and the tracklets end before it
    text = tracklets().replace("<count>3</count>", "<count>2</count>").replace(pose(13.0, -3.1842001424562025, 2), "")
    write(root / "2011_09_26" / "2011_09_26_drive_0001_sync" / "tracklet_labels.xml", text)


def make_odometry(root: Path) -> None:
    rig = Rig(71.88, 0.01)
    folder = root / "dataset" / "sequences" / "00"
    lines = [f"P{i}: {numbers(p)}" for i, p in rig.p.items()] + [f"Tr: {numbers(rig.m[:3])}"]
    write(folder / "calib.txt", "\n".join(lines) + "\n")
    write(folder / "times.txt", "0.000000e+00\n1.037359e-01\n")
    for index in range(2):
        picture(folder / "image_0" / f"{index:06d}.png", 60 * index)
        write(folder / "velodyne" / f"{index:06d}.bin", cloud(rig, [], index))
        write(folder / "labels" / f"{index:06d}.label", np.array([10, 40, 252, 1 << 16 | 10, 0], "<u4").tobytes())
    poses = [np.hstack([turn(0, 0.01 * i, 0), [[0.1 * i], [0], [1.5 * i]]]) for i in range(2)]
    write(root / "dataset" / "poses" / "00.txt", "".join(f"{numbers(p)}\n" for p in poses))


def make_semantics(root: Path) -> None:
    folder = root / "training"
    picture(folder / "image_2" / "000000_10.png", 10, 12, 6)
    labels = np.full((6, 12), 7, "u1")  # road
    labels[:3] = 23  # sky
    labels[2:5, 3:6] = 26  # two cars
    labels[2:5, 8:10] = 26
    instances = labels.astype("u2") * 256
    instances[2:5, 3:6] += 1
    instances[2:5, 8:10] += 2
    for name, pixels in (("semantic", labels), ("instance", instances)):
        (folder / name).mkdir(parents=True, exist_ok=True)
        Image.fromarray(pixels).save(folder / name / "000000_10.png")


def make_2d(root: Path) -> None:
    rest = "-1 -1 -1 -1000 -1000 -1000 -10"
    picture(root / "images" / "a sub folder" / "blue bay.0.png", 0)
    picture(root / "images" / "kai ñ.png", 100)
    write(root / "labels" / "blue bay.0.txt", f"boat with sails -1 -1 -10 5.5 4.0 60.25 30.0 {rest}\n")
    write(
        root / "labels" / "kai ñ.txt", f"gull -1 -1 -10 1.0 1.0 9.0 8.0 {rest}\r\nbuoy\t-1 -1 -10 20 5 25 11 {rest}\n"
    )


MAKERS = {
    "kitti": make_object,
    "kitti-tracking": make_tracking,
    "kitti-raw": make_raw,
    "kitti-odometry": make_odometry,
    "kitti-semantics": make_semantics,
    "kitti-2d": make_2d,
}

if __name__ == "__main__":
    for name, make in MAKERS.items():
        make(Path(sys.argv[1]) / name)
