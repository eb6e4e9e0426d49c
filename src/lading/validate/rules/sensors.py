"""Rules of sensors (platform-api.md G4)."""

from __future__ import annotations

from collections.abc import Sequence

from lading.plugin.contracts import GroupedRule
from lading.validate.checks.frames import FramesPass
from lading.validate.checks.sensors import SensorsPass
from lading.validate.rules.make import rule

RULES: Sequence[type[GroupedRule]] = (
    rule(
        "sensor.empty-name",
        "error",
        SensorsPass,
        "a sensor has a name",
        bad='name: ""',
        good='name: "CAM_FRONT"',
        fix="Name it as its files name it.",
    ),
    rule(
        "sensor.duplicate-name",
        "error",
        SensorsPass,
        "no two sensors of a segment have the same name",
        bad="two sensors cam",
        good="cam_left, cam_right",
        fix="Rename one of them and its files.",
    ),
    rule(
        "sensor.plain-dataset",
        "error",
        SensorsPass,
        "a plain dataset has no sensors",
        bad="sensors in a dataset of type 0",
        good="sensors in a dataset of type 1",
        fix="Make it a fusion dataset.",
    ),
    rule(
        "sensor.unused",
        "warning",
        FramesPass,
        "each sensor of a segment has files",
        bad="RADAR_BACK, and no file of it",
        good="sensors that have files",
        fix="Leave the sensor out, or add its files.",
    ),
    rule(
        "sensor.not-finite",
        "error",
        SensorsPass,
        "a sensor's numbers are finite",
        bad="cx: NaN",
        good="cx: 826.6",
        fix="Calibrate again, or leave the calibration out.",
    ),
    rule(
        "sensor.rotation",
        "warning",
        SensorsPass,
        "a sensor is turned by a quaternion of length 1",
        bad="(0.5, 0.5, 0, 0)",
        good="(0.7071, 0.7071, 0, 0)",
        fix="Divide the quaternion by its length; w comes first.",
    ),
    rule(
        "sensor.all-identity",
        "warning",
        SensorsPass,
        "sensors sit at places of their own",
        bad="every sensor at (0, 0, 0), not turned",
        good="the calibrated places",
        fix="Export the calibration; identity is what exporters write when they have none.",
    ),
    rule(
        "sensor.no-intrinsics",
        "warning",
        SensorsPass,
        "a camera has intrinsics",
        bad="a camera with extrinsics alone",
        good="fx, fy, cx, cy beside them",
        fix="Add the camera matrix.",
    ),
    rule(
        "sensor.focal-length",
        "error",
        SensorsPass,
        "a camera's focal lengths are above 0",
        bad="fx: 0",
        good="fx: 1266.4",
        fix="Add the camera matrix of the calibration, for axes x right, y down, z ahead.",
    ),
    rule(
        "sensor.distortion-empty",
        "warning",
        SensorsPass,
        "distortion that is given has a coefficient",
        bad="distortion: {}",
        good="distortion: {k1: -0.36}",
        fix="Leave the distortion out, or fill it.",
    ),
    rule(
        "sensor.distortion-gap",
        "error",
        SensorsPass,
        "distortion coefficients are numbered from 1 without a gap",
        bad="k1, k3",
        good="k1, k2 = 0, k3",
        fix="Write 0 for what lies between; readers drop what follows a gap.",
    ),
)
