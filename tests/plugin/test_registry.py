"""Hooks, the registry, options and detection."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from typing import Any, Literal

import pytest

import lading
from lading.errors import AmbiguousFormatError, DetectionError, OptionError, SourceError, UnknownFormatError
from lading.plugin import hooks
from lading.plugin.contracts import parse_options

DOCS = Path(__file__).resolve().parents[2] / "docs" / "hooks.md"
SPECIFIED = sorted(name for name, _ in inspect.getmembers(hooks, lambda f: hasattr(f, f"{hooks.GROUP}_spec")))


def make_reader(reader_name: str, confidence: float, error: Exception | None = None) -> type[lading.Reader]:
    class Made(lading.Reader):
        name = reader_name
        title = f"Made for a test: {reader_name}"

        def detect(self, source: lading.Source) -> lading.Match:
            if error is not None:
                raise error
            return lading.Match(confidence, f"{reader_name} says {confidence}")

        def open(self, source: lading.Source, options: Any, report: lading.Report) -> lading.Dataset:
            return lading.MemoryDataset(reader_name, {})

    return Made


class Plugin:
    def __init__(self, *readers: type[lading.Reader], rules: Any = (), writers: Any = ()) -> None:
        self.readers, self.rules, self.writers = list(readers), list(rules), list(writers)

    @lading.hookimpl
    def register_readers(self) -> Any:
        return self.readers

    @lading.hookimpl
    def register_rules(self) -> Any:
        return self.rules

    @lading.hookimpl
    def register_writers(self) -> Any:
        return self.writers


def registry_of(*readers: type[lading.Reader], **more: Any) -> lading.Registry:
    registry = lading.Registry.load([(Plugin(*readers, **more), "test-plugin", "1.2")])
    for name, loaded in list(registry.readers.items()):
        if loaded.distribution != "test-plugin":
            del registry.readers[name]  # what else is installed is not under test
    return registry


def test_register_readers() -> None:
    registry = registry_of(make_reader("one", 1.0))
    assert registry.readers["one"].distribution == "test-plugin"
    assert registry.readers["one"].version == "1.2"
    assert registry.reader("one").name == "one"


def test_register_writers() -> None:
    class Made(lading.Writer):
        name = "made"
        title = "Made for a test"

        def write(self, dataset: lading.Dataset, target: Path, options: Any, report: lading.Report) -> Any:
            return {"frames": 0, "labels": 0}

    assert registry_of(writers=[Made]).writers["made"].cls is Made


def test_register_rules() -> None:
    class Made(lading.Rule):
        code = "test.made"
        severity = "warning"
        title = "made for a test"

        def start(self, dataset: lading.Dataset, catalog: lading.Catalog) -> Any:
            raise NotImplementedError

    assert registry_of(rules=[Made]).rules["test.made"].cls is Made


def test_a_plugin_is_asked_for_a_kind_when_it_is_wanted() -> None:
    """Who checks a dataset imports no writer; what is broken is known of the kinds that were asked for."""
    asked: list[str] = []

    class Plugin:
        @lading.hookimpl
        def register_readers(self) -> Any:
            asked.append("readers")
            return [make_reader("one", 1.0)]

        @lading.hookimpl
        def register_writers(self) -> Any:
            asked.append("writers")
            raise KeyError("boom")

        @lading.hookimpl
        def register_rules(self) -> Any:
            asked.append("rules")
            return []

    registry = lading.Registry.load([(Plugin(), "test-plugin", "1.2")])
    assert asked == []
    assert "one" in registry.readers
    assert "one" in registry.readers
    assert asked == ["readers"]
    assert [one for one in registry.without_rules if one.distribution == "test-plugin"] == []
    assert asked == ["readers", "rules"]
    (broken,) = [one for one in registry.broken if one.distribution == "test-plugin"]
    assert str(broken.error) == "test-plugin: expected register_writers to answer, found KeyError: 'boom'"
    assert asked == ["readers", "rules", "writers"]


def test_every_hook_has_a_test_and_a_section_with_its_signature() -> None:
    documented = re.findall(r"^## (\w+)\n\n```python\ndef (.*)\n```$", DOCS.read_text("utf-8"), re.MULTILINE)
    signatures = {
        name: f"{name}{inspect.signature(getattr(hooks, name), eval_str=False)}".replace("'", "") for name in SPECIFIED
    }
    assert dict(documented) == signatures
    assert {f"test_{name}" for name in SPECIFIED} <= set(globals())


def test_an_unknown_format_names_the_known_ones() -> None:
    registry = registry_of(make_reader("one", 1.0), make_reader("two", 0.0))
    with pytest.raises(UnknownFormatError, match="--format: expected one of one, two, found 'tree'"):
        registry.reader("tree")
    with pytest.raises(UnknownFormatError, match="expected one of none installed, found 'tree'"):
        registry_of().reader("tree")


def test_detection_orders_by_confidence_and_keeps_reasons(tmp_path: Path) -> None:
    registry = registry_of(make_reader("a", 0.3), make_reader("b", 0.9), make_reader("c", 0.0))
    found = lading.detect(tmp_path, registry=registry)
    assert [(name, match.reason) for name, match in found.matches] == [("b", "b says 0.9"), ("a", "a says 0.3")]
    assert [name for name, _ in found.rejected] == ["c"]
    assert found.is_sure
    assert lading.open_dataset(tmp_path, registry=registry).name == "b"


def test_an_archive_that_does_not_open_is_told_where_no_format_fits(tmp_path: Path) -> None:
    """All that is there may lie in it."""
    (tmp_path / "cut.zip").write_bytes(b"PK")
    registry = registry_of(make_reader("a", 0.0))
    (finding,) = lading.detect(tmp_path, registry=registry).findings
    assert finding.rule == "source.broken-archive"
    with pytest.raises(DetectionError, match=r"none \(a: a says 0\.0\); cut\.zip: expected a whole zip archive"):
        lading.open_dataset(tmp_path, registry=registry)


def test_a_reader_that_cannot_look_does_not_hinder_the_others(tmp_path: Path) -> None:
    registry = registry_of(make_reader("a", 1.0, SourceError("x.json", "expected a file")), make_reader("b", 0.5))
    found = lading.detect(tmp_path, registry=registry)
    assert [name for name, _ in found.matches] == ["b"]
    assert [match.reason for _, match in found.rejected] == ["x.json: expected a file"]


def test_two_formats_that_fit_equally_are_named(tmp_path: Path) -> None:
    registry = registry_of(make_reader("a", 0.8), make_reader("b", 0.8))
    assert not lading.detect(tmp_path, registry=registry).is_sure
    with pytest.raises(AmbiguousFormatError, match="found a and b; choose with --format"):
        lading.open_dataset(tmp_path, registry=registry)
    assert lading.open_dataset(tmp_path, format="a", registry=registry).name == "a"


def test_no_format_that_fits_gives_every_reason(tmp_path: Path) -> None:
    registry = registry_of(make_reader("a", 0.0), make_reader("b", 0.0))
    with pytest.raises(DetectionError, match=r"found none \(a: a says 0.0; b: b says 0.0\)") as caught:
        lading.open_dataset(tmp_path, registry=registry)
    assert caught.value.rejected == {"a": "a says 0.0", "b": "b says 0.0"}


def test_an_open_source_and_paths_do_not_mix(tmp_path: Path) -> None:
    with (
        lading.Source.open(tmp_path) as source,
        pytest.raises(OptionError, match="expected one open source or any number of paths, found both"),
    ):
        lading.open_dataset(source, tmp_path, registry=registry_of())


class MadeOptions(lading.Options):
    keypoints: Literal["verbatim", "centre"] = "verbatim"
    count: int = 0


def test_options_are_parsed_from_text() -> None:
    assert parse_options("made", MadeOptions, {"count": "3", "keypoints": "centre"}) == MadeOptions(
        count=3, keypoints="centre"
    )


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"keypoint": "x"}, "-o keypoint: expected one of keypoints, count for made, found 'keypoint'"),
        ({"keypoints": "x"}, "-o keypoints: expected 'verbatim' or 'centre', found 'x'"),
        ({"count": "many"}, "-o count: expected a valid integer, .*found 'many'"),
    ],
)
def test_options_that_do_not_fit_say_what_does(given: dict[str, str], message: str) -> None:
    with pytest.raises(OptionError, match=message):
        parse_options("made", MadeOptions, given)
