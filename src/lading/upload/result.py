"""What an upload says of itself, while it runs and when it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

#: Failures and missing files that are listed one by one; all are counted.
LISTED = 1000


@dataclass(frozen=True)
class Progress:
    """How far an upload is: `done` of `total` frames of a segment (None: not known), bytes of media sent so far."""

    phase: Literal["upload", "verify", "commit"]
    segment: str | None
    done: int
    total: int | None
    bytes_sent: int


Listener: TypeAlias = Callable[[Progress], None]


@dataclass
class UploadResult:
    """What was done, or in a dry run what would be.

    Counts of files: `sent`, `skipped` (already there, byte for byte), `failed` and `missing` (named by the dataset,
    not there). `labels` counts those of the files sent and skipped; `relabelled` is how many of the skipped files
    got other labels. `commit_id` is the head where nothing had changed, and None where nothing was committed. `absent`
    are files that other parts have yet to bring, which holds the commit.
    """

    dataset: str
    dataset_id: str | None = None
    draft_number: int | None = None
    commit_id: str | None = None
    segments: int = 0
    frames: int = 0
    labels: int = 0
    sent: int = 0
    skipped: int = 0
    failed: int = 0
    missing: int = 0
    relabelled: int = 0
    bytes_sent: int = 0
    failures: list[tuple[str, str]] = field(default_factory=list)
    missing_files: list[str] = field(default_factory=list)
    absent: list[str] = field(default_factory=list)
    is_dry_run: bool = False
    allow_missing: bool = False

    @property
    def is_complete(self) -> bool:
        """Whether every file that was wanted is on the platform."""
        return not self.failed and not self.absent and (self.allow_missing or not self.missing)

    def fail(self, path: str, reason: str) -> None:
        """Count a file that is there and did not go up."""
        self.failed += 1
        if len(self.failures) < LISTED:
            self.failures.append((path, reason))

    def miss(self, path: str) -> None:
        """Count a file that the dataset names and does not hold."""
        self.missing += 1
        if len(self.missing_files) < LISTED:
            self.missing_files.append(path)

    def to_json(self) -> dict[str, Any]:
        """The object that `lading upload --json` prints."""
        return {
            "schemaVersion": 1,
            "dataset": self.dataset,
            "datasetId": self.dataset_id,
            "draftNumber": self.draft_number,
            "commitId": self.commit_id,
            "segments": self.segments,
            "frames": self.frames,
            "labels": self.labels,
            "files": {
                "sent": self.sent,
                "skipped": self.skipped,
                "failed": self.failed,
                "missing": self.missing,
            },
            "bytesSent": self.bytes_sent,
        }
