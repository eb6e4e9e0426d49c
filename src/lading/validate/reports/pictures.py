"""The pictures of an HTML report: files of the first findings of each rule, the broken label marked."""

from __future__ import annotations

import io
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from lading.errors import LadingError, NoRoomError
from lading.media import is_image_name
from lading.model.dataset import Dataset, Segment
from lading.model.frame import Data, Frame
from lading.model.report import Finding
from lading.render.frame import draw_data, is_drawable, sees

#: Findings of a rule that get a picture, and bytes of all pictures together.
EACH = 3
_MOST_BYTES = 12 << 20
_LONGEST_PX = 720


class Picture(NamedTuple):
    """A JPEG as a data URL, and what it shows."""

    url: str
    caption: str


class Pictures:
    """Draws what the wanted findings are about while the frames of the dataset go by.

    `made` has the pictures by the number of their finding; `lacking` why one that was wanted has none.
    """

    def __init__(self, dataset: Dataset, findings: Sequence[Finding]) -> None:
        self.made: dict[int, list[Picture]] = {}
        self.lacking: dict[int, str] = {}
        self._dataset = dataset
        self._wanted: dict[tuple[str | None, str], list[tuple[int, Finding]]] = {}
        self._unplaced: dict[tuple[str, str | int], list[tuple[int, Finding]]] = {}
        self._left = _MOST_BYTES
        counts: dict[str, int] = {}
        for number, finding in enumerate(findings):
            records = list(_records(finding)) if finding.frame is None else []
            if (finding.frame is not None or records) and counts.get(finding.rule, 0) < EACH:
                counts[finding.rule] = counts.get(finding.rule, 0) + 1
                if finding.frame is not None:
                    self.lacking[number] = "its frame was not read"
                    self._wanted.setdefault((finding.segment, finding.frame), []).append((number, finding))
                for record in records:
                    self._unplaced.setdefault(record, []).append((number, finding))

    def see(self, segment: Segment, frame: Frame) -> None:
        """Draw what is wanted of a frame."""
        for number, finding in self._wanted.get((segment.name, frame.key), ()):
            its = [data for data in frame.data if finding.sensor is None or data.sensor_name == finding.sensor]
            self.lacking[number] = "it has no file that can be drawn"
            for data in filter(is_drawable, its):
                if number not in self.made and self._left > 0:
                    self._draw(segment, frame, data, number, finding)
            if number in self.made:
                del self.lacking[number]
            elif self._left <= 0:
                self.lacking[number] = "those of other findings fill the page"

        if self._unplaced:
            self._look(segment, frame)

    def _look(self, segment: Segment, frame: Frame) -> None:
        """Draw what a reader told of a record before it was known in which frame that is."""
        for data in frame.data:
            for label in data.labels if is_drawable(data) else ():
                at = data.locate(label)
                place = at.pointer if at.pointer is not None else at.line
                for number, finding in self._unplaced.get((at.file, place), ()) if place is not None else ():
                    if number not in self.made and self._left > 0:
                        self._draw(segment, frame, data, number, finding)

    def _draw(self, segment: Segment, frame: Frame, data: Data, number: int, finding: Finding) -> None:
        marked = frozenset(_meant(data, finding))
        for file in (data, *_beside(segment, frame, data, marked)):
            made = self._jpeg(segment, frame, file, marked, data, finding.spot if file is data else None)
            if made is None:
                self.lacking[number] = f"{file.path} does not open"
                continue
            jpeg, is_cut = made
            self._left -= len(jpeg)
            url = f"data:image/jpeg;base64,{b64encode(jpeg).decode()}"
            caption = f"{file.path}, which is cut: the grey rest is not in the file" if is_cut else file.path
            self.made.setdefault(number, []).append(Picture(url, caption))

    def _jpeg(
        self,
        segment: Segment,
        frame: Frame,
        file: Data,
        marked: frozenset[int],
        of: Data,
        spot: tuple[float, float] | None,
    ) -> tuple[bytes, bool] | None:
        """A file as a picture, and whether that is cut; None where it does not open, which is a finding of its own."""
        look = partial(draw_data, self._dataset, segment, frame, file, longest=_LONGEST_PX, marked=marked, of=of)
        for is_cut in (False, True):
            try:
                image = look(spot=spot, is_cut=is_cut)
            except NoRoomError:
                raise
            except (LadingError, OSError):
                continue
            out = io.BytesIO()
            image.save(out, "JPEG", quality=80)
            return out.getvalue(), is_cut
        return None


def _beside(segment: Segment, frame: Frame, data: Data, marked: frozenset[int]) -> list[Data]:
    """For boxes on a point cloud, the picture that shows one of them; else the first of the frame, for the eye."""
    if not marked or is_image_name(data.path):
        return []
    pictures = [other for other in frame.data if is_image_name(other.path)]
    return [other for other in pictures if sees(segment, frame, other, data, marked)][:1] or pictures[:1]


def _records(finding: Finding) -> Iterator[tuple[str, str | int]]:
    """The places that the record of a finding may have: its pointer or a part of it from the front, or its line."""
    if finding.file is None:
        return
    if finding.pointer is not None:
        tokens = finding.pointer.split("/")
        yield from ((finding.file, "/".join(tokens[:count])) for count in range(2, len(tokens) + 1))
    elif finding.line is not None:
        yield finding.file, finding.line


def _meant(data: Data, finding: Finding) -> Iterator[int]:
    """The numbers of the labels that a finding is about: those whose record its place is, or lies in."""
    for index, label in enumerate(data.labels):
        if label.origin is None or data.origins is None:
            continue
        record = data.locate(label)
        exact = data.locate(label, "geometry")
        if record.file != finding.file:
            continue
        if finding.pointer is not None and record.pointer is not None:
            if any(_is_below(finding.pointer, place.pointer) for place in (record, exact)):
                yield index
        elif finding.line is not None and record.line == finding.line:
            yield index


def _is_below(pointer: str, root: str | None) -> bool:
    return root is not None and (pointer == root or pointer.startswith(f"{root}/"))


def table_of(pictures: Mapping[int, Sequence[Picture]]) -> dict[str, list[list[str]]]:
    """The pictures as JSON holds them, by the number of the finding."""
    return {str(number): [[one.url, one.caption] for one in made] for number, made in pictures.items()}
