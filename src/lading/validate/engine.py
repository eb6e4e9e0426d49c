"""Runs rules over a dataset: one pass, findings as they are met."""

from __future__ import annotations

import itertools
import logging
import pickle
from collections.abc import Generator, Iterable, Iterator, Mapping
from importlib import metadata

import msgspec

from lading.errors import DuplicatePluginError, OptionError, PluginError
from lading.model.catalog import Catalog
from lading.model.dataset import WHOLE, Dataset, Part, Progress
from lading.model.report import Finding, Report
from lading.model.tally import Tallies
from lading.parallel import Shares
from lading.plugin.contracts import Rule
from lading.plugin.registry import Registered, Registry
from lading.validate import builtin
from lading.validate.blocks import Stream, block_sizes, judged
from lading.validate.running import Grade, Running, start

_GRADES = ("error", "warning", "off")

_log = logging.getLogger(__name__)


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
    `rules` are the codes to run, by default all that are on, of its format and not among its `told_rules`; `severities`
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
    chosen = _choose(known_rules(plugins), None if rules is None else list(rules), grades, dataset)
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
    dataset: Dataset,
) -> dict[str, Registered[Rule]]:
    for code in wanted or ():
        if code not in known:
            raise OptionError(f"rules: expected codes out of {', '.join(known)}, found {code!r}")
    chosen = {}
    for code, registered in known.items():
        is_usual = registered.cls.is_default and code not in dataset.told_rules
        is_on = (code in grades or is_usual) and registered.cls.judges(dataset) if wanted is None else code in wanted
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

    def start(self) -> list[Running]:
        known = {**_own_rules(), **self.from_plugins}
        return start(self.dataset, self.catalog, {code: known[code] for code in self.codes}, self.grades)


def _run(task: _Task, report: Report | None, part: Part, progress: Progress | None) -> Iterator[Finding]:
    if part[0] == 1:
        yield from _graded(_opening(task.dataset.report), task.grades)
    running = task.start()
    for one in running if part != WHOLE else ():
        one.checker.part = part
    for _, thing in _frames(task, running, part, progress, is_shared=False):
        if isinstance(thing, Finding):
            yield thing
        elif thing is not None:
            _hand_on(thing, report)
    yield from _finish(task, running)


def _run_shared(task: _Task, jobs: int, report: Report | None, progress: Progress | None) -> Iterator[Finding]:
    """The same, by several processes; what checkers remember meets here."""
    for code, registered in task.from_plugins.items():
        _check_shared(code, registered)
    yield from _graded(_opening(task.dataset.report), task.grades)
    shares: Shares[Finding | Report] = Shares(_share, jobs, task, progress=progress, workers=task.dataset.workers)
    tallies, stream = Tallies(jobs), Stream()
    for thing in shares:
        if isinstance(thing, Finding):
            yield thing
        else:
            _hand_on(thing, report)
            tallies.take(thing.tallies, stream)
            yield from _graded(stream.drain(), task.grades)
    running = task.start()
    for number, memories in enumerate(shares.results, 1):
        for one, memory in zip(running, memories, strict=True):
            if memory is not None:
                yield from _graded(one.recall(memory, (number, jobs)), task.grades)
    yield from _finish(task, running)


def _check_shared(code: str, registered: Registered[Rule]) -> None:
    """Raises PluginError for a rule that no other process can be given."""
    try:
        pickle.dumps(registered.cls)
    except (pickle.PicklingError, AttributeError, TypeError) as exc:
        message = (
            f"expected rule {code!r} to be a class of a module, which --jobs can give other processes, found {exc}"
        )
        raise PluginError(registered.distribution, message) from exc


def _share(
    part: Part, progress: Progress, task: _Task
) -> Generator[tuple[int, Finding | Report | None], None, list[bytes | None]]:
    """The work of one process of several."""
    running = task.start()
    yield from _frames(task, running, part, progress, is_shared=True)
    return [one.remember() for one in running]


def _frames(
    task: _Task, running: list[Running], part: Part, progress: Progress | None, *, is_shared: bool
) -> Iterator[tuple[int, Finding | Report | None]]:
    """What is found in the frames of a part, each with its place in the order; None where a segment begins.

    Behind the frames of a segment comes what was lost in them and, where others have parts of it, what was counted.
    What checkers then settle has a place of its own: it comes behind the frames of all parts.
    """
    done, sizes = 0, block_sizes()
    for place, segment in zip(itertools.count(step=2), task.dataset.segments, strict=False):
        yield place, None
        stream = Stream(is_of_part=is_shared)
        frames = task.dataset.frames(segment.name, part, stream)
        for taken, findings in judged(frames, segment, running, stream, sizes):
            done += taken
            if findings:
                for finding in _graded(findings, task.grades):
                    yield place, finding
            if progress is not None and taken and done % 50 == 0:
                progress(done, None)
        yield place, stream
        for one in running:
            for finding in _graded(one.ask(one.checker.settle, segment), task.grades):
                yield place + 1, finding


def _finish(task: _Task, running: list[Running]) -> Iterator[Finding]:
    for one in running:
        yield from _graded(one.ask(one.checker.finish), task.grades)


def _hand_on(stream: Report, report: Report | None) -> None:
    if report is not None:
        for loss in stream.losses:
            report.loss(loss.what, loss.example, loss.count)


def _opening(report: Report) -> Iterator[Finding]:
    yield from report.findings
    for rule, severity, count in report.dropped():
        message = f"expected all findings to be kept, found {count} more than the report holds"
        yield Finding(rule=rule, severity=severity, message=message)


def _graded(findings: Iterable[Finding], grades: Mapping[str, Grade]) -> Iterator[Finding]:
    for finding in findings:
        grade = grades.get(finding.rule)
        if grade is None or grade == finding.severity:
            yield finding
        elif grade != "off":
            yield msgspec.structs.replace(finding, severity=grade)
