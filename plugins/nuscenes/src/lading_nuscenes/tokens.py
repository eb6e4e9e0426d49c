"""Tokens as numbers: 16 bytes for one of 32 hexadecimal digits, so that millions can be sorted and joined."""

from __future__ import annotations

import re
from collections.abc import Sequence
from hashlib import blake2b
from typing import TypeAlias, cast

import numpy as np
from numpy.typing import NDArray

#: Tokens, one a row: two unsigned numbers of 64 bits; the empty token is 0, 0.
Keys: TypeAlias = NDArray[np.uint64]
Indexes: TypeAlias = NDArray[np.int64]

#: In place of the index of a token: there is none of this name, and the token is empty.
DANGLING = -1
ABSENT = -2

_EMPTY = "0" * 32
_BLOCK = 1 << 16
_STEPS = 16
_HEX = re.compile("[0-9a-f]{32}")


class TokenBook:
    """Turns tokens into keys and back. A token of another form gets the key of its hash and is kept as text."""

    def __init__(self) -> None:
        self._texts: dict[bytes, str] = {}

    def keys(self, tokens: Sequence[str | None]) -> Keys:
        """The keys of some tokens, of shape (N, 2)."""
        try:
            keys = _hex_keys(cast(Sequence[str], tokens))
        except TypeError:  # None counts as the empty token
            keys = None
        if keys is not None and np.count_nonzero(keys[:, 0] | keys[:, 1]) == len(tokens):
            return keys
        keys = _hex_keys([token or _EMPTY for token in tokens])
        # 32 zeros are a token, and another one than none.
        if keys is not None and np.count_nonzero(keys[:, 0] | keys[:, 1]) == sum(map(bool, tokens)):
            return keys
        return self._slow(tokens)

    def _slow(self, tokens: Sequence[str | None]) -> Keys:
        return _keys(b"".join(map(self._key, tokens)))

    def key(self, token: str | None) -> Keys:
        """The key of one token, of shape (2,)."""
        key: Keys = _keys(self._key(token))[0]
        return key

    def text(self, key: Keys) -> str:
        """The token of a key."""
        raw = key.astype(">u8").tobytes()
        known = self._texts.get(raw)
        if known is not None:
            return known
        return raw.hex() if key.any() else ""

    def texts(self, keys: Keys) -> list[str]:
        """The tokens of many keys."""
        joined = keys.astype(">u8").tobytes().hex()
        plain = [joined[start : start + 32] for start in range(0, len(joined), 32)]
        if not self._texts and _EMPTY not in plain:
            return plain
        return [
            self.text(key) if text == _EMPTY or self._texts else text for text, key in zip(plain, keys, strict=True)
        ]

    def _key(self, token: str | None) -> bytes:
        if not token:
            return bytes(16)
        if token != _EMPTY and _HEX.fullmatch(token):
            return bytes.fromhex(token)
        raw = blake2b(token.encode("utf-8", "surrogatepass"), digest_size=16).digest()
        self._texts[raw] = token
        return raw


def _hex_keys(tokens: Sequence[str]) -> Keys | None:
    """The keys of tokens of 32 lower-case hexadecimal digits, or None where one is of another form."""
    joined = " ".join(tokens)
    try:
        raw = bytes.fromhex(joined)
    except ValueError:
        return None
    # `fromhex` takes capitals, and spaces at other places too: what it made has to give the same text again. It is
    # grouped from its end, so that its beginning may be shorter.
    if len(raw) != 16 * len(tokens):
        return None
    return _keys(raw) if raw.hex(" ", 16) == joined else None


def _keys(raw: bytes) -> Keys:
    return np.frombuffer(raw, dtype=">u8").astype(np.uint64).reshape(-1, 2)


def no_keys() -> Keys:
    """No key at all."""
    return np.empty((0, 2), dtype=np.uint64)


class TokenIndex:
    """Finds the row of a token among the keys of a table; of rows with one token the first counts."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        hashes = _mixed(keys)
        order = np.argsort(hashes, kind="stable")
        self._order = order.astype(np.int32) if len(keys) < 1 << 31 else order
        self._hashes = hashes[order]
        # About one hash a bucket: where to begin to look for one, by its first bits.
        bits = max(1, len(keys).bit_length() - 1)
        self._shift = np.uint64(64 - bits)
        firsts = np.arange(1 << bits, dtype=np.uint64) << self._shift
        self._buckets = np.searchsorted(self._hashes, firsts).astype(np.int32)

    def __len__(self) -> int:
        return len(self.keys)

    def forget(self) -> None:
        """Keep the keys alone: nothing is found from here on."""
        self._hashes = self._hashes[:0]
        self._order = self._order[:0]
        self._buckets = self._buckets[:0]

    def find(self, wanted: Keys) -> Indexes:
        """The rows of some keys; DANGLING for one that is not there, ABSENT for the empty one."""
        found = np.empty(len(wanted), dtype=np.int64)
        for start in range(0, len(wanted), _BLOCK):  # what is made on the way stays small
            found[start : start + _BLOCK] = self._find(wanted[start : start + _BLOCK])
        return found

    def _find(self, wanted: Keys) -> Indexes:
        found = np.full(len(wanted), DANGLING, dtype=np.int64)
        found[(wanted[:, 0] | wanted[:, 1]) == 0] = ABSENT
        if not len(self._hashes):
            return found
        hashes = _mixed(wanted)
        left = np.flatnonzero(found == DANGLING)
        places = self._places(hashes, left)
        while len(left):
            here = places[left]
            inside = here < len(self._hashes)
            left, here = left[inside], here[inside]
            same_hash = self._hashes[here] == hashes[left]
            left, here = left[same_hash], here[same_hash]
            rows = self._order[here]
            is_it = (self.keys[rows, 0] == wanted[left, 0]) & (self.keys[rows, 1] == wanted[left, 1])
            found[left[is_it]] = rows[is_it]
            left = left[~is_it]  # two keys of one hash: look at the next place
            places[left] += 1
        return found

    def _places(self, hashes: NDArray[np.uint64], wanted: Indexes) -> Indexes:
        """Where in order the first hash is that is not below each: as searchsorted, and several times faster."""
        places = self._buckets[(hashes >> self._shift).astype(np.int64)].astype(np.int64)
        left = wanted
        for _ in range(_STEPS):
            left = left[places[left] < len(self._hashes)]
            left = left[self._hashes[places[left]] < hashes[left]]
            if not len(left):
                return places
            places[left] += 1
        places[left] = np.searchsorted(self._hashes, hashes[left])
        return places

    def repeats(self) -> list[tuple[int, int]]:
        """The rows whose token an earlier row has, each with that row, in the order of the table."""
        alike = np.flatnonzero(self._hashes[1:] == self._hashes[:-1])
        if not len(alike):
            return []
        rows = np.unique(np.concatenate((self._order[alike], self._order[alike + 1])))
        firsts = self.find(self.keys[rows])
        return [(int(row), int(first)) for row, first in zip(rows, firsts, strict=True) if first not in (row, ABSENT)]


def has_repeats(keys: Keys) -> bool:
    """Whether a key may be there twice: in a fifth of the time that it takes to say which one is."""
    hashes = _mixed(keys)
    hashes.sort()
    return bool((hashes[1:] == hashes[:-1]).any())


def _mixed(keys: Keys) -> NDArray[np.uint64]:
    """A hash of 64 bits a key: tokens made by counting differ in few places."""
    high, low = keys[:, 0], keys[:, 1]
    mixed = (high ^ (low >> np.uint64(29))) * np.uint64(0x9E3779B97F4A7C15)
    mixed ^= low * np.uint64(0xC2B2AE3D27D4EB4F)
    return mixed ^ (mixed >> np.uint64(32))
