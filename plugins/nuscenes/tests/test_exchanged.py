"""Chains that lead into each other, or out of order: told at the rows whose links are wrong, once for both ways."""

from __future__ import annotations

from typing import Any

import pytest

CHAIN = "warning nuscenes.broken-chain v1.0-mini/"


def link(case: Any, table: str, first: int, second: int | None, *, is_returned: bool = True) -> None:
    """Let `next` of a row lead to another one, and, if that is to be, `prev` of that one back."""
    rows = case.rows(table)
    case.set(table, first, next="" if second is None else rows[second]["token"])
    if is_returned and second is not None:
        case.set(table, second, prev=rows[first]["token"])


def told(case: Any, **options: Any) -> list[str]:
    return case.open(**options).told


@pytest.mark.parametrize("is_returned", [True, False], ids=["both ways", "one way"])
def test_tracks_that_are_exchanged_are_told_at_both_rows(case: Any, is_returned: bool) -> None:
    """The rows 0 to 2 are of one car, 6 to 8 of that in the second scene; behind the first rows they are exchanged."""
    link(case, "sample_annotation", 0, 7, is_returned=is_returned)
    link(case, "sample_annotation", 6, 1, is_returned=is_returned)
    lines = told(case)
    assert [line.partition(": ")[0] for line in lines] == [
        f"{CHAIN}sample_annotation.json#/0/next",
        f"{CHAIN}sample_annotation.json#/6/next",
    ]
    assert "row 7" in lines[0]
    assert "row 1" in lines[1]


def test_a_track_that_leads_on_to_another_one_is_told_at_its_end(case: Any) -> None:
    link(case, "sample_annotation", 2, 3)
    assert told(case) == [
        f"{CHAIN}sample_annotation.json#/2/next: "
        "expected a row of the same instance or none, found row 3, of another one"
    ]


def test_a_row_that_its_track_passes_by_is_told_once(case: Any) -> None:
    link(case, "sample_annotation", 0, 2)
    assert told(case) == [
        f"{CHAIN}sample_annotation.json#/0/next: "
        "expected the token of row 1, whose `prev` leads here, found that of row 2"
    ]


def test_rows_of_a_track_out_of_order_are_told_where_it_leads_back(case: Any) -> None:
    link(case, "sample_annotation", 0, 2)
    link(case, "sample_annotation", 2, 1)
    link(case, "sample_annotation", 1, None)
    assert told(case) == [
        f"{CHAIN}sample_annotation.json#/2/next: expected a row later in time, found row 1, an earlier one"
    ]


def test_samples_of_two_rows_of_a_track_that_are_exchanged_are_told_at_the_first(case: Any) -> None:
    """The links lead from the first annotation of the instance to its last one."""
    one, two = (case.rows("sample_annotation")[row]["sample_token"] for row in (0, 1))
    case.set("sample_annotation", 0, sample_token=two)
    case.set("sample_annotation", 1, sample_token=one)
    assert told(case) == [
        f"{CHAIN}sample_annotation.json#/0/sample_token: "
        "expected a sample before that of the row behind it, found another"
    ]


def test_tracks_are_in_order_where_the_time_of_a_sample_is_wrong(case: Any) -> None:
    """The samples follow each other as the annotations do: of these nothing is told."""
    case.set("sample", 1, timestamp=case.rows("sample")[0]["timestamp"] - 400_000)
    assert [line for line in told(case) if "broken-chain" in line] == []


@pytest.mark.parametrize("is_returned", [True, False], ids=["both ways", "one way"])
def test_scenes_that_are_exchanged_are_told_at_both_samples(case: Any, is_returned: bool) -> None:
    link(case, "sample", 0, 4, is_returned=is_returned)
    link(case, "sample", 3, 1, is_returned=is_returned)
    opened = case.open()
    assert [line.partition(": ")[0] for line in opened.told] == [
        f"{CHAIN}sample.json#/0/next",
        f"{CHAIN}sample.json#/3/next",
    ]
    tokens = [row["token"] for row in case.rows("sample")]
    assert [frame.key for frame in opened.frames] == tokens  # by time


def test_a_sample_that_its_scene_passes_by_is_told_once(case: Any) -> None:
    link(case, "sample", 0, 2)
    assert told(case) == [
        f"{CHAIN}sample.json#/0/next: expected the token of row 1, whose `prev` leads here, found that of row 2"
    ]


def test_samples_out_of_order_between_the_ends_of_the_scene_are_told_where_they_lead_back(case: Any) -> None:
    link(case, "sample", 0, 2)
    link(case, "sample", 2, 1)
    link(case, "sample", 1, None)
    opened = case.open()
    assert opened.told == [
        f"{CHAIN}sample.json#/2/next: expected the token of a later sample, found that of row 1; taken by time"
    ]
    assert [frame.key for frame in opened.frames] == [row["token"] for row in case.rows("sample")]


def test_ends_of_a_scene_that_are_exchanged_are_told_at_both(case: Any) -> None:
    row = case.rows("scene")[0]
    case.set("scene", 0, first_sample_token=row["last_sample_token"], last_sample_token=row["first_sample_token"])
    assert [line.partition(": ")[0] for line in told(case)] == [
        "warning nuscenes.sample-order v1.0-mini/scene.json#/0/first_sample_token",
        "warning nuscenes.sample-order v1.0-mini/scene.json#/0/last_sample_token",
    ]


@pytest.mark.parametrize("sweeps", [False, True])
@pytest.mark.parametrize("is_returned", [True, False], ids=["both ways", "one way"])
def test_files_whose_sensors_are_exchanged_are_told_at_both(case: Any, is_returned: bool, sweeps: bool) -> None:
    """The key frames 2 and 7 are of two cameras, and are followed by the sweeps 3 and 8."""
    link(case, "sample_data", 2, 8, is_returned=is_returned)
    link(case, "sample_data", 7, 3, is_returned=is_returned)
    lines = told(case, sweeps=sweeps)
    assert [line.partition(": ")[0] for line in lines] == [
        f"{CHAIN}sample_data.json#/2/next",
        f"{CHAIN}sample_data.json#/7/next",
    ]


@pytest.mark.parametrize("is_returned", [True, False], ids=["both ways", "one way"])
def test_the_last_file_of_a_scene_that_leads_on_is_told(case: Any, is_returned: bool) -> None:
    """Of the front camera, 4 is the last of the first scene and 20 the first of the second one."""
    link(case, "sample_data", 4, 20, is_returned=is_returned)
    (line,) = told(case)
    assert line.startswith(f"{CHAIN}sample_data.json#/4/next: ")
    assert "row 20" in line


def test_files_that_lead_on_through_all_of_a_log_are_told_once(case: Any) -> None:
    """Of four sensors, from the last of the first scene to the first of the second one."""
    for first in (4, 9, 14, 19):
        link(case, "sample_data", first, first + 16)
    assert told(case) == [
        f"{CHAIN}sample_data.json#/4/next: expected a file of the same sensor and scene or none, "
        "found row 20, of others; so it is with 3 more rows"
    ]


def test_a_key_frame_of_another_calibration_is_not_told_at_its_links(case: Any) -> None:
    rows = case.rows("sample_data")
    case.set("sample_data", 2, calibrated_sensor_token=rows[7]["calibrated_sensor_token"])
    assert [line for line in told(case) if "broken-chain" in line] == []


def swap(case: Any, table: str, rows: range) -> None:
    """Exchange the two links of some rows."""
    for row in rows:
        old = case.rows(table)[row]
        case.set(table, row, prev=old["next"], next=old["prev"])


BACK = "an earlier one, as in all of its chain: `prev` and `next` are swapped"


def test_tracks_whose_links_are_swapped_are_told_at_their_first_rows(case: Any) -> None:
    """Those of the second scene that have several annotations, 6 to 8 and 9 to 10, whose instances have ends so."""
    swap(case, "sample_annotation", range(6, 11))
    for row in (3, 4):
        old = case.rows("instance")[row]
        first, last = old["last_annotation_token"], old["first_annotation_token"]
        case.set("instance", row, first_annotation_token=first, last_annotation_token=last)
    assert told(case) == [
        f"{CHAIN}sample_annotation.json#/7/next: expected a row later in time, found row 6, {BACK}",
        f"{CHAIN}sample_annotation.json#/10/next: expected a row later in time, found row 9, {BACK}",
    ]


def test_links_of_files_that_are_swapped_in_a_scene_are_told_once(case: Any) -> None:
    """The second scene has the files from 20 on: one chain for each of four sensors."""
    swap(case, "sample_data", range(20, 40))
    assert told(case, sweeps=True) == [
        f"{CHAIN}sample_data.json#/21/next: expected a row later in time, found row 20, {BACK}"
        "; so it is with 4 chains of 8"
    ]
