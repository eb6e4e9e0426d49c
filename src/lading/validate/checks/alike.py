"""Whether two pictures are one that was turned, mirrored or made darker: by what is left of them made small."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from lading.errors import NoRoomError, SourceError
from lading.media import read_picture
from lading.model.content import Content

#: Rows and columns that are looked at.
_SIDE = 32
#: How far the greys of two pictures go together, of 1, where they are of one.
_ALIKE = 0.98
#: Of a picture whose greys, of 255, are nearer than this to each other nothing can be said.
_LEAST_CONTRAST = 4


def are_of_one(one: Content, other: Content) -> bool:
    """Whether two pictures show the same, from whichever side; of those that do not open nobody knows."""
    first, second = _small(one), _small(other)
    if first is None or second is None:
        return False
    turned = (np.rot90(side, turns) for side in (second, second.T) for turns in range(4))
    return any(float(np.vdot(first, each)) >= _ALIKE for each in turned)


def _small(content: Content) -> NDArray[np.float64] | None:
    """The greys of a picture about their mean, of length 1; None where there is nothing to be seen."""
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
