"""What a version holds: catalog, segments, sensors, files and their labels."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, Select, delete, func, insert, literal, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from lading.server.metadata.paging import Page
from lading.server.metadata.tables import contents, data, labels, segments, sensors, versions
from lading.server.refusal import not_found, taken


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One file as a callback registers it; `frame_id` and `sensor_name` are "" in a dataset of type 0."""

    remote_path: str
    checksum: str
    size: int
    timestamp_s: float | None = None
    frame_id: str = ""
    sensor_name: str = ""
    label: bytes | None = None


def get_catalog(connection: Connection, version_id: int) -> dict[str, Any]:
    """The label catalog in wire form; empty where there is none."""
    return dict(connection.execute(select(versions.c.catalog).where(versions.c.id == version_id)).scalar_one())


def put_catalog(connection: Connection, version_id: int, catalog: Mapping[str, Any]) -> None:
    """Replace the whole catalog."""
    connection.execute(update(versions).where(versions.c.id == version_id).values(catalog=dict(catalog)))


def get_notes(connection: Connection, version_id: int) -> tuple[bool, list[str] | None]:
    """`isContinuous` and `binPointCloudFields`."""
    query = select(versions.c.is_continuous, versions.c.point_cloud_fields).where(versions.c.id == version_id)
    row = connection.execute(query).one()
    return bool(row.is_continuous), row.point_cloud_fields


def put_notes(connection: Connection, version_id: int, changes: Mapping[str, Any]) -> None:
    """Change `is_continuous` or `point_cloud_fields`."""
    if changes:
        connection.execute(update(versions).where(versions.c.id == version_id).values(**changes))


def create_segment(connection: Connection, version_id: int, name: str, description: str, now_s: float) -> None:
    """A new, empty segment. Raises ConflictError where the name is taken."""
    query = select(segments.c.name).where(segments.c.version_id == version_id, segments.c.name == name)
    if connection.execute(query).first() is not None:
        raise taken("segment", name)
    content_id = _new_content(connection, version_id)
    times = {"created_at": now_s, "updated_at": now_s}
    values = {"version_id": version_id, "name": name, "description": description, "content_id": content_id, **times}
    connection.execute(insert(segments).values(values))


def delete_segment(connection: Connection, version_id: int, name: str) -> None:
    """Remove a segment with what is in it. Raises NotFoundError."""
    content_id = readable_content(connection, version_id, name)
    connection.execute(delete(segments).where(segments.c.version_id == version_id, segments.c.name == name))
    connection.execute(delete(contents).where(contents.c.id == content_id, contents.c.version_id == version_id))


def list_segments(connection: Connection, version_id: int, page: Page) -> tuple[int, Sequence[Row[Any]]]:
    """How many segments there are, and the page of them, by name where nothing else is asked."""
    total = select(func.count()).select_from(segments).where(segments.c.version_id == version_id)
    order = page.order([segments.c.name], {"created_at": segments.c.created_at, "updated_at": segments.c.updated_at})
    query = select(segments).where(segments.c.version_id == version_id).order_by(*order)
    rows = connection.execute(query.limit(page.limit).offset(page.offset)).all()
    return connection.execute(total).scalar_one(), rows


def all_segments(connection: Connection, version_id: int) -> Sequence[Row[Any]]:
    """Every segment, by name."""
    return connection.execute(
        select(segments).where(segments.c.version_id == version_id).order_by(segments.c.name)
    ).all()


def readable_content(connection: Connection, version_id: int, segment: str) -> int:
    """The content of a segment, to read from. Raises NotFoundError."""
    query = select(segments.c.content_id).where(segments.c.version_id == version_id, segments.c.name == segment)
    content_id = connection.execute(query).scalar()
    if content_id is None:
        raise not_found("segment", segment)
    return int(content_id)


def writable_content(connection: Connection, version_id: int, segment: str) -> int:
    """The content of a segment, to write to: copied first where an older version has it too. Raises NotFoundError."""
    shared = readable_content(connection, version_id, segment)
    owner = connection.execute(select(contents.c.version_id).where(contents.c.id == shared)).scalar_one()
    if owner == version_id:
        return shared
    own = _new_content(connection, version_id)
    for table in (sensors, data):
        others = [column for column in table.c if column.name != "content_id"]
        rows = select(literal(own), *others).where(table.c.content_id == shared)
        connection.execute(insert(table).from_select(["content_id", *(c.name for c in others)], rows))
    of_segment = (segments.c.version_id == version_id) & (segments.c.name == segment)
    connection.execute(update(segments).where(of_segment).values(content_id=own))
    return own


def _new_content(connection: Connection, version_id: int) -> int:
    statement = insert(contents).values(version_id=version_id).returning(contents.c.id)
    return int(connection.execute(statement).scalar_one())


def put_sensor(connection: Connection, content_id: int, name: str, body: Mapping[str, Any]) -> None:
    """A sensor, new or in place of the one of that name."""
    statement = upsert(sensors).values(content_id=content_id, name=name, body=dict(body))
    keys = [sensors.c.content_id, sensors.c.name]
    connection.execute(statement.on_conflict_do_update(index_elements=keys, set_={"body": statement.excluded.body}))


def delete_sensor(connection: Connection, content_id: int, name: str) -> None:
    """Remove a sensor. Raises NotFoundError."""
    statement = delete(sensors).where(sensors.c.content_id == content_id, sensors.c.name == name)
    if connection.execute(statement).rowcount == 0:
        raise not_found("sensor", name)


def list_sensors(connection: Connection, content_id: int) -> dict[str, dict[str, Any]]:
    """Every sensor of a segment, name to wire form, by name."""
    query = select(sensors.c.name, sensors.c.body).where(sensors.c.content_id == content_id).order_by(sensors.c.name)
    return {row.name: dict(row.body) for row in connection.execute(query)}


def put_files(connection: Connection, content_id: int, files: Iterable[StoredFile], now_s: float) -> None:
    """Register files, each new or in place of the one at its remote path (or frame and sensor); labels replaced."""
    texts: dict[bytes, bytes] = {}
    rows: list[dict[str, Any]] = []
    for file in files:
        digest = None if file.label is None else _digest(file.label)
        if digest is not None and file.label is not None:
            texts[digest] = file.label
        rows.append(
            {
                "content_id": content_id,
                "frame_id": file.frame_id,
                "slot": file.sensor_name or file.remote_path,
                "remote_path": file.remote_path,
                "checksum": file.checksum,
                "size": file.size,
                "timestamp": file.timestamp_s,
                "label": digest,
                "created_at": now_s,
                "updated_at": now_s,
            }
        )
    _put_label_texts(connection, texts)
    keys = ("content_id", "frame_id", "slot")
    statement = upsert(data)
    replaced = {c.name: statement.excluded[c.name] for c in data.c if c.name not in (*keys, "created_at")}
    connection.execute(statement.on_conflict_do_update(index_elements=[data.c[k] for k in keys], set_=replaced), rows)


def put_label(
    connection: Connection, content_id: int, remote_path: str, sensor_name: str | None, label: bytes, now_s: float
) -> None:
    """Replace the labels of the file at a remote path. Raises NotFoundError."""
    digest = _digest(label)
    _put_label_texts(connection, {digest: label})
    statement = update(data).where(data.c.content_id == content_id, data.c.remote_path == remote_path)
    if sensor_name is not None:
        statement = statement.where((data.c.slot == sensor_name) | (data.c.frame_id == ""))
    if connection.execute(statement.values(label=digest, updated_at=now_s)).rowcount == 0:
        raise not_found("data", remote_path)


def _digest(text: bytes) -> bytes:
    return hashlib.sha1(text, usedforsecurity=False).digest()


def _put_label_texts(connection: Connection, texts: Mapping[bytes, bytes]) -> None:
    if texts:
        rows = [{"digest": digest, "text": text} for digest, text in texts.items()]
        connection.execute(upsert(labels).on_conflict_do_nothing(), rows)


def delete_files(connection: Connection, content_id: int, remote_paths: Iterable[str]) -> None:
    """Remove the files at these remote paths. Raises NotFoundError."""
    for path in remote_paths:
        statement = delete(data).where(data.c.content_id == content_id, data.c.remote_path == path)
        if connection.execute(statement).rowcount == 0:
            raise not_found("data", path)


def delete_frame(connection: Connection, content_id: int, frame_id: str) -> None:
    """Remove the files of a frame. Raises NotFoundError."""
    statement = delete(data).where(data.c.content_id == content_id, data.c.frame_id == frame_id)
    if connection.execute(statement).rowcount == 0:
        raise not_found("frame", frame_id)


_SORTED = {"created_at": data.c.created_at, "updated_at": data.c.updated_at, "name": data.c.remote_path}


def _with_labels() -> Select[Any]:
    return select(data, labels.c.text).outerjoin(labels, labels.c.digest == data.c.label)


def list_files(
    connection: Connection, content_id: int, page: Page, remote_path: str | None = None
) -> tuple[int, Sequence[Row[Any]]]:
    """How many files a segment of type 0 has, and the page of them with `text` of the label, by remote path."""
    conditions = [data.c.content_id == content_id]
    if remote_path is not None:
        conditions.append(data.c.remote_path == remote_path)
    total = connection.execute(select(func.count()).select_from(data).where(*conditions)).scalar_one()
    order = page.order([data.c.frame_id, data.c.slot], _SORTED)
    # The page first, then its labels: joined at once, SQLite looks up the label of every row before the page too.
    rows = select(data).where(*conditions).order_by(*order).limit(page.limit).offset(page.offset).subquery()
    again = page.order([rows.c.frame_id, rows.c.slot], {name: rows.c[column.name] for name, column in _SORTED.items()})
    query = select(rows, labels.c.text).outerjoin(labels, labels.c.digest == rows.c.label).order_by(*again)
    return total, connection.execute(query).all()


def count_files(connection: Connection, content_id: int) -> int:
    """How many files a segment has."""
    query = select(func.count()).select_from(data).where(data.c.content_id == content_id)
    return int(connection.execute(query).scalar_one())


def stream_files(connection: Connection, content_id: int, frame_id: str | None = None) -> Iterator[Row[Any]]:
    """Every file of a segment, or of a frame, with `text` of its label, by frame, then sensor or path.

    Memory is a batch's.
    """
    query = _with_labels().where(data.c.content_id == content_id).order_by(data.c.frame_id, data.c.slot)
    if frame_id is not None:
        query = query.where(data.c.frame_id == frame_id)
    yield from connection.execute(query.execution_options(yield_per=1000))


def list_frames(
    connection: Connection, content_id: int, page: Page, remote_path: str | None = None
) -> tuple[int, list[tuple[str, list[Row[Any]]]]]:
    """How many frames a segment of type 1 has, and the page of them, by frame id; their files by sensor."""
    conditions = [data.c.content_id == content_id]
    if remote_path is not None:
        conditions.append(data.c.remote_path == remote_path)
    count = select(func.count(data.c.frame_id.distinct())).where(*conditions)
    frames = select(data.c.frame_id).where(*conditions).group_by(data.c.frame_id)
    if page.sort_by is not None:
        keys = func.min(_SORTED[page.sort_by])
        frames = frames.order_by(keys.asc() if page.is_ascending else keys.desc())
    frames = frames.order_by(data.c.frame_id).limit(page.limit).offset(page.offset)
    ids = [row.frame_id for row in connection.execute(frames)]
    rows: dict[str, list[Row[Any]]] = {frame_id: [] for frame_id in ids}
    query = _with_labels().where(*conditions, data.c.frame_id.in_(ids)).order_by(data.c.frame_id, data.c.slot)
    for row in connection.execute(query):
        rows[row.frame_id].append(row)
    return connection.execute(count).scalar_one(), list(rows.items())


def neighbours(connection: Connection, content_id: int, key: str, *, is_fusion: bool) -> tuple[str | None, str | None]:
    """The frames before and after one, by frame id, in a segment of type 0 the files by remote path."""
    column = data.c.frame_id if is_fusion else data.c.slot
    of_content = data.c.content_id == content_id
    before = select(func.max(column)).where(of_content, column < key)
    after = select(func.min(column)).where(of_content, column > key)
    return connection.execute(before).scalar(), connection.execute(after).scalar()


def paths_of(connection: Connection, content_id: int, stem: str) -> list[str]:
    """The remote paths that are this one, with an extension or without."""
    path = data.c.remote_path
    is_of_stem = (path == stem) | ((path >= f"{stem}.") & (path < f"{stem}/"))  # the slash is what follows the dot
    query = select(path).where(data.c.content_id == content_id, is_of_stem).order_by(path)
    return list(connection.execute(query).scalars())


def total_size(connection: Connection, version_id: int) -> int:
    """Bytes of the files of a version; masks are not counted (B30)."""
    of_version = select(segments.c.content_id).where(segments.c.version_id == version_id)
    query = select(func.coalesce(func.sum(data.c.size), 0)).where(data.c.content_id.in_(of_version))
    return int(connection.execute(query).scalar_one())
