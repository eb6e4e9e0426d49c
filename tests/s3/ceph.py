"""The gateway of Ceph, before a cluster of one monitor and one store in memory, where its programs are installed."""

from __future__ import annotations

import subprocess
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from .bucket import KEY_ID, SECRET, RealStore, free_ports, program, started, wait_for

INSTALL = "apt-get install --no-install-recommends ceph-mon ceph-osd ceph-common radosgw"

_SETTINGS = """
[global]
fsid = {fsid}
mon host = [v2:127.0.0.1:{mon}]
keyring = {folder}/keyring
run dir = {folder}
pid file =
admin socket =
log file = {folder}/$name.log
crash dir = {folder}
mon allow pool size one = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
osd class update on start = false
osd objectstore = memstore
memstore device bytes = 1073741824
[mon.a]
mon data = {folder}/mon
[osd.0]
osd data = {folder}/osd
public addr = 127.0.0.1
cluster addr = 127.0.0.1
[client.admin]
rgw data = {folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:{s3}
"""


@contextmanager
def running(folder: Path) -> Iterator[RealStore]:
    """A cluster with all of its own in the folder: 11 s to start."""
    mon, osd, gateway, *_ = (program(name, INSTALL) for name in ("ceph-mon", "ceph-osd", "radosgw", "ceph"))
    for name in ("mon", "osd", "rgw"):
        (folder / name).mkdir()
    mon_port, s3_port = free_ports(2)
    fsid, osd_id = str(uuid.uuid4()), str(uuid.uuid4())
    (folder / "ceph.conf").write_text(_SETTINGS.format(fsid=fsid, mon=mon_port, s3=s3_port, folder=folder))
    settings = ["-c", folder / "ceph.conf"]
    keyring = folder / "keyring"
    mine = ["--cap", "osd", "allow *", "--cap", "mgr", "allow *"]
    _run("ceph-authtool", "--create-keyring", keyring, "--gen-key", "-n", "mon.", "--cap", "mon", "allow *")
    _run("ceph-authtool", keyring, "--gen-key", "-n", "client.admin", "--cap", "mon", "allow *", *mine)
    _run("monmaptool", "--create", "--fsid", fsid, "--addv", "a", f"[v2:127.0.0.1:{mon_port}]", folder / "monmap")
    _run(mon, *settings, "-i", "a", "--mkfs", "--monmap", folder / "monmap")
    with ExitStack() as stack:
        stack.enter_context(started([mon, *settings, "-i", "a", "-f"], folder / "mon.out"))
        _run("ceph", *settings, "--connect-timeout", "60", "osd", "new", osd_id)
        caps = ["mon", "allow profile osd", "mgr", "allow profile osd", "osd", "allow *"]
        key = _run("ceph", *settings, "--connect-timeout", "60", "auth", "get-or-create", "osd.0", *caps)
        keyring.write_bytes(keyring.read_bytes() + key)
        _run(osd, *settings, "-i", "0", "--mkfs", "--osd-uuid", osd_id)
        stack.enter_context(started([osd, *settings, "-i", "0", "-f"], folder / "osd.out"))
        user = ["user", "create", "--uid=local", "--display-name=local"]
        _run("radosgw-admin", *settings, *user, f"--access-key={KEY_ID}", f"--secret-key={SECRET}")
        log = folder / "gateway.out"
        child = stack.enter_context(started([gateway, *settings, "-n", "client.admin", "-f"], log))
        yield wait_for("ceph", s3_port, child, log)


def _run(*command: str | Path) -> bytes:
    done = subprocess.run(command, capture_output=True, timeout=120, check=False)
    assert done.returncode == 0, (command, done.stderr[-2000:])
    return done.stdout
