"""What the reader tells itself, by code: what should hold, and how to mend it. The page of the format says more."""

from __future__ import annotations

from collections.abc import Mapping

from lading import Told

CODES: Mapping[str, Told] = {
    "nuscenes.missing-table": Told(
        "error", "each table of the schema is there", "Add it; one that would be empty is []."
    ),
    "nuscenes.lfs-pointer": Told("error", "a table is there, not its Git LFS pointer", "Fetch it: git lfs pull."),
    "nuscenes.broken-table": Told("error", "a table is a whole JSON array", "Export or download it again."),
    "nuscenes.bad-record": Told(
        "error", "a row has all that it needs, of the types of the schema", "Write the field as the schema has it."
    ),
    "nuscenes.duplicate-key": Told("warning", "a row has each key once", "Remove the one that does not count."),
    "nuscenes.duplicate-token": Told(
        "error",
        "no two rows of a table have the same token",
        "Give one of them another token, with all that leads to it, or remove the copy.",
    ),
    "nuscenes.dangling-token": Told(
        "error", "a token is that of a row", "Add the row that it leads to, or correct the token."
    ),
    "nuscenes.key-camera": Told(
        "warning",
        "`key_camera_token` is that of a key frame of the sample",
        "Write the token of a key frame of the same sample.",
    ),
    "nuscenes.not-key-frame": Told(
        "warning", "labels are those of key frames", "Read the other files as well: -o sweeps=true."
    ),
    "nuscenes.no-key-frame": Told(
        "warning", "files below `samples/` are key frames, where nearly all are", "Write `is_key_frame` true."
    ),
    "nuscenes.surface-category": Told(
        "warning",
        "`object_ann` has objects of nuImages, `surface_ann` its surfaces",
        "Correct its `category_token`, or put the row into the other table.",
    ),
    "nuscenes.labelled-file": Told(
        "error",
        "point labels are of the file of a lidar, which no other row labels",
        "Correct its `sample_data_token`.",
    ),
    "nuscenes.category-index": Told(
        "warning",
        "where points have labels, each category has an index of its own",
        "Take category.json of the release of lidarseg or panoptic.",
    ),
    "nuscenes.token-type": Told("warning", "a token is a text that is not empty", "Write the token in quotes."),
    "nuscenes.broken-chain": Told(
        "warning",
        "`prev` and `next` lead from row to row of one chain and back, `first_...` and `last_...` to its ends",
        "Make `prev` and `next` anew from the times.",
    ),
    "nuscenes.sample-order": Told(
        "warning",
        "`next` leads through all samples of a scene, forward in time",
        "Make `prev` and `next` anew from the times; look for samples of another scene.",
    ),
    "nuscenes.count-mismatch": Told(
        "warning",
        "`nbr_samples` and `nbr_annotations` are the numbers of rows",
        "Count the rows anew, or find those that were lost.",
    ),
    "nuscenes.idle-instance": Told("warning", "an instance has annotations", "Leave it out, or look for its boxes."),
    "nuscenes.duplicate-name": Told(
        "warning", "no two scenes, categories, attributes or levels have the same name", "Rename one of them."
    ),
    "nuscenes.attribute-twice": Told("warning", "a box has each attribute once", "Remove the second token."),
    "nuscenes.attribute-family": Told(
        "warning",
        "nuScenes' own attributes are those of the category: `cycle.` of bicycles, `vehicle.` of cars",
        "Write an attribute of the category's family, or correct the category.",
    ),
    "nuscenes.attribute-clash": Told(
        "warning",
        "a box has one attribute of a family: no `vehicle.moving` beside `vehicle.parked`",
        "Keep the one that is so, and remove the others.",
    ),
    "nuscenes.derived-key": Told(
        "warning", "keys that the devkit derives say what the rows do", "Leave them out: the devkit makes them again."
    ),
    "nuscenes.map-log": Told(
        "warning", "maps name each log, and none that is not there", "Add the log's token to `log_tokens` of its map."
    ),
    "nuscenes.map-picture": Told("warning", "the picture of a map opens and is whole", "Download or export it again."),
    "nuscenes.log-date": Told("warning", "the `date_captured` of a log is a day", "Write YYYY-MM-DD."),
    "nuscenes.no-name": Told("warning", "a scene or log has a name", "Write its name."),
    "nuscenes.timestamp": Told("warning", "a time is in microseconds", "Write microseconds since 1970: 16 digits."),
    "nuscenes.sample-time": Told("warning", "a sample has the time of its files", "Look for a time zone."),
    "nuscenes.file-time": Told(
        "warning",
        "a key frame has a time near that of its sample",
        "Correct the time of the file, or its `sample_token`.",
    ),
    "nuscenes.ego-time": Told(
        "warning", "an ego pose has the time of its file", "Correct its `ego_pose_token`, or the time of one of both."
    ),
    "nuscenes.ego-pose": Told(
        "warning", "a file has the ego pose of its time, where nearly all files have", "Correct its `ego_pose_token`."
    ),
    "nuscenes.ego-place": Told(
        "warning",
        "the ego poses of a sample are near each other",
        "Correct the pose; look for one of another scene, or of another origin.",
    ),
    "nuscenes.box-frame": Told("warning", "boxes are in the global frame", "Bring them there by the ego pose."),
    "nuscenes.box-place": Told(
        "warning", "a box is within 300 m of the vehicle", "Correct its place; look for boxes of another sample."
    ),
    "nuscenes.size-order": Told("warning", "the size of a box is width, length, height", "Write (w, l, h)."),
    "nuscenes.instance-size": Told(
        "warning",
        "an object has one size, where most objects do",
        "Look for two objects that are exchanged; give all boxes of the object its size.",
    ),
    "nuscenes.sweep-time": Told(
        "warning",
        "a file between two samples has a time between theirs",
        "Correct its time, or the `sample_token` that it goes by.",
    ),
    "nuscenes.not-finite": Told(
        "error", "numbers of an ego pose are finite", "Write the numbers, or leave the file out."
    ),
    "nuscenes.no-filename": Told("error", "a row of `sample_data` has the path of a file", "Write its `filename`."),
    "nuscenes.filename": Told(
        "warning",
        "a `filename` is a path below the folder of the dataset",
        "Write it relative to the folder above `samples`, with slashes.",
    ),
    "nuscenes.fileformat": Told(
        "warning", "the `fileformat` of a file is not another than its name says", "Write the ending of the file."
    ),
    "nuscenes.name-channel": Told(
        "warning",
        "a file has no other sensor's channel in its name",
        "Look for rows of `calibrated_sensor` whose sensors are exchanged, and for names in other rows.",
    ),
    "nuscenes.name-time": Told(
        "warning", "a file has the time of its row in its name, where most have", "Look for names in other rows."
    ),
    "nuscenes.name-log": Told(
        "warning", "files are named after the log of their scene", "Look for logs of other scenes or releases."
    ),
    "nuscenes.missing-file": Told(
        "warning", "the files of maps and of point labels are there", "Unpack their archive into the same folder."
    ),
    "nuscenes.point-count": Told("warning", "a number of points is 0 or more", "Count the points in the box anew."),
    "nuscenes.rotation-length": Told("warning", "a quaternion has length 1", "Divide it by its length."),
    "nuscenes.no-rotation": Told(
        "error", "the quaternion of an ego pose is not zero", "Write (1, 0, 0, 0) for no rotation."
    ),
    "nuscenes.quaternion-order": Told(
        "warning", "quaternions of boxes and ego poses have w first", "Write (w, x, y, z)."
    ),
    "nuscenes.rotation-matrix": Told(
        "warning", "a rotation is a quaternion (w, x, y, z)", "Turn the matrix into a quaternion, w first."
    ),
    "nuscenes.result": Told(
        "warning", "a result is of the sample that it is listed under, with a score from 0 to 1", "Export it again."
    ),
    "nuscenes.velocity": Told(
        "warning", "a velocity is a vector of finite numbers", "Write three numbers in m/s, or leave it out."
    ),
    "nuscenes.channel": Told(
        "error", "a sensor has a name of its own, its channel", "Write a `channel` that no other sensor has."
    ),
    "nuscenes.sensor-twice": Told(
        "warning",
        "a sensor has one row for all scenes, or each scene its own for most sensors",
        "Let `calibrated_sensor` name one of both, and remove the other.",
    ),
    "nuscenes.modality": Told("warning", "a sensor is a camera, lidar or radar", "Write camera, lidar or radar."),
    "nuscenes.sensor-place": Told("warning", "a sensor is at the vehicle", "Write metres."),
    "nuscenes.camera": Told(
        "warning",
        "a camera has a matrix of 3 x 3, centred in its pictures, and distortions",
        "Write fx, fy and the middle of the picture; look for the camera of another size of pictures.",
    ),
    "nuscenes.picture-size": Told(
        "warning", "a picture's width and height are above 0", "Write the width and height that the picture has."
    ),
    "nuscenes.carrier": Told(
        "warning", "each sample has a file of the sensor that carries the boxes", "Add the key frame of the lidar."
    ),
    "nuscenes.unplaced-boxes": Told(
        "error",
        "a sample with boxes has a sensor with a pose",
        "Add a file with an ego pose and a calibration to the sample.",
    ),
    "nuscenes.second-file": Told(
        "error", "a sample has one file of each sensor", "Give one of them `is_key_frame` false, or its own sample."
    ),
    "nuscenes.mask": Told("error", "a mask is run lengths in base64", "Write them anew with pycocotools, in base64."),
    "nuscenes.unlisted-files": Told(
        "warning",
        "a row names each file below `samples/` and `sweeps/`",
        "Add their rows to sample_data.json, or remove the files.",
    ),
    "nuscenes.point-cloud-size": Told(
        "error", "a lidar's file is whole points of 20 bytes", "Write x, y, z, intensity and ring as 32-bit floats."
    ),
    "nuscenes.test-labels": Told("warning", "a test set has no labels", "Withhold them, or name it otherwise."),
    "nuscenes.shared-samples": Told(
        "warning",
        "versions for training and for tests share no scene or sample",
        "Take them out of one of both; what is trained on must not be tested on.",
    ),
    "nuscenes.several-versions": Told(
        "warning", "there is one folder of tables", "Say which one to read: -o version=NAME."
    ),
}
