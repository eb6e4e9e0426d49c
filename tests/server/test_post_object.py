"""The S3 POST over a real connection: the table of platform-api.md C8, the answers of C4, and what is left behind."""

from __future__ import annotations

import base64
import hashlib
import json
import socket
import time
from typing import Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

import pytest

from lading.server.post_policy import signature

FILE = b"\xff\xd8\xff not quite a picture"
SHA1 = hashlib.sha1(FILE).hexdigest()


def without(*names: str) -> Any:
    return lambda fields: {k: v for k, v in fields.items() if k not in names}


def having(**changed: str) -> Any:
    return lambda fields: {**fields, **{k.replace("_", "-"): v for k, v in changed.items()}}


def policy_of(change: Any) -> Any:
    """A field table whose policy was changed by who has the secret not: the signature stays."""

    def apply(fields: dict[str, str]) -> dict[str, str]:
        document = json.loads(base64.b64decode(fields["policy"]))
        change(document)
        return {**fields, "policy": base64.b64encode(json.dumps(document).encode()).decode()}

    return apply


#: id, what is done to the right fields, status, code, a part of the message.
TABLE = [
    ("fields of more than 20 480 bytes", having(x_ignore_a="x" * 20_480), 400, "MaxPostPreDataLengthExceeded", "large"),
    ("no key", without("key"), 400, "InvalidArgument", "must contain a field named 'key'"),
    ("an empty key", having(key=""), 400, "InvalidArgument", "length greater than 0"),
    ("no signature", without("x-amz-signature"), 400, "InvalidArgument", "x-amz-signature"),
    ("no date", without("x-amz-date"), 400, "InvalidArgument", "x-amz-date"),
    ("no credential", without("x-amz-credential"), 400, "InvalidArgument", "x-amz-credential"),
    ("no policy", without("policy"), 400, "InvalidArgument", "policy"),
    ("another algorithm", having(x_amz_algorithm="AWS2"), 400, "InvalidArgument", "AWS4-HMAC-SHA256"),
    ("a credential of two parts", having(x_amz_credential="a/b"), 400, "InvalidArgument", "mal-formed"),
    (
        "key and policy alone",
        without("x-amz-signature", "x-amz-date", "x-amz-credential", "x-amz-algorithm"),
        403,
        "AccessDenied",
        "Access Denied",
    ),
    (
        "an unknown key id",
        having(x_amz_credential="NOBODY/20210324/local/s3/aws4_request"),
        403,
        "InvalidAccessKeyId",
        "does not exist",
    ),
    ("a signature of zeros", having(x_amz_signature="0" * 64), 403, "SignatureDoesNotMatch", "signature"),
    ("a policy that was changed", policy_of(lambda d: d["conditions"].pop()), 403, "SignatureDoesNotMatch", ""),
    ("a policy that is no JSON and so not signed", having(policy="e30="), 403, "SignatureDoesNotMatch", ""),
    ("a key outside the prefix", having(key=f"other/{SHA1}"), 403, "AccessDenied", '["starts-with", "$key"'),
    ("another date", having(x_amz_date="20210324T054201Z"), 403, "AccessDenied", '["eq", "$x-amz-date"'),
    ("no status", without("success_action_status"), 403, "AccessDenied", '"$success_action_status"'),
    ("a field without condition", having(acl="private"), 403, "AccessDenied", "Extra input fields: acl"),
    ("a key that is not the digest", lambda f: {**f, "key": f["key"][:-1] + "g"}, 400, "BadDigest", "SHA-1"),
]


@pytest.mark.parametrize(("change", "status", "code", "message"), [row[1:] for row in TABLE], ids=[r[0] for r in TABLE])
def test_refused(api: Any, change: Any, status: int, code: str, message: str) -> None:
    api.make()
    answer = api.post(change(api.fields(FILE)), FILE)
    error = ElementTree.fromstring(answer.body)
    assert (answer.status, error.tag, error.findtext("Code")) == (status, "Error", code)
    assert message in (error.findtext("Message") or "")
    assert answer.headers["content-type"] == "application/xml"
    assert api.stored() == []


def test_wrong_region_is_an_argument_and_rightly_signed_for_another_is_too(api: Any) -> None:
    fields = api.make().fields(FILE)
    credential = fields["x-amz-credential"].replace("/local/", "/us-west-1/")
    secret = (api.platform.data_dir / "signing-secret").read_text().strip()
    changed = {"x-amz-credential": credential, "x-amz-signature": signature(fields["policy"], credential, secret)}
    answer = api.post({**fields, **changed}, FILE)
    assert (answer.status, ElementTree.fromstring(answer.body).findtext("Code")) == (400, "InvalidArgument")


def test_earlier_step_wins(api: Any) -> None:
    fields = api.make().fields(FILE)
    api.clock.now_s += 10_000  # expired, too
    both = {**fields, "x-amz-signature": "0" * 64, "acl": "private"}
    assert b"<Code>SignatureDoesNotMatch</Code>" in api.post(both, FILE).body
    assert b"Policy expired." in api.post({**fields, "acl": "private"}, FILE).body


@pytest.mark.parametrize(("after_s", "status"), [(120, 200), (121, 403)], ids=["in grace", "behind it"])
def test_policy_ends_a_minute_after_it_is_said_to(api: Any, after_s: int, status: int) -> None:
    fields = api.make().fields(FILE)
    api.clock.now_s += after_s
    assert api.post(fields, FILE).status == status


def test_body_that_is_no_form(api: Any) -> None:
    answer = api.send("POST", f"{api.platform.url}/upload", b"{}", {"Content-Type": "application/json"})
    assert (answer.status, b"<Code>PreconditionFailed</Code>" in answer.body) == (412, True)


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=other"])
def test_form_without_its_boundary(api: Any, kind: str) -> None:
    answer = api.send("POST", f"{api.platform.url}/upload", b"--xYz--\r\n", {"Content-Type": kind})
    assert (answer.status, b"<Code>MalformedPOSTRequest</Code>" in answer.body) == (400, True)


def test_form_that_ends_early_is_malformed_and_stores_nothing(api: Any) -> None:
    fields = api.make().fields(FILE)
    answer = api.post_parts([*fields.items(), ("file", FILE)], end=b"")
    assert (answer.status, b"<Code>MalformedPOSTRequest</Code>" in answer.body) == (400, True)
    assert api.stored() == []


def test_file_first_is_told_to_mind_the_order(api: Any) -> None:
    fields = api.make().fields(FILE)
    error = ElementTree.fromstring(api.post_parts([("file", FILE), *fields.items()]).body)
    assert (error.findtext("Code"), error.findtext("ArgumentName")) == ("InvalidArgument", "key")
    assert error.findtext("Message") == (
        "Bucket POST must contain a field named 'key'. If it is specified, please check the order of the fields."
    )


@pytest.mark.parametrize("files", [[], [("file", FILE), ("file", FILE)]], ids=["no file", "two files"])
def test_exactly_one_file(api: Any, files: list[tuple[str, bytes]]) -> None:
    answer = api.post_parts([*api.make().fields(FILE).items(), *files])
    error = ElementTree.fromstring(answer.body)
    assert (answer.status, error.findtext("Code"), error.findtext("ArgumentName")) == (400, "InvalidArgument", "file")
    assert error.findtext("Message") == "POST requires exactly one file upload per request."
    assert api.stored() == []


def test_fields_behind_the_file_are_ignored(api: Any) -> None:
    fields = api.make().fields(FILE)
    assert api.post_parts([*fields.items(), ("file", FILE), ("acl", "private")]).status == 200


def test_names_of_fields_are_read_without_case(api: Any) -> None:
    fields = {name.upper(): value for name, value in api.make().fields(FILE).items()}
    assert api.post(fields, FILE).status == 200


def test_bare_checksum_is_taken_as_key(api: Any) -> None:
    assert api.post({**api.make().fields(FILE), "key": SHA1}, FILE).status == 200


def test_stored_object_lies_under_its_digest(api: Any) -> None:
    answer = api.post(api.make().fields(FILE), FILE)
    assert (answer.status, answer.body, answer.headers["etag"]) == (200, b"", f'"{SHA1}"')
    assert [(path.parent.name + path.name, path.read_bytes()) for path in api.stored()] == [(SHA1, FILE)]


def test_same_object_twice_is_one_object(api: Any) -> None:
    api.make().upload(FILE)
    api.upload(FILE)
    assert len(api.stored()) == 1


def test_empty_file_is_an_object(api: Any) -> None:
    assert api.make().upload(b"") == "da39a3ee5e6b4b0d3255bfef95601890afd80709"


def test_file_of_many_pieces_that_look_like_boundaries_is_stored_unchanged(api: Any) -> None:
    content = (b"\r\n--xY" + bytes(range(256))) * 40_000  # about 10 MB
    checksum = api.make().upload(content)
    assert checksum == hashlib.sha1(content).hexdigest()
    assert api.stored()[0].read_bytes() == content


@pytest.mark.parametrize("status", ["204", "299", ""], ids=["204", "unknown", "empty"])
def test_any_other_status_answers_204(api: Any, status: str) -> None:
    answer = api.post({**api.make().fields(FILE), "success_action_status": status}, FILE)
    assert (answer.status, answer.body) == (204, b"")


def test_status_201_answers_where_the_object_is(api: Any) -> None:
    fields = {**api.make().fields(FILE), "success_action_status": "201"}
    answer = api.post(fields, FILE)
    found = {item.tag: item.text for item in ElementTree.fromstring(answer.body)}
    url = f"{api.platform.url}/upload/{fields['key']}"
    assert answer.status == 201
    assert found == {"Location": url, "Bucket": "lading", "Key": fields["key"], "ETag": f'"{SHA1}"'}


def test_post_that_is_cut_leaves_nothing(api: Any) -> None:
    fields = api.make().fields(FILE)
    parts = urlsplit(api.platform.url)
    head = b"".join(
        f'--xYz\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        for name, value in fields.items()
    )
    body = head + b'--xYz\r\nContent-Disposition: form-data; name="file"; filename=""\r\n\r\n' + FILE
    request = f"POST /upload HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body) + 1000}\r\n"
    with socket.create_connection((parts.hostname, parts.port)) as connection:
        connection.sendall(f"{request}Content-Type: multipart/form-data; boundary=xYz\r\n\r\n".encode() + body)
        _wait(lambda: len(api.stored()) == 1)  # it is being received
    _wait(lambda: api.stored() == [])
    answer = api.call(
        "PUT",
        "datasets/{id}/callback",
        {"draftNumber": 1, "segmentName": "car", "remotePath": "a.jpg", "checksum": SHA1},
    )
    assert answer.refusal == (404, "ResourceNotExist")


def _wait(holds: Any) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "waited for 10 s"
        time.sleep(0.01)
