"""SegmentationClass and SegmentationObject as masks: a table from pixel values to classes and to objects."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray

from lading import File, InstanceMask, Label, MaskItem, Origin, Report, SemanticMask, counted
from lading.errors import SourceError
from lading.media import MaskPixels, read_mask
from lading.model.recurring import Recurring
from lading_voc.mask_forms import MaskForms
from lading_voc.mask_objects import Annotated, Offset, tell_class, tell_shift
from lading_voc.names import OFFICIAL_COLOURS, UNNAMED, VOID_VALUE, Names
from lading_voc.options import MaskChoice


class Masks(msgspec.Struct):
    """The masks of one picture: files of classes and of objects, and what is known beside them.

    `annotated` is None where there is no annotation or where its order tells nothing of the numbers in the mask;
    `categories` are those of all objects that it has.
    """

    key: str
    by_class: File | None
    by_object: File | None
    annotated: Annotated | None
    categories: frozenset[str] = frozenset()

    @property
    def objects(self) -> int | None:
        """How many objects the annotation has, where that is known."""
        return None if self.annotated is None else self.annotated.count


class _Under(NamedTuple):
    """The class under an object; `is_none` where the mask has nothing but background and void there."""

    name: str | None
    is_none: bool


class MaskReader:
    """Makes the labels of masks; what a table lacks is told with its file."""

    def __init__(
        self, names: Names | None, choice: MaskChoice, recurring: Recurring, forms: MaskForms, report: Report
    ) -> None:
        self._names = names if names is not None else UNNAMED
        self._is_named = names is not None
        self._choice = choice
        self._recurring = recurring
        self._forms = forms
        self._report = report

    def read(self, masks: Masks) -> list[Label]:
        """The masks of a picture; the origin of the n-th is -n."""
        self._recurring.saw("masks", 1)
        classes = objects = None
        labels: list[Label] = []
        if masks.by_class is not None:
            classes = self._pixels(masks.by_class)
            items = self._class_items(masks.by_class, classes)
            labels.append(_mask(SemanticMask, masks.by_class, items, len(labels)))
        if masks.by_object is not None:
            objects = self._pixels(masks.by_object)
            found = None if objects is None else self._object_items(masks, masks.by_object, objects, classes)
            labels.append(_mask(InstanceMask, masks.by_object, found, len(labels)))
        self._tell_blank(masks, classes, objects)
        return labels

    def _tell_blank(self, masks: Masks, classes: MaskPixels | None, objects: MaskPixels | None) -> None:
        """Tell of a mask of background and void alone, where the annotation has objects of its classes."""
        named = frozenset(self._names.classes.values())
        categories = masks.categories & named if self._is_named else masks.categories
        for file, pixels in ((masks.by_class, classes), (masks.by_object, objects)):
            if file is not None and pixels is not None and categories and _is_blank(pixels):
                found = ", ".join(sorted(categories)[:3])
                message = f"expected pixels of the objects of its annotation ({found}), found none"
                at = Origin(file.path)
                self._recurring.take("warning", "voc.blank-mask", message, at, group="masks", noun="masks")
                return  # which says it of the other as well

    def _pixels(self, file: File) -> MaskPixels | None:
        if self._choice == "declared":
            return None
        try:
            return read_mask(file)
        except SourceError:
            return None  # media.unreadable and mask.not-png tell why

    def _class_items(self, file: File, pixels: MaskPixels | None) -> tuple[MaskItem, ...] | None:
        """The classes of a mask: those of its pixels, else all that are declared."""
        classes = self._names.classes
        if pixels is None:
            return tuple(MaskItem(v, category=classes[v]) for v in sorted(classes)) if self._is_named else None
        found = _values_of(pixels.values)
        if pixels.is_colour:
            return self._colour_items(file, found)
        self._forms.add("classes", file, is_colour=False)
        return tuple(MaskItem(value, category=classes.get(value)) for value in found)

    def _colour_items(self, file: File, found: list[int]) -> tuple[MaskItem, ...]:
        """Classes by colour, exactly: no nearest one is looked for."""
        items = []
        unknown = []
        for value in found:
            colour = colour_of(value)
            index = self._names.colours.get(colour)
            category = None if index is None else self._names.classes.get(index)
            if index is None:
                unknown.append(value)
            items.append(MaskItem(value, index, category=category, extras={"colour": list(colour)}))
        if unknown:
            shown = ", ".join(str(colour_of(value)) for value in unknown[:3])
            table = self._names.origin or "the VOC colour map"
            message = f"expected colours of {table}, found {counted(len(unknown), 'other')}, as {shown}"
            self._tell_mask("voc.mask-value", message, file)
        else:
            self._forms.add("classes", file, is_colour=True)
        return tuple(items)

    def _object_items(
        self, masks: Masks, file: File, pixels: MaskPixels, classes: MaskPixels | None
    ) -> tuple[MaskItem, ...]:
        """The objects of a mask by their numbers; the class of each is that of the pixels under it."""
        numbers = pixels.values
        items = []
        offsets: list[Offset | None] = []
        for value in _values_of(numbers):
            number = OFFICIAL_COLOURS.get(colour_of(value)) if pixels.is_colour else value
            if number in (0, VOID_VALUE):
                continue
            extras: dict[str, Any] = {"colour": list(colour_of(value))} if pixels.is_colour else {}
            is_known = masks.objects is not None and number is not None and number <= masks.objects
            where = numbers == value
            under = self._under(where, classes)
            instance = f"{masks.key}#{number}" if is_known else None
            if number is not None and (is_known or masks.objects is None):  # others are told by their numbers
                offsets.append(self._tell_object(masks, number, where, under))
            items.append(MaskItem(value, number, category=under.name, instance=instance, extras=extras))
        known = [item.category_id for item in items if item.category_id is not None]
        self._tell_numbers(masks, file, known)
        others = [item.value for item in items if item.category_id is None]
        grey = [value for value in others if len({*colour_of(value)}) == 1 and colour_of(value)[0] < VOID_VALUE]
        if grey:
            message = f"expected colours of objects, found grey as {colour_of(grey[0])}: numbers saved as colours"
            self._tell_mask("voc.mask-value", message, file)
        else:
            self._forms.add("objects", file, is_colour=pixels.is_colour)
        tell_shift(offsets, file, self._recurring)
        return tuple(msgspec.structs.replace(item, category_id=None) for item in items)

    def _tell_object(self, masks: Masks, number: int, where: NDArray[np.bool_], under: _Under) -> Offset | None:
        """Tell of an object that is not where, or not what, the annotation and the mask of classes say.

        How far it lies from its box, where nothing is told. One of another class has the number of another object: it
        is not told again that it lies elsewhere.
        """
        box = None if masks.annotated is None else masks.annotated.box(f"{masks.key}#{number}")
        is_other = False
        if masks.by_class is not None and self._is_named and (under.name is not None or under.is_none):
            due = None if box is None or box.category not in self._names.classes.values() else box.category
            self._recurring.saw("objects of masks", 1)
            tell_class(number, due, under.name, masks.by_class, self._recurring)
            is_other = None not in (due, under.name) and due != under.name
        if masks.annotated is not None and box is not None and masks.by_object is not None and not is_other:
            return masks.annotated.tell_box(box, where, masks.by_object, self._report)
        return None

    def _under(self, where: NDArray[np.bool_], classes: MaskPixels | None) -> _Under:
        """The class that most pixels have, background and void left aside."""
        if classes is None or classes.values.shape != where.shape:
            return _Under(None, is_none=False)
        values, counts = np.unique(classes.values[where], return_counts=True)
        ranked = [value for _, value in sorted(zip((-counts).tolist(), values.tolist(), strict=True))]
        if classes.is_colour:
            ranked = [self._names.colours.get(colour_of(value)) for value in ranked]
        others = [index for index in ranked if index not in (0, VOID_VALUE)]
        known = [index for index in others if index is not None]
        return _Under(self._names.classes.get(known[0]) if known else None, is_none=not others)

    def _tell_numbers(self, masks: Masks, file: File, numbers: list[int]) -> None:
        last = max(numbers, default=0)
        if masks.objects is not None and last > masks.objects:
            message = f"expected a number of one of the {masks.objects} objects of its annotation, found {last}"
            self._tell_mask("voc.mask-object", message, file)
            last = masks.objects  # what lies between is no gap of its own
            if min(numbers) > last:  # none of them is one of those, which is told
                return
        missing = sorted(set(range(1, last + 1)) - set(numbers))
        if missing:
            shown = ", ".join(map(str, missing[:5]))
            message = f"expected objects numbered from 1 to {last}, found none of {shown}"
            self._tell_mask("voc.mask-gap", message, file)

    def _tell_mask(self, code: str, message: str, file: File) -> None:
        self._recurring.take("warning", code, message, Origin(file.path), group="masks", noun="masks")


def _mask(
    kind: type[SemanticMask] | type[InstanceMask], file: File, items: tuple[MaskItem, ...] | None, before: int
) -> Label:
    return kind(items=items, path=file.path, content=file, origin=-before - 1)


def _values_of(values: NDArray[np.uint32]) -> list[int]:
    """The values that are there, sorted."""
    if values.size and int(values.max()) < 1 << 16:
        return [int(value) for value in np.flatnonzero(np.bincount(values.ravel()))]
    return [int(value) for value in np.unique(values)]


def _is_blank(pixels: MaskPixels) -> bool:
    """Whether a mask has nothing but background and void."""
    values = _values_of(pixels.values)
    known = [OFFICIAL_COLOURS.get(colour_of(value)) for value in values] if pixels.is_colour else values
    return all(value in (0, VOID_VALUE) for value in known)


def colour_of(value: int) -> tuple[int, int, int]:
    """Red, green and blue of a colour's value."""
    return (value & 255, value >> 8 & 255, value >> 16 & 255)
