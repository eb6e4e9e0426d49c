"""Finds plugins, takes what they bring, and says which of them are broken."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Sequence
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
    """Readers, writers and rules by name; what is broken stays out and is listed."""

    def __init__(self) -> None:
        self.readers: dict[str, Registered[Reader]] = {}
        self.writers: dict[str, Registered[Writer]] = {}
        self.rules: dict[str, Registered[Rule]] = {}
        self.broken: list[Broken] = []
        self._ambiguous: dict[tuple[str, str], DuplicatePluginError] = {}  # by kind and name

    @classmethod
    def load(cls, plugins: Iterable[tuple[Any, str, str]] = ()) -> Registry:
        """What the installed distributions bring, and the plugin objects given as (object, name, version)."""
        registry = cls()
        manager = pluggy.PluginManager(hooks.GROUP)
        manager.add_hookspecs(hooks)
        found = [_Plugin(*plugin) for plugin in plugins]
        found += registry._installed()
        for plugin in found:
            try:
                registry._take(manager, plugin)
            except PluginError as exc:
                registry.broken.append(Broken(plugin.distribution, exc))
        return registry

    def reader(self, name: str) -> Reader:
        """A reader by its name. Raises UnknownFormatError, or DuplicatePluginError where two have it."""
        if ("readers", name) in self._ambiguous:
            raise self._ambiguous["readers", name]
        if name not in self.readers:
            raise UnknownFormatError(name, sorted(self.readers))
        return self.readers[name].cls()

    def writer(self, name: str) -> Writer:
        """A writer by its name. Raises UnknownFormatError, or DuplicatePluginError where two have it."""
        if ("writers", name) in self._ambiguous:
            raise self._ambiguous["writers", name]
        if name not in self.writers:
            raise UnknownFormatError(name, sorted(self.writers), option="--to")
        return self.writers[name].cls()

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
                self.broken.append(Broken(distribution, error))
                continue
            plugins.append(_Plugin(module, distribution, version))
        return plugins

    def _take(self, manager: pluggy.PluginManager, plugin: _Plugin) -> None:
        _check_hook_names(plugin)
        try:
            manager.register(plugin.module, name=f"{plugin.distribution}:{id(plugin.module)}")
        except (pluggy.PluginValidationError, ValueError) as exc:
            message = f"expected hooks of the documented form, found {' '.join(str(exc).split())}"
            raise BrokenPluginError(plugin.distribution, message) from exc
        self._add(self.readers, _call(manager, plugin, "register_readers", Reader, "name"), plugin, "readers")
        self._add(self.writers, _call(manager, plugin, "register_writers", Writer, "name"), plugin, "writers")
        self._add(self.rules, _call(manager, plugin, "register_rules", Rule, "code"), plugin, "rules")

    def _add(
        self,
        known: dict[str, Registered[_Kind]],
        classes: Sequence[tuple[str, type[_Kind]]],
        plugin: _Plugin,
        what: str,
    ) -> None:
        for name, cls in classes:
            if (what, name) in self._ambiguous:
                self.broken.append(Broken(plugin.distribution, self._ambiguous[what, name]))
            elif name in known:
                first = known.pop(name)
                both = f"{first.distribution} and {plugin.distribution}"
                message = f"expected one of the {what} to be named {name!r}, found two, in {both}"
                error = DuplicatePluginError(plugin.distribution, message)
                self._ambiguous[what, name] = error
                self.broken += [Broken(first.distribution, error), Broken(plugin.distribution, error)]
            else:
                known[name] = Registered(cls, plugin.distribution, plugin.version)


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
