from __future__ import annotations

import re

import pytest

from lading.errors import PlatformError
from lading.platform.form import PostForm, media_type
from lading.platform.wire import Policy, PolicyExtra

FIELDS = {"x-amz-date": "20210324T054200Z", "policy": "cG9s", "success_action_status": "200"}


def form_of(fields, prefix="ds/"):
    extra = PolicyExtra(host="http://h/upload", object_prefix=prefix)
    return PostForm(Policy(result={**fields, "multipleUploadLimit": 10}, extra=extra, expire_at=1))


def names(head):
    return re.findall(rb'; name="([^"]*)"', head)


def test_fields_come_as_they_were_then_key_type_and_the_file_last():
    form = form_of(FIELDS)
    head = form.head("ds/abc", b"\x89PNG\r\n\x1a\n")
    assert names(head) == [b"x-amz-date", b"policy", b"success_action_status", b"key", b"Content-Type", b"file"]
    assert b'name="key"\r\n\r\nds/abc\r\n' in head
    assert b'name="Content-Type"\r\n\r\nimage/png\r\n' in head


def test_the_whole_is_a_form():
    form = form_of(FIELDS)
    boundary = form.content_type.partition("boundary=")[2].encode()
    whole = form.head("k") + b"BYTES" + form.tail
    parts = whole.split(b"--" + boundary)
    assert parts[0] == b""
    assert parts[-1] == b"--\r\n"
    assert parts[-2].endswith(b"\r\n\r\nBYTES\r\n")
    assert len(parts) == 1 + 6 + 1  # five fields and the file, between what is before and after


def test_an_unknown_type_is_sent_empty():
    # The policies demand the field (C1): ["starts-with", "$Content-Type", ""].
    assert b'name="Content-Type"\r\n\r\n\r\n' in form_of(FIELDS).head("k", b"plain text")


def test_without_a_date_no_type_is_sent():
    assert b"Content-Type" not in names(form_of({"policy": "p"}).head("k", b"\xff\xd8\xff"))


def test_a_field_name_that_would_break_the_form_is_refused():
    with pytest.raises(PlatformError, match="expected policy fields with plain names, found"):
        form_of({'a"\r\nb': "c"})


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"\x89PNG\r\n\x1a\n....", "image/png"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF\x00\x00\x00\x00WEBP", "image/webp"),
        (b"RIFF\x00\x00\x00\x00WAVE", ""),
        (b"", ""),
    ],
)
def test_media_type(head, expected):
    assert media_type(head) == expected
