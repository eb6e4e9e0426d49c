"""Awkward Pascal VOC: how its files lie, what its annotations lack, and what tools make of it."""

from __future__ import annotations

import codecs
from collections.abc import Mapping
from typing import Any

from kind import Awkward, mask, picture

FILE = "Annotations/a.xml"
JPEG = picture(kind="JPEG")
BLUE = picture("blue", kind="JPEG")
SIZE = "<size><width>40</width><height>30</height><depth>3</depth></size>"
CAT = "box2d cat 2 3 10 12"


def box(xmin: object, ymin: object, xmax: object, ymax: object) -> str:
    return f"<bndbox><xmin>{xmin}</xmin><ymin>{ymin}</ymin><xmax>{xmax}</xmax><ymax>{ymax}</ymax></bndbox>"


def thing(inside: str = "", name: str | None = "cat", bndbox: str = box(2, 3, 10, 12)) -> str:
    """An object on a line of its own."""
    return f"\n<object>{'' if name is None else f'<name>{name}</name>'}{inside}{bndbox}</object>"


def xml(
    *objects: str, size: str = SIZE, head: str = "<filename>a.jpg</filename>", database: str | None = None
) -> bytes:
    source = "" if database is None else f"<source><database>{database}</database></source>"
    return f"<annotation>{head}{source}{size}{''.join(objects)}\n</annotation>".encode()


def lone(name: str, *objects: str, found: Any = (), told: Any = (), losses: Any = (), **more: Any) -> Awkward:
    """One annotation and its picture; `told` are severity, rule and pointer or line."""
    lines = [f"{line.split()[0]} {line.split()[1]} {FILE}{line.split()[2]}" for line in told]
    files = {FILE: xml(*objects, **more), "JPEGImages/a.jpg": JPEG}
    return Awkward(name, files, frames={"unlisted/a": list(found)}, told=lines, losses=losses)


def raw(name: str, content: bytes, found: Any = (CAT,), told: Any = ()) -> Awkward:
    return Awkward(name, {FILE: content, "JPEGImages/a.jpg": JPEG}, frames={"unlisted/a": list(found)}, told=told)


def tree(name: str, files: Mapping[str, bytes], frames: Any, told: Any = (), **ends: Any) -> Awkward:
    return Awkward(name, files, frames=frames, told=told, **ends)


WHOLE = xml(thing())
#: With the challenge's rule the box is 1, 2, 10, 12.
OFFICIAL = xml(thing(), database="The VOC2007 Database")
COUNTED = "box2d cat 1 2 10 12"

PLACES = [
    tree(
        "VOCdevkit with a year",
        {
            "VOCdevkit/VOC2007/Annotations/000001.xml": OFFICIAL,
            "VOCdevkit/VOC2007/JPEGImages/000001.jpg": JPEG,
            "VOCdevkit/VOC2007/ImageSets/Main/train.txt": b"000001\n",
        },
        {"train/000001": [COUNTED]},
    ),
    tree(
        "a year alone, sets with trailing blanks and lines of Windows",
        {
            "VOC2007/Annotations/000001.xml": OFFICIAL,
            "VOC2007/JPEGImages/000001.jpg": JPEG,
            "VOC2007/ImageSets/Main/val.txt": b"000001  \r\n\r\n",
        },
        {"val/000001": [COUNTED]},
    ),
    tree("flat", {"a.xml": WHOLE, "a.jpg": JPEG}, {"unlisted/a": [CAT]}),
    tree(
        "stems with blanks, dots and other letters",
        {"Annotations/my cat.v2 é.xml": WHOLE, "JPEGImages/my cat.v2 é.jpg": JPEG},
        {"unlisted/my cat.v2 é": [CAT]},
    ),
    tree(
        "several folders, the same name in two",
        {
            "Annotations/one/a.xml": WHOLE,
            "Annotations/two/a.xml": xml(thing(name="dog")),
            "JPEGImages/one/a.jpg": JPEG,
            "JPEGImages/two/a.jpg": BLUE,
        },
        {"unlisted/one/a": [CAT], "unlisted/two/a": ["box2d dog 2 3 10 12"]},
    ),
    tree(
        "an absolute path, and a file name of another ending",
        {
            "Annotations/a.xml": xml(
                thing(), head="<folder>x</folder><filename>a.png</filename><path>C:\\Users\\me\\a.png</path>"
            ),
            "JPEGImages/a.JPG": JPEG,
        },
        {"unlisted/a": [CAT]},
    ),
    tree(
        "Roboflow: train and valid beside each other",
        {
            "train/a_jpg.rf.5f.xml": xml(thing(), database="roboflow.com"),
            "train/a_jpg.rf.5f.jpg": JPEG,
            "valid/b_jpg.rf.6a.xml": xml(thing(), database="roboflow.com"),
            "valid/b_jpg.rf.6a.jpg": BLUE,
        },
        {"train/a_jpg.rf.5f": [CAT], "valid/b_jpg.rf.6a": [CAT]},
    ),
    tree(
        "a picture that is not there",
        {"Annotations/a.xml": WHOLE},
        {"unlisted/a": [CAT]},
        ["error media.missing Annotations/a.xml#/annotation"],
    ),
    tree(
        "a picture that nothing names",
        {"Annotations/a.xml": WHOLE, "JPEGImages/a.jpg": JPEG, "JPEGImages/b.jpg": BLUE},
        {"unlisted/a": [CAT]},
        ["warning voc.unlisted-picture JPEGImages/b.jpg"],
    ),
    tree(
        "a set that lists what is not there",
        {
            "Annotations/a.xml": WHOLE,
            "JPEGImages/a.jpg": JPEG,
            "ImageSets/Main/train.txt": b"a\nghost\n",
        },
        {"train/a": [CAT], "train/ghost": []},
        ["error media.missing ImageSets/Main/train.txt:2"],
    ),
    tree(
        "a set of a class with an id that nothing else has",
        {
            "Annotations/a.xml": WHOLE,
            "JPEGImages/a.jpg": JPEG,
            "ImageSets/Main/train.txt": b"a\n",
            "ImageSets/Main/cat_train.txt": b"a  1\nghost  1\n",
        },
        {"train/a": [CAT]},
        ["warning voc.unknown-id ImageSets/Main/cat_train.txt:2"],
    ),
    tree(
        "a set for segmentation, and no mask",
        {
            "Annotations/a.xml": WHOLE,
            "JPEGImages/a.jpg": JPEG,
            "ImageSets/Segmentation/train.txt": b"a\n",
        },
        {"train/a": [CAT]},
        ["warning voc.missing-mask ImageSets/Segmentation/train.txt:1"],
    ),
    tree(
        "the same number in two years",
        {
            "VOC2007/Annotations/000001.xml": OFFICIAL,
            "VOC2007/JPEGImages/000001.jpg": JPEG,
            "VOC2012/Annotations/000001.xml": OFFICIAL.replace(b"2007", b"2012"),
            "VOC2012/JPEGImages/000001.jpg": BLUE,
        },
        {"VOC2007/VOC2007/000001": [COUNTED], "VOC2012/VOC2012/000001": [COUNTED]},
        ["warning voc.repeated-id VOC2012/Annotations/000001.xml"],
    ),
    tree(
        "two annotations of one picture",
        {"Annotations/a.xml": WHOLE, "images/a.xml": xml(thing(name="dog")), "images/a.jpg": JPEG},
        {"unlisted/a": [CAT]},
        ["error voc.duplicate-id images/a.xml"],
        losses=["annotation file of an id that has another"],
    ),
    tree(
        "no size in two of three annotations",
        {
            "Annotations/a.xml": xml(thing(), size=""),
            "Annotations/b.xml": xml(thing(), head="<filename>b.jpg</filename>"),
            "Annotations/c.xml": xml(thing(), size="", head="<filename>c.jpg</filename>"),
            **{
                f"JPEGImages/{name}.jpg": picture(colour, kind="JPEG")
                for name, colour in zip("abc", ("red", "green", "blue"), strict=True)
            },
        },
        {f"unlisted/{name}": [CAT] for name in "abc"},
        [f"warning voc.missing-size Annotations/{name}.xml#/annotation" for name in "ac"],
    ),
    tree(
        "a picture that EXIF turns, its size as it is shown",
        {
            "a.xml": xml(thing(), size="<size><width>30</width><height>40</height></size>"),
            "a.jpg": picture(kind="JPEG", orientation=6),
        },
        {"unlisted/a": [CAT]},
        ["warning media.size-mismatch a.xml#/annotation/size"],
    ),
    tree(
        "CVAT for images: one XML for all",
        {"annotations.xml": b"<annotations><image id='0' name='a.jpg'/></annotations>", "a.jpg": JPEG},
        {},
        refused="CVAT for images",
    ),
]

OBJECTS = [
    lone("no pose, no flags", thing(), found=[CAT]),
    lone("no size", thing(), size="", found=[CAT]),
    lone("an empty size", thing(), size="<size/>", found=[CAT], told=["warning voc.size #/annotation/size"]),
    lone(
        "a width alone",
        thing(),
        size="<size><width>40</width></size>",
        found=[CAT],
        told=["warning voc.size #/annotation/size"],
    ),
    lone(
        "a size of 0, as labelImg writes it",
        thing(),
        size="\n<size>\n<width>0</width>\n<height>0</height></size>",
        found=[CAT],
        told=[
            "warning voc.size #/annotation/size/width",
            "warning voc.size #/annotation/size/height",
        ],
    ),
    lone("no objects", found=[]),
    lone(
        "truncated of 0.06, pose Unspecified, an empty flag",
        thing("<pose>Unspecified</pose><truncated>0.06</truncated><difficult/>"),
        found=[f'{CAT} {{"pose": "Unspecified", "truncated": 0.06, "difficult": ""}}'],
    ),
    lone(
        "flags in words",
        thing("<truncated>True</truncated><occluded>no</occluded><difficult>Unspecified</difficult>"),
        found=[f'{CAT} {{"truncated": true, "occluded": false, "difficult": "Unspecified"}}'],
    ),
    lone(
        "float corners",
        thing(bndbox=box(2.5, 45.70000076293945, 10.25, 60)),
        found=["box2d cat 2.5 45.7 10.25 60"],
        told=["warning box2d.outside-image #/annotation/object[1]/bndbox"],
    ),
    lone(
        "corners the other way round",
        thing(bndbox=box(10, 12, 2, 3)),
        found=["box2d cat 10 12 2 3"],
        told=["error box2d.inverted #/annotation/object[1]/bndbox"],
    ),
    lone(
        "a box off the picture",
        thing(bndbox=box(100, 100, 120, 110)),
        found=["box2d cat 100 100 120 110"],
        told=["warning box2d.outside-image #/annotation/object[1]/bndbox"],
    ),
    lone(
        "a corner of words, and one that is NaN",
        thing(bndbox=box("left", 3, 10, 12)),
        thing(bndbox=box("nan", 3, 10, 12)),
        found=["box2d cat nan 3 10 12", "box2d cat nan 3 10 12"],
        told=[
            "error voc.corner #/annotation/object[1]/bndbox",
            "error voc.corner #/annotation/object[2]/bndbox",
        ],
    ),
    lone(
        "no box",
        thing(bndbox=""),
        thing(),
        found=[CAT],
        told=["error voc.no-box #/annotation/object[1]"],
        losses=["object without a shape that can be read"],
    ),
    lone(
        "no name",
        thing(name=None),
        found=["box2d 2 3 10 12"],
        told=["error voc.no-name #/annotation/object[1]"],
    ),
    lone(
        "several boxes, and a part without one",
        thing(f"{box(5, 5, 7, 7)}<part><name>head</name></part>"),
        found=["box2d cat 5 5 7 7 @a#1", f"{CAT} @a#1"],
        told=[
            "warning voc.several-boxes #/annotation/object[1]/bndbox[2]",
            "warning voc.no-box #/annotation/object[1]/part[1]",
        ],
        losses=["part without a shape that can be read"],
    ),
    lone(
        "an `objects` around the objects",
        f"<objects>{thing()}{thing(bndbox=box(5, 5, 7, 7))}</objects>",
        found=[CAT, "box2d cat 5 5 7 7"],
    ),
    lone(
        "labelme: elements that are there and empty",
        thing("<pose/><truncated/><difficult/>"),
        head="<folder/><filename>a.jpg</filename><source/><owner/><segmented/>",
        found=[f'{CAT} {{"pose": "", "truncated": "", "difficult": ""}}'],
    ),
    lone(
        "roLabelImg: a turned box alone, its angle in radians",
        thing("<robndbox><cx>10</cx><cy>10</cy><w>8</w><h>4</h><angle>0</angle></robndbox>", bndbox=""),
        found=['box2d cat 6 8 14 12 {"cx": 10.0, "cy": 10.0, "w": 8.0, "h": 4.0, "angle": 0.0}'],
    ),
    lone("a name nobody knows", thing(name="Kingfisher (adult)"), found=["box2d Kingfisher (adult) 2 3 10 12"]),
    lone(
        "CVAT: a turned box",
        thing("<attributes><attribute><name>rotation</name><value>12.5</value></attribute></attributes>"),
        found=[f'{CAT} {{"rotation": 12.5}}'],
    ),
    lone(
        "a name, a corner and a file name that are there twice",
        thing("<name>dog</name>", bndbox=box(2, 3, 10, 12).replace("<xmin>", "<xmin>7</xmin><xmin>", 1)),
        head="<filename>a.jpg</filename><filename>b.jpg</filename>",
        found=["box2d cat 7 3 10 12"],
        told=[
            "warning voc.repeated-element #/annotation/filename[2]",
            "warning voc.repeated-element #/annotation/object[1]/name[2]",
            "warning voc.repeated-element #/annotation/object[1]/bndbox/xmin[2]",
        ],
    ),
    lone(
        "an Object in capitals",
        thing().replace("object>", "Object>"),
        thing(),
        found=[CAT],
        told=["error voc.other-capitals #/annotation/Object"],
    ),
    lone(
        "text between the elements",
        "stray" + thing("more"),
        found=[CAT],
    ),
    lone(
        "a polygon beside the box",
        thing("<polygon><x1>2</x1><y1>3</y1><x2>10</x2><y2>3</y2><x3>10</x3><y3>12</y3></polygon>"),
        found=["polygon2d cat 2 3 10 3 10 12 @a#1", "box2d cat 2 3 10 12 @a#1"],
    ),
    tree(
        "0 in a set that counts from 1",
        {
            "VOC2007/Annotations/000001.xml": xml(thing(bndbox=box(0, 3, 10, 12)), database="The VOC2007 Database"),
            "VOC2007/JPEGImages/000001.jpg": JPEG,
        },
        {"unlisted/000001": ["box2d cat -1 2 10 12"]},
        ["warning voc.zero-based VOC2007/Annotations/000001.xml#/annotation/object[1]/bndbox"],
    ),
]

BYTES = [
    raw("a byte order mark", codecs.BOM_UTF8 + WHOLE),
    raw("UTF-16", '<?xml version="1.0" encoding="utf-16"?>'.encode("utf-16") + WHOLE.decode().encode("utf-16-le")),
    raw(
        "an XML namespace",
        WHOLE.replace(b"<annotation>", b'<annotation xmlns="urn:a">'),
        told=[f"warning voc.namespace {FILE}#/annotation"],
    ),
    raw(
        "a namespace of the outermost element alone, a schema, and an element of a tool's own",
        WHOLE.replace(
            b"<annotation>",
            b'<v:annotation xmlns:v="urn:v" xmlns:xsi="urn:x" xsi:a="b" xmlns:t="urn:t"><t:by>us</t:by>',
        ).replace(b"</annotation>", b"</v:annotation>"),
        told=[f"warning voc.namespace {FILE}#/annotation"],
    ),
    raw(
        "units, notes and text within a box and its corners",
        WHOLE.replace(b"<bndbox><xmin>", b"<bndbox by='me'>px<xmin unit='px'>"),
    ),
    raw(
        "gb2312",
        b'<?xml version="1.0" encoding="gb2312"?>' + xml(thing(name="?")).replace(b"?", "猫".encode("gb2312")),
        ["box2d 猫 2 3 10 12"],
    ),
    raw(
        "UTF-8 that says it is UTF-16, as .NET writes it",
        b'<?xml version="1.0" encoding="utf-16"?>\n' + xml(thing(name="caf\u00e9")),
        ["box2d caf\u00e9 2 3 10 12"],
        [f"warning voc.encoding {FILE}:1"],
    ),
    raw(
        "Latin-1 that says nothing of it",
        xml(thing(name="caf?")).replace(b"?", b"\xe9"),
        ["box2d caf\ufffd 2 3 10 12"],
        ["warning voc.encoding Annotations/a.xml:2"],
    ),
    raw(
        "cut off in its second object",
        WHOLE.replace(b"\n</annotation>", b"\n<object><name>dog</name>"),
        told=["error voc.unreadable Annotations/a.xml:3"],
    ),
    *(
        tree(
            f"beside a whole one: {name}",
            {
                "Annotations/a.xml": WHOLE,
                "Annotations/b.xml": content,
                "JPEGImages/a.jpg": JPEG,
                "JPEGImages/b.jpg": BLUE,
            },
            {"unlisted/a": [CAT], "unlisted/b": []},
            ["error voc.unreadable Annotations/b.xml:1"],
        )
        for name, content in {
            "an empty file": b"",
            "NUL bytes": b"\0" * 200,
            "an HTML page": b"<!DOCTYPE html><html><body>404</body></html>",
            "a Git LFS pointer": b"version https://git-lfs.github.com/spec/v1\noid sha256:0\n",
            "an entity bomb": b'<!DOCTYPE annotation [<!ENTITY a "b">]><annotation>&a;</annotation>',
        }.items()
    ),
    tree(
        "a mask in grey, of another size",
        {
            "VOC2012/Annotations/2012_000001.xml": OFFICIAL.replace(b"2007", b"2012"),
            "VOC2012/JPEGImages/2012_000001.jpg": JPEG,
            "VOC2012/SegmentationClass/2012_000001.png": mask([[0, 8], [8, 255]], "L"),
        },
        {
            "unlisted/2012_000001": [
                COUNTED,
                "semantic_mask VOC2012/SegmentationClass/2012_000001.png 0=background 8=cat 255=void",
            ]
        },
        [
            "error mask.size-mismatch VOC2012/SegmentationClass/2012_000001.png",
        ],
    ),
]

KINDS = [*PLACES, *OBJECTS, *BYTES]
