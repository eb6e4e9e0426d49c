"""Where KITTI's boxes, sensors and poses have to be, by pykitti and the devkit's formulas; see README.md.

`make_expected.py SAMPLES/kitti expected.json`
"""

from __future__ import annotations

import json
import sys
import tarfile
import tempfile
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import numpy as np
import pykitti

#: Frames of all training labels: near and far, of each recording day, boxes behind the camera, swapped alpha.
FRAMES = ("000010", "000154", "000301", "001000", "002465", "003216", "004000", "005000", "006277", "007480")
TRACKING_FRAMES = (0, 100, 200, 446)
ODOMETRY_FRAMES = (0, 1, 100, 4540)


def square(matrix: np.ndarray) -> np.ndarray:
    result = np.eye(4)
    result[: matrix.shape[0], : matrix.shape[1]] = matrix
    return result


def read_calibration(path: Path) -> dict[str, np.ndarray]:
    """By pykitti's reader, which wants a colon a line; the official tracking files lack three of them."""
    lines = []
    for line in path.read_text().splitlines():
        if line.strip():
            lines.append(line if ":" in line else line.replace(" ", ": ", 1))
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write("\n".join(lines))
        file.flush()
        return pykitti.utils.read_calib_file(file.name)


def corners_of(row: list[str]) -> np.ndarray:
    """computeBox3D.m: (8, 3) in rectified camera 0, of the columns from `type` on."""
    h, w, length, x, y, z, ry = map(float, row[8:15])
    box = np.array(
        [
            [length / 2, length / 2, -length / 2, -length / 2] * 2,
            [0, 0, 0, 0, -h, -h, -h, -h],
            [w / 2, -w / 2, -w / 2, w / 2] * 2,
        ]
    )
    return (pykitti.utils.roty(ry) @ box).T + np.array([x, y, z])


def boxes_of(rows: list[list[str]], calibration: dict[str, np.ndarray]) -> list[dict[str, Any]]:
    """Corners in the velodyne's frame, and their pixels by P2, of every row that has a box."""
    rect = calibration.get("R0_rect", calibration.get("R_rect")).reshape(3, 3)
    velo = calibration.get("Tr_velo_to_cam", calibration.get("Tr_velo_cam")).reshape(3, 4)
    velo_to_rect = square(rect) @ square(velo)
    projection = calibration["P2"].reshape(3, 4)
    result = []
    for row in rows:
        if row[0] == "DontCare":
            continue
        ones = np.hstack([corners_of(row), np.ones((8, 1))])
        seen = ones @ projection.T
        result.append(
            {
                "category": row[0],
                "corners_velo": (ones @ np.linalg.inv(velo_to_rect).T)[:, :3].tolist(),
                "pixels": (seen[:, :2] / seen[:, 2:]).tolist(),
                "least_depth": float(seen[:, 2].min()),
            }
        )
    return result


def rows_of(text: str) -> list[list[str]]:
    return [line.split() for line in text.splitlines() if line.strip()]


def object_frames(folder: Path) -> dict[str, Any]:
    return {
        path.stem: boxes_of(rows_of(path.read_text()), read_calibration(folder / "calib" / path.name))
        for path in sorted((folder / "label_2").glob("*.txt"))
    }


def chosen_frames(folder: Path) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as unpacked:
        for part in ("label_2", "calib"):
            with tarfile.open(folder / f"{part}.tar.xz") as archive:
                members = [archive.getmember(f"{part}/{frame}.txt") for frame in FRAMES]
                archive.extractall(unpacked, members, filter="data")
        return object_frames(Path(unpacked))


def tracking(folder: Path) -> dict[str, Any]:
    calibration = read_calibration(folder / "calib" / "0001.txt")
    rows = rows_of((folder / "label_02" / "0001.txt").read_text())
    packets = pykitti.utils.load_oxts_packets_and_poses([str(folder / "oxts" / "0001.txt")])
    imu_to_velo = square(calibration["Tr_imu_velo"].reshape(3, 4))
    return {
        "boxes": {
            frame: boxes_of([row[2:] for row in rows if int(row[0]) == frame], calibration) for frame in TRACKING_FRAMES
        },
        "poses": {frame: (packets[frame].T_w_imu @ np.linalg.inv(imu_to_velo)).tolist() for frame in TRACKING_FRAMES},
    }


def odometry(folder: Path) -> dict[str, Any]:
    sequence = pykitti.odometry(str(folder), "00")
    return {
        "poses": {frame: (sequence.poses[frame] @ sequence.calib.T_cam0_velo).tolist() for frame in ODOMETRY_FRAMES},
        "times_s": {frame: sequence.timestamps[frame].total_seconds() for frame in ODOMETRY_FRAMES},
    }


def tracklets(path: Path) -> dict[str, Any]:
    """run_demoTracklets.m: the corners of every tenth pose, in the velodyne's frame."""
    result: dict[str, Any] = {}
    for index, item in enumerate(ET.parse(path).getroot().find("tracklets").findall("item")):
        h, w, length = (float(item.findtext(name)) for name in "hwl")
        box = np.array(
            [
                [length / 2, length / 2, -length / 2, -length / 2] * 2,
                [w / 2, -w / 2, -w / 2, w / 2] * 2,
                [0, 0, 0, 0, h, h, h, h],
            ]
        )
        for k, pose in enumerate(item.find("poses").findall("item")):
            if k % 10:
                continue
            place = np.array([float(pose.findtext(name)) for name in ("tx", "ty", "tz")])
            corners = (pykitti.utils.rotz(float(pose.findtext("rz"))) @ box).T + place
            result[f"{int(item.findtext('first_frame')) + k}/{index}"] = corners.tolist()
    return result


def cameras(folder: Path) -> dict[str, Any]:
    """Where each camera's centre is in the velodyne's frame: the point that its projection takes to nothing."""
    result = {}
    for path in sorted((folder / "calib").glob("*.txt")):
        calibration = read_calibration(path)
        lift = square(calibration["R0_rect"].reshape(3, 3)) @ square(calibration["Tr_velo_to_cam"].reshape(3, 4))
        result[path.stem] = {}
        for camera in (2, 3):
            whole = calibration[f"P{camera}"].reshape(3, 4) @ lift
            result[path.stem][f"image_{camera}"] = (-np.linalg.solve(whole[:, :3], whole[:, 3])).tolist()
    return result


def main(samples: Path, target: Path) -> None:
    expected = {
        "object": object_frames(samples / "object" / "training"),
        "cameras": cameras(samples / "object" / "training"),
        "all-labels": chosen_frames(samples / "object-labels-all"),
        "tracking": tracking(samples / "tracking" / "training"),
        "odometry": odometry(samples / "odometry" / "dataset"),
        "tracklets": tracklets(next((samples / "raw").rglob("tracklet_labels.xml"))),
    }
    target.write_text(json.dumps(expected, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
