"""PCD clouds by their header: the form of nuScenes' radars (source-formats.md 4.4), and the Point Cloud Library's."""

from __future__ import annotations

import io
from typing import Any

import pytest

from lading.media import Probe, probe
from lading.pcd import pcd_problem

RADAR = """\
# .PCD v0.7 - Point Cloud Data file format
VERSION 0.7
FIELDS x y z dyn_prop id rcs vx vy vx_comp vy_comp is_quality_valid ambig_state x_rms y_rms invalid_state pdh0 \
vx_rms vy_rms
SIZE 4 4 4 1 2 4 4 4 4 4 1 1 1 1 1 1 1 1
TYPE F F F I I F F F F F I I I I I I I I
COUNT 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1
WIDTH 125
HEIGHT 1
VIEWPOINT 0 0 0 1 0 0 0
POINTS 125
DATA binary
"""

#: The example of the format's own page (pcl.readthedocs.io, "The PCD file format"), cut to two points.
ASCII = """\
# .PCD v.7 - Point Cloud Data file format
VERSION .7
FIELDS x y z rgb
SIZE 4 4 4 4
TYPE F F F F
COUNT 1 1 1 1
WIDTH 2
HEIGHT 1
VIEWPOINT 0 0 0 1 0 0 0
POINTS 2
DATA ascii
0.93773 0.33763 0 4.2108e+06
0.90805 0.35641 0 4.2108e+06
"""


def told(header: str, body: bytes = b"") -> str | None:
    return pcd_problem(io.BytesIO(header.encode() + body))


@pytest.mark.parametrize(
    ("header", "body"),
    [
        (RADAR, bytes(43 * 125)),
        (RADAR, bytes(43 * 125 + 1)),
        (RADAR.replace("125", "0"), b""),
        (RADAR.replace("125", "1"), b"\xff" * 43),
        (ASCII, b""),
        (RADAR.replace("\n", "\r\n"), bytes(43 * 125)),
        ("\n".join(line for line in RADAR.split("\n") if not line.startswith("COUNT")), bytes(43 * 125)),
        (RADAR.replace("POINTS 125\n", ""), bytes(43 * 125)),
        (RADAR.replace("binary", "binary_compressed"), (7).to_bytes(4, "little") + bytes(4 + 7)),
    ],
    ids=[
        "a radar's 43 bytes a point",
        "one byte more, as the devkit wants it",
        "no points",
        "a first point of NaN",
        "text",
        "lines of Windows",
        "no COUNT",
        "no POINTS",
        "compressed",
    ],
)
def test_whole_clouds(header: str, body: bytes) -> None:
    assert told(header, body) is None


HEADER = "expected the header of a PCD with DATA ascii, binary or binary_compressed"


@pytest.mark.parametrize(
    ("header", "body", "problem"),
    [
        (RADAR, bytes(43 * 124), "expected 125 points of 43 bytes, found 5,332 bytes behind the header: it is cut"),
        (RADAR[:-12], b"", f"{HEADER}, found no line DATA"),
        ("\0" * 40, b"", f"{HEADER}, found no line DATA"),
        (RADAR.replace("DATA binary", "DATA zip"), b"", f"{HEADER}, found DATA zip"),
        (RADAR.replace("WIDTH 125", "WIDTH 124"), b"", "expected WIDTH x HEIGHT = 124 points, found POINTS 125"),
        (RADAR.replace("POINTS 125", "POINTS -1"), b"", "expected one whole number in POINTS, found '-1'"),
        (
            RADAR.replace("POINTS 125\n", "").replace("WIDTH 125\n", ""),
            b"",
            "expected POINTS or WIDTH in the header of a PCD, found neither",
        ),
        (
            RADAR.replace("SIZE 4 ", "SIZE "),
            b"",
            "expected a size, type and count for each field of a PCD, "
            "found 18 in FIELDS, 17 in SIZE, 18 in TYPE, 18 in COUNT",
        ),
        (RADAR.replace("SIZE 4", "SIZE four"), b"", "expected whole numbers in SIZE and COUNT of a PCD, found others"),
        (
            RADAR.replace("binary", "binary_compressed"),
            (99).to_bytes(4, "little") + bytes(4 + 7),
            "expected 99 bytes of compressed points and their lengths, found 15 bytes behind the header: it is cut",
        ),
    ],
    ids=[
        "a point is missing",
        "cut within the header",
        "no text at all",
        "another kind of data",
        "counts that differ",
        "a count below zero",
        "no count",
        "a size is missing",
        "a size in words",
        "compressed and cut",
    ],
)
def test_what_is_wrong_with_a_cloud(header: str, body: bytes, problem: str) -> None:
    assert told(header, body) == problem


def test_no_bytes_raise() -> None:
    whole = RADAR.encode() + bytes(43 * 125)
    for end in range(0, len(whole), 7):
        assert pcd_problem(io.BytesIO(whole[:end])) is not None
    for place in range(len(RADAR)):
        pcd_problem(io.BytesIO(whole[:place] + b"\xff" + whole[place + 1 :]))


def test_probing_looks_into_clouds_by_their_name() -> None:
    class Cloud:
        path = "RADAR_FRONT/1.PCD"
        stamp = None
        size = 0

        def open(self) -> Any:
            return io.BytesIO(RADAR.encode() + bytes(42))

    problem = "expected 125 points of 43 bytes, found 42 bytes behind the header: it is cut"
    assert probe(Cloud()) == Probe(problem=problem)
