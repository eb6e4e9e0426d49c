from __future__ import annotations

import asyncio

import pytest

from lading.errors import NotFoundError, ServerFaultError, UnreachableError
from lading.platform.retry import Retry


class Calls:
    """Fails with the given errors in turn, then succeeds."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.made = 0
        self.waits = []

    async def __call__(self):
        self.made += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"

    async def sleep(self, seconds):
        self.waits.append(seconds)

    def run(self, *, is_idempotent=True, **options):
        retry = Retry(sleep=self.sleep, chance=lambda: 1.0, **options)
        return asyncio.run(retry.run(self, is_idempotent=is_idempotent))


def fault(status=500, after=None):
    return ServerFaultError("fault", status=status, retry_after_s=after)


def test_waits_double_up_to_the_longest():
    calls = Calls(*[fault() for _ in range(5)])
    assert calls.run(attempts=6, first_s=1.0, longest_s=6.0) == "done"
    assert calls.waits == [1.0, 2.0, 4.0, 6.0, 6.0]


def test_half_of_a_wait_is_chance():
    retry = Retry(first_s=1.0, chance=lambda: 0.0)
    assert retry.wait_s(1) == 0.5


def test_the_server_may_ask_for_more_time_up_to_the_longest():
    calls = Calls(fault(429, after=3.0), fault(503, after=999.0))
    calls.run(first_s=1.0, longest_s=10.0)
    assert calls.waits == [3.0, 10.0]


def test_the_last_error_comes_through():
    calls = Calls(*[UnreachableError(f"try {i}") for i in range(3)])
    with pytest.raises(UnreachableError, match="try 2"):
        calls.run(attempts=3)
    assert calls.made == 3


def test_a_refusal_is_final():
    calls = Calls(NotFoundError("gone"))
    with pytest.raises(NotFoundError):
        calls.run()
    assert calls.made == 1


def test_a_creation_is_not_sent_again_where_it_may_have_been_taken_up():
    calls = Calls(fault(500))
    with pytest.raises(ServerFaultError):
        calls.run(is_idempotent=False)
    assert calls.made == 1


@pytest.mark.parametrize("status", [429, 503])
def test_a_creation_is_sent_again_where_it_was_not_taken_up(status):
    calls = Calls(fault(status))
    assert calls.run(is_idempotent=False) == "done"
    assert calls.made == 2


def test_a_creation_is_sent_again_after_a_refused_connection():
    error = UnreachableError("refused")
    error.__cause__ = ConnectionRefusedError()
    calls = Calls(error)
    assert calls.run(is_idempotent=False) == "done"
