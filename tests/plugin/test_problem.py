"""Problems that are no label's: all that they say is in their finding."""

from __future__ import annotations

from lading.model.report import Finding, Origin
from lading.plugin.problem import Problem


def test_a_problem_that_is_no_labels_hands_on_its_spot() -> None:
    problem = Problem("acme.far", "expected near, found far", spot=(2.5, 7.0))
    found = problem.finding({"acme.far": "error"}, segment="train", frame="1", at=Origin("a.txt", line=3))
    assert found == Finding(
        rule="acme.far",
        severity="error",
        message="expected near, found far",
        segment="train",
        frame="1",
        file="a.txt",
        line=3,
        spot=(2.5, 7.0),
    )
    assert problem.finding({}) is None
