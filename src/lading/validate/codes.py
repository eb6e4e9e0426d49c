"""What codes say: those of rules, and those under which readers, sources and codecs tell themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeAlias

from lading.errors import PluginError
from lading.plugin.contracts import Reader, Rule, Told
from lading.plugin.registry import Registered, Registry
from lading.validate.engine import known_rules

#: What has severity, title, examples and fix.
Explained: TypeAlias = type[Rule] | Told

#: Codes of our subjects that no rule has: what is odd about how a catalog or sensor is written, or lies on a platform.
TOLD_BY_CODECS: Mapping[str, Told] = {
    "catalog.lexicon-text": Told(
        "warning", "a catalog's lexicon is an array, not the text of one", "Write an array of entries."
    ),
    "catalog.misspelt-type": Told("warning", "the type of a whole number is `integer`", "Write `integer`."),
    "catalog.unknown-field": Told(
        "warning", "a catalog has no fields but those of the platform", "Remove it, or correct its spelling."
    ),
    "media.not-copied": Told(
        "error",
        "a file that is to be copied can be read",
        "Look for rights and for room; then convert again with --overwrite.",
    ),
    "sensor.distortion-key": Told(
        "warning", "the distortion of a camera is called `distortionCoefficients`", "Rename the key."
    ),
    "sensor.stray-intrinsics": Told(
        "warning", "only cameras have intrinsics", "Remove them, or correct the type of the sensor."
    ),
    "sensor.type-case": Told(
        "warning",
        "the type of a sensor is written as the platform has it",
        "Write CAMERA, FISHEYE_CAMERA, LIDAR or RADAR.",
    ),
    "sensor.unknown-field": Told(
        "warning", "a sensor has no fields but those of the platform", "Remove it, or correct its spelling."
    ),
}

#: What is told of the folders and archives that a dataset lies in.
TOLD_BY_SOURCES: Mapping[str, Told] = {
    "source.broken-archive": Told("error", "an archive opens", "Download it again."),
    "source.duplicate-member": Told("warning", "an archive has each of its members once", "Pack the archive anew."),
    "source.link-broken": Told(
        "error", "a link leads to a file or folder", "Copy the file to its place, or mend the link."
    ),
    "source.link-loop": Told("warning", "a link leads to no folder that it lies in", "Remove the link."),
    "source.link-outside": Told(
        "error",
        "a link leads to a place within the source",
        "Put it there; of a folder, --follow-links reads it.",
    ),
    "source.name-encoding": Told(
        "error", "the name of a file is UTF-8", "Rename the file, or pack the archive anew with names in UTF-8."
    ),
    "source.several-selected": Told(
        "warning", "one file alone is read by its own path", "Name one of them, or the folder that has them all."
    ),
    "source.shadowed": Told(
        "warning",
        "no two places have different files of one path",
        "Rename one of them, or name the two as datasets of their own.",
    ),
    "source.special-file": Told(
        "error", "a source holds files, folders and links alone", "Remove it: pipes, sockets and devices hold no data."
    ),
    "source.trailing-bytes": Told(
        "warning", "nothing follows the end of an archive", "Download it again, or pack it anew."
    ),
    "source.unreadable": Told("error", "a folder can be read", "Give yourself the right to read it."),
    "source.unsafe-name": Told(
        "error",
        "the name of a member leads to a place within the archive",
        "Pack the archive anew, without `..` and leading slashes.",
    ),
}
#: What comes with lading and is no rule.
OTHERS: Mapping[str, Told] = {**TOLD_BY_CODECS, **TOLD_BY_SOURCES}


class ReaderCode(NamedTuple):
    """What a reader tells under a code, and the reader's name and distribution."""

    told: Told
    reader: str
    distribution: str


def reader_codes(registry: Registry | None = None) -> dict[str, ReaderCode]:
    """The codes that readers explain, sorted within each; a rule's code is the rule's.

    Raises PluginError where a reader fails to.
    """
    plugins = registry if registry is not None else Registry.load()
    rules = known_rules(plugins)
    return {
        code: ReaderCode(told, name, registered.distribution)
        for name, registered in plugins.readers.items()
        for code, told in _codes(name, registered)
        if code not in rules
    }


def _codes(name: str, registered: Registered[Reader]) -> list[tuple[str, Told]]:
    try:
        return sorted(registered.cls().codes().items())
    except Exception as exc:  # a plugin runs any code; what it raises is told under its name
        message = f"expected reader {name!r} to explain its codes, found {type(exc).__name__}: {exc}"
        raise PluginError(registered.distribution, message) from exc


def explanations(codes: Iterable[str]) -> dict[str, Explained]:
    """What is said of these codes, without those that nobody explains; readers are asked where no rule has one."""
    wanted = frozenset(codes)
    plugins = Registry.load()
    known: dict[str, Explained] = {
        code: registered.cls for code, registered in known_rules(plugins).items() if code in wanted
    }
    known |= {code: OTHERS[code] for code in wanted & OTHERS.keys()}
    if wanted - known.keys():
        known |= {code: told for code, (told, *_) in reader_codes(plugins).items() if code in wanted}
    return known
