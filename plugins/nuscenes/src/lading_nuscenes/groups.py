"""The samples of each segment: those of a scene, or of a log in nuImages, and of scenes that are not there."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from lading import counted
from lading.model.recurring import as_often, is_often
from lading_nuscenes.samples import Samples
from lading_nuscenes.scene_chain import SceneChain, by_time
from lading_nuscenes.schema import Log, Scene
from lading_nuscenes.tables import Rows, Tables
from lading_nuscenes.tokens import TokenBook

#: Scenes that are told one by one though they are most.
_FEW = 2


class Group(msgspec.Struct, frozen=True):
    """The samples of a segment, in order; `token` is that of its scene or log, `scene` and `log` their rows."""

    token: str
    samples: Sequence[int]
    scene: Scene | None = None
    log: Log | None = None


def scene_groups(
    tables: Tables, book: TokenBook, samples: Samples, scenes: Rows[Scene], logs: Rows[Log]
) -> list[Group]:
    """The samples of each scene; then those of scenes that are not there, so that none is lost."""
    members = _members(tables, samples, "scene_token", "scene", scenes.places)
    tables.dangling(
        "scene", "log_token", "log", scenes.indexes, logs.find(tokens := [s.log_token for s in scenes.rows]), tokens
    )
    _bring_home(tables, book, samples, scenes, members)
    homeless = {place for token, places in members.items() if token not in scenes.places for place in places}
    homeless.update(samples.strangers)
    follow = samples.index.find(samples.links[1])
    groups, beyond, back = [], list[tuple[int, int]](), list[tuple[int, str]]()
    for place, scene in enumerate(scenes.rows):
        if scenes.places[scene.token] != place:
            continue  # the second of a token, which is reported
        chain = SceneChain(tables, scenes.indexes[place], scene, samples, members.pop(scene.token, []), homeless)
        groups.append(Group(scene.token, chain.ordered(book, follow), scene, logs.get(scene.log_token)))
        beyond += chain.beyond
        if chain.back:
            back.append((scenes.indexes[place], chain.back))
    _tell_back(tables, back, len(scenes))
    _tell_beyond(tables, samples, beyond, len(scenes))
    groups += [Group(token, by_time(samples, found)) for token, found in members.items()]
    return groups


def _tell_back(tables: Tables, back: list[tuple[int, str]], scenes: int) -> None:
    """Say which scenes go back in time, as `back` has it by their rows; once where most do."""
    is_most = is_often(len(back), scenes)
    more = as_often(len(back), scenes, "scenes") if is_most else ""
    for row, message in back[: 1 if is_most else None]:
        at = tables.origin("scene", row, "first_sample_token")
        tables.report.warning("nuscenes.sample-order", message + more, at)


def _tell_beyond(tables: Tables, samples: Samples, beyond: list[tuple[int, int]], scenes: int) -> None:
    """Say which samples that are the last of their scenes lead on to another one's; once where logs are linked whole.

    That is half of the scenes, where a log has two.
    """
    is_most = len(beyond) > _FEW and 2 * len(beyond) >= scenes
    for end, target in beyond[: 1 if is_most else None]:
        found = f"found that of row {samples.rows[target]}, of another scene"
        if is_most:
            found += f"; so it is with {counted(len(beyond) - 1, 'more scene')} of {scenes:,}"
        at = tables.origin("sample", samples.rows[end], "next")
        message = f"expected none, as it is the last of its scene, {found}"
        tables.report.warning("nuscenes.broken-chain", message, at)


def _bring_home(
    tables: Tables, book: TokenBook, samples: Samples, scenes: Rows[Scene], members: dict[str, list[int]]
) -> None:
    """Give a scene whose own token is told to be none the samples of the scene that its first sample names."""
    for place, scene in enumerate(scenes.rows):
        if scene.token in members or not tables.is_mended("scene", scenes.indexes[place], "token"):
            continue
        first = int(samples.index.find(book.keys([scene.first_sample_token]))[0])
        named = samples.groups[first] if first >= 0 else ""
        if named in members and named not in scenes.places:
            members[scene.token] = members.pop(named)


def log_groups(tables: Tables, samples: Samples, logs: Rows[Log]) -> list[Group]:
    """The samples of each log, in the order of the table: nuImages has no scenes."""
    members = _members(tables, samples, "log_token", "log", logs.places)
    groups = [Group(log.token, members.pop(log.token), None, log) for log in logs.rows if log.token in members]
    groups += [Group(token, found) for token, found in members.items()]
    return groups


def _members(tables: Tables, samples: Samples, column: str, target: str, known: dict[str, int]) -> dict[str, list[int]]:
    """The samples by the token of their group, repeated rows left out; tokens that point nowhere are reported."""
    members: dict[str, list[int]] = {}
    repeated = {row for row, _ in samples.index.repeats()}
    for place, token in enumerate(samples.groups):
        if place in repeated:
            continue
        members.setdefault(token, []).append(place)
        if token not in known:
            tables.dangles("sample", column, target, samples.rows[place], token)
    return members
