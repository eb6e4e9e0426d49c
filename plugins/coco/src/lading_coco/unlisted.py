"""Files that lie with a dataset and that no annotation file names: pictures, masks and arrays (design.md section 8)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence, Set
from typing import Any

from lading import Origin, Report, counted
from lading_coco.document import Document
from lading_coco.layout import ARRAYS, PICTURES, Files, name_from_url
from lading_coco.mask_places import MaskPlace, pixelmap_of
from lading_coco.rows import records_at, values_at

_MASK = (".png",)


def tell_unlisted(
    files: Files,
    documents: Sequence[Document],
    masks: Mapping[int, MaskPlace],
    pixelmaps: Mapping[int, str],
    report: Report,
    *,
    is_whole: bool,
) -> None:
    """Tell of files that nothing names, with their number. By document, `masks` and `pixelmaps` are where these lie.

    Where `documents` are not the whole of the annotations, others of them may list the pictures.
    """
    for document in documents:
        for number in document.media.tolist():
            files.mark(number)
    for number, folder in pixelmaps.items():
        _tell_pixelmaps(files, folder, documents[number], report)
    for place in dict.fromkeys(masks.values()):
        _tell_masks(files, place, [documents[number] for number in masks if masks[number] == place], report)
    arrays = files.unnamed(ARRAYS)
    if arrays:
        report.loss("arrays that no annotation file lists, which are not read", arrays[0], len(arrays))
    if is_whole:
        _tell("pictures that an annotation file lists", files.unnamed(PICTURES), report)


def _tell_pixelmaps(files: Files, folder: str, document: Document, report: Report) -> None:
    """Mark the pixelmaps of the pictures that a file lists, and tell of the others."""
    for name in _names(document):
        if name is not None:
            files.mark(files.number(pixelmap_of(folder, name)))
    others = [path for path in files.source.below(folder) if path.lower().endswith(_MASK) and not files.is_marked(path)]
    _tell(f"pixelmaps of pictures that {document.path} lists", others, report)
    files.mark_below(folder)


def _name(record: Mapping[str, Any]) -> str | None:
    name, url = record.get("file_name"), record.get("coco_url")
    return name if isinstance(name, str) and name else name_from_url(url if isinstance(url, str) else None)


def _tell_masks(files: Files, place: MaskPlace, documents: Sequence[Document], report: Report) -> None:
    """Mark the masks of a place that are named, and tell of the others; in a folder of pictures these are pictures.

    Of those that annotations without the name of a file that is there may well mean, nothing is told again.
    """
    codes = [code for document in documents for code in document.masks.tolist()]
    names, named = frozenset(codes), set[int]()
    is_ours = place.source is files.source
    others = []
    for path in place.source.below(place.folder):
        if not path.lower().endswith(_MASK):
            continue
        code = hash(posixpath.relpath(path, place.folder or "."))
        named.add(code)
        if code not in names:
            others += [] if is_ours and files.is_marked(path) else [path]
        elif is_ours:
            files.mark(files.number(path))
    astray = names - named - {hash(None)}
    found = _called_otherwise(place, documents, astray)
    otherwise = frozenset(found.values())
    for path in otherwise if is_ours else ():
        files.mark(files.number(path))
    others = [path for path in others if path not in otherwise]
    document = documents[0]
    if place.is_own:
        lost = codes.count(hash(None)) + len(astray) - len(found)
        _tell(f"masks that {document.path} names", _without(others, documents, lost) if lost else others, report)
        for path in others if is_ours else ():
            files.mark(files.number(path))


def _called_otherwise(place: MaskPlace, documents: Sequence[Document], codes: Set[int]) -> Mapping[int, str]:
    """The masks that are found for names of these codes, though they are called otherwise, by the code."""
    found: dict[int, str] = {}
    for document in documents if codes else ():
        for name in values_at(document, range(len(document.annotations)), "file_name"):
            if isinstance(name, str) and hash(name) in codes:
                path, _ = place.find(name)
                if place.source.get(path) is not None:
                    found[hash(name)] = path
    return found


def _without(paths: Sequence[str], documents: Sequence[Document], lost: int) -> Sequence[str]:
    """Masks but for as many as annotations lack, those that are called as pictures first; none where all may be so."""
    stems = {_stem(name) for document in documents for name in _names(document) if name is not None}
    theirs = [path for path in paths if _stem(path) in stems][:lost]
    marked = frozenset(theirs)
    others = [path for path in paths if path not in marked]
    return others if len(others) > lost - len(theirs) else []


def _names(document: Document) -> Iterator[str | None]:
    """What the files of the images are called."""
    for record in records_at(document, document.images, range(len(document.images))):
        yield _name(record or {})


def _stem(name: str) -> str:
    return posixpath.splitext(posixpath.basename(name))[0]


def _tell(what: str, others: Sequence[str], report: Report) -> None:
    if others:
        message = f"expected {what}, found {counted(len(others), 'other')}, such as this one"
        report.warning("coco.unlisted-file", message, Origin(others[0]))
