"""Tars: random access, links, spools of compressed ones, and archives that end too early."""

from __future__ import annotations

import io
import logging
import os
import random
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

import pytest

from lading.errors import LadingError, NoRoomError, SourceError
from lading.source import Source

TREE = {
    "annotations/i.json": b'{"a": 1}' * 100,
    "images/a b.jpg": random.Random(3).randbytes(70_000),
    "images/2.jpg": b"",
}
PACKED = ["a.tar.gz", "a.tgz", "a.tar.bz2", "a.tar.xz"]


@pytest.fixture
def spools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_members_of_a_plain_tar_are_read_in_place(tmp_path: Path, make_tar, spools: Path) -> None:
    path = make_tar(tmp_path / "a.tar", TREE)
    with Source.open(path) as source:
        assert list(source.names()) == sorted(TREE)
        assert {name: source.read(name) for name in TREE} == TREE
        file = source.get("images/a b.jpg")
        assert file is not None
        with tarfile.open(path) as archive:
            member = archive.getmember("images/a b.jpg")
        found = path.stat()
        stamp = f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}:{member.offset_data}-70000"
        assert (file.size, file.stamp) == (70_000, stamp)
        with file.open() as stream:
            stream.seek(-3, io.SEEK_END)
            assert stream.read() == TREE["images/a b.jpg"][-3:]
            stream.seek(5)
            assert stream.read(4) == TREE["images/a b.jpg"][5:9]
    assert list(spools.iterdir()) == []


@pytest.mark.parametrize("name", PACKED)
def test_a_compressed_tar_is_unpacked_once_and_only_for_media(
    tmp_path: Path, make_tar, spools: Path, caplog: pytest.LogCaptureFixture, name: str
) -> None:
    path = make_tar(tmp_path / name, TREE)
    caplog.set_level(logging.INFO, logger="lading.source")
    with Source.open(path) as source:
        assert source.name == "a"
        assert source.read("annotations/i.json") == TREE["annotations/i.json"]
        assert caplog.messages == []
        for _ in range(2):
            assert {member: source.read(member) for member in source.names()} == TREE
        announced = f"{path}: unpacking its {path.stat().st_size} bytes once to a temporary file, to read its media"
        assert caplog.messages.count(announced) == 1
        assert len(caplog.messages) == 2
        assert len(list(spools.iterdir())) == 2
    assert list(spools.iterdir()) == []


def test_the_compression_is_told_by_the_bytes(tmp_path: Path, make_tar) -> None:
    make_tar(tmp_path / "a.tgz", TREE).rename(tmp_path / "a.tar")
    make_tar(tmp_path / "b.tar", TREE).rename(tmp_path / "b.tar.gz")
    for name in ("a.tar", "b.tar.gz"):
        with Source.open(tmp_path / name) as source:
            assert {member: source.read(member) for member in source.names()} == TREE


def test_an_empty_tar_has_no_names(tmp_path: Path, make_tar) -> None:
    assert list(Source.open(make_tar(tmp_path / "a.tar", {})).names()) == []


def test_long_names_and_unicode(tmp_path: Path, make_tar) -> None:
    tree = {"d/" * 80 + "ü" * 60 + ".jpg": b"1"}
    source = Source.open(make_tar(tmp_path / "a.tar", tree))
    assert list(source.names()) == list(tree)


def test_links_lead_to_members_only(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("d/real")
        info.size = 4
        archive.addfile(info, io.BytesIO(b"data"))
        links = [
            ("soft", tarfile.SYMTYPE, "d/real"),
            ("d/again", tarfile.SYMTYPE, "../soft"),
            ("hard", tarfile.LNKTYPE, "d/real"),
            ("out", tarfile.SYMTYPE, "../../etc/passwd"),
            ("absolute", tarfile.SYMTYPE, "/etc/passwd"),
            ("hard-out", tarfile.LNKTYPE, "/etc/passwd"),
            ("gone", tarfile.SYMTYPE, "nothing"),
            ("folder", tarfile.SYMTYPE, "d"),
            ("loop", tarfile.SYMTYPE, "loop"),
        ]
        for name, kind, target in links:
            link = tarfile.TarInfo(name)
            link.type, link.linkname = kind, target
            archive.addfile(link)
        pipe = tarfile.TarInfo("pipe")
        pipe.type = tarfile.FIFOTYPE
        archive.addfile(pipe)
    source = Source.open(tmp_path / "a.tar")
    assert list(source.names()) == ["d/again", "d/real", "hard", "soft"]
    assert {source.read(name) for name in source.names()} == {b"data"}
    assert sorted(f.rule for f in source.findings) == [
        *["source.link-broken"] * 3,
        *["source.link-outside"] * 3,
        "source.special-file",
    ]


def test_unsafe_names_are_never_served(tmp_path: Path, make_tar) -> None:
    unsafe = ["../x", "/etc/passwd", "a/../../x", "a\\b"]
    source = Source.open(make_tar(tmp_path / "a.tar", dict.fromkeys(unsafe, b"evil") | {"./ok": b""}))
    assert list(source.names()) == ["ok"]
    assert [f.rule for f in source.findings] == ["source.unsafe-name"] * 4
    assert all(repr(name) in f.message for name, f in zip(unsafe, source.findings, strict=True))


def test_a_name_that_is_not_utf8_is_a_finding(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.GNU_FORMAT) as archive:
        archive.addfile(tarfile.TarInfo(os.fsdecode(b"b\xff")))
    source = Source.open(tmp_path / "a.tar")
    assert list(source.names()) == []
    assert [f.rule for f in source.findings] == ["source.name-encoding"]


def test_the_last_of_a_name_wins(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        for content in (b"one", b"three"):
            info = tarfile.TarInfo("x")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    source = Source.open(tmp_path / "a.tar")
    assert source.read("x") == b"three"
    assert [f.rule for f in source.findings] == ["source.duplicate-member"]


@pytest.mark.parametrize("name", ["a.tar", *PACKED])
@pytest.mark.parametrize("part", [0.02, 0.3, 0.5, 0.8])
def test_an_archive_that_was_cut_off(tmp_path: Path, make_tar, spools: Path, name: str, part: float) -> None:
    tree = {f"{n}.json": random.Random(n).randbytes(9000) for n in range(9)}
    data = make_tar(tmp_path / name, tree).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * part)])
    with pytest.raises(SourceError, match=rf"{name}: expected a whole tar archive, found a broken one"):
        Source.open(tmp_path / name)
    assert list(spools.iterdir()) == []


@pytest.mark.parametrize(("name", "wanted"), [("x.json", "the text of {}"), ("x.jpg", "all of {}, to read its media")])
def test_a_disk_without_room_is_no_broken_archive(
    tmp_path: Path, make_tar, spools: Path, name: str, wanted: str
) -> None:
    """The limit of a file's size stands for the disk's: the system refuses the same write."""
    path = make_tar(tmp_path / "a.tar.gz", {name: b"1" * 3_000_000})
    script = (
        "import resource, sys; from lading import Source\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))\n"
        "with Source.open(sys.argv[1]) as source:\n"
        "    source.read(sys.argv[2])"
    )
    environment = {**os.environ, "TMPDIR": str(spools)}
    done = subprocess.run(
        [sys.executable, "-c", script, str(path), name], capture_output=True, text=True, check=False, env=environment
    )
    message = f"NoRoomError: temporary file in {spools}: expected room for {wanted.format(path)}, found File too"
    assert message in done.stderr
    assert list(spools.iterdir()) == []


def test_a_tar_that_was_cut_between_members(tmp_path: Path, make_tar) -> None:
    path = make_tar(tmp_path / "a.tar", {"x": b"1" * 512, "y": b"2" * 512})
    path.write_bytes(path.read_bytes()[:2048])
    with pytest.raises(SourceError, match="at byte 2048, where a member or the end should be"):
        Source.open(path)
    path.write_bytes(path.read_bytes()[:1024] + b"rubbish" * 200)
    with pytest.raises(SourceError, match="at byte 1024, where a member or the end should be"):
        Source.open(path)


def test_a_wrong_checksum_of_the_compressed_stream(tmp_path: Path, make_tar) -> None:
    path = make_tar(tmp_path / "a.tar.gz", TREE)
    data = bytearray(path.read_bytes())
    data[-8] ^= 0xFF  # RFC 1952, 2.3.1: CRC32 and ISIZE end a gzip member
    path.write_bytes(data)
    with pytest.raises(SourceError, match="CRC check failed"):
        Source.open(path)


def test_an_extended_header_that_would_fill_the_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 1 << 40
    (tmp_path / "a.tar").write_bytes(info.tobuf(tarfile.GNU_FORMAT) + bytes(10240))
    with pytest.raises(SourceError, match="an extended header of 1099511627776 bytes"):
        Source.open(tmp_path / "a.tar")


@pytest.mark.parametrize("size", [-512, -1024, -5])
def test_a_size_below_zero_does_not_lead_round_for_ever(tmp_path: Path, size: int) -> None:
    with tarfile.open(tmp_path / "a.tar", "w", format=tarfile.PAX_FORMAT) as archive:
        info = tarfile.TarInfo("x")
        info.pax_headers = {"size": str(size)}
        archive.addfile(info)
    with pytest.raises(SourceError, match=rf"found a broken one .*a member of {size} bytes"):
        Source.open(tmp_path / "a.tar")


@pytest.mark.parametrize("name", ["a.tar", "a.tar.gz"])
def test_a_second_archive_behind_the_first_is_told(tmp_path: Path, make_tar, name: str) -> None:
    path = make_tar(tmp_path / name, {"x": b"1"})
    data = path.read_bytes()
    path.write_bytes(data + make_tar(tmp_path / f"b{name}", {"y": b"2"}).read_bytes())
    with Source.open(path) as source:
        assert list(source.names()) == ["x"]
        assert [f.rule for f in source.findings] == ["source.trailing-bytes"]


@pytest.mark.parametrize(
    ("number", "error", "message"),
    [
        (28, NoRoomError, r"expected room for all of .*a\.tgz, to read its media, found No space left on device"),
        (5, SourceError, r"a\.tgz: expected to unpack it to .*, found: .*Input/output error"),
    ],
    ids=["no room", "a disk that fails"],
)
def test_a_tar_that_cannot_be_unpacked(
    tmp_path: Path,
    make_tar,
    monkeypatch: pytest.MonkeyPatch,
    spools: Path,
    number: int,
    error: type[LadingError],
    message: str,
) -> None:
    def fail(*args: object) -> None:
        raise OSError(number, os.strerror(number))

    with Source.open(make_tar(tmp_path / "a.tgz", TREE)) as source:
        monkeypatch.setattr("shutil.copyfileobj", fail)
        with pytest.raises(error, match=message):
            source.read("images/2.jpg")
    assert list(spools.iterdir()) == []


def test_a_process_that_forgets_to_close_leaves_nothing_behind(tmp_path: Path, make_tar, spools: Path) -> None:
    path = make_tar(tmp_path / "a.tgz", TREE)
    script = "import sys; from lading.source import Source; s = Source.open(sys.argv[1]); s.read('images/2.jpg')"
    environment = os.environ | {"TMPDIR": str(spools)}
    subprocess.run([sys.executable, "-W", "error", "-c", script, path], env=environment, check=True, timeout=60)
    assert list(spools.iterdir()) == []
