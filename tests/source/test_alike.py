"""The same tree through folder and archives: equal names and bytes, also pickled and by several threads."""

from __future__ import annotations

import multiprocessing
import pickle
import random
import tempfile
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lading.source import File, Source

ARCHIVES = ["a.zip", "a.tar", "a.tar.gz"]

# Parts that every file system takes and no rule hides; folders and files never share a name.
_letters = st.sampled_from("abcXYZ019 _-.éß日本()")
_part = st.text(_letters, min_size=1, max_size=8).map(lambda text: f"n{text}e")
_path = st.tuples(st.lists(_part.map("{}.d".format), max_size=3), _part.map("{}.f".format)).map(
    lambda parts: "/".join([*parts[0], parts[1]])
)
_trees = st.dictionaries(_path, st.binary(max_size=300), max_size=8)


@settings(max_examples=40)
@given(tree=_trees)
def test_a_tree_is_the_same_through_folder_and_archives(tree: dict[str, bytes], tmp_path_factory, request) -> None:
    make_folder, make_zip, make_tar = (request.getfixturevalue(f"make_{kind}") for kind in ("folder", "zip", "tar"))
    root = tmp_path_factory.mktemp("tree")
    paths = [make_folder(root / "d", tree)]
    paths += [(make_zip if name.endswith("zip") else make_tar)(root / name, tree) for name in ARCHIVES]
    for path in paths:
        with Source.open(path) as source:
            assert list(source.names()) == sorted(tree)
            assert {name: source.read(name) for name in source.names()} == tree
            assert {name: found.size for name in tree if (found := source.get(name))} == {
                name: len(content) for name, content in tree.items()
            }
            assert source.findings == ()


def test_a_file_whose_own_name_is_hidden_is_there_for_who_asks(tmp_path: Path, make_folder, make_zip, make_tar) -> None:
    rubbish = ["a/._b", "__MACOSX/.c", ".DS_Store", ".git/config", ".git/.d", "a/.x/y"]
    tree = {"a/.b": b"1", ".c.json": b"2", "a/b": b"3", "d": b"4", **dict.fromkeys(rubbish, b"5")}
    paths = [make_folder(tmp_path / "d", tree)]
    paths += [(make_zip if name.endswith("zip") else make_tar)(tmp_path / name, tree) for name in ARCHIVES]
    for path in paths:
        with Source.open(path) as opened:
            for source in (opened, pickle.loads(pickle.dumps(opened))):
                assert list(source.names()) == ["a/b", "d"]
                assert list(source.hidden()) == [".c.json", "a/.b"]
                assert (source.read("a/.b"), source.read(".c.json"), source.read("a/b")) == (b"1", b"2", b"3")
                assert [source.get(name) for name in rubbish] == [None] * len(rubbish)
                assert source.findings == ()


def test_of_hidden_files_in_two_layers_the_later_wins_also_within_an_archive(
    tmp_path: Path, make_folder, make_zip
) -> None:
    folder = make_folder(tmp_path / "d", {"a/.b": b"1", "a/.c": b"2"})
    packed = make_zip(tmp_path / "z.zip", {"a/.b": b"3"})
    with Source.open(folder, packed) as source:
        assert (source.read("a/.b"), source.read("a/.c")) == (b"3", b"2")
    inner = make_folder(tmp_path / "e", {"in/z.zip": packed.read_bytes()})
    with Source.open(inner).inside("in/z.zip") as source:
        assert list(source.hidden()) == ["in/a/.b"]
        assert source.read("in/a/.b") == b"3"


@pytest.fixture(params=["d", *ARCHIVES])
def path(request: pytest.FixtureRequest, tmp_path: Path, make_folder, make_zip, make_tar) -> Path:
    """One tree of 20 files in each form."""
    tree = {f"media/{n}.bin": random.Random(n).randbytes(5000 + n) for n in range(19)} | {"a.json": b"{}"}
    make = {"d": make_folder, "a.zip": make_zip}.get(request.param, make_tar)
    return make(tmp_path / request.param, tree)


def _right(number: int, content: bytes) -> bool:
    return content == random.Random(number).randbytes(5000 + number)


def test_threads_read_one_source_at_once(path: Path) -> None:
    with Source.open(path) as source, ThreadPoolExecutor(8) as pool:
        numbers = [n % 19 for n in range(400)]
        contents = pool.map(lambda n: source.read(f"media/{n}.bin"), numbers)
        assert all(_right(n, content) for n, content in zip(numbers, contents, strict=True))


def test_sources_and_files_can_be_pickled(path: Path) -> None:
    with Source.open(path) as source:
        again = pickle.loads(pickle.dumps(source))
        assert list(again.names()) == list(source.names())
        assert _right(3, again.read("media/3.bin"))
        file = source.get("media/4.bin")
        copy = pickle.loads(pickle.dumps(file))
        assert file is not None
        assert isinstance(copy, File)
        assert (copy.path, copy.size, copy.stamp) == (file.path, file.size, file.stamp)
        assert _right(4, copy.read())
        assert len(pickle.dumps(file)) < 1000
        again.close()


def test_another_process_reads_files_that_were_sent_to_it_and_leaves_nothing(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "temporary"))
    monkeypatch.setattr(tempfile, "tempdir", None)
    context = multiprocessing.get_context("spawn")
    with Source.open(path) as source, ProcessPoolExecutor(1, mp_context=context) as pool:
        files = [source.get(f"media/{n}.bin") for n in range(5)]
        for number, content in enumerate(pool.map(File.read, files)):
            assert _right(number, content)
    assert list((tmp_path / "temporary").glob("lading-*")) == []


@pytest.mark.parametrize("name", ["all.zip", "all.tar", "all.tgz"])
def test_a_real_folder_and_its_archive_are_one_tree(
    samples: Path, tmp_path: Path, make_zip, make_tar, name: str
) -> None:
    folder = samples / "coco" / "val2017-keypoints"
    with Source.open(folder) as source:
        tree = {path: source.read(path) for path in source.names()}
    assert tree == {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }
    archive = (make_zip if name.endswith("zip") else make_tar)(tmp_path / name, tree)
    with Source.open(folder, archive) as source:
        assert source.findings == ()
        assert {path: source.read(path) for path in source.names()} == tree
