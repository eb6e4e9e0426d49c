"""The rules that come with lading, a module a subject: code, severity, what should hold, an example, a way to mend."""

from __future__ import annotations

from collections.abc import Sequence

from lading.plugin.contracts import GroupedRule
from lading.validate.rules import (
    catalog,
    catalog_attributes,
    catalog_kinds,
    frames,
    labels,
    media,
    names,
    sensors,
    shapes,
)

#: All of them, in the order in which they are listed.
RULES: Sequence[type[GroupedRule]] = (
    *names.RULES,
    *media.RULES,
    *frames.RULES,
    *sensors.RULES,
    *labels.RULES,
    *shapes.RULES,
    *catalog.RULES,
    *catalog_attributes.RULES,
    *catalog_kinds.RULES,
)
