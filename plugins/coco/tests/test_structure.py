"""Where records stand, held against the standard library's JSON on documents of any kind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lading_coco.structure import RecordArray, Scanner, scan

from lading.errors import RecordError

text = st.text(alphabet=st.sampled_from(list('ab\\"[]{},:\u00fc \n')), max_size=8)
scalars = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | text
values = st.recursive(scalars, lambda x: st.lists(x, max_size=4) | st.dictionaries(text, x, max_size=4), max_leaves=12)
records = st.lists(st.dictionaries(text, values, max_size=4), max_size=5)
documents = st.fixed_dictionaries(
    {}, optional={"images": records, "annotations": records, "info": values, "categories": values, "x[": values}
)


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[i : i + size] for i in range(0, len(data), size)]


def scanned(data: bytes, size: int) -> tuple[Any, dict[str, list[bytes]]]:
    found: dict[str, list[bytes]] = {}

    def take(array: RecordArray, text: bytes, base: int, begins: Any, ends: Any) -> None:
        for begin, end in zip(begins.tolist(), ends.tolist(), strict=True):
            record = text[begin - base : end - base]
            assert record == data[begin:end]
            found.setdefault(array.key, []).append(record)

    _, envelope = scan("f.json", pieces(data, size), take)
    return envelope, found


@settings(deadline=None)
@given(documents, st.integers(1, 40), st.booleans(), st.sampled_from([None, 2]))
@example({"images": [{"\\": '"', "]": "\\\\"}], "info": {"annotations": [{"a": 1}]}}, 1, False, None)
def test_records_are_found_wherever_the_chunks_end(
    document: Any, size: int, is_ascii: bool, indent: int | None
) -> None:
    data = json.dumps(document, ensure_ascii=is_ascii, indent=indent).encode()
    envelope, found = scanned(data, size)
    assert envelope == {key: [] if key in ("images", "annotations") else value for key, value in document.items()}
    for key in ("images", "annotations"):
        assert [json.loads(record) for record in found.get(key, [])] == document.get(key, [])


@settings(deadline=None)
@given(records, st.integers(1, 40))
def test_an_array_at_the_top_is_one_of_records(rows: Any, size: int) -> None:
    envelope, found = scanned(json.dumps(rows).encode(), size)
    assert envelope == []
    assert [json.loads(record) for record in found.get("", [])] == rows


@settings(deadline=None)
@given(st.data())
def test_a_document_that_is_cut_is_never_taken_for_a_whole_one(data: st.DataObject) -> None:
    whole = json.dumps(data.draw(documents)).encode()
    end = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(RecordError, match=r"f.json: expected whole JSON, found (the end of the file at byte|an empty)"):
        scanned(whole[:end], 7)


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    data = b'\xef\xbb\xbf{"images": [{"id": 1}]}'
    _, found = scanned(data, 1000)
    assert found == {"images": [b'{"id": 1}']}


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"images": []}]', "found a bracket that closes nothing at byte 14"),
        (b'{"images": [{"id": 1}], "info": {"a": }}', "expected JSON, found expecting value at byte 38"),
        (b'{"images": [{"id": 1}]} {"images": []}', "expected JSON, found extra data at byte 24"),
        (b'{"images": [{"id": 1}], "info": "a\tb"}', "expected JSON, found invalid control character at byte 34"),
        (b'\xef\xbb\xbf{"x\xc3\xbc": 1, "images": [{}, {}], }', r"found .* at byte 3[0-9]$"),
        (b'{"info": ' + b"[" * 100_000 + b"]" * 100_000 + b"}", "expected JSON, found values too deep to be read"),
        (b"", "found an empty file"),
    ],
    ids=["a bracket too many", "no value", "two documents", "a tab in a text", "a comma too many", "deep", "nothing"],
)
def test_what_is_no_json_is_told(data: bytes, message: str) -> None:
    with pytest.raises(RecordError, match=message):
        scanned(data, 1000)


def test_a_key_that_is_there_twice_is_noted() -> None:
    scanner = Scanner("f.json", lambda *given: None)
    scanner.feed(b'{"images": [{"id": 1}], "info": {"a": {"b": 1, "b": 2}}, "images": [{"id": 2}, {"id": 3}]}')
    assert scanner.finish() == {"images": [], "info": {"a": {"b": 2}}}
    assert (scanner.repeated, scanner.repeated_below) == (["images"], ["b"])
    assert scanner.arrays["images"].count == 2


def test_text_outside_the_records_that_is_no_utf_8_is_read_and_told() -> None:
    scanner = Scanner("f.json", lambda *given: None)
    data = b'\xef\xbb\xbf{"images": [{"id": 1}], "info": "caf\xe9"}'
    scanner.feed(data)
    assert scanner.finish() == {"images": [], "info": "caf\ufffd"}
    assert scanner.replaced == (0xE9, data.index(b"\xe9"))
