"""Finds plugins, takes what they bring, and says which of them are broken."""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from functools import cached_property
from importlib import metadata
from typing import Any, Generic, TypeVar

import msgspec
import pluggy

from lading.errors import BrokenPluginError, DuplicatePluginError, PluginError, UnknownFormatError
from lading.plugin import hooks
from lading.plugin.contracts import Options, Reader, Rule, Writer

_Kind = TypeVar("_Kind", Reader, Writer, Rule)


class Registered(msgspec.Struct, Generic[_Kind], frozen=True):
    """A class that a plugin brought, and the distribution it came in."""

    cls: type[_Kind]
    distribution: str
    version: str


class Broken(msgspec.Struct, frozen=True):
    """A plugin that cannot be used, and why."""

    distribution: str
    error: PluginError


class _Plugin(msgspec.Struct, frozen=True):
    module: Any
    distribution: str
    version: str


class Registry:
    """Readers, writers and rules by name; what is broken stays out and is listed.

    A plugin is asked for its readers when readers are wanted, and so on: who checks a dataset imports no writer.
    """

    def __init__(self) -> None:
        self._manager = pluggy.PluginManager(hooks.GROUP)
        self._manager.add_hookspecs(hooks)
        self._plugins: list[_Plugin] = []
        self._unusable: list[Broken] = []
        self._failures: dict[str, list[Broken]] = {}  # by kind
        self._ambiguous: dict[tuple[str, str], DuplicatePluginError] = {}  # by kind and name

    @classmethod
    def load(cls, plugins: Iterable[tuple[Any, str, str]] = ()) -> Registry:
        """What the installed distributions bring, and the plugin objects given as (object, name, version)."""
        registry = cls()
        found = [_Plugin(*plugin) for plugin in plugins]
        found += registry._installed()
        for plugin in found:
            try:
                registry._register(plugin)
            except PluginError as exc:
                registry._unusable.append(Broken(plugin.distribution, exc))
        return registry

    @cached_property
    def readers(self) -> dict[str, Registered[Reader]]:
        """The readers by name."""
        return self._gather("readers", Reader, "name")

    @cached_property
    def writers(self) -> dict[str, Registered[Writer]]:
        """The writers by name."""
        return self._gather("writers", Writer, "name")

    @cached_property
    def rules(self) -> dict[str, Registered[Rule]]:
        """The rules of plugins by code."""
        return self._gather("rules", Rule, "code")

    @property
    def broken(self) -> list[Broken]:
        """What cannot be used, of any kind."""
        return [*self._unusable, *self._failed("readers"), *self._failed("writers"), *self._failed("rules")]

    @property
    def without_rules(self) -> list[Broken]:
        """What is broken so that its rules are left out."""
        return [*self._unusable, *self._failed("rules")]

    def reader(self, name: str) -> Reader:
        """A reader by its name. Raises UnknownFormatError, or DuplicatePluginError where two have it."""
        known = self.readers
        if ("readers", name) in self._ambiguous:
            raise self._ambiguous["readers", name]
        if name not in known:
            raise UnknownFormatError(name, sorted(known))
        return known[name].cls()

    def writer(self, name: str) -> Writer:
        """A writer by its name. Raises UnknownFormatError, or DuplicatePluginError where two have it."""
        known = self.writers
        if ("writers", name) in self._ambiguous:
            raise self._ambiguous["writers", name]
        if name not in known:
            raise UnknownFormatError(name, sorted(known), option="--to")
        return known[name].cls()

    def _installed(self) -> list[_Plugin]:
        plugins = []
        for point in sorted(metadata.entry_points(group=hooks.GROUP), key=lambda p: (p.name, p.value)):
            distribution = point.dist.name if point.dist is not None else point.value
            version = point.dist.version if point.dist is not None else ""
            try:
                module = point.load()
            except Exception as exc:  # noqa: BLE001  an import runs any code; it is kept as broken and shown
                error = BrokenPluginError(distribution, f"expected {point.value!r} to import, found {_tell(exc)}")
                error.__cause__ = exc
                self._unusable.append(Broken(distribution, error))
                continue
            plugins.append(_Plugin(module, distribution, version))
        return plugins

    def _register(self, plugin: _Plugin) -> None:
        _check_hook_names(plugin)
        try:
            self._manager.register(plugin.module, name=f"{plugin.distribution}:{id(plugin.module)}")
        except (pluggy.PluginValidationError, ValueError) as exc:
            message = f"expected hooks of the documented form, found {' '.join(str(exc).split())}"
            raise BrokenPluginError(plugin.distribution, message) from exc
        self._plugins.append(plugin)

    def _gather(self, what: str, base: type[Any], key: str) -> dict[str, Registered[Any]]:
        """Ask every plugin for its classes of a kind."""
        known: dict[str, Registered[Any]] = {}
        failures = self._failures[what] = []
        for plugin in self._plugins:
            try:
                classes = _call(self._manager, plugin, f"register_{what}", base, key)
            except PluginError as exc:
                failures.append(Broken(plugin.distribution, exc))
                continue
            for name, cls in classes:
                self._add(known, name, Registered(cls, plugin.distribution, plugin.version), what)
        return known

    def _failed(self, what: str) -> list[Broken]:
        getattr(self, what)  # asks the plugins, where nobody has
        return self._failures[what]

    def _add(self, known: dict[str, Registered[Any]], name: str, one: Registered[Any], what: str) -> None:
        failures = self._failures[what]
        if (what, name) in self._ambiguous:
            failures.append(Broken(one.distribution, self._ambiguous[what, name]))
        elif name in known:
            first = known.pop(name)
            both = f"{first.distribution} and {one.distribution}"
            message = f"expected one of the {what} to be named {name!r}, found two, in {both}"
            error = self._ambiguous[what, name] = DuplicatePluginError(one.distribution, message)
            failures += [Broken(first.distribution, error), Broken(one.distribution, error)]
        else:
            known[name] = one


def _check_hook_names(plugin: _Plugin) -> None:
    specified = {name for name, _ in inspect.getmembers(hooks, lambda f: hasattr(f, f"{hooks.GROUP}_spec"))}
    implemented = {name for name, _ in inspect.getmembers(plugin.module, lambda f: hasattr(f, f"{hooks.GROUP}_impl"))}
    for name in sorted(implemented - specified):
        known = ", ".join(sorted(specified))
        raise BrokenPluginError(plugin.distribution, f"expected hooks out of {known}, found {name!r}")


def _call(
    manager: pluggy.PluginManager, plugin: _Plugin, hook: str, base: type[Any], key: str
) -> list[tuple[str, type[Any]]]:
    for implementation in getattr(manager.hook, hook).get_hookimpls():
        if implementation.plugin is not plugin.module:
            continue
        try:
            answer = implementation.function()
        except Exception as exc:  # a hook runs any code; the plugin is kept as broken and shown
            message = f"expected {hook} to answer, found {_tell(exc)}"
            raise BrokenPluginError(plugin.distribution, message) from exc
        if not isinstance(answer, (list, tuple)):
            message = f"expected {hook} to give a list of classes, found {type(answer).__name__}"
            raise BrokenPluginError(plugin.distribution, message)
        return [(_name_of(plugin, hook, cls, base, key), cls) for cls in answer]
    return []


def _name_of(plugin: _Plugin, hook: str, cls: Any, base: type[Any], key: str) -> str:
    if not (isinstance(cls, type) and issubclass(cls, base)):
        message = f"expected {hook} to give classes derived from {base.__name__}, found {cls!r}"
        raise BrokenPluginError(plugin.distribution, message)
    name = getattr(cls, key, None)
    if not isinstance(name, str) or not name:
        message = f"{cls.__name__}: expected `{key}` to be a non-empty string, found {name!r}"
        raise BrokenPluginError(plugin.distribution, message)
    missing = sorted(getattr(cls, "__abstractmethods__", ()))
    if missing:
        message = f"{cls.__name__}: expected `{missing[0]}` to be defined, found none"
        raise BrokenPluginError(plugin.distribution, message)
    options = getattr(cls, "Options", Options)
    if not (isinstance(options, type) and issubclass(options, Options)):
        message = f"{cls.__name__}: expected `Options` to derive from Options, found {options!r}"
        raise BrokenPluginError(plugin.distribution, message)
    return name


def _tell(exc: BaseException) -> str:
    return f"{type(exc).__name__}: {exc}"
