"""Drawing: boxes against formulas written out here, points of every kind of file, pictures by their pixels."""

from __future__ import annotations

import importlib
import io
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from lading.errors import OptionError, SourceError, TargetError
from lading.media import read_picture
from lading.model.label import Box2D, Box3D, Keypoints2D, Polygon2D, Rle
from lading.render import preview
from lading.render.above import SIZE_PX, draw_above
from lading.render.colours import MARK, colour_of
from lading.render.draw import Drawing
from lading.render.frame import draw_data, sees
from lading.render.plots import bars
from lading.render.points import read_points

sys.path.append(str(Path(__file__).parents[1] / "validate" / "corpus"))
cargo = importlib.import_module("cargo")
Bytes = cargo.Bytes


ROWS = np.array([[1.0, 2.0, 3.0, 0.5], [4.0, 5.0, 6.0, 0.25]])
HEAD = "# .PCD v0.7\nVERSION 0.7\nFIELDS intensity x y z\nSIZE 1 4 4 4\nTYPE U F F F\nCOUNT 1 1 1 1\nPOINTS 2\n"


def npy() -> bytes:
    out = io.BytesIO()
    np.save(out, ROWS)
    return out.getvalue()


def binary_pcd() -> bytes:
    rows = np.array([(7, 1, 2, 3), (8, 4, 5, 6)], dtype="u1,<f4,<f4,<f4")
    return HEAD.encode() + b"DATA binary\n" + rows.tobytes()


@pytest.mark.parametrize(
    ("name", "data", "fields"),
    [
        ("a.bin", ROWS.astype("<f4").tobytes(), None),
        ("a.bin", ROWS[:, [3, 2, 1, 0]].astype("<f4").tobytes(), ["Intensity", "Z", "Y", "X"]),
        ("a.npy", npy(), None),
        ("a.pcd", HEAD.encode() + b"DATA ascii\n7 1 2 3\n8 4 5 6\n", None),
        ("a.pcd", binary_pcd(), None),
    ],
    ids=["bare floats", "columns by name", "npy", "pcd as text", "pcd as bytes"],
)
def test_points_of_every_kind_of_file(name, data, fields):
    assert read_points(Bytes(name, data), fields).tolist() == ROWS[:, :3].tolist()


@pytest.mark.parametrize("data", [b"123", HEAD.encode(), HEAD.encode() + b"DATA ascii\nx y\n", b"\x93NUMPYxx"])
def test_points_that_are_none_are_told(data):
    with pytest.raises(SourceError, match=r"a\.bin: expected points, found "):
        read_points(Bytes("a.bin", data))


def test_from_above_forward_is_up_and_left_is_left():
    image = np.asarray(draw_above(np.array([[5.0, 0.0, 0.0], [0.0, 5.0, 0.0]]), []))
    lit = {(int(x), int(y)) for y, x in np.argwhere(image[:, :, 0] == 170)}
    middle = SIZE_PX / 2
    assert lit == {(round(middle), round(middle / 2)), (round(middle / 2), round(middle))}


def test_points_without_a_place_are_left_out_and_say_nothing_of_the_distance():
    """Radars fill up with NaN; the picture is that of the points that are somewhere."""
    nowhere = np.full((99, 3), np.nan)
    far = np.array([[np.inf, 0.0, 0.0], [0.0, -np.inf, 0.0]])
    seen = np.array([[5.0, 0.0, 0.0]])
    for points, as_if in ((nowhere, np.zeros((0, 3))), (np.concatenate((nowhere, far, seen)), seen)):
        assert (np.asarray(draw_above(points, [])) == np.asarray(draw_above(as_if, []))).all()


def test_what_is_marked_has_one_colour():
    box = Box3D(5, 0, 0, 4, 2, 1, category="car")
    plain, marked = (np.asarray(draw_above(None, [box], marked=m)) for m in ((), (0,)))
    assert (plain == colour_of("car")).all(axis=2).any()
    assert not (plain == MARK).all(axis=2).any()
    assert (marked == MARK).all(axis=2).any()


def test_beside_what_is_marked_the_others_are_outlines_alone():
    mask = Rle(np.array([0, 100 * 80]), 80, 100, category="c")
    ring = Polygon2D(np.array([[10.0, 10], [40, 10], [40, 40], [10, 40]]), category="b")
    labels = [mask, ring, Box2D(50, 50, 90, 70, category="a")]
    drawing = Drawing(Image.new("RGB", (100, 80)))
    drawing.labels(labels, marked={2})
    pixel = drawing.image.getpixel
    assert pixel((70, 50)) == MARK
    assert pixel((10, 25)) == colour_of("b")
    assert pixel((25, 25)) == pixel((5, 5)) == (0, 0, 0)  # neither filled nor under a mask
    other = Drawing(Image.new("RGB", (100, 80)))
    other.labels(labels[:2])
    assert other.image.getpixel((5, 5)) != (0, 0, 0)
    alone = Drawing(Image.new("RGB", (100, 80)))
    alone.labels(labels, marked={0})
    assert alone.image.getpixel((5, 5)) != (0, 0, 0)


def test_a_word_at_the_border_is_moved_into_the_picture():
    drawing = Drawing(Image.new("RGB", (100, 40)))
    drawing.text((95, 38), "boat", colour_of("boat"))
    columns = np.flatnonzero(np.asarray(drawing.image).any(axis=(0, 2)))
    whole = Drawing(Image.new("RGB", (100, 40)))
    whole.text((20, 38), "boat", colour_of("boat"))
    assert len(columns) == len(np.flatnonzero(np.asarray(whole.image).any(axis=(0, 2))))
    assert columns[-1] <= 99


def test_a_box_of_the_lidar_is_marked_in_the_camera_that_sees_it():
    drive = cargo.drive()
    frame, segment = drive.frames["drive"][1], drive.dataset().segments[0]
    lidar, left = frame.data[0], frame.data[1]
    draw = lambda marked, of: np.asarray(draw_data(drive.dataset(), segment, frame, left, marked=marked, of=of))  # noqa: E731
    assert (draw({0}, lidar) == MARK).all(axis=2).any()
    assert not (draw((), lidar) == MARK).all(axis=2).any()
    assert sees(segment, frame, left, lidar, {0})
    assert not sees(segment, frame, left, lidar, ())
    drive.edit(0, "drive", 1, "lidar", x=-20.0)  # behind
    assert not sees(segment, frame, left, frame.data[0], {0})


def test_boxes_polygons_and_keypoints_are_drawn_where_they_are():
    drawing = Drawing(Image.new("RGB", (100, 80)), (0.5, 0.5))  # labels are of a picture of 200 x 160
    ring = np.array([[100.0, 20], [180, 20], [180, 100]])
    points = Keypoints2D(np.array([[20.0, 140], [60, 140], [0, 0]]), (2, 2, 0), category="p")
    drawing.labels(
        [Box2D(20, 20, 60, 60, category="a"), Polygon2D(ring, category="b"), points],
        skeletons=lambda category: [[0, 1], [1, 2]] if category == "p" else [],
    )
    pixel = drawing.image.getpixel
    assert pixel((10, 20)) == colour_of("a")
    assert pixel((20, 20)) == (0, 0, 0)
    assert pixel((70, 10)) == colour_of("b")
    assert pixel((80, 20)) != (0, 0, 0)  # filled with a breath
    assert pixel((20, 70)) == colour_of("p")
    assert pixel((0, 0)) == (0, 0, 0)  # not labelled, not drawn


@pytest.mark.parametrize(
    ("spot", "middle"),
    [((50, 40), (100, 80)), ((-30, 40), (0, 80)), ((1e300, 85), (199, 159))],
    ids=["in the picture", "left of it", "beyond its corner"],
)
def test_a_ring_is_drawn_around_a_spot(spot, middle):
    drawing = Drawing(Image.new("RGB", (200, 160)), (2.0, 2.0))  # labels are of a picture of 100 x 80
    drawing.ring(spot)
    rows, columns = np.nonzero(np.asarray(drawing.image).any(axis=2))
    distances = np.hypot(columns - middle[0], rows - middle[1])
    assert 10 < distances.min() < distances.max() < 22
    rows, columns = np.nonzero((np.asarray(drawing.image) == MARK).all(axis=2))
    assert len(rows) > 15
    assert np.hypot(columns - middle[0], rows - middle[1]).max() < 18


def test_nothing_that_is_broken_stops_the_drawing():
    made = cargo.pictures()
    made.edit(cargo.BOX, xmin=float("nan"))
    made.edit(cargo.POLYGON, points=np.full((3, 2), 1e300))
    made.edit(cargo.RLE, counts=np.array([1]))
    made.edit(cargo.MULTI, rings=())
    made.edit(cargo.CUBOID, back=np.zeros((1, 2)))
    made.edit(cargo.POINTS, visible=(1,))
    made.edit(cargo.SEMANTIC, content=Bytes("m.png", b"x"))
    dataset = made.dataset()
    frame = made.frames["train"][1]
    image = draw_data(dataset, dataset.segments[0], frame, frame.data[0])
    assert image.size == (600, 480)  # a small picture is enlarged
    drive = cargo.drive()
    drive.edit(0, "drive", 2, "lidar", qw=0.0)
    drive.edit(1, "drive", 2, "lidar", length=float("inf"))
    dataset = drive.dataset()
    for data in drive.frames["drive"][2].data:
        draw_data(dataset, dataset.segments[0], drive.frames["drive"][2], data)


def test_a_box_without_end_is_left_out():
    endless = Box3D(5, 0, 0, float("inf"), 2, 1, qw=0.8, qz=0.6)
    assert (np.asarray(draw_above(None, [endless])) == np.asarray(draw_above(None, []))).all()


def test_a_mask_of_any_size_is_not_made():
    drawing = Drawing(Image.new("RGB", (20, 10)))
    drawing.labels([Rle(np.array([0, 10**12]), 10**6, 10**6)])
    assert drawing.image.getextrema() == ((0, 0), (0, 0), (0, 0))


def test_skeleton_is_that_of_the_category():
    dataset = cargo.pictures().dataset()
    assert dataset.catalog.skeleton("person") == [[0, 1], [1, 2]]
    assert dataset.catalog.skeleton("car") == []


def test_preview_writes_a_picture_a_file(tmp_path):
    dataset = cargo.drive().dataset()
    shown = list(preview(dataset, tmp_path, limit=2))
    assert [one.source for one in shown][:3] == ["lidar/0.bin", "left/0.png", "right/0.png"]
    assert len(shown) == 6
    for one in shown:
        assert one.picture is not None
        assert one.picture.is_relative_to(tmp_path)
        with Image.open(one.picture) as image:
            assert image.format == "JPEG"


def test_preview_of_some_frames_of_some_segments(tmp_path):
    dataset = cargo.pictures().dataset()
    shown = list(preview(dataset, tmp_path, segments=["val"], frames=["1"]))
    assert [str(one.picture.relative_to(tmp_path)) for one in shown] == ["val/1.jpg"]
    with pytest.raises(OptionError, match="segment: expected one of 'train', 'val', found 'test'"):
        list(preview(dataset, tmp_path, segments=["test"]))
    shown = preview(dataset, tmp_path, segments=["val"], frames=["1", "lost"])
    assert next(shown).picture is not None
    with pytest.raises(OptionError, match="frame: expected the key of a frame, found 'lost'"):
        next(shown)


def test_preview_tells_what_it_could_not_draw_and_stays_in_its_folder(tmp_path):
    made = cargo.pictures()
    made.data("train", 0).content = Bytes("train/0.png", b"no picture")
    made.frames["train"][1].key = "../../etc/passwd"
    (tmp_path / "file").write_text("x")
    first, second, *_ = preview(made.dataset(), tmp_path / "out")
    assert first.picture is None
    assert first.problem is not None
    assert first.problem.startswith("train/0.png: expected a picture that opens, found ")
    assert second.picture == tmp_path / "out" / "train" / "_.._etc_passwd.jpg"
    with pytest.raises(TargetError, match="expected a folder to write to"):
        list(preview(cargo.pictures().dataset(), tmp_path / "file"))


def test_frames_whose_names_look_alike_on_disk_have_a_picture_each(tmp_path):
    made = cargo.pictures()
    for frame, key in zip(made.frames["train"], ["a b", "a_b", "A_b"], strict=True):
        frame.key = key
    shown = list(preview(made.dataset(), str(tmp_path), segments=["train"]))
    assert [one.picture.name for one in shown] == ["a_b.jpg", "a_b-2.jpg", "A_b-3.jpg"]
    assert all(one.picture.is_file() for one in shown)


def test_missing_pictures_are_grey():
    made = cargo.pictures()
    made.data().content = None
    dataset = made.dataset()
    frame = made.frames["train"][1]
    image = draw_data(dataset, dataset.segments[0], frame, frame.data[0])
    assert image.getpixel((99, 79)) == (90, 90, 90)


@pytest.mark.parametrize("mode", ["RGB", "L", "P", "I;16", "RGBA", "CMYK"])
def test_pictures_of_any_mode_are_read_small(mode):
    out = io.BytesIO()
    Image.new(mode, (300, 100)).save(out, "TIFF" if mode == "CMYK" else "PNG")
    picture = read_picture(Bytes("a.png", out.getvalue()), 150)
    assert (picture.mode, picture.size) == ("RGB", (150, 50))


def test_bars_escape_their_names_and_are_to_scale():
    svg = bars("t", [("<a>", 10), ("b", 5), ("c", 0)])
    assert "&lt;a&gt;" in svg
    assert 'width="300.0"' in svg
    assert 'width="150.0"' in svg
    assert 'width="0.0"' in svg
    assert bars("t", []) == ""


def test_pictures_never_go_into_the_source(tmp_path: Path) -> None:
    dataset = cargo.pictures().dataset()
    source = tmp_path / "val"
    source.mkdir()
    dataset.places = [str(source)]
    for folder in (source, source / "out", tmp_path):  # the pictures of the segment val go to its folder of that name
        with pytest.raises(TargetError, match="expected a folder apart from the source, found one within"):
            next(preview(dataset, folder))
    assert list(source.iterdir()) == []
    assert next(preview(dataset, tmp_path / "out")).picture is not None
