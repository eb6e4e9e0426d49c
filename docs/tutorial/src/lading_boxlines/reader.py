"""Reads `boxes.jsonl`: a picture and its boxes on each line."""

from collections.abc import Iterator
from typing import Literal

from lading import Box2D, Catalog, Data, Dataset, File, Frame, Match, Options, Origin, Reader, Report, Segment, Source
from lading.errors import SourceNotFoundError
from lading.model.dataset import WHOLE, Part, SourceFile, share
from lading.model.report import OriginList
from lading_boxlines.lines import BoxLine, LineError, parse

FILE = "boxes.jsonl"
SEGMENT = "all"


class BoxLinesOptions(Options):
    """What `-o key=value` may set: where a box is measured from."""

    corner: Literal["top", "bottom"] = "top"


class BoxLinesReader(Reader):
    """Box lines, as the harbour's own tool writes them."""

    name = "boxlines"
    title = "Box lines: boxes.jsonl, one picture a line"
    Options = BoxLinesOptions

    def detect(self, source: Source) -> Match:
        """By the first line, for the name alone may be anybody's."""
        file = source.get(FILE)
        if file is None:
            return Match(0.0, f"{FILE} is not there")
        with file.open() as stream:
            first = stream.readline()
        if b'"picture"' in first:
            return Match(0.9, f'the first line of {FILE} has a "picture"')
        return Match(0.0, f'the first line of {FILE} has no "picture"')

    def open(self, source: Source, options: BoxLinesOptions, report: Report) -> Dataset:
        """The dataset. Raises SourceNotFoundError where the file is not there."""
        file = source.get(FILE)
        if file is None:
            raise SourceNotFoundError(f"{source.label}/{FILE}")
        return BoxLinesDataset(source, file, options)


class BoxLinesDataset(Dataset):
    """One segment, whose frames are the lines of the file. Keeps no line in memory."""

    format = "boxlines"

    def __init__(self, source: Source, file: File, options: BoxLinesOptions) -> None:
        self.name = source.name
        self.catalog = Catalog()
        self.rules = {"pixels": f"as written; y counts from the {options.corner}"}
        self._source = source
        self._file = file
        self._corner = options.corner
        self._count = sum(1 for _ in self._lines())
        self.segments = [Segment(name=SEGMENT)]
        self.sources = [SourceFile(file=FILE, kind="box lines", rows=self._count)]

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        """A frame a line; a line that cannot be read is a finding, and the others still come."""
        self.segment(segment)
        heard = report if report is not None else self.report
        wanted = share(self._count, part)
        for index, text in enumerate(self._lines()):
            if index not in wanted:
                continue
            origin = Origin(FILE, line=index + 1)
            try:
                line = parse(text)
            except LineError as exc:
                heard.error("boxlines.line", str(exc), origin, segment=segment)
                continue
            if line.note is not None:
                heard.loss("notes on pictures", str(origin))
            yield self._frame(line, origin)

    def _lines(self) -> Iterator[bytes]:
        with self._file.open() as stream:
            yield from stream

    def _frame(self, line: BoxLine, origin: Origin) -> Frame:
        data = Data(
            path=line.picture,
            remote_path=line.picture,
            content=self._source.get(line.picture),
            width=line.size[0],
            height=line.size[1],
            annotation="present" if line.boxes else "empty",
            labels=[self._label(line, index) for index in range(len(line.boxes))],
            origin=origin,
            origins=OriginList([origin] * len(line.boxes)),
        )
        return Frame(key=line.picture, data=[data])

    def _label(self, line: BoxLine, index: int) -> Box2D:
        box = line.boxes[index]
        x, y, width, height = box.at
        if self._corner == "bottom":
            y = line.size[1] - y - height
        return Box2D(
            xmin=x,
            ymin=y,
            xmax=x + width,
            ymax=y + height,
            category=box.kind,
            attributes={} if box.sure is None else {"sure": box.sure},
            origin=index,
        )
