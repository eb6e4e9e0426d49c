"""COCO back to COCO: every annotation file under its path, with its records in their rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lading import (
    Classification,
    Data,
    Dataset,
    Frame,
    Label,
    Origin,
    PanopticMask,
    Report,
    Segment,
    SemanticMask,
    Target,
)
from lading_coco.categories import parent_of
from lading_coco.ids import is_id, other_spelling
from lading_coco.images import NO_FILE_NAME
from lading_coco.labels import RECORDS
from lading_coco.origins import RowOrigins
from lading_coco.records import annotation
from lading_coco.spool import OutFile, encode
from lading_coco.video_file import VideoFile, first_images

#: Labels of one annotation: its file and row.
_Place = tuple[str, int]


def is_ours(dataset: Dataset) -> bool:
    """Whether a dataset is what our reader made of COCO files, or segments of it; not one that was split anew."""
    if dataset.format != "coco" or "forms" not in dataset.extras:
        return False
    segments = {name for form in dataset.extras["forms"].values() for name in form["segments"]}
    return {segment.name for segment in dataset.segments} <= segments


class Returning:
    """Writes frames that our reader made into the files that they came from; `report` hears of what is lost."""

    def __init__(self, dataset: Dataset, target: Target, report: Report) -> None:
        self._target = target
        self.report = report
        self.labels = 0
        chosen = {segment.name for segment in dataset.segments}
        known: Mapping[str, Any] = dataset.extras["forms"]
        forms = {path: form for path, form in known.items() if not form["segments"] or chosen & set(form["segments"])}
        envelopes: Mapping[str, Any] = dataset.extras.get("documents", {})
        kinds = {found.file: found.kind for found in dataset.sources}
        self._first_image = {path: first_images(envelope.get("videos")) for path, envelope in envelopes.items()}
        self.files = {
            path: VideoFile(path, form["keys"], envelopes.get(path, {}), report)
            if kinds.get(path) == "videos"
            else OutFile(path, form["keys"], envelopes.get(path, {}), is_list=kinds.get(path) == "results")
            for path, form in forms.items()
        }
        self._nested = {path: frozenset(form["nested"]) for path, form in forms.items()}
        delimiters = (part.category_delimiter for part in dataset.catalog.subcatalogs.values())
        delimiter = next((text for text in delimiters if text is not None), None)
        self._names = {path: _names(envelope.get("categories"), delimiter) for path, envelope in envelopes.items()}
        self._ids: dict[str, dict[str, Any]] = {}
        self._every: dict[str, Any] = {}
        self._every_name: dict[Any, str] = {}
        for path, names in self._names.items():
            ids = self._ids[path] = {name: key for key, name in reversed(names.items())}  # of one name the first
            self._every = {**ids, **self._every}
            self._every_name = {**names, **self._every_name}

    def add(self, segment: Segment, frame: Frame) -> None:
        """Write one frame's records into their spools, and bring its files."""
        for data in frame.data:
            images = self._add_image(frame, data)
            for (path, row), labels in self._by_record(data):
                if path in self.files:
                    self._add_annotation(path, row, labels, data, images)
                else:
                    self.report.loss("annotations in the file of a segment that was left out", f"{path}: row {row}")

    def finish(self) -> None:
        """Write the files."""
        for file in self.files.values():
            file.write(self._target)

    def _add_image(self, frame: Frame, data: Data) -> Mapping[str, int]:
        """Add the records of an image; their rows, by their files."""
        origin = data.origin
        if origin is None:
            self.report.loss("pictures that COCO did not have", data.path)
            return {}
        row = self._image_row(origin)
        if row is None:
            return {}  # known by annotations alone, in a file that lists no images
        rows: Mapping[str, int] = frame.extras.get("documents") or {origin.file: row}
        text = encode(_image(data))
        for path, row in rows.items():
            if path in self.files:  # of a segment that was chosen
                self.files[path].add("images", text, row, self._target)
        self._target.add_media(data.content, data.path, origin)
        return rows

    def _image_row(self, origin: Origin) -> int | None:
        """The row of an image; for YouTube-VIS counted through the pictures of all videos."""
        _, key, *rest = (origin.pointer or "/").split("/")
        if key == "images":
            return int(rest[0])
        return self._first_image[origin.file][int(rest[0])] + int(rest[2]) if key == "videos" else None

    def _by_record(self, data: Data) -> Iterator[tuple[_Place, list[Label]]]:
        """The labels of each annotation, of an annotation in two files twice; files of masks are brought at once."""
        groups: dict[_Place, list[Label]] = {}
        parts: dict[_Place, Label] = {}
        for label in data.labels:
            if isinstance(label, (PanopticMask, SemanticMask)) and label.path is not None:
                self._target.add_media(label.content, label.path, data.locate(label))
            place = None
            if label.origin is not None and isinstance(data.origins, RowOrigins):
                place = data.origins.record(label.origin)
            if place is None:
                if isinstance(label, SemanticMask):
                    self.labels += 1
                else:
                    self.report.loss(f"labels of type {label.kind} that COCO did not have", str(data.locate(label)))
                continue
            self.labels += 1
            path, row, part = place
            if part == 0:
                groups.setdefault((path, row), []).append(label)
            else:  # which stands in extras too, those of a body that has no label of its own as well
                parts.setdefault((path, row), label)
        for where in parts.keys() - groups.keys():
            body = parts[where]
            groups[where] = [Classification(attributes=body.attributes, extras=body.extras, origin=body.origin)]
        for place_of, labels in list(groups.items()):
            for path, form in labels[0].extras.get(RECORDS, {}).items():
                if path != place_of[0]:
                    known = groups.setdefault((path, form["row"]), [])
                    known += labels  # behind its own, whose extras come first
        yield from groups.items()

    def _add_annotation(self, path: str, row: int, labels: list[Label], data: Data, images: Mapping[str, int]) -> None:
        extras: dict[str, Any] = {}
        for label in labels:
            extras = {**label.extras, **extras}
        keys = extras.get(RECORDS, {}).get(path, {}).get("keys")
        name = labels[0].category
        if name is not None and "category_id" in extras and not self._stands(path, extras["category_id"], name):
            del extras["category_id"]
        category = None if name is None or "category_id" in extras else self._category(path, name)
        file = self.files[path]
        image_id = {"video_id": "video_id"} if isinstance(file, VideoFile) else {"image_id": "id"}
        record = annotation(
            labels,
            extras,
            image_id={key: data.extras[name] for key, name in image_id.items() if name in data.extras},
            category_id=category,
            nested=self._nested[path],
        )
        if keys is not None:
            record = {key: value for key, value in record.items() if key in keys}
        if not isinstance(file, VideoFile):
            file.add("annotations", encode(record), row, self._target)
            return
        number = int((data.locate(labels[0]).pointer or "").split("/")[2])
        if path in images:
            file.add_entry(number, images[path], record, self._target)
        elif not images and "frame_id" in data.extras:  # of a video that the file does not list
            file.add_entry(number, -1 - data.extras["frame_id"], record, self._target)
        else:
            self.report.loss("labels in pictures of another video", f"{path}: {data.path}")

    def _stands(self, path: str, key: Any, name: str) -> bool:
        """Whether an id that was kept is still that of the category: labels may have been renamed."""
        listed = self._names.get(path) or self._every_name
        return name in (listed.get(key), listed.get(other_spelling(key)), str(key), f"category:{key}")

    def _category(self, path: str, name: str) -> Any:
        """The id of a category; one that the source did not list, since labels were renamed, gets the next."""
        known = self._ids.setdefault(path, {})
        if name not in known and name in self._every:
            return self._every[name]
        if name not in known:
            numbers = [key for key in known.values() if isinstance(key, int)]
            known[name] = max(numbers, default=0) + 1
            file = self.files[path]
            rows = file.envelope.get("categories")
            file.envelope["categories"] = [
                *(rows if isinstance(rows, list) else ()),
                {"id": known[name], "name": name, "supercategory": "none"},
            ]
            if "categories" not in file.keys:
                file.keys.append("categories")
        return known[name]


def _image(data: Data) -> dict[str, Any]:
    """The record of an image."""
    extras = dict(data.extras)
    record: dict[str, Any] = {}
    if "id" in extras:
        record["id"] = extras.pop("id")
    if not extras.pop(NO_FILE_NAME, False) and "file_name" not in extras:
        record["file_name"] = data.remote_path
    for key, value in (("width", data.width), ("height", data.height)):
        if value is not None:
            record[key] = value
    return {**record, **extras}


def _names(rows: Any, delimiter: str | None) -> dict[Any, str]:
    """The full names of categories by their ids, as the reader makes them."""
    names: dict[Any, str] = {}
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and is_id(row.get("id")):
            written = row.get("name")
            name = written if isinstance(written, str) and written else str(row["id"])
            parent = parent_of({**row, "name": name})
            names.setdefault(row["id"], name if parent is None or delimiter is None else f"{parent}{delimiter}{name}")
    return names
