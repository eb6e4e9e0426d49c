"""Ids that stand beside the annotations and lead to other records: licences, TACO's scenes, LVIS's lists."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

import numpy as np

from lading import Label, Origin, Report, counted
from lading_coco.document import Document
from lading_coco.ids import MISSING, code_of, is_id
from lading_coco.rows import records_at
from lading_coco.wording import shown

#: Of an image of LVIS: categories that are not in it, and those of which not every object is annotated.
_ABSENT = "neg_category_ids"
_LISTS = (_ABSENT, "not_exhaustive_category_ids")
_CODE = "coco.stray-id"
#: So many times as many counts of categories have to agree as do not, where these are told.
_AGREEING = 3


#: The file, the row and the part that a label is of, by its origin.
Place: TypeAlias = Callable[[int], tuple[str, int, int] | None]


class _Found(NamedTuple):
    """A value that should be an id, and the parts of its pointer."""

    value: Any
    at: tuple[str | int, ...]


def tell_categories(record: Mapping[str, Any], listed: Collection[Any], at: Origin, report: Report) -> None:
    """Tell of an image, which stands at `at`, whose lists hold ids of no category; each list once.

    `listed` are the ids of categories; where there are none, that is told.
    """
    if not listed:
        return
    for key in _LISTS:
        values = record.get(key)
        if values is None or (isinstance(values, list) and all(is_id(value) and value in listed for value in values)):
            continue
        strays = [_Found(values, (key,))]
        if isinstance(values, list):
            found = [_Found(value, (key, number)) for number, value in enumerate(values)]
            strays = [each for each in found if not is_id(each.value) or each.value not in listed]
        report.warning(_CODE, _message("categories", strays), at.below(*strays[0].at))


def tell_absent(
    record: Mapping[str, Any],
    listed: Mapping[Any, str],
    labels: Sequence[Label],
    at: Origin,
    place: Place,
    report: Report,
) -> None:
    """Tell of an image, which stands at `at`, with annotations of categories that its list of LVIS says are not in it.

    The list is about the annotations of its own file; `place` says of which file and row a label is.
    """
    values = record.get(_ABSENT)
    if not isinstance(values, list):
        return
    named = {listed[value]: number for number, value in enumerate(values) if is_id(value) and value in listed}
    found: dict[int, str] = {}  # by row
    for label in labels:
        if label.category in named and label.origin is not None and (known := place(label.origin)) is not None:
            path, row, _ = known
            if path == at.file:
                found.setdefault(row, label.category)
    if found:
        first = next(iter(found.values()))
        what = f"{counted(len(found), 'annotation')}, the first of {first!r}"
        message = f"expected none of a category that is listed as not in the picture, found {what}"
        report.warning("coco.absent-category", message, at.below(_ABSENT, named[first]))


def tell_counts(document: Document, report: Report) -> None:
    """Tell of categories of LVIS that count other annotations than there are, once a file.

    Of a part of a file the counts are those of the whole, and say nothing: of it few agree.
    """
    if document.kind == "videos" or document.annotations.stranger_count:
        return
    used = document.traits.categories
    claims = [
        (number, row, row["instance_count"], used[row["id"]])
        for number, row in document.categories
        if type(row.get("instance_count")) is int and (row["instance_count"] or used[row["id"]])
    ]
    others = [claim for claim in claims if claim[2] != claim[3]]
    if not others or len(claims) - len(others) < _AGREEING * len(others):
        return
    number, row, found, due = others[0]
    message = (
        f"expected {due}, the number of annotations of {row.get('name')!r}, found {found}; so it is with "
        f"{len(others)} of {counted(len(claims), 'category', 'categories')} with annotations"
    )
    report.warning("coco.instance-count", message, document.origin("categories", number, "instance_count"))


def tell_scenes(document: Document, report: Report) -> None:
    """Tell of scenes of TACO that are of no image or no category of scenes, each once a file."""
    scenes = document.envelope.get("scene_annotations")
    if not isinstance(scenes, list):
        return
    listed = document.envelope.get("scene_categories")
    known = {code_of(row.get("id")) for row in listed if isinstance(row, dict)} if isinstance(listed, list) else set()
    images = set(np.unique(document.image_ids).tolist())
    for noun, ids, found in (("images", images, _images(scenes)), ("scene categories", known, _backgrounds(scenes))):
        strays = [each for each in found if not is_id(each.value) or code_of(each.value) not in ids]
        if strays:
            report.warning(_CODE, _message(noun, strays), document.origin("scene_annotations", *strays[0].at))


def tell_licences(document: Document, report: Report) -> None:
    """Tell of licences that images name and the file does not list, once a file, and of ids that it lists again.

    Where a file lists no licences at all, that is no defect (source-formats.md 2.3).
    """
    listed = document.envelope.get("licenses")
    if isinstance(listed, dict) and listed:
        message = "expected an array of licences, found an object; their ids lead nowhere"
        report.warning(_CODE, message, document.origin("licenses"))
    if not isinstance(listed, list) or not listed or document.kind == "videos":
        return
    known: dict[int, int] = {}
    for number, row in enumerate(listed):
        key = row.get("id") if isinstance(row, dict) else None
        if key is not None and code_of(key) in known:
            first = document.origin("licenses", known[code_of(key)], "id")
            message = f"expected each licence id once, found {key!r} again, first at {first}"
            report.warning("coco.duplicate-licence-id", message, document.origin("licenses", number, "id"))
        known.setdefault(code_of(key), number)
    strays = np.flatnonzero(~np.isin(document.licences, [*known, MISSING]))
    if len(strays):
        row = int(strays[0])
        (record,) = records_at(document, document.images, [row])
        found = f"others in {counted(len(strays), 'image')}, the first {shown((record or {}).get('license'))}"
        message = f"expected ids of licences that are listed, found {found}"
        report.warning(_CODE, message, document.images.origin(row, "license"))


def _images(scenes: list[Any]) -> Iterator[_Found]:
    for number, scene in enumerate(scenes):
        if isinstance(scene, dict):
            yield _Found(scene.get("image_id"), (number, "image_id"))
        else:
            yield _Found(scene, (number,))


def _backgrounds(scenes: list[Any]) -> Iterator[_Found]:
    for number, scene in enumerate(scenes):
        values = scene.get("background_ids", []) if isinstance(scene, dict) else []
        if isinstance(values, list):
            yield from (_Found(value, (number, "background_ids", place)) for place, value in enumerate(values))
        else:
            yield _Found(values, (number, "background_ids"))


def _message(noun: str, strays: list[_Found]) -> str:
    found = f"{counted(len(strays), 'other')}, the first {shown(strays[0].value)}"
    return f"expected ids of {noun} that are listed, found {found}"
