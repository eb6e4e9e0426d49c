"""What commands share: `-v`, `-q`, `--debug` and `--version` everywhere, PATH and the reader's options."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

import click

#: As many categories as a table for people has without `--all`: they and what is above them fit on a screen.
MOST_CATEGORIES = 20

_Function = TypeVar("_Function", bound=Callable[..., Any])


class _Debug:
    """Whether errors show their traceback; set while arguments are parsed, read where the command line ends."""

    is_on = False


DEBUG = _Debug()


class Command(click.Command):
    """A command that takes the settings of all commands."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_settings())

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """What is the command's own first, then how PATH is read, then what all commands take."""
        kinds: dict[str, list[tuple[str, str]]] = {"Options": [], _Reading.title: [], _Setting.title: []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx)
            if isinstance(parameter, click.Option) and record is not None:
                kinds[getattr(parameter, "title", _Setting.title if parameter.is_eager else "Options")].append(record)
        for title, records in kinds.items():
            if records:
                with formatter.section(title):
                    if title == _Reading.title:
                        formatter.write_text("`lading --help` says what PATH may be.")
                    formatter.write_dl(records)


class _Reading(click.Option):
    """An option of how PATH is read."""

    title = "Reading PATH"


class _Setting(click.Option):
    """An option of all commands."""

    title = "Everywhere"


class OutputClosedError(Exception):
    """Whoever read our output has left; click would take the system's error for one that ends in exit code 1."""


class Group(click.Group):
    """The group of commands, with the settings of all commands."""

    command_class = Command

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.params.extend(_settings())

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run with the settings as they are by default."""
        DEBUG.is_on = False
        set_up_logging(logging.WARNING)
        return super().main(*args, **kwargs)

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        """Take the arguments; `--help` and `--version` print already here."""
        with _saying_that_output_is_closed():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        with _saying_that_output_is_closed():
            return super().invoke(ctx)


@contextmanager
def _saying_that_output_is_closed() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError as exc:
        raise OutputClosedError from exc


def set_up_logging(level: int) -> None:
    """Log what `lading` says from this level on, to stderr."""
    logger = logging.getLogger("lading")
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(levelname)s %(name)s: %(message)s"))
    logger.addHandler(handler)
    logger.setLevel(level)
    logger.propagate = False


def _settings() -> list[click.Option]:
    common: dict[str, Any] = {"expose_value": False, "is_eager": True}
    return [
        _Setting(["-v", "--verbose"], count=True, callback=_verbose, help="Say more; -vv for all.", **common),
        _Setting(["-q", "--quiet"], is_flag=True, callback=_quiet, help="No progress; errors only.", **common),
        _Setting(["--debug"], is_flag=True, callback=_debug, help="Show tracebacks of errors.", **common),
        _Setting(["--version"], is_flag=True, callback=_version, help="Show the version and exit.", **common),
    ]


def _verbose(context: click.Context, option: click.Parameter, count: int) -> None:
    if count:
        set_up_logging(logging.INFO if count == 1 else logging.DEBUG)


def _quiet(context: click.Context, option: click.Parameter, is_set: bool) -> None:
    if is_set:
        context.find_root().meta["lading.quiet"] = True
        set_up_logging(logging.ERROR)


def is_quiet() -> bool:
    """Whether the user asked for no progress."""
    context = click.get_current_context(silent=True)
    return context is not None and bool(context.find_root().meta.get("lading.quiet"))


def _debug(context: click.Context, option: click.Parameter, is_set: bool) -> None:
    if is_set:
        DEBUG.is_on = True


def _version(context: click.Context, option: click.Parameter, is_set: bool) -> None:
    if not is_set or context.resilient_parsing:
        return
    from importlib.metadata import version

    click.echo(f"lading {version('lading')}")
    context.exit()


def paths(function: _Function) -> _Function:
    """PATH, once or several times, and how to read it; the command opens it with `lading.cli.opening.opened`."""
    return reading(click.argument("paths", metavar="PATH...", nargs=-1, required=True)(function))


def paths_unless(flag: str) -> Callable[[_Function], _Function]:
    """PATH as above, which may be absent where `flag` is given."""

    def check(context: click.Context, parameter: click.Parameter, given: tuple[str, ...]) -> tuple[str, ...]:
        name = next(option.name for option in context.command.params if flag in option.opts)
        if not given and not context.params.get(name or ""):
            raise click.MissingParameter(ctx=context, param=parameter)
        return given

    def decorate(function: _Function) -> _Function:
        argument = click.argument("paths", metavar="PATH...", nargs=-1, callback=check)
        return reading(argument(function))

    return decorate


def source_paths(function: _Function) -> _Function:
    """PATH for a command whose `-o` is its output; the reader's options are `--option` there."""
    argument = click.argument("paths", metavar="PATH...", nargs=-1, required=True)
    return _reading(argument(function), "--option")


def categories(function: _Function) -> _Function:
    """`--all`: every category in a table for people, as `most`: None for all of them, else how many."""
    return click.option(
        "--all",
        "most",
        is_flag=True,
        callback=lambda _context, _option, is_set: None if is_set else MOST_CATEGORIES,
        help=f"List every category, not only the {MOST_CATEGORIES} with the most labels.",
    )(function)


def reading(function: _Function) -> _Function:
    """How PATH is read: the format, the reader's options, links."""
    return _reading(function, "-o", "--option")


def _reading(function: _Function, *names: str) -> _Function:
    ca_bundle = click.option(
        "--ca-bundle",
        cls=_Reading,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="PEM file of the certificates to trust, in place of the system's.",
    )
    function = follow_links(key("The platform's access key.", _Reading)(ca_bundle(function)))
    given = click.option(
        *names,
        "reader_options",
        cls=_Reading,
        metavar="KEY=VALUE",
        multiple=True,
        callback=key_values,
        help="An option of the reader; several are allowed.",
    )
    return click.option(
        "--format", "format_name", cls=_Reading, metavar="NAME", help="The format, where detection is not sure."
    )(given(function))


def follow_links(function: _Function) -> _Function:
    """`--follow-links`, without which what lies outside PATH is not read."""
    return click.option("--follow-links", cls=_Reading, is_flag=True, help="Follow links that lead out of PATH.")(
        function
    )


def key(what: str, kind: type[click.Option] = click.Option) -> Callable[[_Function], _Function]:
    """`--access-key` and `--access-key-file`; `lading.cli.opening.given_key` reads them."""
    given = click.option(
        "--access-key", cls=kind, envvar="LADING_ACCESS_KEY", show_envvar=True, callback=hidden_key, help=what
    )
    in_file = click.option(
        "--access-key-file",
        cls=kind,
        type=click.Path(path_type=Path),
        metavar="FILE",
        help="A file that holds the access key; it goes before the variable.",
    )
    return lambda function: given(in_file(function))


def key_values(context: click.Context, option: click.Parameter, given: tuple[str, ...]) -> dict[str, str]:
    """Options written key=value, each key once."""
    result: dict[str, str] = {}
    for text in given:
        key, equals, value = text.partition("=")
        if not key or not equals:
            raise click.BadParameter(f"expected key=value, found {text!r}")
        if key in result:
            raise click.BadParameter(f"expected {key!r} once, found it twice")
        result[key] = value
    return result


def hidden_key(context: click.Context, option: click.Parameter, key: str | None) -> str | None:
    """Warn of a key that every user of this machine can read in the list of processes; `start` hides most."""
    if context.get_parameter_source(option.name or "") is click.core.ParameterSource.COMMANDLINE and not is_quiet():
        message = "warning: --access-key shows in the list of processes; LADING_ACCESS_KEY does not"
        click.echo(message, err=True)
    return key


def platform_place(function: _Function) -> _Function:
    """Where the local platform keeps what it is given."""
    folder = click.Path(path_type=Path, file_okay=False)
    place = "A folder, or s3://BUCKET?endpoint=URL; the data folder if absent."
    for decorate in (
        click.option("--objects", metavar="PLACE", help=place),
        click.option("--database", metavar="URL", help="sqlite:///FILE; a file in the data folder if absent."),
        click.option("--data", "data_dir", type=folder, help="Where it keeps what it is given."),
    ):
        function = decorate(function)
    return function


jobs = click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    help="Processes that share the reading.  [default: 1, of large COCO as many as there are cores, at most 4]",
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
config = click.option(
    "--config", type=click.Path(path_type=Path), help="Settings; lading.toml or pyproject.toml if absent."
)
