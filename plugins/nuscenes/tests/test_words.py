"""Findings name the thing as its file has it: the key that lacks, types of JSON, the encoding of a table."""

from __future__ import annotations

from typing import Any

import pytest

import lading

TABLES = "v1.0-mini/"


@pytest.mark.parametrize("key", ["rotation", "size", "instance_token"])
def test_a_value_that_lacks_is_named(case: Any, key: str) -> None:
    token = case.rows("sample_annotation")[4]["token"]
    case.edit("sample_annotation", lambda rows: rows[4].pop(key) and None)
    assert case.open().told[0] == (
        f"error nuscenes.bad-record {TABLES}sample_annotation.json#/4: "
        f"expected a value of `{key}`, found none (token {token!r}); the row is left out"
    )


@pytest.mark.parametrize(
    ("table", "changes", "pointer", "message"),
    [
        ("sample_annotation", {"size": [1, "4.5", 2]}, "/0/size/1", "expected `number`, found `string`"),
        ("sample_annotation", {"attribute_tokens": "x"}, "/0/attribute_tokens", "expected `array | null`, found `str"),
        ("sample_data", {"timestamp": "2018-07-24"}, "/0/timestamp", "expected `number | null`, found `string`"),
        ("sample_data", {"is_key_frame": "yes"}, "/0/is_key_frame", "expected `boolean`, found `string`"),
        ("sample_data", {"width": 1.5}, "/0/width", "expected `integer | null`, found `number`"),
        ("scene", {"nbr_samples": True}, "/0/nbr_samples", "expected `integer | null`, found `boolean`"),
    ],
)  # fmt: skip
def test_types_have_the_names_of_json(
    case: Any, table: str, changes: dict[str, Any], pointer: str, message: str
) -> None:
    (finding,) = [one for one in case.set(table, 0, **changes).open().report.findings if one.pointer == pointer]
    assert finding.message.startswith(message)


@pytest.mark.parametrize(("encoding", "found"), [("utf-16", "UTF-16"), ("utf-32", "UTF-32")])
def test_a_table_of_another_encoding_is_told_with_its_name(case: Any, encoding: str, found: str) -> None:
    path = case.path("visibility")
    path.write_text(path.read_text("utf-8"), encoding)
    assert case.open().told == [f"error nuscenes.broken-table {TABLES}visibility.json: expected UTF-8, found {found}"]


def test_empty_filenames_throughout_are_told_once(case: Any) -> None:
    case.edit("sample_data", lambda rows: [row | {"filename": ""} for row in rows])
    keys = [n for n, row in enumerate(case.rows("sample_data")) if row["is_key_frame"]]
    assert [str(found) for found in case.open().of("no-filename")] == [
        f"{TABLES}sample_data.json#/{keys[0]}/filename: expected the path of a file, found an empty one, "
        f"as in {len(keys)} rows of {len(keys)}"
    ]


def test_an_empty_filename_is_told_once_at_its_place(case: Any) -> None:
    """Also where the file is there under its name: that no row names it is what came of it."""
    before = set(lading.validate(lading.open_dataset(case.root)))
    case.set("sample_data", 2, filename="")
    (finding,) = set(lading.validate(lading.open_dataset(case.root))) - before
    assert (finding.rule, finding.severity) == ("nuscenes.no-filename", "error")
    assert str(finding) == f"{TABLES}sample_data.json#/2/filename: expected the path of a file, found an empty one"
