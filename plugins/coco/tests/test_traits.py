"""The traits of a file are those of its annotations, however many are looked at together."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st
from lading_coco.heads import ABSENT, AnnotationHead
from lading_coco.traits import Traits

_RING = "[1, 2, 3.5, 4, 5, 6]"

#: Segmentations, and the forms that they have.
_FORMS = {
    f"[{_RING}]": {"polygon"},
    f"[\n{_RING}\n]": {"polygon"},
    f"[{_RING}, {_RING}]": {"multi"},
    f"[{_RING},\n[{_RING}]]": {"polygon", "multi"},
    f"[[{_RING}], {_RING}]": {"polygon", "multi"},
    '{"size": [2, 2], "counts": [4]}': {"rle"},
    '{"size": [2, 2],\n"counts": "04"}': {"rle"},
    "[]": set(),
    "[[]]": set(),
    "null": set(),
    "": set(),
}


def _forms(*looks: list[str]) -> set[str]:
    traits = Traits()
    for texts in looks:
        traits.look([AnnotationHead(segmentation=msgspec.Raw(text.encode()) if text else ABSENT) for text in texts])
    return traits.shapes


@given(st.lists(st.sampled_from([*_FORMS]), min_size=1, max_size=6))
def test_the_forms_of_many_are_those_of_each(texts: list[str]) -> None:
    expected = {"polygon"}.union(*(_FORMS[text] for text in texts))
    assert _forms([f"[{_RING}]"], texts) == expected


def test_a_form_alone() -> None:
    assert {text: _forms([text]) for text in _FORMS} == _FORMS
