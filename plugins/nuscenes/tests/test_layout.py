"""Where tables and media may lie, and which version is read."""

from __future__ import annotations

import shutil
import tarfile
from pathlib import Path
from typing import Any

import pytest
from lading_nuscenes.reader import NuScenesOptions, NuScenesReader

import lading
from lading import Report, Source
from lading.errors import DetectionError, OptionError


def lines(*paths: Path, report: Report | None = None, **options: Any) -> list[Any]:
    dataset = lading.open_dataset(*paths, options=options, report=report)
    return list(lading.dump(dataset, report))[1:]


def paths_of(found: list[Any]) -> list[tuple[str, bool]]:
    return [(data["remotePath"], data["missing"]) for line in found if line["kind"] == "frame" for data in line["data"]]


def pack(folder: Path, parts: list[str], archive: Path) -> Path:
    with tarfile.open(archive, "w:gz") as tar:
        for part in parts:
            tar.add(folder / part, part)
    return archive


@pytest.mark.parametrize("version", ["v1.0-mini", "annotation", "anything"])
def test_the_folder_of_tables_may_have_any_name(case: Any, version: str) -> None:
    whole = paths_of(lines(case.root))
    if version != "v1.0-mini":
        (case.root / "v1.0-mini").rename(case.root / version)
    assert paths_of(lines(case.root)) == whole
    assert all(not missing for _, missing in whole)


def test_tables_and_media_may_lie_side_by_side_or_apart(case: Any, tmp_path: Path) -> None:
    whole = paths_of(lines(case.root))
    flat = tmp_path / "flat"
    shutil.copytree(case.root, flat)
    for file in (flat / "v1.0-mini").iterdir():
        file.rename(flat / file.name)
    assert paths_of(lines(flat)) == whole
    media = tmp_path / "media"
    media.mkdir()
    (case.root / "samples").rename(media / "samples")
    assert paths_of(lines(case.root / "v1.0-mini", media)) == whole
    assert paths_of(lines(case.root, media)) == whole


def test_media_inside_the_folder_of_tables_are_found(case: Any) -> None:
    whole = paths_of(lines(case.root))
    (case.root / "samples").rename(case.root / "v1.0-mini" / "samples")
    assert paths_of(lines(case.root)) == whole


def test_archives_as_they_are_downloaded_are_one_dataset(case: Any, tmp_path: Path) -> None:
    whole = lines(case.root)
    meta = pack(case.root, ["v1.0-mini", "maps"], tmp_path / "v1.0-mini_meta.tgz")
    lidar = pack(case.root, ["samples/LIDAR_TOP", "sweeps/LIDAR_TOP"], tmp_path / "blobs1.tgz")
    rest = ["samples/CAM_FRONT", "samples/CAM_BACK", "samples/RADAR_FRONT", "lidarseg", "can_bus"]
    assert lines(meta, lidar, pack(case.root, rest, tmp_path / "blobs2.tgz")) == whole
    frames = [line for line in lines(meta, lidar) if line["kind"] == "frame"]
    missing = {data["sensorName"] for frame in frames for data in frame["data"] if data["missing"]}
    assert missing == {"CAM_FRONT", "CAM_BACK", "RADAR_FRONT"}


def test_archives_unpacked_each_into_its_folder_are_one_dataset(case: Any) -> None:
    whole = paths_of(lines(case.root))
    for number, channel in enumerate(["CAM_FRONT", "CAM_BACK", "LIDAR_TOP", "RADAR_FRONT"]):
        target = case.root / f"blobs{number}" / "samples"
        target.mkdir(parents=True)
        (case.root / "samples" / channel).rename(target / channel)
    (case.root / "samples").rmdir()
    report = Report()
    assert paths_of(lines(case.root, report=report)) == whole
    assert report.findings == []


@pytest.mark.parametrize("other", ["_", "%2B"])
def test_names_whose_plus_an_unpacker_changed_are_found(case: Any, other: str) -> None:
    for file in sorted((case.root / "samples").rglob("*+*")):
        file.rename(file.with_name(file.name.replace("+", other)))
    report = Report()
    dataset = lading.open_dataset(case.root, report=report)
    data = [data for _, frame in lading.all_frames(dataset) for data in frame.data]
    assert report.findings == []
    assert not any(part.is_missing for part in data)
    assert all("+" in part.remote_path and other in part.path for part in data)


@pytest.mark.parametrize("change", [lambda name: f"./{name}", lambda name: name.replace("/", "\\")], ids=["./", "\\"])
def test_names_in_the_spelling_of_other_tools_are_found(case: Any, change: Any) -> None:
    case.edit("sample_data", lambda rows: [{**row, "filename": change(row["filename"])} for row in rows])
    opened = case.open(sweeps=True)
    assert opened.report.findings == []
    assert not [data.path for data in opened.data if data.is_missing]


def test_of_several_versions_one_is_read_and_the_others_are_named(case: Any) -> None:
    shutil.copytree(case.root / "v1.0-mini", case.root / "v1.0-trainval")
    case.set("scene", 0, name="of mini")
    report = Report()
    assert lines(case.root, report=report)[0]["name"] == "of mini"
    (finding,) = report.findings
    assert finding.rule == "nuscenes.several-versions"
    assert str(finding) == (
        "v1.0-mini: expected one version, found v1.0-mini, v1.0-trainval; "
        "v1.0-mini is read, `-o version=` names another"
    )
    chosen = Report()
    assert lines(case.root, report=chosen, version="v1.0-trainval")[0]["name"] == "scene-0001"
    assert lines(case.root / "v1.0-trainval" / "sample.json")[0]["name"] == "scene-0001"
    assert chosen.findings == []
    with pytest.raises(OptionError, match=r"-o version: expected one of v1\.0-mini, v1\.0-trainval, found 'v2'"):
        lines(case.root, version="v2")


def test_detection_says_what_it_saw(case: Any, tmp_path: Path) -> None:
    reader = NuScenesReader()
    match = reader.detect(Source.open(case.root))
    assert (match.confidence, match.reason) == (1.0, "v1.0-mini holds 14 tables of the schema")
    other = tmp_path / "other"
    other.mkdir()
    for name in ("category", "log"):
        (other / f"{name}.json").write_text("[]")
    match = reader.detect(Source.open(other))
    assert (match.confidence, match.reason) == (
        0.0,
        "no folder, down to 3 below the root, holds sample_data.json or three other tables of the schema",
    )
    (other / "sensor.json").write_text("[]")
    assert reader.detect(Source.open(other)).confidence == 0.9


def test_a_file_beside_the_tables_is_no_dataset_of_theirs(case: Any) -> None:
    reader = NuScenesReader()
    (case.root / "catalog.json").write_text("{}")
    match = reader.detect(Source.open(case.root / "catalog.json"))
    assert (match.confidence, match.reason) == (0.0, "catalog.json is no table of the schema")
    assert reader.detect(Source.open(case.root / "v1.0-mini" / "sample.json")).confidence == 1.0
    assert reader.detect(Source.open(case.root, case.root / "catalog.json")).confidence == 1.0


def test_a_source_without_tables_cannot_be_opened(tmp_path: Path) -> None:
    with pytest.raises(DetectionError, match="no folder holds tables of the schema"):
        NuScenesReader().open(Source.open(tmp_path), NuScenesOptions(), Report())


def test_a_file_that_is_no_table_is_refused_also_where_the_format_is_said(fixtures: Path, tmp_path: Path) -> None:
    root = tmp_path / "nuscenes"
    shutil.copytree(fixtures / "nuscenes", root)
    for folder in ("", "v1.0-mini/"):
        other = root / f"{folder}catalog.json"
        other.write_text("{}")
        with pytest.raises(DetectionError, match=r"catalog\.json is no table of the schema"):
            lading.open_dataset(other, format="nuscenes")
    assert len(lading.open_dataset(root / "v1.0-mini/sample.json", format="nuscenes").segments) == 2


@pytest.mark.parametrize("packed", [False, True], ids=["in folders", "in a zip"])
def test_a_database_three_folders_deep_is_read_whole(case: Any, tmp_path: Path, packed: bool) -> None:
    whole = paths_of(lines(case.root))
    outer = tmp_path / "outer"
    shutil.copytree(case.root, outer / "export" / "nuscenes")
    if packed:
        outer = Path(shutil.make_archive(str(tmp_path / "packed"), "zip", outer))
    report = Report()
    assert paths_of(lines(outer, report=report)) == whole
    assert [finding.rule for finding in report.findings] == []


def test_of_several_databases_three_folders_deep_none_passes_for_all(case: Any, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    for name in ("first", "second"):
        shutil.copytree(case.root, outer / name / "delivery")
    with pytest.raises(OptionError, match="expected which database to read, or a path to it, found first/delivery/"):
        lines(outer)
    assert paths_of(lines(outer / "second")) == paths_of(lines(case.root))


def test_a_copy_of_the_tables_three_folders_deep_is_none_of_the_versions(case: Any, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    shutil.copytree(case.root, outer)
    (tables,) = (path.parent for path in outer.rglob("sample_data.json"))
    shutil.copytree(tables, outer / "backup" / "old" / tables.name)
    report = Report()
    assert paths_of(lines(outer, report=report)) == paths_of(lines(case.root))
    assert "nuscenes.several-versions" not in [finding.rule for finding in report.findings]
