"""What the reader tells itself, by code: what should hold, and how to mend it. The page of the format says more."""

from __future__ import annotations

from collections.abc import Mapping

from lading import Told

CODES: Mapping[str, Told] = {
    "coco.malformed-file": Told("error", "an annotation file is whole JSON in UTF-8", "Export or download it again."),
    "coco.other-json": Told(
        "warning", "a JSON file beside the annotations is COCO", "Move it elsewhere, if it is not meant to be read."
    ),
    "coco.malformed-record": Told(
        "error",
        "a record is a JSON object that can be read",
        "Mend the record where the message says, or export it again.",
    ),
    "coco.encoding": Told("warning", "text is UTF-8", "Save the file as UTF-8."),
    "coco.duplicate-key": Told("warning", "a key stands once in its object", "Remove the one that does not count."),
    "coco.lfs-pointer": Told("error", "a file is there, not its Git LFS pointer", "Fetch it: git lfs pull."),
    "coco.hidden-file": Told(
        "warning", "the name of an annotation file begins with no dot", "Rename it, or name it on the command line."
    ),
    "coco.missing-file-name": Told("error", "an image or mask names its file", "Write the `file_name` of each."),
    "coco.unsafe-file-name": Told(
        "error", "a file name leads to a place within the dataset", "Write it relative to the folder of pictures."
    ),
    "coco.duplicate-image-id": Told(
        "error",
        "no two images of a file have the same id",
        "Give one of them another id, with its annotations, or remove the copy.",
    ),
    "coco.missing-size": Told(
        "warning", "an image has its width and height in pixels", "Write the width and height that the picture has."
    ),
    "coco.no-annotations": Told(
        "warning", "annotations stand under the key `annotations`", "Rename the key, or gather them there."
    ),
    "coco.no-images": Told(
        "warning",
        "a file with annotations lists its images",
        "Add the `images` that the annotations are of.",
    ),
    "coco.unknown-video": Told(
        "warning", "the video of an image is listed", "List it under `videos`, or correct the `video_id`."
    ),
    "coco.duplicate-video-id": Told(
        "error",
        "no two videos of a file have the same id",
        "Number the videos anew, with the `video_id` of their images.",
    ),
    "coco.duplicate-video-name": Told(
        "warning", "no two videos of a file have the same name", "Give each its own name: their segments have numbers."
    ),
    "coco.other-video": Told(
        "warning", "an annotation is of the video that its image is of", "Correct its `video_id` or its `image_id`."
    ),
    "coco.missing-track": Told(
        "warning", "an annotation of a video has a track where others have one", "Add its `track_id` or `instance_id`."
    ),
    "coco.bad-frame-id": Told(
        "warning", "`frame_id` of an image of a video is a whole number", "Number the images of each video from 0 on."
    ),
    "coco.duplicate-frame-id": Told(
        "warning",
        "no two images of a video have the same `frame_id`",
        "Number the images of the video anew, or remove the copy.",
    ),
    "coco.frame-order": Told(
        "warning", "images of a video come in the order of their `frame_id`", "Sort them, or correct the numbers."
    ),
    "coco.frame-gap": Told(
        "warning",
        "images of a video are numbered without gaps",
        "Add the frames that were lost, or number the others anew.",
    ),
    "coco.bad-video": Told("error", "a video has a list of `file_names`", "Write the `file_names` of its frames."),
    "coco.video-entries": Told(
        "error",
        "`segmentations`, `bboxes` and `areas` of a video's annotation are lists",
        "Write lists with an entry for each frame, null where the object is not seen.",
    ),
    "coco.video-length": Told(
        "error",
        "an annotation has an entry for each frame of its video",
        "Fill up with null for frames in which the object is not seen.",
    ),
    "coco.shared-images": Told(
        "warning", "an image is in one split", "Remove it from one of them; what is trained on must not be tested on."
    ),
    "coco.other-picture": Told(
        "warning", "an image id stands for one picture in all files of a split", "Number the images of all files alike."
    ),
    "coco.other-size": Told(
        "warning", "an image has one size in all files of a split", "Write the size that the picture has in all files."
    ),
    "coco.file-capitals": Told(
        "warning",
        "a file has the capitals of the name that an image or a mask gives it",
        "Rename it: a disk that tells capitals apart has no such file.",
    ),
    "coco.file-ending": Told(
        "warning",
        "a file has the ending of the name that an image or a mask gives it",
        "Correct the names: no other program finds the file.",
    ),
    "coco.unlisted-file": Told(
        "warning",
        "an annotation file lists each picture, mask and pixelmap",
        "List it in `images`, or remove the file.",
    ),
    "coco.bad-category": Told(
        "error", "a category has an id, a name and, if any, names of keypoints", "Write its id and name."
    ),
    "coco.bad-skeleton": Told(
        "warning",
        "a skeleton is pairs of keypoints, counted from 1",
        "Write pairs of numbers from 1 to the number of keypoints.",
    ),
    "coco.duplicate-category-id": Told(
        "error", "no two categories have the same id", "Give one of them another id, with its annotations."
    ),
    "coco.duplicate-category-name": Told(
        "warning", "no two categories have the same name", "Join the two, or rename one."
    ),
    "coco.other-category": Told(
        "warning", "a category id stands for one category in all files", "Number the categories of all files alike."
    ),
    "coco.other-category-id": Told(
        "warning", "a category has one id in all files of a kind", "Number the categories of all files alike."
    ),
    "coco.no-categories": Told(
        "warning",
        "a file with annotations lists its categories",
        "Copy the list of `categories` from the file of another split.",
    ),
    "coco.unknown-category": Told("error", "the category of an annotation is listed", "List it, or correct the id."),
    "coco.orphan-annotation": Told(
        "error", "the image or video of an annotation is listed", "List it, or remove the annotation."
    ),
    "coco.missing-score": Told("warning", "a result has a score where others have one", "Write the score of each."),
    "coco.missing-id": Told("warning", "an annotation has an id", "Number the annotations."),
    "coco.duplicate-annotation-id": Told(
        "error",
        "no two annotations of a file have the same id",
        "Number the annotations anew: evaluation drops all but one of an id.",
    ),
    "coco.shared-annotation-id": Told(
        "warning",
        "an annotation id stands for one object in all files of a split",
        "Number the annotations of the files one after the other.",
    ),
    "coco.id-type": Told(
        "warning", "an id is written as in the record that it leads to", "Write numbers as numbers in both places."
    ),
    "coco.bad-id": Told("error", "an id is a whole number or a text", "Write whole numbers."),
    "coco.bad-number": Told(
        "error", "a field for a number holds one", "Write the number, without quotes and units, or leave the key out."
    ),
    "coco.negative-area": Told(
        "warning", "an area is not below 0", "Take its size without the sign that the order of points gives it."
    ),
    "coco.large-area": Told(
        "warning",
        "an area is no larger than that of the box of its annotation",
        "Compute it from the mask, or scale it by the square of what pictures were scaled by.",
    ),
    "coco.score-range": Told("warning", "a score is from 0 to 1", "Divide scores in percent by 100."),
    "coco.bad-caption": Told(
        "error", "a caption is a text that is not blank", "Write the caption, or remove the annotation."
    ),
    "coco.bad-attributes": Told(
        "error", "`attributes` is an object of names and values", 'Write names and values: {"occluded": false}.'
    ),
    "coco.number-as-text": Told("warning", "a number is not written as text", "Write it without quotes."),
    "coco.stray-id": Told(
        "warning",
        "licences of images, scenes of TACO and lists of LVIS lead to what is listed",
        "List what it leads to, or correct the id.",
    ),
    "coco.absent-category": Told(
        "warning",
        "a category that is listed as not in a picture has no label there",
        "Remove the label, or take the category off `neg_category_ids`.",
    ),
    "coco.instance-count": Told(
        "warning", "`instance_count` of a category of LVIS is the number of its annotations", "Count them anew."
    ),
    "coco.duplicate-licence-id": Told(
        "warning", "no two licences have the same id", "Number the licences anew, with the `license` of their images."
    ),
    "coco.no-shape": Told(
        "warning", "an annotation has a shape or a caption", "Add a `bbox` or `segmentation`, or remove the annotation."
    ),
    "coco.other-spelling": Told("warning", "fields are spelled as COCO has them", "Rename the key."),
    "coco.bad-bbox": Told(
        "error", "`bbox` is four numbers: x, y, width, height", "Write four numbers, or leave the key out."
    ),
    "coco.relative-boxes": Told(
        "warning", "boxes are in pixels, not parts of the picture", "Multiply them by width and height of the image."
    ),
    "coco.mixed-boxes": Told(
        "warning",
        "boxes of a file are all in pixels, or all in parts of the picture",
        "Bring those that are in parts to pixels alone.",
    ),
    "coco.relative-keypoints": Told(
        "warning", "keypoints are in pixels, not parts of the picture", "Multiply them by the size of the image."
    ),
    "coco.corner-boxes": Told(
        "warning", "boxes are x, y, width and height, not two corners", "Take the first corner off the second."
    ),
    "coco.centre-boxes": Told(
        "warning", "boxes begin at their top left corner, not in the middle", "Take half of width and height off x, y."
    ),
    "coco.same-file": Told(
        "warning",
        "no two images of a split are one file under two names",
        "Remove one of the two images and join their annotations.",
    ),
    "coco.ring-form": Told(
        "warning",
        "a segmentation is a list of rings, each x and y in turns",
        "Write a list of lists: [[x1, y1, x2, y2, x3, y3]].",
    ),
    "coco.bad-polygon": Told(
        "error", "a ring is pairs of numbers", "Write x and y of each point in turns, all of them numbers."
    ),
    "coco.bad-segmentation": Told(
        "error", "a segmentation is rings or run lengths", "Write a list of rings, or `counts` and `size`."
    ),
    "coco.crowd-polygon": Told(
        "warning",
        "the mask of a crowd is run lengths, polygons are of one object",
        "Write `iscrowd` 0 of single objects; evaluation leaves crowds out. Give crowds run lengths.",
    ),
    "coco.bad-rle": Told(
        "error",
        "run lengths are numbers in a list, or their compressed text",
        "Write them anew with pycocotools.mask.encode.",
    ),
    "coco.rle-form": Told(
        "warning",
        "run lengths are in the form that pycocotools writes",
        "Write them anew with pycocotools.mask.encode.",
    ),
    "coco.bad-keypoints": Told(
        "error",
        "keypoints are x, y and visibility for each point",
        "Write three numbers a point; 0, 0, 0 for one that is not labelled.",
    ),
    "coco.keypoint-count": Told(
        "warning", "`num_keypoints` is the number of labelled keypoints", "Count the points of visibility 1 and 2 anew."
    ),
    "coco.zero-keypoint": Told(
        "warning", "a labelled keypoint is not at 0, 0", "Give points that are not there the visibility 0."
    ),
    "coco.bad-segment": Told(
        "error",
        "`segments_info` is a list of segments whose ids are whole numbers above 0",
        "Write each segment's id, which is R + 256 G + 65536 B of its pixels.",
    ),
    "coco.packed-masks": Told(
        "warning",
        "the archive beside a panoptic file holds its PNGs",
        "Pack the PNGs anew, or unpack them into a folder of the file's name.",
    ),
}
