"""The column `fileformat` beside the names of files: which say of a picture that it is a cloud, or another picture."""

from __future__ import annotations

from lading import counted
from lading.model.recurring import is_often
from lading_nuscenes.files import Files
from lading_nuscenes.tables import Tables

#: Pictures by their suffixes, which are the words of `fileformat` as well.
_PICTURES = {
    "jpg": "JPEG",
    "jpeg": "JPEG",
    "png": "PNG",
    "bmp": "BMP",
    "tif": "TIFF",
    "tiff": "TIFF",
    "webp": "WebP",
    "gif": "GIF",
}

#: Clouds: the original files have `pcd` for `.pcd.bin`, which is none (source-formats.md 4.4), others `bin`.
_CLOUDS = dict.fromkeys(("pcd", "bin", "pcd.bin", "npy", "ply", "las", "laz"), "a cloud")

_KINDS = _PICTURES | _CLOUDS


def tell_formats(tables: Tables, files: Files) -> None:
    """Say which rows have a `fileformat` that their name contradicts, once where most have; other words are let be."""
    odd: list[tuple[int, str]] = []
    for ending, given, members in files.by_format():
        kind = _KINDS.get(ending.rpartition(".")[2].lower())
        said = _KINDS.get((given or "").removeprefix(".").lower())
        if kind is not None and said is not None and said != kind:
            message = f"expected a word for {kind}, as the name ends with {ending!r}, found {given!r}"
            odd += [(int(files.rows[file]), message) for file in members.tolist()]
    is_most = is_often(len(odd), len(files))
    for row, message in sorted(odd)[: 1 if is_most else None]:
        more = f"; so it is in {counted(len(odd) - 1, 'more row')} of {len(files):,}" if is_most else ""
        tables.report.warning(
            "nuscenes.fileformat", f"{message}{more}", tables.origin("sample_data", row, "fileformat")
        )
