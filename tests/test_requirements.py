"""The files that say what is installed agree with each other and with the folder of plugins."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PLUGINS = sorted(folder.name for folder in (ROOT / "plugins").iterdir() if (folder / "pyproject.toml").is_file())


def lines(name: str) -> list[str]:
    text = (ROOT / name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]


def test_requirements_install_the_core_with_the_platform_and_every_plugin() -> None:
    assert lines("requirements.txt") == ["-e .[platform]", *(f"-e plugins/{name}" for name in PLUGINS)]


def test_the_extra_all_brings_the_platform_and_every_plugin() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    expected = ["lading[platform]", *(f"lading-{name}" for name in PLUGINS)]
    assert project["optional-dependencies"]["all"] == expected


@pytest.mark.parametrize("name", PLUGINS)
def test_a_plugin_is_a_distribution_of_the_entry_point_group(name: str) -> None:
    project = tomllib.loads((ROOT / "plugins" / name / "pyproject.toml").read_text("utf-8"))["project"]
    assert project["name"] == f"lading-{name}"
    assert project["entry-points"]["lading"] == {name: f"lading_{name}"}
    assert any(re.match(r"lading\b(?!-)", requirement) for requirement in project["dependencies"])


def test_constraints_pin_every_line_and_hold_no_address() -> None:
    pinned = lines("constraints.txt")
    assert pinned
    for line in pinned:
        assert re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.+!]+", line), line


def test_constraints_pin_every_dependency_that_is_named() -> None:
    pinned = {line.partition("==")[0].lower().replace("_", "-") for line in lines("constraints.txt")}
    named = set()
    for file in (ROOT / "pyproject.toml", *sorted((ROOT / "plugins").glob("*/pyproject.toml"))):
        project = tomllib.loads(file.read_text("utf-8"))["project"]
        named.update(project["dependencies"])
        for extra in project.get("optional-dependencies", {}).values():
            named.update(extra)
    named.update(line for line in lines("requirements-dev.txt") if not line.startswith("-"))
    names = {re.split(r"[\[<>=!~; ]", requirement)[0].lower().replace("_", "-") for requirement in named}
    assert sorted(n for n in names - pinned if not n.startswith("lading")) == []
