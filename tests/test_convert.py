"""Conversions: where they may write, what they leave behind, what they tell."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import pytest

import lading
from lading import Report
from lading.errors import DuplicatePluginError, OptionError, SourceError, TargetError, UnknownFormatError

Action = Any


def listed(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


class Plugin:
    """A writer that does what a test has it do."""

    def __init__(self, action: Action) -> None:
        class Made(lading.Writer):
            name = "made"
            title = "Made for a test"

            def write(
                self, dataset: lading.Dataset, target: lading.Target, options: Any, report: Report
            ) -> Mapping[str, int]:
                count = sum(1 for _ in lading.all_frames(dataset, report, progress=target.progress))
                action(target, report)
                return {"frames": count, "labels": 0}

        self.writer = Made

    @lading.hookimpl
    def register_writers(self) -> Any:
        return [self.writer]


def nothing(target: lading.Target, report: Report) -> None:
    with target.create("done.txt") as file:
        file.write(b"new")


def convert(source: Path, target: Path, action: Action = nothing, **more: Any) -> tuple[lading.Conversion, Report]:
    registry = lading.Registry.load([(Plugin(action), "test-plugin", "1")])
    report = Report()
    dataset = lading.open_dataset(source, format="coco")
    done = lading.convert(dataset, target, to="made", report=report, registry=registry, is_checked=False, **more)
    return done, report


@pytest.fixture
def source(fixtures: Path) -> Path:
    return fixtures / "coco"


def test_a_result_appears_whole_and_leaves_nothing_beside_it(source: Path, tmp_path: Path) -> None:
    done, _ = convert(source, tmp_path / "deep" / "out")
    assert (tmp_path / "deep/out/done.txt").read_bytes() == b"new"
    assert listed(tmp_path / "deep") == ["out"]
    assert done.to_json() == {"frames": 7, "labels": 0, "losses": []}


def test_an_empty_folder_is_a_place_to_write_to(source: Path, tmp_path: Path) -> None:
    convert(source, tmp_path)
    assert (tmp_path / "done.txt").exists()


def test_what_is_there_is_replaced_only_when_asked(source: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    with pytest.raises(TargetError, match=r"out: expected an empty folder, found a full one; .* --overwrite"):
        convert(source, tmp_path / "out")
    assert listed(tmp_path / "out") == ["mine.txt"]
    convert(source, tmp_path / "out", overwrite=True)
    assert listed(tmp_path / "out") == ["done.txt"]
    assert listed(tmp_path) == ["out"]


def test_a_file_and_a_link_are_no_places_to_write_to(source: Path, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(TargetError, match="file: expected a folder, or nothing, found a file"):
        convert(source, tmp_path / "file", overwrite=True)
    with pytest.raises(TargetError, match="link: expected a folder, or nothing, found a link"):
        convert(source, tmp_path / "link", overwrite=True)


def test_a_source_is_never_written_to(source: Path, tmp_path: Path) -> None:
    own = tmp_path / "data" / "own"
    own.parent.mkdir()
    own.symlink_to(source)
    for target in (own, source, source / "below" / "it"):
        with pytest.raises(TargetError, match=r"expected a folder apart from the source, found one (within|around)"):
            convert(own, target, overwrite=True)
    with pytest.raises(TargetError, match="found one around"):
        convert(source, source.parent, overwrite=True)
    assert not (source / "below").exists()


@pytest.mark.parametrize("error", [KeyboardInterrupt(), ValueError("x"), OSError(28, "No space left on device")])
def test_what_breaks_off_leaves_all_as_it_was(source: Path, tmp_path: Path, error: BaseException) -> None:
    def fail(target: lading.Target, report: Report) -> None:
        nothing(target, report)
        raise error

    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    expected = TargetError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected) as caught:
        convert(source, tmp_path / "out", fail, overwrite=True)
    if isinstance(error, OSError):
        assert "found: No space left on device; the place is as it was before" in str(caught.value)
    assert listed(tmp_path) == ["out"]
    assert listed(tmp_path / "out") == ["mine.txt"]


@pytest.mark.parametrize("path", ["../x", "/x", "a/../../x", "", "a\0b"])
def test_no_path_leads_out_of_the_target(source: Path, tmp_path: Path, path: str) -> None:
    def climb(target: lading.Target, report: Report) -> None:
        target.create(path)

    with pytest.raises(TargetError, match="expected a path within the target"):
        convert(source, tmp_path / "out", climb)
    assert listed(tmp_path) == []


def test_a_path_that_no_file_can_have_is_refused(source: Path, tmp_path: Path) -> None:
    def climb(target: lading.Target, report: Report) -> None:
        target.create("a\ud800/b.xml")

    expected = r"'a\\ud800/b.xml': expected a name that a file can have, found half a surrogate pair"
    with pytest.raises(TargetError, match=expected):
        convert(source, tmp_path / "out", climb)
    assert listed(tmp_path) == []


def test_media_are_copied_linked_or_left(source: Path, tmp_path: Path) -> None:
    dataset = lading.open_dataset(source)
    content = next(iter(dataset.frames("quay"))).data[0].content
    assert content is not None

    def bring(target: lading.Target, report: Report) -> None:
        assert target.add_media(content, "a/b.png")
        assert target.add_media(content, "a/b.png")  # the same file again is no other

    original = source / content.path
    for media, files in (("copy", 1), ("link", 1), ("none", 0)):
        done, report = convert(source, tmp_path / media, bring, media=media)
        assert (done.files, report.findings) == (files, [])
    copy, link = (tmp_path / media / "a/b.png" for media in ("copy", "link"))
    assert copy.read_bytes() == original.read_bytes()
    assert not copy.samefile(original)
    assert link.samefile(original)
    assert not (tmp_path / "none" / "a").exists()


def test_media_that_are_missing_or_called_alike_are_named(source: Path, tmp_path: Path) -> None:
    dataset = lading.open_dataset(source)
    one, two = (frame.data[0].content for frame in dataset.frames("quay"))
    assert one is not None

    def bring(target: lading.Target, report: Report) -> None:
        assert not target.add_media(None, "gone.png")
        assert target.add_media(one, "x.png")
        assert not target.add_media(two, "x.png")

    _, report = convert(source, tmp_path / "out", bring)
    assert [(finding.rule, finding.where) for finding in report.findings] == [
        ("media.missing", "gone.png"),
        ("media.not-copied", two.path if two else ""),
    ]


def test_two_files_of_one_path_are_refused(source: Path, tmp_path: Path) -> None:
    def twice(target: lading.Target, report: Report) -> None:
        nothing(target, report)
        nothing(target, report)

    with pytest.raises(TargetError, match=r"done.txt: expected one file of this path, found two"):
        convert(source, tmp_path / "out", twice)


def test_an_unknown_format_and_option_name_the_known_ones(source: Path, tmp_path: Path) -> None:
    dataset = lading.open_dataset(source)
    with pytest.raises(UnknownFormatError, match=r"--to: expected one of .*coco.*, found 'tree'"):
        lading.convert(dataset, tmp_path / "out", to="tree")
    with pytest.raises(OptionError, match="--to-option x: expected one of no options for coco, found 'x'"):
        lading.convert(dataset, tmp_path / "out", to="coco", options={"x": "1"})
    assert listed(tmp_path) == []


def test_a_writer_of_a_name_that_two_have_is_refused_by_both_names(source: Path, tmp_path: Path) -> None:
    plugins = [(Plugin(nothing), name, "1") for name in ("one", "two")]
    registry = lading.Registry.load(plugins)
    dataset = lading.open_dataset(source)
    with pytest.raises(DuplicatePluginError, match="one of the writers to be named 'made', found two, in one and two"):
        lading.convert(dataset, tmp_path / "out", to="made", registry=registry)


def test_a_file_that_cannot_be_read_is_named_and_leaves_no_half(source: Path, tmp_path: Path) -> None:
    class Broken:
        path, size, stamp, place = "x.png", 4, None, str(tmp_path / "gone.png")

        def open(self) -> BinaryIO:
            raise SourceError("x.png", "expected 4 bytes, found 2")

    def bring(target: lading.Target, report: Report) -> None:
        assert not target.add_media(Broken(), "y.png")

    done, report = convert(source, tmp_path / "out", bring, media="link")
    assert done.files == 0
    assert [str(finding) for finding in report.findings] == [
        "x.png: expected a file that can be read, found: expected 4 bytes, found 2"
    ]
    assert listed(tmp_path / "out") == []


def test_what_is_wrong_is_told_once_and_stops_nothing(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    (source / "a.json").write_text(
        '{"images": [{"id": 1, "file_name": "gone.png", "width": 9, "height": 9}], "categories": [],'
        ' "annotations": [{"id": 1, "image_id": 1, "category_id": 5, "bbox": [1, 1, 2, 2]},'
        ' {"id": 2, "image_id": 3, "bbox": [1, 1, 2, 2]}]}'
    )
    for is_checked in (True, False):
        report = Report()
        dataset = lading.open_dataset(source, format="coco")
        target = tmp_path / f"out-{is_checked}"
        done = lading.convert(dataset, target, to="coco", report=report, is_checked=is_checked)
        assert (done.frames, done.labels) == (1, 1)
        rules = [finding.rule for finding in report.findings if finding.severity == "error"]
        assert sorted(rules) == ["coco.orphan-annotation", "media.missing"]
        assert [(loss.what, loss.count) for loss in report.losses] == [("annotations of no listed image", 1)]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_who_ends_it_leaves_no_half_result(source: Path, tmp_path: Path, number: signal.Signals) -> None:
    script = (
        "import lading, lading_coco.writer as w, signal, sys, time\n"
        "from lading.cli.main import run\n"
        "signal.signal(signal.SIGHUP, signal.SIG_DFL)\n"  # which is ignored below nohup
        "def slow(self, *given):\n    print('writing', flush=True)\n    time.sleep(30)\n"
        "w.CocoWriter.write = slow\n"
        f"run(['convert', {str(source)!r}, {str(tmp_path / 'out')!r}, '--to', 'coco'])\n"
    )
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"writing\n"
    time.sleep(0.2)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=20)
    assert process.returncode == 128 + number  # as shells count
    assert stderr.decode().splitlines()[-1] == (
        f"interrupted; {tmp_path / 'out'} is as it was before, run the same command again"
    )
    assert listed(tmp_path) == []


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_disk_that_is_full_leaves_no_half_result(fixtures: Path, tmp_path: Path, jobs: str) -> None:
    """A limit on the size of files stands for it: the system's error comes from the same call."""
    script = (
        "import resource\nfrom lading.cli.main import run\n"
        "if __name__ == '__main__':\n"
        "    resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))\n"
        f"    run(['convert', {str(fixtures / 'coco')!r}, {str(tmp_path / 'out')!r}, '--to', 'coco', '-q',"
        f" '--no-validate', '--media', 'link', '--jobs', '{jobs}'])\n"
    )
    (tmp_path / "run.py").write_text(script)
    done = subprocess.run([sys.executable, "-B", str(tmp_path / "run.py")], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "expected to write the result, found: File too large" in done.stderr
    assert done.stderr.count("\n") == 1
    assert listed(tmp_path) == ["run.py"]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "lading", "convert", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_command_counts_and_exits_by_what_it_found(fixtures: Path, tmp_path: Path) -> None:
    done = run(fixtures / "coco", tmp_path / "out", "--to", "coco", "--json", "--media", "link")
    assert (done.returncode, json.loads(done.stdout)) == (
        0,
        {"schemaVersion": 1, "frames": 7, "labels": 19, "losses": []},
    )
    one_file = fixtures / "coco" / "annotations" / "captions_harbour.json"
    for target, code in ((tmp_path / "out", 2), (tmp_path / "again", 0)):
        assert run(one_file, target, "--to", "coco").returncode == code
    unknown = run(one_file, tmp_path / "other", "--to", "tree")
    assert unknown.returncode == 2
    assert unknown.stderr.startswith("error: --to: expected one of ")
    lost = run(fixtures / "voc", tmp_path / "voc", "--to", "coco")
    assert lost.returncode == 0
    assert "not written: labels of type INSTANCE_MASK (1; for example " in lost.stderr
