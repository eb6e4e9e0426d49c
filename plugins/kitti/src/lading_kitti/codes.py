"""What the reader tells itself, by code: what should hold, and how to mend it. The page of the format says more."""

from __future__ import annotations

from collections.abc import Mapping

from lading import Told

CODES: Mapping[str, Told] = {
    "kitti.unreadable": Told("error", "a file can be read"),
    "kitti.lfs-pointer": Told("error", "a file is there, not its Git LFS pointer", "Fetch it: git lfs pull."),
    "kitti.encoding": Told("error", "text is UTF-8"),
    "kitti.label-row": Told("error", "a row of labels has its 15 or 16 columns, 17 or 18 in tracking"),
    "kitti.label-columns": Told("warning", "a row of labels has all of its columns, and no others"),
    "kitti.label-commas": Told(
        "warning",
        "blanks part the columns of labels",
        "Write a blank for each comma: the devkit reads no such row.",
    ),
    "kitti.label-header": Told("warning", "a file of labels begins with a row"),
    "kitti.label-truncated": Told("warning", "`truncated` is 0 to 1, in tracking 0, 1 or 2, or -1 for unset"),
    "kitti.label-occluded": Told("warning", "`occluded` is 0, 1, 2 or 3, or -1 for unset"),
    "kitti.label-dimensions": Told("warning", "the size of a box is written height, width, length"),
    "kitti.label-alpha": Told("warning", "alpha follows from rotation_y and location"),
    "kitti.track": Told("warning", "a row of tracking names its track, 0 or more"),
    "kitti.track-size": Told("warning", "a car, van, truck or tram keeps its length and width"),
    "kitti.angle": Told("warning", "alpha, rotation_y and the angles of tracklets are in radians"),
    "kitti.relative-boxes": Told(
        "warning", "edges of boxes are in pixels", "Multiply them by the size of the picture."
    ),
    "kitti.label-far": Told("warning", "a box lies within 500 m of the camera", "Write its place in metres."),
    "kitti.label-behind": Told("warning", "a box that is drawn in the picture lies ahead of the camera"),
    "kitti.label-missing": Told(
        "warning", "each frame has a file of labels", "An empty file says that there is nothing to label."
    ),
    "kitti.waymo-export": Told("warning", "boxes lie in KITTI's camera frame"),
    "kitti.stray-file": Told("warning", "a frame or a sequence has files in the folders in which others have theirs"),
    "kitti.sensor-missing": Told(
        "warning",
        "a sequence or drive has a folder of each sensor that others beside it have",
        "Add the folder, or leave that sensor out of the others.",
    ),
    "kitti.duplicate-file": Told("warning", "no two files of a folder have the same name"),
    "kitti.calibration-missing": Told("warning", "each frame has a calibration that leads to the velodyne"),
    "kitti.calibration-row": Told("error", "a line of a calibration has its number of values"),
    "kitti.calibration-key": Told("warning", "a calibration has each of its lines once"),
    "kitti.calibration-projection": Told("error", "the labels' camera has a projection, where others have"),
    "kitti.calibration-matrix": Told("error", "a rotation or projection of a calibration is one"),
    "kitti.calibration-size": Told("warning", "a size of pictures in a calibration is two whole numbers"),
    "kitti.calibration-axes": Told("warning", "a calibration turns the axes of the velodyne into those of the camera"),
    "kitti.calibration-turned": Told("warning", "the velodyne of a rig looks the same way in all frames"),
    "kitti.velodyne-size": Told(
        "error", "a scan is whole points of 16 bytes", "If points have 5 values, write the first 4."
    ),
    "kitti.point-labels-size": Told("error", "a file of point labels has four bytes for each point"),
    "kitti.scan-lost": Told("warning", "each scan of a drive has its time"),
    "kitti.timestamp": Told("error", "a line of times is a time"),
    "kitti.clock": Told(
        "warning", "the clocks of all sensors show the same time", "Take off the hours of the time zone."
    ),
    "kitti.oxts-row": Told("error", "a record of the GPS/IMU is 30 finite numbers"),
    "kitti.pose-row": Told("error", "a row of poses is 12 numbers that hold a rotation"),
    "kitti.ego-pose": Told("warning", "poses can be brought to the velodyne", "Add the calibration between the two."),
    "kitti.record-missing": Told("warning", "each frame has its time, its record of the GPS/IMU and its pose"),
    "kitti.listed-twice": Told("warning", "an image set lists a frame once"),
    "kitti.unlisted": Told("warning", "a set of ImageSets lists each frame, where sets list most"),
    "kitti.shared-id": Told("warning", "no frame is in two of the sets `train`, `val` and `test`"),
    "kitti.set-frames": Told("warning", "the set `trainval` lists each frame of `train` and `val`"),
    "kitti.tracklets": Told("error", "a file of tracklets is whole XML"),
    "kitti.tracklet": Told("error", "a tracklet has a type, a size, a first frame and poses"),
    "kitti.tracklet-size": Told("error", "a tracklet's h, w and l are in metres and above 0"),
    "kitti.tracklet-state": Told("warning", "state, occlusion and truncation of a pose are values of KITTI's"),
    "kitti.tracklet-frames": Told("warning", "the poses of a tracklet are in frames of the drive"),
    "kitti.tracklet-pose": Told("error", "a pose of a tracklet is six numbers in a frame of the drive"),
    "kitti.tracklet-count": Told("warning", "`count` is the number of items"),
    "kitti.mask-unreadable": Told("error", "an instance mask is a picture of one channel"),
    "kitti.mots-row": Told("error", "a row of `instances_txt` is six columns, the last of them run lengths"),
}
