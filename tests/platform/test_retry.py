from __future__ import annotations

import asyncio
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

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


def test_the_bound_of_waits_doubles_up_to_the_longest():
    calls = Calls(*[fault() for _ in range(5)])
    assert calls.run(attempts=6, first_s=1.0, longest_s=6.0) == "done"
    assert calls.waits == [1.0, 2.0, 4.0, 6.0, 6.0]


def test_what_the_server_asks_for_comes_before_the_wait_and_has_a_bound():
    calls = Calls(fault(429, after=3.0), fault(503, after=999.0))
    calls.run(first_s=1.0, longest_s=10.0, longest_asked_s=60.0)
    assert calls.waits == [4.0, 62.0]


@given(
    failures=st.integers(1, 5_000),
    first_s=st.floats(0.01, 10),
    longest_s=st.floats(0.01, 100),
    asked_s=st.none() | st.floats(0, 1e9),
    chance=st.floats(0, 1, exclude_max=True),
)
def test_a_wait_is_as_long_as_asked_and_a_share_of_its_bound(failures, first_s, longest_s, asked_s, chance):
    retry = Retry(first_s=first_s, longest_s=longest_s, longest_asked_s=60.0, chance=lambda: chance)
    asked = min(asked_s or 0.0, 60.0)
    bound = longest_s if failures > 20 else min(longest_s, first_s * 2 ** (failures - 1))
    assert asked <= retry.wait_s(failures, asked_s) <= asked + bound
    assert retry.wait_s(failures, asked_s) - asked == pytest.approx(chance * bound, abs=1e-9)


def test_waits_are_drawn_evenly_from_nothing_up_to_their_bound():
    """Full jitter: of many waits a tenth lies in each tenth of the range."""
    retry = Retry(first_s=1.0, chance=random.Random(5).random)
    tenths = Counter(int(retry.wait_s(1) * 10) for _ in range(10_000))
    assert sorted(tenths) == list(range(10))
    assert all(900 < count < 1_100 for count in tenths.values())


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
