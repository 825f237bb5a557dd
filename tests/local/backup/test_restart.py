"""What survives the end of the process: everything that was answered, and everything that was due."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from backstay_local.store import Store


def test_everything_is_still_there(tmp_path: Path, open_site: Any, rule: Any, refusal: Any) -> None:
    """Vaults, locks, plans, points and tokens are as they were, and the bytes can still be restored."""
    site = open_site(tmp_path)
    vault = site.vault(BackupVaultTags={"a": "b"}, CreatorRequestId="t-1")
    point = site.take(site.bucket("bucket-one", objects={"file": b"body"}))
    site.backup.put_backup_vault_lock_configuration(BackupVaultName="v1", MinRetentionDays=7, ChangeableForDays=3)
    plan_id = site.plan(rule())
    site.advance(days=4)
    before = (site.points(), site.jobs(), site.backup.get_backup_plan(BackupPlanId=plan_id)["BackupPlan"])
    site.aws.close()

    again = open_site(tmp_path, start=None)
    assert (again.points(), again.jobs(), again.backup.get_backup_plan(BackupPlanId=plan_id)["BackupPlan"]) == before
    assert again.backup.list_tags(ResourceArn=vault)["Tags"] == {"a": "b"}
    assert (
        again.backup.create_backup_vault(BackupVaultName="v1", BackupVaultTags={"a": "b"}, CreatorRequestId="t-1")[
            "BackupVaultArn"
        ]
        == vault
    )
    unlock = again.backup.delete_backup_vault_lock_configuration
    assert refusal(lambda: unlock(BackupVaultName="v1"))[0] == "InvalidRequestException"
    again.backup.start_restore_job(
        RecoveryPointArn=point, Metadata={"DestinationBucketName": "bucket-new", "NewBucket": "true"}
    )
    again.settle()
    assert again.client("s3").get_object(Bucket="bucket-new", Key="file")["Body"].read() == b"body"
    again.advance(days=1)
    assert len(again.points()) == len(before[0]) + 2  # both buckets, the old and the restored


def test_jobs_go_on(tmp_path: Path, open_site: Any) -> None:
    """A job that was created, or running, when the process ended comes to its end in the next one."""
    site = open_site(tmp_path)
    site.vault()
    job_id = site.start(site.bucket("bucket-one"))
    site.aws.close()
    again = open_site(tmp_path, start=None)
    again.settle()
    assert again.job(job_id)["State"] == "COMPLETED"
    assert len(again.points()) == 1


def test_a_killed_process_keeps_what_it_answered(tmp_path: Path, open_site: Any) -> None:
    """A process that is killed right after an answer has that answer on disk."""
    script = f"""
import os, signal
from pathlib import Path
from backstay_local.app import LocalAws

backup = LocalAws(Path({str(tmp_path)!r})).client("backup")
backup.create_backup_vault(BackupVaultName="v1", BackupVaultTags={{"a": "b"}})
backup.put_backup_vault_lock_configuration(BackupVaultName="v1", MinRetentionDays=7)
rule = {{"RuleName": "r", "TargetBackupVaultName": "v1"}}
backup.create_backup_plan(BackupPlan={{"BackupPlanName": "plan", "Rules": [rule]}})
os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    site = open_site(tmp_path, start=None)
    vault = site.backup.describe_backup_vault(BackupVaultName="v1")
    assert (vault["Locked"], vault["MinRetentionDays"]) == (True, 7)
    assert site.backup.list_tags(ResourceArn=vault["BackupVaultArn"])["Tags"] == {"a": "b"}
    assert [plan["BackupPlanName"] for plan in site.backup.list_backup_plans()["BackupPlansList"]] == ["plan"]


def test_what_was_not_committed_did_not_happen(tmp_path: Path) -> None:
    """A transaction that fails leaves nothing behind, also when it is nested."""
    store = Store(tmp_path / "s.sqlite3")
    store.execute("CREATE TABLE t (a)")

    def fail() -> None:
        with store.transaction():
            store.execute("INSERT INTO t VALUES (1)")
            with store.transaction():
                store.execute("INSERT INTO t VALUES (2)")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with store.transaction():
        store.execute("INSERT INTO t VALUES (3)")
    assert store.query("SELECT a FROM t") == [(3,)]
    store.close()
    reopened = Store(tmp_path / "s.sqlite3")
    assert reopened.query("SELECT a FROM t") == [(3,)]
    reopened.close()


@pytest.mark.parametrize("left", ["everything", "chunks"])
def test_what_a_crash_left_without_a_row_is_cleared_away(tmp_path: Path, open_site: Any, left: str) -> None:
    """A process that dies between keeping the bytes and the row about them leaves nothing for good."""
    site = open_site(tmp_path)
    site.vault()
    point = site.take(site.bucket("bucket-one", objects={"file": b"body"}))
    site.bucket("bucket-two", objects={"file": b"other"})
    site.aws.close()
    [kept] = (tmp_path / "data" / "manifests").iterdir()
    chunks = sorted((tmp_path / "data" / "chunks").rglob("*"))
    script = f"""
import os, signal
from datetime import UTC, datetime
from pathlib import Path
from backstay_local.app import LocalAws

aws = LocalAws(Path({str(tmp_path)!r}))
vault = aws.client("backup").describe_backup_vault(BackupVaultName="v1")
bucket = aws.data.resource("arn:aws:s3:::bucket-two", aws.management_account, "us-east-1")
aws.data.backup(bucket, vault["EncryptionKeyArn"], datetime.now(UTC), None)
os.kill(os.getpid(), signal.SIGKILL)
"""
    killed = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    orphans = set((tmp_path / "data" / "manifests").iterdir()) - {kept}
    assert len(orphans) == 1
    if left == "chunks":
        orphans.pop().unlink()
    again = open_site(tmp_path, start=None)
    assert list((tmp_path / "data" / "manifests").iterdir()) == [kept]
    assert sorted((tmp_path / "data" / "chunks").rglob("*/*/*")) == [path for path in chunks if path.is_file()]
    assert again.aws.check() == []
    assert [one["RecoveryPointArn"] for one in again.points()] == [point]


def test_time_that_was_killed_on_its_way_goes_on(tmp_path: Path, open_site: Any, rule: Any) -> None:
    """A process that dies while its clock is moved forward repeats what was not on disk, and does nothing twice."""
    site = open_site(tmp_path)
    site.vault()
    site.bucket("bucket-one")
    site.plan(rule("hourly", "cron(0 * ? * * *)", keep=35))
    site.aws.close()
    script = f"""
import os, signal, threading, time
from datetime import timedelta
from pathlib import Path
from backstay_local.app import LocalAws

def kill():
    while aws.clock.offset < timedelta(days=30):
        time.sleep(0.001)
    os.kill(os.getpid(), signal.SIGKILL)

aws = LocalAws(Path({str(tmp_path)!r}))
threading.Thread(target=kill, daemon=True).start()
aws.advance(timedelta(days=365))
"""
    killed = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    again = open_site(tmp_path, start=None)
    again.advance(days=20)
    created = sorted(point["CreationDate"] for point in again.points())
    hours = {later - earlier for earlier, later in pairwise(created)}
    assert len(created) > 24 * 20
    assert hours == {timedelta(hours=1)}
    assert again.aws.check() == []


@pytest.mark.parametrize("part", ["manifests", "chunks", "manifest gone"])
def test_a_torn_backup_is_told_and_cannot_be_restored(tmp_path: Path, open_site: Any, part: str) -> None:
    """The check names what is damaged, its restore fails and says so, and every other backup is restored as ever."""
    site = open_site(tmp_path)
    site.vault()
    whole = site.take(site.bucket("bucket-one", objects={"file": b"body"}))
    place = tmp_path / "data" / ("chunks" if part == "chunks" else "manifests")
    before = set(place.rglob("*"))
    torn = site.take(site.bucket("bucket-two", objects={"file": b"other"}))
    files = sorted(path for path in set(place.rglob("*")) - before if path.is_file())
    site.aws.close()
    for file in files:
        if part == "manifest gone":
            file.unlink()
        else:
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])

    again = open_site(tmp_path, start=None)
    problems = again.aws.check()
    if part == "manifest gone":
        assert f"recovery point {torn} cannot be restored: its backup is missing" in problems
    else:
        assert all(any(file.name in problem for problem in problems) for file in files)
    ended = {}
    for name, point in (("good", whole), ("bad", torn)):
        metadata = {"DestinationBucketName": name, "NewBucket": "true"}
        job = again.backup.start_restore_job(RecoveryPointArn=point, Metadata=metadata)["RestoreJobId"]
        again.settle()
        ended[name] = again.backup.describe_restore_job(RestoreJobId=job)
    assert ended["good"]["Status"] == "COMPLETED"
    assert again.client("s3").get_object(Bucket="good", Key="file")["Body"].read() == b"body"
    assert ended["bad"]["Status"] == "FAILED"
    assert any(word in ended["bad"]["StatusMessage"] for word in ("damaged", "does not exist any more"))
    assert [one["Name"] for one in again.client("s3").list_buckets()["Buckets"]].count("bad") == 0
    again.take("arn:aws:s3:::bucket-two")


def test_a_torn_log_leaves_an_earlier_state_that_works(tmp_path: Path, open_site: Any) -> None:
    """Whatever is missing at the end of the write-ahead log: the folder is taken up as it was before, and goes on."""
    site = open_site(tmp_path / "live")
    for number in range(6):
        site.vault(f"vault-{number}", BackupVaultTags={"number": str(number)})
        site.take(site.bucket(f"bucket-{number}"), f"vault-{number}")
    site.aws.save()
    log = (tmp_path / "live" / "backup.sqlite3-wal").read_bytes()
    chance, counts = random.Random(20261129), set()
    for number, size in enumerate(sorted(chance.sample(range(len(log)), 8))):
        folder = tmp_path / str(number)
        shutil.copytree(tmp_path / "live", folder, ignore=shutil.ignore_patterns("*-shm"))
        (folder / "backup.sqlite3-wal").write_bytes(log[:size])
        torn = open_site(folder, start=None)
        torn.settle()
        vaults = sorted(vault["BackupVaultName"] for vault in torn.backup.list_backup_vaults()["BackupVaultList"])
        assert vaults == [f"vault-{number}" for number in range(len(vaults))]
        for name in vaults:
            vault = torn.backup.describe_backup_vault(BackupVaultName=name)
            assert torn.backup.list_tags(ResourceArn=vault["BackupVaultArn"])["Tags"] == {"number": name[-1]}
            assert vault["NumberOfRecoveryPoints"] == len(torn.points(name)) == 1 or name == vaults[-1]
        assert torn.aws.check() == []
        torn.vault("after")
        counts.add(len(vaults))
        torn.aws.close()
    assert len(counts) > 2
