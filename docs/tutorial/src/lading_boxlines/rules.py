"""A rule of our own."""

from collections.abc import Iterator

from lading import Catalog, Checker, Dataset, Finding, Frame, Rule, Segment


class Unsure(Rule):
    """Boxes whose author was not sure."""

    code = "boxlines.unsure"
    severity = "warning"
    title = "a box is at least half sure"
    bad = '"sure": 0.3'
    good = '"sure": 0.8'
    fix = "Have a second person look at the box."

    def start(self, dataset: Dataset, catalog: Catalog) -> Checker:
        """A checker for one run."""
        return _Checker()


class _Checker(Checker):
    def frame(self, segment: Segment, frame: Frame) -> Iterator[Finding]:
        for data in frame.data:
            for label in data.labels:
                sure = label.attributes.get("sure")
                if isinstance(sure, float) and sure < 0.5:
                    where = data.locate(label, "attributes/sure")
                    yield Finding(
                        rule=Unsure.code,
                        severity="warning",
                        message=f"expected at least 0.5, found {sure}",
                        segment=segment.name,
                        frame=frame.key,
                        file=where.file,
                        pointer=where.pointer,
                        line=where.line,
                    )
