"""What every envelope of the wire shares, and the fields that several of them have."""

from __future__ import annotations

from typing import Annotated, Any, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, FiniteFloat
from pydantic.alias_generators import to_camel

from lading.platform.wire.constants import MAX_INT

#: A JSON object as it stands on the wire; `lading.model.codec` knows what is in it.
Json: TypeAlias = dict[str, Any]


class Envelope(BaseModel):
    """A request or an answer: camelCase outside, strict types, unknown fields ignored (either side may add some)."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        validate_by_name=True,
        validate_by_alias=True,
        extra="ignore",
        strict=True,
    )

    def to_json(self) -> Json:
        """The object as it is sent; what is None is left away."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)

    def to_body(self) -> bytes:
        """The same as the bytes of a request."""
        return self.model_dump_json(by_alias=True, exclude_none=True).encode()


def _int_from_text(value: Any) -> Any:
    """A number that came as text, as the seed's examples have it (B-D, D7)."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 16:
        return int(value)
    return value


#: 1, 2, ...; sent as an int, accepted as text too (A6).
DraftNumber: TypeAlias = Annotated[int, BeforeValidator(_int_from_text), Field(ge=1, le=MAX_INT)]

#: SHA-1 of a file's bytes, 40 lower-case hex digits (A7).
Checksum: TypeAlias = Annotated[str, Field(pattern=r"\A[0-9a-f]{40}\z")]

#: A name that may not be empty (G1, NAME-EMPTY and PATH-EMPTY).
Name: TypeAlias = Annotated[str, Field(min_length=1)]

#: Seconds, as a number (A7).
Seconds: TypeAlias = FiniteFloat


class DraftRequest(Envelope):
    """A write: it names its draft (A6, VER-W)."""

    draft_number: DraftNumber


class Page(Envelope):
    """What every list answers beside its rows (A5); the official service left some out now and then."""

    offset: int = 0
    record_size: int = 0
    total_count: int


class ErrorBody(Envelope):
    """The body of every error of the API (A4)."""

    code: str
    message: str = ""


class Empty(Envelope):
    """`{}`: the answer to a write without a result (A3)."""


class Health(Envelope):
    """The answer of `GET /health`, which is ours and lies outside the API."""

    status: str = "ok"
    version: str | None = None
