"""What an upload may be tuned by; the defaults are for real use, others for tests."""

from __future__ import annotations

from dataclasses import dataclass, field

from lading.platform.retry import Retry
from lading.platform.wire import constants


@dataclass(frozen=True)
class Settings:
    """Seconds a policy is asked for, seconds without an answer, objects a callback, and how calls are retried.

    After `give_up` files in a row that the platform could not take for faults of its own, the upload stops.
    `uses_proxies` is False where the platform is surely reached without, whatever HTTP_PROXY says.
    """

    policy_s: int = constants.POLICY_EXPIRED_MAX_S
    timeout_s: float = 60.0
    batch: int = constants.CALLBACK_BATCH
    give_up: int = 5
    retry: Retry = field(default_factory=Retry)
    uses_proxies: bool = True
