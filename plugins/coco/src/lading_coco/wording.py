"""Values as messages have them."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

#: Longer ones are cut.
_LENGTH = 60


def shown(value: Any) -> str:
    """A value as a message has it: `none` where a key is absent, `null` as JSON has it."""
    text = _text(value, 0)
    return text if len(text) <= _LENGTH else f"{text[: _LENGTH - 3]}..."


def _text(value: Any, depth: int) -> str:
    """All that is looked at of it: each level and each element has a letter at least."""
    if depth > _LENGTH:
        return "..."
    if isinstance(value, list):
        return f"[{', '.join([_text(each, depth + 1) for each in value[:_LENGTH]])}]"
    if isinstance(value, dict):
        pairs = [f"{key!r}: {_text(each, depth + 1)}" for key, each in list(value.items())[:_LENGTH]]
        return f"{{{', '.join(pairs)}}}"
    return "none" if value is UNSET else "null" if value is None else repr(value)
