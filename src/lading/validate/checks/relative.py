"""Boxes in parts of their picture, 0 to 1: told once a picture, and once a segment where many pictures have such."""

from __future__ import annotations

import msgspec
import numpy as np

from lading.model.dataset import Segment
from lading.model.label import Box2D, Label
from lading.model.recurring import MANY
from lading.plugin.problem import Place, Problem
from lading.validate.checks.columns import Columns
from lading.validate.checks.gathered import Gathered

_RULE = "box2d.relative"

_PICTURES = "pictures"


class Relative(Gathered):
    """Keeps how many pictures of each segment have boxes, and what was found in some of those with such boxes."""

    def saw(self, segment: Segment, boxes: Columns[Box2D]) -> None:
        """Take the boxes of some pictures."""
        self.of(segment.name).saw(_PICTURES, 1 + int(np.count_nonzero(np.diff(boxes.owners))))

    def take(self, place: Place, found: list[tuple[Problem, Label]]) -> list[tuple[Problem, Label]]:
        """Take the boxes of a picture that are in its parts out of what was found there: mostly all of it are."""
        relative = [one for one in found if one[0].rule == _RULE]
        if not relative:
            return found
        findings = [finding for one in relative if (finding := place.finding(*one)) is not None]
        if findings:
            message, others = findings[0].message, len(findings) - 1
            if others:
                message += f", and such in {others:,} more of its boxes"
            first = msgspec.structs.replace(findings[0], message=message)
            self.of(place.segment.name).add(first, group=_PICTURES, noun=_PICTURES, share=MANY)
        return [one for one in found if one[0].rule != _RULE]
