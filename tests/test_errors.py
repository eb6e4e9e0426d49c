"""The tree of exceptions: as it is drawn, with the builtins that callers expect, and fit to cross processes."""

from __future__ import annotations

import inspect
import pickle
import re

import pytest

from lading import errors
from lading.errors import LadingError

CLASSES = {name: cls for name, cls in inspect.getmembers(errors, inspect.isclass) if cls.__module__ == errors.__name__}


def drawn() -> dict[str, str | None]:
    """Class -> parent, from the drawing in the module's docstring."""
    parents: dict[str, str | None] = {}
    stack: list[tuple[int, str]] = []
    for line in (errors.__doc__ or "").splitlines():
        match = re.match(r"    ([ |`-]*)([A-Z]\w+Error)\b", line)
        if match:
            depth = len(match[1])
            while stack and stack[-1][0] >= depth:
                stack.pop()
            parents[match[2]] = stack[-1][1] if stack else None
            stack.append((depth, match[2]))
    return parents


def test_the_tree_is_as_it_is_drawn() -> None:
    real = {
        name: next((base.__name__ for base in cls.__bases__ if base.__module__ == errors.__name__), None)
        for name, cls in CLASSES.items()
    }
    assert real == drawn()


@pytest.mark.parametrize(
    ("cls", "builtin"),
    [
        (errors.SourceNotFoundError, FileNotFoundError),
        (errors.RecordError, ValueError),
        (errors.OptionError, ValueError),
        (errors.GeometryError, ValueError),
        (errors.UnreachableError, ConnectionError),
        (errors.NoRoomError, OSError),
    ],
)
def test_builtins_that_callers_expect_catch_ours(cls: type[LadingError], builtin: type[Exception]) -> None:
    assert issubclass(cls, builtin)


EXAMPLES = [
    errors.NoRoomError("the sidecar", OSError(28, "No space left on device")),
    errors.SourceError("a.zip", "expected a zip, found it cut"),
    errors.SourceNotFoundError("nowhere"),
    errors.RecordError("a.json", expected="a number", found="'x'", pointer="/annotations/3/bbox"),
    errors.RecordError("a.txt", expected="15 or 16 fields", found=14, line=3),
    errors.DetectionError("x", {"coco": "no JSON"}),
    errors.DetectionError("y", {"coco": "no JSON"}, ["a.zip: expected a whole zip archive, found none"]),
    errors.AmbiguousFormatError("x", ["a", "b"]),
    errors.StoppedError("stopped", None),
    errors.OptionError("--jobs: expected 1 or more, found 0"),
    errors.UnknownFormatError("x", ["a", "b"]),
    errors.TargetError("out: expected an empty folder, found files"),
    errors.GeometryError("points: expected shape (N, 2), found (3,)"),
    errors.BrokenPluginError("some-plugin", "expected it to import, found an error"),
    errors.DuplicatePluginError("some-plugin", "expected one reader, found two"),
    errors.UnreachableError("http://x: expected a platform, found nobody"),
    errors.ServerFaultError("http://x: expected an answer, found 503", status=503, retry_after_s=1.5),
    errors.UnauthorizedError("access key refused", status=401, code="Unauthorized"),
    errors.ForbiddenError("no", status=403),
    errors.NotFoundError("no", status=404),
    errors.ConflictError("no", status=409),
    errors.InvalidRequestError("no", status=400),
    errors.StorageError("no", status=403, code="AccessDenied"),
    errors.UploadError("no"),
]


def test_every_class_that_is_raised_has_an_example() -> None:
    leaves = {name for name, cls in CLASSES.items() if not cls.__subclasses__()}
    assert leaves - {type(example).__name__ for example in EXAMPLES} == set()


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_an_error_crosses_processes_whole(error: LadingError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert str(back) == str(error)
    assert vars(back) == vars(error)


def test_messages_name_the_place_and_what_was_expected_and_found() -> None:
    messages = [str(example) for example in EXAMPLES]
    assert "a.json#/annotations/3/bbox: expected a number, found 'x'" in messages
    assert "a.txt:3: expected 15 or 16 fields, found 14" in messages
    assert "nowhere: expected a file, found nothing" in messages
    assert "--format: expected one of a, b, found 'x'" in messages
    none = "expected a dataset of a known format, found none (coco: no JSON)"
    assert f"x: {none}" in messages
    assert f"y: {none}; a.zip: expected a whole zip archive, found none" in messages
