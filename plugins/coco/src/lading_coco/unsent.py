"""Splits whose pictures were not sent, while those of another split are there under the same ids and names.

Where each split has a folder of its own, ids from 1 and names like `000001.jpg` begin again in each.
"""

from __future__ import annotations

import posixpath
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from lading_coco.document import Document
from lading_coco.ids import MISSING, Codes, joined, together
from lading_coco.numerals import number_of, numbers_of
from lading_coco.rows import alike, records_at

#: Of each file so many annotations are looked at.
_LOOKS = 64
#: Boxes of one object have so much in common, of what they have together.
_NEAR = 0.7
#: How likely sizes are alike throughout where pictures are others, at most, for them to tell.
_CHANCE = 0.001
#: What an annotation says of its picture, whichever ids its file has.
_FIELDS = ("bbox", "segmentation", "keypoints", "caption")


class _Said(NamedTuple):
    """A field of an annotation of an image, by the code of the image's id, and its value in one form."""

    image: int
    field: str
    value: Any


def folder_owners(documents: Sequence[Document], path: Callable[[int], str]) -> frozenset[str]:
    """The splits whose pictures lie in a folder of their name; `path` is that of the file of a number."""
    return frozenset(document.split for document in documents if _is_in_own_folder(document, path))


def unsent_splits(documents: Sequence[Document], owners: Collection[str]) -> frozenset[str]:
    """The splits that are of other pictures than those which `owners` have found under the same ids and names.

    None of their own is found, and their names have no folder. Of the same pictures, all the same, is a split that
    says the same of them (half of what both say at least; boxes may be drawn a little otherwise); and one all of
    whose images the owners have by id and name, where there is nothing to compare, its name has an owner's in it
    (`minival2014`), or their sizes are alike throughout, which differ too much for that to be by chance.
    """
    groups: dict[str, list[Document]] = {}
    for document in documents:
        groups.setdefault(document.split, []).append(document)
    unsent = []
    for name, group in groups.items():
        others = [document for document in documents if document.split in owners]
        if not others or any((document.media >= 0).any() for document in group) or _may_lead_elsewhere(group):
            continue
        if not _is_of(group, others, is_named_so=any(owner.lower() in name.lower() for owner in owners)):
            unsent.append(name)
    return frozenset(unsent)


def _is_in_own_folder(document: Document, path: Callable[[int], str]) -> bool:
    """Whether the first picture that a file has found is in a folder of its split's name."""
    found = np.flatnonzero(document.media >= 0)
    if not len(found):
        return False
    split = document.split.lower()
    folders = posixpath.dirname(path(int(document.media[found[0]]))).lower().split("/")
    return not {split, f"{split}_images", f"images_{split}"}.isdisjoint(folders)


def _may_lead_elsewhere(group: Sequence[Document]) -> bool:
    """Whether names have a folder, as the first of each file tells, or there are none."""
    for document in group:
        for record in records_at(document, document.images, range(min(1, len(document.images)))):
            name = None if record is None else record.get("file_name")
            if not isinstance(name, str) or "/" in name or "\\" in name:
                return True
    return False


def _is_of(group: Sequence[Document], others: Sequence[Document], *, is_named_so: bool) -> bool:
    """Whether the images of a split are those of the others that have their ids and names."""
    theirs = joined([together(document.image_ids, document.names) for document in others], np.int64)
    shared = [np.isin(together(document.image_ids, document.names), theirs) for document in group]
    ids = joined([document.image_ids[own] for document, own in zip(group, shared, strict=True)], np.int64)
    said = [each for document in group for each in _said(document, ids, _LOOKS)]
    images = np.array(list({each.image for each in said}), dtype=np.int64)
    known: dict[tuple[int, str], list[Any]] = {}
    for each in (each for document in others for each in _said(document, images)):
        known.setdefault(each[:2], []).append(each.value)
    both = [each for each in said if each[:2] in known]
    if both and 2 * sum(_is_among(each, known[each[:2]]) for each in both) >= len(both):
        return True
    if not all(own.all() for own in shared):
        return False
    return not both or is_named_so or _have_same_sizes(group, others)


def _is_among(said: _Said, known: Sequence[Any]) -> bool:
    """Whether something is among what others say of the same image, as a box that is drawn a little otherwise is."""
    if said.value in known:
        return True
    box = _box(said.value) if said.field == "bbox" else None
    if box is None:
        return False
    return any(other is not None and _overlap(box, other) >= _NEAR for other in map(_box, known))


def _box(value: Any) -> list[float] | None:
    numbers = numbers_of(value)
    return None if numbers is None or len(numbers) != 4 else [float(number) for number in numbers]


def _overlap(one: Sequence[float], other: Sequence[float]) -> float:
    """What two boxes have in common, of what they have together: 0 to 1."""
    width, height = (min(one[i] + one[i + 2], other[i] + other[i + 2]) - max(one[i], other[i]) for i in (0, 1))
    if not (width > 0 and height > 0):
        return 0.0
    whole = one[2] * one[3] + other[2] * other[3] - width * height
    return width * height / whole if whole > 0 else 0.0


def _have_same_sizes(group: Sequence[Document], others: Sequence[Document]) -> bool:
    """Whether the first images have the sizes that the others say, and these are not mostly one."""
    own = _sizes(group, None)
    theirs = _sizes(others, np.array(list(own), dtype=np.int64))
    if not own or any(size is None or theirs.get(code) != size for code, size in own.items()):
        return False
    counts = Counter(own.values())
    likely = sum(count * count for count in counts.values()) / len(own) ** 2  # that two images have one size
    return bool(likely ** len(own) < _CHANCE)


def _sizes(documents: Sequence[Document], codes: Codes | None) -> dict[int, tuple[Any, Any] | None]:
    """The sizes of images by id and name together: of `codes`, or of some at the beginning of each file."""
    sizes: dict[int, tuple[Any, Any] | None] = {}
    for document in documents:
        known = together(document.image_ids, document.names)
        rows = np.flatnonzero(np.isin(known, codes)).tolist() if codes is not None else range(min(_LOOKS, len(known)))
        for row, record in zip(rows, records_at(document, document.images, rows), strict=True):
            size = None if record is None else (number_of(record.get("width")), number_of(record.get("height")))
            sizes.setdefault(int(known[row]), None if size is None or None in size else size)
    return sizes


def _said(document: Document, images: Codes, most: int | None = None) -> Iterator[_Said]:
    """What a file says of some images, in its first annotations of them."""
    rows: NDArray[Any] = np.flatnonzero(np.isin(document.image_of, images) & (document.image_of != MISSING))[:most]
    for row, record in zip(rows.tolist(), records_at(document, document.annotations, rows.tolist()), strict=True):
        for field, value in (record or {}).items():
            if field in _FIELDS and value:
                yield _Said(int(document.image_of[row]), field, alike(value))
