"""3D boxes that are elsewhere in the picture than the 2D boxes of their rows: told by what would make them meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from msgspec import structs

from lading import Finding, Report
from lading.model.recurring import MANY, MOST, Recurring, as_often
from lading_kitti.calibration import Calibration
from lading_kitti.drawing import SIZE_ORDER, VELODYNE, Boxes, Edges, Lens, cause_of
from lading_kitti.label_rows import Row
from lading_kitti.pairs import EXCHANGED
from lading_kitti.row_sizes import is_size_turned, odd_size

PROJECTION = "kitti.label-projection"

#: Fewer rows say nothing of what is usual, and of more than these the first is told with their number.
_FEWEST, _KEPT = 5, 100


@dataclass
class _Odd:
    """Rows whose boxes do not meet for one cause: how many there are, and the first of them."""

    count: int = 0
    kept: list[Finding] = field(default_factory=list)

    def add(self, found: Sequence[Finding], count: int) -> None:
        self.kept += found[: _KEPT - len(self.kept)]
        self.count += count


@dataclass
class Drawn:
    """How many rows of a segment can be judged, and those whose boxes do not meet by what would make them.

    `places` are doubts that come of a place in other axes, too: not told where these are those of most rows.
    """

    segment: str
    judged: int = 0
    odd: dict[str, _Odd] = field(default_factory=dict)
    places: Recurring = field(init=False)

    def __post_init__(self) -> None:
        self.places = Recurring(self.segment)

    def add(self, rows: Sequence[Row], calibration: Calibration, camera: int, path: str) -> dict[int, str]:
        """Count the rows of a frame in; by their lines, why the boxes of some do not meet.

        None where cameras are told to be exchanged, which is why.
        """
        projections = calibration.projections
        if camera not in projections or any(problem.rule == EXCHANGED for problem in calibration.problems):
            return {}
        lens = Lens.of(projections[camera])
        causes = {}
        for row in rows:
            boxes = Boxes.of(row)
            if boxes is None:
                continue
            drawn = boxes.drawn(lens)
            far = boxes.far(lens, drawn)
            is_far = drawn is None or (far is not None and far > 1 and not boxes.is_visible_part(drawn))
            cause = cause_of(boxes, drawn, projections, camera) if is_far else ""
            if is_size_turned(row):
                cause = SIZE_ORDER
            self.judged += bool(cause) or far is not None
            if odd_size(row) is not None and cause != SIZE_ORDER:
                continue  # which is told, and may be why
            if cause:
                causes[row.line] = cause
            elif not is_far or far is None or boxes.is_outside(lens):
                continue
            self.odd.setdefault(cause, _Odd()).add([_finding(row, drawn, cause, path)], 1)
        return causes

    def merge(self, later: Drawn) -> None:
        """Count in the rows of the next part of the segment."""
        self.judged += later.judged
        for cause, odd in later.odd.items():
            self.odd.setdefault(cause, _Odd()).add(odd.kept, odd.count)
        self.places.merge(later.places)

    def tell(self, report: Report) -> None:
        """Tell once what many rows have for a known cause, or most for none; of the others each, where these are few.

        Rows in the axes of the velodyne are told in any case, as what else comes of their places is not.
        """
        counts = {cause: odd.count for cause, odd in self.odd.items()}
        many = {cause for cause, count in counts.items() if cause and count > MANY * self.judged}
        apart = many | {SIZE_ORDER}  # which is told of the rows themselves
        others = self.judged - sum(counts.get(cause, 0) for cause in apart)
        are_few = sum(count for cause, count in counts.items() if cause not in apart) <= MANY * others
        for cause, odd in self.odd.items():
            is_most = odd.count > MOST * self.judged and self.judged >= _FEWEST
            if cause == SIZE_ORDER:
                continue
            if are_few and cause not in many and odd.count <= _KEPT:
                for one in odd.kept:
                    report.add(one)
            elif are_few or is_most or cause in many or cause == VELODYNE:
                more = as_often(odd.count, self.judged, "rows") if odd.count > 1 else ""
                report.add(structs.replace(odd.kept[0], message=odd.kept[0].message + more))
        if VELODYNE not in self.odd or self.odd[VELODYNE].count <= MOST * self.judged:
            self.places.tell(report)


def _finding(row: Row, drawn: Edges | None, cause: str, path: str) -> Finding:
    found = "not wholly ahead of the camera"
    if drawn is not None:
        found = f"at ({', '.join(f'{edge:.1f}' for edge in drawn)})"
    message = f"expected the 3D box in the picture where the 2D box is, {row.bbox}, found it {found}"
    message += f", {cause}" if cause else ""
    return Finding(rule=PROJECTION, severity="warning", message=message, file=path, line=row.line)
