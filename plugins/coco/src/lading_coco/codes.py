"""What the reader tells itself, by code: what should hold, and how to mend it. The page of the format says more."""

from __future__ import annotations

from collections.abc import Mapping

from lading import Told

CODES: Mapping[str, Told] = {
    "coco.malformed-file": Told("error", "an annotation file is whole JSON in UTF-8", "Export or download it again."),
    "coco.other-json": Told(
        "warning", "a JSON file beside the annotations is COCO", "Move it elsewhere, if it is not meant to be read."
    ),
    "coco.malformed-record": Told("error", "a record is a JSON object that can be read"),
    "coco.encoding": Told("warning", "text is UTF-8", "Save the file as UTF-8."),
    "coco.duplicate-key": Told("warning", "a key stands once in its object", "Remove the one that does not count."),
    "coco.lfs-pointer": Told("error", "a file is there, not its Git LFS pointer", "Fetch it: git lfs pull."),
    "coco.hidden-file": Told(
        "warning", "the name of an annotation file begins with no dot", "Rename it, or name it on the command line."
    ),
    "coco.missing-file-name": Told("error", "an image or mask names its file"),
    "coco.unsafe-file-name": Told(
        "error", "a file name leads to a place within the dataset", "Write it relative to the folder of pictures."
    ),
    "coco.duplicate-image-id": Told("error", "no two images of a file have the same id"),
    "coco.missing-size": Told("warning", "an image has its width and height in pixels"),
    "coco.no-annotations": Told(
        "warning", "annotations stand under the key `annotations`", "Rename the key, or gather them there."
    ),
    "coco.no-images": Told("warning", "a file with annotations lists its images"),
    "coco.unknown-video": Told("warning", "the video of an image is listed"),
    "coco.duplicate-video-id": Told("error", "no two videos of a file have the same id"),
    "coco.duplicate-video-name": Told(
        "warning", "no two videos of a file have the same name", "Give each its own name: their segments have numbers."
    ),
    "coco.other-video": Told("warning", "an annotation is of the video that its image is of"),
    "coco.missing-track": Told(
        "warning", "an annotation of a video has a track where others have one", "Add its `track_id` or `instance_id`."
    ),
    "coco.bad-frame-id": Told("warning", "`frame_id` of an image of a video is a whole number"),
    "coco.duplicate-frame-id": Told("warning", "no two images of a video have the same `frame_id`"),
    "coco.frame-order": Told("warning", "images of a video come in the order of their `frame_id`"),
    "coco.frame-gap": Told("warning", "images of a video are numbered without gaps"),
    "coco.bad-video": Told("error", "a video has a list of `file_names`"),
    "coco.video-entries": Told("error", "`segmentations`, `bboxes` and `areas` of a video's annotation are lists"),
    "coco.video-length": Told("error", "an annotation has an entry for each frame of its video"),
    "coco.shared-images": Told(
        "warning", "an image is in one split", "Remove it from one of them; what is trained on must not be tested on."
    ),
    "coco.other-picture": Told("warning", "an image id stands for one picture in all files of a split"),
    "coco.other-size": Told("warning", "an image has one size in all files of a split"),
    "coco.file-capitals": Told(
        "warning",
        "a file has the capitals of the name that an image gives it",
        "Rename it: a disk that tells capitals apart has no such file.",
    ),
    "coco.file-ending": Told(
        "warning",
        "a file has the ending of the name that an image gives it",
        "Correct the names: no other program finds the file.",
    ),
    "coco.unlisted-file": Told("warning", "an annotation file lists each picture, mask and pixelmap"),
    "coco.bad-category": Told("error", "a category has an id, a name and, if any, names of keypoints"),
    "coco.bad-skeleton": Told("warning", "a skeleton is pairs of keypoints, counted from 1"),
    "coco.duplicate-category-id": Told("error", "no two categories have the same id"),
    "coco.duplicate-category-name": Told("warning", "no two categories have the same name"),
    "coco.other-category": Told(
        "warning", "a category id stands for one category in all files", "Number the categories of all files alike."
    ),
    "coco.no-categories": Told("warning", "a file with annotations lists its categories"),
    "coco.unknown-category": Told("error", "the category of an annotation is listed", "List it, or correct the id."),
    "coco.orphan-annotation": Told(
        "error", "the image or video of an annotation is listed", "List it, or remove the annotation."
    ),
    "coco.missing-score": Told("warning", "a result has a score where others have one", "Write the score of each."),
    "coco.missing-id": Told("warning", "an annotation has an id"),
    "coco.duplicate-annotation-id": Told("error", "no two annotations of a file have the same id"),
    "coco.shared-annotation-id": Told("warning", "an annotation id stands for one object in all files of a split"),
    "coco.id-type": Told(
        "warning", "an id is written as in the record that it leads to", "Write numbers as numbers in both places."
    ),
    "coco.bad-id": Told("error", "an id is a whole number or a text"),
    "coco.bad-number": Told("error", "a field for a number holds one"),
    "coco.negative-area": Told(
        "warning", "an area is not below 0", "Take its size without the sign that the order of points gives it."
    ),
    "coco.score-range": Told("warning", "a score is from 0 to 1", "Divide scores in percent by 100."),
    "coco.bad-caption": Told("error", "a caption is a text that is not blank"),
    "coco.bad-attributes": Told("error", "`attributes` is an object of names and values"),
    "coco.number-as-text": Told("warning", "a number is not written as text"),
    "coco.stray-id": Told("warning", "licences of images, scenes of TACO and lists of LVIS lead to what is listed"),
    "coco.absent-category": Told("warning", "a category that is listed as not in a picture has no label there"),
    "coco.duplicate-licence-id": Told("warning", "no two licences have the same id"),
    "coco.no-shape": Told("warning", "an annotation has a shape or a caption"),
    "coco.other-spelling": Told("warning", "fields are spelled as COCO has them", "Rename the key."),
    "coco.bad-bbox": Told("error", "`bbox` is four numbers: x, y, width, height"),
    "coco.relative-boxes": Told(
        "warning", "boxes are in pixels, not parts of the picture", "Multiply them by width and height of the image."
    ),
    "coco.relative-keypoints": Told(
        "warning", "keypoints are in pixels, not parts of the picture", "Multiply them by the size of the image."
    ),
    "coco.corner-boxes": Told(
        "warning", "boxes are x, y, width and height, not two corners", "Take the first corner off the second."
    ),
    "coco.same-file": Told("warning", "no two images of a split are one file under two names"),
    "coco.ring-form": Told("warning", "a segmentation is a list of rings, each x and y in turns"),
    "coco.bad-polygon": Told("error", "a ring is pairs of numbers"),
    "coco.bad-segmentation": Told("error", "a segmentation is rings or run lengths"),
    "coco.bad-rle": Told("error", "run lengths are numbers in a list, or their compressed text"),
    "coco.rle-form": Told("warning", "run lengths are in the form that pycocotools writes"),
    "coco.bad-keypoints": Told("error", "keypoints are x, y and visibility for each point"),
    "coco.keypoint-count": Told("warning", "`num_keypoints` is the number of labelled keypoints"),
    "coco.zero-keypoint": Told(
        "warning", "a labelled keypoint is not at 0, 0", "Give points that are not there the visibility 0."
    ),
    "coco.bad-segment": Told("error", "`segments_info` is a list of segments whose ids are whole numbers above 0"),
    "coco.packed-masks": Told("warning", "the archive beside a panoptic file holds its PNGs"),
}
