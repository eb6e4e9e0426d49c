"""Pictures made by pillow and then broken by hand."""

from __future__ import annotations

import hashlib
import io
import struct
import subprocess
import sys
import zlib
from typing import BinaryIO

import pytest
from PIL import Image

from lading.errors import SourceError
from lading.media import Probe, guess_mime, is_image_name, probe, sha1_hex


class Bytes:
    """A file that lies in memory; `error` makes it one that does not open."""

    def __init__(self, path: str, data: bytes, error: str | None = None) -> None:
        self.path = path
        self.data = data
        self.error = error
        self.opened = 0

    @property
    def size(self) -> int:
        return len(self.data)

    @property
    def stamp(self) -> str | None:
        return None

    def open(self) -> BinaryIO:
        self.opened += 1
        if self.error is not None:
            raise SourceError(self.path, self.error)
        return io.BytesIO(self.data)


@pytest.fixture
def content() -> type[Bytes]:
    return Bytes


def picture(kind: str, size: tuple[int, int] = (37, 21), **options: object) -> bytes:
    out = io.BytesIO()
    noise = bytes((x * 7919) % 251 for x in range(size[0] * size[1] * 3))
    Image.frombytes("RGB", size, noise).save(out, kind, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "kind"),
    [("a.jpg", "JPEG"), ("b.PNG", "PNG"), ("c.bmp", "BMP"), ("d.webp", "WEBP"), ("e.gif", "GIF"), ("f.tif", "TIFF")],
)
def test_whole_picture_gives_its_size_and_format(content, name, kind):
    assert probe(content(name, picture(kind))) == Probe(37, 21, kind, None)


def test_a_picture_is_known_by_its_bytes_not_by_its_suffix(content):
    assert probe(content("a.jpg", picture("PNG"))) == Probe(37, 21, "PNG", None)


@pytest.mark.parametrize(("name", "kind"), [("a.jpg", "JPEG"), ("b.png", "PNG")])
@pytest.mark.parametrize("left_of", [1, 2, 40], ids=lambda n: f"{n} bytes short")
def test_cut_picture_is_found_and_keeps_its_size(content, name, kind, left_of):
    data = picture(kind)[:-left_of]
    found = probe(content(name, data))
    assert found == Probe(37, 21, kind, f"expected a whole picture, found it cut after {len(data)} bytes")


@pytest.mark.parametrize(
    ("name", "kind", "options"), [("a.jpg", "JPEG", {"quality": 100}), ("b.png", "PNG", {"compress_level": 0})]
)
def test_large_pictures_are_looked_at_like_small_ones(content, name, kind, options):
    data = picture(kind, (300, 300), **options)
    assert len(data) > 1 << 16
    assert probe(content(name, data)) == Probe(300, 300, kind, None)
    assert probe(content(name, data[:-3])).problem == (
        f"expected a whole picture, found it cut after {len(data) - 3} bytes"
    )


class Slow(io.BytesIO):
    """A stream that gives 50 bytes at a time, as raw ones may."""

    def read(self, size: int | None = -1) -> bytes:
        return super().read(50 if size is None or size < 0 else min(size, 50))


def test_picture_whose_stream_gives_less_than_it_is_asked_for_is_not_taken_for_cut(monkeypatch, content):
    whole = content("a.bmp", picture("BMP"))
    monkeypatch.setattr(whole, "open", lambda: Slow(whole.data))
    assert probe(whole) == Probe(37, 21, "BMP", None)


def test_progressive_jpeg_is_whole(content):
    assert probe(content("a.jpg", picture("JPEG", progressive=True))).problem is None


def test_jpeg_with_bytes_after_its_end_is_whole(content):
    assert probe(content("a.jpg", picture("JPEG") + b"\0\0trailer")).problem is None


def test_cut_jpeg_with_a_whole_thumbnail_inside_is_found(content):
    thumbnail = b"\xff\xe1" + struct.pack(">H", 2 + 6 + 4) + b"Thumb\0" + b"\xff\xd8\xff\xd9"
    whole = picture("JPEG")
    data = whole[:2] + thumbnail + whole[2:]
    assert probe(content("a.jpg", data)).problem is None
    assert "cut after" in str(probe(content("a.jpg", data[:-10])).problem)


def test_png_cut_inside_its_pixels_is_found(content):
    data = picture("PNG")
    assert "cut after 60 bytes" in str(probe(content("b.png", data[:60])).problem)


def test_png_with_a_wrong_checksum_does_not_open(content):
    data = bytearray(picture("PNG"))
    data[data.index(b"IDAT") + 10] ^= 0xFF
    found = str(probe(content("b.png", bytes(data))).problem)
    assert found.startswith("expected a picture that opens, found SyntaxError")


def png_of(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = b""
    for name, data in ((b"IHDR", header), (b"IDAT", b"\0"), (b"IEND", b"")):
        chunks += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return b"\x89PNG\r\n\x1a\n" + chunks


@pytest.mark.parametrize("size", [(10_000, 10_000), (60_000, 60_000)], ids=["pillow warns", "pillow refuses"])
def test_size_of_a_very_large_picture_is_read_without_decoding_it(content, size):
    assert probe(content("b.png", png_of(*size))) == Probe(*size, "PNG", None)


def test_very_large_picture_that_is_cut_is_found(content):
    data = png_of(60_000, 60_000)[:-3]
    assert "cut after" in str(probe(content("b.png", data)).problem)


def _ppm(size: tuple[int, int] = (37, 21)) -> bytes:
    return f"P6 {size[0]} {size[1]} 255\n".encode() + bytes(x % 251 for x in range(size[0] * size[1] * 3))


@pytest.mark.parametrize(
    ("name", "kind", "data"),
    [
        ("c.bmp", "BMP", picture("BMP")),
        ("e.gif", "GIF", picture("GIF")),
        ("f.tif", "TIFF", picture("TIFF")),
        ("h.ppm", "PPM", _ppm()),
    ],
    ids=["BMP", "GIF", "TIFF", "PPM"],
)
def test_a_cut_picture_of_the_rarer_kinds_is_found(content, name, kind, data):
    assert probe(content(name, data)) == Probe(37, 21, kind, None)
    assert probe(content(name, data + bytes(9))) == Probe(37, 21, kind, None)
    left = data[: len(data) * 3 // 4]
    told = f"expected a whole picture, found it cut after {len(left)} bytes"
    assert probe(content(name, left)).problem == told


def test_tiff_of_packed_strips_is_whole_and_cut_has_lost_its_directory(content):
    data = picture("TIFF", compression="tiff_lzw")
    assert probe(content("g.tif", data)) == Probe(37, 21, "TIFF", None)
    assert probe(content("g.tif", data[:900])).problem == "expected a picture, found bytes of no known format"


def test_gif_without_its_trailer_is_whole(content):
    data = picture("GIF")
    assert data.endswith(b";")
    assert probe(content("e.gif", data[:-1])).problem is None
    assert "cut after" in str(probe(content("e.gif", data[:-2])).problem)


def test_cut_webp_does_not_open(content):
    assert "expected a picture that opens" in str(probe(content("d.webp", picture("WEBP")[:-40])).problem)


@pytest.mark.parametrize(
    ("name", "data", "problem"),
    [
        ("a.jpg", b"", "expected content, found an empty file"),
        ("a.bin", b"", "expected content, found an empty file"),
        ("a.jpg", b"hello there", "expected a picture, found bytes of no known format"),
        ("a.jpg", b"\xff\xd8", "expected a picture, found bytes of no known format"),
        (
            "a.pcd",
            b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 5\n",
            "expected content, found a Git LFS pointer",
        ),
    ],
    ids=["empty picture", "empty point cloud", "text", "two bytes of a JPEG", "LFS pointer"],
)
def test_bad_bytes_are_told(content, name, data, problem):
    assert probe(content(name, data)) == Probe(problem=problem)


def test_file_that_does_not_open_is_told(content):
    found = probe(content("a.jpg", b"x", error="expected a readable file, found none"))
    assert found.problem == "expected a readable file, found none"


def test_point_cloud_only_has_to_have_bytes(content):
    assert probe(content("a.bin", b"\0" * 16)) == Probe()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "BMP", "TIFF", "WEBP"])
def test_no_bytes_make_probe_raise(content, kind):
    data = picture(kind)
    for end in range(1, len(data), 13):
        assert isinstance(probe(content("a.png", data[:end])), Probe)
    for place in range(0, min(len(data), 400), 3):
        assert isinstance(probe(content("a.png", data[:place] + b"\xff\x7f" + data[place + 2 :])), Probe)


def test_mime_types_and_names_of_pictures():
    assert guess_mime("a b/C.JPEG") == "image/jpeg"
    assert guess_mime("x.png") == "image/png"
    assert guess_mime("velodyne/000000.bin") == ""
    assert is_image_name("x.webp")
    assert not is_image_name("x.pcd.bin")
    assert not is_image_name("jpg")
    assert not is_image_name("folder.jpg/.png")
    assert is_image_name("..jpg")


def test_sha1_of_a_file(content):
    data = b"cargo" * 500_000
    assert sha1_hex(content("a.bin", data)) == hashlib.sha1(data).hexdigest()


def test_importing_media_does_not_import_pillow():
    script = "import sys, lading.media; print('PIL' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_marks_of_different_files_differ_and_of_equal_files_are_equal() -> None:
    long = b"x" * 9_000
    files = {"a": long, "b": long, "shorter": long[:-1], "other start": b"y" + long[1:], "other end": long[:-1] + b"y"}
    marks = {name: probe(Bytes("a.bin", data), marks=True).mark for name, data in files.items()}
    assert marks["a"] == marks["b"]
    assert len(set(marks.values())) == 4
    assert None not in marks.values()
    assert probe(Bytes("a.bin", long)).mark is None
    assert probe(Bytes("a.png", b"no picture"), marks=True).mark is None
