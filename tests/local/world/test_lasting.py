"""What outlives the process, and what must not leak from one embedded AWS into another."""

from __future__ import annotations

import stat
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from backstay_local.app import LocalAws
from backstay_local.clock import Clock
from backstay_local.hold import BusyError, Hold
from backstay_local.world.snapshot import SnapshotError

Refused = Callable[[str], AbstractContextManager[None]]
MEMBER = "100000000010"


def test_everything_survives_a_restart(tmp_path: Path, org_file: Path) -> None:
    """Objects, items, keys, sessions, the organization, vaults and the clock are there again in a new process."""
    folder = tmp_path / "data"
    with LocalAws(folder, accept={"AKIAFIXED": MEMBER}) as aws:
        aws.seed(org_file)
        s3 = aws.client("s3", MEMBER)
        s3.create_bucket(Bucket="kept")
        s3.put_object(Bucket="kept", Key="big", Body=bytes(range(256)) * 4096)
        table = aws.client("dynamodb", MEMBER)
        table.create_table(
            TableName="t",
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            BillingMode="PAY_PER_REQUEST",
        )
        table.put_item(TableName="t", Item={"id": {"S": "one"}})
        kms = aws.client("kms", MEMBER)
        key = kms.create_key()["KeyMetadata"]["Arn"]
        kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")
        aws.client("sqs", MEMBER).create_queue(QueueName="q")
        blob = aws.world.encrypt(key, b"secret")
        role = f"arn:aws:iam::{MEMBER}:role/OrganizationAccountAccessRole"
        keys = aws.client("sts").assume_role(RoleArn=role, RoleSessionName="visit")["Credentials"]
        aws.client("backup", MEMBER).create_backup_vault(BackupVaultName="safe")
        aws.advance(timedelta(days=3))
        facts = aws.access_key, aws.management_account
    program = f"""
import sys
from datetime import timedelta, UTC, datetime
from pathlib import Path
from backstay_local.app import LocalAws
with LocalAws(Path({str(folder)!r})) as aws:
    assert (aws.access_key, aws.management_account) == {facts!r}
    mine = aws.session({keys["AccessKeyId"]!r}, {keys["SecretAccessKey"]!r}, {keys["SessionToken"]!r})
    us = dict(region_name="us-east-1")
    assert mine.client("sts", **us).get_caller_identity()["Account"] == {MEMBER!r}
    body = mine.client("s3", **us).get_object(Bucket="kept", Key="big")["Body"].read()
    assert body == bytes(range(256)) * 4096
    assert mine.client("dynamodb", **us).scan(TableName="t")["Items"] == [{{"id": {{"S": "one"}}}}]
    assert aws.world.decrypt({key!r}, {blob!r}) == b"secret"
    assert len(mine.client("sqs", **us).list_queues()["QueueUrls"]) == 1
    assert len(aws.client("organizations").list_accounts()["Accounts"]) == 4
    assert mine.client("backup", **us).list_backup_vaults()["BackupVaultList"][0]["BackupVaultName"] == "safe"
    fixed = aws.session("AKIAFIXED", "x").client("sts", **us)
    assert fixed.get_caller_identity()["Account"] == {MEMBER!r}
    assert aws.clock.now() - datetime.now(UTC) > timedelta(days=2, hours=23)
    mine.client("sqs", **us).create_queue(QueueName="p")
print("whole")
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "whole", done.stderr


def test_the_snapshot_is_private_and_only_written_when_something_changed(tmp_path: Path) -> None:
    """The file can be read by its owner only; reads do not write it again."""
    with LocalAws(tmp_path) as aws:
        aws.client("s3").create_bucket(Bucket="kept")
        assert aws.save() == []
        file = tmp_path / "world.pickle"
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        before = file.stat().st_mtime_ns
        aws.client("s3").list_buckets()
        aws.client("dynamodb").list_tables()
        assert aws.save() == []
        assert file.stat().st_mtime_ns == before
        aws.client("sqs").create_queue(QueueName="q")
        aws.save()
        assert file.stat().st_mtime_ns > before


def test_another_motos_snapshot_is_refused(tmp_path: Path) -> None:
    """A world of another moto version is not guessed at: the complaint names both, and the folder is let go."""
    with LocalAws(tmp_path) as aws:
        aws.client("s3").create_bucket(Bucket="kept")
    file = tmp_path / "world.pickle"
    head, version, rest = file.read_bytes().split(b"\n", 2)
    file.write_bytes(b"\n".join([head, b"4.0.0", rest]))
    for _ in range(2):
        with pytest.raises(SnapshotError, match=r"moto 4\.0\.0, and this is moto 5"):
            LocalAws(tmp_path)
    file.write_bytes(b"garbage")
    with pytest.raises(SnapshotError, match="not a snapshot"):
        LocalAws(tmp_path)
    file.write_bytes(b"\n".join([head, version, rest]))
    with LocalAws(tmp_path) as aws:
        assert len(aws.client("s3").list_buckets()["Buckets"]) == 1


def test_a_snapshot_that_others_could_have_written_is_not_taken_up(tmp_path: Path) -> None:
    """Loading runs what is inside, so the file must be closed to everybody else."""
    with LocalAws(tmp_path) as aws:
        aws.client("s3").create_bucket(Bucket="kept")
    (tmp_path / "world.pickle").chmod(0o666)
    with pytest.raises(SnapshotError, match="chmod 600"):
        LocalAws(tmp_path)


def test_a_folder_belongs_to_one(tmp_path: Path) -> None:
    """Two on one folder would destroy each other's state: the second is refused while the first is there."""
    with LocalAws(tmp_path), pytest.raises(BusyError, match="another embedded AWS"):
        LocalAws(tmp_path)
    LocalAws(tmp_path).close()


def test_two_in_one_process_do_not_see_each_other() -> None:
    """Buckets, organizations and keys of one are not in the other, however the calls are mixed."""
    with LocalAws() as one, LocalAws() as two:
        one.client("s3").create_bucket(Bucket="same")
        two.client("s3").create_bucket(Bucket="same")
        two.client("s3").put_object(Bucket="same", Key="k", Body=b"two")
        one.client("organizations").create_organization()
        assert one.client("s3").list_objects_v2(Bucket="same")["KeyCount"] == 0
        assert two.world.organization() is None
        assert two.client("s3").get_object(Bucket="same", Key="k")["Body"].read() == b"two"
        assert one.world.organization() is not None


def test_a_snapshot_waits_for_nobody_forever(tmp_path: Path) -> None:
    """While a call is inside moto, the timer's snapshot gives up and comes back later."""
    with LocalAws(tmp_path) as aws:
        aws.client("s3").create_bucket(Bucket="kept")
        inside, leave = threading.Event(), threading.Event()

        def stay() -> None:
            with aws.world.substrate.inside():
                inside.set()
                leave.wait(10)

        thread = threading.Thread(target=stay)
        thread.start()
        inside.wait(10)
        assert aws.save(patience=0.05) is None
        leave.set()
        thread.join()
        assert aws.save(patience=5) == []


def test_the_clock_only_goes_forward() -> None:
    """A jump into the past changes nothing; a start may lie anywhere; naive times are refused."""
    clock = Clock(datetime(2030, 1, 1, tzinfo=UTC))
    assert timedelta(0) <= clock.now() - datetime(2030, 1, 1, tzinfo=UTC) < timedelta(seconds=5)
    clock.jump(datetime(2029, 1, 1, tzinfo=UTC))
    assert clock.now().year == 2030
    clock.jump(datetime(2031, 6, 1, tzinfo=UTC))
    assert clock.now().year == 2031
    with pytest.raises(ValueError, match="aware"):
        clock.jump(datetime(2032, 1, 1))  # noqa: DTZ001  # the naive time is the point


def test_saving_from_many_threads_is_one_after_the_other(tmp_path: Path) -> None:
    """The timer, a shutdown and a request may want the state stored at once: what is stored is whole, and the last."""
    with LocalAws(tmp_path) as aws:
        s3 = aws.client("s3")

        def work(number: int) -> None:
            s3.create_bucket(Bucket=f"bucket-{number}")
            aws.save(patience=5)
            aws.advance(timedelta(seconds=1))

        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(24)))
    with LocalAws(tmp_path) as again:
        assert len(again.client("s3").list_buckets()["Buckets"]) == 24
        assert again.clock.offset >= timedelta(seconds=20)


def test_a_folder_that_is_only_looked_at_is_not_taken(tmp_path: Path) -> None:
    """Who asks at the same moment whether a folder is free does not keep the one who wants it from having it."""
    held = Hold(tmp_path)
    threading.Timer(0.1, held.release).start()
    Hold(tmp_path, patience=5).release()
