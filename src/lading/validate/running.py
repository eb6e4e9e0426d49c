"""Checkers at work: started, asked, and named where they fail."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Literal, TypeAlias

import msgspec

from lading.errors import NoRoomError, PluginError
from lading.model.catalog import Catalog
from lading.model.dataset import Dataset, Part, Segment
from lading.model.frame import Frame
from lading.model.report import Finding, Severity
from lading.plugin.contracts import BlockChecker, Checker, CheckerFactory, GroupedRule, Rule
from lading.plugin.registry import Registered

#: How a rule is graded; `off` leaves it out.
Grade: TypeAlias = Severity | Literal["off"]

#: Findings by the number of their frame in a block.
Found: TypeAlias = dict[int, list[Finding]]


class Running(msgspec.Struct, frozen=True):
    """A checker at work, and whom to name where it fails."""

    checker: Checker
    rule: str
    distribution: str

    def ask(self, call: Callable[..., Iterable[Finding]], *given: object) -> list[Finding]:
        """What a method of the checker finds. Raises PluginError where it fails: it never does for bad data."""
        try:
            findings = list(call(*given))
        except NoRoomError:
            raise  # the fault of the disk alone
        except Exception as exc:
            raise self._failure(exc) from exc
        for finding in findings:
            self._check(finding)
        return findings

    def ask_all(self, segment: Segment, frames: Sequence[Frame], found: Found) -> tuple[int, PluginError] | None:
        """Put what it finds in frames into `found`; where it fails, the number of frames it judged before, and how."""
        if isinstance(self.checker, BlockChecker):
            try:
                for number, finding in self.checker.frames(segment, frames):
                    self._check(finding)
                    if not 0 <= number < len(frames):
                        message = f"expected rule {self.rule!r} to name one of {len(frames)} frames, found {number}"
                        raise PluginError(self.distribution, message)
                    found.setdefault(number, []).append(finding)
            except NoRoomError:
                raise
            except PluginError as exc:
                return len(frames), exc
            except Exception as exc:  # noqa: BLE001  raised when what is found in these frames is told
                return len(frames), self._failure(exc)
            return None
        look = self.checker.frame
        for number, frame in enumerate(frames):
            try:
                findings = self.ask(look, segment, frame)
            except PluginError as exc:
                return number, exc
            if findings:
                found.setdefault(number, []).extend(findings)
        return None

    def remember(self) -> bytes | None:
        """The memory of the checker, pickled; None where it has none. Raises PluginError where it fails."""
        try:
            memory = self.checker.memory()
            return None if memory is None else pickle.dumps(memory, protocol=pickle.HIGHEST_PROTOCOL)
        except Exception as exc:
            message = f"expected rule {self.rule!r} to tell its memory, found {type(exc).__name__}: {exc}"
            raise PluginError(self.distribution, message) from exc

    def recall(self, memory: bytes, part: Part) -> list[Finding]:
        """Take in what the checker of a part remembered; what that shows. Raises PluginError where it fails."""
        return self.ask(lambda: self.checker.absorb(pickle.loads(memory), part))

    def _check(self, finding: object) -> None:
        if not isinstance(finding, Finding):
            message = f"expected rule {self.rule!r} to give findings, found {type(finding).__name__}"
            raise PluginError(self.distribution, message)

    def _failure(self, exc: Exception) -> PluginError:
        message = f"expected rule {self.rule!r} to judge any data, found {type(exc).__name__}: {exc}"
        return PluginError(self.distribution, message)


def start(
    dataset: Dataset, catalog: Catalog, chosen: Mapping[str, Registered[Rule]], grades: Mapping[str, Grade]
) -> list[Running]:
    """The checkers, one for all rules that share theirs, in the order of their first rules.

    Raises PluginError where one does not start.
    """
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
    return [_start_one(code, distribution, begin) for code, distribution, begin in starts]


def _start_single(cls: type[Rule], dataset: Dataset, catalog: Catalog) -> Checker:
    return cls().start(dataset, catalog)


def _start_one(code: str, distribution: str, begin: Callable[[], object]) -> Running:
    try:
        checker = begin()
    except Exception as exc:  # a plugin runs any code; what it raises is told under its name
        message = f"expected rule {code!r} to start, found {type(exc).__name__}: {exc}"
        raise PluginError(distribution, message) from exc
    if not isinstance(checker, Checker):
        message = f"expected rule {code!r} to start a Checker, found {type(checker).__name__}"
        raise PluginError(distribution, message)
    return Running(checker, code, distribution)
