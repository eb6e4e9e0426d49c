"""Settings from files, baselines, the page of rules."""

from __future__ import annotations

import json
import re
from pathlib import Path

import msgspec
import pytest

import lading
from lading.errors import OptionError
from lading.model.report import Finding
from lading.validate import known_rules
from lading.validate.baseline import Baseline, read_baseline
from lading.validate.builtin import RULES
from lading.validate.codes import OTHERS, TOLD_BY_CODECS, TOLD_BY_SOURCES, explanations
from lading.validate.reports.record import render_json, to_json
from lading.validate.rulebook import render_page, render_rules, rule_rows
from lading.validate.settings import Settings, find_settings, read_settings

ROOT = Path(__file__).resolve().parents[2]
OWN = """
fail-on = "warning"
max-findings = 7
baseline = "known.json"
[rules]
"box2d.outside-image" = "error"
"polygon.self-crossing" = "off"
"catalog.unused" = "on"
"""


def test_settings_of_the_nearest_file_count(tmp_path):
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    (tmp_path / "lading.toml").write_text(OWN)
    (tmp_path / "a" / "pyproject.toml").write_text("[project]\nname = 'x'\n")
    settings = find_settings(below)
    assert (settings.fail_on, settings.max_findings) == ("warning", 7)
    assert settings.baseline == tmp_path / "known.json"
    assert settings.grades() == {
        "box2d.outside-image": "error",
        "polygon.self-crossing": "off",
        "catalog.unused": "warning",
    }
    (tmp_path / "a" / "pyproject.toml").write_text("[tool.lading]\nfail_on = 'never'\n")
    assert find_settings(below).fail_on == "never"


def test_without_a_file_settings_are_those_by_default(tmp_path):
    assert find_settings(tmp_path) == Settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("fail-on = 'maybe'", r"lading\.toml: fail-on: expected 'error', 'warning' or 'never', found 'maybe'"),
        ("failon = 'error'", r"lading\.toml: expected one of fail-on, max-findings, .*, found 'failon'"),
        ("[rules]\n'box2d.empty' = 'fatal'", r"lading\.toml: rules\.box2d\.empty: expected .*, found 'fatal'"),
        ("max-findings = 0", r"lading\.toml: max-findings: expected greater than or equal to 1, found 0"),
        ("[rules", r"lading\.toml: expected TOML, found .*"),
    ],
    ids=["a wrong value", "a wrong key", "a wrong level", "too few", "no TOML"],
)
def test_wrong_settings_are_told(tmp_path, text, message):
    (tmp_path / "lading.toml").write_text(text)
    with pytest.raises(OptionError, match=message):
        find_settings(tmp_path)


def test_settings_that_are_not_there_are_told(tmp_path):
    with pytest.raises(OptionError, match=r"none\.toml: expected a settings file, found No such file or directory"):
        read_settings(tmp_path / "none.toml")
    (tmp_path / "pyproject.toml").write_text("[tool]\nlading = 3\n")
    with pytest.raises(OptionError, match=r"expected \[tool\.lading\] to be a table, found int"):
        read_settings(tmp_path / "pyproject.toml")


def test_on_is_for_rules_that_are_known():
    with pytest.raises(OptionError, match=r"rules: expected 'on' for a known rule, found 'no\.such'"):
        Settings(rules={"no.such": "on"}).grades()


def finding(line, message="m", severity="error"):
    return Finding(rule="a.b", severity=severity, message=message, file="x.txt", line=line)


def test_baseline_holds_back_what_is_known_as_often_as_it_is_known(tmp_path):
    path = tmp_path / "known.json"
    path.write_text(json.dumps(to_json([finding(1), finding(1), finding(2), finding(9)])))
    baseline = read_baseline(path)
    found = [finding(1, "other words", "warning"), finding(1), finding(1), finding(2), finding(3)]
    assert [f.line for f in baseline.new(found)] == [1, 3]
    assert (baseline.known, baseline.gone) == (3, 1)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_baseline_that_a_shell_wrote_with_names_that_are_no_unicode(tmp_path, encoding):
    found = msgspec.structs.replace(finding(1), file="caf\udce9.txt")
    (tmp_path / "known.json").write_bytes("\n".join(render_json([found, finding(2)])).encode(encoding))
    assert list(read_baseline(tmp_path / "known.json").new([finding(2), found, found])) == [found]


@pytest.mark.parametrize("text", ["[]", "{}", '{"findings": [3]}', "no JSON", '{"findings": [{"line": "x"}]}'])
def test_baseline_of_another_kind_is_told(tmp_path, text):
    (tmp_path / "known.json").write_text(text)
    with pytest.raises(OptionError, match=r"known\.json: expected a JSON report.*, found "):
        read_baseline(tmp_path / "known.json")
    with pytest.raises(OptionError, match=r"gone\.json: expected a JSON report, found No such file"):
        read_baseline(tmp_path / "gone.json")


def test_the_page_of_rules_is_made_from_their_text():
    page = (ROOT / "docs" / "rules.md").read_text("utf-8")
    assert page.splitlines() == list(render_page(RULES)), "run python -m lading.validate.rulebook > docs/rules.md"


def test_rules_are_listed():
    rows = rule_rows()
    assert {row["rule"] for row in rows} >= {rule.code for rule in RULES}
    assert set(rows[0]) == {"rule", "severity", "default", "title", "bad", "good", "fix", "distribution", "reader"}
    lines = list(render_rules())
    assert "box2d.inverted (error): a box has its minima below its maxima" in lines
    assert "catalog.unused (warning, off by default): a declared category has labels" in lines
    assert "coco.missing-id (warning, told by the reader of coco): an annotation has an id" in lines
    assert {row["reader"] for row in rows if row["rule"].startswith("box")} == {None}


@pytest.mark.parametrize(
    ("code", "end"),
    [
        ("box2d.outside", "found 'box2d.outside'; close to it is 'box2d.outside-image'"),
        ("box2.inverted", "found 'box2.inverted'; close to it is 'box2d.inverted'"),
        ("rle.x", "found 'rle.x'; close to it is 'rle.size'"),
        ("coco.bad-polygons", "found 'coco.bad-polygons'; close to it is 'coco.bad-polygon'"),
        ("voc.what", "found 'voc.what'; close to it is 'voc.shape'"),
        ("everything", "found 'everything'"),
    ],
)
def test_a_code_that_no_rule_has_is_refused(code: str, end: str) -> None:
    with pytest.raises(OptionError, match=f"^rules: expected the code of a rule, {re.escape(end)}$"):
        Settings(rules={code: "off"}).grades()


def test_codes_without_quotes_are_the_same(tmp_path):
    (tmp_path / "lading.toml").write_text(
        '[rules]\nbox2d.empty = "off"\nbox2d.inverted = "warning"\n"rle.size" = "off"\n'
    )
    rules = read_settings(tmp_path / "lading.toml").rules
    assert rules == {"box2d.empty": "off", "box2d.inverted": "warning", "rle.size": "off"}


def test_a_misspelt_code_is_told_with_its_file(tmp_path):
    path = tmp_path / "lading.toml"
    path.write_text('[rules]\n"box2d.emty" = "off"\n')
    with pytest.raises(OptionError, match=f"^{re.escape(str(path))}: rules: expected the code of a rule, found"):
        read_settings(path)


def test_codes_of_readers_and_codecs_are_graded() -> None:
    rules = dict.fromkeys(("coco.bad-polygon", "mine.odd", *OTHERS), "error")
    assert Settings(rules=rules).grades() == rules


def test_every_code_of_a_codec_that_has_no_rule_is_known() -> None:
    root = Path(lading.__file__).parent
    files = [*root.glob("model/codec/*.py"), *root.glob("plugin/*.py")]
    call = re.compile(r'(?:error|warning)\(\s*"([a-z0-9]+\.[a-z-]+)"')
    told = {code for file in files for code in call.findall(file.read_text())}
    assert told - set(known_rules()) == TOLD_BY_CODECS.keys()
    written = "".join(file.read_text() for file in root.glob("source/*.py"))
    assert set(re.findall(r'"(source\.[a-z-]+)"', written)) == TOLD_BY_SOURCES.keys()
    assert explanations(OTHERS) == OTHERS


def test_a_finding_that_moved_is_known() -> None:
    one = Finding(rule="box2d.empty", severity="error", message="found 3", frame="7", pointer="/annotations/1")
    baseline = Baseline([one])
    moved = msgspec.structs.replace(one, pointer="/annotations/2")
    again = msgspec.structs.replace(one, pointer="/annotations/3")
    assert list(baseline.new([moved, again])) == [again]
    assert (baseline.known, baseline.gone) == (1, 0)
