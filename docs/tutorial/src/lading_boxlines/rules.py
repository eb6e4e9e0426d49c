"""A rule of our own."""

from collections.abc import Iterator

from lading import DataChecker, Finding, GroupedRule, Place, Problem


class Doubts(DataChecker):
    """Looks at how sure the authors of labels were."""

    def judge(self, place: Place) -> Iterator[Finding | None]:
        """What is unsure in one file."""
        for label in place.data.labels:
            sure = label.attributes.get("sure")
            if isinstance(sure, float) and sure < 0.5:
                message = f"expected at least 0.5, found {sure}"
                yield place.finding(Problem(Unsure.code, message, "attributes/sure"), label)


class Unsure(GroupedRule):
    """Boxes whose author was not sure."""

    code = "boxlines.unsure"
    severity = "warning"
    title = "a box is at least half sure"
    bad = '"sure": 0.3'
    good = '"sure": 0.8'
    fix = "Have a second person look at the box."
    checker = Doubts
