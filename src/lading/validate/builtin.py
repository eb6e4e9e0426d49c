"""The rules that come with lading, brought in through the same hook as anybody's."""

from __future__ import annotations

from collections.abc import Sequence

from lading.model.report import Severity
from lading.plugin.contracts import CheckerFactory, GroupedRule, Rule
from lading.plugin.hooks import hookimpl
from lading.validate.checks.data import DataPass
from lading.validate.checks.names import NamesPass

#: The name under which these rules stand beside those of plugins.
DISTRIBUTION = "lading"


def _rule(code: str, severity: Severity, title: str, checker: CheckerFactory) -> type[GroupedRule]:
    name = code.title().replace(".", "").replace("-", "")
    body = {"code": code, "severity": severity, "title": title, "checker": checker, "__module__": __name__}
    return type(name, (GroupedRule,), body)


#: Severities are those of platform-api.md section G. Of two files of one remote path the later goes up under its full
#: path (`lading.model.naming.RemotePaths`), so neither is lost and that is a warning.
RULES: Sequence[type[GroupedRule]] = (
    _rule("segment.empty-name", "error", "a segment has a name", NamesPass),
    _rule("segment.forbidden-name", "warning", "a segment's name needs no escape on the platform", NamesPass),
    _rule("path.empty", "error", "a file has a remote path", NamesPass),
    _rule("path.duplicate", "warning", "no two files of a segment have the same remote path", NamesPass),
    _rule("path.forbidden", "warning", "a remote path needs no escape on the platform", NamesPass),
    _rule("media.missing", "error", "a file that the source names is there", DataPass),
    _rule("media.unreadable", "error", "a file has content, and a picture opens and is whole", DataPass),
    _rule("media.size-mismatch", "warning", "a picture has the size that the source declares", DataPass),
    _rule("label.undeclared-type", "error", "the catalog has the label's type", DataPass),
    _rule("label.not-finite", "error", "coordinates and numbers of a label are finite", DataPass),
    _rule("category.unknown", "error", "a label's category is in the catalog", DataPass),
    _rule("category.missing", "warning", "a label has a category where the catalog has some", DataPass),
    _rule("attribute.unknown", "error", "a label's attribute is in the catalog", DataPass),
    _rule("attribute.type", "error", "an attribute's value is of the catalog's type", DataPass),
    _rule("attribute.enum", "error", "an attribute's value is one of the catalog's", DataPass),
    _rule("attribute.range", "error", "an attribute's value lies from minimum to maximum", DataPass),
    _rule("attribute.items", "error", "the elements of an attribute's array are as the catalog says", DataPass),
    _rule("attribute.wrong-category", "error", "an attribute is given to a category that it belongs to", DataPass),
    _rule("box2d.inverted", "error", "a box has its minima below its maxima", DataPass),
    _rule("box2d.empty", "error", "a box has an area", DataPass),
    _rule("box2d.outside-image", "warning", "a box lies within its picture", DataPass),
    _rule("polygon.too-few-points", "error", "a polygon has three points or more", DataPass),
    _rule("polyline.too-few-points", "error", "a polyline has two points or more", DataPass),
    _rule("keypoints.count", "error", "keypoints are as many as the catalog says", DataPass),
)


@hookimpl
def register_rules() -> Sequence[type[Rule]]:
    """The rules that come with lading."""
    return RULES
