"""Runs rules over a dataset: one pass, findings as they are met."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from functools import partial
from importlib import metadata
from typing import Literal, TypeAlias

import msgspec

from lading.errors import DuplicatePluginError, LadingError, OptionError, PluginError
from lading.model.catalog import Catalog
from lading.model.dataset import WHOLE, Dataset, Part, Progress, Segment
from lading.model.report import Finding, Report, Severity
from lading.parallel import Shares
from lading.plugin.contracts import Checker, CheckerFactory, GroupedRule, Rule
from lading.plugin.registry import Registered, Registry
from lading.validate import builtin

#: How a rule is graded; `off` leaves it out.
Grade: TypeAlias = Severity | Literal["off"]

_GRADES = ("error", "warning", "off")

_log = logging.getLogger(__name__)


class _Running(msgspec.Struct, frozen=True):
    """A checker at work, and whom to name where it fails."""

    checker: Checker
    rule: str
    distribution: str


class _Stream(Report):
    """Hands on what a reader reports while frames are read, in order."""

    def __init__(self) -> None:
        super().__init__(limit=0)
        self._waiting: list[Finding] = []

    def add(self, finding: Finding) -> None:
        """Take one finding."""
        self._waiting.append(finding)

    def drain(self) -> list[Finding]:
        """What came since the last time."""
        if not self._waiting:
            return []
        waiting, self._waiting = self._waiting, []
        return waiting


def validate(
    dataset: Dataset,
    *,
    catalog: Catalog | None = None,
    rules: Iterable[str] | None = None,
    severities: Mapping[str, Grade] | None = None,
    registry: Registry | None = None,
    report: Report | None = None,
    part: Part = WHOLE,
    jobs: int = 1,
    progress: Progress | None = None,
) -> Iterator[Finding]:
    """What is wrong with a dataset, as it is met: on opening, while frames are read, and by the rules.

    `catalog` is a contract for all segments; without it the declared one is checked as far as it says something.
    `rules` are the codes to run, by default all that are on and not among the dataset's `told_rules`; `severities`
    re-grades codes (those of readers too), switches on what is off by default, and `off` leaves out. Losses met on the
    way go to `report`. `part` reads the k-th of n shares of each segment; with `jobs` above 1 as many processes share
    the whole and find the same; what a rule gathers over frames may come in another order. `progress` hears of every
    50th frame. Raises OptionError for a rule or grade that is not known, at once; then, on the way, what the reader
    raises, and PluginError, which names the distribution, where a rule fails.
    """
    if jobs < 1 or (jobs > 1 and part != WHOLE):
        raise OptionError(f"jobs: expected 1 or more, and 1 for a part of a dataset, found {jobs}")
    grades = dict(severities or {})
    for code, grade in grades.items():
        if grade not in _GRADES:
            raise OptionError(f"{code}: expected one of {', '.join(_GRADES)}, found {grade!r}")
    plugins = registry if registry is not None else Registry.load()
    for broken in plugins.without_rules:
        _log.warning("%s; its rules are left out", broken.error)
    chosen = _choose(known_rules(plugins), None if rules is None else list(rules), grades, dataset.told_rules)
    others = {code: rule for code, rule in chosen.items() if rule.distribution != builtin.DISTRIBUTION}
    task = _Task(dataset, catalog if catalog is not None else dataset.catalog, tuple(chosen), others, grades)
    told = None if progress is None else _with_total(progress, dataset if part == WHOLE else None)
    if jobs > 1:
        return _run_shared(task, jobs, report, told)
    return _run(task, report, part, told)


def _with_total(progress: Progress, dataset: Dataset | None) -> Progress:
    """The same, told how many frames there are where every segment knows it."""
    counts = [None] if dataset is None else [segment.frame_count for segment in dataset.segments]
    total = None if None in counts else sum(count for count in counts if count is not None)
    return lambda done, _: progress(done, total)


def known_rules(registry: Registry | None = None) -> dict[str, Registered[Rule]]:
    """Every rule by its code: those that come with lading, then those of plugins.

    Raises DuplicatePluginError where a plugin's rule has the code of one of ours.
    """
    plugins = registry if registry is not None else Registry.load()
    known = _own_rules()
    for code, registered in plugins.rules.items():
        if code in known and known[code].cls is not registered.cls:
            both = f"{builtin.DISTRIBUTION} and {registered.distribution}"
            message = f"expected one of the rules to be named {code!r}, found two, in {both}"
            raise DuplicatePluginError(registered.distribution, message)
        known[code] = registered
    return known


def _own_rules() -> dict[str, Registered[Rule]]:
    version = metadata.version(builtin.DISTRIBUTION)
    return {rule.code: Registered(rule, builtin.DISTRIBUTION, version) for rule in builtin.register_rules()}


def _choose(
    known: Mapping[str, Registered[Rule]],
    wanted: list[str] | None,
    grades: Mapping[str, Grade],
    told: frozenset[str],
) -> dict[str, Registered[Rule]]:
    for code in wanted or ():
        if code not in known:
            raise OptionError(f"rules: expected codes out of {', '.join(known)}, found {code!r}")
    chosen = {}
    for code, registered in known.items():
        is_usual = registered.cls.is_default and code not in told
        is_on = code in grades or is_usual if wanted is None else code in wanted
        if is_on and grades.get(code) != "off":
            chosen[code] = registered
    return chosen


class _Task(msgspec.Struct, frozen=True):
    """What is checked, against what, by the rules of which codes, graded how; it can be pickled.

    Of the rules of plugins it has those that run: who is given it imports no other part of a plugin.
    """

    dataset: Dataset
    catalog: Catalog
    codes: tuple[str, ...]
    from_plugins: Mapping[str, Registered[Rule]]
    grades: Mapping[str, Grade]

    def start(self) -> list[_Running]:
        known = {**_own_rules(), **self.from_plugins}
        return _start(self.dataset, self.catalog, {code: known[code] for code in self.codes}, self.grades)


def _run(task: _Task, report: Report | None, part: Part, progress: Progress | None) -> Iterator[Finding]:
    if part[0] == 1:
        yield from _graded(_opening(task.dataset.report), task.grades)
    running = task.start()
    stream = _Stream()
    for _, finding in _frames(task, running, stream, part, progress):
        yield finding
    yield from _finish(task, running)
    _hand_on(stream, report)


def _run_shared(task: _Task, jobs: int, report: Report | None, progress: Progress | None) -> Iterator[Finding]:
    """The same, by several processes; what checkers remember meets here."""
    yield from _graded(_opening(task.dataset.report), task.grades)
    shares: Shares[Finding] = Shares(_share, jobs, task, progress=progress, workers=task.dataset.workers)
    yield from shares
    running = task.start()
    for number, (memories, stream) in enumerate(shares.results, 1):
        for one, memory in zip(running, memories, strict=True):
            if memory is not None:
                yield from _graded(_ask(one, one.checker.absorb, memory, (number, jobs)), task.grades)
        _hand_on(stream, report)
    yield from _finish(task, running)


def _share(
    part: Part, progress: Progress, task: _Task
) -> Generator[tuple[int, Finding], None, tuple[list[object], Report]]:
    """The work of one process of several."""
    running = task.start()
    stream = _Stream()
    yield from _frames(task, running, stream, part, progress)
    return [_remember(one) for one in running], stream


def _frames(
    task: _Task, running: list[_Running], stream: _Stream, part: Part, progress: Progress | None
) -> Iterator[tuple[int, Finding]]:
    """What is found in the frames of a part, each with the number of its segment."""
    done = 0
    for number, segment in enumerate(task.dataset.segments):
        for count, findings in _segment(task.dataset, segment, running, stream, part):
            done += count
            if findings:
                for finding in _graded(findings, task.grades):
                    yield number, finding
            if progress is not None and count and done % 50 == 0:
                progress(done, None)


def _finish(task: _Task, running: list[_Running]) -> Iterator[Finding]:
    for one in running:
        yield from _graded(_ask(one, one.checker.finish), task.grades)


def _hand_on(stream: Report, report: Report | None) -> None:
    if report is not None:
        for loss in stream.losses:
            report.loss(loss.what, loss.example, loss.count)


def _remember(one: _Running) -> object:
    try:
        return one.checker.memory()
    except Exception as exc:  # as below: the rule is to blame
        message = f"expected rule {one.rule!r} to tell its memory, found {type(exc).__name__}: {exc}"
        raise PluginError(one.distribution, message) from exc


def _opening(report: Report) -> Iterator[Finding]:
    yield from report.findings
    for rule, severity, count in report.dropped():
        message = f"expected all findings to be kept, found {count} more than the report holds"
        yield Finding(rule=rule, severity=severity, message=message)


def _segment(
    dataset: Dataset, segment: Segment, running: list[_Running], stream: _Stream, part: Part
) -> Iterator[tuple[int, list[Finding]]]:
    """What is found, with the number of frames that it took: by the reader before a frame, then in it."""
    frames = dataset.frames(segment.name, part, stream)
    looks = [(one, one.checker.frame) for one in running]
    while True:
        try:
            frame = next(frames, None)
        except LadingError:
            yield 0, stream.drain()  # what was said before the reader gave up
            raise
        told = stream.drain()
        if told:
            yield 0, told
        if frame is None:
            yield 0, [finding for one in running for finding in _ask(one, one.checker.settle, segment)]
            return
        findings: list[Finding] = []
        for one, look in looks:
            findings += _ask(one, look, segment, frame)
        yield 1, findings


def _graded(findings: Iterable[Finding], grades: Mapping[str, Grade]) -> Iterator[Finding]:
    for finding in findings:
        grade = grades.get(finding.rule)
        if grade is None or grade == finding.severity:
            yield finding
        elif grade != "off":
            yield msgspec.structs.replace(finding, severity=grade)


def _start(
    dataset: Dataset, catalog: Catalog, chosen: Mapping[str, Registered[Rule]], grades: Mapping[str, Grade]
) -> list[_Running]:
    """The checkers, one for all rules that share theirs, in the order of their first rules."""
    groups: dict[CheckerFactory, dict[str, Severity]] = {}
    singles: dict[str, type[Rule]] = {}
    owner: dict[CheckerFactory, tuple[str, str]] = {}
    for code, registered in chosen.items():
        cls = registered.cls
        if issubclass(cls, GroupedRule):
            grade = grades.get(code, cls.severity)
            groups.setdefault(cls.checker, {})[code] = cls.severity if grade == "off" else grade
            owner.setdefault(cls.checker, (code, registered.distribution))
        else:
            singles[code] = cls
    starts: list[tuple[str, str, Callable[[], object]]] = []
    for factory, group in groups.items():
        starts.append((*owner[factory], partial(factory, dataset, catalog, group)))
    for code, cls in singles.items():
        starts.append((code, chosen[code].distribution, partial(_start_single, cls, dataset, catalog)))
    return [_start_one(code, distribution, start) for code, distribution, start in starts]


def _start_single(cls: type[Rule], dataset: Dataset, catalog: Catalog) -> Checker:
    return cls().start(dataset, catalog)


def _start_one(code: str, distribution: str, start: Callable[[], object]) -> _Running:
    try:
        checker = start()
    except Exception as exc:  # a plugin runs any code; what it raises is told under its name
        message = f"expected rule {code!r} to start, found {type(exc).__name__}: {exc}"
        raise PluginError(distribution, message) from exc
    if not isinstance(checker, Checker):
        message = f"expected rule {code!r} to start a Checker, found {type(checker).__name__}"
        raise PluginError(distribution, message)
    return _Running(checker, code, distribution)


def _ask(one: _Running, call: Callable[..., Iterable[Finding]], *given: object) -> list[Finding]:
    try:
        findings = list(call(*given))
    except Exception as exc:  # as above: never raised by bad data, so the rule is to blame
        message = f"expected rule {one.rule!r} to judge any data, found {type(exc).__name__}: {exc}"
        raise PluginError(one.distribution, message) from exc
    for finding in findings:
        if not isinstance(finding, Finding):
            message = f"expected rule {one.rule!r} to give findings, found {type(finding).__name__}"
            raise PluginError(one.distribution, message)
    return findings
