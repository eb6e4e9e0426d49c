"""Awkward Pascal VOC as vendors and scripts deliver it: XML of other libraries, other elements, sets made by hand."""

from __future__ import annotations

import codecs
import unicodedata

from kind import Awkward, mask
from voc_kinds import BLUE, CAT, FILE, JPEG, SIZE, WHOLE, box, lone, raw, thing, tree, xml

TWO = {
    FILE: WHOLE,
    "JPEGImages/a.jpg": JPEG,
    "Annotations/b.xml": xml(thing(name="dog"), head="<filename>b.jpg</filename>"),
    "JPEGImages/b.jpg": BLUE,
}
DOG = "box2d dog 2 3 10 12"
TRAIN = "ImageSets/Main/train.txt"
COMPOSED = "caf\u00e9"
DECOMPOSED = unicodedata.normalize("NFD", COMPOSED)
POLYGON = "<polygon>{}</polygon>"
POINTS = "".join(f"<pt><x>{x}</x><y>{y}</y></pt>" for x, y in ((2, 3), (10, 3), (10, 12)))


def listed(
    name: str, content: bytes, told: list[str] | None = None, path: str = TRAIN, segment: str = "train"
) -> Awkward:
    """A set that lists both pictures."""
    return tree(name, {**TWO, path: content}, {f"{segment}/a": [CAT], f"{segment}/b": [DOG]}, told or [])


SETS = [
    listed("a set with a byte order mark", codecs.BOM_UTF8 + b"a\nb\n"),
    listed("a set of UTF-16, as PowerShell redirects", "a\r\nb\r\n".encode("utf-16")),
    listed("a set of paths, of Windows, absolute, and with endings", b"JPEGImages\\a.jpg\n/data/x/JPEGImages/b.jpg\n"),
    listed(
        "an id twice in a set",
        b"a\nb\na\n",
        [f"warning voc.listed-twice {TRAIN}:3"],
    ),
    tree(
        "an id in two sets",
        {**TWO, TRAIN: b"a\nb\n", "ImageSets/Main/val.txt": b"b\n"},
        {"train/a": [CAT], "train/b": [DOG]},
        ["warning voc.shared-id ImageSets/Main/val.txt:1"],
    ),
    tree(
        "a set with a comment, and ids between commas",
        {**TWO, TRAIN: b"# ours\na,b\n"},
        {"train/# ours": [], "train/a,b": [], "unlisted/a": [CAT], "unlisted/b": [DOG]},
        [f"error media.missing {TRAIN}:1", f"error media.missing {TRAIN}:2"],
    ),
    tree(
        "an empty set",
        {**TWO, TRAIN: b""},
        {"unlisted/a": [CAT], "unlisted/b": [DOG]},
        [f"warning segment.empty {TRAIN}"],
    ),
    tree(
        "names composed in the annotation, decomposed on disk",
        {
            f"Annotations/{COMPOSED}.xml": xml(thing(), head=f"<filename>{COMPOSED}.jpg</filename>"),
            f"JPEGImages/{DECOMPOSED}.jpg": JPEG,
        },
        {f"unlisted/{COMPOSED}": [CAT]},
    ),
    tree(
        "a file name that is that of another picture",
        {**TWO, "Annotations/b.xml": xml(thing(name="dog"))},
        {"unlisted/a": [CAT], "unlisted/b": [DOG]},
        ["warning voc.filename Annotations/b.xml#/annotation/filename"],
    ),
    tree(
        "two pictures of one id",
        {FILE: WHOLE, "JPEGImages/a.jpg": JPEG, "JPEGImages/a.jpeg": BLUE},
        {"unlisted/a": [CAT]},
        ["warning voc.several-pictures JPEGImages/a.jpg"],
    ),
    tree(
        "a mask of a picture that is not there",
        {FILE: WHOLE, "JPEGImages/a.jpg": JPEG, "SegmentationClass/b.png": mask([[0] * 40] * 30, "L")},
        {"unlisted/a": [CAT], "unlisted/b": ["semantic_mask SegmentationClass/b.png 0=background"]},
        ["error media.missing SegmentationClass/b.png"],
    ),
]

OBJECTS = [
    *(
        lone(
            f"corners {what}",
            thing(bndbox=box(corner, 3, 10, 12)),
            found=["box2d cat nan 3 10 12"],
            told=["error voc.corner #/annotation/object[1]/bndbox"],
        )
        for what, corner in {
            "with a comma": "2,5",
            "with a unit": "2px",
            "as Python writes them": "2_0",
            "as C writes them": "0x2",
            "that are blank": " ",
        }.items()
    ),
    lone(
        "corners over several lines, with signs, exponents and notes",
        thing(bndbox=box("\n 2 \n", "+3", "1e1", "1<!-- x -->2")),
        found=[CAT],
    ),
    *(
        lone(
            f"a box of {what}",
            thing(bndbox=f"<bndbox>{inner}</bndbox>"),
            found=[f"box2d cat {edges}"],
            told=["error voc.corner #/annotation/object[1]/bndbox"],
        )
        for what, inner, edges in (
            ("x, y, w and h", "<x>2</x><y>3</y><w>8</w><h>9</h>", "nan nan nan nan"),
            ("a corner and a size", "<xmin>2</xmin><ymin>3</ymin><width>8</width><height>9</height>", "2 3 nan nan"),
            ("names in capitals", "<Xmin>2</Xmin><Ymin>3</Ymin><Xmax>10</Xmax><Ymax>12</Ymax>", "nan nan nan nan"),
            ("three corners", "<xmin>2</xmin><ymin>3</ymin><xmax>10</xmax>", "2 3 10 nan"),
        )
    ),
    lone(
        "a box in attributes",
        thing(bndbox='<bndbox xmin="2" ymin="3" xmax="10" ymax="12"/>'),
        found=["box2d cat nan nan nan nan"],
        told=["error voc.corner #/annotation/object[1]/bndbox"],
    ),
    lone(
        "objects in an element of another name, one level deeper",
        f"\n<items><item><name>cat</name>{box(2, 3, 10, 12)}</item><item>{box(1, 1, 5, 5)}</item></items>",
        found=[],
        told=["error voc.not-object #/annotation/items"],
    ),
    lone(
        "an object within the source",
        f"<source>{thing()}</source>",
        found=[],
        told=["error voc.not-object #/annotation/source"],
    ),
    lone(
        "an object within another",
        thing(thing(name="dog")),
        found=[CAT],
        told=["warning voc.nested-object #/annotation/object[1]/object"],
    ),
    lone(
        "a turned box beside its upright one",
        thing(
            f"<robndbox><cx>10</cx><cy>10</cy><w>8</w><h>4</h><angle>0</angle></robndbox>{box(6, 7, 14, 13)}", bndbox=""
        ),
        found=[
            'box2d cat 6 8 14 12 @a#1 {"cx": 10.0, "cy": 10.0, "w": 8.0, "h": 4.0, "angle": 0.0}',
            "box2d cat 6 7 14 13 @a#1",
        ],
    ),
    lone("a polygon of points alone", thing(bndbox=POLYGON.format(POINTS)), found=["polygon2d cat 2 3 10 3 10 12"]),
    lone(
        "a polygon that lacks a number, and an empty one",
        thing(POLYGON.format("<x1>2</x1><y1>3</y1><x2>10</x2>")),
        thing(POLYGON.format(""), bndbox=box(5, 5, 7, 7)),
        found=[f"{CAT} @a#1", "box2d cat 5 5 7 7 @a#2"],
        told=[f"error voc.shape #/annotation/object[{number}]/polygon" for number in (1, 2)],
    ),
    *(
        lone(
            f"a name {what}",
            f"<object{attribute}>{inner}{box(2, 3, 10, 12)}</object>",
            found=["box2d 2 3 10 12"],
            told=["error voc.no-name #/annotation/object[1]"],
        )
        for what, attribute, inner in (
            ("in an attribute", ' name="cat"', ""),
            ("in another element", "", "<label>cat</label>"),
            ("of blanks", "", "<name> </name>"),
        )
    ),
    lone(
        "a size with units, and one of half a pixel",
        thing(),
        size="<size><width>40px</width><height>30.5</height></size>",
        found=[CAT],
        told=["warning voc.size #/annotation/size/width", "warning voc.size #/annotation/size/height"],
    ),
    lone(
        "width and height swapped",
        thing(),
        size="<size><width>30</width><height>40</height></size>",
        found=[CAT],
        told=["warning media.size-mismatch #/annotation/size"],
    ),
    lone("a depth in words, and one of none", thing(), size=SIZE.replace(">3<", ">RGB<"), found=[CAT]),
    lone(
        "an object pasted twice",
        thing(),
        thing(),
        found=[CAT, CAT],
        told=["warning label.duplicate #/annotation/object[2]"],
    ),
]

BYTES = [
    raw(
        "a name with entities and CDATA",
        WHOLE.replace(b">cat<", b">&#99;<![CDATA[at & ]]>&lt;dog&gt;<"),
        ["box2d cat & <dog> 2 3 10 12"],
    ),
    raw("a document type that lies elsewhere", b'<!DOCTYPE annotation SYSTEM "voc.dtd">\n' + WHOLE),
    raw(
        "a document type with defaults for attributes",
        b'<!DOCTYPE annotation [<!ELEMENT annotation ANY><!ATTLIST object kind CDATA "x">]>\n' + WHOLE,
    ),
    raw(
        "XML 1.1, a style sheet, and notes",
        b'<?xml version="1.1"?><?xml-stylesheet href="a.css"?><!-- ours -->' + WHOLE,
    ),
    raw(
        "a blank line before the declaration",
        b'\n<?xml version="1.0"?>' + WHOLE,
        told=[f"warning voc.encoding {FILE}:1"],
    ),
    *(
        raw(name, content, [], [f"error voc.unreadable {FILE}:{line}"])
        for name, content, line in (
            ("an entity that nobody declares", WHOLE.replace(b">cat<", b">caf&eacute;<"), 2),
            ("an ampersand in a file name", WHOLE.replace(b"a.jpg", b"a & b.jpg"), 1),
            ("a control character", WHOLE.replace(b">cat<", b">cat\1<"), 2),
        )
    ),
    raw(
        "two documents in one file",
        WHOLE + b"\n" + WHOLE,
        told=[f"error voc.unreadable {FILE}:4"],
    ),
    Awkward(
        "several annotations in one file",
        {FILE: b"<annotations>" + WHOLE + WHOLE + b"</annotations>"},
        refused="one XML for many pictures, not VOC",
    ),
    Awkward(
        "an Annotation in capitals",
        {FILE: WHOLE.replace(b"annotation>", b"Annotation>")},
        refused="no root `annotation`",
    ),
]

KINDS = [*SETS, *OBJECTS, *BYTES]
