"""Whether the platform is up; outside the API and without a key."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import APIRouter, Response

from lading.platform.wire import Health
from lading.platform.wire.constants import HEALTH
from lading.server.api.request import answer

router = APIRouter()

_ANSWER = Health(version=version("lading"))


@router.get(f"/{HEALTH}")
async def get_health() -> Response:
    """200 as soon as requests are taken."""
    return answer(_ANSWER)
