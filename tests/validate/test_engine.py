"""The engine: which rules run, in which order findings come, and what a bad plugin leads to."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import pytest

from lading.errors import DuplicatePluginError, OptionError, PluginError, RecordError
from lading.model.dataset import WHOLE, MemoryDataset, Part
from lading.model.frame import Frame
from lading.model.label import Box2D
from lading.model.report import Finding, Report
from lading.plugin.contracts import BlockChecker, Checker, GroupedRule, Rule
from lading.plugin.hooks import hookimpl
from lading.plugin.registry import Registry
from lading.validate import builtin, known_rules, validate

INVERTED = Box2D(10, 10, 5, 20, origin=0)


class Counting(Checker):
    """Says how many labels it has seen, at the end."""

    def __init__(self) -> None:
        self.labels = 0

    def frame(self, segment, frame):
        self.labels += sum(len(data.labels) for data in frame.data)
        return ()

    def finish(self):
        yield Finding(rule="mine.count", severity="warning", message=str(self.labels))


class CountRule(Rule):
    code = "mine.count"
    severity = "warning"
    title = "tells the labels"

    def start(self, dataset, catalog):
        return Counting()


def registry_of(*rules, name="mine"):
    class Plugin:
        @staticmethod
        @hookimpl
        def register_rules():
            return list(rules)

    return Registry.load([(Plugin(), name, "1.0")])


def rule_that(frame, *, code="mine.rule", start=None, is_default=True):
    class Bad(Checker):
        def frame(self, segment, given):
            return frame(given)

    def begin(self, dataset, catalog):
        return Bad() if start is None else start()

    body = {"code": code, "severity": "error", "title": "t", "is_default": is_default, "start": begin}
    return type("BadRule", (Rule,), body)


class Telling(MemoryDataset):
    """Reports a finding and a loss while it reads each frame; `fails_after` frames it gives up."""

    fails_after = 99

    def frames(self, segment: str, part: Part = WHOLE, report: Report | None = None) -> Iterator[Frame]:
        heard = report if report is not None else self.report
        for index, frame in enumerate(super().frames(segment, part)):
            heard.warning("reader.odd", f"frame {index}", frame=frame.key)
            heard.loss("licences", "CC-BY")
            if index == self.fails_after:
                raise RecordError("a.json", expected="a record", found="half of one")
            yield frame


def telling(data, count=2):
    frames = [Frame(key=str(i), data=[data(INVERTED, path=f"{i}.png")]) for i in range(count)]
    one = Telling("x", {"train": frames})
    one.report.warning("reader.opening", "an odd header")
    return one


def test_findings_come_from_opening_then_reader_and_rules_frame_by_frame(data):
    assert [(f.rule, f.frame) for f in validate(telling(data))] == [
        ("reader.opening", None),
        ("reader.odd", "0"),
        ("box2d.inverted", "0"),
        ("reader.odd", "1"),
        ("box2d.inverted", "1"),
    ]


def test_findings_come_while_frames_are_read(data):
    pulled = []

    class Watched(MemoryDataset):
        def frames(self, segment, part=WHOLE, report=None):
            for frame in super().frames(segment, part):
                pulled.append(frame.key)
                yield frame

    frames = [Frame(key=str(i), data=[data(INVERTED, path=f"{i}.png")]) for i in range(5)]
    findings = validate(Watched("x", {"train": frames}))
    assert pulled == []
    assert next(findings).frame == "0"
    assert pulled == ["0"]


def test_what_the_reader_said_before_it_gave_up_is_not_lost(data):
    one = telling(data)
    one.fails_after = 1
    findings = validate(one)
    assert [next(findings).rule for _ in range(4)] == ["reader.opening", "reader.odd", "box2d.inverted", "reader.odd"]
    with pytest.raises(RecordError, match=r"a\.json: expected a record, found half of one"):
        next(findings)


def test_validating_twice_finds_the_same_and_leaves_the_datasets_report_alone(data):
    one = telling(data)
    assert list(validate(one)) == list(validate(one))
    assert [f.rule for f in one.report.findings] == ["reader.opening"]


def test_losses_go_to_the_report_that_is_given(data):
    report = Report()
    list(validate(telling(data), report=report))
    assert [(loss.what, loss.count) for loss in report.losses] == [("licences", 2)]


def test_findings_that_the_opening_report_did_not_keep_are_told(dataset):
    one = dataset()
    one.report = Report(limit=2)
    for i in range(5):
        one.report.error("reader.id", f"row {i}")
    assert [(f.rule, f.severity, f.message) for f in validate(one, rules=[])] == [
        ("reader.id", "error", "row 0"),
        ("reader.id", "error", "row 1"),
        ("reader.id", "error", "expected all findings to be kept, found 3 more than the report holds"),
    ]


def test_parts_share_the_frames_and_opening_is_told_once(data):
    one = telling(data, count=5)
    shares = [[(f.rule, f.frame) for f in validate(one, part=(k, 2), rules=[])] for k in (1, 2)]
    assert shares == [
        [("reader.opening", None), ("reader.odd", "0"), ("reader.odd", "1")],
        [("reader.odd", "2"), ("reader.odd", "3"), ("reader.odd", "4")],
    ]


def test_only_the_rules_that_are_asked_for_run(dataset, data):
    one = dataset(data(INVERTED, Box2D(0, 0, 0, 1)), segment="a.b")
    assert [f.rule for f in validate(one, rules=["box2d.empty"])] == ["box2d.empty"]
    assert [f.rule for f in validate(one, rules=["segment.forbidden-name"])] == ["segment.forbidden-name"]


def test_rules_are_graded_anew_and_switched_off(data):
    grades = {"box2d.inverted": "warning", "reader.odd": "error", "reader.opening": "off"}
    found = {(f.rule, f.severity) for f in validate(telling(data), severities=grades)}
    assert found == {("box2d.inverted", "warning"), ("reader.odd", "error")}
    assert not [f for f in validate(telling(data), severities={"box2d.inverted": "off"}) if f.rule == "box2d.inverted"]


def test_rule_that_is_off_by_default_is_switched_on_by_a_grade_or_by_name(dataset, data):
    def says(frame):
        return [Finding(rule="mine.rule", severity="error", message="m")]

    registry = registry_of(rule_that(says, is_default=False))
    one = dataset(data())
    assert list(validate(one, registry=registry)) == []
    assert [f.severity for f in validate(one, registry=registry, severities={"mine.rule": "warning"})] == ["warning"]
    assert [f.severity for f in validate(one, registry=registry, rules=["mine.rule"])] == ["error"]


def test_unknown_rule_is_an_option_error_at_once(dataset):
    with pytest.raises(OptionError, match=r"rules: expected codes out of .*, found 'box2d\.invertd'"):
        validate(dataset(), rules=["box2d.invertd"])


def test_unknown_grade_is_an_option_error_at_once(dataset):
    with pytest.raises(OptionError, match=r"box2d\.empty: expected one of error, warning, off, found 'fatal'"):
        validate(dataset(), severities={"box2d.empty": "fatal"})


def test_rule_of_a_plugin_runs_beside_ours(dataset, data):
    one = dataset(data(INVERTED), data(INVERTED, path="b.png"))
    findings = list(validate(one, registry=registry_of(CountRule)))
    assert [(f.rule, f.message) for f in findings if f.rule == "mine.count"] == [("mine.count", "2")]
    assert [f.rule for f in findings].count("box2d.inverted") == 2


def test_ours_come_from_the_hook_like_anybodys(dataset, data):
    registry = Registry.load([(builtin, builtin.DISTRIBUTION, "0")])
    ours = [code for code, known in registry.rules.items() if known.distribution == builtin.DISTRIBUTION]
    assert ours == [rule.code for rule in builtin.RULES]
    assert [f.rule for f in validate(dataset(data(INVERTED)), registry=registry)] == ["box2d.inverted"]


def test_rules_of_one_checker_share_one_pass(dataset, data):
    started = []

    class Shared(Checker):
        def __init__(self, dataset, catalog, severities):
            started.append(dict(severities))

        def frame(self, segment, frame):
            return ()

    def grouped(code):
        return type("G", (GroupedRule,), {"code": code, "severity": "error", "title": "t", "checker": Shared})

    registry = registry_of(grouped("mine.a"), grouped("mine.b"), grouped("mine.c"))
    list(validate(dataset(data()), registry=registry, severities={"mine.b": "warning", "mine.c": "off"}))
    assert started == [{"mine.a": "error", "mine.b": "warning"}]


def test_every_grouped_rule_of_ours_starts_alone(dataset, data):
    one = dataset(data(INVERTED))
    for rule in builtin.RULES:
        findings = list(rule().start(one, one.catalog).frame(one.segments[0], next(one.frames("train"))))
        assert [f.rule for f in findings] == (["box2d.inverted"] if rule.code == "box2d.inverted" else [])


def explode(frame):
    raise ZeroDivisionError("by nought")


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (rule_that(explode), "expected rule 'mine.rule' to judge any data, found ZeroDivisionError: by nought"),
        (rule_that(lambda frame: None), "expected rule 'mine.rule' to judge any data, found TypeError"),
        (rule_that(lambda frame: ["bad"]), "expected rule 'mine.rule' to give findings, found str"),
        (rule_that(None, start=lambda: explode(None)), "expected rule 'mine.rule' to start, found ZeroDivisionError"),
        (rule_that(None, start=lambda: 3), "expected rule 'mine.rule' to start a Checker, found int"),
    ],
    ids=["raises", "gives None", "gives text", "raises at the start", "starts no checker"],
)
def test_bad_rule_is_an_error_that_names_its_distribution(dataset, data, rule, message):
    with pytest.raises(PluginError) as caught:
        list(validate(dataset(data()), registry=registry_of(rule, name="acme-rules")))
    assert caught.value.distribution == "acme-rules"
    assert str(caught.value).startswith(f"acme-rules: {message}")


def test_error_of_the_caller_is_not_taken_for_the_rules(dataset, data):
    findings = validate(dataset(data(INVERTED)))
    next(findings)
    with pytest.raises(ZeroDivisionError):
        findings.throw(ZeroDivisionError())


def test_rule_with_a_code_of_ours_is_an_error_that_names_both(dataset):
    registry = registry_of(rule_that(explode, code="box2d.empty"), name="acme-rules")
    with pytest.raises(DuplicatePluginError, match=r"'box2d\.empty', found two, in lading and acme-rules"):
        validate(dataset(), registry=registry)


def test_broken_plugin_is_told_in_the_log(dataset, caplog):
    class Plugin:
        @staticmethod
        @hookimpl
        def register_rulez():
            return []

    with caplog.at_level(logging.WARNING, logger="lading"):
        list(validate(dataset(), registry=Registry.load([(Plugin(), "acme-rules", "1")])))
    assert "acme-rules: expected hooks out of" in caplog.text


def test_codes_and_titles_have_one_shape():
    known = known_rules(Registry())
    assert list(known) == [rule.code for rule in builtin.RULES]
    for code, registered in known.items():
        subject, _, problem = code.partition(".")
        assert subject.isalnum()
        assert problem.replace("-", "").isalpha()
        assert registered.cls.title
        assert registered.cls.severity in ("error", "warning")
        assert registered.distribution == "lading"


class Gathering(Checker):
    """Speaks of every frame of a segment when that is over."""

    def __init__(self):
        self.keys = []

    def frame(self, segment, frame):
        self.keys.append(frame.key)
        return ()

    def settle(self, segment):
        keys, self.keys = self.keys, []
        yield Finding(rule="mine.all", severity="warning", message=",".join(keys), segment=segment.name)


def test_what_a_checker_gathers_is_asked_for_at_the_end_of_a_segment(data):
    def start(self, dataset, catalog):
        return Gathering()

    rule = type("All", (Rule,), {"code": "mine.all", "severity": "warning", "title": "t", "start": start})
    frames = {name: [Frame(key=f"{name}{i}", data=[]) for i in range(2)] for name in ("a", "b")}
    one = MemoryDataset("x", frames)
    registry = registry_of(rule)
    found = [f.message for f in validate(one, rules=["mine.all"], registry=registry)]
    assert found == ["a0,a1", "b0,b1"]
    assert [f.message for f in validate(one, rules=["mine.all"], registry=registry, part=(2, 2))] == ["a1", "b1"]


def test_progress_hears_the_total_where_every_segment_knows_its_count(data):
    heard = []
    frames = [Frame(key=str(i), data=[]) for i in range(120)]
    list(validate(MemoryDataset("x", {"a": frames}), progress=lambda done, total: heard.append((done, total))))
    assert heard == [(50, 120), (100, 120)]


class Together(BlockChecker):
    """Says of each frame with which others it was looked at; `fails` where there are as many."""

    fails = 0
    off = 0
    sizes = ()

    def __init__(self, dataset, catalog, severities):
        pass

    def frames(self, segment, frames):
        self.sizes += (len(frames),)
        for number, frame in reversed(list(enumerate(frames))):
            message = f"{frame.key} of {len(frames)}"
            yield number + self.off, Finding(rule="mine.block", severity="warning", message=message, frame=frame.key)
        if len(frames) == self.fails:
            raise ZeroDivisionError("by nought")


def together(**changes):
    checker = type("Changed", (Together,), changes)
    body = {"code": "mine.block", "severity": "warning", "title": "t", "checker": checker}
    return registry_of(type("BlockRule", (GroupedRule,), body), name="acme-rules")


def many(data, count, labels=1):
    """Frames of inverted boxes; the reader says something before each of them."""
    frames = [Frame(key=str(i), data=[data(*[INVERTED] * labels, path=f"{i}.png")]) for i in range(count)]
    one = Telling("x", {"train": frames})
    one.fails_after = count
    return one


def test_frames_that_are_looked_at_together_are_told_in_their_order(data):
    found = validate(many(data, 5), rules=["mine.block", "box2d.inverted"], registry=together())
    assert [(f.rule, f.frame, f.message.partition(" of ")[2]) for f in found if f.rule != "box2d.inverted"] == [
        ("reader.odd", "0", ""),
        ("mine.block", "0", "1"),
        ("reader.odd", "1", ""),
        ("mine.block", "1", "2"),
        ("reader.odd", "2", ""),
        ("mine.block", "2", "2"),
        ("reader.odd", "3", ""),
        ("mine.block", "3", "2"),
        ("reader.odd", "4", ""),
        ("mine.block", "4", "2"),
    ]


def test_rules_that_look_at_frames_together_stand_in_each_frame_where_others_do(data):
    one = many(data, 3)
    found = list(validate(one, rules=["mine.block", "box2d.inverted"], registry=together()))
    rules = ["reader.odd", "box2d.inverted", "mine.block"]
    assert [(f.rule, f.frame) for f in found] == [(rule, str(i)) for i in range(3) for rule in rules]


def test_few_frames_are_looked_at_together_where_they_have_many_labels(data):
    def sizes(dataset):
        met = []
        list(validate(dataset, rules=["mine.block"], registry=together(sizes=met)))
        return met

    assert sizes(many(data, 600)) == [1, 2, 4, 8, 16, 32, 64, 128, 256, 89]
    assert sizes(many(data, 200, labels=100)) == [1, 2, 4, 8, 16, 32, 41, 41, 41, 14]
    assert sizes(many(data, 3, labels=5_000)) == [1, 1, 1]
    both = MemoryDataset("x", {"a": [Frame(key="a", data=[])] * 5, "b": [Frame(key="b", data=[])] * 9})
    assert sizes(both) == [1, 2, 2, 8, 1]


def test_one_frame_is_asked_for_by_itself_of_a_checker_of_many(data):
    one = many(data, 1)
    checker = Together(one, one.catalog, {})
    assert [f.message for f in checker.frame(one.segments[0], next(one.frames("train")))] == ["0 of 1"]


def test_what_was_found_before_the_reader_gave_up_is_not_lost(data):
    one = many(data, 30)
    one.fails_after = 25
    findings = validate(one, rules=["box2d.inverted"])
    told = [next(findings) for _ in range(51)]
    assert [f.frame for f in told] == [*(str(i) for i in range(25) for _ in "rb"), "25"]
    with pytest.raises(RecordError, match="found half of one"):
        next(findings)


def test_what_was_found_before_a_rule_failed_is_not_lost(data):
    def fails(frame):
        return explode(frame) if frame.key == "21" else [Finding(rule="mine.rule", severity="error", message=frame.key)]

    findings = validate(many(data, 30), rules=["box2d.inverted", "mine.rule"], registry=registry_of(rule_that(fails)))
    told = []
    with pytest.raises(PluginError, match="found ZeroDivisionError: by nought"):
        told.extend(iter(findings))
    assert [f.rule for f in told] == [*["reader.odd", "box2d.inverted", "mine.rule"] * 21, "reader.odd"]


def test_what_others_found_in_frames_is_not_lost_where_a_rule_fails_that_looks_at_them_together(data):
    told = []
    with pytest.raises(PluginError, match=r"^acme-rules: expected rule 'mine\.block' to judge any data, found Zero"):
        told.extend(validate(many(data, 30), rules=["box2d.inverted", "mine.block"], registry=together(fails=8)))
    assert [f.frame for f in told if f.rule == "box2d.inverted"] == [str(i) for i in range(15)]


def test_rule_that_tells_of_a_frame_that_it_was_not_given_is_an_error(data):
    with pytest.raises(PluginError, match=r"expected rule 'mine\.block' to name one of 1 frames, found 7"):
        list(validate(many(data, 1), rules=["mine.block"], registry=together(off=7)))


def test_the_rule_that_failed_first_is_the_one_that_is_told(data):
    def fails_at(key, code):
        return rule_that(lambda frame: explode(frame) if frame.key == key else (), code=code)

    registry = registry_of(fails_at("14", "mine.later"), fails_at("9", "mine.first"))
    with pytest.raises(PluginError, match=r"rule 'mine\.first'"):
        list(validate(many(data, 30), rules=["mine.later", "mine.first"], registry=registry))
