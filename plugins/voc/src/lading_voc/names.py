"""Names that a source declares: the official ones, CVAT's `labelmap.txt`, labelme's `class_names.txt`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

import msgspec

from lading import Origin, Report, Source
from lading_voc.contents import read_bytes

Colour: TypeAlias = tuple[int, int, int]

#: The 20 classes in the order of their numbers, 1 to 20 (VOC2012 devkit, VOCinit).
OFFICIAL = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair", "cow", "diningtable"),
    *("dog", "horse", "motorbike", "person", "pottedplant", "sheep", "sofa", "train", "tvmonitor"),
)
PARTS = ("head", "hand", "foot")
#: How many of each a person has at most (source-formats.md 5.3).
MOST_PARTS = {"head": 1, "hand": 2, "foot": 2}
POSES = ("Unspecified", "Left", "Right", "Frontal", "Rear")
ACTIONS = (
    *("jumping", "other", "phoning", "playinginstrument", "reading", "ridingbike", "ridinghorse", "running"),
    *("takingphoto", "usingcomputer", "walking"),
)

BACKGROUND, VOID = "background", "void"
VOID_VALUE = 255

#: Files that a tree, or the source, may have at its root.
NAME_FILES = ("labelmap.txt", "class_names.txt")

_BACKGROUNDS = frozenset({"background", "_background_", "__background__"})
_LABELMAP_LINE = re.compile(r"(?P<name>.+?):(?P<colour>[0-9 ,]*):(?P<parts>[^:]*):(?P<actions>[^:]*)")


class Names(msgspec.Struct, frozen=True, kw_only=True):
    """Classes by the value that they have in masks, 0 being the background, and where that is written.

    `colours` are those of colour masks, by value.
    """

    origin: str
    classes: Mapping[int, str]
    colours: Mapping[Colour, int]
    parts: Sequence[str] = ()
    is_official: bool = False


def official_colour(value: int) -> Colour:
    """The colour of a value in the official map: its bits, the low ones of each channel first and highest."""
    red = green = blue = 0
    for shift in range(7, -1, -1):
        red |= (value & 1) << shift
        green |= (value >> 1 & 1) << shift
        blue |= (value >> 2 & 1) << shift
        value >>= 3
    return (red, green, blue)


#: Values by their colours; objects of colour masks have these whatever the classes have.
OFFICIAL_COLOURS = {official_colour(value): value for value in range(255, -1, -1)}

OFFICIAL_NAMES = Names(
    origin="VOC",
    classes={0: BACKGROUND, **dict(enumerate(OFFICIAL, 1)), VOID_VALUE: VOID},
    colours=OFFICIAL_COLOURS,
    parts=PARTS,
    is_official=True,
)

#: Values without names, for masks of which nothing tells what they show.
UNNAMED = Names(origin="", classes={0: BACKGROUND, VOID_VALUE: VOID}, colours=OFFICIAL_COLOURS)


def written_names(source: Source, root: str, report: Report) -> Names | None:
    """What a tree's own file of names says, or one at the root of the source; None where there is none."""
    for folder in dict.fromkeys((f"{root}/" if root else "", "")):
        for file, parse in zip(NAME_FILES, (_labelmap, _class_names), strict=True):
            path = f"{folder}{file}"
            if source.get(path) is None:
                continue
            data = read_bytes(source, path, report)
            if data is not None:
                return parse(data.decode("utf-8-sig", "replace"), path, report)
    return None


def _labelmap(text: str, path: str, report: Report) -> Names:
    """`name:r,g,b:parts:actions` a line (CVAT, Datumaro); lines are numbered from the background's on."""
    classes: dict[int, str] = {}
    colours: dict[Colour, int] = {}
    parts: dict[str, None] = {}
    rows: list[tuple[str, Colour | None]] = []
    lines: list[int] = []
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        match = _LABELMAP_LINE.fullmatch(line)
        colour = None if match is None else _colour(match["colour"])
        if match is None or (colour is None and match["colour"].strip()):
            message = f"expected `name:r,g,b:parts:actions`, found {line!r}"
            report.error("voc.labelmap", message, Origin(path, line=number))
            continue
        rows.append((match["name"].strip(), colour))
        lines.append(number)
        parts.update(dict.fromkeys(part.strip() for part in match["parts"].split(",") if part.strip()))
    _tell_repeated(rows, lines, path, report)
    # The background has the value 0 wherever it stands; without a line of it the first class has 1.
    rows.sort(key=lambda row: row[0].lower() not in _BACKGROUNDS)
    first = 0 if rows and rows[0][0].lower() in _BACKGROUNDS else 1
    for value, (name, colour) in enumerate(rows, first):
        classes[value] = name
        colours.setdefault(colour or official_colour(value), value)
    classes.setdefault(0, BACKGROUND)
    classes.setdefault(VOID_VALUE, VOID)
    colours.setdefault((0, 0, 0), 0)
    colours.setdefault(official_colour(VOID_VALUE), VOID_VALUE)
    return Names(origin=path, classes=classes, colours=colours, parts=tuple(parts))


def _tell_repeated(rows: Sequence[tuple[str, Colour | None]], lines: Sequence[int], path: str, report: Report) -> None:
    """Names that a `labelmap.txt` has twice, and colours that do not tell which of two classes is meant."""
    names: dict[str, int] = {}
    colours: dict[Colour, tuple[str, int]] = {}
    for (name, colour), line in zip(rows, lines, strict=True):
        message = None
        if name in names:
            message = f"expected each name once, found {name!r} again, first in line {names[name]}"
        elif colour is not None and colour in colours:
            other, first = colours[colour]
            message = f"expected a colour of its own for {name!r}, found {colour}, that of {other!r} in line {first}"
        if message is not None:
            report.warning("voc.labelmap-twice", message, Origin(path, line=line))
        names.setdefault(name, line)
        if colour is not None:
            colours.setdefault(colour, (name, line))


def _class_names(text: str, path: str, report: Report) -> Names:
    """A name a line (labelme), `_background_` at 0, before it perhaps `__ignore__`, which masks have as void."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    classes = dict(enumerate(line for line in lines if line != "__ignore__"))
    classes.setdefault(VOID_VALUE, VOID)
    return Names(origin=path, classes=classes, colours=OFFICIAL_COLOURS)


def _colour(text: str) -> Colour | None:
    parts = [part for part in text.replace(" ", "").split(",") if part]
    numbers = [int(part) for part in parts if len(part) <= 3]
    if len(numbers) != 3 or len(parts) != 3 or max(numbers) > 255:
        return None
    return (numbers[0], numbers[1], numbers[2])


def surplus(category: str | None, parts: Sequence[str | None]) -> dict[str, int]:
    """The parts that an object has more of than a person can have, with how many there are."""
    counts = {name: parts.count(name) for name in MOST_PARTS} if category == "person" else {}
    return {name: count for name, count in counts.items() if count > MOST_PARTS[name]}


def is_background(name: str) -> bool:
    """Whether a class is none: what objects never are."""
    return name.lower() in _BACKGROUNDS or name == VOID
