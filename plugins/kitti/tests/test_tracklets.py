"""tracklet_labels.xml: poses on their frames, and documents of every prolog."""

from __future__ import annotations

import math
import re
from typing import Any

import pytest
from lading_kitti.boxes import tracklet_box
from lading_kitti.tracklets import parse_tracklets, tracklet_frames

import lading

POSE = (
    "<item><tx>1</tx><ty>2</ty><tz>-1.5</tz><rx>0</rx><ry>0</ry><rz>-3.184</rz><state>2</state>"
    "<occlusion>-1</occlusion><truncation>99</truncation><amt_border_l>0.5</amt_border_l></item>\n"
)


def document(
    *items: str, prolog: str = '<?xml version="1.0"?>\n<!DOCTYPE boost_serialization>\n', count: int | None = None
) -> bytes:
    told = len(items) if count is None else count
    body = f"<tracklets>\n<count>{told}</count>\n<item_version>1</item_version>\n{''.join(items)}</tracklets>"
    return f"{prolog}<boost_serialization>\n{body}\n</boost_serialization>\n".encode()


def item(poses: str = POSE, first: str = "3", count: int = 1, kind: str = "Car", h: str = "1.5", more: str = "") -> str:
    return (
        f"<item><objectType>{kind}</objectType><h>{h}</h><w>1.75</w><l>4.25</l><first_frame>{first}</first_frame>"
        f"<poses><count>{count}</count><item_version>2</item_version>\n{poses}</poses><finished>1</finished>{more}</item>\n"
    )


def test_pose_k_is_of_the_frame_that_is_k_behind_the_first() -> None:
    poses, problems = parse_tracklets(document(item(POSE * 3, count=3), item(first="0", kind="Person (sitting)")))
    assert problems == []
    assert [(pose.tracklet.number, pose.frame, pose.number) for pose in poses] == [
        (0, 3, 0),
        (0, 4, 1),
        (0, 5, 2),
        (1, 0, 0),
    ]
    assert poses[3].tracklet.category == "Person (sitting)"
    assert tracklet_frames(document(item(POSE * 3, count=3), item(first="0"))) == {0: (7, [3, 4, 5]), 1: (12, [0])}
    assert [pose.line for pose in poses] == [8, 9, 10, 13]
    assert poses[3].pointer == "/boost_serialization/tracklets/item[2]/poses/item[1]"


def test_the_box_of_a_pose() -> None:
    (pose,), _ = parse_tracklets(document(item(more="<colour>red</colour>")))
    box = tracklet_box(pose, 0)
    assert box.centre == (1, 2, -1.5 + 0.75)  # tz is the bottom
    assert box.size_m == (4.25, 1.75, 1.5)
    half = (-3.184 + math.tau) / 2  # the same turn, told with w >= 0
    assert box.rotation == pytest.approx((math.cos(half), 0, 0, math.sin(half)))
    assert box.qw >= 0
    assert box.instance == "0"
    assert box.attributes == {"state": 2, "truncation": 99, "amt_border_l": 0.5}  # occlusion is unset
    assert box.extras == {"pose": [1, 2, -1.5, 0, 0, -3.184], "finished": 1, "colour": "red"}


def test_rotations_about_all_axes_are_kept() -> None:
    turned = POSE.replace("<rx>0</rx><ry>0</ry><rz>-3.184</rz>", "<rx>0.1</rx><ry>0.2</ry><rz>0</rz>")
    (pose,), _ = parse_tracklets(document(item(turned)))
    box = tracklet_box(pose, 0)
    expected = (math.cos(0.1) * math.cos(0.05), math.cos(0.1) * math.sin(0.05), math.sin(0.1) * math.cos(0.05))
    assert box.rotation[:3] == pytest.approx(expected)


@pytest.mark.parametrize(
    "prolog",
    [
        "",
        "\n\n",
        '\n<?xml version="1.0" encoding="UTF-8" standalone="yes" ?>\n',
        '<?xml version="1.0" encoding="ISO-8859-1"?><!-- by hand -->',
        "\ufeff",
    ],
    ids=["none", "blank lines", "a blank line before it", "another encoding", "a byte order mark"],
)
def test_any_prolog(prolog: str) -> None:
    poses, problems = parse_tracklets(document(item(), prolog=prolog))
    assert problems == []
    assert len(poses) == 1
    assert poses[0].line == 6 + prolog.count("\n")


def test_attributes_of_boost_may_be_anywhere() -> None:
    data = (
        document(item())
        .replace(b"<poses>", b'<poses class_id="2" version="0">')
        .replace(b"<item><tx>", b'<item version="2"><tx>')
    )
    assert len(parse_tracklets(data)[0]) == 1


def test_entities_are_refused() -> None:
    prolog = '<?xml version="1.0"?>\n<!DOCTYPE boost_serialization [\n<!ENTITY a "aaaa">\n<!ENTITY b "&a;&a;">]>\n'
    poses, (problem,) = parse_tracklets(document(item(kind="&b;"), prolog=prolog))
    assert poses == []
    assert (problem.rule, problem.line) == ("kitti.tracklets", 3)
    assert problem.message == "expected a document without entities of its own, found one declared"


def test_a_document_that_breaks_off_gives_what_stands_before() -> None:
    data = document(item(), item())
    poses, (problem,) = parse_tracklets(data[: data.rindex(b"<finished>")])
    assert len(poses) == 1
    assert (problem.rule, problem.line) == ("kitti.tracklets", 12)
    assert problem.message == "expected XML, found no element found"


def test_another_document() -> None:
    poses, (problem,) = parse_tracklets(b"<annotation></annotation>")
    assert poses == []
    assert problem.message == "expected boost_serialization with tracklets, found none"


def test_counts_that_lie() -> None:
    _, problems = parse_tracklets(document(item(count=4), count=2))
    assert [(p.rule, p.line, p.message, p.is_error) for p in problems] == [
        ("kitti.tracklet-count", 7, "expected 4 poses as `count` says, found 1", False),
        ("kitti.tracklet-count", 5, "expected 2 tracklets as `count` says, found 1", False),
    ]


@pytest.mark.parametrize(
    ("broken", "found"),
    [
        (item(h="x"), "h 'x'"),
        (item(h=""), "no h"),
        (item(first="1.5"), "first_frame '1.5'"),
        (item(kind=""), "no objectType"),
        (item(kind="", h="1,5"), "no objectType and h '1,5'"),
        (item().replace("<objectType>Car</objectType>", ""), "no objectType"),
    ],
)
def test_a_tracklet_without_size_type_or_frame(broken: str, found: str) -> None:
    poses, (problem,) = parse_tracklets(document(broken, item()))
    assert [pose.tracklet.number for pose in poses] == [1]
    assert (problem.rule, problem.line) == ("kitti.tracklet", 7)
    expected = "expected objectType, h, w, l and first_frame"
    assert problem.message == f"{expected}, found {found}; the tracklet is left out"


@pytest.mark.parametrize(("text", "found"), [("", "no ty"), ("<ty></ty>", "no ty"), ("<ty>9,6</ty>", "ty '9,6'")])
def test_a_pose_without_a_place(text: str, found: str) -> None:
    poses, (problem,) = parse_tracklets(document(item(POSE.replace("<ty>2</ty>", text) + POSE, count=2)))
    assert [pose.frame for pose in poses] == [4]  # the second pose is still of the second frame
    assert (problem.rule, problem.line) == ("kitti.tracklet-pose", 8)
    assert problem.message == f"expected numbers for tx, ty, tz, rx, ry and rz, found {found}; the pose is left out"


def spread(*items: str) -> bytes:
    """A document with a line for each element."""
    return document(*items).replace(b"><", b">\n<")


def line_of(data: bytes, element: str) -> int:
    return data[: data.index(element.encode())].count(b"\n") + 1


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<objectType>Car", "<objectType>"),
        ("<w>1.75", "<w>wide"),
        ("<first_frame>3", "<first_frame>x"),
        ("<tz>-1.5", "<tz>low"),
        ("<count>1", "<count>7"),
        ("<state>2", "<state>7"),
        ("<occlusion>-1", "<occlusion>9"),
        ("<truncation>99", "<truncation>98"),
    ],
)
def test_what_is_wrong_with_an_element_is_told_at_its_line(old: str, new: str) -> None:
    data = spread(item().replace(old, new), item())
    _, (problem,) = parse_tracklets(data)
    at = new if new != "<count>7" else "<poses>"
    assert problem.line == line_of(data, at) + (new == "<count>7")


def test_states_that_are_none_are_told_once() -> None:
    odd = POSE.replace("<occlusion>-1", "<occlusion>9")
    _, (problem,) = parse_tracklets(spread(item(odd + POSE + odd, count=3), item(odd)))
    assert (problem.rule, problem.is_error) == ("kitti.tracklet-state", False)
    assert problem.message == ("expected occlusion as one of -1, 0, 1, 2, found '9', and such in 2 more places")


DRIVE = "2011_09_26/2011_09_26_drive_0001_sync"


def clouds(kitti: Any, *frames: int) -> dict[str, Any]:
    return {f"{DRIVE}/velodyne_points/data/{n:010d}.bin": kitti.CLOUD + bytes([n]) * 16 for n in frames}


@pytest.mark.parametrize(
    ("first", "count", "found"), [(70, 3, "frames 70 to 72"), (2, 2, "frame 3"), (1, 4, "frames 3 to 4")]
)
@pytest.mark.parametrize(
    ("others", "more"), [(0, ""), (1, ", and such of 1 more tracklet"), (3, ", and such of 3 more tracklets")]
)
def test_poses_behind_the_last_frame_are_told_once_a_file(
    kitti: Any, first: int, count: int, found: str, others: int, more: str
) -> None:
    data = spread(item(POSE * count, first=str(first), count=count), item(first="0"), *[item(first="3")] * others)
    files = clouds(kitti, 0, 1, 2)
    root = kitti.tree({f"{DRIVE}/tracklet_labels.xml": data, **files})
    told = [(one.rule, one.severity, one.line, one.message) for one in lading.validate(lading.open_dataset(root))]
    message = f"expected frames of the drive, the last of which is 2, found poses of {found}{more}"
    line = line_of(data, "<first_frame>")
    assert [one for one in told if "missing" in one[0] or "tracklet" in one[0]] == [
        ("kitti.tracklet-frames", "warning", line, message)
    ]


def test_a_scan_that_is_lost_is_not_missing(kitti: Any) -> None:
    """Its list of times says that it is lost, as in an official drive (3.8)."""
    times = "2011-09-26 13:02:25.1\n\n2011-09-26 13:02:25.3\n"
    pictures = {f"{DRIVE}/image_02/data/{n:010d}.png": kitti.PIXEL for n in range(3)}
    files = {f"{DRIVE}/velodyne_points/timestamps.txt": times, **clouds(kitti, 0, 2), **pictures}
    root = kitti.tree({f"{DRIVE}/tracklet_labels.xml": document(item(POSE * 3, first="0", count=3)), **files})
    told = [one.rule for one in lading.validate(lading.open_dataset(root)) if one.file and "velodyne" in one.file]
    assert told == []


def test_a_pose_before_the_drive_begins() -> None:
    poses, (problem,) = parse_tracklets(document(item(POSE + POSE, first="-1", count=2)))
    assert [(pose.frame, pose.number) for pose in poses] == [(0, 1)]
    assert (problem.rule, problem.line) == ("kitti.tracklet-pose", 8)
    assert problem.message == "expected frames from 0 on, found -1 by first_frame; the pose is left out"


@pytest.mark.parametrize(
    ("size", "message", "is_error"),
    [
        ({"h": "0"}, "expected a size above 0, found h 0.0; 3 poses of this size", True),
        ({"w": "-1.5", "l": "0"}, "expected a size above 0, found w -1.5, l 0.0; 3 poses of this size", True),
        ({"h": "1700"}, "expected a size in metres, 100 at most, found h 1700.0; 3 poses of this size", False),
        ({"h": "nan"}, "expected a size above 0, found h nan; 3 poses of this size", True),
    ],
    ids=["flat", "of two odd sides", "in millimetres", "of no number"],
)
def test_a_size_that_is_none_is_told_once_for_all_poses(
    kitti: Any, size: dict[str, str], message: str, is_error: bool
) -> None:
    lines = item(POSE * 3, first="0", count=3).replace("><", ">\n<")
    for name, value in size.items():
        lines = re.sub(f"<{name}>.*</{name}>", f"<{name}>{value}</{name}>", lines)
    data = document(lines, item(first="0"))
    drive = "2011_09_26/2011_09_26_drive_0001_sync"
    clouds = {f"{drive}/velodyne_points/data/{n:010d}.bin": kitti.CLOUD + bytes([n]) * 16 for n in range(3)}
    root = kitti.tree({f"{drive}/tracklet_labels.xml": data, **clouds})
    found = [one for one in lading.validate(lading.open_dataset(root)) if "media" not in one.rule]
    line = data[: data.index(f"<{next(iter(size))}>".encode())].count(b"\n") + 1
    assert [(one.rule, one.severity, one.line, one.message) for one in found] == [
        ("kitti.tracklet-size", "error" if is_error else "warning", line, message)
    ]
