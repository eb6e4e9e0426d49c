"""POST policies of the object store: signing one, and verifying a form against one (platform-api.md section C)."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NoReturn

from lading.errors import StorageError

ALGORITHM = "AWS4-HMAC-SHA256"
#: Fields that no condition has to cover (C8.10); those that begin with x-ignore- are free too.
_FREE_FIELDS = frozenset({"x-amz-signature", "file", "policy"})
_SIGNATURE_FIELDS = ("x-amz-algorithm", "x-amz-credential", "x-amz-date", "x-amz-signature")
_OPERATORS = ("eq", "starts-with")
_BARE_CHECKSUM = re.compile("[0-9a-f]{40}")


@dataclass(frozen=True, slots=True)
class SigningKey:
    """The one key id of the store with its secret, and where its signatures hold."""

    key_id: str
    secret: str = field(repr=False)
    region: str = "local"
    bucket: str = "lading"


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition of a policy; `field` in lower case."""

    operator: str
    field: str
    value: str

    def holds(self, values: Mapping[str, str]) -> bool:
        """Whether the form's values fulfil it; never where the field is absent, not even `starts-with ""`."""
        found = values.get(self.field)
        if found is None:
            return False
        if self.operator == "eq":
            return found == self.value
        # B-D, D12: a bare checksum is taken although the policy asks for a prefix.
        return found.startswith(self.value) or (self.field == "key" and _BARE_CHECKSUM.fullmatch(found) is not None)

    def __str__(self) -> str:
        return json.dumps([self.operator, f"${self.field}", self.value], ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Policy:
    """A decoded policy: seconds of the epoch when it ends, its conditions, and the bytes a file may have."""

    expiration_s: float
    conditions: tuple[Condition, ...]
    sizes: tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class Grant:
    """What a verified form may do: the fields after `${filename}` was replaced, and the bytes a file may have."""

    fields: dict[str, str]
    sizes: tuple[int, int] | None

    def within(self, largest: int) -> Grant:
        """The same for files of at most so many bytes."""
        return Grant(self.fields, _narrower(self.sizes, (0, largest)))

    def check_size(self, size: int, *, is_whole: bool) -> None:
        """Refuse a file of `size` bytes that is too large or, once it is whole, too small (C8.11)."""
        if self.sizes is None:
            return
        smallest, largest = self.sizes
        if size > largest:
            refuse(
                400,
                "EntityTooLarge",
                "Your proposed upload exceeds the maximum allowed size",
                ProposedSize=size,
                MaxSizeAllowed=largest,
            )
        if is_whole and size < smallest:
            refuse(
                400,
                "EntityTooSmall",
                "Your proposed upload is smaller than the minimum allowed size",
                ProposedSize=size,
                MinSizeAllowed=smallest,
            )


def refuse(status: int, code: str, message: str, **details: object) -> NoReturn:
    """Raise the StorageError of an S3 answer; `details` are the other elements of its XML."""
    raise StorageError(message, status=status, code=code, details={name: str(v) for name, v in details.items()})


def sign_policy(
    key: SigningKey,
    *,
    prefix: str,
    issued_s: int,
    expiration_s: int,
    largest: int | None = None,
    token: str | None = None,
    is_seeds: bool = True,
) -> dict[str, str]:
    """The form fields of a policy that allows objects below `prefix` until `expiration_s` (C1, as in the seed).

    `largest` is the bytes that a file may have, where the store itself has no such limit; `token` that of keys which
    were lent. The seed's policy leaves the status open, which Amazon's rules and other stores do not allow (C8.10);
    another one fixes it.
    """
    issued = datetime.fromtimestamp(issued_s, UTC)
    fields = {
        "success_action_status": "200",
        "x-amz-algorithm": ALGORITHM,
        "x-amz-credential": f"{key.key_id}/{issued:%Y%m%d}/{key.region}/s3/aws4_request",
        "x-amz-date": f"{issued:%Y%m%dT%H%M%SZ}",
    }
    conditions: list[Any] = [
        {"bucket": key.bucket},
        ["starts-with", "$key", prefix],
        ["starts-with", "$success_action_status", ""] if is_seeds else {"success_action_status": "200"},
        ["starts-with", "$Content-Type", ""],
        *({name: fields[name]} for name in ("x-amz-credential", "x-amz-algorithm", "x-amz-date")),
    ]
    if token is not None:
        fields["x-amz-security-token"] = token
        conditions.append({"x-amz-security-token": token})
    if largest is not None:
        conditions.append(["content-length-range", 0, largest])
    expiration = datetime.fromtimestamp(expiration_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    document = json.dumps({"expiration": expiration, "conditions": conditions}, separators=(",", ":"))
    policy = base64.b64encode(document.encode()).decode()
    return {"policy": policy, **fields, "x-amz-signature": signature(policy, fields["x-amz-credential"], key.secret)}


def signature(policy: str, credential: str, secret: str) -> str:
    """Hex HMAC-SHA256 of the base64 text of a policy under the SigV4 key of a credential's scope."""
    derived = f"AWS4{secret}".encode()
    for part in credential.split("/")[1:]:
        derived = hmac.new(derived, part.encode(), hashlib.sha256).digest()
    return hmac.new(derived, policy.encode(), hashlib.sha256).hexdigest()


def verify_form(form: Mapping[str, str], file_name: str | None, key: SigningKey, now_s: float) -> Grant:
    """Check the fields before the file as C8 steps 4 to 10 and 12 have it; names in `form` are in lower case.

    Raises StorageError with the status, code and message of the first step that fails.
    """
    _check_signature(form, key)
    policy = decode_policy(form["policy"])
    if now_s > policy.expiration_s:
        refuse(403, "AccessDenied", "Invalid according to Policy: Policy expired.")
    fields = dict(form)
    if file_name is not None:
        base_name = re.split(r"[/\\]", file_name)[-1]
        fields = {name: value.replace("${filename}", base_name) for name, value in fields.items()}
    values = {**fields, "bucket": key.bucket}
    for condition in policy.conditions:
        if not condition.holds(values):
            refuse(403, "AccessDenied", f"Invalid according to Policy: Policy Condition failed: {condition}")
    covered = {condition.field for condition in policy.conditions} | _FREE_FIELDS
    extra = [name for name in values if name not in covered and not name.startswith("x-ignore-")]
    if extra:
        refuse(403, "AccessDenied", f"Invalid according to Policy: Extra input fields: {', '.join(extra)}")
    return Grant(fields, policy.sizes)


def _check_signature(form: Mapping[str, str], key: SigningKey) -> None:
    missing = [name for name in (*_SIGNATURE_FIELDS, "policy") if name not in form]
    if all(name in missing for name in _SIGNATURE_FIELDS):
        refuse(403, "AccessDenied", "Access Denied")
    if missing:
        _refuse_argument(missing[0], "", f"Bucket POST must contain a field named '{missing[0]}'.")
    if form["x-amz-algorithm"] != ALGORITHM:
        _refuse_argument("x-amz-algorithm", form["x-amz-algorithm"], f"X-Amz-Algorithm only supports {ALGORITHM}")
    credential = form["x-amz-credential"]
    parts = credential.split("/")
    if len(parts) != 5 or parts[3:] != ["s3", "aws4_request"]:
        expected = '"<key-id>/YYYYMMDD/REGION/SERVICE/aws4_request"'
        _refuse_argument("x-amz-credential", credential, f"The Credential is mal-formed; expecting {expected}.")
    if not hmac.compare_digest(parts[0].encode(), key.key_id.encode()):
        refuse(
            403,
            "InvalidAccessKeyId",
            "The access key id you provided does not exist in our records.",
            AWSAccessKeyId=parts[0],
        )
    if parts[2] != key.region:
        _refuse_argument("x-amz-credential", credential, f"the region {parts[2]!r} is wrong; expecting {key.region!r}")
    expected = signature(form["policy"], credential, key.secret)
    if not hmac.compare_digest(expected.encode(), form["x-amz-signature"].encode()):
        refuse(
            403,
            "SignatureDoesNotMatch",
            "The request signature we calculated does not match the signature you provided.",
        )


def _refuse_argument(name: str, value: str, message: str) -> NoReturn:
    refuse(400, "InvalidArgument", message, ArgumentName=name, ArgumentValue=value)


def decode_policy(text: str) -> Policy:
    """A policy from its base64 text. Raises StorageError `InvalidPolicyDocument` for what is ill-formed (C8.7)."""
    try:
        document = json.loads(base64.b64decode(text, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        _refuse_policy("Invalid JSON.")
    if not isinstance(document, dict):
        _refuse_policy("Invalid JSON: unexpected type.")
    for name in ("expiration", "conditions"):
        if name not in document:
            _refuse_policy(f"Policy missing {name}.")
    if not isinstance(document["conditions"], list):
        _refuse_policy("Invalid 'conditions' value.")
    conditions: list[Condition] = []
    sizes: tuple[int, int] | None = None
    for part in document["conditions"]:
        if isinstance(part, list) and part and _lower(part[0]) == "content-length-range":
            sizes = _narrower(sizes, _decode_range(part))
        else:
            conditions.append(_decode_condition(part))
    return Policy(_decode_expiration(document["expiration"]), tuple(conditions), sizes)


def _refuse_policy(reason: str) -> NoReturn:
    refuse(400, "InvalidPolicyDocument", f"Invalid Policy: {reason}")


def _lower(value: object) -> str | None:
    return value.lower() if isinstance(value, str) else None


def _decode_expiration(value: object) -> float:
    try:
        expiration = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        expiration = None
    if expiration is None or expiration.tzinfo is None:
        _refuse_policy(f"Invalid 'expiration' value: {value!r}")
    return expiration.timestamp()


def _decode_condition(part: object) -> Condition:
    if isinstance(part, dict):
        if len(part) != 1:
            _refuse_policy("Invalid Simple-Condition: Simple-Conditions must have exactly one property specified.")
        ((name, value),) = part.items()
        operator = "eq"
    elif isinstance(part, list) and len(part) == 3 and _lower(part[0]) in _OPERATORS:
        operator, name, value = part
        if not isinstance(name, str) or not name.startswith("$"):
            _refuse_policy(f"Invalid Condition: the field has to begin with $, found {name!r}.")
        name = name[1:]
    else:
        _refuse_policy(f"Invalid Condition: {json.dumps(part, ensure_ascii=False)}")
    if not isinstance(value, str):
        _refuse_policy("Invalid Condition: value must be a string.")
    return Condition(operator.lower(), name.lower(), value)


def _decode_range(part: list[Any]) -> tuple[int, int]:
    try:
        if len(part) != 3 or any(isinstance(bound, bool) or not isinstance(bound, (int, str)) for bound in part[1:]):
            raise ValueError
        return int(part[1]), int(part[2])
    except ValueError:
        _refuse_policy("Invalid content-length-range.")


def _narrower(known: tuple[int, int] | None, found: tuple[int, int]) -> tuple[int, int]:
    return found if known is None else (max(known[0], found[0]), min(known[1], found[1]))
