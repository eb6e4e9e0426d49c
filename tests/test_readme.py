"""What the README shows is run here as it stands there."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import lading

ROOT = Path(__file__).resolve().parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_commands_that_ci_runs_are_marked() -> None:
    marked = re.findall(r"^<!-- (command \d) -->\n```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
    assert [name for name, _ in marked] == ["command 1", "command 2"]
    assert "lading demo" in marked[0][1]
    assert "pytest" in marked[1][1]


def test_the_python_example_uploads_what_it_reads(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    monkeypatch.chdir(tmp_path)
    example = blocks("python")[0]
    names: dict[str, object] = {}
    exec(compile(example, "README.md", "exec"), names)
    result = names["result"]
    assert result.is_complete
    assert capsys.readouterr().out.splitlines()[-1] == f"{result.frames} {result.labels} {result.bytes_sent}"


def test_the_commands_of_the_tour_do_what_they_say(tmp_path: Path) -> None:
    tour = [line for block in blocks("sh")[2:] for line in block.splitlines() if line.startswith("lading ")]
    shown = [line for line in tour if "fixtures/" in line and "--platform" not in line and "http://" not in line]
    assert len(shown) >= 3
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    for line in shown:
        command = [sys.executable, "-m", "lading", *line.split()[1:]]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        assert done.stdout


def test_the_plugin_of_the_readme_reads_its_format(tmp_path: Path) -> None:
    source = blocks("python")[1]
    names: dict[str, object] = {}
    exec(compile(source, "README.md", "exec"), names)
    (tmp_path / "points.csv").write_text("a.png,1,2\nb.png,3,4.5\na.png,5,6\n")
    registry = lading.Registry.load([(type("Plugin", (), names), "points-plugin", "1")])
    dataset = lading.open_dataset(tmp_path, registry=registry)
    found = {frame.key: [label.points.tolist() for label in frame.data[0].labels] for frame in dataset.frames("all")}
    assert found == {"a.png": [[[1.0, 2.0]], [[5.0, 6.0]]], "b.png": [[[3.0, 4.5]]]}


def test_the_entry_point_of_the_readme_is_of_our_group() -> None:
    from lading.plugin.hooks import GROUP

    (block,) = (block for block in blocks("toml") if "entry-points" in block)
    assert GROUP in tomllib.loads(block)["project"]["entry-points"]


def test_the_settings_of_the_readme_are_settings(tmp_path: Path) -> None:
    (block,) = (block for block in blocks("toml") if "[rules]" in block)
    (tmp_path / "lading.toml").write_text(block)
    from lading.validate.settings import find_settings

    assert find_settings(tmp_path).grades()["catalog.unused"] == "warning"


def test_every_link_leads_somewhere() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
