"""A table of 64-bit hashes that takes a quarter of a dictionary's memory, for what there is a million of."""

from __future__ import annotations

from array import array

_FIRST = 1 << 10


class HashTable:
    """Remembers for each hash the number it was first put with: 24 to 48 bytes an entry, where a `dict` takes 140.

    Hashes have to be spread evenly over 64 bits, as `naming.short_hash` spreads them. Entries are never removed.
    """

    def __init__(self) -> None:
        self._count = 0
        self._keys, self._values = _empty(_FIRST), _empty(_FIRST)

    def __len__(self) -> int:
        return self._count

    def setdefault(self, key: int, value: int = 0) -> int:
        """The number that this hash has, which is `value` where it had none."""
        key = key or 1  # 0 marks a free place; that two of 2**64 hashes are one here is as likely as any other two
        place = _place(self._keys, key)
        if self._keys[place] == key:
            return self._values[place]
        self._keys[place], self._values[place] = key, value
        self._count += 1
        if self._count * 3 > len(self._keys) * 2:
            self._grow()
        return value

    def __contains__(self, key: int) -> bool:
        return self._keys[_place(self._keys, key or 1)] != 0

    def _grow(self) -> None:
        old_keys, old_values = self._keys, self._values
        self._keys, self._values = keys, values = _empty(len(old_keys) * 2), _empty(len(old_keys) * 2)
        for key, value in zip(old_keys, old_values, strict=True):
            if key:
                place = _place(keys, key)
                keys[place], values[place] = key, value


def _empty(size: int) -> array[int]:
    return array("Q", bytes(8 * size))


def _place(keys: array[int], key: int) -> int:
    """Where a hash is, or the free place where it would be: the first from where its low bits point to."""
    last = len(keys) - 1
    place = key & last
    while keys[place] not in (0, key):
        place = (place + 1) & last
    return place
