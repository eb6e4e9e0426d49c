"""Folders, zips, tars and single files, overlaid as one read-only tree of files."""

from lading.source.file import File, is_lfs_pointer
from lading.source.overlay import Source

__all__ = ["File", "Source", "is_lfs_pointer"]
