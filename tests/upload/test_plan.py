"""What goes where on the platform: the segments that frames of their own calibration lie in."""

from __future__ import annotations

from lading.model.dataset import MemoryDataset, Segment
from lading.model.frame import Data, Frame
from lading.model.geometry import EGO, Transform3D
from lading.model.report import Report
from lading.model.sensor import Lidar, Radar
from lading.upload.plan import SegmentPlan


def test_sensors_in_another_order_are_the_same_calibration() -> None:
    lidar = Lidar(name="lidar", extrinsics=Transform3D("lidar", EGO, (1.0, 2.0, 3.0), (1.0, 0.0, 0.0, 0.0)))
    radar = Radar(name="radar", extrinsics=Transform3D("radar", EGO, (0.0, 0.0, 1.0), (1.0, 0.0, 0.0, 0.0)))
    frames = [
        Frame(
            key=str(number),
            data=[Data(path=f"{number}.bin", remote_path=f"{number}.bin", sensor_name="lidar")],
            calibration={sensor.name: sensor for sensor in sensors},
        )
        for number, sensors in enumerate([(lidar, radar), (radar, lidar)])
    ]
    segment = Segment(name="drive", is_calibrated_by_frame=True)
    dataset = MemoryDataset("d", {"drive": frames}, is_fusion=True)
    plan = SegmentPlan(dataset, segment, Report())
    names = {item.segment_name for frame in frames for item in plan.items(frame)}
    assert len(names) == 1
    assert set(plan.sensors) == names
