"""Uploads many files by lading and in the official client's way, in turn, to one server after the other.

    python benchmarks/upload.py --files 5000 --bytes 100000 --server sink

The official client posts each file with `requests` and a `MultipartEncoder`, in 8 threads, after hashing it, and calls
back 50 files at a time; that is written out here, as the client itself does not install on current Pythons. Both
sides send the same files under the same policies. The sink answers as fast as it can and keeps nothing; `--server
platform` is `lading serve`, which hashes what it gets and brings it to disk.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

KEY = "Accesskey-of-the-benchmark"
POLICY: dict[str, Any] = {
    "result": {
        "policy": "e30=",
        "success_action_status": "200",
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": "K/20210324/local/s3/aws4_request",
        "x-amz-date": "20210324T054200Z",
        "x-amz-signature": "0" * 64,
        "multipleUploadLimit": 10,
    },
    "extra": {"backendType": "s3", "objectPrefix": "d/"},
}
EMPTY_PAGE = {"offset": 0, "recordSize": 0, "totalCount": 0}


class Sink:
    """Speaks as much of the API as an upload needs; a body is read to its end and thrown away."""

    def __init__(self) -> None:
        self.rows: Counter[str] = Counter()  # by segment

    def answer(self, method: str, path: str, body: bytes, host: str) -> tuple[int, dict[str, Any]]:
        url = urlsplit(path)
        name = url.path.rpartition("/")[2]
        if name == "policies":
            extra = {**POLICY["extra"], "host": f"http://{host}/objects"}
            return 200, {**POLICY, "extra": extra, "expireAt": int(time.time()) + 300}
        if name == "callback":
            told = json.loads(body)
            self.rows[told["segmentName"]] += len(told["objects"])
            return 200, {}
        if name == "commits":
            return 201, {"commitId": "c" * 32}
        if name == "drafts":
            return (201, {"draftNumber": 1}) if method == "POST" else (200, {"drafts": [], **EMPTY_PAGE})
        if name == "segments" and method == "POST":
            return 201, {}
        if name == "segments":
            return 200, {"segments": [], **EMPTY_PAGE}
        if name == "datasets":
            return (201, {"id": "d" * 32}) if method == "POST" else (200, {"datasets": [], **EMPTY_PAGE})
        if name == "catalogs":
            return 200, {"catalog": {}}
        if name == "data":
            segment = parse_qs(url.query)["segmentName"][0]
            page = {**EMPTY_PAGE, "totalCount": self.rows[segment]}
            return 200, {"segmentName": segment, "type": 0, "data": [], **page}
        if re.fullmatch("d{32}", name):
            info = {"type": 0, "defaultBranch": "main", "commitId": "0" * 32, "alias": "", "isPublic": False}
            return 200, {"name": "bench", **info}
        return 200, {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                line, _, fields = head.partition(b"\r\n")
                method, path, _ = line.decode().split(" ")
                match = re.search(rb"(?i)content-length: *(\d+)", fields)
                left = int(match[1]) if match else 0
                keeps = path.startswith("/gatewayv2")
                body = b""
                while left:
                    piece = await reader.read(min(left, 1 << 18))
                    left -= len(piece)
                    if keeps:
                        body += piece
                if not keeps:
                    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
                    continue
                named = re.search(rb"(?i)\r\nhost: *([^\r]+)", head)
                status, value = self.answer(method, path, body, named[1].decode() if named else "")
                text = json.dumps(value).encode()
                start = f"HTTP/1.1 {status} OK\r\nContent-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
                writer.write(start.encode() + text)
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()


async def run_sink() -> None:
    sink = Sink()
    server = await asyncio.start_server(sink.serve, "127.0.0.1", 0, limit=1 << 20)
    print(server.sockets[0].getsockname()[1], flush=True)
    async with server:
        await server.serve_forever()


def make_files(folder: Path, count: int, size: int, seed: int = 7) -> None:
    dice = random.Random(seed)
    block = dice.randbytes(size)
    for index in range(count):
        (folder / f"{index:06}.bin").write_bytes(index.to_bytes(8) + block[8:])


class Watch:
    """Measures from when it is made, which is when all is imported."""

    def __init__(self) -> None:
        self.clock, self.processor = time.perf_counter(), time.process_time()

    def row(self, files: int) -> dict[str, float]:
        seconds, cpu_s = time.perf_counter() - self.clock, time.process_time() - self.processor
        return {"files": files, "seconds": seconds, "cpuSeconds": cpu_s}


def run_lading(folder: Path, url: str, name: str, ledgers: Path) -> dict[str, float]:
    from lading import Data, Frame, MemoryDataset, Source, upload

    watch = Watch()
    with Source.open(folder) as source:
        rows = [Data(path=name, remote_path=name, content=source.get(name)) for name in source.names()]
        dataset = MemoryDataset("bench", {"train": [Frame(key=row.path, data=[row]) for row in rows]})
        result = upload(dataset, name, platform=url, access_key=KEY, ledgers=ledgers)
    return watch.row(result.sent)


def run_official_way(folder: Path, url: str, name: str) -> dict[str, float]:
    import requests
    from requests.adapters import HTTPAdapter
    from requests_toolbelt import MultipartEncoder

    watch = Watch()
    session = requests.Session()
    session.mount("http://", HTTPAdapter(pool_connections=20, pool_maxsize=20))
    session.headers["X-Token"] = KEY
    datasets = f"{url}gatewayv2/tensorbay-open-api/v1/datasets"
    root = f"{datasets}/{session.post(datasets, json={'name': name, 'type': 0}).json()['id']}"
    draft = session.post(f"{root}/drafts", json={"title": "bench", "branchName": "main"}).json()["draftNumber"]
    session.post(f"{root}/segments", json={"name": "train", "draftNumber": draft}).raise_for_status()
    query = {"expired": 240, "segmentName": "train", "draftNumber": draft}
    policy = session.get(f"{root}/policies", params=query).json()
    fields = {key: value for key, value in policy["result"].items() if key != "multipleUploadLimit"}

    def send(path: Path) -> dict[str, Any]:
        digest = hashlib.sha1(usedforsecurity=False)
        with path.open("rb") as stream:
            while block := stream.read(65536):
                digest.update(block)
        checksum = digest.hexdigest()
        with path.open("rb") as stream:
            form = {**fields, "key": policy["extra"]["objectPrefix"] + checksum, "Content-Type": ""}
            encoder = MultipartEncoder({**form, "file": ("", stream, "")})
            answer = session.post(policy["extra"]["host"], data=encoder, headers={"Content-Type": encoder.content_type})
            answer.raise_for_status()
        return {"checksum": checksum, "fileSize": path.stat().st_size, "remotePath": path.name}

    with ThreadPoolExecutor(8) as pool:
        rows = list(pool.map(send, sorted(folder.iterdir())))
    for start in range(0, len(rows), 50):
        body = {"segmentName": "train", "objects": rows[start : start + 50], "draftNumber": draft}
        session.put(f"{root}/multi/callback", json=body).raise_for_status()
    session.post(f"{root}/commits", json={"draftNumber": draft, "title": "bench"}).raise_for_status()
    return watch.row(len(rows))


def one_side(side: str, folder: Path, url: str, ledgers: Path) -> None:
    name = f"{side.partition(' ')[0]}-{ledgers.name}"
    row = run_lading(folder, url, name, ledgers) if side == "lading" else run_official_way(folder, url, name)
    print(json.dumps({"side": side, **row, "peakKb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--files", type=int, default=5000)
    options.add_argument("--bytes", type=int, default=100_000)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--peer-python", default=sys.executable, help="a Python with requests and requests-toolbelt")
    options.add_argument("--server", choices=("sink", "platform"), default="sink")
    options.add_argument("--sink", action="store_true", help=argparse.SUPPRESS)
    options.add_argument("--side", nargs=4, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.sink:
        asyncio.run(run_sink())
    elif given.side:
        side, folder, url, ledgers = given.side
        one_side(side, Path(folder), url, Path(ledgers))
    else:
        compare(given)


def compare(given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as work:
        files = Path(work) / "files"
        files.mkdir()
        make_files(files, given.files, given.bytes)
        rates: dict[str, list[float]] = {"lading": [], "official way": []}
        for number in range(given.rounds):
            for side, python in (("lading", sys.executable), ("official way", given.peer_python)):
                data = Path(work) / f"data{number}-{side[0]}"
                serve = ["-m", "lading", "serve", "--data", str(data), "--port", "0"]
                command = serve if given.server == "platform" else [__file__, "--sink"]
                variables = {**os.environ, "LADING_ACCESS_KEY": KEY}
                server = subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE, text=True, env=variables)
                try:
                    assert server.stdout is not None
                    line = server.stdout.readline().strip()
                    url = f"{line.rstrip('/')}/" if "://" in line else f"http://127.0.0.1:{line}/"
                    command = [python, __file__, "--side", side, str(files), url, str(Path(work) / f"ledgers{number}")]
                    done = subprocess.run(command, capture_output=True, text=True, check=True)
                finally:
                    server.terminate()
                    server.wait()
                    server.stdout.close()
                    shutil.rmtree(data, ignore_errors=True)
                row = json.loads(done.stdout)
                if row["files"] != given.files:
                    sys.exit(f"{side}: expected {given.files} files, found {row}")
                rate = row["files"] / row["seconds"]
                rates[side].append(rate)
                print(
                    f"{side:13} {rate:8,.0f} files/s  {row['seconds']:6.2f} s wall  {row['cpuSeconds']:6.2f} s CPU  "
                    f"{row['peakKb'] / 1024:6.0f} MB peak"
                )
        ratios = sorted(a / b for a, b in zip(rates["lading"], rates["official way"], strict=True))
        print(f"files a second, lading / official way, pair by pair: {', '.join(f'{r:.2f}' for r in ratios)}")


if __name__ == "__main__":
    main()
