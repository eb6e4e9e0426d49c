"""Uploads many files over a link that is far away and narrow: how much of it is filled, and at what cost.

    python benchmarks/link.py --files 10000 --bytes 100000

The link is a program between the uploader and a server that only answers (`upload.py`): it holds each byte back for
half of the round trip, each way, and lets as many a second through as it was told, over all connections together.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

#: Bytes of one connection that are under way at most, each way, as a window of TCP would have it.
WINDOW = 1 << 20


class Link:
    """Carries connections to a port of this machine, late and not too fast."""

    def __init__(self, port: int, round_trip_s: float, megabits: float) -> None:
        self.port = port
        self.delay_s = round_trip_s / 2
        self.bytes_a_second = megabits * 1e6 / 8
        self.free_at = 0.0

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, out = await asyncio.open_connection("127.0.0.1", self.port)
        await asyncio.sleep(2 * self.delay_s)  # the handshake
        await asyncio.gather(self.pump(reader, out, self.sent_at), self.pump(there, writer, lambda _, now: now))

    def sent_at(self, size: int, now: float) -> float:
        """When the last of these bytes has left the sender, behind all that other connections sent."""
        self.free_at = max(now, self.free_at) + size / self.bytes_a_second
        return self.free_at

    async def pump(
        self, source: asyncio.StreamReader, sink: asyncio.StreamWriter, sent_at: Callable[[int, float], float]
    ) -> None:
        loop = asyncio.get_running_loop()
        under_way = 0
        room = asyncio.Event()

        def arrive(block: bytes) -> None:
            nonlocal under_way
            under_way -= len(block)
            room.set()
            if not sink.is_closing():
                sink.write(block)

        with contextlib.suppress(ConnectionError):
            while block := await source.read(1 << 16):
                under_way += len(block)
                # At a time, not after one: blocks of a connection must not overtake each other.
                loop.call_at(sent_at(len(block), loop.time()) + self.delay_s, arrive, block)
                while under_way >= WINDOW:
                    room.clear()
                    await room.wait()
        loop.call_at(sent_at(0, loop.time()) + self.delay_s, sink.close)


async def run_link(port: int, round_trip_s: float, megabits: float) -> None:
    link = Link(port, round_trip_s, megabits)
    server = await asyncio.start_server(link.carry, "127.0.0.1", 0, limit=1 << 16)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


@contextlib.contextmanager
def started(*command: str):
    process = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--bytes", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--round-trip", type=float, default=0.05, help="in seconds")
    options.add_argument("--megabits", type=float, default=400.0, help="a second")
    options.add_argument("--carry", type=int, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.carry is not None:
        asyncio.run(run_link(given.carry, given.round_trip, given.megabits))
        return
    from upload import make_files

    upload = str(Path(__file__).with_name("upload.py"))
    link = ("--round-trip", str(given.round_trip), "--megabits", str(given.megabits))
    with tempfile.TemporaryDirectory() as work:
        files = Path(work) / "files"
        files.mkdir()
        make_files(files, given.files, given.bytes)
        for number in range(given.rounds):
            with started(upload, "--sink") as port, started(__file__, "--carry", port, *link) as way:
                url, ledgers = f"http://127.0.0.1:{way}/", str(Path(work) / f"ledgers{number}")
                command = [sys.executable, upload, "--side", "lading", str(files), url, ledgers]
                done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
            row = json.loads(done.stdout)
            megabits = row["files"] * given.bytes * 8 / 1e6 / row["seconds"]
            print(
                f"{row['files'] / row['seconds']:6,.0f} files/s  {megabits:5.0f} Mbit/s of files  "
                f"{megabits / given.megabits:5.1%} of the link  {row['cpuSeconds'] / row['seconds']:5.2f} cores  "
                f"{row['peakKb'] / 1024:4.0f} MB peak",
                flush=True,
            )


if __name__ == "__main__":
    main()
