"""The ids of the videos of a YouTube-VIS file: 7 and the text "7" are two, and what is wrong with them is told."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from msgspec import UNSET

from lading import Report
from lading_coco.ids import is_id, other_spelling
from lading_coco.orphans import Place, WithoutId
from lading_coco.wording import shown


class VideoIds:
    """Finds the video that an id means; without a list of videos every id is one."""

    def __init__(self, videos: Sequence[Any], place: Place) -> None:
        self._place = place
        self._ids = [video.get("id", UNSET) if isinstance(video, dict) else None for video in videos]
        self._numbers: dict[Any, int] = {}
        self._empty: set[Any] = set()  # ids of videos without a list of pictures, which is told of them
        for number, (key, video) in enumerate(zip(self._ids, videos, strict=True)):
            if is_id(key):
                if isinstance(video.get("file_names"), list):
                    self._numbers.setdefault(key, number)
                else:
                    self._empty.add(key)
        self._texts = {json.dumps(_whole(key)) for key in self._numbers}
        self.without = WithoutId(place)

    def tell(self, number: int, report: Report) -> None:
        """Tell of the id of a video that an earlier one has, and note one that is none."""
        key = self._ids[number]
        if not is_id(key):
            self.without.add(number, shown(key))
        elif self._numbers[key] != number:
            first = self._place(self._numbers[key]).below("id")
            message = f"expected each video id once, found {key!r} again, first at {first}; annotations go to the first"
            report.error("coco.duplicate-video-id", message, self._place(number).below("id"))

    def meant(self, key: Any) -> Any:
        """The id as its video has it: itself where a video has it, else the other spelling if that is one's."""
        if not is_id(key) or key in self._numbers:
            return key
        spelled = other_spelling(key)
        return spelled if spelled is not None and spelled in self._numbers else key

    def number(self, key: Any) -> int | None:
        """The number of the video that an id means; None where none has it."""
        return self._numbers.get(self.meant(key)) if is_id(key) else None

    def is_without_pictures(self, key: Any) -> bool:
        """Whether a video has this id, but no list of pictures."""
        return is_id(key) and key in self._empty

    def text(self, key: Any) -> str:
        """An id as the ids of images have it: as text, in quotes where it is a text that another id spells."""
        meant = _whole(self.meant(key))
        return meant if isinstance(meant, str) and meant not in self._texts else json.dumps(meant)

    def text_of(self, number: int) -> str:
        """The same of the video of this number; one without a proper id goes by its place."""
        key = self._ids[number]
        return self.text(key) if is_id(key) else f"videos/{number}"


def _whole(key: Any) -> Any:
    return int(key) if isinstance(key, float) and key.is_integer() else key
