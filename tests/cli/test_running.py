"""How the command line ends, whatever happens: codes, one line an error, pipes that close, progress that stays away."""

from __future__ import annotations

import json
import os
import pty
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from lading import local_platform

ROOT = Path(__file__).resolve().parents[2]
COCO = ROOT / "fixtures" / "coco"


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "lading", *map(str, arguments)]


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command(*arguments), capture_output=True, text=True, check=False)


@pytest.mark.parametrize("buffered", [True, False], ids=["before the end", "while we write"])
def test_a_reader_of_our_output_that_leaves_early_is_no_error(buffered: bool) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "" if buffered else "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command("dump", COCO), stdout=pipe, stderr=pipe, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


@pytest.mark.parametrize("buffered", [True, False], ids=["before the end", "while we write"])
@pytest.mark.parametrize("kind", ["text", "json", "sarif", "html", "diff"])
def test_what_was_found_counts_though_its_reader_leaves_early(kind: str, buffered: bool, tmp_path: Path) -> None:
    """Else a check whose output goes through `head` would pass, also where the shell looks at all of a pipe."""
    shutil.copytree(COCO, tmp_path / "coco")
    place = tmp_path / "coco/annotations/instances_quay.json"
    place.write_text(place.read_text().replace("32,\n    24\n   ],", "0,\n    24\n   ],", 1))
    arguments = ["diff", COCO] if kind == "diff" else ["validate", "--output", kind]
    environment = {**os.environ, "PYTHONUNBUFFERED": "" if buffered else "1"}
    pipe = subprocess.PIPE
    with subprocess.Popen(command(*arguments, tmp_path / "coco"), stdout=pipe, stderr=pipe, env=environment) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 1


def test_a_working_directory_that_was_removed_is_named(tmp_path: Path) -> None:
    gone = tmp_path / "gone"
    gone.mkdir()
    script = f"import os; os.chdir({str(gone)!r}); os.rmdir({str(gone)!r})\n"
    script += f"from lading.cli.main import run; run(['validate', {str(COCO)!r}])"
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    found = "error: working directory: expected it to be there, found that it was removed\n"
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, "", found)


def test_a_reader_of_the_help_that_leaves_early_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(command("--help"), stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.parametrize("arguments", [["--help"], ["inspect", COCO], ["dump", COCO]], ids=["help", "text", "JSON"])
def test_without_a_standard_output_nothing_is_begun(arguments: list[str | Path]) -> None:
    line = 'exec "$0" "$@" >&-'
    done = subprocess.run(["sh", "-c", line, *command(*arguments)], stderr=subprocess.PIPE, text=True, check=False)
    wanted = "error: standard output: expected it to be open, found it closed\n"
    assert (done.returncode, done.stderr) == (2, wanted)


@pytest.mark.parametrize("arguments", [["inspect"], ["validate"], ["dump", "--access-key", "k"]], ids=str)
def test_without_a_standard_error_all_is_done(arguments: list[str]) -> None:
    wanted = run(*arguments, COCO)
    line = 'exec "$0" "$@" 2>&-'
    done = subprocess.run(
        ["sh", "-c", line, *command(*arguments, COCO)], stdout=subprocess.PIPE, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (wanted.returncode, wanted.stdout) == (0, wanted.stdout)


def test_a_full_disk_is_one_line() -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(command("dump", COCO), stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    wanted = "error: standard output: expected room for what is printed, found No space left on device\n"
    assert (done.returncode, done.stderr) == (2, wanted)


@pytest.mark.parametrize(
    "arguments", [["inspect"], ["dump", "--limit", "-1", "x"], ["inspect", "x", "-o", "no"]], ids=str
)
def test_bad_usage_is_exit_code_2(arguments: list[str]) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Error" in done.stderr


def test_no_progress_and_no_colours_without_a_terminal() -> None:
    done = run("inspect", COCO)
    assert done.returncode == 0
    assert "\x1b" not in done.stdout + done.stderr


def test_a_bar_on_a_terminal_goes_to_stderr_and_quiet_silences_it() -> None:
    def errors_of(*arguments: str | Path) -> tuple[bytes, bytes]:
        ours, theirs = pty.openpty()
        with subprocess.Popen(command(*arguments), stdout=subprocess.PIPE, stderr=theirs) as process:
            os.close(theirs)
            shown = b""
            try:
                while block := os.read(ours, 4096):
                    shown += block
            except OSError:  # Linux says EIO when the other side has closed
                pass
            os.close(ours)
            assert process.stdout is not None
            return process.stdout.read(), shown

    out, shown = errors_of("inspect", COCO, "--json")
    assert b"reading labels" in shown
    assert json.loads(out)["format"] == "coco"
    assert errors_of("inspect", COCO, "--json", "-q") == (out, b"")


def test_every_json_object_carries_its_schema_version(tmp_path: Path) -> None:
    for arguments in (["formats"], ["detect", COCO], ["inspect", COCO], ["catalog", COCO], ["validate", COCO]):
        done = run(*arguments, "--json")
        assert json.loads(done.stdout)["schemaVersion"] == 1, arguments
    for line in run("dump", COCO).stdout.splitlines():
        assert json.loads(line)["schemaVersion"] == 1


@pytest.mark.parametrize(
    ("platform", "key", "message"),
    [
        ("harbour", "k", "platform: expected an address such as http://localhost:8000, found 'harbour'"),
        ("http://127.0.0.1:9", None, "--access-key: expected it, LADING_ACCESS_KEY or --access-key-file, found none"),
    ],
    ids=["no address", "no key"],
)
def test_what_an_upload_lacks_is_said_before_anything_is_read(platform: str, key: str | None, message: str) -> None:
    environment = {name: value for name, value in os.environ.items() if name != "LADING_ACCESS_KEY"}
    environment |= {} if key is None else {"LADING_ACCESS_KEY": key}
    upload = command("upload", COCO, "--dataset", "d", "--platform", platform)
    done = subprocess.run(upload, capture_output=True, text=True, check=False, env=environment)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert done.stderr.startswith(f"error: {message}")


def test_a_platform_that_is_out_of_reach_or_refuses_the_key_is_told_before_anything_is_read(
    tmp_path: Path,
) -> None:
    nothing = str(tmp_path / "nothing")  # which reading would tell
    with local_platform(tmp_path / "platform") as running:
        environment = {**os.environ, "LADING_ACCESS_KEY": "another"}
        upload = command("upload", nothing, "--dataset", "d", "--platform", running.url)
        refused = subprocess.run(upload, capture_output=True, text=True, check=False, env=environment)
        address = running.url
        environment["LADING_ACCESS_KEY"] = running.access_key
        found = subprocess.run(upload, capture_output=True, text=True, check=False, env=environment)
    gone = subprocess.run(upload, capture_output=True, text=True, check=False, env=environment)
    assert "access key" in refused.stderr.lower()
    assert nothing not in refused.stderr
    assert nothing in found.stderr
    assert address.removeprefix("http://").rstrip("/") in gone.stderr
    assert nothing not in gone.stderr
    for done in (refused, found, gone):
        assert len(done.stderr.splitlines()) == 1


def test_labels_that_were_replaced_are_counted_apart(tmp_path: Path) -> None:
    """One label is mended and all is uploaded again: no file goes up, and the labels of one do."""
    folder = tmp_path / "coco"
    shutil.copytree(COCO, folder)
    environment = {**os.environ, "LADING_HOME": str(tmp_path / "home")}
    upload = command("upload", folder, "--dataset", "d", "-q")

    def counts() -> list[str]:
        out = subprocess.run(upload, capture_output=True, text=True, check=True, env=environment).stdout
        kinds = ("files sent", "files already there", "of these with new labels")
        return [line.split()[-1] for line in out.splitlines() if line.startswith(kinds)]

    assert counts() == ["7", "0", "0"]
    file = folder / "annotations" / "instances_quay.json"
    document = json.loads(file.read_text())
    document["annotations"][0]["bbox"] = [1, 1, 9, 9]
    file.write_text(json.dumps(document))
    assert counts() == ["0", "7", "1"]


def test_a_catalog_that_was_printed_can_be_checked_against(tmp_path: Path) -> None:
    printed = tmp_path / "catalog.json"
    printed.write_text(run("catalog", COCO, "--infer").stdout)
    done = run("validate", COCO, "--catalog", printed, "--json")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("text", "place"),
    [("{", "c.json:1"), ('{"BOX2D": []}', "c.json#/BOX2D"), (None, "c.json")],
    ids=["cut", "wrong", "absent"],
)
def test_a_catalog_that_is_none_is_said(text: str | None, place: str, tmp_path: Path) -> None:
    if text is not None:
        (tmp_path / "c.json").write_text(text)
    done = run("validate", COCO, "--catalog", tmp_path / "c.json")
    assert (done.returncode, done.stdout) == (2, "")
    assert place in done.stderr
    assert done.stderr.count("\n") == 1


def test_fail_on_and_on_error_choose_the_exit_code_and_the_end(tmp_path: Path) -> None:
    from PIL import Image

    for name in ("a", "b"):
        Image.new("RGB", (10, 10)).save(tmp_path / f"{name}.png")
    boxes = [{"id": i, "image_id": i % 2, "category_id": 1, "bbox": [1, 1, -3, 4]} for i in range(4)]
    document = {
        "images": [{"id": i, "file_name": f"{n}.png", "width": 10, "height": 10} for i, n in enumerate("ab")],
        "annotations": boxes,
        "categories": [{"id": 1, "name": "cat"}],
    }
    (tmp_path / "annotations.json").write_text(json.dumps(document))
    whole = run("validate", tmp_path, "--json")
    assert (whole.returncode, json.loads(whole.stdout)["summary"]["error"]) == (1, 4)
    assert run("validate", tmp_path, "--fail-on", "never").returncode == 0
    stopped = run("validate", tmp_path, "--json", "--on-error", "stop")
    assert (stopped.returncode, json.loads(stopped.stdout)["summary"]) == (1, {"error": 1, "warning": 0})


@pytest.mark.parametrize("command", ["inspect", "stats"])
def test_a_table_has_the_categories_with_the_most_labels_and_says_how_many_more_there_are(
    command: str, tmp_path: Path
) -> None:
    # Category n of 25 has n labels, so that 5 of them have no place among 20.
    boxes = [n for n in range(1, 26) for _ in range(n)]
    document = {
        "images": [{"id": 1, "file_name": "a.png", "width": 10, "height": 10}],
        "annotations": [
            {"id": i, "image_id": 1, "category_id": n, "bbox": [1, 1, 2, 2 + i / 1000]} for i, n in enumerate(boxes)
        ],
        "categories": [{"id": n, "name": f"kind {n:02}"} for n in range(1, 26)],
    }
    (tmp_path / "annotations.json").write_text(json.dumps(document))

    def categories(*arguments: str) -> list[str]:
        lines = run(command, tmp_path, *arguments).stdout.splitlines()
        return [line[:7] for line in lines if line.startswith("kind ")] + [line for line in lines if " more (" in line]

    shown = [f"kind {n:02}" for n in range(25, 0, -1)]
    assert categories() == [*shown[:20], "and 5 categories more (--all, --json)"]
    assert categories("--all") == shown


def test_frames_are_counted_by_whole_numbers_of_labels_and_boxes_by_lengths(tmp_path: Path) -> None:
    document = {
        "images": [{"id": i, "file_name": f"{i}.png", "width": 100, "height": 100} for i in range(4)],
        # Frame 0 has no label, 1 has one, 2 has three and 3 has nine; all boxes are squares of 10 px.
        "annotations": [
            {"id": n, "image_id": i, "category_id": 1, "bbox": [n, 1, 10, 10]}
            for n, i in enumerate([1] + [2] * 3 + [3] * 9)
        ],
        "categories": [{"id": 1, "name": "cat"}],
    }
    (tmp_path / "annotations.json").write_text(json.dumps(document))
    lines = [line.split() for line in run("stats", tmp_path).stdout.splitlines()]
    start = lines.index(["frames", "by", "labels", "count"])
    counted = [["0", "1"], ["1", "1"], ["2", "to", "4", "1"], ["5", "to", "9", "1"]]
    assert lines[start + 1 : start + 6] == [*counted, []]
    assert ["8", "to", "below", "16", "px", "13"] in lines


def test_ctrl_c_while_reading_is_one_line_and_the_shells_exit_code(tmp_path: Path) -> None:
    # Nobody reads the pipe, and the dump is larger than it: the process waits in the middle.
    document = {
        "images": [{"id": i, "file_name": f"{i}.png", "width": 10, "height": 10} for i in range(2_000)],
        "annotations": [{"id": i, "image_id": i, "category_id": 1, "bbox": [1, 1, 2, 2]} for i in range(2_000)],
        "categories": [{"id": 1, "name": "cat"}],
    }
    (tmp_path / "annotations.json").write_text(json.dumps(document))
    with subprocess.Popen(command("dump", tmp_path), stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        assert process.stderr.read().strip() == b"interrupted"  # on a line of its own, after the ^C that terminals show
        assert process.wait() == 130
