"""Policies against AWS's own example, the seed's sample, and every way a document can be wrong."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from lading.errors import StorageError
from lading.server.post_policy import (
    Condition,
    Grant,
    SigningKey,
    decode_policy,
    sign_policy,
    signature,
    verify_form,
)

KEY = SigningKey("LOCALKEY", "secret")
ISSUED_S = 1616564520  # 2021-03-24T05:42:00Z

#: The example of Amazon's page "sigv4-post-example".
AWS_POLICY = "\r\n".join(
    [
        '{ "expiration": "2015-12-30T12:00:00.000Z",',
        '  "conditions": [',
        '    {"bucket": "sigv4examplebucket"},',
        '    ["starts-with", "$key", "user/user1/"],',
        '    {"acl": "public-read"},',
        '    {"success_action_redirect": "http://sigv4examplebucket.s3.amazonaws.com/successful_upload.html"},',
        '    ["starts-with", "$Content-Type", "image/"],',
        '    {"x-amz-meta-uuid": "14365123651274"},',
        '    {"x-amz-server-side-encryption": "AES256"},',
        '    ["starts-with", "$x-amz-meta-tag", ""],',
        "",
        '    {"x-amz-credential": "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"},',
        '    {"x-amz-algorithm": "AWS4-HMAC-SHA256"},',
        '    {"x-amz-date": "20151229T000000Z" }',
        "  ]",
        "}",
    ]
)


def test_signature_is_that_of_amazons_example() -> None:
    text = base64.b64encode(AWS_POLICY.encode()).decode()
    credential = "AKIAIOSFODNN7EXAMPLE/20151229/us-east-1/s3/aws4_request"
    found = signature(text, credential, "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    assert found == "8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e"


def test_signed_policy_says_what_the_seeds_policy_says() -> None:
    fields = sign_policy(KEY, prefix="p/", issued_s=ISSUED_S, expiration_s=ISSUED_S + 120)
    assert json.loads(base64.b64decode(fields["policy"])) == {
        "expiration": "2021-03-24T05:44:00Z",
        "conditions": [
            {"bucket": "lading"},
            ["starts-with", "$key", "p/"],
            ["starts-with", "$success_action_status", ""],
            ["starts-with", "$Content-Type", ""],
            {"x-amz-credential": "LOCALKEY/20210324/local/s3/aws4_request"},
            {"x-amz-algorithm": "AWS4-HMAC-SHA256"},
            {"x-amz-date": "20210324T054200Z"},
        ],
    }
    assert list(fields) == [
        "policy",
        "success_action_status",
        "x-amz-algorithm",
        "x-amz-credential",
        "x-amz-date",
        "x-amz-signature",
    ]


def signed(document: Any, **fields: str) -> dict[str, str]:
    """A form with a policy of one's own, rightly signed."""
    text = document if isinstance(document, str) else base64.b64encode(json.dumps(document).encode()).decode()
    credential = "LOCALKEY/20210324/local/s3/aws4_request"
    return {
        "policy": text,
        "x-amz-algorithm": "AWS4-HMAC-SHA256",
        "x-amz-credential": credential,
        "x-amz-date": "20210324T054200Z",
        "x-amz-signature": signature(text, credential, KEY.secret),
        **fields,
    }


OPEN = [
    {"bucket": "lading"},
    *(["starts-with", f"${name}", ""] for name in ("x-amz-algorithm", "x-amz-credential", "x-amz-date")),
]


def document(*conditions: Any) -> dict[str, Any]:
    return {"expiration": "2021-03-24T05:44:00Z", "conditions": [*OPEN, *conditions]}


@pytest.mark.parametrize(
    "bad",
    [
        pytest.param("no base64!", id="text that is no base64"),
        pytest.param(base64.b64encode(b"{").decode(), id="text that is no JSON"),
        pytest.param([], id="a document that is no object"),
        pytest.param({"conditions": []}, id="expiration missing"),
        pytest.param({"expiration": "2021-03-24T05:44:00Z"}, id="conditions missing"),
        pytest.param({"expiration": "soon", "conditions": []}, id="expiration that is no time"),
        pytest.param({"expiration": 1616564520, "conditions": []}, id="expiration that is a number"),
        pytest.param({"expiration": "2021-03-24T05:44:00", "conditions": []}, id="expiration without a zone"),
        pytest.param({"expiration": "2021-03-24T05:44:00Z", "conditions": {}}, id="conditions that are an object"),
        pytest.param(document({"acl": "a", "key": "b"}), id="a simple condition with two properties"),
        pytest.param(document({"acl": 1}), id="a value that is a number"),
        pytest.param(document(["eq", "$key"]), id="a condition of two parts"),
        pytest.param(document(["ends-with", "$key", "x"]), id="an operator that is not known"),
        pytest.param(document(["eq", "key", "x"]), id="a field without its dollar"),
        pytest.param(document(["content-length-range", 1]), id="a range with one bound"),
        pytest.param(document(["content-length-range", "a", "b"]), id="a range of letters"),
    ],
)
def test_ill_formed_policy_is_refused(bad: Any) -> None:
    with pytest.raises(StorageError, match="Invalid Policy") as caught:
        verify_form(signed(bad), None, KEY, ISSUED_S)
    assert (caught.value.status, caught.value.code) == (400, "InvalidPolicyDocument")


def test_expiry_counts_from_the_second_after() -> None:
    form = signed(document())
    assert verify_form(form, None, KEY, ISSUED_S + 120).sizes is None
    with pytest.raises(StorageError, match=r"Invalid according to Policy: Policy expired\."):
        verify_form(form, None, KEY, ISSUED_S + 120.5)


def test_failed_condition_is_named_as_s3_names_it() -> None:
    with pytest.raises(StorageError) as caught:
        verify_form(signed(document(["eq", "$key", "x"]), key="y"), None, KEY, ISSUED_S)
    assert str(caught.value) == 'Invalid according to Policy: Policy Condition failed: ["eq", "$key", "x"]'
    assert (caught.value.status, caught.value.code) == (403, "AccessDenied")


def test_condition_on_an_absent_field_fails_even_when_it_asks_for_nothing() -> None:
    assert not Condition("starts-with", "acl", "").holds({})
    assert Condition("starts-with", "acl", "").holds({"acl": ""})


def test_names_of_conditions_are_compared_without_case_and_values_with() -> None:
    assert verify_form(signed(document({"ACL": "Private"}), acl="Private"), None, KEY, ISSUED_S).fields["acl"]
    with pytest.raises(StorageError, match="Policy Condition failed"):
        verify_form(signed(document({"acl": "Private"}), acl="private"), None, KEY, ISSUED_S)


def test_bucket_has_to_be_covered_like_a_field() -> None:
    policy = document()
    policy["conditions"].remove({"bucket": "lading"})
    with pytest.raises(StorageError, match="Extra input fields: bucket"):
        verify_form(signed(policy), None, KEY, ISSUED_S)


def test_ignored_fields_need_no_condition() -> None:
    form = signed(document(), **{"x-ignore-me": "1"})
    assert verify_form(form, None, KEY, ISSUED_S).fields["x-ignore-me"] == "1"


@pytest.mark.parametrize(
    ("file_name", "expected"),
    [("C:\\pictures\\a b.jpg", "p/a b.jpg"), ("x/y.png", "p/y.png"), ("", "p/"), (None, "p/${filename}")],
    ids=["a Windows path", "a path", "an empty name", "no name"],
)
def test_file_name_is_filled_in_before_conditions_are_checked(file_name: str | None, expected: str) -> None:
    form = signed(document({"key": expected}), key="p/${filename}")
    assert verify_form(form, file_name, KEY, ISSUED_S).fields["key"] == expected


def test_size_range_is_inclusive_and_takes_numeric_text() -> None:
    grant = verify_form(signed(document(["content-length-range", "2", 4])), None, KEY, ISSUED_S)
    assert grant.sizes == (2, 4)
    grant.check_size(2, is_whole=True)
    grant.check_size(4, is_whole=True)
    grant.check_size(1, is_whole=False)
    with pytest.raises(StorageError, match="smaller") as small:
        grant.check_size(1, is_whole=True)
    assert (small.value.status, small.value.code) == (400, "EntityTooSmall")
    assert small.value.details == {"ProposedSize": "1", "MinSizeAllowed": "2"}
    with pytest.raises(StorageError, match="exceeds") as large:
        grant.check_size(5, is_whole=False)
    assert (large.value.status, large.value.code) == (400, "EntityTooLarge")
    assert large.value.details == {"ProposedSize": "5", "MaxSizeAllowed": "4"}


def test_no_range_is_no_limit() -> None:
    Grant({}, None).check_size(10**12, is_whole=True)


def test_expiration_with_milliseconds_is_read() -> None:
    text = base64.b64encode(AWS_POLICY.encode()).decode()
    assert decode_policy(text).expiration_s == 1451476800.0  # 2015-12-30T12:00:00Z
