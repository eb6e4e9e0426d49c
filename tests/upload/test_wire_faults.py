"""Answers that are no answers: each ends in one line, and the next run leaves every file and label there once."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from lading.errors import LadingError
from lading.platform.retry import Retry
from lading.server.embedded import RunningPlatform, running
from lading.upload import Settings, UploadResult, upload

from .conftest import Reading
from .faults import no_wait
from .test_faults import check_whole, dataset
from .wire_faults import FAULTS, Middle, middle_running

FILES = 6

#: What passes is tried again; what does not is told at once.
QUICK = Settings(retry=Retry(attempts=2, sleep=no_wait), give_up=3, timeout_s=5)

#: A line of an error: where, what was expected, what was found; no answer of the server more than is fit for it.
LINE = re.compile(r"[^\n]+: expected [^\n]+, found [^\n]{1,300}")


@pytest.fixture(scope="module")
def middle() -> Iterator[Middle]:
    with middle_running() as started:
        yield started


@pytest.fixture(scope="module")
def behind(middle: Middle, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPlatform]:
    with running(tmp_path_factory.mktemp("behind"), public_url=middle.url) as started:
        middle.to(started.url)
        yield started


class Way:
    """Uploads through the middle."""

    def __init__(self, middle: Middle, behind: RunningPlatform, ledgers: Path) -> None:
        self.middle, self.behind, self.ledgers = middle, behind, ledgers

    def __call__(self, name: str) -> UploadResult:
        key = self.behind.access_key
        place = {"platform": self.middle.url, "access_key": key, "ledgers": self.ledgers / name}
        return upload(dataset(name, FILES), name, jobs=2, settings=QUICK, **place)  # type: ignore[arg-type]

    def steps(self) -> int:
        """Requests of an upload that nothing disturbs."""
        self.middle.again()
        self(f"steps-{self.ledgers.name}")
        return len(self.middle.lines)

    def spoiled(self, fault: str, at: int) -> None:
        """An upload of which one answer is spoiled, and then one that is not disturbed."""
        name = f"{fault}-{at}".replace(" ", "_")
        self.middle.again(at, FAULTS[fault])
        try:
            told = [reason for _, reason in self(name).failures]
        except LadingError as exc:
            told = [str(exc)]
        assert all(LINE.fullmatch(line) for line in told), told
        self.middle.again()
        result = self(name)
        assert result.is_complete
        check_whole(Reading(self.behind), name, result.commit_id, FILES)


@pytest.fixture
def way(middle: Middle, behind: RunningPlatform, tmp_path: Path) -> Way:
    return Way(middle, behind, tmp_path)


@pytest.mark.parametrize("fault", FAULTS)
def test_a_spoiled_answer_here_and_there(fault: str, way: Way) -> None:
    """At other places for each fault, so that all of them together see each kind of request."""
    steps, first = way.steps(), list(FAULTS).index(fault)
    assert first < steps
    for at in range(first, steps, len(FAULTS)):
        way.spoiled(fault, at)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_spoiled_answer_at_every_step(fault: str, way: Way) -> None:
    steps = way.steps()
    assert steps > len(FAULTS)
    for at in range(steps):
        way.spoiled(fault, at)


@pytest.mark.parametrize("skew_s", [-86_400, 86_400], ids=["a day slow", "a day fast"])
def test_a_clock_that_is_a_day_off_costs_no_policy_more(skew_s: int, way: Way) -> None:
    def shift(answer: bytes) -> bytes:
        head, _, body = answer.partition(b"\r\n\r\n")
        body = re.sub(rb'"expireAt":\s*(\d+)', lambda m: b'"expireAt":%d' % (int(m[1]) + skew_s), body)
        head = re.sub(rb"(?i)content-length: \d+", b"Content-Length: %d" % len(body), head)
        return head + b"\r\n\r\n" + body

    name = f"skew-{skew_s}"
    way.middle.again()
    way.middle.shift = shift
    try:
        check_whole(Reading(way.behind), name, way(name).commit_id, FILES)
    finally:
        way.middle.shift = lambda answer: answer
    assert sum("/policies?" in line for line in way.middle.lines) == 3  # one a segment, and the sidecar's
