"""64 connections at once: no update is lost, nothing is made twice, nothing answers 5xx."""

from __future__ import annotations

import http.client
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from statistics import median
from typing import Any
from urllib.parse import urlsplit

CONNECTIONS = 64


def at_once(call: Callable[[int], Any], count: int = CONNECTIONS) -> list[Any]:
    barrier = threading.Barrier(count)

    def run(number: int) -> Any:
        barrier.wait(30)
        return call(number)

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def test_one_name_is_given_once(api: Any) -> None:
    statuses = Counter(at_once(lambda _: api.call("POST", "datasets", {"name": "one"}).status))
    assert statuses == {201: 1, 409: CONNECTIONS - 1}


def test_numbers_of_drafts_are_given_once(api: Any) -> None:
    api.make(segment=None)
    body = {"branchName": "main", "title": "x"}
    numbers = at_once(lambda _: api.ok("POST", "datasets/{id}/drafts", body)["draftNumber"])
    assert sorted(numbers) == list(range(2, CONNECTIONS + 2))


def test_one_of_many_commits_of_one_draft_is_made(api: Any) -> None:
    api.make()
    answers = at_once(lambda _: api.call("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1}))
    assert Counter(answer.status for answer in answers) == {201: 1, 404: CONNECTIONS - 1}
    assert api.ok("GET", "datasets/{id}/commits")["totalCount"] == 1


def test_one_of_many_drafts_of_one_head_becomes_the_next(api: Any) -> None:
    api.make(segment=None)
    numbers = [1, *(api.ok("POST", "datasets/{id}/drafts", {"title": "x"})["draftNumber"] for _ in range(15))]
    call = lambda i: api.call("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": numbers[i]})  # noqa: E731
    assert Counter(answer.status for answer in at_once(call, 16)) == {201: 1, 403: 15}


def test_no_file_no_label_and_no_sensor_is_lost_in_one_segment(api: Any) -> None:
    """The draft starts from a commit, so the first write of the 64 also copies the segment."""
    api.make(1)
    api.ok("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1})
    api.ok("POST", "datasets/{id}/drafts", {"title": "x"})
    place = {"draftNumber": 2, "segmentName": "car"}
    policy = api.policy(draftNumber=2)

    def work(number: int) -> None:
        api.ok("POST", "datasets/{id}/sensors", {**place, "name": f"s{number}", "type": "LIDAR"})
        for step in range(4):
            content = f"{number} {step}".encode()
            fields = api.fields(content, policy)
            assert api.post(fields, content).status == 200
            frame = f"01D78XYFJ1PRM1WPBCBT3VHM{number:02d}"
            item = {
                "remotePath": f"{number}-{step}",
                "checksum": fields["key"][-40:],
                "frameId": frame,
                "sensorName": f"s{number}",
                "label": {"CLASSIFICATION": {"category": f"{number} {step}"}},
            }
            api.ok("PUT", "datasets/{id}/multi/callback", {**place, "objects": [item]})
            api.ok("GET", "datasets/{id}/data/details", **place)

    at_once(work)
    assert len(api.ok("GET", "datasets/{id}/sensors", **place)["sensors"]) == CONNECTIONS
    rows = api.ok("GET", "datasets/{id}/data/details", **place)
    assert rows["totalCount"] == CONNECTIONS
    last = {row["frame"][0]["remotePath"]: row["frame"][0]["label"] for row in rows["dataDetails"]}
    assert last == {f"{n}-3": {"CLASSIFICATION": {"category": f"{n} 3"}} for n in range(CONNECTIONS)}
    assert api.ok("GET", "datasets/{id}/data", segmentName="car", commit="main")["totalCount"] == 0


def test_same_object_from_everybody_is_one_object(api: Any) -> None:
    api.make()
    content = b"the same" * 10_000
    fields = api.fields(content)
    assert {answer.status for answer in at_once(lambda _: api.post(fields, content))} == {200}
    (path,) = api.stored()
    assert path.read_bytes() == content


def test_commit_beside_writes_has_each_of_them_or_refuses_it(api: Any) -> None:
    checksum = api.make().upload(b"x")
    place = {"draftNumber": 1, "segmentName": "car"}

    def work(number: int) -> int:
        if number == CONNECTIONS // 2:
            return int(api.call("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": 1}).status)
        body = {**place, "remotePath": str(number), "checksum": checksum}
        return int(api.call("PUT", "datasets/{id}/callback", body).status)

    statuses = at_once(work)
    assert set(statuses) <= {200, 201, 404}
    taken = {str(number) for number, status in enumerate(statuses) if status == 200}
    rows = api.ok("GET", "datasets/{id}/data", segmentName="car", commit="main")["data"]
    assert {row["remotePath"] for row in rows} == taken


def test_deletion_beside_writes_is_no_fault(api: Any) -> None:
    checksum = api.make().upload(b"x")

    def work(number: int) -> int:
        if number == 5:
            return int(api.call("DELETE", "datasets/{id}").status)
        body = {"draftNumber": 1, "segmentName": "car", "remotePath": str(number), "checksum": checksum}
        return int(api.call("PUT", "datasets/{id}/callback", body).status)

    assert set(at_once(work)) <= {200, 404}


def test_an_answer_on_a_kept_connection_waits_for_no_acknowledgement(api: Any) -> None:
    """Head and body are two segments: without TCP_NODELAY the second waits 40 ms for the other side's ACK."""
    connection = http.client.HTTPConnection(urlsplit(api.platform.url).netloc, timeout=30)
    took = []
    for _ in range(15):
        began = time.perf_counter()
        connection.request("GET", "/health")
        connection.getresponse().read()
        took.append(time.perf_counter() - began)
    connection.close()
    assert median(took) < 0.03
