"""Objects in a bucket: what is signed for it, what is asked of it, and a whole upload against real servers."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lading.errors import OptionError
from lading.server.embedded import running
from lading.server.s3_store import S3Store, open_bucket
from tests.s3.bucket import KEY_ID, SECRET, Bucket

from .conftest import KEY, Api, Clock

pytest.importorskip("botocore")


@pytest.fixture
def keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)


def store(url: str = "s3://box?endpoint=http://127.0.0.1:9") -> S3Store:
    return open_bucket(url, largest=5 << 30)


@pytest.mark.usefixtures("keys")
def test_policy_is_signed_for_the_bucket() -> None:
    grant = store().grant("http://platform", "d" * 32, issued_s=1616564520, expiration_s=1616564640)
    assert (grant.host, grant.prefix) == ("http://127.0.0.1:9/box", "d" * 32 + "/")
    policy = json.loads(base64.b64decode(grant.fields["policy"]))
    assert {"bucket": "box"} in policy["conditions"]
    assert {"success_action_status": "200"} in policy["conditions"]  # stores take no starts-with here
    assert ["content-length-range", 0, 5 << 30] in policy["conditions"]
    assert grant.fields["x-amz-credential"] == "LOCALKEY/20210324/us-east-1/s3/aws4_request"
    assert SECRET not in json.dumps([grant.host, dict(grant.fields)])


@pytest.mark.usefixtures("keys")
def test_policy_of_lent_keys_has_their_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "lent")
    grant = store().grant("http://platform", "d" * 32, issued_s=1616564520, expiration_s=1616564640)
    assert grant.fields["x-amz-security-token"] == "lent"
    assert {"x-amz-security-token": "lent"} in json.loads(base64.b64decode(grant.fields["policy"]))["conditions"]


@pytest.mark.usefixtures("keys")
def test_address_of_an_object_is_the_buckets_signed_for_a_day() -> None:
    url = store().url("http://platform", "d" * 32, "a" * 40, 0)
    assert url.startswith(f"http://127.0.0.1:9/box/{'d' * 32}/{'a' * 40}?X-Amz-Algorithm=AWS4-HMAC-SHA256&")
    assert "X-Amz-Expires=86400" in url


@pytest.mark.usefixtures("keys")
@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("s3://", "expected s3://BUCKET"),
        ("s3://box/prefix", "expected s3://BUCKET"),
        ("s3://box?endpont=x", "expected s3://BUCKET"),
        ("s3://key:secret@box", "expected s3://BUCKET"),
        ("s3://box?endpoint=nowhere", "expected an endpoint such as"),
    ],
)
def test_url_that_is_none(url: str, message: str) -> None:
    with pytest.raises(OptionError, match=message):
        store(url)


@pytest.mark.usefixtures("keys")
def test_bucket_that_is_not_there_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    with pytest.raises(OptionError, match="expected a bucket 'box' that can be used"):
        store().prepare()


def test_keys_that_are_missing_are_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(OptionError, match="expected keys in AWS_ACCESS_KEY_ID"):
        store()


@pytest.fixture
def real(bucket: Bucket, tmp_path: Path) -> Iterator[Api]:
    with running(tmp_path, access_key=KEY, objects=bucket.url) as platform:
        yield Api(platform, Clock())


def upload(api: Api, content: bytes) -> str:
    """As a client does: to the host of the policy."""
    policy = api.policy()
    fields = api.fields(content, policy)
    parts = [*fields.items(), ("file", content)]
    body = b"".join(_part(*part) for part in parts) + b"--xYz--\r\n"
    answer = api.send("POST", policy["extra"]["host"], body, {"Content-Type": "multipart/form-data; boundary=xYz"})
    assert (answer.status, answer.body) == (200, b"")
    return fields["key"][-40:]


def _part(name: str, value: str | bytes) -> bytes:
    ending = '; filename=""' if isinstance(value, bytes) else ""
    head = f'--xYz\r\nContent-Disposition: form-data; name="{name}"{ending}\r\n\r\n'
    return head.encode() + (value if isinstance(value, bytes) else value.encode()) + b"\r\n"


@pytest.mark.slow
def test_upload_goes_to_the_bucket_and_comes_back_from_it(real: Api, bucket: Bucket) -> None:
    content = b"\xff\xd8\xff straight to the bucket"
    policy_host = real.make().policy()["extra"]["host"]
    assert policy_host == f"{bucket.endpoint}/{bucket.name}"
    checksum = upload(real, content)
    body: dict[str, Any] = {"draftNumber": 1, "segmentName": "car", "remotePath": "a.jpg", "checksum": checksum}
    wrong = real.call("PUT", "datasets/{id}/callback", {**body, "fileSize": 3})
    assert (wrong.refusal, "fileSize" in wrong.json["message"]) == ((400, "InvalidParamsValue"), True)
    absent = real.call("PUT", "datasets/{id}/callback", {**body, "checksum": "0" * 40})
    assert absent.refusal == (404, "ResourceNotExist")
    real.ok("PUT", "datasets/{id}/callback", {**body, "fileSize": len(content)})
    (row,) = real.ok("GET", "datasets/{id}/data/urls", segmentName="car", draftNumber=1)["urls"]
    assert row["url"].startswith(bucket.endpoint)
    assert real.send("GET", row["url"]).body == content
    assert real.send("GET", row["url"].replace("Signature=", "Signature=0")).status == 403
    refused = real.post(real.fields(content), content)  # the platform's own POST is shut
    assert (refused.status, b"<Code>AccessDenied</Code>" in refused.body) == (403, True)
    assert not (real.platform.data_dir / "objects").exists()


@pytest.mark.slow
def test_object_of_one_dataset_is_none_of_another(real: Api) -> None:
    checksum = upload(real.make(name="one"), b"mine")
    real.make(name="two")
    body = {"draftNumber": 1, "segmentName": "car", "remotePath": "a", "checksum": checksum}
    assert real.call("PUT", "datasets/{id}/callback", body).refusal == (404, "ResourceNotExist")


@pytest.mark.slow
def test_batch_of_fifty_and_documents(bucket: Bucket) -> None:
    objects = open_bucket(bucket.url, largest=5 << 30)
    contents = [f"file {i}".encode() for i in range(50)]
    names = [hashlib.sha1(content).hexdigest() for content in contents]
    for name, content in zip(names, contents, strict=True):
        bucket.client.put_object(Bucket=bucket.name, Key=f"d/{name}", Body=content)
    found = objects.sizes("d", [*names, "f" * 40, "../escape"])
    assert found == {name: len(content) for name, content in zip(names, contents, strict=True)}
    objects.put_document("manifests/a/1.jsonl", iter([b"one\n", b"two\n"]))
    assert b"".join(objects.read_document("manifests/a/1.jsonl")) == b"one\ntwo\n"
    assert objects.document_names("manifests/a/") == ["manifests/a/1.jsonl"]
    objects.remove_document("manifests/a/1.jsonl")
    assert objects.document_names("manifests/a/") == []
