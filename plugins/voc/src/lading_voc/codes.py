"""What the reader tells itself, by code: what should hold, and how to mend it. The page of the format says more."""

from __future__ import annotations

from collections.abc import Mapping

from lading import Told

CODES: Mapping[str, Told] = {
    "voc.unreadable": Told(
        "error", "a file can be read, and an annotation is whole XML", "Export or download it again."
    ),
    "voc.encoding": Told("warning", "text is in the encoding that the file declares", "Save the file as UTF-8."),
    "voc.namespace": Told("warning", "elements are in no XML namespace", "Remove the `xmlns` of the root."),
    "voc.not-annotation": Told(
        "error",
        "the root of an annotation file is `annotation`",
        "Rename the root, or move the file out of Annotations.",
    ),
    "voc.no-name": Told("error", "an object or part has a name", "Write its `name`."),
    "voc.no-box": Told("error", "an object or part has a shape", "Add its `bndbox`, or remove the object."),
    "voc.line-break": Told("warning", "the name of an object or part is one line", "Write it in one line."),
    "voc.attribute": Told("warning", "an `attribute` of an object has a `name` and a `value`", "Write both elements."),
    "voc.file-capitals": Told(
        "warning",
        "a picture has the name of its annotation in the same capitals",
        "Rename it: a disk that tells capitals apart has no such file.",
    ),
    "voc.parts": Told(
        "warning",
        "a person has one head at most, two hands and two feet",
        "Remove what is too many, or give it to another person's object.",
    ),
    "voc.corner": Told("error", "a corner of a box is a number", "Write the number, with a point for decimals."),
    "voc.shape": Told("error", "a polygon, point or turned box has its numbers", "Write all of its numbers."),
    "voc.nested-object": Told("warning", "an object lies in no other object", "Put it beside the other one."),
    "voc.several-boxes": Told("warning", "an object has one box", "Make an object of each."),
    "voc.repeated-element": Told(
        "warning", "an element stands once where it can only be once", "Remove the one that does not count."
    ),
    "voc.other-capitals": Told(
        "error",
        "elements are written in lower case",
        "Write elements as the challenge does: `object`, `bndbox`, `xmin`.",
    ),
    "voc.missing-size": Told(
        "warning",
        "an annotation has a `size` where others of its folder have",
        "Write the `size` that the picture has.",
    ),
    "voc.size": Told(
        "warning",
        "a picture's width and height are numbers above 0",
        "Write the width and height that the picture has.",
    ),
    "voc.zero-based": Told(
        "warning",
        "a minimum of a box that counts pixels from 1 is 1 at least",
        "If all boxes count from 0, read with -o pixels=verbatim.",
    ),
    "voc.mixed-boxes": Told(
        "warning",
        "boxes of a tree are all in pixels, or all in parts of the picture",
        "Bring those that are in parts to pixels alone.",
    ),
    "voc.sized-boxes": Told(
        "error", "a `bndbox` holds two corners", "Add xmin to xmax, and ymin to ymax: they hold a width and a height."
    ),
    "voc.relative-boxes": Told(
        "warning", "corners of boxes are in pixels", "Multiply them by the size of the picture."
    ),
    "voc.pixel-rule": Told(
        "warning",
        "files of the challenge's database are read with pixels counted from 1",
        "Read with -o pixels=voc, if their boxes are as published.",
    ),
    "voc.filename": Told(
        "warning",
        "`filename` is the name of the picture",
        "Write the name of the picture beside the annotation; look for a file copied from another.",
    ),
    "voc.several-pictures": Told("warning", "an id has one picture", "Remove all but the one that was labelled."),
    "voc.duplicate-id": Told("error", "an id has one annotation file", "Remove one, or join the objects of both."),
    "voc.repeated-id": Told("warning", "an id is in one tree", "Remove it from one of the trees, or rename it there."),
    "voc.listed-twice": Told("warning", "a set lists an id once", "Remove the second line."),
    "voc.shared-id": Told(
        "warning",
        "an id is in one of the sets `train`, `val` and `test`",
        "Remove it from one of them; what is trained on must not be tested on.",
    ),
    "voc.not-object": Told("error", "what holds a box is an `object`", "Rename the element to `object`."),
    "voc.unknown-id": Told(
        "warning",
        "an id in a set of a class or an action is in another set or has an annotation",
        "Correct the id, or add its annotation and list it in a set of Main.",
    ),
    "voc.missing-mask": Told(
        "warning",
        "an id in a set of segmentation, or of `segmented` 1, has a mask, and one of objects as others",
        "Add the mask, or take the id off the set and set `segmented` to 0.",
    ),
    "voc.hidden-file": Told("warning", "the name of an annotation file begins with no dot", "Rename it."),
    "voc.missing-annotation": Told(
        "warning",
        "an id in a set of Main has an annotation where nearly all of the set have one",
        "Add its annotation, one without objects where there are none in the picture, or take the id off the set.",
    ),
    "voc.unlisted-annotation": Told(
        "warning",
        "an annotation is in an image set where most are",
        "Add its id to a set: what goes by the sets never sees it.",
    ),
    "voc.unlisted-picture": Told(
        "warning",
        "a picture has an annotation or a mask, or a set lists it",
        "Label it and add its id to a set, or remove the file.",
    ),
    "voc.set-differs": Told(
        "warning",
        "the set of a class or an action agrees with the annotations",
        "Make the sets of classes anew from the annotations.",
    ),
    "voc.set-ids": Told(
        "warning",
        "the set of a class lists the ids of its set, and `trainval` those of both its parts",
        "Make the set anew from the sets that it goes with.",
    ),
    "voc.set-object": Told(
        "warning",
        "an object that a set of Layout or Action lists is one of the annotation",
        "Correct the number of the object, which counts from 1.",
    ),
    "voc.set-value": Told(
        "warning",
        "behind an id stand 1, -1 or 0, an object, or an object and one of those",
        "Write 1 where the picture has the class, -1 where not, 0 where it is difficult.",
    ),
    "voc.labelmap": Told(
        "error", "a line of `labelmap.txt` is a name, a colour, parts and actions", "Write name:R,G,B:parts:actions."
    ),
    "voc.labelmap-twice": Told(
        "warning",
        "a name stands once in `labelmap.txt`, and a colour",
        "Remove the second line, or give it a colour of its own.",
    ),
    "voc.blank-mask": Told(
        "warning",
        "a mask has pixels of the objects that its annotation has",
        "Draw the mask anew; look for one that was saved in other colours.",
    ),
    "voc.mask-form": Told(
        "warning",
        "masks of a segment hold numbers, all of them, or colours",
        "Save the odd ones as the others are: with a palette, or in colours.",
    ),
    "voc.mask-value": Told(
        "warning",
        "a colour of a mask is that of a class, or of the number of an object",
        "Save the mask with the palette of the classes, or list the colour in `labelmap.txt`.",
    ),
    "voc.mask-class": Told(
        "warning",
        "the class of an object in the masks is the one that its annotation gives",
        "Correct the class in the mask, or the `name` in the annotation.",
    ),
    "voc.mask-box": Told(
        "warning",
        "most pixels of an object in the mask of objects lie within its box",
        "Number the objects of the mask in the order of the annotation, or draw box or mask anew.",
    ),
    "voc.mask-shift": Told(
        "warning",
        "the objects of a mask do not all lie beside their boxes by the same way",
        "Move the mask, or make it anew from the picture as it is now.",
    ),
    "voc.mask-gap": Told(
        "warning", "the objects of a mask are numbered without gaps", "Number the objects of the mask from 1 on."
    ),
    "voc.mask-object": Told(
        "warning",
        "a number in a mask of objects is that of an object of the annotation",
        "Add the object to the annotation, or remove it from the mask.",
    ),
}
