"""A server that is killed again and again while many write: every call that it answered is there in the next one.

Each of several clients changes things of its own, and notes what each answered call made of them. A call that the kill
cut short may have happened or not, but not by halves.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as Unreachable

BUCKET, JOBS, ACCOUNT = "arn:aws:s3:::kept", "jobs", "123456789012"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/backup"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}
CLIENTS = 4
SEED = 20261129
Fact = tuple[str, ...]
"""What a client knows something about: a noun and what names it."""

READ: dict[str, tuple[str, tuple[str, ...], tuple[str, ...]]] = {
    "vault": ("describe_backup_vault", ("BackupVaultName",), ("VaultState",)),
    "lock": ("describe_backup_vault", ("BackupVaultName",), ("MinRetentionDays",)),
    "tags": ("list_tags", ("ResourceArn",), ("Tags",)),
    "policy": ("get_backup_vault_access_policy", ("BackupVaultName",), ("Policy",)),
    "plan": ("get_backup_plan", ("BackupPlanId",), ("BackupPlan", "BackupPlanName")),
    "version": ("get_backup_plan", ("BackupPlanId", "VersionId"), ("VersionId",)),
    "selection": ("get_backup_selection", ("BackupPlanId", "SelectionId"), ("SelectionId",)),
    "hold": ("get_legal_hold", ("LegalHoldId",), ("Title",)),
    "tests": ("get_restore_testing_plan", ("RestoreTestingPlanName",), ("RestoreTestingPlan", "StartWindowHours")),
    "report": ("describe_report_plan", ("ReportPlanName",), ("ReportPlan", "ReportPlanDescription")),
    "job": ("describe_backup_job", ("BackupJobId",), ("BackupJobId",)),
}
"""How a fact is read back: the call, the parameters that name it, and where in the answer it stands."""


def vault_arn(name: str) -> str:
    """The ARN of a vault."""
    return f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:{name}"


def read(backup: Any, fact: Fact) -> Any:
    """What the server says of a fact; None when there is no such thing."""
    noun, *named = fact
    call, parameters, place = READ[noun]
    try:
        found = getattr(backup, call)(**dict(zip(parameters, named, strict=True)))
    except ClientError as error:  # a vault that does not exist is told by AccessDeniedException
        if error.response["Error"]["Code"] not in ("ResourceNotFoundException", "AccessDeniedException"):
            raise
        return None
    for member in place:
        found = found.get(member)
    return found


class CutError(Exception):
    """The kill came between the head of an answer, which says that all is well, and the rest."""


def whole(answer: Any) -> Any:
    """An answer with all that was sent: boto3 takes the head of one alone for an empty one."""
    sent = int(answer["ResponseMetadata"]["HTTPHeaders"]["content-length"])
    if sent > len("{}") and len(answer) == 1:
        raise CutError
    return answer


@dataclass
class Client:
    """One who writes: what it knows to be there, and what the last call may or may not have made of it."""

    name: str
    chance: random.Random
    known: dict[Fact, Any] = field(default_factory=dict)
    fresh: set[Fact] = field(default_factory=set)
    unsure: dict[Fact, Any] = field(default_factory=dict)
    answered: int = 0

    def go_on(self, backup: Any, enough: threading.Event) -> None:
        """Call after call, until the server is gone or told to stop."""
        while not enough.is_set():
            try:
                self.chance.choice(CALLS)(self, backup)
            except (HTTPClientError, Unreachable, CutError):
                return

    def call(self, act: Callable[..., Any], becomes: dict[Fact, Any], **params: Any) -> Any:
        """One call, and what it makes of things; an answer makes that certain."""
        self.unsure = becomes
        answer = act(**params)
        self.unsure = {}
        self.answered += 1
        self.note(becomes)
        return whole(answer)

    def note(self, becomes: dict[Fact, Any]) -> None:
        """Something is so from now on."""
        self.known |= becomes
        self.fresh |= set(becomes)

    def look(self, backup: Any, *, everything: bool = False) -> list[str]:
        """What is not as it should be: of all, or of what changed since the last look; nothing is unsure afterwards."""
        wrong = []
        for fact in sorted(self.known if everything else self.fresh):
            if fact in self.unsure:
                continue
            found = read(backup, fact)
            if found != self.known[fact]:
                wrong.append(f"{fact}: {found!r} instead of {self.known[fact]!r}")
        whole = [fact for fact, value in self.unsure.items() if read(backup, fact) == value]
        before = [fact for fact in self.unsure if read(backup, fact) == self.known.get(fact)]
        if len(self.unsure) not in (len(whole), len(before)):
            wrong.append(f"half of a call: {self.unsure}, of which {whole} happened")
        elif len(whole) == len(self.unsure):
            self.known |= self.unsure
        self.fresh, self.unsure = set(), {}
        return wrong

    def one(self, noun: str) -> list[str] | None:
        """The name of something of a kind that is there."""
        there = [fact for fact, value in self.known.items() if fact[0] == noun and value is not None]
        return list(self.chance.choice(there[-20:])[1:]) if there else None

    def has(self, noun: str) -> int:
        """How many of a kind are there: quotas are not what is tried here."""
        return sum(fact[0] == noun and value is not None for fact, value in self.known.items())

    def new(self) -> str:
        """A name that was not used yet."""
        return f"{self.name}-{self.chance.randrange(16**8):08x}"


def make_vault(client: Client, backup: Any) -> None:
    """A vault with tags; when there are many, one goes instead."""
    if client.has("vault") > 15:
        drop_vault(client, backup)
        return
    name, tags = client.new(), {"made": client.new()}
    becomes: dict[Fact, Any] = {("vault", name): "AVAILABLE", ("lock", name): None, ("policy", name): None}
    becomes["tags", vault_arn(name)] = tags
    client.call(backup.create_backup_vault, becomes, BackupVaultName=name, BackupVaultTags=tags)


def drop_vault(client: Client, backup: Any) -> None:
    """A vault goes with all that is kept with it."""
    if found := client.one("vault"):
        becomes = {(noun, found[0]): None for noun in ("vault", "lock", "policy")}
        becomes[("tags", vault_arn(found[0]))] = None
        client.call(backup.delete_backup_vault, becomes, BackupVaultName=found[0])


def tag_vault(client: Client, backup: Any) -> None:
    """One more tag, or one less."""
    if found := client.one("vault"):
        arn, key = vault_arn(found[0]), client.chance.choice("abc")
        tags = client.known["tags", arn]
        if key in tags:
            fewer = {tag: value for tag, value in tags.items() if tag != key}
            client.call(backup.untag_resource, {("tags", arn): fewer}, ResourceArn=arn, TagKeyList=[key])
        else:
            more = {key: client.new()}
            client.call(backup.tag_resource, {("tags", arn): tags | more}, ResourceArn=arn, Tags=more)


def lock_vault(client: Client, backup: Any) -> None:
    """A lock that can be changed, or none."""
    if found := client.one("vault"):
        [name] = found
        if client.known["lock", name] is None or client.chance.random() < 0.5:
            days = client.chance.randrange(1, 90)
            put = backup.put_backup_vault_lock_configuration
            client.call(put, {("lock", name): days}, BackupVaultName=name, MinRetentionDays=days)
        else:
            client.call(backup.delete_backup_vault_lock_configuration, {("lock", name): None}, BackupVaultName=name)


def guard_vault(client: Client, backup: Any) -> None:
    """An access policy, or none."""
    if found := client.one("vault"):
        [name], mark = found, client.new()
        if client.known["policy", name] is None or client.chance.random() < 0.7:
            statement = {
                "Effect": "Allow",
                "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
                "Action": "backup:CopyIntoBackupVault",
                "Resource": "*",
            }
            document = json.dumps({"Version": "2012-10-17", "Id": mark, "Statement": [statement]})
            put = backup.put_backup_vault_access_policy
            client.call(put, {("policy", name): document}, BackupVaultName=name, Policy=document)
        else:
            client.call(backup.delete_backup_vault_access_policy, {("policy", name): None}, BackupVaultName=name)


def write_plan(client: Client, backup: Any) -> None:
    """A new plan, or a new version of one."""
    name, found = client.new(), client.one("plan")
    body = {"BackupPlanName": name, "Rules": [{"RuleName": "rule", "TargetBackupVaultName": JOBS}]}
    if found is None or client.has("plan") < 12:
        made = client.call(backup.create_backup_plan, {}, BackupPlan=body)
    else:
        becomes = {("plan", found[0]): name}
        made = client.call(backup.update_backup_plan, becomes, BackupPlanId=found[0], BackupPlan=body)
    client.note({("plan", made["BackupPlanId"]): name})
    client.note({("version", made["BackupPlanId"], made["VersionId"]): made["VersionId"]})


def select(client: Client, backup: Any) -> None:
    """A selection of a plan comes or goes."""
    if (found := client.one("selection")) and client.chance.random() < client.has("selection") / 60:
        becomes = {("selection", *found): None}
        client.call(backup.delete_backup_selection, becomes, BackupPlanId=found[0], SelectionId=found[1])
    elif found := client.one("plan"):
        body = {"SelectionName": client.new(), "IamRoleArn": ROLE, "Resources": ["arn:aws:dynamodb:*:*:table/none"]}
        made = client.call(backup.create_backup_selection, {}, BackupPlanId=found[0], BackupSelection=body)
        client.note({("selection", found[0], made["SelectionId"]): made["SelectionId"]})


def hold(client: Client, backup: Any) -> None:
    """A legal hold on a vault of its own, or the end of one."""
    own = [one for one in whole(backup.list_legal_holds())["LegalHolds"] if one["Title"].startswith(client.name)]
    active = [one["LegalHoldId"] for one in own if one["Status"] == "ACTIVE"]
    if len(active) > 4:  # those among them that were made by a call that was cut short
        client.known.pop(("hold", active[-1]), None)
        client.fresh.discard(("hold", active[-1]))
        client.call(backup.cancel_legal_hold, {}, LegalHoldId=active[-1], CancelDescription="over")
    elif found := client.one("vault"):
        title = client.new()
        scope = {"VaultNames": found, "DateRange": {"FromDate": "2020-01-01", "ToDate": "2020-01-02"}}
        made = client.call(backup.create_legal_hold, {}, Title=title, Description="kept", RecoveryPointSelection=scope)
        client.note({("hold", made["LegalHoldId"]): title})


def plan_tests(client: Client, backup: Any) -> None:
    """A restore testing plan comes, or starts its tests within another time."""
    hours, found = client.chance.randrange(1, 100), client.one("tests")
    if found is None or client.has("tests") < 6:
        name = client.new().replace("-", "_")
        points = {
            "Algorithm": "LATEST_WITHIN_WINDOW",
            "IncludeVaults": ["arn:aws:backup:*:*:backup-vault:none"],
            "RecoveryPointTypes": ["SNAPSHOT"],
        }
        plan = {
            "RestoreTestingPlanName": name,
            "ScheduleExpression": "cron(0 5 1 * ? *)",
            "StartWindowHours": hours,
            "RecoveryPointSelection": points,
        }
        client.call(backup.create_restore_testing_plan, {("tests", name): hours}, RestoreTestingPlan=plan)
    else:
        client.call(
            backup.update_restore_testing_plan,
            {("tests", found[0]): hours},
            RestoreTestingPlanName=found[0],
            RestoreTestingPlan={"ScheduleExpression": "cron(0 5 1 * ? *)", "StartWindowHours": hours},
        )


def plan_reports(client: Client, backup: Any) -> None:
    """A report plan gets another description, and the first time comes into being."""
    text, found = client.new(), client.one("report")
    if found is None:
        name = client.new().replace("-", "_")
        client.call(
            backup.create_report_plan,
            {("report", name): text},
            ReportPlanName=name,
            ReportPlanDescription=text,
            ReportDeliveryChannel={"S3BucketName": "kept"},
            ReportSetting={"ReportTemplate": "BACKUP_JOB_REPORT"},
        )
    elif whole(backup.describe_report_plan(ReportPlanName=found[0]))["ReportPlan"]["DeploymentStatus"] == "COMPLETED":
        becomes = {("report", found[0]): text}
        client.call(backup.update_report_plan, becomes, ReportPlanName=found[0], ReportPlanDescription=text)


def back_up(client: Client, backup: Any) -> None:
    """A backup job of the one bucket."""
    made = client.call(
        backup.start_backup_job,
        {},
        BackupVaultName=JOBS,
        ResourceArn=BUCKET,
        IamRoleArn=ROLE,
        IdempotencyToken=client.new(),
    )
    client.note({("job", made["BackupJobId"]): made["BackupJobId"]})


CALLS = (
    *(make_vault, drop_vault, tag_vault, tag_vault, lock_vault, lock_vault, guard_vault, guard_vault),
    *(write_plan, write_plan, select, select, hold, plan_tests, plan_reports, back_up),
)


class Siege:
    """A machine that is killed again and again, and the clients that call it meanwhile."""

    def __init__(self, machine: Any) -> None:
        self.machine = machine
        self.clients = [Client(f"c{number}", random.Random(SEED + number)) for number in range(CLIENTS)]
        self.chance = random.Random(SEED)
        self.kills = 0
        machine.client("s3").create_bucket(Bucket="kept")
        versioned = {"Status": "Enabled"}
        machine.client("s3").put_bucket_versioning(Bucket="kept", VersioningConfiguration=versioned)
        machine.client("s3").put_object(Bucket="kept", Key="object", Body=b"kept")
        machine.client("iam").create_role(RoleName="backup", AssumeRolePolicyDocument=json.dumps(TRUST))
        machine.client("backup").create_backup_vault(BackupVaultName=JOBS)  # from here on all of the above lasts
        self.backup = self.entered()

    @property
    def answered(self) -> int:
        """How many calls were answered in all."""
        return sum(client.answered for client in self.clients)

    def entered(self) -> Any:
        """A client that several threads may use, and that tries nothing twice."""
        alone = Config(retries={"total_max_attempts": 1}, max_pool_connections=2 * CLIENTS, read_timeout=60)
        return self.machine.client("backup", config=alone)

    def live(self, calls: int) -> None:
        """Let the clients call until the server has answered so many, and kill it in the middle of the next."""
        enough, aim = threading.Event(), self.answered + calls
        with ThreadPoolExecutor(CLIENTS) as pool:
            gone = [pool.submit(client.go_on, self.backup, enough) for client in self.clients]
            while self.answered < aim and not any(one.done() for one in gone):
                time.sleep(0.001)
            time.sleep(self.chance.random() * 0.02)
            self.machine.kill()
            self.kills += 1
            enough.set()
            for one in gone:
                one.result()
        self.machine.up()
        self.backup = self.entered()
        self.look()

    def look(self, *, everything: bool = False) -> None:
        """Nothing that was answered is lost, and the server finds nothing wrong with its data."""
        with ThreadPoolExecutor(CLIENTS) as pool:
            told = list(pool.map(lambda client: client.look(self.backup, everything=everything), self.clients))
        assert [wrong for one in told for wrong in one] == []
        assert self.machine.problems() == []

    def settle(self) -> None:
        """All jobs that were started are done, and each has its recovery point."""
        jobs = [fact[1] for client in self.clients for fact in client.known if fact[0] == "job"]
        describe = self.backup.describe_backup_job
        self.machine.advance(hours=2)
        ended = [self.machine.ended(lambda job=job: describe(BackupJobId=job), "State") for job in jobs]
        assert {job["State"] for job in ended} <= {"COMPLETED"}
        pages = self.backup.get_paginator("list_recovery_points_by_backup_vault").paginate(BackupVaultName=JOBS)
        there = {point["RecoveryPointArn"] for page in pages for point in page["RecoveryPoints"]}
        assert {job["RecoveryPointArn"] for job in ended} <= there
        assert len(jobs) == len({job["RecoveryPointArn"] for job in ended})


@pytest.fixture
def siege(machine: Any) -> Siege:
    """A machine under siege."""
    return Siege(machine)


def test_three_kills_lose_nothing(siege: Siege) -> None:
    """The short form: some dozens of calls of all kinds, and a kill in the middle, three times."""
    for calls in (40, 60, 80):
        siege.live(calls)
    siege.settle()
    siege.look(everything=True)


@pytest.mark.long
def test_kills_during_ten_thousand_calls_lose_nothing(siege: Siege) -> None:
    """Killed at random moments, from right after the start to hundreds of calls later, until 10,000 were answered."""
    while siege.answered < 10_000:
        siege.live(int(siege.chance.choice([1, 30, 200, 600]) * (0.5 + siege.chance.random())))
    siege.settle()
    siege.look(everything=True)
    assert siege.kills > 20
