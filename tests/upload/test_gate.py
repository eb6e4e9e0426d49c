"""How many files are in flight: never more than the limit, and the limit is what makes the upload quick."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable

import pytest

from lading.upload.gate import FIRST, MOST, Gate

SIZE = 100_000


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def through(gate: Gate, clock: Clock, files: int, rate: Callable[[int], float], senders: int = MOST) -> float:
    """Send files through a gate, `rate(limit)` of them a second; how many a second the last quarter took."""

    async def main() -> float:
        in_flight: deque[asyncio.Future[None]] = deque()

        async def send() -> None:
            while True:
                await gate.enter()
                arrived = asyncio.get_running_loop().create_future()
                in_flight.append(arrived)
                try:
                    await arrived
                finally:
                    gate.leave(SIZE)

        tasks = [asyncio.create_task(send()) for _ in range(senders)]
        began = 0.0
        for number in range(files):
            for _ in range(3):  # whoever was let in begins
                await asyncio.sleep(0)
            if number == files * 3 // 4:
                began = clock.now
            clock.now += 1 / rate(min(len(in_flight), gate.limit))
            in_flight.popleft().set_result(None)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return files / 4 / (clock.now - began)

    return asyncio.run(main())


def far(round_trip_s: float, files_a_second: float) -> Callable[[int], float]:
    """A link: each file in flight takes a round trip, and all together no more than it carries."""
    return lambda in_flight: min(in_flight / round_trip_s, files_a_second)


@pytest.mark.parametrize(
    ("round_trip_s", "files_a_second", "share"),
    [(0.052, 500, 0.9), (0.05, 5_000, 0.2), (0.2, 250, 0.9), (0.01, 500, 0.9), (0.001, 3_000, 0.95)],
    ids=["50 ms and 400 Mbit/s", "more than may be in flight", "far", "near", "loopback"],
)
def test_a_link_is_filled(round_trip_s: float, files_a_second: float, share: float) -> None:
    clock = Clock()
    gate = Gate(None, clock)
    assert through(gate, clock, 4_000, far(round_trip_s, files_a_second)) >= share * files_a_second


def test_no_more_are_in_flight_than_help() -> None:
    """Where a server is busy with eight, more only wait in memory."""
    clock = Clock()
    gate = Gate(None, clock)
    through(gate, clock, 4_000, lambda in_flight: 2_000.0)
    assert gate.limit == FIRST


def test_noise_does_not_hold_it_back() -> None:
    clock, dice = Clock(), random.Random(11)
    gate = Gate(None, clock)
    link = far(0.052, 500)
    assert through(gate, clock, 6_000, lambda in_flight: link(in_flight) * dice.uniform(0.7, 1.3)) > 400


def test_a_link_that_gets_better_is_noticed() -> None:
    clock = Clock()
    gate = Gate(None, clock)
    through(gate, clock, 1_000, far(0.05, 160))
    assert gate.limit <= 16
    assert through(gate, clock, 20_000, far(0.05, 600)) > 540


def test_where_nobody_waits_more_in_flight_would_bring_nothing() -> None:
    clock = Clock()
    gate = Gate(None, clock)
    through(gate, clock, 2_000, far(0.05, 500), senders=4)
    assert gate.limit == FIRST


def test_a_number_that_was_asked_for_is_kept() -> None:
    clock = Clock()
    gate = Gate(3, clock)
    through(gate, clock, 1_000, far(0.05, 500))
    gate.back_off()
    assert (gate.limit, gate.most) == (3, 3)


def test_a_platform_that_could_not_take_a_file_gets_fewer_at_once() -> None:
    gate = Gate(None)
    limits = []
    for _ in range(4):
        gate.back_off()
        limits.append(gate.limit)
    assert limits == [4, 2, 2, 2]


def test_no_more_than_the_limit_and_who_is_cancelled_leaves_no_hole() -> None:
    async def main() -> None:
        gate, dice = Gate(3), random.Random(5)
        inside = most = 0

        async def send() -> None:
            nonlocal inside, most
            await gate.enter()
            inside += 1
            most = max(most, inside)
            try:
                await asyncio.sleep(0)
            finally:
                inside -= 1
                gate.leave(SIZE)

        for _ in range(200):
            tasks = [asyncio.create_task(send()) for _ in range(dice.randrange(10))]
            for _ in range(dice.randrange(4)):
                await asyncio.sleep(0)
            for task in tasks:
                if dice.random() < 0.5:
                    task.cancel()
            await asyncio.wait_for(asyncio.gather(*tasks, return_exceptions=True), 5)
        assert (inside, most) == (0, 3)
        await asyncio.wait_for(asyncio.gather(*(gate.enter() for _ in range(3))), 1)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(gate.enter(), 0.01)

    asyncio.run(main())
