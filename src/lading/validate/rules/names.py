"""Rules of names and paths (platform-api.md G1)."""

from __future__ import annotations

from collections.abc import Sequence

from lading.plugin.contracts import GroupedRule
from lading.validate.checks.names import NamesPass
from lading.validate.rules.make import rule

#: Of two files of one remote path the later goes up under its full path (`lading.model.naming.RemotePaths`), so
#: neither is lost and that is a warning.
RULES: Sequence[type[GroupedRule]] = (
    rule(
        "dataset.empty-name",
        "error",
        NamesPass,
        "a dataset has a name",
        bad='name: ""',
        good='name: "harbour"',
        fix="Name the folder or archive that the dataset lies in.",
    ),
    rule(
        "dataset.forbidden-name",
        "warning",
        NamesPass,
        "a dataset's name has none of : @ #",
        bad="harbour@night",
        good="harbour-night",
        fix="Rename it; these characters separate the parts of a resource name on the platform.",
    ),
    rule(
        "segment.empty-name",
        "error",
        NamesPass,
        "a segment has a name",
        bad='segment ""',
        good='segment "train"',
        fix="Name the split, scene or drive.",
    ),
    rule(
        "segment.duplicate-name",
        "error",
        NamesPass,
        "no two segments have the same name",
        bad="segments train, train",
        good="segments train, val",
        fix="Rename one of them, or join them.",
    ),
    rule(
        "segment.forbidden-name",
        "warning",
        NamesPass,
        "a segment's name needs no escape on the platform",
        bad="v1.0",
        good="v1-0",
        fix="Rename it without . : @ # % \\ and control characters; else it goes up escaped.",
    ),
    rule(
        "path.empty",
        "error",
        NamesPass,
        "a file has a remote path",
        bad='file_name: ""',
        good='file_name: "000001.jpg"',
        fix="Name the file in its record.",
    ),
    rule(
        "path.duplicate",
        "warning",
        NamesPass,
        "no two files of a segment have the same remote path",
        bad="a/1.jpg and b/1.jpg, both called 1.jpg",
        good="called a/1.jpg and b/1.jpg",
        fix="Keep the folder in the name, or remove the record that comes twice.",
    ),
    rule(
        "path.forbidden",
        "warning",
        NamesPass,
        "a remote path needs no escape on the platform",
        bad="images\\1.jpg",
        good="images/1.jpg",
        fix="Write paths with /, relative, without . and .. and control characters; else they go up escaped.",
    ),
)
