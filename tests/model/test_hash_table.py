from __future__ import annotations

import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from lading.model.hash_table import HashTable
from lading.model.naming import short_hash

NUMBERS = st.integers(0, 2**64 - 1)


@given(st.lists(st.tuples(NUMBERS | st.integers(1, 5) | st.just(2**64 - 1), NUMBERS)))
def test_it_remembers_what_a_dictionary_does(pairs):
    table, known = HashTable(), {}
    for key, value in pairs:
        key = key or 1  # the two are one
        assert (key in table) == (key in known)
        assert table.setdefault(key, value) == known.setdefault(key, value)
    assert len(table) == len(known)
    assert all(table.setdefault(key, 7) == value for key, value in known.items())


def test_it_grows_and_stays_small():
    hashes = [short_hash(str(number)) for number in range(50_000)]
    tracemalloc.start()
    table = HashTable()
    for number, key in enumerate(hashes):
        table.setdefault(key, number)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [table.setdefault(key, -1) for key in hashes] == list(range(50_000))
    assert short_hash("another") not in table
    assert size / 50_000 < 48
