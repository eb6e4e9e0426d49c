"""However many processes share a dataset of any reader, they tell what one tells: findings, counts, losses."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import Any

import pytest

from lading import counting, open_dataset
from lading.convert import convert
from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.label import Box2D
from lading.model.report import Report
from lading.model.sensor import Camera
from lading.summary import summarize
from lading.validate import engine, validate
from lading.validate.reports.record import to_json

from .parts import InOneProcess
from .test_told_once import DEFECTS, Once, removed

TREE = "VOCdevkit/VOC2012/"
SET = f"{TREE}ImageSets/Main/dog_train.txt"


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Parts are read in this process, which is quicker than to start others."""
    for module in (engine, counting):
        monkeypatch.setattr(module, "Shares", InOneProcess)


def told(root: Path, jobs: int) -> tuple[Any, ...]:
    """The JSON of `validate` and `inspect`, what the latter's reader said, and the losses of both."""
    checked, counted = Report(), Report()
    findings = to_json(validate(open_dataset(root), report=checked, jobs=jobs))
    summary = summarize(open_dataset(root), counted, jobs=jobs).to_json()
    return findings, summary, counted.findings, counted.losses, checked.losses


@pytest.mark.slow
@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: f"{defect.fixture}, {defect.name}")
def test_a_defect_is_told_alike(defect: Once, fixtures: Path, tmp_path: Path) -> None:
    root = tmp_path / defect.fixture
    shutil.copytree(fixtures / defect.fixture, root)
    defect.plant(root)
    assert told(root, 3) == told(root, 1)


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("jobs", [2, 3])
def test_what_is_told_at_the_end_of_a_segment_comes_behind_all_its_frames(jobs: int) -> None:
    """Frame 0 lacks a sensor that is met in frame 1; in frame 5, of the last part, a box is inverted."""
    frames = []
    for number in range(6):
        files = [
            Data(path=f"{number}.{name}", remote_path=f"{number}.{name}", sensor_name=name)
            for name in ("left", "right")[: 1 if number == 0 else 2]
        ]
        files[0].labels = [Box2D(50, 0, 10, 20, category="car")] if number == 5 else []
        frames.append(Frame(key=str(number), data=files))
    sensors = [Camera(name="left"), Camera(name="right")]
    dataset = MemoryDataset("x", {"drive": frames}, sensors={"drive": sensors}, is_fusion=True)
    rules = ["box2d.inverted", "frame.missing-sensor"]
    expected = [("box2d.inverted", "5"), ("frame.missing-sensor", "0")]
    assert [(one.rule, one.frame) for one in validate(dataset, rules=rules)] == expected
    assert [(one.rule, one.frame) for one in validate(dataset, rules=rules, jobs=jobs)] == expected


def annotation(box: str, *, database: str, is_sized: bool = True) -> str:
    size = "<size><width>40</width><height>30</height><depth>3</depth></size>" if is_sized else ""
    corners = zip(("xmin", "ymin", "xmax", "ymax"), box.split(), strict=True)
    inside = "".join(f"<{name}>{value}</{name}>" for name, value in corners)
    of = f"<source><database>{database}</database></source>"
    return f"<annotation>{of}{size}<object><name>dog</name><bndbox>{inside}</bndbox></object></annotation>"


def planted(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.fixture
def official(tmp_path: Path) -> Path:
    """Five annotations of dogs, of which a set of their class lists the second as one, and the last three have a 0."""
    ids = [f"2012_00000{number}" for number in range(1, 6)]
    boxes = ("1 1 9 9", "1 1 9 9", "0 1 9 9", "1 0 9 9", "0 0 9 9")
    files = {
        f"{TREE}Annotations/{key}.xml": annotation(box, database="The VOC2012 Database", is_sized=key != ids[1])
        for key, box in zip(ids, boxes, strict=True)
    }
    files[f"{TREE}ImageSets/Main/train.txt"] = "".join(f"{key}\n" for key in ids)
    files[SET] = "".join(f"{key} {' 1' if key == ids[1] else '-1'}\n" for key in ids)
    return planted(tmp_path / "official", files)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """Five files of a tool, of which the second and the last are said to be the challenge's."""
    names = {number: "The VOC2012 Database" if number in (2, 5) else "Unknown" for number in range(1, 6)}
    return planted(
        tmp_path / "exported", {f"{n}.xml": annotation("1 1 9 9", database=name) for n, name in names.items()}
    )


#: Of the two datasets above: rule, file, line, and what is said.
DUE = {
    "official": [
        (
            "voc.missing-size",
            f"{TREE}Annotations/2012_000002.xml",
            None,
            "expected `size`, as 4 other annotations of its folder have, found none; the picture itself tells it",
        ),
        (
            "voc.zero-based",
            f"{TREE}Annotations/2012_000003.xml",
            1,
            "expected coordinates from 1 on, found 0 in 3 boxes; all minima are taken minus 1",
        ),
        (
            "voc.set-differs",
            SET,
            1,
            "expected the values that the annotations give, found 4 others, "
            "first -1 of '2012_000001', where its annotation gives 1 for 'dog'",
        ),
    ],
    "exported": [
        (
            "voc.pixel-rule",
            "2.xml",
            None,
            "expected annotations of one kind, found 2 of the challenge's database in a tree that is read verbatim; "
            "-o pixels=voc reads all of them as counted from 1",
        )
    ],
}


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("name", DUE)
@pytest.mark.parametrize("jobs", [1, 2, 3, 7])
def test_what_voc_counts_over_a_segment_is_told_once_with_the_sum(
    name: str, jobs: int, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    root = request.getfixturevalue(name)
    rules = {rule for rule, *_ in DUE[name]}
    findings, _, counted, *_ = told(root, jobs)
    for found in (findings["findings"], counted):
        rows = [one if isinstance(one, dict) else to_json([one])["findings"][0] for one in found]
        due = [(one["rule"], one["file"], one["line"], one["message"]) for one in rows if one["rule"] in rules]
        assert due == DUE[name]
    assert told(root, jobs) == told(root, 1)
    written = Report()
    convert(open_dataset(root), tmp_path / "new", to="voc", jobs=jobs, report=written)
    assert [(one.rule, one.file, one.line, one.message) for one in written.findings if one.rule in rules] == DUE[name]


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_what_voc_counts_is_graded_like_all_else(official: Path, jobs: int) -> None:
    grades: Any = {"voc.zero-based": "error", "voc.set-differs": "off", "voc.missing-size": "off"}
    found = [one for one in validate(open_dataset(official), severities=grades, jobs=jobs) if one.rule in grades]
    assert [(one.rule, one.severity) for one in found] == [("voc.zero-based", "error")]


def test_two_processes_tell_one_sum(official: Path) -> None:
    """These are real ones: what they count is sent."""
    assert told(official, 2) == told(official, 1)


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_a_set_that_cannot_be_read_is_told_once(official: Path, tmp_path: Path, jobs: int) -> None:
    packed = tmp_path / "voc.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as archive:
        for path in sorted(official.rglob("*.*")):
            archive.write(path, path.relative_to(official).as_posix())
    whole = packed.read_bytes()
    packed.write_bytes(whole.replace(b"2012_000005 -1\n", b"2012_000005 ?1\n"))
    assert packed.read_bytes() != whole
    findings = told(packed, jobs)[0]["findings"]
    assert [one["file"] for one in findings if one["rule"] == "voc.unreadable"] == [SET]


@pytest.mark.usefixtures("parts")
@pytest.mark.parametrize("jobs", [1, 2, 3])
def test_boxes_of_kitti_without_a_calibration_are_told_once_a_sequence(
    fixtures: Path, tmp_path: Path, jobs: int
) -> None:
    root = tmp_path / "kitti-tracking"
    shutil.copytree(fixtures / "kitti-tracking", root)
    removed("training/velodyne/*/*", "training/image_03/*/*", "training/oxts/*", "training/calib/*")(root)
    findings, _, counted, *_ = told(root, jobs)
    due = [
        (
            f"training/label_02/{number}.txt",
            "expected a calibration, found none; 3D columns become attributes of BOX2D",
        )
        for number in ("0000", "0001")
    ]
    rule = "kitti.calibration-missing"
    assert [(one["file"], one["message"]) for one in findings["findings"] if one["rule"] == rule] == due
    assert [(one.file, one.message) for one in counted if one.rule == rule] == due
