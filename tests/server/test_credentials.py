"""Access keys are kept hashed; a key of an earlier start goes on being good, up to a number."""

from __future__ import annotations

import re
import stat
from pathlib import Path

import pytest

from lading.errors import OptionError
from lading.server.credentials import AccessKeys, keep_new_access_key, key_digest, load_signing_secret
from lading.server.embedded import running


def test_no_file_holds_a_key(tmp_path: Path) -> None:
    key, keys = keep_new_access_key(tmp_path)
    assert re.fullmatch("Accesskey-[0-9a-f]{32}", key)
    (path,) = tmp_path.iterdir()
    assert path.read_text() == f"{key_digest(key)}\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert keys.admit(key)
    assert not keys.admit(path.read_text().strip())  # the hash is no key


def test_keys_of_earlier_starts_are_good_until_eight_later_ones_were_made(tmp_path: Path) -> None:
    made = [keep_new_access_key(tmp_path)[0] for _ in range(9)]
    _, keys = keep_new_access_key(tmp_path)
    assert [keys.admit(key) for key in made] == [False, False, *[True] * 7]


@pytest.mark.parametrize("given", ["", "Accesskey-", "é", "\0", "x" * 100_000])
def test_other_text_is_no_key(given: str) -> None:
    assert not AccessKeys([key_digest("Accesskey-test")]).admit(given)


def test_embedded_platform_makes_a_key_that_no_file_knows(tmp_path: Path) -> None:
    with running(tmp_path) as platform:
        assert platform.access_key.startswith("Accesskey-")
    files = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert [content for content in files if platform.access_key.encode() in content] == []
    assert not (tmp_path / "access-keys").exists()


def test_signing_secret_is_made_once_and_private(tmp_path: Path) -> None:
    secret = load_signing_secret(tmp_path)
    assert load_signing_secret(tmp_path) == secret
    assert stat.S_IMODE((tmp_path / "signing-secret").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"\n", b"\xff"], ids=["empty", "blank", "no text"])
def test_secret_that_is_none_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "signing-secret").write_bytes(content)
    with pytest.raises(OptionError, match="signing-secret"):
        load_signing_secret(tmp_path)


def test_keys_file_that_is_a_folder_is_said(tmp_path: Path) -> None:
    (tmp_path / "access-keys").mkdir()
    with pytest.raises(OptionError, match=r"access-keys: expected .* LADING_HOME names, found: Is a directory"):
        keep_new_access_key(tmp_path)
