"""Job summaries: counts over days and accounts, and the pure counting behind them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from backstay_local.backup.summaries import ALL, ANY, Counted, Question, count

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def test_counting() -> None:
    """ANY counts each value on its own, AGGREGATE_ALL their sum, a value only itself; days are UTC days."""
    jobs = [
        Counted(("1", "COMPLETED", "S3"), NOW),
        Counted(("1", "FAILED", "S3"), NOW),
        Counted(("2", "COMPLETED", "EBS"), NOW - timedelta(days=1)),
        Counted(("2", "COMPLETED", "EBS"), NOW - timedelta(days=15)),
    ]

    def found(*asked: str, period: str = "FOURTEEN_DAYS") -> list[tuple[tuple[str, ...], int]]:
        return [(group, number) for _, group, number in count(jobs, Question(asked, period), NOW)]

    assert found(ALL, ALL, ALL) == [((ALL, ALL, ALL), 3)]
    assert found(ANY, ALL, ALL) == [(("1", ALL, ALL), 2), (("2", ALL, ALL), 1)]
    assert found(ALL, "COMPLETED", ALL) == [((ALL, "COMPLETED", ALL), 2)]
    assert [number for _, number in found(ALL, ALL, ALL, period="ONE_DAY")] == [2, 1]
    spans = [span for span, _, _ in count(jobs, Question((ALL, ALL, ALL), "ONE_DAY"), NOW)]
    midnight = NOW.replace(hour=0)
    assert spans[0] == (midnight, midnight + timedelta(days=1))


def test_summaries(site: Any) -> None:
    """The operation counts jobs by state and type, in pages, and for the whole organization on request."""
    other = site.member()
    site.vault()
    site.vault("v1", other)
    site.start(site.bucket("bucket-one"))
    site.start("arn:aws:s3:::never-was")
    site.start(site.bucket("bucket-two", account=other), account=other)
    site.settle()
    own = site.backup.list_backup_job_summaries()["BackupJobSummaries"]
    assert {(one["State"], one["Count"]) for one in own} == {("COMPLETED", 1), ("FAILED", 1)}
    first = site.backup.list_backup_job_summaries(MaxResults=1)
    second = site.backup.list_backup_job_summaries(MaxResults=1, NextToken=first["NextToken"])
    assert [*first["BackupJobSummaries"], *second["BackupJobSummaries"]] == own
    [total] = site.backup.list_backup_job_summaries(
        AccountId="AGGREGATE_ALL",
        State="AGGREGATE_ALL",
        ResourceType="AGGREGATE_ALL",
        MessageCategory="AGGREGATE_ALL",
        AggregationPeriod="SEVEN_DAYS",
    )["BackupJobSummaries"]
    assert (total["Count"], total["AccountId"]) == (3, "AGGREGATE_ALL")
    assert site.backup.list_copy_job_summaries()["CopyJobSummaries"] == []
    assert site.backup.list_restore_job_summaries()["RestoreJobSummaries"] == []


def test_an_account_that_oversees_no_other_counts_its_own(site: Any) -> None:
    """A member, or an account alone, is told of its own jobs, whichever account it asks for."""
    site.vault()
    site.start(site.bucket("bucket-one"))
    member = site.member()
    site.vault("v1", member)
    site.start(site.bucket("bucket-two", account=member), account=member)
    site.settle()
    client = site.client("backup", member)
    for asked in (None, "ANY", "AGGREGATE_ALL", site.account):
        named = {} if asked is None else {"AccountId": asked}
        [own] = client.list_backup_job_summaries(**named)["BackupJobSummaries"]
        assert (own["Count"], own["AccountId"]) == (1, asked if asked == ALL else member)


def test_pages_of_summaries(site: Any, refusal: Any) -> None:
    """Up to 500 at a time, not 1,000 as other lists."""
    for operation in ("backup", "copy", "restore"):
        ask = getattr(site.backup, f"list_{operation}_job_summaries")
        ask(MaxResults=500)
        assert refusal(lambda ask=ask: ask(MaxResults=501))[0] == "InvalidParameterValueException"
