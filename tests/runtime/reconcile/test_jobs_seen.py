"""Jobs between looks: none is missed, however late it ends, and none is told twice."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backstay_agent.reconcile.jobs_seen import Job, look, read_job

START = datetime(2026, 11, 22, 0, 0, tzinfo=UTC)


def job(number: int, created: int, state: str) -> Job:
    """A job, created some minutes after the start."""
    at = START + timedelta(minutes=created)
    return Job("backup", f"job-{number:04d}", "100000000010", "eu-west-1", state, at, f"arn:{number}", "why")


@given(
    st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 4000)), max_size=25),
    st.lists(st.integers(1, 600), min_size=1, max_size=20),
)
def test_every_failure_is_seen_exactly_once(jobs: list[tuple[int, int]], pauses: list[int]) -> None:
    """Jobs are created and end at any time; looks come at any distance, and list by creation."""
    since, judged, seen = START, frozenset[str](), []
    minute = 0
    for pause in [*pauses, 10_000]:
        minute += pause
        listed = [
            job(number, created, "FAILED" if created + lasts <= minute else "RUNNING")
            for number, (created, lasts) in enumerate(jobs)
            if created <= minute and START + timedelta(minutes=created) >= since
        ]
        now = START + timedelta(minutes=minute)
        one = look("100000000010", "eu-west-1", "backup", listed, since, now)
        seen += [it.id for it in one.ended if it.id not in judged]
        judged = frozenset(it.id for it in one.ended if it.created >= one.following)
        since = one.following
    assert sorted(seen) == sorted(f"job-{number:04d}" for number in range(len(jobs)))


def test_a_copy_is_known_by_where_it_goes() -> None:
    """The same resource copied to two vaults is two things that can fail."""
    made = {"CopyJobId": "c", "State": "FAILED", "CreationDate": START, "ResourceArn": "arn:db"}
    names = {
        read_job("copy", "1", "r", {**made, "DestinationBackupVaultArn": vault}).resource for vault in ("v1", "v2")
    }
    assert names == {"arn:db to v1", "arn:db to v2"}


def test_a_job_tells_its_plan_and_rule_and_why() -> None:
    """AWS's own sentence where there is one, ours where AWS is silent."""
    item = {
        "BackupJobId": "b",
        "State": "EXPIRED",
        "CreationDate": START,
        "ResourceArn": "arn:db",
        "CreatedBy": {"BackupPlanName": "gold", "BackupRuleName": "daily", "BackupPlanId": "p"},
    }
    read = read_job("backup", "1", "r", item)
    assert (read.rule, read.failed, read.reason) == (
        "gold / daily", True, "it did not start, or end, within its window"
    )  # fmt: skip
    assert read_job("backup", "1", "r", {**item, "StatusMessage": "no role"}).reason == "no role"
