"""Labels against the catalog, where the platform is strict (platform-api.md section G3)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from lading.model.codec import decode_catalog
from lading.server.metadata import contents
from lading.server.refusal import invalid
from lading.server.services import Services

if TYPE_CHECKING:
    from lading.model.label import Label

#: What a label may break, of the rules that are errors; what only warns is taken here too.
_RULES = (
    "label.undeclared-type",
    "label.not-finite",
    "category.unknown",
    "attribute.unknown",
    "attribute.type",
    "attribute.enum",
    "attribute.range",
    "attribute.items",
    "attribute.wrong-category",
    "box2d.inverted",
    "box2d.empty",
    "polygon.too-few-points",
    "polyline.too-few-points",
    "keypoints.count",
)


def judge_labels(
    platform: Services, connection: Connection, version_id: int, labels: Mapping[str, Sequence[Label]]
) -> None:
    """Refuse labels, given by remote path, that break the catalog of the draft; does nothing in a lenient platform."""
    if not platform.settings.strict_labels or not labels:
        return
    # Here, as only a strict platform needs them.
    from lading.model.dataset import MemoryDataset, Segment
    from lading.model.frame import Data, Frame
    from lading.validate.checks.data import DataPass

    catalog = decode_catalog(contents.get_catalog(connection, version_id))
    if not catalog:
        raise invalid("label: expected a label catalog before labels, found none")  # LAB-NO-CATALOG
    segment = Segment(name="")
    checker = DataPass(MemoryDataset("labels", {}), catalog, dict.fromkeys(_RULES, "error"))
    for path, rows in labels.items():
        data = Data(path=path, remote_path=path, annotation="present", labels=list(rows))
        # what is wrong with polygons is told when enough of them have gathered, or at the end
        for finding in (*checker.frame(segment, Frame(key=path, data=[data])), *checker.settle(segment)):
            raise invalid(f"label of {path!r}: {finding.message} ({finding.rule})")
