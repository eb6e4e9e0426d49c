"""Requests of any shape, to every call and page: refused or answered, never with a 5xx."""

from __future__ import annotations

import json
import random
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from lading.server.app import create_app
from lading.server.settings import ServerSettings

from .conftest import KEY, Api
from .test_manifest import FRAMES, fill
from .test_page import cookie

#: Words that mean something to some call, and such as mean nothing to any.
WORDS = ["main", "v1", "0" * 32, "drive", "empty", "cam", "0.bin", FRAMES[0], "SEMANTIC_MASK", "OPEN", "CLOSED", "ALL"]
WORDS += ["created_at", "name", "asc", "CAMERA", "a" * 40, "x" * 3000, "../x", "a\0b", "é", "\ud800", "%", "_", ""]
NUMBERS = [0, 1, 2, -1, 5, 10**30, 1.5, 1e308, None, True]
OBJECTS: list[Any] = [[], {}, [[]], [{}], {"BOX2D": []}, {"BOX2D": {}}, {"CLASSIFICATION": {"category": "a"}}]
OBJECTS += [{"BOX2D": {"attributes": [{"name": "x", "type": "number", "minimum": 10**40}]}}]
FIELDS = ["name", "type", "alias", "isPublic", "draftNumber", "segmentName", "remotePath", "checksum", "fileSize"]
FIELDS += ["frameId", "sensorName", "label", "objects", "catalog", "isContinuous", "binPointCloudFields", "title"]
FIELDS += ["description", "tag", "commit", "status", "branchName", "extrinsics", "intrinsics", "timestamp"]
QUERY = ["draftNumber", "commit", "segmentName", "remotePath", "offset", "limit", "sortBy", "sortOrder", "name"]
QUERY += ["maskType", "status", "branchName", "expired", "frame", "segment", "Expires", "Signature"]
RIGHT = {"draftNumber": 2, "segmentName": "drive", "segment": "drive", "frame": FRAMES[0], "remotePath": "0.bin"}
RIGHT |= {"maskType": "SEMANTIC_MASK", "frameId": FRAMES[1], "sensorName": "cam", "title": "t"}
PAGES = [("get", path) for path in ("/", "/dataset/{id}", "/dataset/{id}/segment", "/dataset/{id}/frame")]


class Sender:
    """Makes requests up, most of them nearly right, so that they get far."""

    def __init__(self, api: Api, seed: int) -> None:
        self.dice = random.Random(seed)
        self.api = api
        self.checksums = list(fill(api, api.upload))
        api.ok("POST", "datasets/{id}/drafts", {"title": "x"})
        app = create_app(ServerSettings(data_dir=api.platform.data_dir, access_key=KEY))
        app.state.services.database.close()
        self.calls = [(method, path) for path, methods in app.openapi()["paths"].items() for method in methods]
        self.calls = [call for call in self.calls if call[0] != "delete" or not call[1].endswith("/{id}")] + 3 * PAGES
        self.headers = {"X-Token": KEY, "Cookie": cookie(api)}

    def value(self) -> Any:
        return self.dice.choice(self.dice.choice([WORDS, NUMBERS, OBJECTS]))

    def text(self) -> bytes:
        return str(self.value()).encode("utf-8", "surrogatepass")

    def right(self, names: list[str], share: float) -> dict[str, Any]:
        known = {**RIGHT, "checksum": self.dice.choice(self.checksums)}
        return {name: known[name] for name in names if name in known and self.dice.random() < share}

    def body(self, *, is_whole: bool = True) -> dict[str, Any]:
        body = {name: self.value() for name in self.dice.sample(FIELDS, 5)} | self.right(FIELDS, 0.7)
        if is_whole and self.dice.random() < 0.5:
            body["objects"] = [self.body(is_whole=False)]
        return body

    def send(self) -> tuple[int, Any]:
        """The status, and what was sent."""
        method, path = self.dice.choice(self.calls)
        dataset = self.api.dataset_id if self.dice.random() < 0.9 else quote(self.text(), safe="")
        path = path.replace("{id}", dataset).replace("{number}", quote(self.text(), safe=""))
        path = path.replace("{checksum}", self.dice.choice(self.checksums))
        query = {name: self.text() for name in self.dice.sample(QUERY, 3)} | self.right(QUERY, 0.5)
        if "draftNumber" in query and self.dice.random() < 0.8:
            query.pop("commit", None)
        body = None if method == "get" else json.dumps(self.body()).encode()
        url = f"{self.api.platform.url}{path}?{urlencode(query)}"
        return self.api.send(method.upper(), url, body, self.headers).status, (method, path, query, body)


@pytest.mark.parametrize(
    ("seed", "count"), [pytest.param(1, 600, id="few"), pytest.param(2, 20_000, id="many", marks=pytest.mark.slow)]
)
def test_no_request_is_answered_by_5xx(api: Any, seed: int, count: int) -> None:
    sender = Sender(api, seed)
    statuses = set()
    for _ in range(count):
        status, sent = sender.send()
        assert status < 500, sent
        statuses.add(status)
    assert {200, 201, 400, 403, 404} <= statuses
