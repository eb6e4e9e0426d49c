"""Settings of a check: `lading.toml`, or the table `[tool.lading]` of a `pyproject.toml`.

fail-on = "warning"            # error, warning, never
max-findings = 1000
baseline = "known.json"        # a JSON report; below the folder of this file
catalog = "catalog.json"

[rules]
"box2d.outside-image" = "error"    # error, warning, off, on
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from lading.errors import OptionError
from lading.plugin.contracts import Rule
from lading.plugin.registry import Registered, Registry
from lading.validate.builtin import DISTRIBUTION
from lading.validate.codes import OTHERS, reader_codes
from lading.validate.engine import known_rules
from lading.validate.running import Grade

FailOn = Literal["error", "warning", "never"]

#: `on` is the rule's own level.
_Switch = Literal["error", "warning", "off", "on"]

_OWN_FILE, _SHARED_FILE = "lading.toml", "pyproject.toml"


class Settings(BaseModel):
    """How a check is done. Paths are absolute, or relative to where the process runs."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=lambda name: name.replace("_", "-"),
        validate_by_name=True,
        defer_build=True,  # most runs have no file of settings
    )

    fail_on: FailOn = "error"
    max_findings: int | None = Field(default=None, ge=1)
    baseline: Path | None = None
    catalog: Path | None = None
    rules: Mapping[str, _Switch] = {}

    def grades(self, registry: Registry | None = None) -> dict[str, Grade]:
        """The severities as `validate` takes them.

        Raises OptionError for a code that nothing has, where it cannot be that of a reader which explains none, and for
        `on` with what is no rule.
        """
        plugins = registry
        if self.rules and plugins is None:
            plugins = Registry.load()
        known = known_rules(plugins) if self.rules else {}
        told = [*OTHERS, *(reader_codes(plugins) if self.rules.keys() - known.keys() else ())]
        grades: dict[str, Grade] = {}
        for code, switch in self.rules.items():
            if code in known:
                grades[code] = known[code].cls.severity if switch == "on" else switch
            elif switch == "on":
                raise OptionError(f"rules: expected 'on' for a known rule, found {code!r}{_closest(code, known)}")
            else:
                _check_code(code, known, told)
                grades[code] = switch
        return grades


def _check_code(code: str, rules: Mapping[str, Registered[Rule]], told: Collection[str]) -> None:
    """Refuse a code that is misspelt; a reader that explains no codes may tell any that is near to no other."""
    if code in told:
        return
    ours = [each for each, rule in rules.items() if rule.distribution == DISTRIBUTION]
    subjects = {each.partition(".")[0] for each in (*ours, *told)}
    known = [*rules, *told]
    is_near = bool(get_close_matches(code, known, n=1, cutoff=0.85))
    if code.partition(".")[0] in subjects or "." not in code or is_near:
        raise OptionError(f"rules: expected the code of a rule, found {code!r}{_closest(code, known)}")


def _closest(code: str, known: Collection[str]) -> str:
    found = get_close_matches(code, known, n=1, cutoff=0.6)
    return f"; close to it is {found[0]!r}" if found else ""


def find_settings(folder: Path) -> Settings:
    """The settings of the nearest file at or above a folder, or those by default. Raises OptionError."""
    for place in (folder.resolve(), *folder.resolve().parents):
        own = place / _OWN_FILE
        if own.is_file():
            return read_settings(own)
        shared = place / _SHARED_FILE
        if shared.is_file() and "lading" in _tools(shared):
            return read_settings(shared)
    return Settings.model_construct()  # nothing to check, and so nothing to build for it


def read_settings(path: Path) -> Settings:
    """The settings in a file; a `pyproject.toml` has them in `[tool.lading]`. Raises OptionError."""
    table = _tools(path).get("lading", {}) if path.name == _SHARED_FILE else _table(path)
    if not isinstance(table, dict):
        raise OptionError(f"{path}: expected [tool.lading] to be a table, found {type(table).__name__}")
    table = {name.replace("_", "-"): value for name, value in table.items()}
    if isinstance(table.get("rules"), dict):
        table["rules"] = _flat(table["rules"])
    try:
        settings = Settings.model_validate(table)
        settings.grades()
    except ValidationError as exc:
        raise OptionError(f"{path}: {_tell(exc, table)}") from exc
    except OptionError as exc:
        raise OptionError(f"{path}: {exc}") from exc
    beside = {
        name: path.parent / value for name in ("baseline", "catalog") if (value := getattr(settings, name)) is not None
    }
    return settings.model_copy(update=beside)


def _flat(rules: Mapping[str, Any]) -> dict[str, Any]:
    """Codes without quotes are tables in TOML: `box2d.inverted = "off"` says the same as `"box2d.inverted" = "off"`."""
    flat: dict[str, Any] = {}
    for name, value in rules.items():
        flat |= {f"{name}.{key}": each for key, each in value.items()} if isinstance(value, dict) else {name: value}
    return flat


def _table(path: Path) -> dict[str, Any]:
    try:
        with path.open("rb") as stream:
            return tomllib.load(stream)
    except OSError as exc:
        raise OptionError(f"{path}: expected a settings file, found {exc.strerror}") from exc
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as exc:
        raise OptionError(f"{path}: expected TOML, found {' '.join(str(exc).split())}") from exc


def _tools(path: Path) -> dict[str, Any]:
    tools = _table(path).get("tool", {})
    return tools if isinstance(tools, dict) else {}


def _tell(exc: ValidationError, table: Mapping[str, Any]) -> str:
    problem = exc.errors()[0]
    place = ".".join(str(token) for token in problem["loc"])
    if problem["type"] == "extra_forbidden":
        known = ", ".join(name.replace("_", "-") for name in Settings.model_fields)
        return f"expected one of {known}, found {place!r}"
    expected = problem["msg"].removeprefix("Input should be ")
    return f"{place}: expected {expected[0].lower()}{expected[1:]}, found {problem['input']!r}"
