"""The endpoints of what is in a version: segments, catalog, sensors, files and labels (platform-api.md B17 to B26)."""

from __future__ import annotations

from collections.abc import Sequence

from lading.platform import wire
from lading.platform.calls import Calls
from lading.platform.reading import Version
from lading.platform.wire import Json, constants


class ContentCalls(Calls):
    """Sets and lists what a version of a dataset holds."""

    # Segments, catalog, sensors (B17 to B19).

    async def create_segment(self, dataset_id: str, draft_number: int, name: str, *, description: str = "") -> None:
        """A new segment of a draft."""
        body = wire.CreateSegment(draft_number=draft_number, name=name, description=description)
        await self._post(constants.SEGMENTS, dataset_id, body, wire.Empty, is_idempotent=False)

    async def delete_segment(self, dataset_id: str, draft_number: int, name: str) -> None:
        """Delete a segment from a draft."""
        body = wire.DeleteSegment(draft_number=draft_number, segment_name=name)
        await self._http.call("DELETE", self.address.of(constants.SEGMENTS, id=dataset_id), wire.Empty, body=body)

    async def list_segments(
        self, dataset_id: str, version: Version, *, offset: int = 0, limit: int = constants.PAGE_SIZE
    ) -> wire.SegmentList:
        """One page of the segments."""
        query = {**version.query, "offset": offset, "limit": limit}
        return await self._get(constants.SEGMENTS, dataset_id, wire.SegmentList, query)

    async def put_catalog(self, dataset_id: str, draft_number: int, catalog: Json) -> None:
        """Replace a draft's whole label catalog."""
        body = wire.PutCatalog(draft_number=draft_number, catalog=catalog)
        await self._put(constants.CATALOGS, dataset_id, body)

    async def get_catalog(self, dataset_id: str, version: Version) -> Json:
        """The label catalog; `{}` where there is none."""
        return (await self._get(constants.CATALOGS, dataset_id, wire.CatalogAnswer, version.query)).catalog

    async def put_notes(
        self, dataset_id: str, draft_number: int, *, is_continuous: bool, fields: Sequence[str] | None
    ) -> None:
        """Say whether a draft's frames follow one another in time, and which fields its point clouds have."""
        body = wire.PutNotes(
            draft_number=draft_number,
            is_continuous=is_continuous,
            bin_point_cloud_fields=None if fields is None else list(fields),
        )
        url = self.address.of(constants.NOTES, id=dataset_id)
        await self._http.call("PATCH", url, wire.Empty, body=body)

    async def get_notes(self, dataset_id: str, version: Version) -> wire.Notes:
        """The notes of a version."""
        return await self._get(constants.NOTES, dataset_id, wire.Notes, version.query)

    async def put_sensor(self, dataset_id: str, draft_number: int, segment_name: str, sensor: Json) -> None:
        """Set a sensor of a segment, new or not."""
        place = {"segmentName": segment_name, "draftNumber": draft_number}
        await self._post(constants.SENSORS, dataset_id, wire.PutSensor.model_validate(sensor | place), wire.Empty)

    async def delete_sensor(self, dataset_id: str, draft_number: int, segment_name: str, sensor_name: str) -> None:
        """Delete a sensor from a segment."""
        place = {"draftNumber": draft_number, "segmentName": segment_name, "sensorName": sensor_name}
        body = wire.DeleteSensor.model_validate(place)
        await self._http.call("DELETE", self.address.of(constants.SENSORS, id=dataset_id), wire.Empty, body=body)

    async def get_sensors(self, dataset_id: str, version: Version, segment_name: str) -> list[Json]:
        """The sensors of a segment."""
        query = {**version.query, "segmentName": segment_name}
        return (await self._get(constants.SENSORS, dataset_id, wire.SensorList, query)).sensors

    # Data and labels (B20 to B26).

    async def list_data(
        self,
        dataset_id: str,
        version: Version,
        segment_name: str,
        *,
        offset: int = 0,
        limit: int = constants.PAGE_SIZE,
    ) -> wire.DataList:
        """One page of a segment's files, or in a fusion dataset of its frames."""
        query = _rows_query(version, segment_name, offset, limit)
        return await self._get(constants.DATA, dataset_id, wire.DataList, query)

    async def list_urls(
        self,
        dataset_id: str,
        version: Version,
        segment_name: str,
        *,
        remote_path: str | None = None,
        offset: int = 0,
        limit: int = constants.PAGE_SIZE,
    ) -> wire.UrlList:
        """One page of a segment's files with the URLs of their bytes, or only the file of one path."""
        query = _rows_query(version, segment_name, offset, limit, remote_path)
        return await self._get(constants.DATA_URLS, dataset_id, wire.UrlList, query)

    async def list_details(
        self,
        dataset_id: str,
        version: Version,
        segment_name: str,
        *,
        remote_path: str | None = None,
        offset: int = 0,
        limit: int = constants.PAGE_SIZE,
    ) -> wire.DetailList:
        """One page of a segment's files with URL, checksum and labels, or only the file of one path."""
        query = _rows_query(version, segment_name, offset, limit, remote_path)
        return await self._get(constants.DATA_DETAILS, dataset_id, wire.DetailList, query)

    async def put_labels(self, dataset_id: str, labels: wire.PutLabels) -> None:
        """Replace the labels of one file."""
        await self._put(constants.LABELS, dataset_id, labels)

    async def list_labels(
        self,
        dataset_id: str,
        version: Version,
        segment_name: str,
        *,
        offset: int = 0,
        limit: int = constants.PAGE_SIZE,
    ) -> wire.LabelList:
        """One page of a segment's files with their labels."""
        query = _rows_query(version, segment_name, offset, limit)
        return await self._get(constants.LABELS, dataset_id, wire.LabelList, query)


def _rows_query(
    version: Version, segment_name: str, offset: int, limit: int, remote_path: str | None = None
) -> dict[str, str | int]:
    query: dict[str, str | int] = {**version.query, "segmentName": segment_name, "offset": offset, "limit": limit}
    if remote_path is not None:
        query["remotePath"] = remote_path
    return query
