"""Where lading keeps what outlives a run: LADING_HOME, else the user's folder for data."""

from __future__ import annotations

import os
from pathlib import Path


def home() -> Path:
    """The folder; it may not be there yet."""
    named = os.environ.get("LADING_HOME")
    if named:
        return Path(named)
    import platformdirs

    return Path(platformdirs.user_data_dir("lading", appauthor=False))
