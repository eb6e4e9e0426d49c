"""A segment of the platform on the uploader's side: what it holds, what it will hold, and the way there."""

from __future__ import annotations

from lading.model.report import Report
from lading.model.sensor import Sensor
from lading.upload.ledger import Entry, item_digest, read_segment
from lading.upload.result import UploadResult
from lading.upload.settings import Settings
from lading.upload.target import Target
from lading.upload.transfer import Callbacks, Policies, Work
from lading.upload.verify import Outcome, differences


class Place:
    """One segment of the platform. Memory: an entry for each file that the platform holds of it."""

    def __init__(
        self,
        target: Target,
        name: str,
        result: UploadResult,
        settings: Settings,
        *,
        is_fusion: bool,
        is_verifying: bool,
    ) -> None:
        self.name = name
        self.remote: dict[str, Entry] = {}
        self.policies = Policies(target, name, settings.policy_s)
        self.callbacks = Callbacks(target, name, settings.batch, self.done, self._refused)
        self._target = target
        self._result = result
        self._is_fusion = is_fusion
        self._is_verifying = is_verifying
        self._rows: set[str] = set()
        self._sent: dict[str, Entry] = {}
        self._digest = 0

    async def open(self, description: str, sensors: tuple[Sensor, ...]) -> None:
        """Read what is there; make the segment and set its sensors where they are not."""
        target = self._target
        is_new = self.name not in target.segments
        if not is_new:
            async for key, entry in read_segment(target.client, target.id, target.version, self.name):
                self.remote[key] = entry
                self._rows.add(self._row(key))
        if not target.is_dry_run:
            await target.ensure_segment(self.name, description)
            await target.put_sensors(self.name, sensors, is_new=is_new)

    def done(self, work: Work) -> None:
        """Count a file that the draft has now as it should be."""
        result = self._result
        result.labels += work.item.label_count + work.mask_count
        if work.is_sent:
            result.sent += 1
        else:
            result.skipped += 1
            result.relabelled += work.theirs is not None and work.theirs.label != work.ours.label
        self._rows.add(self._row(work.item.key))
        self.keep(work.item.key, work.ours)
        if self._is_verifying:
            self._sent[work.item.key] = work.ours

    def keep(self, key: str, entry: Entry | None) -> None:
        """Count in a file that the segment holds from now on."""
        if entry is not None:
            self._digest += item_digest(key, entry)

    async def close(self, report: Report, segment: str) -> Outcome:
        """Compare what was sent where that is wanted; what the segment has to hold now.

        What the platform holds and the dataset does not is left alone, and said.
        """
        for key, entry in self.remote.items():
            self.keep(key, entry)
        if self.remote:
            names = ", ".join(repr(_shown(key)) for key in list(self.remote)[:3])
            message = (
                f"segment {self.name!r} on the platform: expected only files of the dataset, "
                f"found {len(self.remote)} more, such as {names}; they are left alone"
            )
            report.warning("upload.extra-remote", message, segment=segment)
        if self._is_verifying and not self._target.is_dry_run:
            for key, reason in await differences(self._target, self.name, self._sent):
                self._result.fail(f"{self.name}/{_shown(key)}", reason)
        return Outcome(segment_name=self.name, rows=len(self._rows), digest=self._digest)

    def _refused(self, work: Work, reason: str) -> None:
        self._result.fail(work.item.data.path, reason)
        self.keep(work.item.key, work.theirs)

    def _row(self, key: str) -> str:
        """What a segment counts: the file, or in fusion its frame."""
        return key.partition("\n")[0] if self._is_fusion else key


def _shown(key: str) -> str:
    """A file's key as people read it."""
    return key.replace("\n", " ")
