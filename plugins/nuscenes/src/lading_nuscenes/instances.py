"""instance as columns: the objects that boxes are of."""

from __future__ import annotations

from collections.abc import Set
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lading import counted
from lading.model.recurring import MANY, is_often
from lading_nuscenes.schema import Category, Instance
from lading_nuscenes.tables import Columns, Rows, Tables
from lading_nuscenes.tokens import Keys, TokenBook, TokenIndex, no_keys

_NONE: NDArray[np.int32] = np.empty(0, dtype=np.int32)


class Instances:
    """The instances: tokens, and the place of each one's category."""

    def __init__(self) -> None:
        self.index = TokenIndex(no_keys())
        self.categories = _NONE
        self.extras: dict[int, dict[str, Any]] = {}
        self.rows: list[int] = []
        self.ends: tuple[Keys, Keys] = (no_keys(), no_keys())
        self.counts: list[int | None] = []


def read_instances(tables: Tables, book: TokenBook, categories: Rows[Category]) -> Instances:
    """The table of instances."""
    instances = Instances()
    columns = Columns()
    for piece in tables.scan("instance", Instance):
        for place, extras in piece.extras.items():
            instances.extras[len(instances.rows) + place] = extras
        instances.rows += piece.indexes
        instances.counts += [row.nbr_annotations for row in piece.rows]
        tokens = [row.category_token for row in piece.rows]
        found = categories.find(tokens)
        tables.dangling("instance", "category_token", "category", piece.indexes, found, tokens)
        columns.add(
            keys=book.keys([row.token for row in piece.rows]),
            categories=found.astype(np.int32),
            first=book.keys([row.first_annotation_token for row in piece.rows]),
            last=book.keys([row.last_annotation_token for row in piece.rows]),
        )
    instances.index = TokenIndex(columns.take("keys", no_keys()))
    instances.categories = columns.take("categories", _NONE)
    instances.ends = (columns.take("first", no_keys()), columns.take("last", no_keys()))
    tables.repeats("instance", instances.index, instances.rows, book.text)
    return instances


def tell_idle(tables: Tables, instances: Instances, idle: Set[int]) -> None:
    """Say which instances nothing is of, once with a count where these are many, as in a database that was cut."""
    places = sorted(idle)
    is_told_once = is_often(len(places), len(instances.rows), MANY)
    for place in places[: 1 if is_told_once else None]:
        count = instances.counts[place]
        declared = f" of the {count:,} that it declares" if count else ""
        message = f"expected annotations of the instance, found none{declared}"
        if is_told_once:
            message += f"; so it is with {counted(len(places) - 1, 'more instance')} of {len(instances.rows):,}"
        tables.report.warning("nuscenes.idle-instance", message, tables.origin("instance", instances.rows[place]))
