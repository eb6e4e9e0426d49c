"""Hooks that answer with the wrong things."""

import lading


class Plugin:
    def __init__(self, answer):
        self.answer = answer

    @lading.hookimpl
    def register_readers(self):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


class Unnamed(lading.Reader):
    name = ""
    title = ""

    def detect(self, source):
        return lading.Match(0.0, "no")

    def open(self, source, options, report):
        raise NotImplementedError


class Unfinished(lading.Reader):
    name = "unfinished"
    title = "No open"

    def detect(self, source):
        return lading.Match(0.0, "no")


no_list = Plugin("twin")
no_classes = Plugin([42])
raises = Plugin(KeyError("boom"))
unnamed = Plugin([Unnamed])
unfinished = Plugin([Unfinished])
