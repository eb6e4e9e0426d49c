"""Labels made of points."""

from __future__ import annotations

import numpy as np
import pytest

from lading.model.label import (
    Cuboid2D,
    Keypoints2D,
    MultiPolygon2D,
    MultiPolyline2D,
    Polygon2D,
    Polyline2D,
    Sentence,
    Word,
)


def points(count: int) -> np.ndarray:
    """Points on a parabola: any three of them span an area, and no two of their chords cross."""
    x = np.arange(count, dtype=np.float64)
    return np.stack((x, x * x / 10), axis=1)


def rules(findings):
    return [finding.rule for finding in findings]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        (Polygon2D(points(3)), []),
        (Polygon2D(points(2)), ["polygon.too-few-points"]),
        (Polygon2D(points(0)), ["polygon.too-few-points"]),
        (MultiPolygon2D((points(3), points(4))), []),
        (MultiPolygon2D((points(3), points(2), points(1))), ["polygon.too-few-points"] * 2),
        (Polygon2D(points(3) * [1, 0]), ["polygon.empty"]),
        (MultiPolygon2D(()), ["polygon.too-few-points"]),
        (Polyline2D(points(2)), []),
        (Polyline2D(points(1)), ["polyline.too-few-points"]),
        (MultiPolyline2D((points(2), points(2))), []),
        (MultiPolyline2D((points(2), points(1))), ["polyline.too-few-points"]),
    ],
    ids=lambda value: str(value)[:60],
)
def test_number_of_points(found, label, expected):
    assert rules(found(label)) == expected


def test_finding_of_a_polygon_stands_at_its_geometry(found):
    (finding,) = found(Polygon2D(points(2), origin=7))
    assert finding.pointer == "/annotations/7/segmentation"
    assert finding.message == "expected at least 3 points, found 2"
    assert finding.severity == "error"


def test_finding_of_a_part_names_it(found):
    (finding,) = found(MultiPolygon2D((points(3), points(2))))
    assert finding.message == "expected at least 3 points in part 1 (counted from 0), found 2"


def test_parts_count_from_0_as_pointers_do(found):
    flat = points(3) * [1, 0]
    for rings, part in (((flat, points(3)), 0), ((points(3), flat), 1), ((flat,), None)):
        which = "" if part is None else f" of part {part} (counted from 0)"
        (finding,) = found(MultiPolygon2D(rings))
        assert finding.message == f"expected an area above 0{which}, found none within 2 x 0"
    bow = np.array([(0, 0), (2, 2), (2, 0), (0, 1.5)], dtype=np.float64)
    (finding,) = found(MultiPolygon2D((bow, points(3) + 20)))
    expected = "expected a ring of part 0 (counted from 0) that does not cross itself"
    assert finding.message.startswith(f"{expected}, found a crossing")


@pytest.mark.parametrize(
    "label",
    [
        Polygon2D(points(3) * np.nan),
        MultiPolygon2D((points(3), points(3) + np.inf)),
        Polyline2D(np.array([[0.0, np.nan], [1, 1]])),
        MultiPolyline2D((points(2) * np.nan,)),
        Keypoints2D(points(2) + np.inf),
        Cuboid2D(points(4), points(4) * np.nan),
        Sentence(sentence=(Word("hello", 0.0, float("nan")),)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_points_that_are_not_finite(found, label):
    assert rules(found(label)) == ["label.not-finite"]


PERSON = {"number": 3, "parentCategories": ["person"]}
CATEGORIES = [{"name": "person"}, {"name": "person.child"}, {"name": "dog"}, {"name": "cat"}]


@pytest.mark.parametrize(
    ("keypoints", "category", "count", "is_right"),
    [
        ([{"number": 3}], "cat", 3, True),
        ([{"number": 3}], "cat", 2, False),
        ([{"number": 3}], "cat", 4, False),
        ([PERSON, {"number": 5, "parentCategories": ["dog"]}], "dog", 5, True),
        ([PERSON, {"number": 5, "parentCategories": ["dog"]}], "dog", 3, False),
        ([PERSON], "cat", 9, True),
        ([PERSON], "person.child", 3, True),
        ([PERSON], "person.child", 4, False),
        ([{"number": 0}], "cat", 0, True),
    ],
    ids=[
        "as many as the one rule says",
        "one too few",
        "one too many",
        "the rule of its category",
        "the rule of another category",
        "no rule for its category",
        "the rule of an ancestor",
        "not as many as the ancestor's rule says",
        "a rule of none",
    ],
)
def test_number_of_keypoints(found, keypoints, category, count, is_right):
    catalog = {"KEYPOINTS2D": {"categoryDelimiter": ".", "categories": CATEGORIES, "keypoints": keypoints}}
    findings = found(Keypoints2D(points(count), category=category, origin=2), catalog=catalog)
    assert [rule for rule in rules(findings) if rule.startswith("keypoints")] == (
        [] if is_right else ["keypoints.count"]
    )


def test_finding_of_keypoints_tells_both_numbers(found):
    catalog = {"KEYPOINTS2D": {"keypoints": [{"number": 17}]}}
    (finding,) = found(Keypoints2D(points(16)), catalog=catalog)
    assert (finding.severity, finding.message) == ("error", "expected 17 keypoints, found 16")


def body(visible, first=(5.0, 5.0), category="person"):
    return Keypoints2D(np.array([first, (130.0, 10.0), (20.0, 30.0)]), visible, category=category, origin=0)


NAMED = {"number": 3, "names": ["head", "hand", "foot"], "visible": "TERNARY"}


@pytest.mark.parametrize(
    ("keypoints", "which"),
    [
        ([NAMED], "keypoint 'hand'"),
        ([{**NAMED, "names": ["head", "hand", "hand"]}], "keypoint 1 (counted from 0)"),
        ([{**NAMED, "names": ["head"]}], "keypoint 1 (counted from 0)"),
        ([{"number": 3, "visible": "TERNARY"}], "keypoint 1 (counted from 0)"),
        ([{**NAMED, "parentCategories": ["dog"]}], "keypoint 1 (counted from 0)"),
        ([{"number": 2, "names": ["a", "b"], "visible": "TERNARY"}, NAMED], "keypoint 'hand'"),
    ],
    ids=[
        "it has a name",
        "two have its name",
        "there are fewer names",
        "there are no names",
        "names of another category",
        "the rule of so many points",
    ],
)
def test_a_keypoint_is_called_by_its_name(found, keypoints, which):
    catalog = {"KEYPOINTS2D": {"categories": CATEGORIES, "keypoints": keypoints}}
    (outside,) = (one for one in found(body((2, 2, 2)), catalog=catalog) if one.rule == "keypoints.outside-image")
    assert outside.message == f"expected {which} within 100 x 80 pixels, found (130, 10)"
    if "dog" not in str(keypoints):
        (finding,) = (one for one in found(body((2, 3, 2)), catalog=catalog) if one.rule == "keypoints.visible")
        assert finding.message == f"expected a visibility of 0, 1, 2, found 3 at {which}"


def test_findings_of_points_say_at_which_spot_of_the_picture(found):
    """The bow's edges y = x and y = 20 - x meet at (10, 10); the last corner of the other ring is 7 pixels too low."""
    catalog = {"KEYPOINTS2D": {"categories": CATEGORIES, "keypoints": [NAMED]}}
    bow = np.array([(0, 0), (20, 20), (20, 0), (0, 20)], dtype=np.float64)
    low = np.array([(50, 40), (103, 40), (60, 87)], dtype=np.float64)
    line = np.array([(30, 40), (40, 40), (50, 40)], dtype=np.float64)
    spots = {
        one.message.partition(", found")[0]: one.spot
        for label in (
            body((2, 3, 2), (-4.0, 9.0)),
            Polygon2D(bow),
            MultiPolygon2D((points(4), low)),
            MultiPolygon2D((points(4), line)),
            Polygon2D(line[:2]),
            Polygon2D(points(0)),
            Keypoints2D(points(2), category="person"),
        )
        for one in found(label, catalog=catalog)
        if one.rule.startswith(("keypoints", "polygon"))
    }
    assert spots == {
        "expected keypoint 'head' within 100 x 80 pixels": (-4.0, 9.0),
        "expected keypoint 'hand' within 100 x 80 pixels": (130.0, 10.0),
        "expected a visibility of 0, 1, 2": (130.0, 10.0),
        "expected a ring that does not cross itself": (10.0, 10.0),
        "expected a polygon within 100 x 80 pixels": (60.0, 87.0),
        "expected an area above 0 of part 1 (counted from 0)": (30.0, 40.0),
        "expected at least 3 points": None,
        "expected 3 keypoints": None,
    }
    (short,) = found(Polygon2D(line[:2]))
    assert short.spot == (30.0, 40.0)
