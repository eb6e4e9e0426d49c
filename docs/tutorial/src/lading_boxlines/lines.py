"""What a line of `boxes.jsonl` holds."""

import msgspec


class LineError(ValueError):
    """A line that is not what it should be."""


class Box(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One box: `at` is x, y, width and height in pixels, `sure` from 0 to 1."""

    kind: str
    at: tuple[float, float, float, float]
    sure: float | None = None


class BoxLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One picture: `size` is its width and height in pixels."""

    picture: str
    size: tuple[int, int]
    boxes: list[Box]
    note: str | None = None


_decode = msgspec.json.Decoder(BoxLine).decode


def parse(text: bytes) -> BoxLine:
    """A line as a record. Raises LineError that says what is wrong with it."""
    try:
        return _decode(text)
    except msgspec.DecodeError as exc:
        raise LineError(f"expected a picture with its size and boxes, found: {exc}") from exc
