"""The size of a picture as records have it: what is none is told, and so is what others say otherwise."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, TypeGuard

from msgspec import UNSET

from lading import Origin, Report
from lading_coco.document import Document
from lading_coco.numerals import number_of
from lading_coco.rows import LARGEST
from lading_coco.whole_videos import VideoText
from lading_coco.wording import shown

SIZE = ("width", "height")
#: Width and height in pixels, None for one that is not known.
Size: TypeAlias = tuple[int | None, int | None]


def take_size(document: Document, row: int, extras: dict[str, Any], report: Report) -> Size:
    """A picture's size, out of the extras; what is no whole number above 0 is told once and stays there."""
    width, height = (_take(key, document, row, extras, report) for key in SIZE)
    wrong = [key for key, value in zip(SIZE, (width, height), strict=True) if value is None]
    wrong = [key for key in wrong if not _is_told(document, row, key)]
    if wrong:
        found = [shown(extras.get(key, UNSET)) for key in wrong]
        what = " and ".join(f"`{key}`" for key in wrong)
        message = f"expected {what} in pixels, found {' and '.join(dict.fromkeys(found))}"
        report.warning("coco.missing-size", message, document.images.origin(row))
    return width, height


def is_extent(value: Any) -> TypeGuard[int]:
    """Whether a value is a width or a height in pixels as it stands."""
    return type(value) is int and 0 < value <= LARGEST


def _take(key: str, document: Document, row: int, extras: dict[str, Any], report: Report) -> int | None:
    value = extras.pop(key, UNSET)
    if is_extent(value):
        return value
    read = number_of(value)
    if read is not None and 0 < read <= LARGEST and read == int(read):
        if isinstance(value, str) and not _is_told(document, row, key):
            message = f"expected a number, found {value!r}, read as {int(read)}"
            report.warning("coco.number-as-text", message, document.images.origin(row, key))
        return int(read)
    if value is not UNSET:
        extras[key] = value
    return None


def _is_told(document: Document, row: int, key: str) -> bool:
    return isinstance(document.text, VideoText) and document.text.is_told("/images", row, (key,))


def agreed(records: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """Of records of one image the first that has the size which most of them have."""
    sizes = [tuple(record.get(key) for key in SIZE) for record in records]
    known = Counter(repr(size) for size in sizes if None not in size)
    best = max(known.values(), default=0)
    return next((r for r, size in zip(records, sizes, strict=True) if known.get(repr(size)) == best), records[0])


def tell_other_size(known: Mapping[str, Any], home: str, other: Mapping[str, Any], at: Origin, report: Report) -> None:
    """Tell of a record, which stands at `at`, that says another size than the file `home`; once for both numbers."""
    differing = [key for key in SIZE if key in known and key in other and known[key] != other[key]]
    if differing:
        expected, found = (" x ".join(shown(record[key]) for key in differing) for record in (known, other))
        message = f"expected the {expected} that {home} has of this image, found {found}"
        report.warning("coco.other-size", message, at.below(differing[0]))
