"""The hooks through which a plugin says what it brings: pluggy specifications, entry-point group `lading`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from lading.plugin.contracts import Reader, Rule, Writer

#: The name of the pluggy project and of the entry-point group.
GROUP = "lading"

hookspec = pluggy.HookspecMarker(GROUP)
hookimpl = pluggy.HookimplMarker(GROUP)


@hookspec
def register_readers() -> Sequence[type[Reader]]:  # type: ignore[empty-body]
    """Bring reader classes.

    Called at most once a registry, when readers are first wanted. The result may be empty;
    each class has a name that no other reader has.
    """


@hookspec
def register_writers() -> Sequence[type[Writer]]:  # type: ignore[empty-body]
    """Bring writer classes.

    Called at most once a registry, when writers are first wanted. The result may be empty;
    each class has a name that no other writer has.
    """


@hookspec
def register_rules() -> Sequence[type[Rule]]:  # type: ignore[empty-body]
    """Bring validation rules.

    Called at most once a registry, when rules are first wanted. The result may be empty;
    each class has a code that no other rule has.
    """
