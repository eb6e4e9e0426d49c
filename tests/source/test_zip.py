"""Zips: members stored and deflated, broken ones, and names that are not served."""

from __future__ import annotations

import io
import random
import stat
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from lading.errors import SourceError
from lading.source import Source


def test_members_are_read_in_place(tmp_path: Path, make_zip) -> None:
    big = random.Random(7).randbytes(100_000) * 3
    tree = {"annotations/a b.json": b"{}" * 1000, "images/ü.1.jpg": big, "images/2.jpg": big, "0": b""}
    make_zip(tmp_path / "set.v1.zip", tree)
    with Source.open(tmp_path / "set.v1.zip") as source:
        assert list(source.names()) == sorted(tree)
        assert {name: source.read(name) for name in source.names()} == tree
        assert source.name == "set.v1"
        assert source.findings == ()


@pytest.mark.parametrize("name", ["deflated", "stored"])
def test_streams_seek(tmp_path: Path, make_zip, name: str) -> None:
    content = random.Random(1).randbytes(300_000)
    make_zip(tmp_path / "a.zip", {"deflated": content, "stored": content})
    file = Source.open(tmp_path / "a.zip").get(name)
    assert file is not None
    with file.open() as stream:
        assert stream.seekable()
        for at, count in [(10, 5), (250_000, 7), (3, 100_000), (299_999, 9), (400_000, 1), (0, 300_000)]:
            stream.seek(at)
            assert stream.read(count) == content[at : at + count]
        assert stream.seek(-4, io.SEEK_END) == 299_996
        assert stream.read() == content[-4:]
        with pytest.raises(ValueError, match="seek: expected a position from 0 on"):
            stream.seek(-300_001, io.SEEK_END)


def test_a_member_is_only_read_from_its_beginning(tmp_path: Path, make_zip) -> None:
    make_zip(tmp_path / "a.zip", {"x": b"1", "y": b"2"})
    (tmp_path / "z").write_bytes(b"3")
    source = Source.open(tmp_path)
    files = {name: source.get(name) for name in source.names()}
    assert {name: file is not None and file.has_random_access for name, file in files.items()} == {
        "x": False,
        "y": False,
        "z": True,
    }


def test_the_stamp_has_the_members_crc_and_size(tmp_path: Path, make_zip) -> None:
    make_zip(tmp_path / "a.zip", {"x": b"123456789"})
    file = Source.open(tmp_path / "a.zip").get("x")
    assert file is not None
    # cbf43926 is the published check value of CRC-32
    found = (tmp_path / "a.zip").stat()
    assert file.stamp == f"{found.st_size}-{found.st_mtime_ns}-{found.st_ino}:cbf43926-9"
    assert file.size == 9


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("../x", "a part `..`"),
        ("a/../../x", "a part `..`"),
        ("/etc/passwd", "an absolute path"),
        ("C:/x", "an absolute path"),
        ("a\\..\\x", "a backslash"),
        ("__MACOSX/../../x", "a part `..`"),
    ],
)
def test_unsafe_names_are_never_served(tmp_path: Path, make_zip, name: str, reason: str) -> None:
    make_zip(tmp_path / "a.zip", {name: b"evil", "ok": b""})
    source = Source.open(tmp_path / "a.zip")
    assert list(source.names()) == ["ok"]
    assert source.get(name) is None
    (finding,) = source.findings
    assert (finding.rule, finding.severity) == ("source.unsafe-name", "error")
    assert str(finding) == (
        f"{tmp_path / 'a.zip'}: expected names that stay within the archive, found member {name!r} with {reason}"
    )


def test_a_name_with_a_nul_is_never_served(tmp_path: Path, make_zip) -> None:
    path = make_zip(tmp_path / "a.zip", {"good.txtX.sh": b"evil"})
    path.write_bytes(path.read_bytes().replace(b"good.txtX.sh", b"good.txt\0.sh"))
    source = Source.open(path)
    assert list(source.names()) == []
    assert "a NUL byte" in source.findings[0].message


def test_names_are_tidied_and_rubbish_is_hidden(tmp_path: Path, make_zip) -> None:
    make_zip(tmp_path / "a.zip", {"./a//b.txt": b"1", "__MACOSX/a/._b.txt": b"", "a/.DS_Store": b"", "d/": b""})
    source = Source.open(tmp_path / "a.zip")
    assert list(source.names()) == ["a/b.txt"]
    assert source.read("a/b.txt") == b"1"
    assert source.findings == ()


def test_utf8_names_without_the_flag_are_read_as_utf8(tmp_path: Path, make_zip) -> None:
    # "é" in UTF-8 is c3 a9; a name in CP437 proper (82 is "é" there) stays what the standard says.
    path = make_zip(tmp_path / "a.zip", {"caXX": b"1", "coY": b"2"})
    path.write_bytes(path.read_bytes().replace(b"caXX", b"ca\xc3\xa9").replace(b"coY", b"co\x82"))
    assert list(Source.open(path).names()) == ["caé", "coé"]


def test_duplicate_members_the_last_wins(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("x", b"first")
        with pytest.warns(UserWarning, match="Duplicate name"):
            archive.writestr("x", b"second")
    source = Source.open(tmp_path / "a.zip")
    assert source.read("x") == b"second"
    (finding,) = source.findings
    assert (finding.rule, finding.severity) == ("source.duplicate-member", "warning")
    assert "found 1 repeated, such as 'x'" in finding.message


def test_links_lead_to_members_only(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("d/real", b"data")
        for name, target in {"l/good": "../d/real", "l/bad": "../../etc/passwd", "l/gone": "nothing"}.items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(info, target)
    source = Source.open(tmp_path / "a.zip")
    assert list(source.names()) == ["d/real", "l/good"]
    assert source.read("l/good") == b"data"
    assert sorted(f.rule for f in source.findings) == ["source.link-broken", "source.link-outside"]


@pytest.mark.parametrize("cut", [1, 30, 200, 5000], ids=lambda cut: f"{cut} bytes short")
def test_a_truncated_zip(tmp_path: Path, make_zip, cut: int) -> None:
    path = make_zip(tmp_path / "a.zip", {"x": random.Random(2).randbytes(20_000), "y": b"2"})
    path.write_bytes(path.read_bytes()[:-cut])
    with pytest.raises(SourceError, match=r"a\.zip: expected a whole zip archive, found a broken one"):
        Source.open(path)


def test_a_text_called_zip(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"no zip at all")
    with pytest.raises(SourceError, match="expected a whole zip archive"):
        Source.open(tmp_path / "a.zip")


@pytest.mark.parametrize("name", ["deflated", "stored"])
def test_a_wrong_crc_is_an_error_when_the_member_is_read(tmp_path: Path, make_zip, name: str) -> None:
    content = b"0123456789" * 50
    path = make_zip(tmp_path / "a.zip", {"deflated": content, "stored": content})
    data = bytearray(path.read_bytes())
    central = data.index(b"PK\x01\x02")
    if name == "stored":
        central = data.index(b"PK\x01\x02", central + 1)
    data[central + 16] ^= 0xFF  # APPNOTE.TXT 4.3.12: CRC-32 at byte 16 of the central header
    path.write_bytes(data)
    source = Source.open(path)
    told = rf"a\.zip/{name}: expected CRC [0-9a-f]{{8}}, found [0-9a-f]{{8}}: the archive is damaged$"
    with pytest.raises(SourceError, match=told):
        source.read(name)


def test_broken_deflated_bytes(tmp_path: Path, make_zip) -> None:
    path = make_zip(tmp_path / "a.zip", {"x": b"0123456789" * 50})
    data = bytearray(path.read_bytes())
    data[31:36] = b"\xff" * 5
    path.write_bytes(data)
    source = Source.open(path)
    with pytest.raises(SourceError, match=r"a\.zip/x: expected deflated bytes, found broken ones"):
        source.read("x")


@pytest.mark.parametrize(
    ("claimed", "message"),
    [(400, "expected 400 bytes, found more"), (2**31, "expected 2147483648 bytes, found 500")],
    ids=["a size too small", "a size of two gigabytes"],
)
def test_a_lying_size_is_found_while_streaming(tmp_path: Path, make_zip, claimed: int, message: str) -> None:
    path = make_zip(tmp_path / "a.zip", {"x": b"0123456789" * 50})
    data = bytearray(path.read_bytes())
    struct.pack_into("<I", data, data.index(b"PK\x01\x02") + 24, claimed)  # APPNOTE.TXT 4.3.12: uncompressed size
    path.write_bytes(data)
    with pytest.raises(SourceError, match=message):
        Source.open(path).read("x")


def test_a_huge_member_streams(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive, archive.open("x", "w") as member:
        for _ in range(64):
            member.write(bytes(1 << 20))
    file = Source.open(tmp_path / "a.zip").get("x")
    assert file is not None
    tracemalloc.start()
    try:
        with file.open() as stream:
            assert sum(len(block) for block in iter(lambda: stream.read(1 << 16), b"")) == 64 << 20
        assert tracemalloc.get_traced_memory()[1] < 8 << 20
    finally:
        tracemalloc.stop()


def test_a_local_header_that_is_not_there(tmp_path: Path, make_zip) -> None:
    path = make_zip(tmp_path / "a.zip", {"x": b"1"})
    path.write_bytes(path.read_bytes().replace(b"PK\x03\x04", b"XXXX"))
    with pytest.raises(SourceError, match="expected a local header at byte 0, found none"):
        Source.open(path).read("x")


def test_an_encrypted_member(tmp_path: Path, make_zip) -> None:
    path = make_zip(tmp_path / "a.zip", {"x": b"secret"})
    data = bytearray(path.read_bytes())
    data[6] |= 1  # APPNOTE.TXT 4.4.4: bit 0 of the flags
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    file = Source.open(path).get("x")
    assert file is not None
    with pytest.raises(SourceError, match=r"a\.zip/x: expected a member without password, found it encrypted"):
        file.open()


def test_another_compression_method(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_BZIP2) as archive:
        archive.writestr("x", b"1" * 1000)
    file = Source.open(tmp_path / "a.zip").get("x")
    assert file is not None
    with pytest.raises(SourceError, match="expected a stored or deflated member, found compression method 12"):
        file.open()


def test_an_archive_that_changed_since_it_was_listed(tmp_path: Path, make_zip) -> None:
    path = make_zip(tmp_path / "a.zip", {"x": b"1"})
    source = Source.open(path)
    make_zip(path, {"y": b"123"})
    with pytest.raises(SourceError, match="expected the archive as it was listed"):
        source.read("x")
    path.unlink()
    with pytest.raises(SourceError, match=r"a\.zip: expected a file, found nothing"):
        source.read("x")
