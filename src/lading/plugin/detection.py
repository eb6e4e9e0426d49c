"""Which format a source is in, and opening it."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from lading.errors import AmbiguousFormatError, DetectionError, InputError, OptionError
from lading.model.dataset import Dataset
from lading.model.report import Finding, Report
from lading.plugin.contracts import Match, parse_options
from lading.plugin.registry import Registry
from lading.source import Source


class Detection(msgspec.Struct, frozen=True):
    """The formats that fit, best first, and those that do not, each with its reason; what is wrong with the tree."""

    matches: list[tuple[str, Match]]
    rejected: list[tuple[str, Match]]
    findings: list[Finding] = []

    @property
    def is_sure(self) -> bool:
        """Whether one format fits better than all others."""
        best = self.matches[:2]
        return len(best) == 1 or (len(best) == 2 and best[0][1].confidence > best[1][1].confidence)

    def best(self, source: Source) -> str:
        """The one format that fits best. Raises DetectionError for none, AmbiguousFormatError for a tie."""
        if not self.matches:
            rejected = [(name, match.reason) for name, match in self.rejected]
            broken = [str(finding) for finding in self.findings if finding.severity == "error"]
            raise DetectionError(source.label, dict(rejected), broken)
        top = self.matches[0][1].confidence
        names = [name for name, match in self.matches if match.confidence == top]
        if len(names) > 1:
            raise AmbiguousFormatError(source.label, names)
        return names[0]


def detect(
    *paths: str | os.PathLike[str] | Source, follow_links: bool = False, registry: Registry | None = None
) -> Detection:
    """Ask every reader whether these paths, laid over each other in order, are of its format.

    Raises SourceError for paths that do not open; an archive below them that does not is a finding.
    """
    known = registry if registry is not None else Registry.load()
    with _opened(paths, follow_links) as source:
        return _ask(source, known)


def _ask(source: Source, registry: Registry) -> Detection:
    answers: list[tuple[str, Match]] = []
    for name in sorted(registry.readers):
        try:
            match = registry.reader(name).detect(source)
        except InputError as exc:
            match = Match(0.0, str(exc))
        answers.append((name, match))
    answers.sort(key=lambda answer: -answer[1].confidence)
    matches = [answer for answer in answers if answer[1].confidence > 0]
    return Detection(matches, [answer for answer in answers if answer[1].confidence <= 0], list(source.findings))


@contextmanager
def _opened(paths: Sequence[str | os.PathLike[str] | Source], follow_links: bool) -> Iterator[Source]:
    """A source of these paths, closed at the end; one that the caller opened is the caller's to close."""
    if len(paths) == 1 and isinstance(paths[0], Source):
        yield paths[0]
    else:
        with _open(paths, follow_links) as source:
            yield source


def _open(paths: Sequence[str | os.PathLike[str] | Source], follow_links: bool) -> Source:
    if len(paths) == 1 and isinstance(paths[0], Source):
        return paths[0]
    names = [path for path in paths if not isinstance(path, Source)]
    if len(names) < len(paths):
        raise OptionError("paths: expected one open source or any number of paths, found both")
    return Source.open(*names, follow_links=follow_links)


def open_dataset(
    *paths: str | os.PathLike[str] | Source,
    format: str | None = None,
    options: Mapping[str, Any] | None = None,
    report: Report | None = None,
    follow_links: bool = False,
    registry: Registry | None = None,
) -> Dataset:
    """Open a dataset: folders, archives or one annotation file, several of them laid over each other in order.

    `format` names the reader, otherwise it is detected; `options` are the reader's. What is met on the way goes to
    `report`, which the dataset keeps. Raises SourceError, DetectionError, OptionError, or what the reader raises.
    """
    known = registry if registry is not None else Registry.load()
    source = _open(paths, follow_links)
    name = format if format is not None else _ask(source, known).best(source)
    reader = known.reader(name)
    heard = report if report is not None else Report()
    for finding in source.findings:
        heard.add(finding)
    dataset = reader.open(source, parse_options(name, type(reader).Options, options or {}), heard)
    dataset.format = name
    dataset.places = source.places
    dataset.workers = source.workers
    dataset.report = heard
    return dataset
