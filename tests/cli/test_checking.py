"""The commands around the check, with a small reader from a plugin object in the tests' own process."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from lading.cli.main import execute
from lading.errors import RecordError
from lading.model.codec import decode_catalog
from lading.model.dataset import WHOLE, Dataset, Part, Segment, share
from lading.model.frame import Data, Frame
from lading.model.label import Box2D
from lading.model.report import Origin, OriginList, Report
from lading.plugin.contracts import Match, Options, Reader, Told
from lading.plugin.hooks import hookimpl
from lading.plugin.registry import Registry
from lading.source import Source
from lading.validate.reports import gathered

RULES_BROKEN = ("box2d.inverted", "box2d.empty", "category.unknown")
ROWS = "a.png,car,1,1,5,5\nb.png,car,9,1,5,5\nb.png,lorry,1,1,5,5\nc.png,car,1,1,500,5\n"


class Rows(Dataset):
    """A line a box: file, category, edges."""

    format = "rows"

    def __init__(self, source: Source, report: Report) -> None:
        self.name = "boxes"
        self.report = report
        self.catalog = decode_catalog({"BOX2D": {"categories": [{"name": "car"}]}})
        self._source = source
        self._rows = list(csv.reader(io.StringIO(source.read("rows.csv").decode())))
        for line, row in enumerate(self._rows, 1):
            if row[1] == "":
                self.report.warning(
                    "rows.no-category", "expected a category, found none", Origin("rows.csv", line=line)
                )
        self._names = list(dict.fromkeys(row[0] for row in self._rows))
        self.segments = [Segment(name="all", frame_count=len(self._names))]

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        for index in share(len(self._names), part):
            name = self._names[index]
            labels, places = [], []
            for line, row in enumerate(self._rows, 1):
                if row[0] == name:
                    if row[1] == "stop":
                        raise RecordError("rows.csv", line=line, expected="a box", found="the end")
                    edges = (float(edge) for edge in row[2:])
                    labels.append(Box2D(*edges, category=row[1] or None, origin=len(places)))
                    places.append(Origin("rows.csv", line=line))
            data = Data(
                path=name, remote_path=name, content=self._source.get(name), width=100, height=50, labels=labels,
                origins=OriginList(places), origin=places[0],
            )  # fmt: skip
            yield Frame(key=name, data=[data])


class RowsReader(Reader):
    name = "rows"
    title = "boxes in rows"

    def detect(self, source: Source) -> Match:
        return Match(1.0 if source.get("rows.csv") else 0.0, "rows.csv")

    def open(self, source: Source, options: Options, report: Report) -> Dataset:
        return Rows(source, report)

    def codes(self) -> Mapping[str, Told]:
        return {"rows.no-category": Told("warning", "a box has a category", "Name it.")}


class Plugin:
    @staticmethod
    @hookimpl
    def register_readers() -> Sequence[type[Reader]]:
        return [RowsReader]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capfdbinary: Any) -> Any:
    """Runs the command line in the folder of the test; exit code, stdout and stderr."""
    load = Registry.load
    monkeypatch.setattr(Registry, "load", lambda plugins=(): load([*plugins, (Plugin(), "rows-plugin", "1")]))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: object) -> tuple[int, str, str]:
        code = execute([str(argument) for argument in arguments])
        out, err = capfdbinary.readouterr()
        return code, out.decode(), err.decode()

    return call


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    from PIL import Image

    place = tmp_path / "d"
    place.mkdir()
    (place / "rows.csv").write_text(ROWS)
    for index, name in enumerate("abc"):
        Image.new("RGB", (100, 50), (index, 0, 0)).save(place / f"{name}.png")
    return place


def test_text_groups_by_rule_and_shows_the_line(run: Any, folder: Path) -> None:
    code, out, _ = run("validate", folder)
    assert code == 1
    assert out.splitlines()[:4] == [
        "error box2d.inverted: 1 - a box has its minima below its maxima",
        "  rows.csv:2: expected xmin < xmax and ymin < ymax, found (9, 1, 5, 5)",
        "      | b.png,car,9,1,5,5",
        "  to mend: Swap the corners; look for width read as xmax.",
    ]
    assert out.splitlines()[-1] == "2 errors, 1 warning"


def test_what_a_reader_tells_is_explained_in_every_report(run: Any, folder: Path) -> None:
    (folder / "rows.csv").write_text("a.png,,1,1,5,5\nb.png,car,1,1,5,5\nc.png,car,1,1,5,5\n")
    _, out, _ = run("validate", folder, "--rule", "category.missing=off")
    assert out.splitlines()[:4] == [
        "warning rows.no-category: 1 - a box has a category",
        "  rows.csv:1: expected a category, found none",
        "      | a.png,,1,1,5,5",
        "  to mend: Name it.",
    ]
    _, out, _ = run("validate", folder, "--output", "sarif")
    rules = {rule["id"]: rule for rule in json.loads(out)["runs"][0]["tool"]["driver"]["rules"]}
    assert rules["rows.no-category"]["shortDescription"]["text"] == "a box has a category"
    assert rules["rows.no-category"]["help"]["text"] == "Name it."
    _, out, _ = run("validate", folder, "--output", "html")
    assert '"title": "a box has a category"' in out
    assert '"rows.no-category": {"fix": "Name it."}' in out
    _, out, _ = run("validate", "--rules")
    assert "rows.no-category (warning, told by the reader of rows): a box has a category\n    Name it.\n" in out


def test_what_a_reader_tells_is_graded_and_a_misspelt_code_refused(run: Any, folder: Path) -> None:
    (folder / "rows.csv").write_text("a.png,,1,1,5,5\nb.png,car,1,1,5,5\nc.png,car,1,1,5,5\n")
    for level, code in (("error", 1), ("warning", 0), ("off", 0)):
        rules = (f"--rule=rows.no-category={level}", "--rule=category.missing=off")
        assert run("validate", folder, *rules)[0] == code
    code, _, err = run("validate", folder, "--rule", "rows.no-categry=off")
    assert (code, err) == (
        2,
        "error: rules: expected the code of a rule, found 'rows.no-categry'; close to it is 'rows.no-category'\n",
    )


def test_a_reader_that_fails_to_explain_is_named(run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(RowsReader, "codes", lambda self: {}["rows"])
    told = "error: rows-plugin: expected reader 'rows' to explain its codes, found KeyError: 'rows'\n"
    assert run("validate", "--rules")[::2] == (2, told)
    assert run("validate", folder)[0] == 1


def test_what_is_switched_off_and_regraded(run: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "lading.toml").write_text('[rules]\n"box2d.inverted" = "off"\n"category.unknown" = "warning"\n')
    code, out, _ = run("validate", folder, "--json")
    assert (code, json.loads(out)["summary"]) == (0, {"error": 0, "warning": 2})
    assert run("validate", folder, "--fail-on", "warning")[0] == 1
    code, out, _ = run("validate", folder, "--json", "--rule", "category.unknown=error")
    assert (code, json.loads(out)["summary"]) == (1, {"error": 1, "warning": 1})
    code, _, err = run("validate", folder, "--rule", "category.unknown=fatal")
    assert code == 2
    assert err == "error: --rule: expected CODE=error, warning, off or on, found 'category.unknown=fatal'\n"
    (tmp_path / "other.toml").write_text("")
    assert json.loads(run("validate", folder, "--json", "--config", "other.toml")[1])["summary"]["error"] == 2


def test_what_is_known_is_not_told_again(run: Any, folder: Path, tmp_path: Path) -> None:
    _, known, _ = run("validate", folder, "--json")
    (tmp_path / "known.json").write_text(known)
    code, out, err = run("validate", folder, "--baseline", "known.json")
    assert (code, out) == (0, "nothing wrong but 3 known\n")
    assert err.splitlines()[-1] == "3 known findings are not told; 0 of the baseline are gone"
    (folder / "rows.csv").write_text(ROWS + "d.png,car,5,5,5,9\n")
    code, out, _ = run("validate", folder, "--baseline", "known.json", "--json")
    assert (code, [f["rule"] for f in json.loads(out)["findings"]]) == (1, ["media.missing", "box2d.empty"])


def test_an_upload_is_checked_by_the_same_settings(run: Any, folder: Path, tmp_path: Path) -> None:
    send = ("upload", folder, "--dataset", "boxes", "--dry-run")
    code, _, err = run(*send)
    assert code == 1
    assert "error: nothing was uploaded; mend the errors above, or use --no-validate" in err.splitlines()
    (tmp_path / "known.json").write_text(run("validate", folder, "--json")[1])
    (tmp_path / "lading.toml").write_text('baseline = "known.json"\n[rules]\n"category.unknown" = "warning"\n')
    assert run(*send)[0] == 0
    (folder / "rows.csv").write_text(ROWS + "b.png,car,5,5,5,9\n")
    code, _, err = run(*send)
    assert (code, [line for line in err.splitlines() if "error " in line]) == (
        1,
        ["rows.csv:5: error box2d.empty: expected a width and a height above 0, found 0 x 4"],
    )
    (tmp_path / "lading.toml").write_text('[rules]\n"box2d.empty" = "off"\n"box2d.inverted" = "off"\n')
    assert run(*send)[0] == 1
    (tmp_path / "other.toml").write_text("".join(f'rules."{rule}" = "off"\n' for rule in RULES_BROKEN))
    assert run(*send, "--config", "other.toml")[0] == 0


def test_so_many_findings_are_listed_and_all_are_counted(run: Any, folder: Path) -> None:
    _, out, _ = run("validate", folder, "--json", "--max-findings", "1")
    report = json.loads(out)
    assert len(report["findings"]) == 1
    assert report["summary"] == {"error": 2, "warning": 1}


def test_one_form_of_report_is_asked_for(run: Any, folder: Path) -> None:
    code, out, err = run("validate", folder, "--json", "--output", "html")
    assert (code, out) == (2, "")
    assert "--json: expected no other --output beside it, found 'html'" in err


def test_reports_go_to_a_file(run: Any, folder: Path, tmp_path: Path) -> None:
    code, out, err = run("validate", folder, "--output", "html", "--output-file", "report.html")
    assert (code, out, err) == (1, "", "report.html: 2 errors, 1 warning\n")
    code, out, err = run("-q", "validate", folder, "--output", "html", "--output-file", "report.html")
    assert (code, out, err) == (1, "", "")
    assert (tmp_path / "report.html").read_text("utf-8").startswith("<!doctype html>")
    code, out, _ = run("validate", folder, "--output", "sarif")
    assert json.loads(out)["runs"][0]["results"][0]["ruleId"] == "box2d.inverted"
    code, _, err = run("validate", folder, "--output-file", tmp_path / "no" / "report.txt")
    assert code == 2
    assert "report.txt: expected a file to write to, found no folder for it" in err
    code, _, err = run("validate", folder, "--output-file", tmp_path)
    assert (code, err) == (2, f"error: {tmp_path}: expected a file to write to, found a folder\n")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("kind", ["json", "sarif"])
def test_no_room_for_what_is_found_is_one_line_and_no_report(
    run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    """A report that lacks findings would pass for a whole one."""
    folder = tmp_path / "many"
    folder.mkdir()
    (folder / "rows.csv").write_text("".join(f"{number}.png,car,9,1,5,5\n" for number in range(600)))
    full = Path("/dev/full").open("r+b", buffering=0)  # noqa: SIM115  closed below
    monkeypatch.setattr(tempfile, "TemporaryFile", lambda **_: full)
    monkeypatch.setattr(gathered, "_FRESH", 10)
    monkeypatch.setattr(gathered, "_HELD_BYTES", 1_000)
    code, out, err = run("validate", folder, "--output", kind)
    full.close()
    assert (code, out) == (2, "")
    assert err == (
        f"error: temporary file in {tempfile.gettempdir()}: expected room for the findings of a report, "
        "found No space left on device; TMPDIR names another folder\n"
    )


def test_stopping_at_the_first_error_passes_by_those_that_are_known(run: Any, folder: Path, tmp_path: Path) -> None:
    _, out, _ = run("validate", folder, "--json")
    report = json.loads(out)
    first, second = (one for one in report["findings"] if one["severity"] == "error")
    (tmp_path / "known.json").write_text(json.dumps({"findings": [first]}))
    code, out, err = run("validate", folder, "--json", "--baseline", "known.json", "--on-error", "stop")
    assert code == 1
    assert [one for one in json.loads(out)["findings"] if one["severity"] == "error"] == [second]
    assert json.loads(out)["ended"] == "stopped at the first error (--on-error stop)"
    assert "ended" not in report
    assert "stopped at the first error" in err


def test_a_baseline_of_another_dataset_is_told(run: Any, folder: Path, tmp_path: Path) -> None:
    other = {"rule": "box2d.empty", "segment": "x", "frame": "1", "file": "other.json", "message": "m"}
    (tmp_path / "known.json").write_text(json.dumps({"findings": [other]}))
    code, _, err = run("validate", folder, "--baseline", "known.json")
    assert code == 1
    assert "none of the 1 findings of the baseline came again: they are mended, or it is another dataset's" in err


def test_what_was_found_before_the_reader_gave_up_is_told(run: Any, folder: Path) -> None:
    (folder / "rows.csv").write_text(ROWS + "d.png,stop,0,0,0,0\n")
    code, out, err = run("validate", folder, "--json")
    assert code == 2
    assert json.loads(out)["summary"] == {"error": 2, "warning": 1}
    assert err == "error: rows.csv:5: expected a box, found the end\n"


def test_no_report_of_a_check_that_ended_early_says_that_nothing_is_wrong(run: Any, folder: Path) -> None:
    (folder / "rows.csv").write_text("a.png,car,1,1,5,5\nb.png,stop,0,0,0,0\n")
    code, out, _ = run("validate", folder)
    assert (code, out) == (2, "nothing wrong, up to where the check ended\n")
    code, out, _ = run("validate", folder, "--output", "sarif")
    Sarif.model_validate_json(out)
    (ended,) = json.loads(out)["runs"][0]["invocations"]
    assert (code, ended["executionSuccessful"]) == (2, False)
    (told,) = ended["toolExecutionNotifications"]
    assert told["message"]["text"] == "rows.csv:2: expected a box, found the end"
    _, _, err = run("validate", folder, "--json", "--output-file", "known.json")
    assert err.splitlines()[0] == "known.json: nothing wrong, up to where the check ended"
    assert json.loads(Path("known.json").read_text())["ended"] == "rows.csv:2: expected a box, found the end"
    code, _, _ = run("validate", folder, "--output", "html", "--output-file", "page.html")
    (said,) = re.findall('<p class="ended">(.*)</p>', Path("page.html").read_text())
    assert (code, said.rpartition("at: ")[2]) == (2, "rows.csv:2: expected a box, found the end")


def test_a_page_of_a_whole_check_does_not_say_that_it_ended(run: Any, folder: Path) -> None:
    code, page, _ = run("validate", folder, "--output", "html")
    assert (code, 'class="ended"' in page) == (1, False)


def test_a_page_is_not_made_of_a_dataset_that_breaks_off_where_the_check_went_on(
    run: Any, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frames, seen = Rows.frames, []

    def breaking(self: Rows, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        if seen:
            raise RecordError("rows.csv", line=1, expected="a box", found="another file")
        seen.append(segment)
        return frames(self, segment, part, report)

    monkeypatch.setattr(Rows, "frames", breaking)
    code, out, err = run("validate", folder, "--output", "html")
    assert (code, out) == (2, "")
    assert err == "error: rows.csv:1: expected a box, found another file\n"


def test_what_a_check_did_not_reach_is_not_called_gone(run: Any, folder: Path) -> None:
    run("validate", folder, "--json", "--output-file", "known.json")
    (folder / "rows.csv").write_text("a.png,car,1,1,5,5\nb.png,stop,0,0,0,0\n")
    _, _, err = run("validate", folder, "--baseline", "known.json")
    assert err.splitlines() == ["0 known findings are not told", "error: rows.csv:2: expected a box, found the end"]


def test_rules_are_listed_without_a_path(run: Any) -> None:
    code, out, _ = run("validate", "--rules")
    assert code == 0
    assert "box2d.inverted (error): a box has its minima below its maxima" in out
    code, out, _ = run("validate", "--rules", "--json")
    assert len(json.loads(out)["rules"]) > 100
    code, _, err = run("validate")
    assert code == 2
    assert "Missing argument 'PATH...'" in err


def test_stats_as_text_and_json(run: Any, folder: Path) -> None:
    code, out, _ = run("stats", folder)
    assert code == 0
    assert "lorry" in out
    assert re.search(r"^inverted or not finite +1$", out, re.MULTILINE)
    _, out, _ = run("stats", folder, "--json")
    assert json.loads(out)["categories"]["BOX2D"] == [
        {"category": "car", "labels": 3},
        {"category": "lorry", "labels": 1},
    ]


def test_preview_lists_what_it_drew(run: Any, folder: Path, tmp_path: Path) -> None:
    code, out, _ = run("preview", folder, "-o", tmp_path / "out", "--limit", "2")
    assert code == 0
    assert out.split() == [str(tmp_path / "out" / "all" / f"{name}.png.jpg") for name in "ab"]
    assert run("preview", folder, "-o", tmp_path / "out", "--frame", "none")[0] == 2
    (folder / "c.png").write_bytes(b"no picture")
    code, _, err = run("preview", folder, "-o", tmp_path / "out", "--frame", "c.png")
    assert code == 1
    assert err.startswith("not drawn: c.png: expected ")


def test_diff_of_two_deliveries(run: Any, folder: Path, tmp_path: Path) -> None:
    import shutil

    assert run("diff", folder, folder)[:2] == (0, "no difference\n")
    other = tmp_path / "e"
    shutil.copytree(folder, other)
    (other / "rows.csv").write_text(ROWS.replace("a.png,car,1", "a.png,car,2"))
    code, out, _ = run("diff", folder, other)
    assert code == 1
    assert out.splitlines() == [
        "changed label: all/a.png: BOX2D car: xmin: 1.0 -> 2.0",
        "1 label changed",
    ]
    code, out, _ = run("diff", folder, other, "--json")
    lines = [json.loads(line) for line in out.splitlines()]
    assert [line["kind"] for line in lines] == ["difference", "summary"]
    assert lines[1]["differences"] == 1
    assert run("diff", folder, other, "--ignore", "geometry")[0] == 0


def test_catalogs_are_compared_as_files_and_as_datasets(run: Any, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(json.dumps({"BOX2D": {"categories": [{"name": "bus"}]}}))
    code, out, _ = run("catalog", "--diff", "c.json", folder)
    assert code == 1
    assert out.splitlines() == [
        "removed /BOX2D/categories/bus: {'name': 'bus'}",
        "added /BOX2D/categories/car: {'name': 'car'}",
    ]
    code, out, _ = run("catalog", "--diff", folder, folder, "--json")
    assert (code, json.loads(out)["differences"]) == (0, [])
    assert run("catalog", "--diff", "c.json")[0] == 2


def test_findings_of_a_catalog_stand_in_its_file(run: Any, folder: Path, tmp_path: Path) -> None:
    wrong = {"BOX2D": {"categories": [{"name": "car"}], "attributes": [{"name": "n", "enum": ["a", "a"]}]}}
    (tmp_path / "c.json").write_text(json.dumps(wrong))
    _, out, _ = run("validate", folder, "--json", "--catalog", "c.json")
    found = {(f["rule"], f["file"], f["pointer"]) for f in json.loads(out)["findings"]}
    assert ("catalog.enum-duplicate", "c.json", "/BOX2D/attributes/0/enum/1") in found


def test_sarif_has_the_line_of_a_pointer(run: Any, tmp_path: Path) -> None:
    """In files of the dataset and in the catalog beside it; the lines of text files are known."""
    wrong = {"BOX2D": {"categories": [{"name": "car"}], "attributes": [{"name": "n", "enum": ["a", "a"]}]}}
    (tmp_path / "c.json").write_text(json.dumps(wrong, indent=1))
    boxes = [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [1, 1, width, 4]} for width in (2, 0)]
    pier = {"images": [{"id": 1, "file_name": "a.png", "width": 9, "height": 9}], "annotations": boxes}
    place = tmp_path / "pier"
    place.mkdir()
    (place / "pier.json").write_text(json.dumps({**pier, "categories": [{"id": 1, "name": "car"}]}, indent=2))
    _, out, _ = run("validate", place, "--output", "sarif", "--catalog", "c.json", "--rule", "media.missing=off")
    at = {}
    for result in json.loads(out)["runs"][0]["results"]:
        location = result["locations"][0]["physicalLocation"]
        at[result["ruleId"]] = (location["artifactLocation"]["uri"], location["region"]["startLine"])
    for rule, file, before in (
        ("box2d.empty", "pier/pier.json", '"bbox"'),
        ("catalog.enum-duplicate", "c.json", '"a"'),
    ):
        lines = (tmp_path / file).read_text().splitlines()
        last = max(number for number, line in enumerate(lines, 1) if line.strip().startswith(before))
        assert at[rule] == (file, last)


def test_a_disk_without_room_for_a_tars_media_is_no_finding(tmp_path: Path) -> None:
    """The limit of a file's size stands for the disk's."""
    document = {"images": [{"id": 1, "file_name": "1.bmp"}], "annotations": [], "categories": []}
    path = tmp_path / "pier.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, content in (("pier.json", json.dumps(document).encode()), ("1.bmp", b"BM" + bytes(3_000_000))):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    script = (
        "import resource, sys; from lading.cli.main import execute\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, resource.RLIM_INFINITY))\n"
        "sys.exit(execute(sys.argv[1:]))"
    )
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    for command in (["validate"], ["preview", "-o", str(tmp_path / "out")]):
        done = subprocess.run(
            [sys.executable, "-c", script, command[0], str(path), *command[1:]],
            capture_output=True, text=True, check=False, env=environment,
        )  # fmt: skip
        assert (done.returncode, done.stdout) == (2, "")
        assert done.stderr.startswith(f"error: temporary file in {tmp_path}: expected room for all of {path}, to read")
        assert len(done.stderr.splitlines()) == 1
