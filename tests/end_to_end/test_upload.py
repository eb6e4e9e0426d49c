"""`lading upload` to `lading serve`, read back over the API: every byte, every label, nothing more and nothing less."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest

REAL = {
    "COCO val2017": ("coco/val2017-instances-panoptic", ["annotations/instances_val2017.json", "images"]),
    "VOC2012": ("voc/voc2012-detection", ["."]),
    "VOC by LabelImg": ("voc/labelimg-raccoon", ["."]),
}


def arrange(folder: Path, parts: list[str], into: Path) -> Path:
    """A folder that links to the chosen parts of a sample: the files, without what else lies beside them."""
    if parts == ["."]:
        return folder
    for part in parts:
        link = into / part
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(folder / part)
    return into


def expected_of(dump: list[Any], root: Path) -> dict[tuple[str, str], tuple[str, Any]]:
    """What should arrive, by the dump of what is read: files that are there, with hashes made here."""
    return {
        (line["segment"], data["remotePath"]): (
            hashlib.sha1((root / data["path"]).read_bytes()).hexdigest(),
            data["label"],
        )
        for line in dump
        if line["kind"] == "frame"
        for data in line["data"]
        if not data["missing"]
    }


@pytest.mark.parametrize("name", REAL)
def test_a_real_dataset_arrives_whole_and_once(
    name: str, samples: Path, tmp_path: Path, run: Any, platform: Any
) -> None:
    sample, parts = REAL[name]
    source = arrange(samples / sample, parts, tmp_path / "source")
    options = [source, "--follow-links"]
    expected = expected_of(run("dump", *options).lines, source)
    upload = ["upload", *options, "--dataset", name, "--platform", platform.url, "--no-validate", "--json"]

    first = run(*upload, "--allow-missing", key=platform.key)
    assert first.code == 0, first.err
    result = first.json
    assert result["files"]["sent"] == len(expected) > 0
    assert result["files"]["failed"] == 0
    assert result["labels"] == sum(
        len(labels) if isinstance(labels, list) else 1 for _, label in expected.values() for labels in label.values()
    )
    assert platform.everything(name, result["commitId"]) == expected
    assert platform.catalog(name, result["commitId"]) == {
        kind: value for kind, value in run("catalog", *options).json.items() if kind != "schemaVersion"
    }

    compared = run("diff", source, f"{platform.url}/{name}@{result['commitId']}", "--follow-links", key=platform.key)
    assert (compared.code, compared.out) == (0, "no difference\n"), compared.err

    second = run(*upload, "--allow-missing", "--verify", key=platform.key)
    assert second.code == 0, second.err
    again = second.json
    assert (again["bytesSent"], again["files"]["sent"]) == (0, 0)
    assert (again["draftNumber"], again["commitId"]) == (None, result["commitId"])
    assert again["files"]["skipped"] == len(expected)


def test_our_own_fixtures_arrive_on_the_embedded_platform(fixtures: Path, tmp_path: Path, run: Any) -> None:
    for name in ("coco", "voc"):
        done = run("upload", fixtures / name, "--dataset", name, "--allow-missing", "--json", home=tmp_path)
        assert done.code == 0, done.err
        assert done.json["files"]["sent"] > 0
        assert done.json["commitId"] is not None


def without_urls(contents: dict[Any, tuple[str, Any]]) -> dict[Any, tuple[str, Any]]:
    """The same without the addresses of masks: a server on another port gives others."""
    return {
        key: (digest, {kind: {**mask, "url": None} if isinstance(mask, dict) else mask for kind, mask in label.items()})
        for key, (digest, label) in contents.items()
    }


def test_the_server_keeps_what_it_was_given(fixtures: Path, run: Any, platform: Any) -> None:
    upload = ["upload", fixtures / "voc", "--dataset", "kept", "--allow-missing", "--json"]
    first = run(*upload, "--platform", platform.url, key=platform.key)
    assert first.code == 0, first.err
    before = platform.everything("kept", first.json["commitId"])
    assert platform.stop() == 0

    again = type(platform)(platform.data)
    try:
        after = again.everything("kept", first.json["commitId"])
        assert without_urls(after) == without_urls(before)
    finally:
        assert again.stop() == 0


@pytest.mark.parametrize("checks", [[], ["--no-validate"]], ids=["checked", "not checked"])
def test_what_the_reader_could_not_place_is_told_when_it_is_uploaded(
    checks: list[str], fixtures: Path, tmp_path: Path, run: Any, platform: Any
) -> None:
    shutil.copytree(fixtures / "nuscenes", tmp_path / "nuscenes")
    (tmp_path / "nuscenes" / "notes.txt").write_text("no table names it")
    place = ["--dataset", "nuscenes", "--platform", platform.url]
    done = run("upload", tmp_path / "nuscenes", *place, *checks, key=platform.key)
    told = [line for line in done.err.splitlines() if line.startswith("not read: ")]
    assert any(line.startswith("not read: files of the CAN bus") for line in told)
    assert len(told) == len(set(told)) == 5  # docs/formats/nuscenes.md: lidarseg, CAN bus, sweeps, maps, stray files
    assert done.code == 0, done.err


def test_a_table_that_is_missing_is_told_also_where_nothing_is_checked(
    fixtures: Path, tmp_path: Path, run: Any, platform: Any
) -> None:
    shutil.copytree(fixtures / "nuscenes", tmp_path / "nuscenes")
    (tmp_path / "nuscenes" / "v1.0-mini" / "visibility.json").unlink()
    place = ["--dataset", "nuscenes", "--platform", platform.url]
    done = run("upload", tmp_path / "nuscenes", *place, "--no-validate", key=platform.key)
    assert done.code == 1
    assert "error: v1.0-mini/visibility.json: expected the table 'visibility', found no such file" in done.err
