"""Drafts, commits, branches and tags: the examples of platform-api.md B7 to B10, and what a version holds."""

from __future__ import annotations

from typing import Any

import pytest

ROOT_COMMIT = "0" * 32
PERSON = {"name": "local", "date": 1616564520}


def commit(api: Any, title: str = "first", number: int = 1, **more: Any) -> str:
    return str(api.ok("POST", "datasets/{id}/commits", {"title": title, "draftNumber": number, **more})["commitId"])


def open_draft(api: Any, **more: Any) -> int:
    return int(api.ok("POST", "datasets/{id}/drafts", {"branchName": "main", "title": "next", **more})["draftNumber"])


def test_drafts(api: Any) -> None:
    api.make(segment=None)
    commit(api)
    created = api.call("POST", "datasets/{id}/drafts", {"branchName": "main", "title": "draft-2", "description": ""})
    assert (created.status, created.json) == (201, {"draftNumber": 2})
    head = api.ok("GET", "datasets/{id}")["commitId"]
    row = {
        "number": 2,
        "title": "draft-2",
        "description": "",
        "branchName": "main",
        "status": "OPEN",
        "parentCommitId": head,
        "author": PERSON,
        "updatedAt": 1616564520,
    }
    page = {"offset": 0, "recordSize": 1, "totalCount": 1}
    assert api.ok("GET", "datasets/{id}/drafts", status="OPEN", branchName="main") == {"drafts": [row], **page}
    assert [d["number"] for d in api.ok("GET", "datasets/{id}/drafts", status="ALL")["drafts"]] == [1, 2]
    assert api.ok("GET", "datasets/{id}/drafts", status="COMMITTED")["totalCount"] == 1
    assert api.ok("GET", "datasets/{id}/drafts", branchName="dev")["totalCount"] == 0
    api.clock.now_s += 7
    assert api.ok("PATCH", "datasets/{id}/drafts/2", {"title": "new", "draftNumber": 9}) == {}
    changed = row | {"title": "new", "updatedAt": 1616564527}
    assert api.ok("GET", "datasets/{id}/drafts")["drafts"] == [changed]
    assert api.ok("PATCH", "datasets/{id}/drafts/2", {"status": "CLOSED"}) == {}
    assert api.ok("GET", "datasets/{id}/drafts", status="CLOSED")["drafts"] == [changed | {"status": "CLOSED"}]
    assert open_draft(api) == 3  # a number is never given twice


@pytest.mark.parametrize(
    ("method", "path", "body", "refusal"),
    [
        ("POST", "drafts", {"branchName": "dev", "title": "x"}, (404, "ResourceNotExist")),
        ("POST", "drafts", {"branchName": "main"}, (400, "RequestParamsMissing")),
        ("PATCH", "drafts/1", {"status": "OPEN"}, (400, "InvalidParamsValue")),
        ("PATCH", "drafts/2", {"title": "x"}, (404, "ResourceNotExist")),
        ("POST", "commits", {"draftNumber": 1}, (400, "RequestParamsMissing")),
        ("POST", "commits", {"draftNumber": 2, "title": "x"}, (404, "ResourceNotExist")),
        ("POST", "tags", {"name": "v1", "commit": "nowhere"}, (404, "ResourceNotExist")),
        ("DELETE", "tags", {"name": "v1"}, (404, "ResourceNotExist")),
        ("POST", "branches", {"name": "dev", "commit": "main"}, (403, "Forbidden")),
        ("DELETE", "branches", {"name": "main"}, (403, "Forbidden")),
        ("DELETE", "branches", {"name": "dev"}, (404, "ResourceNotExist")),
        ("DELETE", "branches", {}, (400, "RequestParamsMissing")),
    ],
)
def test_refused(api: Any, method: str, path: str, body: Any, refusal: tuple[int, str]) -> None:
    assert api.make().call(method, f"datasets/{{id}}/{path}", body).refusal == refusal


def test_commits_newest_first(api: Any) -> None:
    api.make()
    checksum = api.upload(b"x")
    place = {"draftNumber": 1, "segmentName": "car"}
    api.ok("PUT", "datasets/{id}/callback", {**place, "remotePath": "a.jpg", "checksum": checksum})
    answer = api.call("POST", "datasets/{id}/commits", {"title": "commit-1", "draftNumber": 1})
    assert (answer.status, list(answer.json)) == (201, ["commitId"])
    first = answer.json["commitId"]
    second = commit(api, "commit-2", open_draft(api), description="", tag="v1.0")
    rows = [
        {
            "commitId": second,
            "parentCommitId": first,
            "title": "commit-2",
            "description": "",
            "committer": PERSON,
            "dataCount": 1,
        },
        {
            "commitId": first,
            "parentCommitId": ROOT_COMMIT,
            "title": "commit-1",
            "description": "",
            "committer": PERSON,
            "dataCount": 1,
        },
    ]
    page = {"offset": 0, "recordSize": 2, "totalCount": 2}
    assert api.ok("GET", "datasets/{id}/commits") == {"commits": rows, **page}
    assert api.ok("GET", "datasets/{id}/commits", commit=first)["commits"] == rows[1:]
    assert api.ok("GET", "datasets/{id}/commits", commit="v1.0", limit=1)["commits"] == rows[:1]
    assert api.ok("GET", "datasets/{id}/commits", commit=ROOT_COMMIT)["commits"] == []
    assert api.call("GET", "datasets/{id}/commits", commit="nothing").refusal == (404, "ResourceNotExist")


def test_tags_and_branches(api: Any) -> None:
    api.make(segment=None)
    assert api.ok("GET", "datasets/{id}/branches")["branches"] == [{"name": "main", "commitId": ROOT_COMMIT}]
    head = commit(api, "commit-2")
    row = {
        "commitId": head,
        "parentCommitId": ROOT_COMMIT,
        "title": "commit-2",
        "description": "",
        "committer": PERSON,
    }
    page = {"offset": 0, "recordSize": 1, "totalCount": 1}
    for kind, name in (("tags", "v1.0"), ("branches", "dev")):
        created = api.call("POST", f"datasets/{{id}}/{kind}", {"name": name, "commit": head})
        assert (created.status, created.json) == (201, {})
        assert api.call("POST", f"datasets/{{id}}/{kind}", {"name": name, "commit": head}).refusal[0] == 409
        assert api.ok("GET", f"datasets/{{id}}/{kind}", name=name) == {kind: [{"name": name, **row}], **page}
    assert [b["name"] for b in api.ok("GET", "datasets/{id}/branches")["branches"]] == ["dev", "main"]
    assert api.ok("POST", "datasets/{id}/tags", {"name": "also", "commit": "v1.0"}) == {}
    assert [t["name"] for t in api.ok("GET", "datasets/{id}/tags")["tags"]] == ["also", "v1.0"]
    for kind, name in (("tags", "v1.0"), ("branches", "dev")):
        deleted = api.call("DELETE", f"datasets/{{id}}/{kind}", {"name": name})
        assert (deleted.status, deleted.json) == (200, {})
    assert api.ok("GET", "datasets/{id}/segments", commit=head)["totalCount"] == 0


def test_revision_is_looked_for_as_branch_then_tag_then_commit(api: Any) -> None:
    api.make(segment="one")
    first = commit(api)
    number = open_draft(api)
    api.ok("POST", "datasets/{id}/segments", {"name": "two", "draftNumber": number})
    commit(api, "second", number)
    api.ok("POST", "datasets/{id}/tags", {"name": "main", "commit": first})
    api.ok("POST", "datasets/{id}/tags", {"name": "v1", "commit": first})

    def count(revision: str) -> int:
        return int(api.ok("GET", "datasets/{id}/segments", commit=revision)["totalCount"])

    assert [count(revision) for revision in ("main", "v1", first, ROOT_COMMIT)] == [2, 1, 1, 0]


def test_tag_that_is_taken_leaves_the_draft_open(api: Any) -> None:
    api.make()
    commit(api, tag="v1")
    number = open_draft(api)
    refused = api.call("POST", "datasets/{id}/commits", {"title": "x", "draftNumber": number, "tag": "v1"})
    assert refused.refusal == (409, "NameConflict")
    assert [d["number"] for d in api.ok("GET", "datasets/{id}/drafts")["drafts"]] == [number]
    commit(api, "x", number, tag="v2")


@pytest.mark.parametrize("end", ["committed", "closed"])
def test_draft_that_is_not_open_takes_no_write(api: Any, end: str) -> None:
    checksum = api.make(1).upload(b"x")
    if end == "committed":
        commit(api)
    else:
        api.ok("PATCH", "datasets/{id}/drafts/1", {"status": "CLOSED"})
    place = {"draftNumber": 1, "segmentName": "car"}
    writes: list[tuple[str, str, Any]] = [
        ("PUT", "callback", {**place, "remotePath": "a", "checksum": checksum}),
        ("PUT", "multi/callback", {**place, "objects": [{"remotePath": "a", "checksum": checksum}]}),
        ("POST", "segments", {"draftNumber": 1, "name": "bus"}),
        ("DELETE", "segments", place),
        ("PUT", "labels/catalogs", {"draftNumber": 1, "catalog": {"BOX2D": {}}}),
        ("PUT", "labels", {**place, "remotePath": "a", "label": {}}),
        ("PUT", "multi/data/labels", {**place, "objects": [{"remotePath": "a", "label": {}}]}),
        ("POST", "sensors", {**place, "name": "s", "type": "LIDAR"}),
        ("DELETE", "sensors", {**place, "name": "s"}),
        ("PATCH", "notes", {"draftNumber": 1, "isContinuous": True}),
        ("DELETE", "data", {**place, "remotePath": "a"}),
        ("DELETE", "frames", {**place, "frameId": "01ARZ3NDEKTSV4RRFFQ69G5FAV"}),
        ("POST", "commits", {"draftNumber": 1, "title": "again"}),
        ("PATCH", "drafts/1", {"title": "again"}),
    ]
    for method, path, body in writes:
        assert api.call(method, f"datasets/{{id}}/{path}", body).refusal == (404, "ResourceNotExist"), path
    assert api.call("GET", "datasets/{id}/policies", draftNumber=1).refusal == (404, "ResourceNotExist")


def test_commit_never_changes_and_a_draft_starts_as_its_head(api: Any) -> None:
    checksum = api.make().upload(b"x")
    place = {"draftNumber": 1, "segmentName": "car"}
    api.ok("PUT", "datasets/{id}/labels/catalogs", {"draftNumber": 1, "catalog": {"BOX2D": {}}})
    api.ok("PATCH", "datasets/{id}/notes", {"draftNumber": 1, "isContinuous": True})
    api.ok("PUT", "datasets/{id}/callback", {**place, "remotePath": "a", "checksum": checksum})
    first = commit(api)
    number = open_draft(api)

    def state(**version: Any) -> Any:
        paths = ("segments", "labels/catalogs", "notes")
        shown = [api.ok("GET", f"datasets/{{id}}/{path}", **version) for path in paths]
        return [*shown, api.ok("GET", "datasets/{id}/labels", segmentName="car", **version)]

    before = state(commit=first)
    assert state(draftNumber=number) == before
    place["draftNumber"] = number
    api.ok("PUT", "datasets/{id}/labels/catalogs", {"draftNumber": number, "catalog": {"BOX3D": {}}})
    api.ok("PATCH", "datasets/{id}/notes", {"draftNumber": number, "isContinuous": False})
    api.ok("PUT", "datasets/{id}/labels", {**place, "remotePath": "a", "label": {"CLASSIFICATION": {"category": "c"}}})
    api.ok("DELETE", "datasets/{id}/data", {**place, "remotePath": "a"})
    api.ok("DELETE", "datasets/{id}/segments", place)
    assert state(commit=first) == before
    assert api.ok("GET", "datasets/{id}/segments", draftNumber=number)["totalCount"] == 0


def test_second_of_two_drafts_of_one_head_does_not_undo_the_first(api: Any) -> None:
    api.make(segment="a")
    other = open_draft(api)
    api.ok("POST", "datasets/{id}/segments", {"name": "b", "draftNumber": other})
    commit(api)
    late = api.call("POST", "datasets/{id}/commits", {"title": "late", "draftNumber": other})
    assert late.refusal == (403, "Forbidden")
    assert "newer commit" in late.json["message"]
    assert [s["name"] for s in api.ok("GET", "datasets/{id}/segments", commit="main")["segments"]] == ["a"]


def test_deletion_takes_a_body_and_removes_everything(api: Any) -> None:
    checksum = api.make().upload(b"x")
    body = {"draftNumber": 1, "segmentName": "car", "remotePath": "a", "checksum": checksum}
    api.ok("PUT", "datasets/{id}/callback", {**body, "label": {"CLASSIFICATION": {"category": "c"}}})
    commit(api)
    assert api.call("DELETE", "datasets/{id}", {"anything": [1]}).json == {}
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/drafts"), ("GET", "/commits"), ("GET", "/branches")):
        assert api.call(method, f"datasets/{{id}}{path}").refusal == (404, "ResourceNotExist")
    api.make()  # the name is free again
