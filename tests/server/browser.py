"""Headless Chromium through chromedriver, spoken to in WebDriver's own JSON."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

_ELEMENT = "element-6066-11e4-a52e-4f735466cecf"


class Browser:
    """One window."""

    def __init__(self, session: str) -> None:
        self._session = session

    def open(self, url: str) -> None:
        _call(f"{self._session}/url", {"url": url})

    @property
    def title(self) -> str:
        return str(_call(f"{self._session}/title"))

    def await_title(self, title: str) -> None:
        """Wait for a page; a click does not."""
        deadline = time.monotonic() + 10
        while self.title != title:
            assert time.monotonic() < deadline, f"expected {title!r}, found {self.title!r}"
            time.sleep(0.02)

    def run(self, script: str) -> Any:
        """The value of a script's `return`."""
        return _call(f"{self._session}/execute/sync", {"script": script, "args": []})

    def find(self, css: str) -> str:
        found = _call(f"{self._session}/element", {"using": "css selector", "value": css})
        return str(found[_ELEMENT])

    def write(self, css: str, text: str) -> None:
        _call(f"{self._session}/element/{self.find(css)}/value", {"text": text})

    def click(self, css: str) -> None:
        _call(f"{self._session}/element/{self.find(css)}/click", {})

    def follow(self, words: str) -> None:
        """Click the link that says so."""
        found = _call(f"{self._session}/element", {"using": "link text", "value": words})
        _call(f"{self._session}/element/{found[_ELEMENT]}/click", {})

    def screenshot(self, css: str, path: Path) -> None:
        path.write_bytes(base64.b64decode(_call(f"{self._session}/element/{self.find(css)}/screenshot")))


@contextmanager
def browser(folder: Path) -> Iterator[Browser]:
    """A browser of its own, ended with the block; skips where Debian's chromium-driver is not installed."""
    driver, chromium = shutil.which("chromedriver"), shutil.which("chromium")
    if driver is None or chromium is None:
        pytest.skip("chromium and chromedriver are not installed")
    child = subprocess.Popen([driver, "--port=0"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert child.stdout is not None
        line = next(line for line in child.stdout if "started successfully on port" in line)
        port = int(line.rstrip(". \n").rsplit(" ", 1)[1])
        root = f"http://127.0.0.1:{port}"
        arguments = ["--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1200,1000"]
        arguments.append(f"--user-data-dir={folder / 'chromium'}")
        options = {"binary": chromium, "args": arguments}
        wanted = {"capabilities": {"alwaysMatch": {"goog:chromeOptions": options}}}
        session = f"{root}/session/{_call(f'{root}/session', wanted)['sessionId']}"
        try:
            yield Browser(session)
        finally:
            _call(session, method="DELETE")
    finally:
        child.terminate()
        child.wait(10)
        if child.stdout is not None:
            child.stdout.close()


def _call(url: str, body: Any = None, method: str | None = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
    with urllib.request.urlopen(request, timeout=60) as answer:
        return json.load(answer)["value"]
