"""One thing in which two datasets differ, and how they are compared."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any, Literal, TypeAlias

import msgspec

from lading.errors import OptionError
from lading.model.content import Content
from lading.model.label import LABEL_TYPES, Label, same

Change: TypeAlias = Literal["added", "removed", "changed"]

#: The checksum by which the bytes of a file, or of a mask (its label is given then), are told from others.
Digest: TypeAlias = Callable[[Content, Label | None], str]


#: Fields of labels that are where they lie and no part of what they say; and names of what else is compared.
NOT_COMPARED = frozenset({"origin", "content", "path", "url"})
_FIELDS = {"geometry", "missing", "sha1", "size", "extras", "description", "remotePath", "timestampNs"}
_FIELDS |= {"width", "height", "annotation", "egoPose", "isFusion", "isContinuous", "binPointCloudFields"}


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is not the same: `what` it is, where, and both values where it changed.

    As text it is a line for people: `change what: place: name: field: before -> after`.
    """

    change: Change
    what: Literal["dataset", "segment", "sensor", "catalog", "frame", "file", "label"]
    segment: str | None = None
    frame: str | None = None
    sensor: str | None = None
    field: str | None = None
    name: str | None = None
    before: Any = None
    after: Any = None

    @property
    def place(self) -> str:
        """Segment, frame and sensor, as far as it has them."""
        return "/".join(part for part in (self.segment, self.frame, self.sensor) if part is not None)

    @property
    def found(self) -> str:
        """What it is, without the place."""
        return self._line("")

    def __str__(self) -> str:
        return self._line(self.place)

    def _line(self, place: str) -> str:
        parts = (f"{self.change} {self.what}", place, self.name, self.field)
        text = ": ".join(part for part in parts if part)
        return text if self.change != "changed" else f"{text}: {_short(self.before)} -> {_short(self.after)}"


def check_field(name: str) -> None:
    """Refuse to leave out a field that nothing has. Raises OptionError."""
    of_labels = {field for kind in LABEL_TYPES.values() for field in kind.__struct_fields__}
    known = _FIELDS | of_labels - NOT_COMPARED
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"; close to it is {close[0]!r}" if close else ""
        raise OptionError(f"ignore: expected a field, such as 'geometry' or 'category', found {name!r}{hint}")


class How(msgspec.Struct, frozen=True):
    """What is not compared, and how bytes are, where they are."""

    ignore: frozenset[str]
    digests: tuple[Digest, Digest] | None


def field_differences(
    what: Literal["dataset", "segment", "frame", "file"],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    where: Mapping[str, Any],
    how: How,
) -> Iterator[Difference]:
    """The values by their names that are not the same."""
    for field, one in before.items():
        if field not in how.ignore and not same(one, after[field]):
            two = plain_value(after[field])
            yield Difference(change="changed", what=what, field=field, before=plain_value(one), after=two, **where)


def plain_value(value: Any) -> Any:
    """A value of the model as JSON has it."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [plain_value(part) for part in value]
    if isinstance(value, Mapping):
        return {name: plain_value(part) for name, part in value.items()}
    if isinstance(value, msgspec.Struct):
        return {name: plain_value(getattr(value, name)) for name in value.__struct_fields__}
    return value


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 80 else f"{shown[:77]}..."
