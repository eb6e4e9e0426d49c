"""Bad input of every kind ends in one clear line and the right exit code, and the next run can take up."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

BOMB = """<?xml version="1.0"?>
<!DOCTYPE annotation [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<annotation><filename>&b;.png</filename></annotation>
"""


def coco(folder: Path, **changes: Any) -> Path:
    """A COCO dataset of one picture and one box, with changes to its document."""
    (folder / "images").mkdir(parents=True)
    Image.new("RGB", (40, 30), "red").save(folder / "images" / "a.png")
    document: dict[str, Any] = {
        "images": [{"id": 1, "file_name": "a.png", "width": 40, "height": 30}],
        "annotations": [{"id": 5, "image_id": 1, "category_id": 2, "bbox": [1, 2, 10, 10], "iscrowd": 0}],
        "categories": [{"id": 2, "name": "cat"}],
    }
    document.update(changes)
    (folder / "annotations.json").write_text(json.dumps(document))
    return folder


def one_line(err: str) -> str:
    (line,) = [line for line in err.splitlines() if line.strip()]
    return line


def test_truncated_json_names_the_file_and_reads_nothing(tmp_path: Path, run: Any) -> None:
    folder = coco(tmp_path / "d")
    file = folder / "annotations.json"
    file.write_bytes(file.read_bytes()[:-40])
    done = run("inspect", folder)
    assert (done.code, done.out) == (2, "")
    assert "annotations.json" in one_line(done.err)


def test_an_unknown_category_id_is_a_finding_with_its_pointer(tmp_path: Path, run: Any) -> None:
    row = {"id": 5, "image_id": 1, "category_id": 55, "bbox": [1, 2, 10, 10], "iscrowd": 0}
    folder = coco(tmp_path / "d", annotations=[row])
    done = run("validate", folder, "--json")
    assert done.code == 1
    (finding,) = [f for f in done.json["findings"] if f["severity"] == "error"]
    assert (finding["file"], finding["pointer"]) == ("annotations.json", "/annotations/0/category_id")
    assert "55" in finding["message"]


def test_errors_stop_an_upload_before_the_first_write(tmp_path: Path, run: Any, platform: Any) -> None:
    row = {"id": 5, "image_id": 1, "category_id": 55, "bbox": [1, 2, 10, 10], "iscrowd": 0}
    folder = coco(tmp_path / "d", annotations=[row])
    done = run("upload", folder, "--dataset", "d", "--platform", platform.url, key=platform.key)
    assert done.code == 1
    assert "annotations.json#/annotations/0/category_id" in done.err
    assert platform.get("datasets")["datasets"] == []


def test_a_missing_picture_is_listed_and_the_rest_goes_up(tmp_path: Path, run: Any, platform: Any) -> None:
    images = [{"id": i, "file_name": f"{name}.png", "width": 40, "height": 30} for i, name in enumerate("ab")]
    folder = coco(tmp_path / "d", images=images)
    upload = ["upload", folder, "--dataset", "d", "--platform", platform.url, "--json"]
    done = run(*upload, key=platform.key)
    assert done.code == 1
    assert done.json["files"] == {"sent": 1, "skipped": 0, "failed": 0, "missing": 1}
    assert done.json["commitId"] is not None
    assert "missing: b.png" in done.err or "b.png" in done.err
    assert run(*upload, "--allow-missing", key=platform.key).code == 0

    shutil.copy(folder / "images" / "a.png", folder / "images" / "b.png")
    done = run(*upload, key=platform.key)
    assert done.code == 0
    assert done.json["files"] == {"sent": 1, "skipped": 1, "failed": 0, "missing": 0}


def test_an_entity_bomb_is_refused_with_file_and_line(tmp_path: Path, run: Any) -> None:
    (tmp_path / "d" / "Annotations").mkdir(parents=True)
    (tmp_path / "d" / "JPEGImages").mkdir()
    (tmp_path / "d" / "Annotations" / "a.xml").write_text(BOMB)
    done = run("validate", tmp_path / "d", "--json")
    assert done.code == 1
    (finding,) = [f for f in done.json["findings"] if f["severity"] == "error"]
    assert (finding["file"], finding["line"]) == ("Annotations/a.xml", 2)


@pytest.mark.parametrize("name", ["../secret.png", "/etc/hostname", "images/../../secret.png", "..\\secret.png"])
def test_a_file_name_that_climbs_out_is_never_read(name: str, tmp_path: Path, run: Any, platform: Any) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "secret.png")
    images = [{"id": 1, "file_name": name, "width": 40, "height": 30}]
    folder = coco(tmp_path / "d", images=images)
    done = run("validate", folder, "--json")
    assert done.code == 1
    assert ("annotations.json", "/images/0/file_name") in [(f["file"], f["pointer"]) for f in done.json["findings"]]
    upload = ["upload", folder, "--dataset", "d", "--platform", platform.url, "--no-validate", "--json"]
    done = run(*upload, key=platform.key)
    assert done.code == 1
    assert done.json["files"] == {"sent": 0, "skipped": 0, "failed": 0, "missing": 1}


def test_a_picture_that_does_not_open_is_an_error(tmp_path: Path, run: Any) -> None:
    folder = coco(tmp_path / "d")
    picture = folder / "images" / "a.png"
    picture.write_bytes(picture.read_bytes()[:50])
    done = run("validate", folder, "--json")
    assert done.code == 1
    (finding,) = [f for f in done.json["findings"] if f["severity"] == "error"]
    assert finding["rule"] == "media.unreadable"
    assert "a.png" in json.dumps(finding)


def test_a_wrong_access_key_is_said_and_nothing_is_written(tmp_path: Path, run: Any, platform: Any) -> None:
    folder = coco(tmp_path / "d")
    done = run("upload", folder, "--dataset", "d", "--platform", platform.url, key="ACCESSKEY-wrong")
    assert (done.code, done.out) == (2, "")
    assert "access key" in one_line(done.err)
    assert "ACCESSKEY-wrong" not in done.err
    assert platform.get("datasets")["datasets"] == []


def test_a_platform_that_is_not_there_is_said(tmp_path: Path, run: Any) -> None:
    folder = coco(tmp_path / "d")
    done = run("upload", folder, "--dataset", "d", "--platform", "http://127.0.0.1:9", key="ACCESSKEY-any")
    assert (done.code, done.out) == (2, "")
    assert "http://127.0.0.1:9" in one_line(done.err)


@pytest.mark.parametrize("command", ["inspect", "dump", "validate", "catalog", "detect"])
def test_a_path_that_is_not_there_is_said(command: str, tmp_path: Path, run: Any) -> None:
    done = run(command, tmp_path / "nothing")
    assert (done.code, done.out) == (2, "")
    assert str(tmp_path / "nothing") in one_line(done.err)


def test_a_folder_of_no_known_format_says_why_not(tmp_path: Path, run: Any) -> None:
    (tmp_path / "notes.txt").write_text("hello")
    done = run("inspect", tmp_path)
    assert (done.code, done.out) == (2, "")
    assert "coco:" in one_line(done.err)
    assert "voc:" in done.err
    done = run("detect", tmp_path, "--json")
    assert done.code == 1
    assert done.json["matches"] == []
    assert {"coco", "voc"} <= {row["format"] for row in done.json["rejected"]}


def test_a_wrong_reader_option_names_the_right_ones(tmp_path: Path, run: Any) -> None:
    folder = coco(tmp_path / "d")
    done = run("inspect", folder, "-o", "keypoint=centre")
    assert done.code == 2
    assert "keypoints" in one_line(done.err)


def test_a_broken_zip_is_said(tmp_path: Path, run: Any) -> None:
    folder = coco(tmp_path / "d")
    archive = Path(shutil.make_archive(str(tmp_path / "d"), "zip", folder))
    archive.write_bytes(archive.read_bytes()[:-60])
    done = run("inspect", archive)
    assert (done.code, done.out) == (2, "")
    assert "d.zip" in one_line(done.err)
