"""Opening a dataset wherever it lies: files in a format, a platform, or a store of objects."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from lading.errors import OptionError
from lading.model.dataset import Dataset
from lading.model.report import Report
from lading.plugin import detection
from lading.plugin.registry import Registry
from lading.source import Source
from lading.stored.address import StoredAddress, parse_address

if TYPE_CHECKING:
    from lading.stored.shelf import Shelf


def open_dataset(
    *paths: str | os.PathLike[str] | Source,
    format: str | None = None,
    options: Mapping[str, Any] | None = None,
    report: Report | None = None,
    follow_links: bool = False,
    registry: Registry | None = None,
    access_key: str | None = None,
    ca_bundle: str | os.PathLike[str] | None = None,
) -> Dataset:
    """Open a dataset: folders, archives or one annotation file, several of them laid over each other in order.

    One path may instead be `http://HOST:PORT/DATASET@REVISION` on a platform, to which `access_key` (or the variable
    LADING_ACCESS_KEY) is shown, and `ca_bundle` a PEM file of the certificates to trust there in place of the system's;
    or `DATASET@REVISION` in a store of objects, `s3://BUCKET/...?endpoint=URL` or `FOLDER/...`. A revision is a commit
    id, tag, branch or `draft-NUMBER` (of a platform alone), else the head. `format` names the reader, otherwise it is
    detected; `options` are the reader's. What is met on the way goes to `report`, which the dataset keeps. Raises
    SourceError, DetectionError, OptionError, PlatformError, TransientError, or what the reader raises.
    """
    address = address_of(*paths)
    if address is None:
        return detection.open_dataset(
            *paths, format=format, options=options, report=report, follow_links=follow_links, registry=registry
        )
    if format is not None or options:
        raise OptionError(f"{address}: expected neither a format nor a reader's options, found some")
    shelf = _shelf(address, access_key, ca_bundle)
    from lading.stored.dataset import StoredDataset

    return StoredDataset(shelf, report if report is not None else Report())


def address_of(*paths: str | os.PathLike[str] | Source) -> StoredAddress | None:
    """The platform or store of objects that the paths say, or None for files. Raises OptionError for a mixture."""
    found = [address for path in paths if not isinstance(path, Source) and (address := parse_address(path)) is not None]
    if not found:
        return None
    if len(paths) > 1:
        raise OptionError(f"PATH: expected {found[0]} alone, found {len(paths)} paths")
    return found[0]


def _shelf(address: StoredAddress, access_key: str | None, ca_bundle: str | os.PathLike[str] | None) -> Shelf:
    try:
        from lading.stored.kept import KeptShelf
        from lading.stored.live import LiveShelf
    except ImportError as exc:
        message = f'{address}: expected the platform\'s part of lading, found none; pip install "lading[platform]"'
        raise OptionError(message) from exc
    if address.kind == "objects":
        return KeptShelf(address)
    key = access_key if access_key is not None else os.environ.get("LADING_ACCESS_KEY")
    if key is None:
        raise OptionError("--access-key: expected it, LADING_ACCESS_KEY or --access-key-file, found none of them")
    return LiveShelf(address, key, ca_bundle)
