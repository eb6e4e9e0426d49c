"""Where records stand, held against the standard library's JSON on documents of any kind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lading_coco.structure import Decode, Piece, RecordArray, Scanner

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


def decoded(array: RecordArray, text: memoryview) -> list[Any] | None:
    """A list of objects, by the standard library; None for what is none."""
    try:
        found = json.loads(bytes(text))
    except ValueError:
        return None
    return found if isinstance(found, list) and all(isinstance(record, dict) for record in found) else None


def scanned(data: bytes, size: int, decode: Decode | None = None) -> tuple[Any, dict[str, list[bytes]], int]:
    """The envelope, the records of each array, and how many were found by commas."""
    found: dict[str, list[bytes]] = {}
    quickly = 0

    def take(piece: Piece) -> None:
        nonlocal quickly
        values = [None] * len(piece.begins) if piece.values is None else piece.values
        for begin, end, value in zip(piece.begins.tolist(), piece.ends.tolist(), values, strict=True):
            record = piece.text[begin - piece.base : end - piece.base]
            assert record == data[begin:end]
            assert value is None or json.loads(record) == value
            found.setdefault(piece.array.key, []).append(record)
        quickly += 0 if piece.values is None else len(values)

    scanner = Scanner("f.json", take, decode)
    for chunk in pieces(data, size):
        scanner.feed(chunk)
    return scanner.finish(), found, quickly


ways = pytest.mark.parametrize("decode", [None, decoded], ids=["by brackets", "by commas too"])


@ways
@given(documents, st.integers(1, 40), st.booleans(), st.sampled_from([None, 2]))
@example({"images": [{"\\": '"', "]": "\\\\"}], "info": {"annotations": [{"a": 1}]}}, 1, False, None)
def test_records_are_found_wherever_the_chunks_end(
    decode: Decode | None, document: Any, size: int, is_ascii: bool, indent: int | None
) -> None:
    data = json.dumps(document, ensure_ascii=is_ascii, indent=indent).encode()
    envelope, found, _ = scanned(data, size, decode)
    assert envelope == {key: [] if key in ("images", "annotations") else value for key, value in document.items()}
    for key in ("images", "annotations"):
        assert [json.loads(record) for record in found.get(key, [])] == document.get(key, [])


@ways
@given(records, st.integers(1, 40))
def test_an_array_at_the_top_is_one_of_records(decode: Decode | None, rows: Any, size: int) -> None:
    envelope, found, _ = scanned(json.dumps(rows).encode(), size, decode)
    assert envelope == []
    assert [json.loads(record) for record in found.get("", [])] == rows


@ways
@given(st.data())
def test_a_document_that_is_cut_is_never_taken_for_a_whole_one(decode: Decode | None, data: st.DataObject) -> None:
    whole = json.dumps(data.draw(documents)).encode()
    end = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(RecordError, match=r"f.json: expected whole JSON, found (the end of the file at byte|an empty)"):
        scanned(whole[:end], 7, decode)


#: What may stand in a record and look like the place between two of them, or hide it.
SIGNS = ["},{", "}, {", ", {", "[{", "]}", "{", "}", "]", '"', '\\"', "\\", ", \n {", "a"]
odd = st.lists(st.sampled_from(SIGNS), max_size=3).map("".join)
small = st.dictionaries(
    st.sampled_from(["id", "a", "b"]),
    st.integers(0, 9) | odd | st.lists(st.dictionaries(st.just("c"), odd, max_size=1), max_size=3),
    max_size=2,
)
gaps = st.sampled_from(["", " ", "\n\t ", " " * 70])


@settings(max_examples=400)
@given(
    st.lists(st.tuples(small, gaps, gaps), max_size=30), st.integers(1, 200), st.sampled_from(["", ', "x": [{}, {}]'])
)
def test_records_found_by_commas_are_those_found_by_brackets(rows: Any, size: int, behind: str) -> None:
    whole = "".join(f"{gap}{json.dumps(row)}{other}," for row, gap, other in rows)
    data = f'{{"images": [{whole[:-1]}], "annotations": [{whole[:-1]}]{behind}}}'.encode()
    envelope, found, _ = scanned(data, size, decoded)
    assert (envelope, found) == scanned(data, size)[:2]
    assert [json.loads(record) for record in found.get("images", [])] == [row for row, _, _ in rows]


@pytest.mark.parametrize("between", [",", ", ", " ,\n\t"], ids=["tight", "as Python writes it", "on lines"])
def test_records_of_one_shape_are_found_by_commas(between: str) -> None:
    rows = [{"id": number, "counts": {"size": [1, 2]}, "name": 'a\\"b'} for number in range(100)]
    data = f'{{"annotations": [{between.join(map(json.dumps, rows))}]}}'.encode()
    envelope, found, quickly = scanned(data, 500, decoded)
    assert envelope == {"annotations": []}
    assert [json.loads(record) for record in found["annotations"]] == rows
    assert quickly > 80


def test_an_odd_record_does_not_keep_the_others_from_being_found_by_commas() -> None:
    rows: list[Any] = [{"id": number} for number in range(300)]
    rows[150] = {"id": 150, "parts": [{"a": 1}, {"b": "}, {"}]}
    data = json.dumps({"annotations": rows}).encode()
    _, found, quickly = scanned(data, 100, decoded)
    assert [json.loads(record) for record in found["annotations"]] == rows
    assert 250 < quickly < 300


def test_a_record_of_many_chunks_is_read_once() -> None:
    rows: list[Any] = [{"id": 1}, {"id": 2}, {"id": 3, "name": "x" * 20_000}, {"id": 4}]
    data = json.dumps({"annotations": rows}).encode()
    asked = 0

    def decode(array: RecordArray, text: memoryview) -> list[Any] | None:
        nonlocal asked
        asked += len(text)
        return decoded(array, text)

    _, found, _ = scanned(data, 60, decode)
    assert [json.loads(record) for record in found["annotations"]] == rows
    assert asked < 1000


@pytest.mark.parametrize(
    "between",
    ["", ",,", ", 7,", ",]", "}", ":", ', "a": 1,'],
    ids=["none", "two", "number", "end", "brace", "colon", "key"],
)
def test_what_is_no_list_is_left_to_the_brackets(between: str) -> None:
    row = b'{"id": 1}'
    data = b'{"images": [' + b", ".join([row] * 30) + between.encode() + b", ".join([row] * 30) + b"]}"
    told: list[Any] = []
    for decode in (None, decoded):
        try:
            told.append(scanned(data, 50, decode)[:2])
        except RecordError as exc:
            told.append(str(exc))
    assert told[0] == told[1]


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    data = b'\xef\xbb\xbf{"images": [{"id": 1}]}'
    _, found, _ = scanned(data, 1000)
    assert found == {"images": [b'{"id": 1}']}


@ways
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
def test_what_is_no_json_is_told(data: bytes, message: str, decode: Decode | None) -> None:
    with pytest.raises(RecordError, match=message):
        scanned(data, 1000, decode)


def test_a_key_may_be_written_in_escapes() -> None:
    data = b'{"im\\u0061ges": [{"id": 1}], "\\u0061nnotations": [{"id": 2}], "a\\"": [{}], "\\ud800": [{}]}'
    envelope, found, _ = scanned(data, 7)
    assert found == {"images": [b'{"id": 1}'], "annotations": [b'{"id": 2}']}
    assert envelope == {"images": [], "annotations": [], 'a"': [{}], "\ud800": [{}]}


def test_a_key_that_is_there_twice_is_noted() -> None:
    scanner = Scanner("f.json", lambda *given: None)
    scanner.feed(b'{"images": [{"id": 1}], "info": {"a": {"b": 1, "b": 2}}, "images": [{"id": 2}, {"id": 3}]}')
    assert scanner.finish() == {"images": [], "info": {"a": {"b": 2}}}
    assert (scanner.envelope.repeated, scanner.envelope.repeated_below) == (["images"], ["b"])
    assert scanner.arrays["images"].count == 2


def test_text_outside_the_records_that_is_no_utf_8_is_read_and_told() -> None:
    scanner = Scanner("f.json", lambda *given: None)
    data = b'\xef\xbb\xbf{"images": [{"id": 1}], "info": "caf\xe9"}'
    scanner.feed(data)
    assert scanner.finish() == {"images": [], "info": "caf\ufffd"}
    assert scanner.envelope.replaced == (0xE9, data.index(b"\xe9"))
