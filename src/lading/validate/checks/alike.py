"""Whether two pictures are one that was turned, mirrored or made darker: by what is left of them made small.

Pictures of one kind of scene are alike as well, such as roads under a sky: a pair is held to others of its kind.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from lading.errors import NoRoomError, SourceError
from lading.media import read_picture
from lading.model.content import Content

#: The greys of a picture about their mean, of length 1.
Look = NDArray[np.float64]

#: Rows and columns that are looked at.
_SIDE = 32
#: How far the greys of two pictures go together, of 1, where they are of one.
_ALIKE = 0.98
#: The copies of one picture are so many times nearer to each other than to those of others.
_CLEARLY = 2
#: Nearer than this are only those that are equal but for rounding.
_ROUNDED = 1e-6
#: Of a picture whose greys, of 255, are nearer than this to each other nothing can be said.
_LEAST_CONTRAST = 4


def are_of_one(one: Look, other: Look, controls: Iterable[tuple[Look, Look]]) -> bool:
    """Whether two pictures show the same, from whichever side, and not only what each of the controls shows as well.

    The controls are pairs of two pictures, of the same kind; where there are none nobody knows.
    """
    likeness = _likeness(one, other)
    if likeness < _ALIKE:
        return False
    nearest = max((_likeness(*pair) for pair in controls), default=1.0)
    return _CLEARLY * max(1 - likeness, _ROUNDED) < 1 - nearest


def _likeness(one: Look, other: Look) -> float:
    turned = (np.rot90(side, turns) for side in (other, other.T) for turns in range(4))
    return max(float(np.vdot(one, each)) for each in turned)


def look(content: Content) -> Look | None:
    """What is left of a picture; None where there is nothing to be seen."""
    try:
        picture = read_picture(content, 4 * _SIDE)
    except NoRoomError:
        raise
    except (SourceError, OSError):
        return None  # media.unreadable tells why
    greys = np.asarray(picture.convert("L").resize((_SIDE, _SIDE)), np.float64)
    greys -= greys.mean()
    length = float(np.linalg.norm(greys))
    return greys / length if length > _LEAST_CONTRAST * _SIDE else None
