"""What categories are called: the path from supercategory to name, one delimiter for the whole dataset."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import UNSET

from lading import Report, counted
from lading_coco.document import Document
from lading_coco.ids import is_id, other_spelling
from lading_coco.traits import PARTS
from lading_coco.wording import shown

#: What is told of an annotation of no category.
UNLISTED = "coco.unknown-category"
_DELIMITERS = (".", "/", "::")
#: Supercategories that say that there is none (Roboflow writes `none`).
_NO_PARENT = frozenset({"", "none"})

#: For each category the name, and the parent where it has one.
Parts = tuple[str, str | None]


class Names:
    """The full names of the categories of every document, by the id that its annotations use."""

    def __init__(self, documents: Sequence[Document], report: Report) -> None:
        parts = {document.path: _parts(document, report) for document in documents}
        every = [pair for known in parts.values() for pair in known.values()]
        has_parts = any(field in document.traits.marks for document in documents for field, *_ in PARTS)
        has_parts = has_parts or any(parent for _, parent in every)
        # An id that stands for a name is no path, whatever is in it.
        ids = {key for document in documents for key in document.traits.categories if isinstance(key, str)}
        dotted = [(key, None) for key in ids.difference(*parts.values()) if _DELIMITERS[0] in key.strip(".")]
        self.delimiter = _delimiter([*every, *dotted]) if has_parts or dotted else None
        self._known = {
            path: {key: self.full(name, parent) for key, (name, parent) in known.items()}
            for path, known in parts.items()
        }
        for document in documents:
            self._tell_duplicates(document, report)
        self._tell_others(documents, report)
        self.unlisted: dict[str, dict[Any, str]] = {document.path: {} for document in documents}
        #: By file, ids that annotations spell otherwise than the categories, with how these do.
        self.spelled: dict[str, dict[Any, Any]] = {document.path: {} for document in documents}
        #: By file, whether it is told why ids are unknown, as of categories without an id, or of all of them.
        self.accounted_for: dict[str, bool] = {}
        for document in documents:
            self._complete(document, documents, report)
            self._tell_idless(document, report)

    def full(self, name: str, parent: str | None) -> str:
        """A name below its parent."""
        return name if parent is None or self.delimiter is None else f"{parent}{self.delimiter}{name}"

    def listed(self, document: Document) -> Mapping[Any, str]:
        """The names that a document lists, or borrows from others, by id."""
        return self._known[document.path]

    def every(self, document: Document) -> list[str]:
        """The names that the labels of a document may have, each once, in the document's order."""
        return list(dict.fromkeys([*self._known[document.path].values(), *self.unlisted[document.path].values()]))

    def unknown(self, document: Document) -> list[Any]:
        """The ids that annotations of a document use and that none of its categories has, in no spelling."""
        return [key for key, name in self.unlisted[document.path].items() if name == f"category:{key}"]

    def _tell_duplicates(self, document: Document, report: Report) -> None:
        seen: dict[str, Any] = {}
        ids: dict[Any, Any] = {}
        for number, row in document.categories:
            if row["id"] in ids:
                first = document.origin("categories", ids[row["id"]], "id")
                message = f"expected each category id once, found {row['id']!r} again, first at {first}, which counts"
                report.error("coco.duplicate-category-id", message, document.origin("categories", number, "id"))
                continue
            ids[row["id"]] = number
            name = self._known[document.path][row["id"]]
            if name in seen:
                message = f"expected each category once, found {name!r} with the ids {seen[name]!r} and {row['id']!r}"
                report.warning("coco.duplicate-category-name", message, document.origin("categories", number, "name"))
            seen.setdefault(name, row["id"])

    def _tell_others(self, documents: Sequence[Document], report: Report) -> None:
        """Files in which an id stands for another category than in one before (source-formats.md 2.11), once a file.

        Another spelling of the same name is told by the rule `category.two-spellings`.
        """
        seen: dict[Any, tuple[str, str]] = {}
        numbered: dict[tuple[str, str], tuple[Any, str]] = {}  # by kind of file and name
        for document in documents:
            known = self._known[document.path]
            listed = [(number, row["id"]) for number, row in document.categories if row["id"] in seen]
            others = [(number, key) for number, key in listed if _folded(seen[key][0]) != _folded(known[key])]
            if others:
                number, key = others[0]
                name, path = seen[key]
                message = f"expected {name!r}, for which the id {key!r} stands in {path}, found {known[key]!r}; "
                message += f"so it is with {counted(len(others), 'id')}, and names count"
                report.warning("coco.other-category", message, document.origin("categories", number, "name"))
            else:
                self._tell_renumbered(document, numbered, report)
            for key, name in known.items():
                seen.setdefault(key, (name, document.path))
                numbered.setdefault((document.kind, name), (key, document.path))

    def _tell_renumbered(
        self, document: Document, numbered: Mapping[tuple[str, str], tuple[Any, str]], report: Report
    ) -> None:
        """Tell of a file that has other ids for some categories of one of its kind before, once.

        Where all are other ones, it was numbered by itself, and is read by its names.
        """
        known = self._known[document.path]
        shared, others = 0, []
        for number, row in document.categories:
            name = known[row["id"]]
            if (document.kind, name) in numbered:
                shared += 1
                key, path = numbered[document.kind, name]
                if known.get(key) != name:  # of a name that stands twice, one id may be that of the other file
                    others.append((number, row["id"], key, path))
        if 0 < len(others) < shared:
            number, found, key, path = others[0]
            message = f"expected {key!r}, the id of {known[found]!r} in {path}, found {found!r}; "
            message += f"so it is with {counted(len(others), 'category', 'categories')}, and names count"
            report.warning("coco.other-category-id", message, document.origin("categories", number, "id"))

    def _complete(self, document: Document, documents: Sequence[Document], report: Report) -> None:
        """Name the ids that annotations use and the document does not list."""
        known = self._known[document.path]
        used = document.traits.categories
        if not known and used:
            lender = self._lender(document, documents)
            known = self._known[document.path] = {} if lender is None else self._known[lender.path]
            is_told = document.idless or not isinstance(document.envelope.get("categories", []), (list, type(None)))
            if not document.is_results and not is_told:
                consequence = "labels are named by the ids of theirs"
                if lender is not None:
                    consequence = f"ids are taken for those of {lender.path}"
                message = f"expected `categories`, found none; {consequence}"
                at = document.origin("categories") if "categories" in document.envelope else document.origin()
                report.warning("coco.no-categories", message, at)
        for key in used:
            if isinstance(key, bool) or (isinstance(key, float) and key.is_integer()):  # 1 is the same key
                key = int(key)
            if key in known or not is_id(key):  # which is told of each of its annotations
                continue
            spelled = other_spelling(key)
            if spelled is not None and spelled in known:
                self.unlisted[document.path][key] = known[spelled]
                self.spelled[document.path][key] = spelled
            else:
                self.unlisted[document.path][key] = str(key) if document.is_results else f"category:{key}"

    def _tell_idless(self, document: Document, report: Report) -> None:
        """Tell of categories without an id; no more unknown ids than these may well be theirs, and are not told."""
        unknown = self.unknown(document)
        is_why = self.accounted_for[document.path] = 0 < len(unknown) <= len(document.idless)
        consequence = ""
        if is_why:
            named = f"category:{unknown[0]}"
            consequence = f"; labels of the id {unknown[0]!r}, which none has, are {named!r}"
            if len(unknown) > 1:
                consequence = f"; labels of {len(unknown):,} ids that none has are {named!r} and so on"
        for number, found in document.idless:
            message = f"expected a category with an id, found {found}{consequence}"
            report.error("coco.bad-category", message, document.origin("categories", number))

    def _lender(self, document: Document, documents: Sequence[Document]) -> Document | None:
        """The file whose categories are taken for those of one that lists none: one of its split before others."""
        others = [other for other in documents if not other.is_results and other.categories]
        return min(others, key=lambda other: other.split != document.split, default=None)


def unlisted_message(key: Any) -> str:
    """What is told of an annotation of this id, which is of no category."""
    return f"expected the id of a category, found {key!r}"


def _folded(name: str) -> str:
    return re.sub(r"[\s_-]+", " ", name.strip()).casefold()


def parent_of(row: Mapping[str, Any]) -> str | None:
    """The supercategory of a category, where it says more than the name."""
    parent = row.get("supercategory")
    is_parent = isinstance(parent, str) and parent != row.get("name") and parent.lower() not in _NO_PARENT
    return parent if is_parent else None


def _parts(document: Document, report: Report) -> dict[Any, Parts]:
    parts: dict[Any, Parts] = {}
    for number, row in document.categories:
        name = row.get("name", UNSET)
        if not isinstance(name, str) or not name:
            message = f"expected a name, found {shown(name)}; the id takes its place"
            report.warning("coco.bad-category", message, document.origin("categories", number, "name"))
            name = str(row["id"])
        thing = row.get("isthing")
        if thing not in (0, 1, None):
            message = f"expected 0 or 1, found {shown(thing)}"
            report.error("coco.bad-number", message, document.origin("categories", number, "isthing"))
        parent = row.get("supercategory")
        if parent is not None and not isinstance(parent, str):
            message = f"expected a supercategory that is a text, found {parent!r}; it stays in extras"
            report.warning("coco.bad-category", message, document.origin("categories", number, "supercategory"))
        parts.setdefault(row["id"], (name, parent_of({**row, "name": name})))
    return parts


def _delimiter(every: Iterable[Parts]) -> str | None:
    texts = {text for pair in every for text in pair if text is not None}
    for delimiter in _DELIMITERS:
        if not any(delimiter in text for text in texts):
            return delimiter
    return None
