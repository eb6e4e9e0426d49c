"""Makes the class of a rule from its text."""

from __future__ import annotations

from lading.model.report import Severity
from lading.plugin.contracts import CheckerFactory, GroupedRule


def rule(
    code: str,
    severity: Severity,
    checker: CheckerFactory,
    title: str,
    *,
    bad: str,
    good: str,
    fix: str,
    is_default: bool = True,
) -> type[GroupedRule]:
    """A rule whose check is done by `checker`, together with those of other rules of the same checker."""
    body = {
        "code": code,
        "severity": severity,
        "title": title,
        "checker": checker,
        "bad": bad,
        "good": good,
        "fix": fix,
        "is_default": is_default,
        "__module__": __name__,
    }
    return type(code.title().replace(".", "").replace("-", ""), (GroupedRule,), body)
