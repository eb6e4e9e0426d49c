"""Folders: what is listed, what is hidden, links, and files that cannot be read."""

from __future__ import annotations

import io
import os
import sys
from pathlib import Path

import pytest

from lading.errors import SourceError, SourceNotFoundError
from lading.model.content import Content
from lading.source import Source, is_lfs_pointer


def test_names_are_sorted_and_hold_files_at_any_depth(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path / "d", {"b.txt": b"1", "a/c d.e.jpg": b"22", "a/ü.png": b"", "a-b/x": b"4"})
    with Source.open(tmp_path / "d") as source:
        assert list(source.names()) == ["a-b/x", "a/c d.e.jpg", "a/ü.png", "b.txt"]
        assert list(source.below("a")) == ["a/c d.e.jpg", "a/ü.png"]
        assert list(source.below("a/")) == ["a/c d.e.jpg", "a/ü.png"]
        assert list(source.below("")) == list(source.names())
        assert list(source.below("nowhere")) == []
        assert source.read("a/c d.e.jpg") == b"22"
        assert (source.name, source.label, source.selected) == ("d", str(tmp_path / "d"), None)
        assert source.findings == ()


def test_a_file_is_a_content_with_size_and_stamp(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path, {"a.txt": b"12345"})
    file = Source.open(tmp_path).get("a.txt")
    assert isinstance(file, Content)
    found = (tmp_path / "a.txt").stat()
    assert (file.path, file.size) == ("a.txt", 5)
    assert file.stamp == f"5-{found.st_mtime_ns}-{found.st_ino}"
    with file.open() as stream:
        assert stream.read(2) == b"12"


def test_reading_a_file_that_is_gone_or_is_no_file_is_our_error(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path, {"a.txt": b"1", "b.txt": b"2"})
    gone, folder = (Source.open(tmp_path).get(name) for name in ("a.txt", "b.txt"))
    assert gone is not None
    assert folder is not None
    assert gone.read() == b"1"
    (tmp_path / "a.txt").unlink()
    (tmp_path / "b.txt").unlink()
    (tmp_path / "b.txt").mkdir()
    with pytest.raises(SourceNotFoundError, match=r"a\.txt: expected a file, found nothing"):
        gone.read()
    with pytest.raises(SourceError, match=r"b\.txt: expected a readable file, found: Is a directory"):
        folder.read()


def test_an_empty_folder_has_no_names(tmp_path: Path) -> None:
    assert list(Source.open(tmp_path).names()) == []


def test_rubbish_and_hidden_files_are_left_out(tmp_path: Path, make_folder) -> None:
    rubbish = [".git/config", "a/.DS_Store", "a/._x.jpg", "__MACOSX/a/x.jpg", "a/Thumbs.db", "desktop.ini"]
    make_folder(tmp_path, dict.fromkeys([*rubbish, "a/x.jpg"], b""))
    source = Source.open(tmp_path)
    assert list(source.names()) == ["a/x.jpg"]
    assert source.findings == ()


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a/../../x", "", "a", "a/../b.txt", "a\0b"])
def test_a_path_that_is_no_name_has_no_file(tmp_path: Path, make_folder, path: str) -> None:
    make_folder(tmp_path, {"x": b"", "d/a/b": b"", "d/b.txt": b""})
    source = Source.open(tmp_path / "d")
    assert source.get(path) is None
    with pytest.raises(SourceNotFoundError, match="expected a file, found nothing"):
        source.read(path)


def test_find_knows_case_and_unicode_form_when_one_fits(tmp_path: Path, make_zip) -> None:
    make_zip(tmp_path / "z.zip", {"IMG/A.JPG": b"1", "b.txt": b"2", "B.txt": b"3", "cafe\u0301.png": b"4"})
    source = Source.open(tmp_path / "z.zip")
    found = source.find("img/a.jpg")
    assert found is not None
    assert found.path == "IMG/A.JPG"
    exact = source.find("B.txt")
    assert exact is not None
    assert exact.read() == b"3"
    assert source.find("B.TXT") is None
    composed = source.find("caf\u00e9.png")
    assert composed is not None
    assert composed.read() == b"4"
    assert source.find("no") is None


def test_a_missing_path_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFoundError, match="no: expected a file, folder or archive, found nothing"):
        Source.open(tmp_path / "no")
    with pytest.raises(SourceError, match="expected a folder, archive or file, found none"):
        Source.open()


def test_a_pipe_is_no_source(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(SourceError, match="found a device, pipe or socket"):
        Source.open(tmp_path / "pipe")
    source = Source.open(tmp_path)
    assert [(finding.rule, finding.file) for finding in source.findings] == [("source.special-file", "pipe")]
    os.mkfifo(tmp_path / "a.png")
    found = {finding.file: finding.severity for finding in Source.open(tmp_path).findings}
    assert found == {"a.png": "error", "pipe": "warning"}  # what is called so is data that is not there


def test_links_within_the_root_are_followed_and_others_refused(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path, {"d/real/x.txt": b"in", "out/y.txt": b"out", "d2/z.txt": b"sibling with the same beginning"})
    root = tmp_path / "d"
    (root / "alias").symlink_to("real")
    (root / "x2.txt").symlink_to("real/x.txt")
    (root / "away").symlink_to(tmp_path / "out")
    (root / "y.txt").symlink_to("../out/y.txt")
    (root / "d2").symlink_to("../d2")
    (root / "gone").symlink_to("nothing")
    source = Source.open(root)
    assert list(source.names()) == ["alias/x.txt", "real/x.txt", "x2.txt"]
    assert sorted((f.rule, f.severity, f.file) for f in source.findings) == [
        ("source.link-broken", "error", "gone"),
        ("source.link-outside", "error", "away"),
        ("source.link-outside", "error", "d2"),
        ("source.link-outside", "error", "y.txt"),
    ]
    followed = Source.open(root, follow_links=True)
    assert followed.read("away/y.txt") == b"out"
    assert [f.rule for f in followed.findings] == ["source.link-broken"]


def test_link_cycles_end(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path, {"a/x": b"", "b/y": b""})
    (tmp_path / "a" / "self").symlink_to(".")
    (tmp_path / "a" / "to-b").symlink_to("../b")
    (tmp_path / "b" / "to-a").symlink_to("../a")
    (tmp_path / "loop").symlink_to("loop")
    source = Source.open(tmp_path)
    assert list(source.names()) == ["a/to-b/y", "a/x", "b/to-a/x", "b/y"]
    assert {f.rule for f in source.findings} == {"source.link-loop", "source.link-broken"}


def test_links_that_multiply_each_other_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lading.source.folder.MAX_LINKED_FOLDERS", 50)
    for number in range(12):
        (tmp_path / f"{number:02}").mkdir()
        for name in "ab":
            (tmp_path / f"{number:02}" / name).symlink_to(f"../{number + 1:02}")
    (tmp_path / "12").mkdir()
    (tmp_path / "12" / "x").touch()
    source = Source.open(tmp_path)
    assert "12/x" in source.names()
    assert {f.rule for f in source.findings} == {"source.link-loop"}
    assert "expected at most 50 links to folders, found more" in source.findings[0].message


def test_a_folder_listing_asks_no_file_for_its_size(
    tmp_path: Path, make_folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_folder(tmp_path, {f"{n % 7}/{n}.jpg": b"" for n in range(500)})
    asked: list[str] = []
    real = Path.stat

    def stat(self: Path, **options: bool) -> os.stat_result:
        asked.append(self.name)
        return real(self, **options)

    monkeypatch.setattr(Path, "stat", stat)
    assert len(Source.open(tmp_path).names()) == 500
    assert not any(name.endswith(".jpg") for name in asked)


@pytest.mark.skipif(sys.platform == "darwin", reason="the file system of macOS takes no such name")
def test_a_name_that_is_not_utf8_is_a_finding(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path, {"ok": b""})
    (tmp_path / os.fsdecode(b"b\xff.txt")).write_bytes(b"")
    source = Source.open(tmp_path)
    assert list(source.names()) == ["ok"]
    (finding,) = source.findings
    assert (finding.rule, finding.severity) == ("source.name-encoding", "error")
    assert finding.message == r"expected a name in UTF-8, found 'b\udcff.txt'"
    finding.message.encode("utf-8")


def test_a_folder_that_may_not_be_listed(tmp_path: Path, make_folder, monkeypatch: pytest.MonkeyPatch) -> None:
    # The tests may run as root, whom no mode of a folder stops.
    make_folder(tmp_path, {"shut/x": b"", "open/y": b""})
    real = os.scandir

    def scandir(path: os.PathLike[str]) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", scandir)
    source = Source.open(tmp_path)
    assert list(source.names()) == ["open/y"]
    (finding,) = source.findings
    assert str(finding) == "shut: expected a folder that can be read, found: Permission denied"
    assert finding.rule == "source.unreadable"
    with pytest.raises(SourceError, match="shut: expected a folder that can be read, found: Permission denied"):
        Source.open(tmp_path / "shut")


def test_a_file_that_may_not_be_read_is_a_source_error(
    tmp_path: Path, make_folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_folder(tmp_path, {"x": b""})
    source = Source.open(tmp_path)

    def refuse(*args: object) -> None:
        raise PermissionError(13, "Permission denied")

    file = source.get("x")
    assert file is not None
    monkeypatch.setattr(io, "FileIO", refuse)
    monkeypatch.setattr(os, "open", refuse)
    for read in (file.open, file.read):
        with pytest.raises(SourceError, match="x: expected a readable file, found: Permission denied"):
            read()


@pytest.mark.parametrize("size", [0, 1, (1 << 15) - 1, 1 << 15, (1 << 15) + 1, 1 << 20])
def test_files_of_any_size_are_read_whole(tmp_path: Path, size: int) -> None:
    content = bytes(n % 251 for n in range(size))
    (tmp_path / "x").write_bytes(content)
    assert Source.open(tmp_path).read("x") == content


def test_a_folder_that_took_the_place_of_a_file_is_a_source_error(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path, {"x": b""})
    file = Source.open(tmp_path).get("x")
    assert file is not None
    (tmp_path / "x").unlink()
    (tmp_path / "x").mkdir()
    with pytest.raises(SourceError, match="x: expected a readable file, found: Is a directory"):
        file.read()


def test_a_file_that_vanished_is_not_found(tmp_path: Path, make_folder) -> None:
    make_folder(tmp_path, {"x": b""})
    file = Source.open(tmp_path).get("x")
    assert file is not None
    (tmp_path / "x").unlink()
    with pytest.raises(SourceNotFoundError):
        file.open()
    with pytest.raises(SourceNotFoundError):
        file.read()
    with pytest.raises(SourceNotFoundError):
        _ = file.size


def test_many_findings_of_one_kind_are_counted(tmp_path: Path) -> None:
    for number in range(130):
        (tmp_path / f"{number:03}").symlink_to("/etc/passwd")
    findings = Source.open(tmp_path).findings
    assert len(findings) == 101
    assert findings[-1].message == "30 more of source.link-outside"


def test_lfs_pointers_are_told_by_their_first_line() -> None:
    assert is_lfs_pointer(b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    assert not is_lfs_pointer(b'{"images": []}')
