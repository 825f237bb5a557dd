"""A full disk: the job whose data do not fit fails, a call that cannot be kept is refused, and all goes on later."""

from __future__ import annotations

import logging
import random
import resource
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from backstay_local.backup.options import Settings

MANY = random.Random(20261129).randbytes(3_000_000)


@contextmanager
def disk_full(size: int) -> Iterator[None]:
    """No file grows beyond so many bytes: writing there fails with EFBIG, as on a full disk with ENOSPC."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def site(tmp_path: Path, open_site: Any) -> Any:
    """A lasting embedded AWS with a vault, a large bucket and a small one that was backed up once."""
    site = open_site(tmp_path)
    site.vault()
    site.take(site.bucket("small"))
    site.bucket("large", objects={"object": MANY})
    site.aws.save()
    return site


def test_a_job_whose_data_do_not_fit_fails_alone(site: Any, tmp_path: Path) -> None:
    """The job says why, others beside it succeed, nothing of it is left, and it works when there is room again."""
    before = sorted((tmp_path / "data").rglob("*"))
    site.client("s3").put_object(Bucket="small", Key="two", Body=b"2")
    with disk_full(2_000_000):
        large, small = site.start("arn:aws:s3:::large"), site.start("arn:aws:s3:::small")
        site.settle()
        failed = site.job(large)
        assert (failed["State"], failed["MessageCategory"]) == ("FAILED", "MISCELLANEOUS")
        assert failed["StatusMessage"] == "Internal error: the data could not be stored (File too large)."
        assert site.job(small)["State"] == "COMPLETED"
        assert site.aws.check() == []
        assert not list((tmp_path / "data" / "unfinished").iterdir())
        assert len(sorted((tmp_path / "data").rglob("*"))) < len(before) + 12
    site.take("arn:aws:s3:::large")
    assert site.aws.check() == []


def test_a_copy_whose_data_do_not_fit_fails_alone(site: Any) -> None:
    """The same of copy jobs."""
    point = site.take("arn:aws:s3:::large")
    target = site.vault("v2", EncryptionKeyArn=site.key())
    site.copy(site.take("arn:aws:s3:::small"), target)
    with disk_full(2_000_000):
        copied = site.copy(point, target)
    assert copied["State"] == "FAILED"
    assert copied["StatusMessage"] == "Internal error: the data could not be stored (File too large)."
    assert site.aws.check() == []
    assert site.copy(point, target)["State"] == "COMPLETED"


def test_a_call_that_cannot_be_kept_is_refused_and_nothing_of_it_is_there(site: Any) -> None:
    """500 InternalFailure; what can be read is read; the same call succeeds when there is room."""
    backup = site.backup
    with disk_full(4096):
        for _ in range(3):
            with pytest.raises(ClientError) as refused:
                backup.create_backup_vault(BackupVaultName="v2", BackupVaultTags={"a": "b"}, CreatorRequestId="t")
            assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
            assert refused.value.response["Error"]["Code"] == "InternalFailure"
            assert [vault["BackupVaultName"] for vault in backup.list_backup_vaults()["BackupVaultList"]] == ["v1"]
            assert backup.describe_backup_vault(BackupVaultName="v1")["NumberOfRecoveryPoints"] == 1
    arn = backup.create_backup_vault(BackupVaultName="v2", CreatorRequestId="t")["BackupVaultArn"]
    assert backup.list_tags(ResourceArn=arn)["Tags"] == {}


def test_what_cannot_be_kept_without_the_other_services_is_not_kept(site: Any, tmp_path: Path) -> None:
    """A job whose KMS key cannot be stored is not told as done, the rest is read as ever, and it is done later."""
    site.vault("v2", EncryptionKeyArn=site.key())
    with disk_full((tmp_path / "world.pickle").stat().st_size // 2):
        job = site.start("arn:aws:s3:::small", vault="v2")
        with pytest.raises(OSError, match="too large"):
            site.settle()
        assert site.job(job)["State"] in ("CREATED", "RUNNING")
        assert site.points("v2") == []
    site.settle()
    assert site.job(job)["State"] == "COMPLETED"
    assert site.aws.check() == []


def test_what_was_due_happens_once_there_is_room(
    site: Any, rule: Any, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    """Meanwhile the thread of the clock neither ends nor spins, calls are answered, and nothing is left over."""
    site.plan(rule("hourly", "cron(0 * ? * * *)"))
    job = site.start("arn:aws:s3:::large")
    site.aws.clock.jump(site.aws.clock.now() + timedelta(hours=2))
    with disk_full(4096), caplog.at_level(logging.ERROR):
        begun = time.monotonic()
        while time.monotonic() < begun + 0.4:
            site.aws.tick()
        assert len(caplog.records) == 1
        assert "it is tried again in 0.5 s" in caplog.records[0].message
        assert site.job(job)["State"] == "CREATED"
        assert site.backup.list_backup_jobs()["BackupJobs"]
        while len(caplog.records) < 2:
            site.aws.tick()
        assert "it is tried again in 1.0 s" in caplog.records[1].message
        with pytest.raises(Exception, match=r"disk|full|kept"):
            site.advance(hours=1)
        assert len(list((tmp_path / "data" / "manifests").iterdir())) == 1
    until = time.monotonic() + 10
    while site.job(job)["State"] != "COMPLETED":
        site.aws.tick()
        assert time.monotonic() < until
    site.advance(minutes=5)
    rules_of = [one for one in site.jobs() if one.get("CreatedBy")]
    assert len(rules_of) == 2 * len({one["CreationDate"] for one in rules_of})
    assert {one["State"] for one in site.jobs()} == {"COMPLETED"}
    assert len({one["CreationDate"] for one in rules_of}) in (2, 3)
    assert site.aws.check() == []


def test_what_happened_before_the_disk_was_full_is_kept(open_site: Any, tmp_path: Path, rule: Any) -> None:
    """When time goes by and the disk fills up on the way, every hour is there once, in this process and in the next."""
    site = open_site(tmp_path, settings=Settings(run_time=timedelta(seconds=20)))
    site.vault()
    site.volume()
    site.plan(rule("hourly", "cron(0 * ? * * *)"))
    site.advance(hours=3)
    log = tmp_path / "backup.sqlite3-wal"
    with disk_full(log.stat().st_size + 200_000), pytest.raises(Exception, match=r"disk|full|kept"):
        site.advance(days=365)
    between = len(site.points())
    site.advance(hours=1)
    site.aws.close()
    again = open_site(tmp_path, start=None)
    hours = sorted(point["CreationDate"] for point in again.points())
    assert len(hours) >= between > 3
    assert {later - earlier for earlier, later in pairwise(hours)} == {timedelta(hours=1)}
    assert again.aws.check() == []
