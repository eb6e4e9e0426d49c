"""The reports."""

from __future__ import annotations

import json

import pytest

from lading.model.report import Finding
from lading.validate.reports.record import render_json, to_json
from lading.validate.reports.text import render_text


def finding(rule="box2d.inverted", severity="error", message="m", **where):
    return Finding(rule=rule, severity=severity, message=message, **where)


def test_text_is_a_line_a_finding_and_a_summary():
    lines = list(
        render_text(
            [
                finding(file="a.json", pointer="/annotations/17/bbox"),
                finding("kitti.columns", "warning", "n", file="label_2/000012.txt", line=3),
                finding("segment.forbidden-name", "warning", "o", segment="v1.0"),
                finding("reader.odd", "warning", "p"),
            ]
        )
    )
    assert lines == [
        "a.json#/annotations/17/bbox: error box2d.inverted: m",
        "label_2/000012.txt:3: warning kitti.columns: n",
        "v1.0: warning segment.forbidden-name: o",
        "warning reader.odd: p",
        "1 error, 3 warnings",
    ]


def test_text_shows_the_first_of_each_rule_and_counts_the_rest():
    many = [finding(message=str(i)) for i in range(1_015)] + [finding("box2d.empty", message="x")]
    lines = list(render_text(many, limit=3))
    assert lines == [
        "error box2d.inverted: 0",
        "error box2d.inverted: 1",
        "error box2d.inverted: 2",
        "error box2d.empty: x",
        "... and 1,012 more of box2d.inverted",
        "1,016 errors, 0 warnings",
    ]
    assert len(list(render_text(many, limit=None))) == 1_017


def test_text_comes_while_findings_come():
    def endless():
        while True:
            yield finding()

    assert next(render_text(endless())) == "error box2d.inverted: m"


def test_text_keeps_a_finding_on_one_line():
    lines = list(render_text([finding(message="found 'a\nb\x1b[31m'", file="x\ny")]))
    assert lines[0] == "x\\ny: error box2d.inverted: found 'a\\nb\\x1b[31m'"


def test_text_of_nothing():
    assert list(render_text([])) == ["nothing wrong"]


def test_json_has_exactly_the_keys_of_the_contract():
    one = finding(segment="train", frame="7", file="a.json", pointer="/annotations/17/bbox")
    assert to_json([one, finding("x.y", "warning", "n", file="b.txt", line=3, sensor="cam")]) == {
        "schemaVersion": 1,
        "summary": {"error": 1, "warning": 1},
        "findings": [
            {
                "rule": "box2d.inverted",
                "severity": "error",
                "segment": "train",
                "frame": "7",
                "sensor": None,
                "file": "a.json",
                "pointer": "/annotations/17/bbox",
                "line": None,
                "message": "m",
            },
            {
                "rule": "x.y",
                "severity": "warning",
                "segment": None,
                "frame": None,
                "sensor": "cam",
                "file": "b.txt",
                "pointer": None,
                "line": 3,
                "message": "n",
            },
        ],
    }


@pytest.mark.parametrize("count", [0, 1, 3])
def test_json_is_laid_out_as_by_pythons_encoder(count):
    findings = [finding(frame=str(i), file='a "b".json', line=i, message="expected \u00e9\n") for i in range(count)]
    assert "\n".join(render_json(findings)) == json.dumps(to_json(findings), indent=2)


def test_json_is_ascii_whatever_the_names_are():
    findings = [finding(message="ü", file="bad\udcff.png")]
    assert json.loads("\n".join(render_json(findings))) == to_json(findings)
