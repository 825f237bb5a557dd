"""What restore tests came to: one row a restored recovery point, as `backstay restore-test --format json` writes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Status = Literal["passed", "late", "failed", "unreached", "skipped"]
"""`late`: restored as it should be, but not in time. `unreached`: it could not be looked at, or its account not asked.
`skipped`: a resource without a recovery point that the plan takes."""
Cleaned = Literal["deleted", "left", "by AWS", "nothing"]
"""What became of the restored resource; `by AWS` where a restore testing plan of AWS's deletes it."""


@dataclass(frozen=True, slots=True)
class CommandRun:
    """The user's command: how it ended (None: not in time, or it could not be run), and the end of its output."""

    exit_code: int | None
    seconds: float
    output: str


@dataclass(frozen=True, slots=True)
class RestoreTest:
    """One restore test. `seconds` is how long AWS took for the restore, `within_seconds` the target.

    `content` is what a look at the restored resource came to (verified, described, differs, failed) and `says` the
    sentence for it; `reason` is AWS's own words where something failed, `remedy` what to do about it.
    """

    account: str
    region: str
    plan: str
    selection: str
    type: str
    resource: str
    status: Status
    recovery_point: str | None = None
    restore_job: str | None = None
    restored: str | None = None
    seconds: float | None = None
    within_seconds: float | None = None
    content: str | None = None
    says: str | None = None
    command: CommandRun | None = None
    cleaned: Cleaned = "nothing"
    reason: str | None = None
    remedy: str | None = None


@dataclass(frozen=True, slots=True)
class NotRead:
    """A place that could not be looked at; `region` None means the whole account."""

    account: str
    region: str | None
    error: str


@dataclass(frozen=True, slots=True)
class RestoreTestSummary:
    """How many tests there were, by what came of them."""

    tests: int
    passed: int
    late: int
    failed: int
    unreached: int
    skipped: int


@dataclass(frozen=True, slots=True)
class RestoreTestReport:
    """A run of restore tests; `at` is AWS's time at its beginning, in ISO 8601."""

    at: str
    organization: str
    tests: tuple[RestoreTest, ...]
    summary: RestoreTestSummary
    unread: tuple[NotRead, ...] = ()
    format: Literal[1] = field(default=1)
