"""How jobs end."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from backstay_agent.jobs.ending import outcome
from backstay_agent.jobs.work import Backup, Copy, Started

BACKUP = Backup("1", "r", "arn", "S3", "gold", {"RuleName": "daily"}, "role")
COPY = Copy("1", "r", "arn", "point", "vault", "gold", "daily", "there", {}, "role")
NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.mark.parametrize("state", ["CREATED", "PENDING", "RUNNING", "ABORTING"])
def test_going_on(state: str) -> None:
    """A job that has not ended has no outcome."""
    assert outcome(Started(BACKUP, "j", NOW), {"State": state}) is None


@pytest.mark.parametrize(
    ("job", "status", "reason"),
    [
        ({"State": "COMPLETED"}, "completed", None),
        ({"State": "COMPLETED", "StatusMessage": "VSS failed"}, "completed", "VSS failed"),
        ({"State": "FAILED", "StatusMessage": "no"}, "failed", "FAILED: no"),
        ({"State": "EXPIRED"}, "failed", "EXPIRED: it did not start, or end, within its window"),
        ({"State": "ABORTED"}, "failed", "ABORTED: it was stopped"),
        ({"State": "PARTIAL"}, "failed", "PARTIAL: only part of the resource was taken"),
        ({"State": "SOMETHING_NEW"}, "failed", "SOMETHING_NEW"),
    ],
)
def test_ends(job: dict[str, Any], status: str, reason: str | None) -> None:
    """Only COMPLETED is success; anything else fails with AWS's sentence, or ours where AWS has none."""
    found = outcome(Started(BACKUP, "j", NOW), job)
    assert found is not None
    assert (found.status, found.reason) == (status, reason)


def test_what_came_of_it() -> None:
    """A backup gives its recovery point, a copy the one at its destination."""
    job = {"State": "COMPLETED", "RecoveryPointArn": "here", "DestinationRecoveryPointArn": "there"}
    points = [found.point for work in (BACKUP, COPY) if (found := outcome(Started(work, "j", NOW), job))]
    assert points == ["here", "there"]
