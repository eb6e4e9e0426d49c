"""A reader and a rule that load well and raise at work."""

import lading


class Midstream(lading.Reader):
    name = "midstream"
    title = "Raises at its second frame"

    def detect(self, source):
        fits = source.get("midstream.txt") is not None
        return lading.Match(1.0 if fits else 0.0, "midstream.txt is there" if fits else "midstream.txt is not there")

    def open(self, source, options, report):
        return Stream()


class Stream(lading.Dataset):
    def __init__(self):
        self.name = "midstream"
        self.catalog = lading.Catalog()
        self.segments = [lading.Segment(name="all")]
        self.report = lading.Report()

    def frames(self, segment, part=(1, 1), report=None):
        yield lading.Frame(key="0", data=[])
        raise ZeroDivisionError("in the middle")


@lading.hookimpl
def register_readers():
    return [Midstream]
