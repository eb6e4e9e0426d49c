"""What a PATH says that is no path of a source."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from lading.errors import OptionError
from lading.stored.address import StoredAddress, parse_address

WEB = [
    ("http://h:1/cars", "http://h:1/", "cars", None),
    ("http://h:1/cars/", "http://h:1/", "cars", None),
    ("https://h/cars@v1", "https://h/", "cars", "v1"),
    ("http://h:1/below/it/cars@draft-3", "http://h:1/below/it/", "cars", "draft-3"),
    ("http://h:1/gatewayv2/tensorbay-open-api/v1/cars", "http://h:1/gatewayv2/tensorbay-open-api/v1/", "cars", None),
    ("http://h:1/my%20cars%40home%2F1@feature%2Fx", "http://h:1/", "my cars@home/1", "feature/x"),
    ("http://[::1]:80/möwe@main", "http://[::1]:80/", "möwe", "main"),
]


@pytest.mark.parametrize(("text", "place", "dataset", "revision"), WEB, ids=[row[0] for row in WEB])
def test_a_platform(text: str, place: str, dataset: str, revision: str | None) -> None:
    expected = StoredAddress(kind="platform", place=place, dataset=dataset, revision=revision)
    assert parse_address(text) == expected
    assert pickle.loads(pickle.dumps(expected)) == expected


def test_a_bucket() -> None:
    found = parse_address("s3://bucket/cars@v1?endpoint=http://127.0.0.1:8333&region=x")
    place = "s3://bucket?endpoint=http://127.0.0.1:8333&region=x"
    assert found == StoredAddress(kind="objects", place=place, dataset="cars", revision="v1")
    assert str(found) == "s3://bucket/cars@v1?endpoint=http://127.0.0.1:8333&region=x"


def test_a_folder_of_objects(tmp_path: Path) -> None:
    assert parse_address(tmp_path / "cars@v1") is None  # no objects there
    (tmp_path / "manifests").mkdir()
    expected = StoredAddress(kind="objects", place=str(tmp_path), dataset="cars", revision="v1")
    assert parse_address(tmp_path / "cars@v1") == expected
    assert parse_address(str(tmp_path / "manifests")) is None  # what is there is a path like any other
    assert parse_address(tmp_path) is None


@pytest.mark.parametrize(
    "text",
    ["http://h:1", "http://h:1/", "http://h:1/@v1", "http://h:1/cars@", "http://h:1/cars?x=1", "s3://b", "s3://b/a/c"],
)
def test_what_names_no_dataset_is_said(text: str) -> None:
    with pytest.raises(OptionError, match=r"^PATH: expected .*DATASET.*, found"):
        parse_address(text)


@pytest.mark.parametrize("text", ["cars@v1", "a/b.json", "C:/x", "httpfolder", "", "s3", "S3", "http", "s3/a.zip"])
def test_an_ordinary_path_is_none(text: str) -> None:
    assert parse_address(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "http://user:secret@h:1/",
        "http://user:secret@h:1/cars@",
        "http://user:secret@h:1/cars?x=1",
        "http://user:secret@[h/cars",
        "s3://user:secret@bucket",
        "s3://bucket/a/b?endpoint=http://user:secret@h",
    ],
)
def test_a_password_is_not_told_again(text: str) -> None:
    with pytest.raises(OptionError, match=r"//\.\.\.@\[?[hb]") as caught:
        parse_address(text)
    assert "secret" not in str(caught.value)
    assert "user" not in str(caught.value)


def test_an_address_that_is_none_is_one_line() -> None:
    with pytest.raises(OptionError, match=r"^PATH: expected an address, found 'http://\[h/cars'$"):
        parse_address("http://[h/cars")
