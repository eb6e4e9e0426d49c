"""`lading diff`: what came, went and changed from one dataset to another."""

from __future__ import annotations

from collections import Counter
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import click

from lading.cli import options
from lading.cli.output import mute, print_json_line, print_text
from lading.cli.progress import bar
from lading.wording import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lading.compare import Difference

#: Differences of one kind that are listed for people.
_SHOWN = 20


@click.command(cls=options.Command)
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@options.reading
@click.option(
    "--ignore", metavar="FIELD", multiple=True, help="A field of labels that is not compared; several are allowed."
)
@click.option("--no-content", is_flag=True, help="Compare the sizes of files, not their bytes.")
@options.as_json
def diff(before: str, after: str, ignore: tuple[str, ...], no_content: bool, as_json: bool, **given: Any) -> int:
    """Compare two datasets, down to the fields of labels.

    Frames, files, sensors and catalogs are compared, too. Exit 1 on a difference.

    With --json a line is printed for each difference, then one with the counts.
    """
    counts: Counter[tuple[str, str]] = Counter()
    try:
        _tell(counts, before, after, given, ignore=ignore, with_content=not no_content, as_json=as_json)
    except BrokenPipeError:  # a difference that was found counts all the same
        mute()
    return 1 if counts else 0


def _tell(
    counts: Counter[tuple[str, str]],
    before: str,
    after: str,
    given: dict[str, Any],
    *,
    ignore: Sequence[str],
    with_content: bool,
    as_json: bool,
) -> None:
    """Print the differences, counted as they are met, and how many there are."""
    from lading import diff as compare
    from lading.cli.opening import opened

    with ExitStack() as stack:
        one, two = (stack.enter_context(opened({**given, "paths": (path,)})) for path in (before, after))
        show = stack.enter_context(bar("comparing"))
        for difference in compare(one, two, ignore=ignore, with_content=with_content):
            counts[(difference.what, difference.change)] += 1
            show(counts.total())
            if as_json:
                print_json_line({"kind": "difference", **_json(difference)})
            elif counts[(difference.what, difference.change)] <= _SHOWN:
                print_text(str(difference))
    if as_json:
        rows = [{"what": what, "change": change, "count": count} for (what, change), count in counts.items()]
        print_json_line({"kind": "summary", "differences": counts.total(), "counts": rows})
        return
    for (what, change), count in counts.items():
        if count > _SHOWN:
            print_text(f"... and {count - _SHOWN:,} more {what}s {change}")
    told = ", ".join(f"{counted(count, what)} {change}" for (what, change), count in counts.items())
    print_text(told or "no difference")


def _json(difference: Difference) -> dict[str, Any]:
    return {name: getattr(difference, name) for name in difference.__struct_fields__}
