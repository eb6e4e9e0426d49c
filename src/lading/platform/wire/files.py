"""Envelopes of the upload itself: policies and callbacks (platform-api.md B13 to B16, section C)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, model_validator

from lading.platform.wire.base import Checksum, DraftRequest, Envelope, Json, Name, Seconds


class PolicyExtra(Envelope):
    """Where to post (exactly this URL) and what the key begins with; one service gave no prefix (D12)."""

    host: str
    backend_type: str = "s3"
    object_prefix: str = ""


class Policy(Envelope):
    """GET policies (B13): `result` is the form's fields, to be sent on unchanged; `expire_at` in Unix seconds.

    `result` also holds `multipleUploadLimit`, which the official client wants to be there and never sends on.
    """

    result: dict[str, str | int | None]
    extra: PolicyExtra
    expire_at: int | float

    @model_validator(mode="before")
    @classmethod
    def _find_expiry(cls, value: Any) -> Any:
        """The seed shows `expireAt` within `extra`; the documentation at the top (D5)."""
        if isinstance(value, dict) and "expireAt" not in value and "expire_at" not in value:
            extra = value.get("extra")
            if isinstance(extra, dict) and "expireAt" in extra:
                return {**value, "expireAt": extra["expireAt"]}
        return value

    @property
    def fields(self) -> dict[str, str]:
        """The form's fields in the order they came, without what is not meant for the storage (C3)."""
        return {name: value for name, value in self.result.items() if isinstance(value, str)}


class CallbackObject(Envelope):
    """One file that was posted (B15, B16); `label` replaces what labels the data had."""

    remote_path: Name
    checksum: Checksum
    file_size: Annotated[int, Field(ge=0)] | None = None
    timestamp: Seconds | None = None
    frame_id: Name | None = None
    sensor_name: Name | None = None
    label: Json | None = None


class Callback(DraftRequest, CallbackObject):
    """PUT callback (B15)."""

    segment_name: Name


class MultiCallback(DraftRequest):
    """PUT multi/callback (B16): all objects are taken, or none."""

    segment_name: Name
    objects: Annotated[list[CallbackObject], Field(min_length=1)]
