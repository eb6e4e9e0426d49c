"""Text grouped by rule, SARIF against the model made from its schema, the HTML page in a browser."""

from __future__ import annotations

import importlib
import io
import json
import re
import shutil
import subprocess
import sys
import tracemalloc
from base64 import b64decode
from pathlib import Path

import msgspec
import numpy as np
import pytest
from PIL import Image
from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from lading.model.dataset import MemoryDataset
from lading.model.frame import Data, Frame
from lading.model.report import Finding, Origin, Report
from lading.validate import known_rules, validate
from lading.validate.reports.excerpt import Excerpts
from lading.validate.reports.gathered import Gathered
from lading.validate.reports.html import render_html
from lading.validate.reports.sarif import render_sarif
from lading.validate.reports.text import render_groups

sys.path.append(str(Path(__file__).parent / "corpus"))
cargo = importlib.import_module("cargo")
RULES = {code: known.cls for code, known in known_rules().items()}


def to_sarif(findings, rules, **options):
    return json.loads("\n".join(render_sarif(findings, rules, **options)))


def finding(rule="box2d.inverted", severity="error", message="m", **where):
    return Finding(rule=rule, severity=severity, message=message, **where)


class Memory:
    def __init__(self, path, data):
        self.path, self.data, self.size, self.stamp = path, data, len(data), None
        self.opened = 0

    def open(self):
        self.opened += 1
        return io.BytesIO(self.data)


def excerpts(**files):
    held = {name.replace("_", "."): Memory(name, data) for name, data in files.items()}
    return Excerpts(held.get), held


def test_groups_come_errors_first_with_count_examples_and_a_way_to_mend():
    found = [finding("path.forbidden", "warning", "w", file="x")]
    found += [finding(message=f"m{i}", file="a.json", pointer=f"/annotations/{i}") for i in range(4)]
    found.append(finding("reader.odd", "warning", "o", segment="train", frame="7"))
    found.append(finding("catalog.lexicon", message="l", pointer="/SENTENCE/lexicon/1"))
    lines = list(render_groups(Gathered(found), RULES, examples=2))
    assert lines == [
        "error box2d.inverted: 4 - a box has its minima below its maxima",
        "  a.json#/annotations/0: m0",
        "  a.json#/annotations/1: m1",
        "  ... and 2 more",
        "  to mend: Swap the corners; look for width read as xmax.",
        "",
        "error catalog.lexicon: 1 - a lexicon's entry is a word and its phones",
        "  catalog#/SENTENCE/lexicon/1: l",
        "  to mend: Remove the empty entry.",
        "",
        "warning path.forbidden: 1 - a remote path needs no escape on the platform",
        "  x: w",
        f"  to mend: {RULES['path.forbidden'].fix}",
        "",
        "warning reader.odd: 1",
        "  train/7: o",
        "",
        "5 errors, 2 warnings",
    ]


def test_groups_show_what_stands_at_the_place():
    source, held = excerpts(
        a_json=json.dumps({"annotations": [{"id": 5, "bbox": [1, 2, -3, 4]}], "x/y": {"~": "ü"}}).encode(),
        b_txt=b"Car 0 0\nVan 1 1\n",
        c_xml=b"<object>\n  <bndbox>\n    <xmin>5</xmin>\n  </bndbox>\n</object>\n",
        d_json=b"{broken",
    )
    shown = [
        source.show(finding(file="a.json", pointer="/annotations/0/bbox")),
        source.show(finding(file="a.json", pointer="/annotations/0")),
        source.show(finding(file="a.json", pointer="/x~1y/~0")),
        source.show(finding(file="a.json", pointer="/annotations/0/category_id")),
        source.show(finding(file="a.json", pointer="/annotations/9")),
        source.show(finding(file="b.txt", line=2)),
        source.show(finding(file="b.txt", line=9)),
        source.show(finding(file="c.xml", pointer="/object/bndbox", line=2)),
        source.show(finding(file="d.json", pointer="/a")),
        source.show(finding(file="gone.txt", line=1)),
        source.show(finding()),
    ]
    assert shown == [
        '"bbox": [1, 2, -3, 4]',
        '{"id": 5, "bbox": [1, 2, -3, 4]}',
        '"~": "ü"',
        '{"id": 5, "bbox": [1, 2, -3, 4]}',
        None,
        "Van 1 1",
        None,
        "<bndbox> <xmin>5</xmin> </bndbox>",
        None,
        None,
        None,
    ]
    assert held["a.json"].opened == 1


def test_gathered_counts_all_and_keeps_what_is_wanted():
    many = [finding(message=str(i)) for i in range(10)] + [finding("box2d.empty", "warning")]
    gathered = Gathered(many, limit=4, limit_each=3)
    assert [f.message for f in gathered.findings] == ["0", "1", "2", "m"]
    assert gathered.summary == {"error": 10, "warning": 1}
    assert gathered.left_out == 7


def test_gathered_keeps_a_million_in_bounded_memory(monkeypatch):
    """Beyond what is kept as it is they lie packed, and then on disk; they can be gone through again and again."""
    module = sys.modules[Gathered.__module__]
    monkeypatch.setattr(module, "_FRESH", 100)
    monkeypatch.setattr(module, "_HELD_BYTES", 50_000)
    many = (finding(message=f"{number:0100}", frame=str(number), file="a.json") for number in range(20_000))
    tracemalloc.start()
    gathered = Gathered(many)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 500_000  # of 6 MB
    for _ in range(2):
        assert [int(one.message) for one in gathered.findings] == list(range(20_000))
    assert gathered.summary == {"error": 20_000, "warning": 0}
    gathered.findings.close()


def test_sarif_comes_a_result_a_line():
    found = [finding(message=f'"results": [], {number}\n', file="a.json", line=number) for number in range(1, 4)]
    for few in ([], found[:1], found):
        lines = list(render_sarif(few, RULES, source="s"))
        log = json.loads("\n".join(lines))
        results = log["runs"][0]["results"]
        assert [json.loads(line.rstrip(",")) for line in lines[1:-1]] == results
        assert [result["message"]["text"] for result in results] == [one.message for one in few]
        assert list(log["runs"][0]) == ["tool", "columnKind", "results", "originalUriBaseIds"]


def test_sarif_is_what_its_schema_says():
    found = [
        finding(file="a b/ü.json", pointer="/annotations/1", segment="train", frame="7"),
        finding(file="label_2/000012.txt", line=3),
        finding("segment.forbidden-name", "warning", segment="v1.0"),
        finding("reader.odd", "warning", "bad \udcff"),
    ]
    log = to_sarif(found, RULES, source="/data/x")
    parsed = Sarif.model_validate(log)
    run = parsed.runs[0]
    assert [rule.id for rule in run.tool.driver.rules] == ["box2d.inverted", "segment.forbidden-name", "reader.odd"]
    assert [result.rule_index if hasattr(result, "rule_index") else result.ruleIndex for result in run.results] == [
        0,
        0,
        1,
        2,
    ]
    results = log["runs"][0]["results"]
    first = results[0]["locations"][0]
    assert first["physicalLocation"]["artifactLocation"]["uri"] == "a%20b/%C3%BC.json"
    assert first["logicalLocations"][0]["fullyQualifiedName"] == "/annotations/1"
    assert results[1]["locations"][0]["physicalLocation"]["region"] == {"startLine": 3}
    assert [result["message"]["text"] for result in results[:2]] == ["/annotations/1: m", "m"]
    assert [result["level"] for result in results] == ["error", "error", "warning", "warning"]
    # what GitHub's code scanning asks for: a file and a line of every result, three texts of every rule
    for result in results:
        physical = result["locations"][0]["physicalLocation"]
        assert physical["region"]["startLine"] >= 1
        assert physical["artifactLocation"]["uri"]
    assert results[3]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "."
    for rule in log["runs"][0]["tool"]["driver"]["rules"]:
        assert all(rule[key]["text"] for key in ("shortDescription", "fullDescription", "help"))
    assert len({result["partialFingerprints"]["primaryLocationLineHash"] for result in results}) == 4


def test_sarif_places_files_below_the_sources_where_the_dataset_is_one_of_them():
    found = [finding(file="a b/1.json"), finding(file="catalog.json", pointer="/BOX2D"), finding()]
    log = to_sarif(found, RULES, source="data/port", folder="data/port", outside=["catalog.json"])
    places = [one["locations"][0]["physicalLocation"]["artifactLocation"] for one in log["runs"][0]["results"]]
    assert [place["uri"] for place in places] == ["data/port/a%20b/1.json", "catalog.json", "data/port"]
    assert {place["uriBaseId"] for place in places} == {"%SRCROOT%"}
    assert "originalUriBaseIds" not in log["runs"][0]


def test_fingerprints_of_sarif_stay_where_records_come_and_go_before_them():
    def prints(*found: Finding) -> list[str]:
        results = to_sarif(found, RULES)["runs"][0]["results"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    one = finding(file="a.json", pointer="/annotations/1", segment="train", frame="7", message="found 3")
    moved = msgspec.structs.replace(one, pointer="/annotations/2")
    other = msgspec.structs.replace(one, frame="8")
    assert prints(one, other) == prints(moved, other)
    assert len({*prints(one, moved, other)}) == 3  # the same twice is two


def test_sarif_of_nothing_is_a_run_without_results():
    assert Sarif.model_validate(to_sarif([], RULES)).runs[0].results == []


def broken_page() -> str:
    """The page of pictures with five defects."""
    made = cargo.pictures()
    made.edit(cargo.BOX, xmin=50.0, xmax=10.0)
    made.edit(cargo.RLE, counts=__import__("numpy").array([10, 20]))
    made.edit(cargo.POINTS, visible=(2, 3, 2))
    made.edit(cargo.CLASS, "val", 0, category="</script><b>dusk")
    made.data("val", 1).content = None
    dataset = made.dataset()
    return render_html(dataset, Gathered(validate(dataset)), RULES)


def test_page_stands_alone_and_is_small():
    page = broken_page()
    assert len(page) < 2_000_000
    assert "http://" not in page
    assert "https://" not in page
    assert page.count("</script>") == 2  # nothing of the data ends one
    assert "data:image/jpeg;base64," in page


def test_page_of_a_drive_draws_boxes_from_above():
    made = cargo.drive()
    made.edit(0, "drive", 2, "lidar", height=0.0)
    dataset = made.dataset()
    page = render_html(dataset, Gathered(validate(dataset)), RULES)
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert [caption for _, caption in data["pictures"]["0"]] == ["lidar/2.bin", "left/2.png"]


def test_page_draws_what_a_reader_told_of_a_record_before_its_frame_was_known():
    dataset = cargo.drive().dataset()
    told = finding("reader.odd", file="labels.json", pointer="/drive/3/lidar/labels/1/geometry/rotation")
    elsewhere = finding("reader.other", file="labels.json", pointer="/drive/9/lidar/labels/1")
    page = render_html(dataset, Gathered([told, elsewhere]), RULES)
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert {number: [one[1] for one in made] for number, made in data["pictures"].items()} == {
        # 4.5 m ahead of both cameras, 3.5 m right of the left one: beyond the 2.5 m that half its picture is wide there
        "0": ["lidar/3.bin", "right/3.png"]
    }


def pictures_of(page: str) -> dict[str, list[np.ndarray]]:
    """The pictures of a page by the rule of their finding."""
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    shown: dict[str, list[np.ndarray]] = {}
    for number, made in data["pictures"].items():
        for url, _ in made:
            with Image.open(io.BytesIO(b64decode(url.partition(",")[2]))) as image:
                shown.setdefault(data["findings"][int(number)]["rule"], []).append(np.asarray(image.convert("RGB")))
    return shown


def test_page_marks_the_keypoint_and_the_crossing_that_a_finding_is_about():
    made = cargo.pictures()
    bow = np.array([(10.0, 10.0), (50.0, 50.0), (50.0, 10.0), (10.0, 50.0)])
    made.edit(cargo.POLYGON, points=bow)
    made.edit(cargo.POINTS, points=np.array([(20.0, 60.0), (80.0, 60.0), (80.0, 20.0)]), visible=(2, 3, 2))
    dataset = made.dataset()
    size = made.data("train", 1)
    wanted = [one for one in validate(dataset) if one.rule in ("keypoints.visible", "polygon.self-crossing")]
    shown = pictures_of(render_html(dataset, Gathered(wanted), RULES))
    without = [msgspec.structs.replace(one, spot=None) for one in wanted]
    plain = pictures_of(render_html(dataset, Gathered(without), RULES))
    for rule, (x, y) in (("keypoints.visible", (80, 60)), ("polygon.self-crossing", (30, 30))):
        (picture,), (other,) = shown[rule], plain[rule]
        is_other = np.abs(picture.astype(int) - other).max(axis=2) > 60
        rows, columns = np.nonzero(is_other)
        scale = picture.shape[1] / size.width
        assert np.hypot(columns - x * scale, rows - y * scale).max() < 30  # what the ring adds lies around the spot
        assert len(rows) > 200


def test_findings_of_the_page_come_in_the_order_of_the_groups_of_the_text():
    """Errors first, of one level the rule that is broken most often; those of a rule as they came."""
    rules = ["a.often", "b.rare", "c.warned", "b.rare", "d.warned", "a.often", "d.warned", "a.often"]
    found = [
        finding(rule, "warning" if rule.endswith("warned") else "error", str(number), file="a.json")
        for number, rule in enumerate(rules)
    ]
    page = render_html(cargo.pictures().dataset(), Gathered(found), RULES)
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    expected = [("a.often", "057"), ("b.rare", "13"), ("d.warned", "46"), ("c.warned", "2")]
    assert [(one["rule"], one["message"]) for one in data["findings"]] == [
        (rule, number) for rule, numbers in expected for number in numbers
    ]
    text = [line for line in render_groups(Gathered(found), RULES) if line.startswith(("error", "warning"))]
    assert [line.split()[1].rstrip(":") for line in text] == [rule for rule, _ in expected]
    assert [row["rule"] for row in data["summary"]] == [rule for rule, _ in expected]
    assert [row["first"] for row in data["summary"]] == [0, 3, 5, 7]


def test_page_of_more_rules_than_have_room_lists_some_findings_of_each():
    found = [finding(f"many.rule-{rule}", message=str(number)) for rule in range(100) for number in range(300)]
    page = render_html(cargo.pictures().dataset(), Gathered(found), RULES)
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert len(data["findings"]) == 5_000
    assert {one["rule"] for one in data["findings"]} == {f"many.rule-{rule}" for rule in range(100)}


def test_page_lists_the_first_of_every_rule():
    found = [finding(message=str(i)) for i in range(9_000)] + [finding("box2d.empty")]
    dataset = cargo.pictures().dataset()
    page = render_html(dataset, Gathered(found), RULES)
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert data["total"] == 9_001
    assert [(row["rule"], row["count"]) for row in data["summary"]] == [("box2d.inverted", 9_000), ("box2d.empty", 1)]
    assert data["findings"][-1]["rule"] == "box2d.empty"
    assert len(page) < 1_000_000


def test_page_of_many_large_pictures_stays_below_20_mb():
    rng = np.random.default_rng(20)
    frames, found = [], []
    for index in range(64):
        out = io.BytesIO()
        Image.fromarray(rng.integers(0, 256, (720, 720, 3), dtype=np.uint8)).save(out, "JPEG", quality=95)
        path = f"{index}.jpg"
        data = Data(path=path, remote_path=path, content=cargo.Bytes(path, out.getvalue()), origin=Origin("a.json"))
        frames.append(Frame(key=path, data=[data]))
        found.append(finding(f"noise.number-{index}", segment="train", frame=path, file="a.json"))
    page = render_html(MemoryDataset("noise", {"train": frames}), Gathered(found), RULES)
    assert 12 << 20 < len(page) < 20_000_000
    data = json.loads(page.partition('id="data">')[2].partition("</script>")[0])
    assert len(data["summary"]) == 64  # each rule is listed, also those for whose picture there is no room
    assert 20 < len(data["pictures"]) < 64


def page_of(*files: tuple[str, bytes | None], findings: list[Finding]) -> dict:
    """What the page of a segment of these files has: a frame each."""
    frames = []
    for path, data in files:
        held = None if data is None else cargo.Bytes(path, data)
        frames.append(Frame(key=path, data=[Data(path=path, remote_path=path, content=held, width=64, height=64)]))
    page = render_html(MemoryDataset("x", {"train": frames}), Gathered(findings), RULES)
    return json.loads(page.partition('id="data">')[2].partition("</script>")[0])


def test_page_shows_what_is_there_of_a_jpeg_that_is_cut():
    out = io.BytesIO()
    noise = np.random.default_rng(3).integers(0, 256, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(out, "JPEG", quality=95)
    cut = out.getvalue()[: len(out.getvalue()) * 2 // 3]
    data = page_of(("a.jpg", cut), findings=[finding("media.unreadable", segment="train", frame="a.jpg", file="a.jpg")])
    (((url, caption),),) = data["pictures"].values()
    assert caption == "a.jpg, which is cut: the grey rest is not in the file"
    with Image.open(io.BytesIO(b64decode(url.partition(",")[2]))) as image:
        shown = np.asarray(image.convert("L")).astype(float)
    rows = len(shown)
    assert shown[: rows // 3].std() > 20  # noise
    assert shown[-rows // 12 :].std() < 2
    assert data["lacking"] == {}


def test_page_says_which_of_the_causes_leaves_a_finding_without_a_picture():
    wanted = [("a.jpg", b"no picture"), ("b.txt", b"x"), *((f"{n}.png", None) for n in range(4))]
    found = [finding(f"rule.{n}", segment="train", frame=path, file="x") for n, path in enumerate(("a.jpg", "b.txt"))]
    found.append(finding("rule.2", segment="train", frame="gone", file="x"))
    found += [finding("rule.3", segment="train", frame=f"{n}.png", file="x") for n in range(4)]
    data = page_of(*wanted, findings=found)
    why = {data["findings"][int(number)]["rule"]: words for number, words in data["lacking"].items()}
    assert why == {
        "rule.0": "a.jpg does not open",
        "rule.1": "it has no file that can be drawn",
        "rule.2": "its frame was not read",
    }
    assert [data["findings"][int(number)]["frame"] for number in data["pictures"]] == ["0.png", "1.png", "2.png"]
    assert data["each"] == 3  # which is what is said of the fourth


def test_page_in_a_browser_shows_each_rule_with_file_and_count_and_its_picture(tmp_path):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium here; apt install chromium to run this")
    script = (
        "<script>document.querySelectorAll('#rules tbody tr.pick')[0].click();"
        "document.body.setAttribute('data-shown', document.querySelectorAll('.shown img').length);</script></body>"
    )
    measure = (
        "<script>document.body.setAttribute('data-below', [...document.querySelectorAll('#rules tbody tr.pick')]"
        ".filter(row => row.getBoundingClientRect().bottom > window.innerHeight).length);"
    )
    page = tmp_path / "page.html"
    page.write_text(broken_page().replace("</body>", measure + script.removeprefix("<script>")), "utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,800"]
    command.append(f"--user-data-dir={tmp_path / 'profile'}")
    done = subprocess.run(
        [*command, "--dump-dom", page.as_uri()], capture_output=True, text=True, timeout=120, check=True
    )
    seen = done.stdout.partition("<script")[0].replace("<wbr>", "")
    rules = ["box2d.inverted", "category.unknown", "keypoints.visible", "media.missing", "rle.size"]
    for rule in rules:
        assert f">{rule}</button>" in seen
    assert seen.count('class="number">1</td>') == len(rules)
    assert "labels.json#/train/1/labels/0/geometry" in seen
    assert 'data-below="0"' in seen  # all of it on the first screen
    assert 'data-shown="1"' in seen
    assert "&lt;/script&gt;&lt;b&gt;dusk" in seen


@pytest.mark.parametrize("table", ["rules", "findings"])
def test_a_click_shows_the_whole_picture_however_far_down_it_is(tmp_path, table):
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium here; apt install chromium to run this")
    script = """<script>
    const links = document.querySelectorAll("#TABLE tbody tr.pick .link");
    links[links.length - 1].closest("tr").click();
    setTimeout(() => {
        const seen = document.querySelector(".shown img").getBoundingClientRect();
        document.body.setAttribute("data-seen", [seen.top >= 0, seen.bottom <= window.innerHeight, seen.height > 50]);
    }, 1000);
    </script></body>"""
    page = tmp_path / "page.html"
    page.write_text(broken_page().replace("</body>", script.replace("TABLE", table)), "utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", "--window-size=1280,800"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=4000", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert re.findall('data-seen="([^"]*)"', done.stdout) == ["true,true,true"]


def test_drawing_reads_nothing_twice_into_the_datasets_report():
    dataset = cargo.pictures().dataset()
    dataset.report = Report()
    render_html(dataset, Gathered(), RULES)
    assert dataset.report.findings == []
