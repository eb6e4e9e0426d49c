"""Paths of files: outside of the dataset, of two rows, and of none."""

from __future__ import annotations

import shutil
import sys
from types import FrameType
from typing import Any
from unittest import mock

import numpy as np
import pytest
from lading_nuscenes import layout, outside
from lading_nuscenes.filenames import Names
from lading_nuscenes.files import Files
from lading_nuscenes.schema import SampleData
from lading_nuscenes.tables import Columns, Tables

import lading

TABLES = "v1.0-mini/"
ALIKE = ("media.duplicate", "media.leak", "segment.forbidden-name")
TOKEN = "0123456789abcdef" * 2


def judged(case: Any, **options: Any) -> list[str]:
    """All that is found but for what the fixture has: bytes that are alike, and a name with a dot."""
    found = lading.validate(lading.open_dataset(case.root, options=options))
    return [f"{one.severity} {one.rule} {one}" for one in found if one.rule not in ALIKE]


@pytest.mark.parametrize(
    "root", ["/", "/data/sets/nuscenes/", "C:\\sets\\", "../", "../../nuscenes/", "s3://bucket/nuscenes/"]
)
def test_a_path_that_leads_out_of_the_dataset_is_told_once_and_its_file_found(case: Any, root: str) -> None:
    name = case.rows("sample_data")[5]["filename"]
    given = root + (name.replace("/", "\\") if "\\" in root else name)
    case.set("sample_data", 5, filename=given)
    assert judged(case) == [
        f"warning nuscenes.filename {TABLES}sample_data.json#/5/filename: "
        f"expected a path below the dataset's folder, found {given!r}; read as {name!r}"
    ]
    (data,) = [data for data in case.open().data if data.remote_path == name]
    assert data.content is not None
    assert data.extras["filename"] == given


@pytest.mark.parametrize("table", ["sample_data", "map", "lidarseg"])
def test_a_table_of_paths_that_lead_out_is_told_once(case: Any, table: str) -> None:
    rows = case.rows(table)
    case.edit(table, lambda rows: [row | {"filename": f"/data/{row['filename']}"} for row in rows])
    (line,) = judged(case)
    name = rows[0]["filename"]
    found = f"expected a path below the dataset's folder, found '/data/{name}'; read as {name!r}"
    more = "" if len(rows) == 1 else f", and so are those of {len(rows) - 1} more rows"
    assert line == f"warning nuscenes.filename {TABLES}{table}.json#/0/filename: {found}{more}"


def test_paths_that_lead_out_are_read_where_no_file_is_there(case: Any) -> None:
    for folder in ("samples", "sweeps"):
        shutil.rmtree(case.root / folder)
    names = [row["filename"] for row in case.rows("sample_data") if row["is_key_frame"]]
    case.edit("sample_data", lambda rows: [row | {"filename": f"/data/{row['filename']}"} for row in rows])
    case.set("sample_data", 0, filename="/data/elsewhere/a.jpg")
    names[0] = "data/elsewhere/a.jpg"
    found = [line.split()[1] for line in judged(case)]
    assert found.count("nuscenes.filename") == 1
    assert set(found) == {"nuscenes.filename", "media.missing"}
    assert sorted(data.remote_path for data in case.open().data) == sorted(names)


def test_paths_that_lead_out_to_no_file_do_not_list_the_folders_again_for_each_row(case: Any) -> None:
    def listed(count: int) -> int:
        names = [f"/mnt/x/images/{n}/{n}.jpg" for n in range(count)]
        copies = [rows[0] | {"token": f"{n:032x}", "filename": name} for n, name in enumerate(names)]
        case.edit("sample_data", lambda _: copies)
        with mock.patch.object(layout, "folders", wraps=layout.folders) as folders:
            case.open()
        return folders.call_count

    rows = case.rows("sample_data")
    assert listed(200) == listed(10)


def test_to_bring_in_paths_of_a_folder_each_costs_no_more_than_their_number(case: Any) -> None:
    """Lines of our code that run for each further row, whatever the number of rows before it."""

    def lines(count: int) -> int:
        ran = 0

        def trace(frame: FrameType, event: str, argument: object) -> Any:
            nonlocal ran
            ran += event == "line"
            return trace if frame.f_code.co_filename == outside.__file__ else None

        names = [f"/data/drive{n}/samples/CAM_FRONT/{n}.jpg" for n in range(count)]
        rows = [SampleData(token="", sample_token="", filename=name) for name in names]
        source = lading.Source.open(case.root)
        media = layout.Media(source, layout.versions(source)[0])
        before = sys.gettrace()
        sys.settrace(trace)
        try:
            outside.Outside(media, Tables({}, {}, lading.Report()), "sample_data").bring_in(range(count), rows, {})
        finally:
            sys.settrace(before)
        assert [row.filename for row in rows] == [f"samples/CAM_FRONT/{n}.jpg" for n in range(count)]
        return ran

    first, second, third = (lines(count) for count in (100, 200, 300))
    assert third - second <= 1.02 * (second - first)


def test_a_path_that_leads_out_is_not_another_file_of_its_last_name(case: Any) -> None:
    (case.root / "a.jpg").write_bytes(b"another")
    case.set("sample_data", 0, filename="/data/elsewhere/a.jpg")
    (data,) = [data for data in case.open().data if data.remote_path == "data/elsewhere/a.jpg"]
    assert data.is_missing


#: A row that is there again, under a token of its own: the row of the table, and its place.
COPIES = [(0, 40, 0), (0, 0, 0), (0, 1, 0), (4, 40, 4), (4, 40, 0), (0, 40, 4), (0, 0, 4), (0, 40, 2), (15, 40, 19)]


@pytest.mark.parametrize(("index", "place", "sample"), COPIES)
def test_a_row_that_is_there_again_is_told_once(case: Any, index: int, place: int, sample: int) -> None:
    rows = case.rows("sample_data")
    own = rows[sample]["sample_token"]
    copy = rows[index] | {"token": TOKEN, "prev": "", "next": "", "sample_token": own}
    case.edit("sample_data", lambda rows: [*rows[:place], copy, *rows[place:]])
    (line,) = judged(case)
    # of two rows that are equal the second is told, of two samples' rows the one that is far from its sample in time
    told = 1 if index == sample and place == 0 else place
    channel = rows[index]["filename"].split("/")[1]
    assert line == (
        f"error nuscenes.second-file {TABLES}sample_data.json#/{told}: "
        f"expected one file of {channel} in a sample, found another"
    )


@pytest.mark.parametrize(("index", "sample"), [(2, 0), (0, 2), (0, 4), (4, 0), (15, 19), (19, 15), (0, 20)])
def test_a_file_of_another_sample_is_told_as_such_and_not_as_a_step_back_in_time(
    case: Any, index: int, sample: int
) -> None:
    case.set("sample_data", index, sample_token=case.rows("sample_data")[sample]["sample_token"])
    (line,) = judged(case)
    assert line.startswith(f"error nuscenes.second-file {TABLES}sample_data.json#/{index}: ")


def test_a_path_of_two_samples_is_told_where_it_is_a_third_rows_as_well(case: Any) -> None:
    rows = case.rows("sample_data")
    copy = rows[0] | {"token": TOKEN, "prev": "", "next": ""}
    case.edit("sample_data", lambda rows: [*rows, copy]).set("sample_data", 2, filename=rows[0]["filename"])
    third, second = judged(case)
    assert second.startswith(f"error nuscenes.second-file {TABLES}sample_data.json#/40: ")
    assert third.startswith(f"warning nuscenes.name-time {TABLES}sample_data.json#/2/filename: ")


@pytest.mark.parametrize(("index", "other"), [(2, 0), (4, 2), (12, 10)])
def test_a_path_of_another_row_is_told_and_not_the_file_that_the_row_should_name(
    case: Any, index: int, other: int
) -> None:
    case.set("sample_data", index, filename=case.rows("sample_data")[other]["filename"])
    (line,) = judged(case)
    assert line.startswith(f"warning nuscenes.name-time {TABLES}sample_data.json#/{index}/filename: ")


def test_a_path_that_leads_nowhere_is_told_and_not_the_file_that_it_should_name(case: Any) -> None:
    name = case.rows("sample_data")[2]["filename"]
    case.set("sample_data", 2, filename=name.replace("CAM_FRONT/", "CAM_FRNT/"))
    (line,) = judged(case)
    assert line.startswith(f"error media.missing {TABLES}sample_data.json#/2: ")


def test_a_file_beside_one_that_is_missing_is_told_where_it_is_not_of_its_row(case: Any) -> None:
    name = case.rows("sample_data")[2]["filename"]
    (case.root / name).rename(case.root / name.replace("512345", "512346"))
    lines = judged(case)
    assert [line.split()[1] for line in lines] == ["nuscenes.unlisted-files", "media.missing"]


def test_files_of_sweeps_that_no_row_names_are_told_where_sweeps_are_not_read(case: Any) -> None:
    name = case.rows("sample_data")[1]["filename"]
    case.set("sample_data", 1, filename=name.replace("CAM_FRONT/", "CAM_FRNT/"))
    (line,) = judged(case)
    assert line.startswith(f"warning nuscenes.unlisted-files {name}: ")
    (line,) = judged(case, sweeps=True)
    assert line.startswith(f"error media.missing {TABLES}sample_data.json#/1: ")


def formats(case: Any, *words: str) -> list[str]:
    """What is told of `fileformat` where the first rows have these words."""
    for index, word in enumerate(words):
        case.set("sample_data", index, fileformat=word)
    return [str(found) for found in case.open().of("fileformat")]


@pytest.mark.parametrize(
    ("word", "is_odd"),
    [
        *(("jpg", False), ("JPEG", False), (".jpg", False), ("pcd", True), ("bin", True), ("png", True)),
        *(("image", False), ("", False)),
    ],
)
def test_a_fileformat_that_the_name_of_a_picture_contradicts_is_told_at_its_row(
    case: Any, word: str, is_odd: bool
) -> None:
    assert case.rows("sample_data")[0]["filename"].endswith(".jpg")
    assert case.rows("sample_data")[0]["is_key_frame"]
    line = f"{TABLES}sample_data.json#/0/fileformat: expected a word for JPEG, as the name ends with '.jpg', found "
    assert formats(case, word) == [f"{line}{word!r}"] * is_odd


@pytest.mark.parametrize(("word", "is_odd"), [("pcd", False), ("bin", False), ("pcd.bin", False), ("jpg", True)])
def test_a_fileformat_of_a_cloud_is_any_word_for_one(case: Any, word: str, is_odd: bool) -> None:
    rows = case.rows("sample_data")
    index = next(n for n, row in enumerate(rows) if row["is_key_frame"] and row["filename"].endswith(".pcd.bin"))
    case.set("sample_data", index, fileformat=word)
    line = f"{TABLES}sample_data.json#/{index}/fileformat: expected a word for a cloud, as the name ends with '.bin', "
    assert [str(found) for found in case.open().of("fileformat")] == [f"{line}found {word!r}"] * is_odd


def test_a_fileformat_that_most_rows_have_wrong_is_told_once(case: Any) -> None:
    rows = case.rows("sample_data")
    wrong = ["jpg" if row["fileformat"] == "pcd" else "pcd" for row in rows]
    keys = sum(row["is_key_frame"] for row in rows)
    (line,) = formats(case, *wrong)
    assert line == (
        f"{TABLES}sample_data.json#/0/fileformat: expected a word for JPEG, as the name ends with '.jpg', "
        f"found 'pcd'; so it is in {keys - 1} more rows of {keys}"
    )
    assert len(formats(case, "pcd", *(row["fileformat"] for row in rows[1:]))) == 1


def test_names_without_their_time_and_without_a_suffix_have_no_format(case: Any) -> None:
    case.set("sample_data", 0, filename="samples/CAM_FRONT/a.b/c", fileformat="pcd")
    case.set("sample_data", 2, filename="samples/CAM_FRONT/front.JPG", fileformat="pcd")
    (line,) = [str(found) for found in case.open().of("fileformat")]
    assert line.startswith(f"{TABLES}sample_data.json#/2/fileformat: expected a word for JPEG, as the name ends with ")


class Counted(np.ndarray):  # type: ignore[type-arg]
    """An array that counts the numbers which are computed from it and its parts."""

    numbers = 0

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **given: Any) -> Any:
        """Compute with what the arrays hold."""
        plain = [one.view(np.ndarray) if isinstance(one, Counted) else one for one in inputs]
        Counted.numbers += max(np.size(one) for one in plain)
        made = getattr(ufunc, method)(*plain, **given)
        return made.view(Counted) if isinstance(made, np.ndarray) else made


def test_to_group_names_by_suffixes_of_their_own_costs_no_more_than_their_number() -> None:
    def cost(count: int) -> int:
        names, files, columns = Names(), Files(), Columns()
        codes = [names.add(f"samples/CAM/{n}.x{n}", None) for n in range(count)]
        columns.add(names=np.array(codes, dtype=np.int32), formats=np.zeros(count, dtype=np.int32))
        files.fill(columns, names, {"jpg": 0})
        files._format_codes = files._format_codes.view(Counted)
        Counted.numbers = 0
        assert [(ending, places.tolist()) for ending, _, places in files.by_format()] == [
            (f".x{n}", [n]) for n in range(count)
        ]
        return Counted.numbers

    assert 0 < cost(800) <= 2.5 * cost(400)
