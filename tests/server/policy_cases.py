"""The table of POST-policy cases (platform-api.md C8), as data: what is posted, and what a faithful store answers.

A case starts from a right form for a right policy and changes one thing. It is signed after the change, so that what is
tested is the change and not the signature.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from lading.server.post_policy import SigningKey, signature

FILE = b"\xff\xd8\xff not quite a picture"
SHA1 = hashlib.sha1(FILE).hexdigest()
BOUNDARY = "xYz"

#: A part of a form: its name, its value, and whether it is a file (with this file name).
Part = tuple[str, bytes, str | None]


@dataclass
class Form:
    """A form in the making; `conditions` and `expiration` go into its policy."""

    key: SigningKey
    now_s: float
    conditions: list[Any] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    expiration: Any = ""
    file: bytes = FILE
    file_name: str | None = "picture.jpg"
    #: Changes to the fields after they were signed.
    late: dict[str, str | None] = field(default_factory=dict)
    policy: str | None = None
    arrange: Callable[[list[Part]], list[Part]] = list

    def __post_init__(self) -> None:
        issued = datetime.fromtimestamp(self.now_s, UTC)
        credential = f"{self.key.key_id}/{issued:%Y%m%d}/{self.key.region}/s3/aws4_request"
        signed = {
            "x-amz-algorithm": "AWS4-HMAC-SHA256",
            "x-amz-credential": credential,
            "x-amz-date": f"{issued:%Y%m%dT%H%M%SZ}",
        }
        self.fields = {**signed, "success_action_status": "200", "key": f"p/{SHA1}"}
        self.conditions = [
            {"bucket": self.key.bucket},
            ["starts-with", "$key", "p/"],
            *({name: value} for name, value in signed.items()),
        ]
        self.expiration = self.in_s(60)

    def in_s(self, seconds: float) -> str:
        return datetime.fromtimestamp(self.now_s + seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def without(self, name: str) -> None:
        """Drop the conditions on a field."""
        self.conditions = [c for c in self.conditions if not (isinstance(c, dict) and name in c)]

    def body(self) -> bytes:
        document = {"expiration": self.expiration, "conditions": self.conditions}
        if isinstance(self.conditions, list):  # Amazon allows no starts-with on this field
            self.conditions.append({"success_action_status": self.fields["success_action_status"]})
        text = self.policy
        if text is None:
            text = base64.b64encode(json.dumps(document).encode()).decode()
        signed = signature(text, self.fields["x-amz-credential"], self.key.secret)
        fields = {**self.fields, "policy": text, "x-amz-signature": signed, **self.late}
        parts: list[Part] = [(name, value.encode(), None) for name, value in fields.items() if value is not None]
        parts = self.arrange([*parts, ("file", self.file, self.file_name)])
        return b"".join(map(_encode, parts)) + f"--{BOUNDARY}--\r\n".encode()


def _encode(part: Part) -> bytes:
    name, value, file_name = part
    ending = "" if file_name is None else f'; filename="{file_name}"'
    head = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"{ending}\r\n\r\n'
    return head.encode() + value + b"\r\n"


@dataclass(frozen=True)
class Case:
    """`status` and `code` are ours, as C8 has them.

    `elsewhere` says where a real server (SeaweedFS 4.48, Ceph 16.2) answers with another status, and why; `key` where
    it puts the object, if that is elsewhere.
    """

    name: str
    change: Callable[[Form], Any]
    status: int
    code: str | None = None
    elsewhere: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    key: Mapping[str, str] = field(default_factory=dict)


def _set(**fields: str) -> Callable[[Form], None]:
    return lambda form: form.fields.update({name.replace("_", "-"): value for name, value in fields.items()})


def _late(**fields: str | None) -> Callable[[Form], None]:
    return lambda form: form.late.update({name.replace("_", "-"): value for name, value in fields.items()})


def _status(value: str) -> Callable[[Form], None]:
    return lambda form: form.fields.update(success_action_status=value)


def _conditions(*added: Any, **fields: str) -> Callable[[Form], None]:
    def change(form: Form) -> None:
        form.conditions += added
        form.fields |= {name.replace("_", "-"): value for name, value in fields.items()}

    return change


def _bounds(low: Any, high: Any) -> Callable[[Form], None]:
    return _conditions(["content-length-range", low, high])


def _expires(seconds: float) -> Callable[[Form], None]:
    return lambda form: setattr(form, "expiration", form.in_s(seconds))


def _arrange(order: Callable[[list[Part]], list[Part]]) -> Callable[[Form], None]:
    return lambda form: setattr(form, "arrange", order)


def _upper(form: Form) -> None:
    form.arrange = lambda parts: [(name if name == "file" else name.upper(), *rest) for name, *rest in parts]  # type: ignore[misc]


def _file_name(key: str, name: str) -> Callable[[Form], None]:
    def change(form: Form) -> None:
        form.fields["key"], form.file_name = key, name

    return change


def _another_bucket(form: Form) -> None:
    form.without("bucket")
    form.conditions.append({"bucket": "another"})


def _redirect(form: Form) -> None:
    form.fields["success_action_redirect"] = "http://127.0.0.1:9/back?a=b"
    form.conditions.append({"success_action_redirect": "http://127.0.0.1:9/back?a=b"})


SIZE = len(FILE)

CASES = [
    Case("a right form", lambda form: None, 200),
    Case("status 201", _status("201"), 201),
    Case("status 204", _status("204"), 204),
    Case("an unknown status", _status("299"), 204),
    Case("names of fields in upper case", _upper, 200),
    Case("names of conditions in another case", _conditions({"X-Amz-Meta-A": "b"}, x_amz_meta_a="b"), 200),
    Case("eq that holds", _conditions(["eq", "$x-amz-meta-a", "b"], x_amz_meta_a="b"), 200),
    Case("eq that fails", _conditions(["eq", "$x-amz-meta-a", "b"], x_amz_meta_a="c"), 403, "AccessDenied"),
    Case("eq that differs in case", _conditions({"x-amz-meta-a": "b"}, x_amz_meta_a="B"), 403, "AccessDenied"),
    Case("eq on an absent field", _conditions({"x-amz-meta-a": "b"}), 403, "AccessDenied"),
    Case(
        "starts-with that holds", _conditions(["starts-with", "$Content-Type", "image/"], Content_Type="image/x"), 200
    ),
    Case(
        "starts-with that fails",
        _conditions(["starts-with", "$Content-Type", "image/"], Content_Type="text/x"),
        403,
        "AccessDenied",
    ),
    Case("starts-with nothing", _conditions(["starts-with", "$x-amz-meta-a", ""], x_amz_meta_a=""), 200),
    Case("a key outside the prefix", lambda form: form.fields.update(key=f"q/{SHA1}"), 403, "AccessDenied"),
    Case("a meta field without condition", _set(x_amz_meta_a="b"), 403, "AccessDenied"),
    Case(
        "an acl without condition",
        _set(acl="private"),
        403,
        "AccessDenied",
        elsewhere={"seaweedfs": (200, "refuses only some of the extra fields")},
    ),
    Case("a field to be ignored", _set(x_ignore_me="b"), 200),
    Case(
        "a bucket without condition",
        lambda form: form.without("bucket"),
        403,
        "AccessDenied",
        elsewhere={"seaweedfs": (200, "refuses only some of the extra fields")},
    ),
    Case("size at the upper bound", _bounds(0, SIZE), 200),
    Case("size above the upper bound", _bounds(0, SIZE - 1), 400, "EntityTooLarge"),
    Case("size at the lower bound", _bounds(SIZE, SIZE + 9), 200),
    Case("size below the lower bound", _bounds(SIZE + 1, SIZE + 9), 400, "EntityTooSmall"),
    Case("bounds as text", _bounds(str(SIZE), str(SIZE)), 200),
    Case("a policy that has expired", _expires(-60), 403, "AccessDenied"),
    Case("another signature", _late(x_amz_signature="0" * 64), 403, "SignatureDoesNotMatch"),
    Case("another date than was signed", _late(x_amz_date="20150101T000000Z"), 403, "AccessDenied"),
    Case("an unknown key id", _late(x_amz_credential="NOBODY/20210324/us-east-1/s3/aws4_request"), 403),
    Case(
        "another algorithm",
        _late(x_amz_algorithm="AWS2"),
        400,
        "InvalidArgument",
        elsewhere={"seaweedfs": (403, "compares it with the condition first")},
    ),
    Case(
        "no signature",
        _late(x_amz_signature=None),
        400,
        "InvalidArgument",
        elsewhere={"seaweedfs": (403, "takes it for an empty one")},
    ),
    Case("no key", _late(key=None), 400, "InvalidArgument"),
    Case("a policy that is no JSON", lambda form: setattr(form, "policy", "e30"), 400, "InvalidPolicyDocument"),
    Case(
        "no expiration",
        lambda form: setattr(form, "expiration", None),
        400,
        "InvalidPolicyDocument",
        elsewhere={"seaweedfs": (403, "says the condition failed")},
    ),
    Case(
        "conditions that are none",
        lambda form: setattr(form, "conditions", "all"),
        400,
        "InvalidPolicyDocument",
        elsewhere={
            "seaweedfs": (403, "says the condition failed"),
            "ceph": (403, "takes them for none, which cover no field"),
        },
    ),
    Case(
        "an unknown operator",
        _conditions(["ends-with", "$key", "g"]),
        400,
        "InvalidPolicyDocument",
        elsewhere={"seaweedfs": (403, "says the condition failed")},
    ),
    Case(
        "the file first",
        _arrange(lambda parts: [parts[-1], *parts[:-1]]),
        400,
        "InvalidArgument",
        elsewhere={"seaweedfs": (200, "minds no order")},
    ),
    Case(
        "no file",
        _arrange(lambda parts: parts[:-1]),
        400,
        "InvalidArgument",
        elsewhere={
            "seaweedfs": (200, "stores an empty object"),
            "ceph": (200, "stores the line break before the last boundary"),
        },
    ),
    Case("a field behind the file", _arrange(lambda parts: [*parts, ("acl", b"private", None)]), 200),
    Case(
        "two files",
        _arrange(lambda parts: [*parts, parts[-1]]),
        400,
        "InvalidArgument",
        elsewhere={"seaweedfs": (200, "takes the first"), "ceph": (200, "takes the first")},
    ),
    Case("a file without a name", lambda form: setattr(form, "file_name", ""), 200),
    Case(
        "${filename} from a path",
        _file_name("p/${filename}", f"C:\\\\a/{SHA1}"),
        200,
        key={"ceph": f"p/C:\\\\a/{SHA1}"},  # keeps the folders, which Amazon does not (C8.12)
    ),
    Case(
        "more than 20,480 bytes of fields",
        _set(x_ignore_a="x" * 20_480),
        400,
        "MaxPostPreDataLengthExceeded",
        elsewhere={"seaweedfs": (200, "has no such limit"), "ceph": (200, "has no such limit")},
    ),
    Case("an empty key", _set(key=""), 400, "InvalidArgument"),
    Case("another bucket than the policy's", _another_bucket, 403, "AccessDenied"),
    Case(
        "no conditions",
        lambda form: setattr(form, "conditions", []),
        403,
        "AccessDenied",
        elsewhere={"seaweedfs": (200, "refuses only some of the extra fields")},
    ),
    Case(
        "a text field without condition",
        _set(submit="Upload"),
        403,
        "AccessDenied",
        elsewhere={"seaweedfs": (200, "refuses only some of the extra fields")},
    ),
    Case("operators in upper case", _conditions(["EQ", "$x-amz-meta-a", "b"], x_amz_meta_a="b"), 200),
    Case(
        "two conditions on a field",
        _conditions(["eq", "$x-amz-meta-a", "bc"], ["starts-with", "$x-amz-meta-a", "b"], x_amz_meta_a="bc"),
        200,
    ),
    Case(
        "a field named without $",
        _conditions(["eq", "x-amz-meta-a", "b"], x_amz_meta_a="b"),
        400,
        "InvalidPolicyDocument",
        elsewhere={"seaweedfs": (403, "says the condition failed"), "ceph": (403, "says the condition failed")},
    ),
    Case(
        "a number as a value",
        _conditions({"x-amz-meta-a": 5}, x_amz_meta_a="5"),
        400,
        "InvalidPolicyDocument",
        elsewhere={"seaweedfs": (403, "says the condition failed"), "ceph": (200, "takes it for text")},
    ),
    Case(
        "a simple condition of two properties",
        _conditions({"x-amz-meta-a": "b", "x-amz-meta-c": "d"}, x_amz_meta_a="b", x_amz_meta_c="d"),
        400,
        "InvalidPolicyDocument",
        elsewhere={"seaweedfs": (200, "takes both"), "ceph": (403, "takes the first")},
    ),
    Case("two ranges", _conditions(["content-length-range", 0, SIZE], ["content-length-range", 0, 1]), 400),
    Case("bounds turned round", _bounds(SIZE + 5, SIZE - 5), 400),
    Case(
        "an expiration with milliseconds", lambda form: setattr(form, "expiration", f"{form.in_s(60)[:-1]}.000Z"), 200
    ),
    Case(
        "an expiration with an offset",
        lambda form: setattr(form, "expiration", f"{form.in_s(3660)[:-1]}+01:00"),
        200,
        elsewhere={"ceph": (400, "wants a Z at its end")},
    ),
    Case(
        "an expiration without zone",
        lambda form: setattr(form, "expiration", form.in_s(60)[:-1]),
        400,
        "InvalidPolicyDocument",
        elsewhere={"seaweedfs": (403, "says the condition failed"), "ceph": (200, "takes it for UTC")},
    ),
    Case(
        "a field twice, the second right",
        _arrange(lambda parts: [("key", b"q/x", None), *parts]),
        200,
        elsewhere={"seaweedfs": (403, "takes the first")},
    ),
    Case(
        "a field twice, the second wrong",
        _arrange(lambda parts: [*parts[:-1], ("key", b"q/x", None), parts[-1]]),
        403,
        "AccessDenied",
        elsewhere={"seaweedfs": (200, "takes the first")},
    ),
    Case("a redirect", _redirect, 303),
]
