"""Two plugins that bring a reader of the same name."""

import lading


class Twin(lading.Reader):
    name = "twin"
    title = "One of two"

    def detect(self, source):
        return lading.Match(1.0, "always")

    def open(self, source, options, report):
        return lading.MemoryDataset("twin", {})


class _Plugin:
    @lading.hookimpl
    def register_readers(self):
        return [Twin]


first = _Plugin()
second = _Plugin()
