"""Images that are in two splits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lading import Report
from lading_coco.document import Document
from lading_coco.index import Numbers, Split


def tell_overlaps(
    documents: Sequence[Document], splits: Sequence[Split], frame_of_image: Mapping[int, Numbers], report: Report
) -> None:
    """Tell of a file some images of which an earlier split has; `frame_of_image` has by document their frames."""
    for split in splits:
        for number in split.documents:
            frames = frame_of_image[number]
            elsewhere = np.count_nonzero((frames >= 0) & ((frames < split.begin) | (frames >= split.end)))
            if elsewhere:
                document = documents[number]
                message = (
                    f"expected splits that share no image, found {elsewhere} of {len(frames)} images of "
                    f"{split.name!r} in an earlier split; their labels are read there"
                )
                report.warning("coco.shared-images", message, document.origin("images"))
