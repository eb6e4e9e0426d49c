"""The rules as people read them, and what readers tell: on the terminal, as JSON, and in `docs/rules.md`.

`python -m lading.validate.rulebook > docs/rules.md` makes the page anew.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from lading.plugin.contracts import Rule
from lading.plugin.registry import Registry
from lading.validate.builtin import DISTRIBUTION
from lading.validate.codes import OTHERS, Explained, reader_codes
from lading.validate.engine import known_rules

Json: TypeAlias = dict[str, Any]

_INTRODUCTION = """\
# Rules

What `lading validate` looks for. A rule has a code `subject.problem`, which does not change; `lading validate --rules`
prints this list. Rules of error level make the exit code 1 (`--fail-on`), and hold an upload. In `lading.toml`, or in
the table `[tool.lading]` of a `pyproject.toml`, a rule is switched and graded anew:

```toml
[rules]
"box2d.outside-image" = "error"
"polygon.self-crossing" = "off"
"catalog.unused" = "on"
```

What a reader tells itself, at its place and under a code of its own, is not told again by a rule: `pose.rotation` is
not run on nuScenes, which has `nuscenes.rotation-length`. Where such a rule is graded, it is. `--rules` lists the codes
of readers behind the rules, and the pages of formats have them; they are switched and graded in the same way.

This page is made from the rules themselves: `python -m lading.validate.rulebook > docs/rules.md`.
"""


def rule_rows(registry: Registry | None = None) -> list[Json]:
    """Every known rule, then what sources, codecs and readers tell.

    An object each: code, severity, whether it is on, title, examples, fix, distribution, the reader or None.
    """
    plugins = registry if registry is not None else Registry.load()
    rules = [
        _row(code, known.cls, known.distribution, is_on=known.cls.is_default)
        for code, known in known_rules(plugins).items()
    ]
    rules += [_row(code, told, DISTRIBUTION) for code, told in OTHERS.items()]
    told = [_row(code, one.told, one.distribution, reader=one.reader) for code, one in reader_codes(plugins).items()]
    return rules + told


def _row(code: str, one: Explained, distribution: str, *, is_on: bool = True, reader: str | None = None) -> Json:
    return {
        "rule": code,
        "severity": one.severity,
        "default": is_on,
        "title": one.title,
        "bad": one.bad,
        "good": one.good,
        "fix": one.fix,
        "distribution": distribution,
        "reader": reader,
    }


def render_rules(registry: Registry | None = None) -> Iterator[str]:
    """The same for a terminal, up to three lines each."""
    for row in rule_rows(registry):
        level = row["severity"] if row["default"] else f"{row['severity']}, off by default"
        if row["reader"] is not None:
            level = f"{level}, told by the reader of {row['reader']}"
        yield f"{row['rule']} ({level}): {row['title']}"
        if row["bad"]:
            yield f"    bad: {row['bad']}    good: {row['good']}"
        if row["fix"]:
            yield f"    {row['fix']}"


def render_page(rules: Iterable[type[Rule]]) -> Iterator[str]:
    """The lines of `docs/rules.md`."""
    yield from _INTRODUCTION.splitlines()
    subjects: dict[str, list[type[Rule]]] = {}
    for rule in rules:
        subjects.setdefault(rule.code.partition(".")[0], []).append(rule)
    for subject, group in subjects.items():
        yield ""
        yield f"## {subject}"
        yield ""
        yield "| rule | level | what should hold | bad | good | how to mend it |"
        yield "|---|---|---|---|---|---|"
        for rule in group:
            level = rule.severity if rule.is_default else f"{rule.severity}, off"
            cells = (f"`{rule.code}`", level, rule.title, _code(rule.bad), _code(rule.good), rule.fix)
            yield f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    return f"`{text}`".replace("|", "\\|")


def _main() -> None:
    from lading.validate.builtin import RULES

    sys.stdout.write("".join(f"{line}\n" for line in render_page(RULES)))


if __name__ == "__main__":
    _main()
