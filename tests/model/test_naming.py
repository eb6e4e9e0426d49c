"""Names on the wire: nothing that the platform forbids, and back to what they were."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lading.model.naming import RemotePaths, are_wire_paths, from_wire, wire_path, wire_segment

names = st.text(st.characters(codec="utf-8"), max_size=30) | st.text(r"\/.%:@#a2E" + "\x00\x7f\n", max_size=12)


@given(names)
def test_a_name_comes_back(name: str) -> None:
    assert from_wire(wire_path(name)) == name
    assert from_wire(wire_segment(name)) == name


@given(names)
def test_a_path_holds_nothing_forbidden(name: str) -> None:
    wire = wire_path(name)
    assert "\\" not in wire
    assert not any(ord(c) < 0x20 or ord(c) == 0x7F for c in wire)
    assert not wire.startswith("/")
    assert not {".", ".."} & set(wire.split("/"))


@given(names)
def test_a_segments_name_holds_nothing_forbidden(name: str) -> None:
    assert not set("\\.:@#\n\x00") & set(wire_segment(name))


@pytest.mark.parametrize(
    ("name", "wire"),
    [
        ("a b/c.d.jpg", "a b/c.d.jpg"),
        ("50%.jpg", "50%25.jpg"),
        ("a\\b", "a%5Cb"),
        ("/etc/x", "%2Fetc/x"),
        ("../x/./y", "%2E%2E/x/%2E/y"),
        ("...", "..."),
        ("naïve ☃.png", "naïve ☃.png"),
    ],
)
def test_only_what_must_be_is_escaped(name: str, wire: str) -> None:
    assert wire_path(name) == wire


def test_a_segments_name_escapes_more() -> None:
    assert wire_segment("v1.0:a@b#c") == "v1%2E0%3Aa%40b%23c"


def test_two_files_of_one_remote_path_go_up_under_their_full_paths() -> None:
    paths = RemotePaths()
    assert paths.assign("a.jpg", "train/a.jpg") == "a.jpg"
    assert paths.assign("a.jpg", "val/a.jpg") == "val/a.jpg"
    assert paths.assign("a.jpg", "train/a.jpg") == "a.jpg"
    assert paths.assign("val/a.jpg", "other.jpg") == "other.jpg"


@given(st.lists(st.tuples(st.sampled_from("ab"), st.sampled_from("abcd")), max_size=12))
def test_no_two_files_get_the_same_path(files: list[tuple[str, str]]) -> None:
    paths = RemotePaths()
    given_out = {path: paths.assign(remote, path) for remote, path in files}
    assert len(set(given_out.values())) == len(given_out)


@given(
    st.lists(
        st.one_of(st.text(max_size=6), st.text("a./\\%\n\x7f", max_size=6), st.sampled_from(["a/b.png", "c", "d e"]))
    )
)
def test_paths_are_known_to_go_up_as_they_are_exactly_where_each_does(paths):
    expected = bool(paths) and all(path and wire_path(path) == path for path in paths)
    assert are_wire_paths(paths) is expected
