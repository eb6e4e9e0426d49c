"""Annotations read by the forms of a dataset's files, which are learned on the way; any other by its elements."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from lading import Box2D, Report
from lading_voc.annotation import Annotation, read_document
from lading_voc.document import Element, parse_document
from lading_voc.forms import (
    BoxForm,
    FileForm,
    ObjectForm,
    Paths,
    file_form,
    object_form,
    paths_of_file,
    paths_of_object,
)
from lading_voc.names import surplus
from lading_voc.places import Place
from lading_voc.shapes import Pixels
from lading_voc.values import flag
from lading_voc.values import pixels as whole_pixels

#: A pattern pays where about so many are read by it.
OFTEN = 16
#: So many files that no form has are looked at for another.
_TRIES = 500


class AnnotationReader:
    """Reads the files of one dataset. A form that was met often enough is read by its patterns from then on."""

    def __init__(self, often: int = OFTEN) -> None:
        self._often = often
        self._files: list[FileForm] = []
        self._objects: list[ObjectForm] = []
        self._met: Counter[Paths | tuple[Paths, Paths]] = Counter()
        self._tries = _TRIES

    def read(
        self, data: bytes, path: str, key: str, pixels: Pixels, report: Report, *, is_tied: bool = False
    ) -> Annotation:
        """As `annotation.read_annotation`, with the same result."""
        text = _text(data)
        if text is not None:
            for form in self._files:
                found = self._by_form(form, text, key, pixels, is_tied=is_tied)
                if found is not None:
                    return found
        document = parse_document(data)
        if text is not None and self._tries and document.root is not None and document.trouble is None:
            self._tries -= 1
            self._learn(document.root)
        return read_document(document, path, key, pixels, report, is_tied=is_tied)

    def _learn(self, root: Element) -> None:
        """Count the forms in a file; make those that are there often."""
        around = paths_of_file(root)
        if self._is_often(around):
            self._files += filter(None, [file_form(*around)])
        for element in root.iterfind("object"):
            paths = paths_of_object(element)
            if self._is_often(paths):
                self._objects += filter(None, [object_form(paths)])

    def _is_often(self, found: Paths | tuple[Paths, Paths]) -> bool:
        self._met[found] += 1
        return self._met[found] == self._often

    def _by_form(self, form: FileForm, text: str, key: str, pixels: Pixels, *, is_tied: bool) -> Annotation | None:
        """What a file of this form and of objects of known ones says; None for any other, and where it is told of."""
        start = form.start.match(text)
        if start is None:
            return None
        found = Annotation(is_read=True, labels=[], places=[])
        position, count = start.end(), 0
        while text.startswith("<object>", position):
            count += 1
            known = self._object(text, position)
            if known is None:
                return None
            boxes, match = known
            if len(boxes) > 2:
                name, *parts = (match[box.name + 1].strip() for box in boxes)
                if surplus(name, parts):
                    return None
            instance = f"{key}#{count}" if is_tied or len(boxes) > 1 else None
            if not _add_boxes(found, boxes, match.groups(), count, instance, pixels.edge, is_tied=is_tied):
                return None
            position = match.end()
        end = form.end.fullmatch(text, position)
        if end is None:
            return None
        found.object_count = count
        if form.width is not None:
            found.size_line = text.count("\n", 0, text.find("<size>")) + 1
        return found if _add_rest(found, form, [*start.groups(), *end.groups()]) else None

    def _object(self, text: str, position: int) -> tuple[tuple[BoxForm, ...], re.Match[str]] | None:
        for form in self._objects:
            match = form.pattern.match(text, position)
            if match is not None:
                return form.boxes, match
        return None


def _text(data: bytes) -> str | None:
    """A file in UTF-8 as text, lines ended as XML ends them (XML 1.0, section 2.11), else None."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return text.replace("\r\n", "\n").replace("\r", "\n") if "\r" in text else text


def _add_boxes(
    found: Annotation,
    boxes: Sequence[BoxForm],
    texts: Sequence[str],
    count: int,
    instance: str | None,
    edge: int,
    *,
    is_tied: bool,
) -> bool:
    """The labels of object number `count`; False where there is something to tell of it."""
    labels, places = found.labels, found.places
    for box in boxes:
        category = texts[box.name].strip()
        left, top, right, bottom = box.corners
        try:
            xmin, ymin, xmax, ymax = float(texts[left]), float(texts[top]), float(texts[right]), float(texts[bottom])
        except ValueError:
            return False
        is_odd = not category or "\n" in category or (edge and min(xmin, ymin, xmax, ymax) < 1)
        if is_odd or not math.isfinite(xmin + ymin + xmax + ymax):
            return False
        attributes = _attributes(box, texts)
        if box.part:
            attributes["parent"] = instance
        label = Box2D(
            xmin - edge,
            ymin - edge,
            xmax,
            ymax,
            category=category,
            attributes=attributes,
            instance=instance if not box.part else f"{instance}{box.number}" if is_tied else None,
            extras={name: texts[group].strip() for name, group in box.extras} if box.extras else {},
            origin=len(labels),
        )
        labels.append(label)
        places.append(_place(count, box.part))
    return True


def _attributes(box: BoxForm, texts: Sequence[str]) -> dict[str, Any]:
    return {name: flag(texts[group]) if is_flag else texts[group].strip() for name, group, is_flag in box.attributes}


def _add_rest(found: Annotation, form: FileForm, texts: Sequence[str]) -> bool:
    """Size, file name, database and extras; False where the size is to be told."""
    if form.width is not None and form.height is not None:
        found.width, found.height = whole_pixels(texts[form.width]), whole_pixels(texts[form.height])
        if found.width is None or found.height is None:
            return False
    found.extras = {
        name: texts[inner].strip() if isinstance(inner, int) else {n: texts[group].strip() for n, group in inner}
        for name, inner in form.extras
    }
    filename = found.extras.get("filename")
    found.filename = filename if isinstance(filename, str) else None
    found.database = None if form.database is None else texts[form.database].strip()
    return True


@lru_cache(maxsize=4096)
def _place(count: int, part: str) -> Place:
    return Place(f"/annotation/object[{count}]{part}", "bndbox")
