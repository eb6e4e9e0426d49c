"""Fixtures for every test: where the real samples lie, and where our own fixtures do."""

from __future__ import annotations

import logging
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).resolve().parent

# How long an example takes says how busy the machine is.
settings.register_profile("lading", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("lading")


@pytest.fixture(scope="session", autouse=True)
def heard_interrupts() -> None:
    """A shell's `&` lets what it starts ignore Ctrl-C, and so would the commands that tests interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope="session", autouse=True)
def lading_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """What lading keeps from run to run stays out of the user's own folders, here and in processes that tests start."""
    folder = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LADING_HOME", str(folder))
        yield folder


@pytest.fixture(autouse=True)
def lading_logger() -> Iterator[None]:
    """A command that runs within a test sets up logging for its process; the next test finds it as it was before."""
    logger = logging.getLogger("lading")
    handlers, level, propagate = list(logger.handlers), logger.level, logger.propagate
    yield
    logger.handlers[:] = handlers
    logger.setLevel(level)
    logger.propagate = propagate


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of real files, beside the checkout or where LADING_SAMPLES says."""
    folder = Path(os.environ.get("LADING_SAMPLES", ROOT.parent / "shared" / "samples"))
    if not folder.is_dir():
        pytest.skip(f"real samples are not at {folder}; set LADING_SAMPLES to run this")
    return folder


@pytest.fixture(scope="session")
def fixtures() -> Path:
    """The datasets that we made ourselves."""
    return ROOT / "fixtures"
