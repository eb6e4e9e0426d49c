"""The table of POST-policy cases, against the embedded store and against real S3 servers."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from lading.server.embedded import running
from lading.server.post_policy import SigningKey
from lading.server.services import load_signing_key
from tests.s3.bucket import KEY_ID, REGION, SECRET, Bucket

from .conftest import KEY, Answer, Api, Clock, send
from .policy_cases import BOUNDARY, CASES, FILE, SHA1, Case, Form

HEADERS = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    with running(tmp_path_factory.mktemp("platform"), access_key=KEY) as platform:
        yield Api(platform, Clock())


def post(api: Api, url: str, case: Case, key: SigningKey) -> Answer:
    form = Form(key, time.time())
    case.change(form)
    return api.send("POST", url, form.body(), HEADERS)


@every_case
def test_embedded_store(embedded: Api, case: Case) -> None:
    key = load_signing_key(embedded.platform.data_dir)
    answer = post(embedded, f"{embedded.platform.url}/upload", case, key)
    assert answer.status == case.status, answer.body
    if case.code is not None:
        assert ElementTree.fromstring(answer.body).findtext("Code") == case.code
    (*stored,) = embedded.stored()
    assert [path.read_bytes() for path in stored] == ([FILE] if answer.status < 400 else [])
    for path in stored:
        path.unlink()


@pytest.mark.slow
@every_case
def test_real_store(bucket: Bucket, case: Case) -> None:
    """Statuses alone: texts and codes differ from server to server (C8)."""
    form = Form(SigningKey(KEY_ID, SECRET, REGION, bucket.name), time.time())
    case.change(form)
    answer = send("POST", f"{bucket.endpoint}/{bucket.name}", form.body(), HEADERS)
    status, why = case.elsewhere.get(bucket.server, (case.status, ""))
    assert answer.status == status, (why, answer.body)
    if case.status < 400 and status < 400:
        assert bucket.names() == [case.key.get(bucket.server, f"p/{SHA1}")]
        assert bucket.read(bucket.names()[0]) == FILE
    elif status >= 400:
        assert bucket.names() == []


def test_wrong_place_for_the_data(tmp_path: Path) -> None:
    assert load_signing_key(tmp_path) == load_signing_key(tmp_path)
