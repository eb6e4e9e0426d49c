"""Envelopes of notes, segments, label catalogs and sensors (platform-api.md B11, B17 to B19)."""

from __future__ import annotations

from typing import Any

from pydantic import AliasChoices, ConfigDict, Field, model_validator

from lading.platform.wire.base import DraftRequest, Envelope, Json, Name, Page


class PutNotes(DraftRequest):
    """PATCH notes (B11); an absent field stays, null clears the fields of point clouds."""

    is_continuous: bool | None = None
    bin_point_cloud_fields: list[str] | None = None

    def to_body(self) -> bytes:
        """The request as it is sent: here null says something, and what was not set is left away."""
        return self.model_dump_json(by_alias=True, exclude_unset=True).encode()


class Notes(Envelope):
    """GET notes (B11); an absent field means false, or null."""

    is_continuous: bool = False
    bin_point_cloud_fields: list[str] | None = None


class CreateSegment(DraftRequest):
    """POST segments (B17)."""

    name: Name
    description: str = ""


class DeleteSegment(DraftRequest):
    """DELETE segments."""

    segment_name: Name


class SegmentRow(Envelope):
    """One row of GET segments; `description` is always sent."""

    name: str
    description: str = ""


class SegmentList(Page):
    """GET segments."""

    segments: list[SegmentRow]


class PutCatalog(DraftRequest):
    """PUT labels/catalogs (B18); the seed's flat form, label types beside `draftNumber`, is read too (D8)."""

    catalog: Json

    @model_validator(mode="before")
    @classmethod
    def _gather_flat(cls, value: Any) -> Any:
        if not isinstance(value, dict) or "catalog" in value:
            return value
        flat = {key: part for key, part in value.items() if key not in ("draftNumber", "draft_number")}
        kept = {key: part for key, part in value.items() if key not in flat}
        return {**kept, "catalog": flat} if flat else kept


class CatalogAnswer(Envelope):
    """GET labels/catalogs: `{}` where there is none."""

    catalog: Json


class PutSensor(DraftRequest):
    """POST sensors (B19): an upsert. The sensor's own fields lie flat beside these; `sensor` gives them."""

    model_config = ConfigDict(extra="allow")

    segment_name: Name
    name: Name
    type: Name

    @property
    def sensor(self) -> Json:
        """The sensor's JSON, as `lading.model.codec` reads and writes it."""
        return {"name": self.name, "type": self.type, **(self.model_extra or {})}


class DeleteSensor(DraftRequest):
    """DELETE sensors: the seed calls the sensor `name`, the official client `sensorName` (D10)."""

    segment_name: Name
    sensor_name: Name = Field(validation_alias=AliasChoices("sensorName", "sensor_name", "name"))


class SensorList(Envelope):
    """GET sensors: not paged; each row is the JSON of a sensor."""

    segment_name: str
    sensors: list[Json]
