"""What codes say: those of rules, and those under which readers and codecs tell themselves."""

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
    "catalog.lexicon-text": Told("warning", "a catalog's lexicon is an array, not the text of one"),
    "catalog.misspelt-type": Told("warning", "the type of a whole number is `integer`"),
    "catalog.unknown-field": Told("warning", "a catalog has no fields but those of the platform"),
    "media.not-copied": Told("error", "a file that is to be copied can be read"),
    "sensor.distortion-key": Told("warning", "the distortion of a camera is called `distortionCoefficients`"),
    "sensor.stray-intrinsics": Told("warning", "only cameras have intrinsics"),
    "sensor.type-case": Told("warning", "the type of a sensor is written as the platform has it"),
    "sensor.unknown-field": Told("warning", "a sensor has no fields but those of the platform"),
}


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
    known |= {code: TOLD_BY_CODECS[code] for code in wanted & TOLD_BY_CODECS.keys()}
    if wanted - known.keys():
        known |= {code: told for code, (told, *_) in reader_codes(plugins).items() if code in wanted}
    return known
