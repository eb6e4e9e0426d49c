"""VOC trees of which one thing is broken."""

from __future__ import annotations

from broken import Broken, Change, Place, copied, cut, filled, redrawn, removed, replaced

ROOT = "VOCdevkit/VOC2012/"
FIRST = ROOT + "Annotations/2012_000001.xml"
PICTURES = ROOT + "JPEGImages/"
ALONE = ROOT + "Annotations/2012_000005.xml"
CLASSES = ROOT + "SegmentationClass/2012_000001.png"


def at(tail: str, line: int, file: str = FIRST) -> list[Place]:
    return [(file, f"/annotation{tail}", line)]


def whole(file: str) -> list[Place]:
    return [(file, None, None)]


def voc(rule: str, change: Change, places: list[Place], name: str = "") -> Broken:
    return Broken(rule, "voc", change, places, name)


def first(old: str, new: str) -> Change:
    return replaced(FIRST, old, new)


BOX = at("/object[1]/bndbox", 20)
DOG = "\t<object>\n\t\t<name>dog</name>\n\t\t<pose>Left</pose>\n\t\t<truncated>1</truncated>\n"
DOG += "\t\t<occluded>1</occluded>\n"
DOG += "\t\t<bndbox>\n\t\t\t<xmin>21</xmin>\n\t\t\t<ymin>12</ymin>\n\t\t\t<xmax>40</xmax>\n\t\t\t<ymax>30</ymax>\n"
DOG += "\t\t</bndbox>\n\t\t<difficult>0</difficult>\n\t</object>\n"

BROKEN = [
    voc("box2d.outside-image", first("<xmax>14<", "<xmax>400<"), BOX),
    voc("box2d.outside-image", first("<xmin>3<", "<xmin>-4<"), BOX, "to the left"),
    voc("box2d.inverted", first("<xmin>3<", "<xmin>24<"), BOX),
    voc("box2d.empty", first("<xmin>3<", "<xmin>15<"), BOX, "one pixel before"),  # minimum edges lose 1
    voc("voc.corner", first("<xmax>14<", "<xmax>nan<"), BOX),
    voc("label.duplicate", first(DOG, DOG + DOG), at("/object[3]", 68)),
    voc("attribute.type", first("<truncated>1<", "<truncated>2<"), at("/object[2]/truncated", 58)),
    voc("attribute.type", first("<difficult>0<", "<difficult>maybe<"), at("/object[1]/difficult", 26), "a text"),
    voc("attribute.enum", first("<pose>Frontal<", "<pose>Sideways<"), at("/object[1]/pose", 17)),
    voc("category.unknown", replaced(ALONE, "<name>cat<", "<name>kat<"),
        at("/object[1]/name", 16, ALONE)),
    voc("voc.unreadable", filled(ROOT + "Annotations/2012_000003.xml", b""),
        [(ROOT + "Annotations/2012_000003.xml", None, 1)]),
    voc("media.missing", removed(PICTURES + "2012_000003.jpg"),
        [(ROOT + "Annotations/2012_000003.xml", "/annotation", None)]),
    voc("media.unreadable", filled(PICTURES + "2012_000003.jpg", b""), whole(PICTURES + "2012_000003.jpg"), "empty"),
    voc("media.unreadable", cut(PICTURES + "2012_000003.jpg", 0.7), whole(PICTURES + "2012_000003.jpg"), "cut"),
    voc("media.size-mismatch", first("<width>40<", "<width>140<"), at("/size", 9)),
    voc("media.other-format", redrawn(PICTURES + "2012_000003.jpg", lambda image: image, "PNG"),
        whole(PICTURES + "2012_000003.jpg")),
    voc("media.leak", copied(PICTURES + "2012_000003.jpg", PICTURES + "2012_000001.jpg"),
        whole(PICTURES + "2012_000003.jpg")),
    voc("mask.not-png", redrawn(CLASSES, lambda image: image.convert("RGB"), "JPEG"), whole(CLASSES)),
    voc("mask.size-mismatch", redrawn(CLASSES, lambda image: image.crop((0, 0, 20, 20))), whole(CLASSES)),
    voc("media.unreadable", cut(CLASSES, 0.5), whole(CLASSES), "a mask"),
    voc("voc.listed-twice", replaced(ROOT + "ImageSets/Main/train.txt", "2012_000001", "2012_000001\n2012_000001"),
        [(ROOT + "ImageSets/Main/train.txt", None, 2)]),
    Broken("box2d.outside-image", "voc-flat", replaced("crane 01.xml", "<xmax>20<", "<xmax>200<"),
           at("/object[2]/bndbox", 31, "crane 01.xml"), "of a tool"),
    Broken("box2d.inverted", "voc-flat", replaced("crane 01.xml", "<xmax>20<", "<xmax>2<"),
           at("/object[2]/bndbox", 31, "crane 01.xml"), "of a tool"),
]  # fmt: skip
