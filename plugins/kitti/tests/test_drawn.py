"""3D boxes drawn in the picture are where the 2D boxes are; and what else many rows of a set have wrong alike."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import pytest

import lading

F, CX, CY, OFFSET = 721.5, 609.6, 172.9, 44.86
P3 = -339.5
CALIBRATION = (
    f"P0: {F} 0 {CX} 0 0 {F} {CY} 0 0 0 1 0\nP1: {F} 0 {CX} -387.6 0 {F} {CY} 0 0 0 1 0\n"
    f"P2: {F} 0 {CX} {OFFSET} 0 {F} {CY} 0 0 0 1 0\nP3: {F} 0 {CX} {P3} 0 {F} {CY} 0 0 0 1 0\n"
    "R0_rect: 1 0 0 0 1 0 0 0 1\nTr_velo_to_cam: 0 -1 0 0 0 0 -1 -0.08 1 0 0 -0.27\n"
)
#: Type, height, width, length, x, y, z and rotation_y.
OBJECTS = [
    ("Car", 1.5, 1.6, 3.9, -4.2, 1.65, 16.0, 1.57),
    ("Car", 1.45, 1.65, 4.1, 3.4, 1.7, 22.0, -1.5),
    ("Van", 2.2, 1.9, 5.0, -9.0, 1.6, 34.0, 0.3),
    ("Truck", 3.2, 2.6, 9.5, 8.5, 1.7, 45.0, 1.6),
    ("Cyclist", 1.73, 0.6, 1.76, 5.5, 1.62, 18.0, 3.0),
    ("Pedestrian", 1.76, 0.66, 0.85, -5.0, 1.66, 15.0, 0.1),
]

Row = dict[str, Any]


def drawn(h: float, w: float, l: float, x: float, y: float, z: float, turn: float, offset: float) -> list[float]:  # noqa: E741
    """Edges of the picture of a box, by its eight corners one by one, as the devkit has them (3.4)."""
    us, vs = [], []
    for along in (-l / 2, l / 2):
        for across in (-w / 2, w / 2):
            for up in (0, h):
                at_x = x + math.cos(turn) * along + math.sin(turn) * across
                at_z = z - math.sin(turn) * along + math.cos(turn) * across
                us.append((F * at_x + offset) / at_z + CX)
                vs.append(F * (y - up) / at_z + CY)
    return [min(us), min(vs), max(us), max(vs)]


def rows(count: int, change: Callable[[Row], None] | None = None, only: Sequence[int] = ()) -> str:
    """So many rows whose boxes meet, but for what is changed in all of them, or in those of some numbers."""
    lines = []
    for number in range(count):
        name, h, w, length, x, y, z, turn = OBJECTS[number % len(OBJECTS)]
        z += number // len(OBJECTS)
        row: Row = {
            "box": drawn(h, w, length, x, y, z, turn, OFFSET),
            "alpha": turn - math.atan2(x, z),
            "size": [h, w, length],
            "place": [x, y, z],
            "turn": turn,
        }
        if change is not None and (not only or number in only):
            change(row)
        numbers = [row["alpha"], *row["box"], *row["size"], *row["place"], row["turn"]]
        lines.append(f"{name} 0.00 0 " + " ".join(f"{one:.2f}" for one in numbers) + "\n")
    return "".join(lines)


def told(kitti: Any, *texts: str, calibration: str = CALIBRATION, jobs: int = 1) -> list[tuple[Any, ...]]:
    """What is told of labels, each text a frame."""
    files = {f"training/label_2/{number:06d}.txt": text for number, text in enumerate(texts)}
    files |= {f"training/calib/{number:06d}.txt": calibration for number in range(len(texts))}
    found = lading.validate(lading.open_dataset(kitti.tree(files)), jobs=jobs)
    of_labels = ("kitti.label-", "kitti.angle", "kitti.calibration")
    return [
        (one.rule, (one.file or "")[-10:], one.line, one.message)
        for one in found
        if one.rule.startswith(of_labels) and one.rule != "kitti.label-missing"
    ]


def at_middle(row: Row) -> None:
    row["place"][1] -= row["size"][0] / 2


def in_velodyne(row: Row) -> None:
    x, y, z = row["place"]
    row["place"] = [z, -x, -y]


def lower(row: Row) -> None:
    row["place"][1] += 3


def farther(row: Row) -> None:
    row["place"][2] += 10
    row["alpha"] = row["turn"] - math.atan2(row["place"][0], row["place"][2])


def halved(row: Row) -> None:
    row["box"] = [edge / 2 for edge in row["box"]]


def of_camera_3(row: Row) -> None:
    row["box"] = [edge + (P3 - OFFSET) / row["place"][2] * (number % 2 == 0) for number, edge in enumerate(row["box"])]


def turned_size(row: Row) -> None:
    row["size"].reverse()


def degrees(row: Row) -> None:
    row["turn"] = math.degrees(row["turn"])


def copied(row: Row) -> None:
    row["alpha"] = row["turn"]


def test_boxes_that_meet_are_not_told(kitti: Any) -> None:
    assert told(kitti, rows(12), rows(6)) == []


def test_rows_of_people_whose_arms_are_apart_and_of_boxes_cut_by_the_picture_are_not_told(kitti: Any) -> None:
    """Official 2D boxes of people are up to 70 % narrower; of what is cut, the picture has a part."""
    wide = drawn(1.5, 1.6, 3.9, -12.0, 1.6, 14.0, 0.0, OFFSET)
    assert wide[0] < 0 < wide[2]
    cut = f"Car 0.40 0 0.71 0.00 {wide[1]:.2f} {wide[2]:.2f} {wide[3]:.2f} 1.50 1.60 3.90 -12.00 1.60 14.00 0.00\n"

    def narrow(row: Row) -> None:
        row["box"][2] -= 0.6 * (row["box"][2] - row["box"][0])

    assert told(kitti, rows(12, narrow, only=[5, 11]) + cut) == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (at_middle, "as if y were the middle of the box, not its bottom; so it is with 12 rows of 12"),
        (in_velodyne, "as if its place were in the axes of the velodyne; so it is with 12 rows of 12"),
        (halved, "as if the 2D box were of a picture 0.5 times as large; so it is with 8 rows of 12"),
        (lower, "); so it is with 12 rows of 12"),
        (farther, "); so it is with 12 rows of 12"),
        (of_camera_3, "as if the 2D box were of camera 3; so it is with"),
    ],
    ids=["the middle", "axes of the velodyne", "halved pictures", "3 m lower", "10 m farther", "another camera"],
)
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_all_rows_have_is_told_once_with_what_would_mend_it(
    kitti: Any, change: Callable[[Row], None], words: str, jobs: int
) -> None:
    ((rule, file, line, message),) = told(kitti, rows(6, change), rows(6, change), jobs=jobs)
    assert (rule, file) == ("kitti.label-projection", "000000.txt")
    assert line in (1, 2)
    assert message.startswith("expected the 3D box in the picture where the 2D box is, (")
    assert words in message


def test_a_row_among_others_whose_boxes_meet_is_told_at_its_line(kitti: Any) -> None:
    (found,) = told(kitti, rows(12), rows(6, lower, only=[1]))
    left, top, right, bottom = drawn(1.45, 1.65, 4.1, 3.4, 4.7, 22.0, -1.5, OFFSET)
    assert found[:3] == ("kitti.label-projection", "000001.txt", 2)
    assert found[3].endswith(f"found it at ({left:.1f}, {top:.1f}, {right:.1f}, {bottom:.1f})")


@pytest.mark.parametrize(
    ("change", "count", "words"),
    [
        (lower, 120, ""),
        (in_velodyne, 120, ", as if its place were in the axes of the velodyne"),
        (at_middle, 120, ", as if y were the middle of the box, not its bottom"),
        (halved, 104, ", as if the 2D box were of a picture 0.5 times as large"),
    ],
)
def test_rows_that_are_more_than_a_hundred_but_few_of_all_are_told_once(
    kitti: Any, change: Callable[[Row], None], count: int, words: str
) -> None:
    """Of 2,280 rows 120 are 5 %. Of 156 in smaller pictures, those of people, a third, say nothing by their width."""
    frames = 13 if change is halved else 10
    found = told(kitti, *[rows(12, change)] * frames, *[rows(12)] * 180, jobs=2)
    projected = [one for one in found if one[0] == "kitti.label-projection" and one[3].count(words)]
    assert [one[:3] for one in projected] == [("kitti.label-projection", "000000.txt", 1)]
    total = 12 * (frames + 180)
    assert projected[0][3].endswith(f"{words}; so it is with {count} rows of {total:,}")


def test_rows_in_the_axes_of_the_velodyne_are_told_among_many_that_are_elsewhere(kitti: Any) -> None:
    """Nothing else is told of them: neither that they lie behind the camera, nor of their alpha."""

    def narrowed(row: Row) -> None:
        row["box"][3] -= 0.5 * (row["box"][3] - row["box"][1])

    frames = [rows(12, narrowed, only=[0, 2, 4, 6]), rows(12)]
    (found,) = told(kitti, *frames, rows(12, in_velodyne, only=[0, 1]), *frames)
    assert found[:3] == ("kitti.label-projection", "000002.txt", 1)
    assert found[3].endswith(", as if its place were in the axes of the velodyne; so it is with 2 rows of 60")


def test_a_few_rows_are_told_beside_many_that_have_another_defect(kitti: Any) -> None:
    """Of 84 rows those of 24 are turned, or have y at the middle: more than a tenth; 2 others are lower."""
    for change in (turned_size, at_middle):
        found = told(kitti, *[rows(6, change)] * 4, rows(12, lower, only=[7, 9]), *[rows(12)] * 4)
        lowered = [one for one in found if one[1] == "000004.txt" and one[0] == "kitti.label-projection"]
        assert [one[2] for one in lowered] == [8, 10]
        assert all(one[3].endswith(")") for one in lowered)


def test_a_row_of_an_odd_size_and_in_the_axes_of_the_velodyne_is_told_of_its_alpha_too(kitti: Any) -> None:
    """Of such a row it is not told that it is elsewhere: that may come of the size."""

    def both(row: Row) -> None:
        in_velodyne(row)
        row["size"][2] = 1.19

    found = told(kitti, rows(12), rows(6, both, only=[1]))
    assert {one[:3] for one in found} == {
        (f"kitti.label-{subject}", "000001.txt", 2) for subject in ("size", "alpha", "behind")
    }


def test_a_2d_box_that_ends_outside_any_picture_is_for_the_rule_of_that(kitti: Any) -> None:
    def below(row: Row) -> None:
        row["box"][3] = 435

    assert told(kitti, rows(12), rows(6, below, only=[1])) == []


def test_boxes_of_a_set_drawn_by_hand_of_which_a_third_are_elsewhere_are_not_told(kitti: Any) -> None:
    def hidden(row: Row) -> None:
        row["box"][3] -= 0.5 * (row["box"][3] - row["box"][1])

    assert told(kitti, rows(12, hidden, only=[0, 2, 4, 6])) == []


@pytest.mark.parametrize(
    "states",
    ["0.00 1", "0.00 3", "0.40 0", "-1 -1", "-1 0", "0.00 -1"],
    ids=["partly", "unknown", "truncated", "unset", "truncated unset", "occluded unset"],
)
def test_2d_boxes_around_what_can_be_seen_of_hidden_objects_are_not_told(kitti: Any, states: str) -> None:
    """Official ones are around the whole object; those of other sets are not always."""

    def left_half(row: Row) -> None:
        row["box"][2] -= 0.5 * (row["box"][2] - row["box"][0])

    hidden = rows(6, left_half).replace(" 0.00 0 ", f" {states} ")
    assert told(kitti, hidden, hidden) == []
    seen = rows(6, left_half)
    assert "so it is with 8 rows of 12" in told(kitti, seen, seen)[0][3]  # those of people may be narrow
    (lowered,) = told(kitti, *[rows(6, lower).replace(" 0.00 0 ", f" {states} ")] * 2)
    assert "so it is with 12 rows of 12" in lowered[3]


def test_sizes_that_are_turned_in_all_rows_are_told_once_of_cars_and_once_of_others(kitti: Any) -> None:
    """A cyclist is as long as high."""
    cars, others = told(kitti, rows(6, turned_size), rows(6, turned_size))
    message = "expected h, w, l of a Car, found 3.9, 1.6, 1.5, as if l, w, h; so it is with 4 rows of cars of 4"
    assert cars == ("kitti.label-dimensions", "000000.txt", 1, message)
    message = "expected h, w, l of a Van, found 5.0, 1.9, 2.2, as if l, w, h; so it is with 6 rows of others of 8"
    assert others == ("kitti.label-dimensions", "000000.txt", 3, message)


def test_angles_in_degrees_in_all_files_are_told_once_and_a_small_one_not_as_an_alpha(kitti: Any) -> None:
    """The pedestrian turns by 0.1 rad, 5.73 degrees: as radians no angle of more than a turn, and another alpha."""
    (found,) = told(kitti, *[rows(6, degrees)] * 3)
    assert found[:3] == ("kitti.angle", "000000.txt", 1)
    assert found[3] == (
        "expected angles in radians, found rotation_y 89.95, and such in 4 more; so it is with 3 frames of 3"
    )


def test_alphas_that_are_copies_are_told_once_with_the_number_of_those_that_can_be_seen_to_be(kitti: Any) -> None:
    """Of six objects two are more than 0.3 rad to the side: -atan2(5.5, 18) is -0.297, -atan2(-5, 15) 0.32."""
    aside = [one for one in OBJECTS if abs(math.atan2(one[4], one[6])) > 0.3]
    assert [one[0] for one in aside] == ["Pedestrian"]
    (found,) = told(kitti, *[rows(6, copied)] * 4)
    assert found[:3] == ("kitti.label-alpha", "000000.txt", 6)
    assert found[3] == (
        "expected alpha near 0.42 by rotation_y and location, found 0.1, which is rotation_y; "
        "so it is with 4 rows off the axis of the camera of 4"
    )


@pytest.mark.parametrize("length", ["0.04", "0.41", "40.5"])
def test_a_size_that_no_car_has_is_told_at_its_line(kitti: Any, length: str) -> None:
    text = rows(6).replace("1.50 1.60 3.90", f"1.50 1.60 {length}")
    (found,) = told(kitti, text)
    assert found == (
        "kitti.label-size", "000000.txt", 1, f"expected the length of a Car from 1.2 to 25 m, found {float(length)!r}",
    )  # fmt: skip
