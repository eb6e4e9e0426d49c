"""Members of an archive by name: which are served, which name links to which, and what is wrong with the others."""

from __future__ import annotations

import posixpath
from typing import Generic, TypeVar

from lading.source import names
from lading.source.notes import Notes

T = TypeVar("T")


class Members(Generic[T]):
    """Gathers an archive's members: the last of a name wins, links are resolved within the archive at the end."""

    def __init__(self, label: str) -> None:
        self.label = label
        self.notes = Notes()
        self._files: dict[str, T] = {}
        self._links: dict[str, str] = {}
        self._twice: list[str] = []

    def accept(self, raw_name: str) -> str | None:
        """The name under which a member may be served, or None where it may not."""
        reason = names.unsafe(raw_name)
        if reason is not None:
            message = f"expected names that stay within the archive, found member {raw_name!r} with {reason}"
            self.notes.error("source.unsafe-name", message, self.label)
            return None
        name = names.tidy(raw_name)
        if not name or names.is_out_of_sight(name):
            return None
        if not names.is_text(name):
            self.notes.error("source.name-encoding", f"expected a name in UTF-8, found {raw_name!r}", self.label)
            return None
        return name

    def add(self, name: str, member: T) -> None:
        """Take a file under an accepted name."""
        self._claim(name)
        self._files[name] = member

    def link(self, name: str, target: str, *, hard: bool = False) -> None:
        """Take a link; a soft one's target counts from the link's folder, a hard one's from the top."""
        self._claim(name)
        path = posixpath.join("" if hard else posixpath.dirname(name), target)
        self._links[name] = posixpath.normpath(path) if names.is_text(path) else repr(path)

    def refuse(self, name: str, what: str) -> None:
        """Leave out a member that is neither file nor link."""
        message = f"expected files, folders and links, found {what}, member {name!r}"
        self.notes.warning("source.special-file", message, self.label)

    def _claim(self, name: str) -> None:
        if name in self._files or name in self._links:
            self._twice.append(name)
            self._files.pop(name, None)
            self._links.pop(name, None)

    def finish(self) -> dict[str, T]:
        """The files by name, links standing for what they lead to."""
        if self._twice:
            count, example = len(self._twice), self._twice[0]
            message = f"expected each member once, found {count} repeated, such as {example!r}; the last one is used"
            self.notes.warning("source.duplicate-member", message, self.label)
        resolved: dict[str, T] = {}
        for name, target in self._links.items():
            member = self._follow(target)
            if member is not None:
                resolved[name] = member
                continue
            climbs = target.startswith(("/", "../")) or target == ".."
            rule = "source.link-outside" if climbs else "source.link-broken"
            message = f"expected a link to a file of the archive, found {name!r} leading to {target!r}"
            self.notes.error(rule, message, self.label)
        return self._files | resolved

    def _follow(self, target: str) -> T | None:
        seen: set[str] = set()
        while target in self._links and target not in seen:
            seen.add(target)
            target = self._links[target]
        return self._files.get(target)
