"""BOX3D labels: the annotations of a sample, in the frame of the sensor that carries them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from lading import Box3D, Label, Report, Transform3D
from lading_nuscenes.annotations import NO_POINTS, POINTS
from lading_nuscenes.database import Database
from lading_nuscenes.origins import code
from lading_nuscenes.rotations import into_sensor

_GEOMETRY = ("x", "y", "z", "length", "width", "height", "qw", "qx", "qy", "qz")

#: Of a box that is told to be far from the vehicle.
_OF_PLACES = ("nuscenes.lidar-points", "instance.jump")


class Boxes:
    """Makes the labels of one sample after the other."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._names = [row.name for row in database.categories.rows]
        self._levels = [row.level for row in database.visibilities.rows]
        known = database.attributes
        self._attributes = [
            [row.name for token in tokens or () if (row := known.get(token)) is not None]
            for tokens in database.annotations.attribute_sets
        ]

    def labels(
        self, places: NDArray[np.int32], ego_pose: Transform3D, extrinsics: Transform3D, report: Report
    ) -> list[Label]:
        """The boxes at some places of the annotations, seen from a sensor."""
        rows, book = self._database.annotations, self._database.book
        translations, sizes, rotations = rows.translations[places], rows.sizes[places], rows.rotations[places]
        centres, turned = into_sensor(translations, rotations, ego_pose, extrinsics)
        # devkit size is (w, l, h); ours is (l, w, h)
        geometry = np.concatenate((centres, sizes[:, (1, 0, 2)], turned), axis=1).tolist()
        as_given = zip(translations.tolist(), sizes.tolist(), rotations.tolist(), strict=True)
        tokens, links = book.texts(rows.index.keys[places]), self._links(places)
        instances, velocities = self._instances(places), self._velocities(places, report)
        labels: list[Label] = []
        for number, (place, given) in enumerate(zip(places.tolist(), as_given, strict=True)):
            extras: dict[str, Any] = dict(zip(("translation", "size", "rotation"), given, strict=True))
            extras["token"] = tokens[number]
            extras["prev"], extras["next"] = links[number]
            common: dict[str, Any] = {
                "category": self._extend(place, extras),
                "attributes": self._attributes_of(place, velocities[number]),
                "instance": instances[number],
                "extras": extras,
                "origin": code("sample_annotation", int(rows.rows[place])),
            }
            labels.append(Box3D(**dict(zip(_GEOMETRY, geometry[number], strict=True)), **common))
        return labels

    def told(self, places: NDArray[np.int32], boxes: list[Label]) -> list[tuple[str, int | None]]:
        """What of some labels is told by their rows, as `Data.told` has it."""
        told = [("label.instance-missing", box.origin) for box in boxes if box.instance is None]
        odd = self._database.annotations.odd_points
        for place, box in zip(places.tolist(), boxes, strict=True) if odd else ():
            told += [(f"attribute.range attributes/{name}", box.origin) for name in odd.get(place, ())]
        far = self._database.annotations.far
        if len(far):
            is_far = np.isin(places, far).tolist()
            origins = [box.origin for box, is_it in zip(boxes, is_far, strict=True) if is_it]
            told += [(rule, origin) for rule in _OF_PLACES for origin in origins]
        strangers = self._database.annotations.strangers
        if strangers and not strangers.isdisjoint(places.tolist()):
            own = {box.instance for place, box in zip(places.tolist(), boxes, strict=True) if place in strangers}
            told += [("label.instance-twice", box.origin) for box in boxes if box.instance in own]
        return told

    def _instances(self, places: NDArray[np.int32]) -> list[str | None]:
        database = self._database
        found = database.annotations.instances[places]
        texts: list[str | None] = [None] * len(places)
        known = np.flatnonzero(found >= 0)
        if len(known):
            for number, text in zip(
                known.tolist(), database.book.texts(database.instances.index.keys[found[known]]), strict=True
            ):
                texts[number] = text
        for number in np.flatnonzero(found < 0).tolist():
            texts[number] = database.annotations.texts.get((int(places[number]), "instance_token"))
        return texts

    def _links(self, places: NDArray[np.int32]) -> list[tuple[str, str]]:
        rows, book = self._database.annotations, self._database.book
        columns = []
        for name, links in (("prev", rows.before), ("next", rows.after)):
            found = links[places]
            texts = book.texts(rows.index.keys[np.where(found >= 0, found, 0)])
            columns.append(
                [
                    text if there else rows.texts.get((place, name), "")
                    for place, text, there in zip(places.tolist(), texts, (found >= 0).tolist(), strict=True)
                ]
            )
        return list(zip(*columns, strict=True))

    def _extend(self, place: int, extras: dict[str, Any]) -> str | None:
        """Add what the schema has not, and tokens that point nowhere; the label's category."""
        database = self._database
        rows, instances = database.annotations, database.instances
        if rows.visibilities[place] == -1:
            extras["visibility_token"] = rows.texts[place, "visibility_token"]
        given = rows.attribute_sets[rows.attributes[place]]
        if len(self._attributes[rows.attributes[place]]) != len(given or ()):
            extras["attribute_tokens"] = list(given or ())
        if place in rows.given_velocities:
            extras["velocity"] = rows.given_velocities[place]
        extras |= rows.extras.get(place, {})
        instance = int(rows.instances[place])
        if instance < 0:
            return None
        if instance in instances.extras:
            extras["instance"] = instances.extras[instance]
        category = int(instances.categories[instance])
        return None if category < 0 else self._names[category]

    def _attributes_of(self, place: int, velocity: list[float] | None) -> dict[str, Any]:
        rows = self._database.annotations
        attributes: dict[str, Any] = {"attribute": list(self._attributes[rows.attributes[place]])}
        visibility = int(rows.visibilities[place])
        if visibility >= 0:
            attributes["visibility"] = self._levels[visibility]
        for name, count in zip(POINTS, rows.points[place].tolist(), strict=True):
            if count != NO_POINTS:
                attributes[name] = count
        if velocity is not None:
            attributes["velocity"] = velocity
        return attributes

    def _velocities(self, places: NDArray[np.int32], report: Report) -> list[list[float] | None]:
        """What the row gives, else the devkit's rule; None where neither is finite."""
        rows = self._database.annotations
        velocities = rows.velocities(places, self._database.samples.times)
        is_finite: list[bool] = np.logical_and.reduce(np.isfinite(velocities), axis=1).tolist()
        found: list[list[float] | None] = [
            velocity if finite else None for velocity, finite in zip(velocities.tolist(), is_finite, strict=True)
        ]
        for number, place in enumerate(places.tolist() if rows.given_velocities else ()):
            if rows.given_velocities.get(place) is None:
                continue
            given = rows.given_velocities[place]
            if _is_vector(given):
                found[number] = [float(value) for value in given]
                continue
            message = f"expected finite numbers, found {given!r}; taken from the neighbours where there are some"
            at = self._database.tables.origin("sample_annotation", int(rows.rows[place]), "velocity")
            report.warning("nuscenes.velocity", message, at)
        return found


def _is_vector(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) in (2, 3)
        and all(isinstance(v, (int, float)) and not isinstance(v, bool) and np.isfinite(v) for v in value)
    )
