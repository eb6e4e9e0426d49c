"""Box lines for lading."""

from collections.abc import Sequence

from lading import hookimpl


@hookimpl
def register_readers() -> Sequence[type]:
    """The reader, imported when it is asked for: who only lists plugins does not wait for it."""
    from lading_boxlines.reader import BoxLinesReader

    return [BoxLinesReader]


@hookimpl
def register_rules() -> Sequence[type]:
    """The rules of our own."""
    from lading_boxlines.rules import Unsure

    return [Unsure]
