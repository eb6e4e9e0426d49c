"""A report in a file is there as a whole, or what was there before is."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from lading.cli import report_file
from lading.cli.report_file import write_report
from lading.errors import LadingError, NoRoomError, SourceNotFoundError, TargetError


def ends_early(exc: BaseException) -> Iterator[str]:
    """A report of which a part is written when something ends the run."""
    yield "begun " * 20_000
    raise exc


@pytest.mark.parametrize("exc", [KeyboardInterrupt(), OSError(28, "No space left on device"), ValueError("a bug")])
def test_what_ends_the_run_leaves_the_report_of_before(tmp_path: Path, exc: BaseException) -> None:
    file = tmp_path / "known.json"
    file.write_text("of before")
    with pytest.raises((type(exc), TargetError)):
        write_report(ends_early(exc), file)
    assert file.read_text() == "of before"
    assert list(tmp_path.iterdir()) == [file]


def test_what_ends_the_run_leaves_nothing_where_nothing_was(tmp_path: Path) -> None:
    with pytest.raises(TargetError, match=r"new\.json: expected a file to write to, found No space left on device"):
        write_report(ends_early(OSError(28, "No space left on device")), tmp_path / "new.json")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "exc", [NoRoomError("what waits", "No space left on device"), SourceNotFoundError("a.json")], ids=["room", "source"]
)
def test_what_is_wrong_with_what_is_written_is_not_said_of_the_file(tmp_path: Path, exc: LadingError) -> None:
    with pytest.raises(type(exc)) as told:
        write_report(ends_early(exc), tmp_path / "new.json")
    assert told.value is exc
    assert list(tmp_path.iterdir()) == []


def test_a_report_takes_the_place_of_another_with_its_mode(tmp_path: Path) -> None:
    file = tmp_path / ("n" * 255)  # as long as names get
    file.write_text("a longer report of before")
    file.chmod(0o640)
    write_report(["one", "two é"], file)
    assert file.read_bytes() == "one\ntwo é\n".encode()
    assert stat.S_IMODE(file.stat().st_mode) == 0o640


def test_a_new_report_has_the_mode_that_files_get_here(tmp_path: Path) -> None:
    (tmp_path / "other").touch()
    write_report(["one"], tmp_path / "report.json")
    assert (tmp_path / "report.json").stat().st_mode == (tmp_path / "other").stat().st_mode


def test_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "latest.json").symlink_to("monday.json")
    write_report(["one"], tmp_path / "latest.json")
    assert (tmp_path / "latest.json").readlink() == Path("monday.json")
    assert (tmp_path / "monday.json").read_text() == "one\n"


def test_a_pipe_is_written_to(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    write_report(["one"], pipe)
    assert os.read(reading, 100) == b"one\n"
    os.close(reading)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="this system has no /dev/stdout")
@pytest.mark.parametrize("is_piped", [True, False])
def test_the_standard_output_is_written_to_by_its_name(tmp_path: Path, is_piped: bool) -> None:
    script = "from pathlib import Path; from lading.cli.report_file import write_report; "
    script += "print('before', flush=True); write_report(['one'], Path('/dev/stdout'))"
    with (tmp_path / "out").open("w+b") as out:
        to = subprocess.PIPE if is_piped else out
        done = subprocess.run([sys.executable, "-c", script], stdout=to, check=True)
        number = os.fstat(out.fileno()).st_ino
    assert done.stdout == b"before\none\n" if is_piped else (tmp_path / "out").read_bytes() == b"one\n"
    assert (tmp_path / "out").stat().st_ino == number
    assert list(tmp_path.iterdir()) == [tmp_path / "out"]


def test_a_report_in_a_folder_that_takes_no_file_is_written_as_it_lies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "report.json"
    file.write_text("of before, and longer")
    number = file.stat().st_ino
    monkeypatch.setattr(report_file.os, "access", lambda *_: False)  # root may write everywhere
    write_report(["one"], file)
    assert (file.read_text(), file.stat().st_ino) == ("one\n", number)


def test_a_report_that_is_mounted_keeps_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.json"
    file.write_text("of before, and longer")
    number = file.stat().st_ino

    def busy(*_: object) -> None:
        raise OSError(16, "Device or resource busy")

    monkeypatch.setattr(Path, "replace", busy)
    write_report(["one"], file)
    assert (file.read_text(), file.stat().st_ino) == ("one\n", number)
    assert list(tmp_path.iterdir()) == [file]
