"""`lading serve` as a process of its own, to be killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from lading.server.embedded import RunningPlatform

from .conftest import KEY, Api, Clock


class Process:
    """Started at once; `api` speaks to it. Ended by whoever started it, at the latest at the end of the block."""

    def __init__(self, data: Path, options: Sequence[str] = ()) -> None:
        command = [sys.executable, "-m", "lading", "serve", "--data", str(data), "--port", "0", "--access-key", KEY]
        self.child = subprocess.Popen(
            [*command, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
        )
        assert self.child.stdout is not None
        url = self.child.stdout.readline().strip()
        assert url.startswith("http"), self.child.communicate()[1]
        self.api = Api(RunningPlatform(url, KEY, data), Clock())

    def kill(self) -> None:
        """As if the power of this process went."""
        self.child.send_signal(signal.SIGKILL)
        self.child.wait(10)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self.child.poll() is None:
            self.kill()
        for stream in (self.child.stdout, self.child.stderr):
            if stream is not None:
                stream.close()
