"""A platform on a loopback port and a small client for it, made of the standard library alone."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest

from lading.server.embedded import RunningPlatform, running

ROOT = "/gatewayv2/tensorbay-open-api/v1"
KEY = "Accesskey-test"
#: 2021-03-24T05:42:00Z, the time of issue of the seed's policy.
SEED_TIME_S = 1616564520


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def refusal(self) -> tuple[int, str]:
        return self.status, self.json["code"]


@dataclass
class Clock:
    now_s: float = float(SEED_TIME_S)

    def __call__(self) -> float:
        return self.now_s


def send(method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
    """One request over a connection of its own."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request(method, target, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
    finally:
        connection.close()


@dataclass
class Api:
    """Sends what it is told to; `dataset_id` and `draft` fill the common places."""

    platform: RunningPlatform
    clock: Clock
    headers: dict[str, str] = field(default_factory=dict)
    dataset_id: str = ""

    def send(self, method: str, url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        return send(method, url, body, headers)

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Answer:
        """A call of the API with the key; `{id}` in the path is the dataset's."""
        url = f"{self.platform.url}{ROOT}/{path.format(id=self.dataset_id)}"
        if query:
            url += f"?{urlencode(query)}"
        content = None if body is None else json.dumps(body).encode()
        return self.send(method, url, content, {"X-Token": KEY, **self.headers})

    def make(self, kind: int = 0, segment: str | None = "car", name: str = "demo") -> Api:
        """A dataset with draft 1 and a segment."""
        self.dataset_id = self.ok("POST", "datasets", {"name": name, "type": kind})["id"]
        assert self.ok("POST", "datasets/{id}/drafts", {"branchName": "main", "title": "first"}) == {"draftNumber": 1}
        if segment is not None:
            self.ok("POST", "datasets/{id}/segments", {"name": segment, "draftNumber": 1})
        return self

    def ok(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        answer = self.call(method, path, body, **query)
        assert answer.status in (200, 201), answer.body
        return answer.json

    def policy(self, **query: Any) -> Any:
        return self.ok("GET", "datasets/{id}/policies", **{"draftNumber": 1, **query})

    def fields(self, content: bytes, policy: Any = None) -> dict[str, str]:
        """The form's fields for a file, as the official client sends them (C3)."""
        policy = policy or self.policy()
        fields = {name: value for name, value in policy["result"].items() if name != "multipleUploadLimit"}
        key = policy["extra"]["objectPrefix"] + hashlib.sha1(content).hexdigest()
        return {**fields, "key": key, "Content-Type": ""}

    def post(self, fields: dict[str, str], content: bytes) -> Answer:
        return self.post_parts([*fields.items(), ("file", content)])

    def post_parts(self, parts: list[tuple[str, str | bytes]], end: bytes = b"--xYz--\r\n") -> Answer:
        """A form of these parts; bytes are a file, with the empty file name that the official client sends."""
        body = b"".join(part(name, value) for name, value in parts) + end
        headers = {"Content-Type": "multipart/form-data; boundary=xYz"}
        return self.send("POST", f"{self.platform.url}/upload", body, headers)

    def upload(self, content: bytes) -> str:
        """Post a file; its checksum."""
        answer = self.post(self.fields(content), content)
        assert (answer.status, answer.body) == (200, b"")
        return hashlib.sha1(content).hexdigest()

    def stored(self) -> list[Path]:
        """Every object in the store, unfinished ones too."""
        folders = (self.platform.data_dir / "objects").iterdir()
        return [path for folder in folders if folder.name != "manifests" for path in folder.iterdir()]


def part(name: str, value: str | bytes) -> bytes:
    file_name = '; filename=""' if isinstance(value, bytes) else ""
    head = f'--xYz\r\nContent-Disposition: form-data; name="{name}"{file_name}\r\n\r\n'
    return head.encode() + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"


@pytest.fixture(scope="package")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """One platform for all tests that leave its settings alone: it takes 0.4 s to start and to end."""
    clock = Clock()
    with running(tmp_path_factory.mktemp("platform"), access_key=KEY, clock=clock) as platform:
        yield Api(platform, clock)


@pytest.fixture
def api(shared: Api) -> Iterator[Api]:
    """A platform with nothing in it, at the time of the seed's policy."""
    shared.clock.now_s = float(SEED_TIME_S)
    yield Api(shared.platform, shared.clock)
    for row in Api(shared.platform, shared.clock).ok("GET", "datasets")["datasets"]:
        shared.call("DELETE", f"datasets/{row['id']}")
    for path in shared.stored():
        path.unlink()
