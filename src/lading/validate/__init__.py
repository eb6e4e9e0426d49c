"""Checks a dataset: the engine, the rules that come with lading, and reports of what they find."""

from lading.validate.engine import known_rules, validate
from lading.validate.running import Grade

__all__ = ["NOT_HOLDING_UPLOAD", "Grade", "known_rules", "validate"]

#: Rules of error level that do not stop an upload before its first write: missing media are listed instead
#: (design.md section 8).
NOT_HOLDING_UPLOAD = frozenset({"media.missing"})
