"""The COCO reader: options, detection, opening."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Literal

from pydantic import Field

import lading
from lading import Dataset, Match, Origin, Reader, Report, Source, counted
from lading.errors import DetectionError, InputError, OptionError, SourceError
from lading_coco.dataset import CocoDataset
from lading_coco.detection import Look, hidden_files, json_files, look
from lading_coco.document import Document, read_document
from lading_coco.elsewhere import tell_annotations_elsewhere, tell_other_spellings
from lading_coco.ids import first_places, look_up
from lading_coco.indexing import IndexBuilder
from lading_coco.layout import Files, Finder, is_named_as_annotations, is_named_by_split, split_of, split_of_videos
from lading_coco.mask_places import MaskPlace, mask_place, packed_masks, pixelmap_folder
from lading_coco.references import tell_counts, tell_licences, tell_scenes
from lading_coco.text import JsonText
from lading_coco.units import tell_other_units
from lading_coco.unlisted import tell_unlisted
from lading_coco.whole_videos import VideoText

#: Kinds of files that make a dataset.
_ANNOTATIONS = frozenset({"annotations", "videos"})
_UNREAD = frozenset({"broken", "lfs"})


class CocoOptions(lading.Options):
    """What `-o key=value` may set."""

    keypoints: Literal["verbatim", "centre"] = Field(
        default="verbatim", description="`centre` adds the half pixel from a pixel's number to its middle"
    )
    results: str | None = Field(default=None, description="a results file, read beside the annotations")


class CocoReader(Reader):
    """Reads COCO and what is built like it."""

    name: ClassVar[str] = "coco"
    title: ClassVar[str] = "COCO: instances, keypoints, captions, stuff, panoptic, LVIS, YouTube-VIS, results"
    Options: ClassVar[type[lading.Options]] = CocoOptions

    def codes(self) -> Mapping[str, lading.Told]:
        """What it tells itself."""
        from lading_coco.codes import CODES

        return CODES

    def detect(self, source: Source) -> Match:
        """By the content of the JSON files: the first that has images or annotations of images."""
        reason = "no JSON file"
        results: str | None = None
        for text in json_files(source):
            seen = look(text)
            if seen.kind in _ANNOTATIONS:
                return Match(0.9, seen.reason)
            if seen.kind == "results":
                results = results or seen.reason
            reason = seen.reason if reason == "no JSON file" else reason
        if results is None and (hidden := hidden_files(source)):
            reason = f"{reason}; {hidden[0]} is hidden, and read where it is named itself"
        return Match(0.0, reason) if results is None else Match(0.6, results)

    def open(self, source: Source, options: CocoOptions, report: Report) -> Dataset:
        """Read every annotation file through once, for the index. Raises InputError where none can be read."""
        chosen, results, is_whole = _choose(source, options, report)
        files = Files(source)
        documents = _read_all(chosen, files, report)
        _join_results(documents, results)
        index = IndexBuilder(documents, files.path, report).build()
        for document in documents:
            tell_annotations_elsewhere(document, report)
            tell_other_spellings(document, report)
            tell_other_units(document, report)
            tell_scenes(document, report)
            tell_counts(document, report)
            tell_licences(document, report)
        masks = _mask_places(files, documents, report)
        places = {n: pixelmap_folder(files, d.path, d.split) for n, d in enumerate(documents) if d.kind == "stuff"}
        maps = {number: folder for number, folder in places.items() if folder is not None}
        dataset = CocoDataset(
            source,
            documents,
            index,
            report,
            masks=masks,
            pixelmaps=maps,
            is_centred=options.keypoints == "centre",
        )
        if source.selected is None:
            _tell_hidden(source, report)
            is_whole &= len(documents) == len(chosen)
            tell_unlisted(files, documents, masks, maps, report, is_whole=is_whole)
        for document in documents:
            document.forget_ids()
        return dataset


def _choose(
    source: Source, options: CocoOptions, report: Report
) -> tuple[list[tuple[JsonText, bool]], str | None, bool]:
    """The files to read, each with whether it is of videos; the results file that was asked for; whether these are all.

    They are not all where others cannot be read, which may be annotations too.
    """
    texts = [(text, look(text)) for text in json_files(source)]
    annotations = [
        (VideoText(text) if seen.kind == "videos" else text, seen.has_videos)
        for text, seen in texts
        if seen.kind in _ANNOTATIONS
    ]
    results = [text for text, seen in texts if seen.kind == "results"]
    _tell_others(texts, source, report)
    is_whole = not any(seen.kind in _UNREAD for _, seen in texts)
    wanted: str | None = None
    if options.results is not None:
        wanted = options.results
        file = source.get(wanted)
        if file is None:
            known = ", ".join(text.path for text in results) or "none"
            raise OptionError(f"-o results: expected a file of the source ({known}), found {wanted!r}")
        seen = look(JsonText(file))
        if seen.kind is None:
            raise OptionError(f"-o results: expected an array of results in {wanted!r}, found none")
        annotations = [(text, has_videos) for text, has_videos in annotations if text.path != wanted]
        return [*annotations, (JsonText(file), False)], wanted, is_whole
    if not annotations:
        if not results:
            raise DetectionError(source.label, {"coco": texts[0][1].reason if texts else "no JSON file"})
        return [(text, False) for text in results], None, is_whole
    for text in results:
        report.loss("results files beside annotations (`-o results=FILE` reads one)", text.path)
    return annotations, None, is_whole


def _read_all(chosen: Sequence[tuple[JsonText, bool]], files: Files, report: Report) -> list[Document]:
    """The files that can be read; the others are errors. Raises InputError where none can be."""
    source = files.source
    documents: list[Document] = []
    failures: list[tuple[str, InputError]] = []
    for text, has_videos in chosen:
        split = (split_of_videos if has_videos else split_of)(text.path, source.name)
        try:
            if isinstance(text, VideoText):
                text.prepare(report)
            document = read_document(text, split, Finder(files, text.path, split), report, source.workers)
            if isinstance(text, VideoText):
                document.kind = "videos"
                document.without_id = text.ids.without
            documents.append(document)
        except InputError as exc:
            failures.append((text.path, exc))
    if not documents:
        raise failures[0][1]
    for path, failure in failures:
        message = failure.problem if isinstance(failure, SourceError) else str(failure).removeprefix(f"{path}: ")
        report.error("coco.malformed-file", message, Origin(path))
    return documents


def _tell_others(texts: Sequence[tuple[JsonText, Look]], source: Source, report: Report) -> None:
    """What is not read: an error where its name says that it belongs to the dataset, else a warning."""
    others: list[tuple[str, str]] = []
    for text, seen in texts:
        reason = seen.reason.removeprefix(f"{text.path}: ")
        if seen.kind == "lfs":
            report.error("coco.lfs-pointer", "expected a COCO file, found a Git LFS pointer", Origin(text.path))
        elif seen.kind == "broken":
            take = report.error if is_named_as_annotations(text.path) else report.warning
            take("coco.malformed-file", reason, Origin(text.path))
        elif seen.kind is None and not seen.is_array and is_named_by_split(text.path, source):
            report.error(
                "coco.malformed-file",
                f"expected COCO, as its name says, found another kind: {reason}",
                Origin(text.path),
            )
        elif seen.kind is None:
            others.append((text.path, reason))
    if others:
        path, reason = others[0]
        message = (
            f"expected COCO, found {counted(len(others), 'JSON file')} of another kind, such as this one: {reason}"
        )
        report.warning("coco.other-json", message, Origin(path))


def _tell_hidden(source: Source, report: Report) -> None:
    hidden = hidden_files(source)
    if hidden:
        message = (
            f"expected annotation files whose names do not begin with a dot, found {counted(len(hidden), 'other')}"
        )
        report.warning("coco.hidden-file", f"{message}, such as this one, which is not read", Origin(hidden[0]))


def _join_results(documents: list[Document], wanted: str | None) -> None:
    """Put a results file into the split whose images it is about."""
    for document in documents:
        if document.path != wanted or not document.is_results:
            continue
        others = [other for other in documents if not other.is_results]
        hits: list[int] = []
        for other in others:
            ids, places = first_places(other.image_ids)
            hits.append(int((look_up(document.image_of, ids, places) >= 0).sum()))
        best = max(hits, default=0)
        if best:
            document.split = others[hits.index(best)].split


def _mask_places(files: Files, documents: Sequence[Document], report: Report) -> dict[int, MaskPlace]:
    """Where the id PNGs of panoptic files lie: in a folder, else in the archive that the official download has."""
    places: dict[int, MaskPlace] = {}
    with_masks = {number: document for number, document in enumerate(documents) if document.traits.has_segments}
    media = (number for document in documents if with_masks for number in document.media.tolist() if number >= 0)
    pictures = frozenset(map(files.path, media))
    for number, document in with_masks.items():
        place = mask_place(files.source, document.path, document.split, pictures, {*document.masks.tolist()})
        if place is not None:
            places[number] = place
        elif (archive := packed_masks(files, document.path, document.split)) is not None:
            packed = _unpacked(files, document, archive, report)
            if packed is not None:
                places[number] = packed
    return places


def _unpacked(files: Files, document: Document, archive: str, report: Report) -> MaskPlace | None:
    try:
        source = files.source.inside(archive)
    except SourceError as exc:
        report.error("coco.packed-masks", exc.problem, Origin(archive))
        return None
    for finding in source.findings:
        report.add(finding)
    place = mask_place(source, document.path, document.split)
    if place is None:
        message = f"expected the PNGs of {document.path}, found none where they would be unpacked to"
        report.warning("coco.packed-masks", message, Origin(archive))
    return place
