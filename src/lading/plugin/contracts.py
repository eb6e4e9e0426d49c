"""What a plugin's readers, writers and rules have to be."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple, Protocol

import msgspec
from pydantic import BaseModel, ConfigDict, ValidationError

from lading.errors import OptionError
from lading.model.catalog import Catalog
from lading.model.dataset import WHOLE, Dataset, Part, Segment
from lading.model.frame import Data, Frame
from lading.model.report import Finding, Report, Severity
from lading.plugin.problem import Place
from lading.plugin.target import Target
from lading.source import Source


class Options(BaseModel):
    """The options of a reader or writer, as `-o key=value` sets them; a plugin subclasses it."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


def parse_options(name: str, model: type[Options], given: Mapping[str, Any], flag: str = "-o") -> Options:
    """The options of the plugin `name`, given by `flag`. Raises OptionError for a key or value that it knows not."""
    unknown = [key for key in given if key not in model.model_fields]
    if unknown:
        known = ", ".join(model.model_fields) or "no options"
        raise OptionError(f"{flag} {unknown[0]}: expected one of {known} for {name}, found {unknown[0]!r}")
    try:
        return model.model_validate(dict(given))
    except ValidationError as exc:
        problem = exc.errors()[0]
        key = ".".join(str(part) for part in problem["loc"][:1])
        expected = problem["msg"].removeprefix("Input should be ").lower()
        raise OptionError(f"{flag} {key}: expected {expected}, found {given.get(key)!r}") from exc


class Match(msgspec.Struct, frozen=True):
    """How well a source fits a format: `confidence` from 0 (not at all) to 1, and the reason for it."""

    confidence: float
    reason: str


class Told(NamedTuple):
    """What is told under a code that is no rule's, mostly by a reader.

    How bad it mostly is, one line on what should hold, and how to mend it.
    """

    severity: Severity
    title: str
    fix: str = ""
    bad: str = ""
    good: str = ""


class Reader(ABC):
    """Reads one format. It is made without arguments and keeps nothing between calls."""

    name: ClassVar[str]
    title: ClassVar[str]
    Options: ClassVar[type[Options]] = Options

    @abstractmethod
    def detect(self, source: Source) -> Match:
        """How well the source fits, by its content; a reason also where it does not."""

    @abstractmethod
    def open(self, source: Source, options: Any, report: Report) -> Dataset:
        """The dataset of a source that fits; its frames stream later.

        What is met on opening goes to `report`. Raises InputError where nothing can be read.
        """

    def codes(self) -> Mapping[str, Told]:
        """What is told under which code.

        Reports show it, and settings may grade these codes and no others of their subject.
        """
        return {}


class Writer(ABC):
    """Writes one format. It is made without arguments and keeps nothing between calls."""

    name: ClassVar[str]
    title: ClassVar[str]
    Options: ClassVar[type[Options]] = Options

    @abstractmethod
    def write(self, dataset: Dataset, target: Target, options: Any, report: Report) -> Mapping[str, int]:
        """Write a dataset into `target`; how many `frames` and `labels` were written.

        It reads each segment once, with `report`, and keeps no labels in memory. What the format cannot hold goes to
        `report` as losses, one for each kind; what else it has to tell to `target.report` as findings.
        """


class Checker(ABC):
    """A rule at work on one dataset. It never raises on bad data, prints or mends.

    `part` is what it is shown of each segment, where only that is checked: who reads frames again reads those.
    """

    part: Part = WHOLE

    @abstractmethod
    def frame(self, segment: Segment, frame: Frame) -> Iterable[Finding]:
        """What is wrong in this frame, or what has gathered so far."""

    def settle(self, segment: Segment) -> Iterable[Finding]:
        """What has gathered and was not told yet; asked after the last frame of a segment, or of its part."""
        return ()

    def memory(self) -> Any:
        """What it keeps across frames, as something that can be pickled; None where it keeps nothing.

        Several processes each check a share of every segment; the memories meet in one checker that saw no frame.
        """
        return None

    def absorb(self, memory: Any, part: Part) -> Iterable[Finding]:
        """Take in the memory of the checker of the next part; what only the parts together tell."""
        return ()

    def finish(self) -> Iterable[Finding]:
        """What only the whole dataset tells."""
        return ()


class BlockChecker(Checker):
    """A checker that looks at frames which follow each other together: at a column of all their boxes, say.

    How many there are together says nothing, and it may be one.
    """

    @abstractmethod
    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """What is wrong in these frames, or what has gathered so far, each with the number of its frame among them."""

    def frame(self, segment: Segment, frame: Frame) -> Iterable[Finding]:
        """What is wrong in one frame."""
        return [finding for _, finding in self.frames(segment, (frame,))]


class DataChecker(BlockChecker):
    """A checker that looks at files one by one, each with its labels, for all rules that have it as `checker`.

    It is made of the dataset, its catalog and the severities, by code, of those of its rules that are wanted. `kinds`
    are the types of labels (`RLE`) that it looks at: a dataset that declares none of them is not judged.
    """

    kinds: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity]) -> None:
        self._severities = severities
        self._is_idle = bool(self.kinds) and self.kinds.isdisjoint(dataset.catalog.subcatalogs)

    @abstractmethod
    def judge(self, place: Place) -> Iterable[Finding | None]:
        """What is wrong with the file of a place or its labels, as `place.finding` gives it."""

    def concerns(self, data: Data) -> bool:
        """Whether a file is to be judged: asked of each, so it is cheap."""
        return True

    def frames(self, segment: Segment, frames: Sequence[Frame]) -> Iterable[tuple[int, Finding]]:
        """What is wrong with the files of these frames."""
        for number, frame in enumerate(() if self._is_idle else frames):
            for data in frame.data:
                if self.concerns(data):
                    for finding in self.judge(Place(segment, frame, data, self._severities)):
                        if finding is not None:
                            yield number, finding


class Rule(ABC):
    """One thing that can be wrong, under a stable code `subject.problem`, with one line on what should hold.

    `bad` and `good` are an example of each, `fix` says how to mend it; `lading validate --rules` shows them. `formats`
    are the names of the readers whose datasets it judges, any where there is none: others are not shown to it unless
    it is asked for.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity]
    title: ClassVar[str]
    is_default: ClassVar[bool] = True
    formats: ClassVar[frozenset[str]] = frozenset()
    bad: ClassVar[str] = ""
    good: ClassVar[str] = ""
    fix: ClassVar[str] = ""

    @abstractmethod
    def start(self, dataset: Dataset, catalog: Catalog) -> Checker:
        """A checker for one run over the dataset, against this catalog."""

    @classmethod
    def judges(cls, dataset: Dataset) -> bool:
        """Whether it has to do with datasets of this format; of one that has no format it is not known."""
        return not cls.formats or dataset.format is None or dataset.format in cls.formats


class CheckerFactory(Protocol):
    """Makes the one checker of several rules, of which those with a severity in the mapping (by code) are wanted."""

    def __call__(self, dataset: Dataset, catalog: Catalog, severities: Mapping[str, Severity], /) -> Checker:
        """A checker for one run over the dataset, against this catalog."""
        ...


class GroupedRule(Rule):
    """A rule whose checks are done in one pass with those of other rules of the same `checker`."""

    checker: ClassVar[CheckerFactory]

    def start(self, dataset: Dataset, catalog: Catalog) -> Checker:
        """The group's checker, for this rule alone."""
        return type(self).checker(dataset, catalog, {self.code: self.severity})
