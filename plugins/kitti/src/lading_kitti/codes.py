"""What the reader tells itself, by code: what should hold, and how to mend it. The page of the format says more."""

from __future__ import annotations

from collections.abc import Mapping

from lading import Told

CODES: Mapping[str, Told] = {
    "kitti.unreadable": Told("error", "a file can be read", "Copy or download it again."),
    "kitti.lfs-pointer": Told("error", "a file is there, not its Git LFS pointer", "Fetch it: git lfs pull."),
    "kitti.encoding": Told("error", "text is UTF-8", "Save the file as UTF-8."),
    "kitti.label-row": Told(
        "error",
        "a row of labels has its 15 or 16 columns, 17 or 18 in tracking",
        "Write all columns; -1, -1 and -10 stand for what is not known.",
    ),
    "kitti.label-columns": Told(
        "warning",
        "a row of labels has all of its columns, and no others",
        "Write all columns; 15 in sets of detection, and the score behind them in results.",
    ),
    "kitti.label-commas": Told(
        "warning",
        "blanks part the columns of labels",
        "Write a blank for each comma: the devkit reads no such row.",
    ),
    "kitti.label-header": Told(
        "warning", "a file of labels begins with a row", "Remove the line of names: the devkit reads a row there."
    ),
    "kitti.label-truncated": Told(
        "warning",
        "`truncated` is 0 to 1, in tracking 0, 1 or 2, or -1 for unset",
        "Write how much of the object is outside the picture, 0 to 1.",
    ),
    "kitti.label-occluded": Told(
        "warning",
        "`occluded` is 0, 1, 2 or 3, or -1 for unset",
        "Write 0 for seen whole, 1 partly, 2 largely hidden, 3 unknown.",
    ),
    "kitti.label-dimensions": Told(
        "warning",
        "the size of a box is written height, width, length",
        "Write height, width, length: nuScenes and others have another order.",
    ),
    "kitti.label-size": Told(
        "warning",
        "a car, van, truck, tram, cyclist or pedestrian is as large as one can be",
        "Write its size in metres; look for a point that is a digit off.",
    ),
    "kitti.label-projection": Told(
        "warning",
        "a 3D box, drawn in the picture by the calibration, is where the 2D box is",
        "Look for y at the middle of boxes, pictures that were scaled, and the calibration of another camera.",
    ),
    "kitti.label-alpha": Told(
        "warning", "alpha follows from rotation_y and location", "Take alpha as rotation_y - atan2(x, z)."
    ),
    "kitti.track": Told(
        "warning", "a row of tracking names its track, 0 or more", "Write the frame and the track before the type."
    ),
    "kitti.track-size": Told(
        "warning",
        "a car, van, truck or tram keeps its length and width",
        "Write one size for the track; look for columns that were exchanged.",
    ),
    "kitti.angle": Told(
        "warning",
        "alpha, rotation_y and the angles of tracklets are in radians",
        "Multiply degrees by pi / 180, and bring the angle to -pi to pi.",
    ),
    "kitti.relative-boxes": Told(
        "warning", "edges of boxes are in pixels", "Multiply them by the size of the picture."
    ),
    "kitti.label-far": Told("warning", "a box lies within 500 m of the camera", "Write its place in metres."),
    "kitti.label-behind": Told(
        "warning",
        "a box that is drawn in the picture lies ahead of the camera",
        "Look for an axis with its sign turned; z points ahead.",
    ),
    "kitti.label-missing": Told(
        "warning", "each frame has a file of labels", "An empty file says that there is nothing to label."
    ),
    "kitti.waymo-export": Told(
        "warning",
        "boxes lie in KITTI's camera frame",
        "Bring the boxes into the camera's frame: x right, y down, z ahead, the place at the bottom.",
    ),
    "kitti.previous-missing": Told(
        "warning", "a folder of pictures before the frames has three of each", "Add the pictures, from `_01` to `_03`."
    ),
    "kitti.stray-file": Told(
        "warning",
        "a frame or a sequence has files in the folders in which others have theirs",
        "Add the files that are lacking, or remove the stray one.",
    ),
    "kitti.sensor-missing": Told(
        "warning",
        "a sequence or drive has a folder of each sensor that others beside it have",
        "Add the folder, or leave that sensor out of the others.",
    ),
    "kitti.duplicate-file": Told("warning", "no two files of a folder have the same name", "Remove one of them."),
    "kitti.calibration-missing": Told(
        "warning",
        "each frame has a calibration that leads to the velodyne",
        "Add the file, or copy that of another frame of the same drive.",
    ),
    "kitti.calibration-row": Told(
        "error",
        "a line of a calibration has its number of values",
        "Write all values: 12 of a projection or a transform, 9 of R0_rect.",
    ),
    "kitti.calibration-key": Told(
        "warning", "a calibration has each of its lines once", "Remove the second line, and add those that are lacking."
    ),
    "kitti.calibration-projection": Told(
        "error", "the labels' camera has a projection, where others have", "Add the line `P2`."
    ),
    "kitti.calibration-matrix": Told(
        "error",
        "a rotation or projection of a calibration is one",
        "Look for exchanged lines, lost signs and matrices written by columns.",
    ),
    "kitti.calibration-size": Told(
        "warning", "a size of pictures in a calibration is two whole numbers", "Write width and height."
    ),
    "kitti.calibration-axes": Told(
        "warning",
        "a calibration turns the axes of the velodyne into those of the camera",
        "Look for the inverse of the transform, or one between other frames.",
    ),
    "kitti.calibration-exchanged": Told(
        "warning",
        "camera 1 is to the right of camera 0, and 3 of 2",
        "Exchange the numbers of the two projections, or those of the folders of pictures.",
    ),
    "kitti.calibration-far": Told(
        "warning", "the velodyne is within 50 m of the camera", "Write the calibration in metres."
    ),
    "kitti.calibration-turned": Told(
        "warning",
        "the velodyne of a rig looks the same way in all frames",
        "Write the transform of the other frames; look for its inverse.",
    ),
    "kitti.velodyne-size": Told(
        "error", "a scan is whole points of 16 bytes", "If points have 5 values, write the first 4."
    ),
    "kitti.point-labels-size": Told(
        "error",
        "a file of point labels has four bytes for each point",
        "Write a 32-bit number for each point of the scan.",
    ),
    "kitti.timestamp": Told(
        "error", "a line of times is a time", "Write YYYY-MM-DD hh:mm:ss and a fraction, or seconds in odometry."
    ),
    "kitti.clock": Told(
        "warning", "the clocks of all sensors show the same time", "Take off the hours of the time zone."
    ),
    "kitti.times-unit": Told("warning", "`times.txt` is in seconds", "Divide milliseconds by 1,000."),
    "kitti.oxts-heading": Told(
        "warning",
        "yaw, and the way from place to place, are the direction of vn and ve",
        "Write yaw in radians from east, counterclockwise; lat before lon, in degrees.",
    ),
    "kitti.oxts-row": Told(
        "error", "a record of the GPS/IMU is 30 finite numbers", "Write all 30 values as dataformat.txt lists them."
    ),
    "kitti.pose-row": Told(
        "error",
        "a row of poses is 12 numbers that hold a rotation",
        "Write the first three rows of the 4 x 4 matrix, one after the other.",
    ),
    "kitti.ego-pose": Told("warning", "poses can be brought to the velodyne", "Add the calibration between the two."),
    "kitti.record-missing": Told(
        "warning",
        "each frame has its time, its record of the GPS/IMU and its pose",
        "Add the lines that are lacking, or remove frames behind the last.",
    ),
    "kitti.listed-twice": Told("warning", "an image set lists a frame once", "Remove the second line."),
    "kitti.unlisted": Told(
        "warning",
        "a set of ImageSets lists each frame, where sets list most",
        "Add it to a set: what goes by the sets never sees it.",
    ),
    "kitti.shared-id": Told(
        "warning",
        "no frame is in two of the sets `train`, `val` and `test`",
        "Remove it from one of them; what is trained on must not be tested on.",
    ),
    "kitti.set-frames": Told(
        "warning", "the set `trainval` lists each frame of `train` and `val`", "Make `trainval` anew from both."
    ),
    "kitti.tracklets": Told("error", "a file of tracklets is whole XML", "Export or download it again."),
    "kitti.tracklet": Told(
        "error", "a tracklet has a type, a size, a first frame and poses", "Write all of its elements."
    ),
    "kitti.tracklet-size": Told(
        "error", "a tracklet's h, w and l are in metres and above 0", "Write h, w and l in metres."
    ),
    "kitti.tracklet-state": Told(
        "warning",
        "state, occlusion and truncation of a pose are values of KITTI's",
        "Write the numbers of the devkit's tracklets.h.",
    ),
    "kitti.tracklet-frames": Told(
        "warning",
        "the poses of a tracklet are in frames of the drive",
        "Correct `first_frame`, or remove the poses behind the last frame.",
    ),
    "kitti.tracklet-pose": Told(
        "error", "a pose of a tracklet is six numbers in a frame of the drive", "Write tx, ty, tz, rx, ry and rz."
    ),
    "kitti.tracklet-count": Told("warning", "`count` is the number of items", "Count the items anew."),
    "kitti.mask-unreadable": Told(
        "error",
        "an instance mask is a picture of one channel",
        "Save it as a PNG of one channel and 16 bits.",
    ),
    "kitti.mots-row": Told(
        "error",
        "a row of `instances_txt` is six columns, the last of them run lengths",
        "Write frame, id, class, height, width and run lengths.",
    ),
}
