"""docs/platform.md lists every call that the platform answers, and no other; its example runs."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lading.server.app import create_app
from lading.server.settings import ServerSettings

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "platform.md").read_text("utf-8")
ROOT = "/gatewayv2/tensorbay-open-api/v1"


def documented() -> set[tuple[str, str]]:
    table = PAGE.partition("<!-- endpoints -->")[2].partition("\n\nNot served")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith(("| G", "| P", "| D"))]
    found: set[tuple[str, str]] = set()
    for row in rows:
        for methods, path in re.findall(r"([A-Z, ]+)`([^`]+)`", row):
            found |= {(method, path) for method in re.findall("[A-Z]+", methods)}
    return found


def test_every_call_is_documented(tmp_path: Path) -> None:
    app = create_app(ServerSettings(data_dir=tmp_path, access_key="k"))
    paths = app.openapi()["paths"]
    served = {(method.upper(), path.removeprefix(ROOT)) for path, calls in paths.items() for method in calls}
    app.state.services.database.close()
    assert served | {("HEAD", "/blobs/{checksum}")} == documented()


def test_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    exec(code, {})
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+ Accesskey-[0-9a-f]{32}\n", capsys.readouterr().out)


def test_every_file_of_the_data_folder_is_documented(tmp_path: Path) -> None:
    services = create_app(ServerSettings(data_dir=tmp_path)).state.services
    services.database.close()
    names = {path.name for path in tmp_path.iterdir()}
    assert {name for name in names if f"`{name}" not in PAGE} <= {"lading.db-wal", "lading.db-shm"}
