"""The lines that JSON pointers stand at, against texts in which each value says its own line."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.model.report import Finding, escape_token
from lading.validate.reports import lines
from lading.validate.reports.lines import PointerLines, lines_of

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def written(value: Any, pointer: str, places: dict[str, int], line: int, gap: str) -> tuple[str, int]:
    """The text of a value that begins on a line, and the line that it ends on; the line of each pointer is noted."""
    places[pointer] = line
    if not isinstance(value, (dict, list)):
        return json.dumps(value), line
    parts = []
    keyed = value.items() if isinstance(value, dict) else enumerate(value)
    for token, part in keyed:
        line += gap.count("\n")
        key = f"{json.dumps(token)} :{gap}" if isinstance(value, dict) else ""
        line += key.count("\n")
        text, line = written(part, f"{pointer}/{escape_token(str(token))}", places, line, gap)
        parts.append(f"{gap}{key}{text}")
    opened, closed = "{}" if isinstance(value, dict) else "[]"
    return f"{opened}{','.join(parts)}{gap}{closed}", line + gap.count("\n")


@given(st.lists(VALUES) | st.dictionaries(st.text(), VALUES), st.sampled_from(["", " ", "\n", "\r\n ", "\n\t\n"]))
def test_each_value_is_found_where_it_begins(value: Any, gap: str) -> None:
    places: dict[str, int] = {}
    text, _ = written(value, "", places, 1, gap)
    assert lines_of(text.encode(), places) == places
    assert lines_of(b"\xef\xbb\xbf\n" + text.encode(), places) == {key: line + 1 for key, line in places.items()}


@pytest.mark.parametrize(
    ("pointer", "line"),
    [("/b/7", 3), ("/b/x", 3), ("/c", 1), ("/b/1/k/0", 6), ("/b/0/y", 4)],
    ids=["no such index", "no index", "no such key", "below a number", "no such key below"],
)
def test_what_leads_nowhere_is_where_it_ends(pointer: str, line: int) -> None:
    text = b'{\n"a": NaN,\n"b": [\n{"x": -Infinity},\n{\n"k": 1}]}'
    assert lines_of(text, [pointer]) == {pointer: line}


def test_behind_a_key_that_stands_twice_nothing_is_known_but_the_record() -> None:
    assert lines_of(b'[\n{"a": 1,\n"a": 2,\n"b": 3}]', ["/0/b"]) == {"/0/b": 2}


@pytest.mark.parametrize(
    "data", [b"\n[", b"[\n1", "[\n1]".encode("utf-16"), b"\n\nno"], ids=["begun", "cut", "UTF-16", "no"]
)
def test_what_is_no_json_has_no_lines(data: bytes) -> None:
    assert lines_of(data, ["/0/1"]) == {}


@pytest.mark.parametrize("data", [b"", b"[1\n", b'{"a": NaN}'], ids=["empty", "cut", "whole"])
def test_a_text_of_one_line_has_that_line_alone(data: bytes) -> None:
    assert lines_of(data, ["/0/1"]) == {"/0/1": 1}


class Memory:
    path, stamp = "a.json", None

    def __init__(self, data: bytes, size: int | None = None) -> None:
        self.data, self.size = data, len(data) if size is None else size

    def open(self) -> io.BytesIO:
        return io.BytesIO(self.data)


def finding(pointer: str | None, file: str | None = "a.json", line: int | None = None) -> Finding:
    return Finding(rule="a.b", severity="error", message="m", file=file, pointer=pointer, line=line)


def test_a_file_is_read_once_and_large_ones_and_others_never(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    files = {"a.json": Memory(b"[\n1,\n2]"), "large.json": Memory(b"[\n1]", 65 << 20), "a.xml": Memory(b"[\n1]")}

    def opener(path: str) -> Any:
        asked.append(path)
        return files.get(path)

    known = PointerLines(opener)
    findings = [
        finding("/1"), finding("/0"), finding("/0", "gone.json"), finding("/0", "large.json"), finding("/0", "a.xml"),
        finding("/0", line=9), finding(None), finding(None, None),
    ]  # fmt: skip
    for one in findings:
        known.want(one)
    assert [known.line(one) for one in findings] == [3, 2, None, None, None, 9, None, None]
    assert asked == ["a.json", "gone.json", "large.json", "a.xml"]
    monkeypatch.setattr(lines, "_MOST", 1)
    bounded = PointerLines(opener)
    for one in findings[:2]:
        bounded.want(one)
    assert [bounded.line(one) for one in findings[:2]] == [3, None]
