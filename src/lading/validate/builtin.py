"""The rules that come with lading, brought in through the same hook as anybody's."""

from __future__ import annotations

from collections.abc import Sequence

from lading.plugin.contracts import Rule
from lading.plugin.hooks import hookimpl
from lading.validate.rules import RULES

__all__ = ["DISTRIBUTION", "RULES", "register_rules"]

#: The name under which these rules stand beside those of plugins.
DISTRIBUTION = "lading"


@hookimpl
def register_rules() -> Sequence[type[Rule]]:
    """The rules that come with lading."""
    return RULES
