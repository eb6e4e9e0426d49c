"""Labels out of the rows of one document."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any

from lading import Label, Sentence, Word
from lading.model.recurring import ANY, MOST
from lading_coco.bodies import BodyBuilder
from lading_coco.categories import UNLISTED, Names, unlisted_message
from lading_coco.classes import labels_without_shape
from lading_coco.document import Document
from lading_coco.forms import row_of
from lading_coco.ids import is_id
from lading_coco.measures import have_areas, tell_area, tell_large_area, tell_score
from lading_coco.plain import PlainLabels
from lading_coco.rows import UNSET, AnyRow, Loose, PlainRow, Row, as_row
from lading_coco.shapes import box, mask
from lading_coco.telling import RowTeller
from lading_coco.traits import ATTRIBUTES
from lading_coco.whole_videos import VideoText
from lading_coco.wording import shown

#: In extras: in which files and rows the object of a label is, where these are several. No key of COCO is called so.
RECORDS = "coco:records"
#: Fields that make no label where they are null or empty; what they were stays in extras.
_MAY_BE_EMPTY = ("bbox", "segmentation", "keypoints", "caption")
#: Fields of what has a category.
_SHAPES = ("bbox", "segmentation", "keypoints")
#: Fields of DensePose, kept in extras: the model has no place for them.
_DENSEPOSE = frozenset({"dp_masks", "dp_I", "dp_U", "dp_V", "dp_x", "dp_y", "uv_shape", "uv_data"})
_CROWD: Mapping[Any, bool] = {0: False, 1: True}
#: What an object has in common over the frames of a video; the last counts.
_TRACKS = ("instance_id", "track_id")
_NO_REST: Mapping[str, Any] = {}


class LabelBuilder:
    """Makes the labels of a document's rows; what is wrong with them goes to the report."""

    def __init__(
        self,
        document: Document,
        names: Names,
        base: int,
        step: int,
        teller: RowTeller,
        *,
        shift: float,
    ) -> None:
        self._document = document
        listed = names.listed(document)
        repeated = {name for name, count in Counter(listed.values()).items() if count > 1}
        # Ids that share a name are looked up apart: their labels keep them in extras.
        self._names: dict[Any, str] = {key: name for key, name in listed.items() if name not in repeated}
        self._alike = {key: name for key, name in listed.items() if name in repeated}
        self._unlisted = names.unlisted[document.path]
        self._spelled = names.spelled[document.path]
        self._are_unknown_told = names.accounted_for[document.path]
        self._has_categories = bool(listed)
        self._has_used = bool(listed) and bool(document.traits.categories)
        self._is_stuff = document.kind == "stuff"
        self._has_shapes = document.traits.label_kinds() != ["CLASSIFICATION"]
        self._may_lack_id = document.is_results or document.traits.has_segments or document.kind == "videos"
        self._base = base
        self._step = step
        self._teller = teller
        self._bodies = BodyBuilder(document, names.full, shift=shift)
        #: What was told of labels made since somebody took it, as `Data.told` has it.
        self.told: list[tuple[str, int | None]] = []
        self._has_scores = document.is_results and "score" in document.traits.attributes
        has_videos = bool(document.envelope.get("videos")) and document.kind != "videos"
        self._has_tracks = has_videos and not document.traits.marks.isdisjoint(_TRACKS)
        known = {} if self._is_stuff or self._has_tracks else self._names
        self._plain = PlainLabels(known, base, step, lambda record, row: self._any(as_row(record), row, 0))

    def plain(self, records: Sequence[PlainRow], rows: Sequence[int], bounds: Sequence[int]) -> Iterator[list[Label]]:
        """The labels of some frames, whose records `bounds` part; no other has the id of one of them."""
        made = self._plain.labels(records, rows, bounds)
        return made if have_areas(records) else self._with_areas(made, records, rows, bounds)

    def _with_areas(
        self, made: Iterator[list[Label]], records: Sequence[PlainRow], rows: Sequence[int], bounds: Sequence[int]
    ) -> Iterator[list[Label]]:
        """The same, where areas are told of when it is their frame's turn."""
        for low, high in pairwise(bounds):
            for record, row in zip(records[low:high], rows[low:high], strict=True):
                if not have_areas((record,)):
                    self._tell_areas(record, row)
            yield next(made)

    def labels(self, record: AnyRow, row: int, again: int = 0) -> list[Label]:
        """The labels of one record; `again` is how many earlier ones have its id."""
        if not isinstance(record, dict):  # of a dict it is told where its numbers are read
            self._tell_areas(record, row)
        if not isinstance(record, PlainRow):
            return self._any(record, row, again)
        if again:
            return self._any(as_row(record), row, again)
        return next(self._plain.labels((record,), (row,), (0, 1)))

    def _tell_areas(self, record: PlainRow | Row, row: int) -> None:
        tell = self._teller.of(row)
        tell_area(record.area, tell)
        tell_large_area(record, tell)

    def category_name(self, key: Any) -> str | None:
        """What the category of an id is called; None for an id that no annotation of the file has."""
        return self._names.get(key) or self._alike.get(key) or self._unlisted.get(key)

    def note_repeated(self, row: int) -> None:
        """Note a record whose id is there again in its file, which is told; that it is all alike follows from it."""
        self.told += self._every_part(row, "label.duplicate")

    def _every_part(self, row: int, rule: str) -> list[tuple[str, int | None]]:
        """A rule that need not be told of the labels of a record, of a body also not of its parts."""
        first = self._base + row * self._step
        return [(rule, first + part) for part in range(self._step)]

    def _any(self, record: Row | Loose, row: int, again: int) -> list[Label]:
        rest, tell = _NO_REST, self._teller.of(row)
        if isinstance(record, dict):
            record, rest = row_of(record, tell)
            tell_large_area(record, tell)
        common = self._common(record, rest, row, again)
        labels: list[Label] = []
        if record.bbox:
            labels += box(record.bbox, common, tell)
        elif record.bbox is None:
            tell("coco.bad-bbox", "expected 4 numbers, found null", "bbox")
        if record.segmentation:
            labels += mask(record.segmentation, common, tell)
            if isinstance(record.segmentation, list) and record.iscrowd == 1 and not self._document.is_results:
                # source-formats.md 2.5: polygons are of one object, run lengths of a crowd
                message = "expected run lengths of a crowd, found polygons"
                tell("coco.crowd-polygon", message, "iscrowd", warn=True, once=ANY)
        if isinstance(record.keypoints, list) and record.keypoints:
            labels += self._bodies.body(record.keypoints, record, common, tell)
        if record.caption is not UNSET and record.caption is not None:
            extras = {**common["extras"], **_beside_caption(record, rest)}
            words = (Word(record.caption),)
            if not record.caption.strip():
                tell("coco.bad-caption", f"expected a caption, found {record.caption!r}", "caption", warn=True)
            labels.append(Sentence(sentence=words, extras=extras, origin=common["origin"]))
        if rest:
            self._tell_beyond(rest, row)
            labels += self._bodies.parts(rest, common, tell, alone=None if labels else record.category_id)
        if not labels and self._document.traits.has_segments:
            message = "expected `segments_info`, as others of the file have, found none; the annotation makes no label"
            tell("coco.bad-segment", message, "segments_info")
            self._teller.loss("annotations without anything that is a label", row)
        elif not labels:
            labels += labels_without_shape(
                record, rest, common, tell, lambda what: self._teller.loss(what, row), beside_shapes=self._has_shapes
            )
        return labels

    def _common(self, record: Row, rest: Mapping[str, Any], row: int, again: int) -> dict[str, Any]:
        """What the labels of a record share."""
        extras: dict[str, Any] = {}
        attributes: dict[str, Any] = {}
        common: dict[str, Any] = {"extras": extras, "attributes": attributes, "origin": self._base + row * self._step}
        for name in _MAY_BE_EMPTY:
            value = getattr(record, name)
            if value is None or value == []:
                extras[name] = value
        key = record.id
        if key is not UNSET:
            extras["id"] = key
            if key is not None and not self._is_stuff:
                common["instance"] = str(key) if not again else f"{key}#{again + 1}"
        if (key is None or (key is UNSET and "id" not in rest)) and not self._may_lack_id:
            self._teller.tell(
                row, "coco.missing-id", "expected an `id`, found none; its labels have no instance", warn=True
            )
        if record.category_id is not UNSET and record.category_id is not None:
            common["category"] = self._category(record.category_id, row)
            if record.category_id not in self._names:
                extras["category_id"] = record.category_id
        elif record.category_id is None:
            extras["category_id"] = None
            if self._has_categories and any(getattr(record, name) for name in _SHAPES):
                self._tell_without_category(row, "null")
            elif self._teller.is_told(row, "category_id"):
                self.told.append(("category.missing", common["origin"]))
        elif "category_id" in rest:  # what is no id, and told as that
            self.told.append(("category.missing", common["origin"]))
        elif self._has_used and any(getattr(record, name) for name in _SHAPES):
            self._tell_without_category(row, "none")
        if record.area is not UNSET:
            extras["area"] = record.area
        if record.num_keypoints is not UNSET:
            extras["num_keypoints"] = record.num_keypoints
        self._add_attributes(record, row, attributes, extras)
        self._tell_absent(record, rest, row)
        if rest:
            self._add_rest(rest, common, row)
        return common

    def _tell_without_category(self, row: int, found: str) -> None:
        message = f"expected the id of a category, found {found}"
        self._teller.tell(row, UNLISTED, message, "category_id", once=MOST)
        self.told += self._every_part(row, "category.missing")

    def _tell_absent(self, record: Row, rest: Mapping[str, Any], row: int) -> None:
        """Tell of what a record lacks that others of its file have."""
        if self._has_scores and record.score is UNSET and "score" not in rest:
            self._teller.tell(
                row, "coco.missing-score", "expected a `score`, as other results have, found none", warn=True
            )
        if self._has_tracks and all(rest.get(key) is None for key in _TRACKS):
            message = "expected a `track_id` or `instance_id`, as other annotations of these videos have, found none"
            self._teller.tell(row, "coco.missing-track", f"{message}; its instance is its own id", warn=True)

    def _add_attributes(self, record: Row, row: int, attributes: dict[str, Any], extras: dict[str, Any]) -> None:
        """Attributes within `attributes`, then those beside it; of two of one name neither is lost."""
        if record.attributes is not UNSET and not record.attributes:
            extras["attributes"] = record.attributes
        for name, value in (record.attributes or {}).items():
            if isinstance(value, dict) or (name == "iscrowd" and record.iscrowd is not UNSET):
                extras.setdefault("attributes", {})[name] = value
            else:
                attributes[name] = value
        crowd = record.iscrowd
        if crowd is not UNSET:
            if crowd in _CROWD:
                attributes["iscrowd"] = _CROWD[crowd]
                if isinstance(crowd, bool):
                    extras["iscrowd"] = crowd
            else:
                extras["iscrowd"] = crowd
                self._teller.tell(row, "coco.bad-number", f"expected 0 or 1, found {shown(crowd)}", "iscrowd")
        if record.score is not UNSET:
            (extras if "score" in attributes else attributes)["score"] = record.score
            if not record.keypoints:  # that of a pose may be a sum over its points
                tell_score(record.score, self._teller.of(row))

    def _add_rest(self, rest: Mapping[str, Any], common: dict[str, Any], row: int) -> None:
        for key, value in rest.items():
            if key in ATTRIBUTES and key not in common["attributes"] and not isinstance(value, dict):
                common["attributes"][key] = value
            else:
                common["extras"][key] = value
        text = self._document.text
        if isinstance(text, VideoText):
            if rest.get("instance_id") is None:  # told as `coco.missing-id`
                self.told.append(("label.instance-missing", common["origin"]))
            elif text.is_second(row):
                self.told.append(("label.instance-twice", common["origin"]))
        for key in _TRACKS:
            value = rest.get(key)
            if is_id(value):
                common["instance"] = str(int(value) if isinstance(value, float) else value)
            elif value is not None:
                self._teller.tell(row, "coco.bad-id", f"expected a whole number or a text, found {value!r}", key)

    def _category(self, key: Any, row: int) -> str:
        known = self._names.get(key) or self._alike.get(key)
        if known is not None:
            return known
        name = self._unlisted[key]
        if not self._has_categories or key in self._spelled:  # which is told of the file
            return name
        if not (self._are_unknown_told and name.startswith("category:")):
            self._teller.tell(row, UNLISTED, unlisted_message(key), "category_id", once=ANY, values="ids")
        return name

    def _tell_beyond(self, rest: Mapping[str, Any], row: int) -> None:
        """Tell of what some relatives of COCO add and the model has no place for."""
        if _DENSEPOSE & rest.keys():
            self._teller.loss("dense correspondences (kept in extras)", row)
        if "bbox_cam3d" in rest:  # mmdetection3d's export of one camera (source-formats.md 2.2)
            self._teller.loss("3D boxes of a camera, `bbox_cam3d` (kept in extras)", row)


def _beside_caption(record: Row, rest: Mapping[str, Any]) -> dict[str, Any]:
    """What a caption's record may have and a sentence has not."""
    fields = {name: getattr(record, name) for name in ("category_id", "iscrowd", "score", "attributes")}
    known = {name: value for name, value in fields.items() if value is not UNSET}
    return {**known, **{name: value for name, value in rest.items() if name in ATTRIBUTES}}
