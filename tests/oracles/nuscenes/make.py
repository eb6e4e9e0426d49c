"""Expected numbers from the official devkit: python make.py DATAROOT EXPECTED.json

For every sample: the centres of its boxes in the lidar's frame, their corners in every camera where all of them are
a metre or more in front of it, the velocities, and the lidar's points inside each box. Run it in an environment of
requirements.txt; it shares no code with lading.
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
from nuscenes.nuscenes import NuScenes
from nuscenes.utils.data_classes import LidarPointCloud
from nuscenes.utils.geometry_utils import BoxVisibility, points_in_box, view_points

NEAREST_M = 1.0


def main(root: str, target: str) -> None:
    """Write the numbers of a version `v1.0-mini`."""
    database = NuScenes(version="v1.0-mini", dataroot=root, verbose=False)
    samples = {sample["token"]: numbers(database, sample) for sample in database.sample}
    Path(target).write_text(json.dumps(samples, indent=0) + "\n", encoding="utf-8")


def numbers(database: NuScenes, sample: dict[str, Any]) -> dict[str, Any]:
    """The numbers of one sample."""
    found: dict[str, Any] = {"lidar": {}, "points": {}, "cameras": {}, "velocities": {}}
    path, boxes, _ = database.get_sample_data(sample["data"]["LIDAR_TOP"])
    cloud = LidarPointCloud.from_file(path).points[:3]
    for box in boxes:
        found["lidar"][box.token] = [*box.center.tolist(), *box.orientation.elements.tolist()]
        found["points"][box.token] = int(points_in_box(box, cloud).sum())
        velocity = database.box_velocity(box.token).tolist()
        found["velocities"][box.token] = None if any(map(math.isnan, velocity)) else velocity
    for channel, file in sample["data"].items():
        if database.get("sample_data", file)["sensor_modality"] == "camera":
            found["cameras"][channel] = dict(corners(database, file))
    return found


def corners(database: NuScenes, file: str) -> list[tuple[str, Any]]:
    """The corners of the boxes before a camera, in pixels: all x, then all y, as the devkit orders them."""
    _, boxes, intrinsic = database.get_sample_data(file, box_vis_level=BoxVisibility.NONE)
    found = []
    for box in boxes:
        points = box.corners()
        if np.min(points[2]) >= NEAREST_M:
            found.append((box.token, view_points(points, intrinsic, normalize=True)[:2].tolist()))
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
