"""Fixtures of more than one folder of tests: a bucket of a real S3 server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from .s3 import ceph, seaweed
from .s3.bucket import KEY_ID, SECRET, Bucket, RealStore, one_at_a_time


@pytest.fixture(scope="session", params=[seaweed.running, ceph.running], ids=["seaweedfs", "ceph"])
def real_store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealStore]:
    """A server for all tests that want one; those of the next begin when it has ended."""
    pytest.importorskip("botocore")
    run: Callable[[Path], AbstractContextManager[RealStore]] = request.param
    with one_at_a_time(), run(tmp_path_factory.mktemp("s3")) as store:
        yield store


@pytest.fixture
def bucket(real_store: RealStore, monkeypatch: pytest.MonkeyPatch) -> Bucket:
    """An empty bucket, its keys where botocore looks for them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", KEY_ID)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_DEFAULT_REGION"):
        monkeypatch.delenv(name, raising=False)
    return real_store.new_bucket()
