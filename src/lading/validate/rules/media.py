"""Rules of files: pictures, point clouds, masks."""

from __future__ import annotations

from collections.abc import Sequence

from lading.plugin.contracts import GroupedRule
from lading.validate.checks.clouds import CloudsPass
from lading.validate.checks.data import DataPass
from lading.validate.rules.make import rule

RULES: Sequence[type[GroupedRule]] = (
    rule(
        "media.missing",
        "error",
        DataPass,
        "a file that the source names is there",
        bad="a record of 1.jpg, and no such file",
        good="1.jpg lies where the record says",
        fix="Add the file, or remove its record; names are compared letter by letter. Labels are checked without "
        "files by --rule media.missing=off.",
    ),
    rule(
        "media.unreadable",
        "error",
        DataPass,
        "a file has content, a picture opens and is whole, a PCD has its points",
        bad="a JPEG that ends in the middle; a file of 0 bytes; a Git LFS pointer",
        good="a JPEG that ends with FF D9",
        fix="Copy the file again from where it came from.",
    ),
    rule(
        "media.size-mismatch",
        "warning",
        DataPass,
        "a picture has the size that the source declares",
        bad="width 640 for a picture of 1280 x 720",
        good="width 1280, height 720",
        fix="Find out which one the labels were drawn on. Of a picture that was resized scale them; save one that EXIF "
        "turns as it is shown, without EXIF.",
    ),
    rule(
        "media.pair-size",
        "warning",
        DataPass,
        "cameras of one matrix have pictures of one size in a frame",
        bad="left of 1242 x 375 and right of 1241 x 376, and one matrix for both",
        good="left and right of 1242 x 375",
        fix="Take both pictures of one rectification, or give each camera the matrix of its own.",
    ),
    rule(
        "media.other-format",
        "warning",
        DataPass,
        "a picture is of the format that its name says",
        bad="1.jpg, which is a PNG",
        good="1.png",
        fix="Name it by its format, in the record too, or save it anew: many programs and the platform go by the name.",
    ),
    rule(
        "media.not-finite",
        "warning",
        CloudsPass,
        "the numbers of a point of a cloud are finite",
        bad="a point of a lidar's .bin whose x is NaN",
        good="points that the lidar saw, and no others",
        fix="Leave out points of beams that met nothing, and their labels. --rule media.not-finite=off "
        "--rule media.far-points=off spares reading each .bin whole.",
    ),
    rule(
        "media.far-points",
        "warning",
        CloudsPass,
        "points of a cloud are in metres from the sensor, 1 km or less but for a few",
        bad="a lidar's .bin with ranges of 4,000 to 60,000",
        good="ranges of 4 to 60",
        fix="Divide millimetres by 1,000; move map points to the sensor's frame. "
        "--rule media.not-finite=off --rule media.far-points=off spares reading each .bin whole.",
    ),
    rule(
        "media.duplicate",
        "warning",
        DataPass,
        "no two files of a segment have the same bytes",
        bad="1.jpg and copy_of_1.jpg",
        good="each picture once",
        fix="Remove the copy and join the labels.",
    ),
    rule(
        "media.leak",
        "warning",
        DataPass,
        "no two segments share a file, by its bytes",
        bad="the same picture in train and in val",
        good="disjoint segments",
        fix="Remove it from one of them; what is trained on must not be tested on.",
    ),
    rule(
        "media.augmented-leak",
        "warning",
        DataPass,
        "copies that Roboflow made of one picture are in one segment",
        bad="a_jpg.rf.1f3c.jpg in train and a_jpg.rf.9b02.jpg in valid",
        good="all of a_jpg in train",
        fix="Split the pictures first, then augment those of train alone.",
    ),
    rule(
        "mask.not-png",
        "error",
        DataPass,
        "a mask is a PNG",
        bad="mask.jpg",
        good="mask.png",
        fix="Export masks as PNG: a JPEG changes pixel values.",
    ),
    rule(
        "mask.size-mismatch",
        "error",
        DataPass,
        "a mask has the size of its picture",
        bad="a mask of 500 x 375 beside a picture of 500 x 374",
        good="both of one size",
        fix="Export the mask at the size of the picture.",
    ),
    rule(
        "mask.duplicate-id",
        "error",
        DataPass,
        "a mask's table has each pixel value once",
        bad="values 1, 2, 2",
        good="values 1, 2, 3",
        fix="Give each value one row.",
    ),
    rule(
        "mask.unknown-id",
        "error",
        DataPass,
        "a mask's category ids are in the catalog",
        bad="category id 40 of 21",
        good="category id 15",
        fix="Add the category with its id, or correct the table.",
    ),
    rule(
        "mask.checksum",
        "error",
        DataPass,
        "a mask's checksum is a SHA-1 in lower-case hex",
        bad='checksum "A9993E36"',
        good="40 digits out of 0-9a-f",
        fix="Compute the SHA-1 of the mask's file.",
    ),
)
