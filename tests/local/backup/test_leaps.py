"""A leap of the clock shows the same as its steps: whatever is not written on the way, nobody can tell afterwards."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from backstay_local.backup import Settings

_RANDOM = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|(vol|snap)-[0-9a-f]+|(?<=PlanVersion\": \")[^\"]+", re.IGNORECASE
)
_TOLD = {
    f"{kind} {state}": {"source": ["aws.backup"], "detail-type": [f"{kind} State Change"], "detail": {member: [state]}}
    for kind, member, states in (
        ("Backup Job", "state", ("CREATED", "RUNNING", "COMPLETED", "FAILED", "EXPIRED")),
        ("Copy Job", "state", ("CREATED", "RUNNING", "COMPLETED", "FAILED")),
        ("Recovery Point", "status", ("COMPLETED", "DELETING")),
    )
    for state in states
}
_HOURS, _DAYS = ("5", "5,17", "6"), ("*", "*", "MON")
_LOGGED = (
    "BackupJobCompleted",
    "RecoveryPointCreated",
    "BackupDeleted",
    "CopyJobCompleted",
    "BackupTransitionedToCold",
)


def rules_of(luck: random.Random, site: Any, minute: int) -> Iterator[dict[str, Any]]:
    """Some rules: overlapping ones, with copies, cold storage and short retention, and such as a lock lets fail."""
    for number in range(luck.randint(1, 3)):
        cold = {"MoveToColdStorageAfterDays": 1, "DeleteAfterDays": 91}
        lifecycle = luck.choice([cold, *({"DeleteAfterDays": days} for days in (1, 2, 9, 40))])
        copy = {
            "DestinationBackupVaultArn": f"arn:aws:backup:us-east-1:{site.account}:backup-vault:far",
            "Lifecycle": {"DeleteAfterDays": luck.choice([1, 5])},
        }
        yield {
            "RuleName": f"rule-{number}",
            "TargetBackupVaultName": luck.choice(["v1", "v1", "locked"]),
            "ScheduleExpression": f"cron({minute} {luck.choice(_HOURS)} ? * {luck.choice(_DAYS)} *)",
            "StartWindowMinutes": luck.choice([60, 480]),
            "CompletionWindowMinutes": luck.choice([60, 10_080]),
            "Lifecycle": lifecycle,
            "RecoveryPointTags": luck.choice([{}, {"level": "gold"}]),
            "CopyActions": luck.choice([[], [copy]]),
        }


def furnish(site: Any, seed: int) -> None:
    """Two tables, one of them tagged, a volume, three vaults, and one or two plans over them."""
    luck = random.Random(seed)
    for name in ("one", "two"):
        site.client("dynamodb").create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
            Tags=[{"Key": "team", "Value": "blue"}] if name == "two" else [],
        )
    site.volume()
    for name in ("v1", "far", "locked"):
        site.vault(name)
    site.backup.put_backup_vault_lock_configuration(BackupVaultName="locked", MinRetentionDays=30)
    for number in range(luck.randint(1, 2)):
        select = luck.choice([{"Resources": ["*"]}, {"Resources": ["arn:aws:dynamodb:*:*:table/*"]}])
        # Not at the same minute: which of two jobs for one resource comes first then, their random ids decide.
        site.plan(*rules_of(luck, site, 10 * number), name=f"plan-{number}", select=select)


def listen(site: Any) -> None:
    """A queue for each kind of event."""
    sqs, events = site.client("sqs"), site.client("events")
    for number, pattern in enumerate(_TOLD.values()):
        url = sqs.create_queue(QueueName=f"q{number}")["QueueUrl"]
        arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
        events.put_rule(Name=f"r{number}", EventPattern=json.dumps(pattern))
        events.put_targets(Rule=f"r{number}", Targets=[{"Id": "q", "Arn": arn}])


def heard(site: Any) -> dict[str, int]:
    """How many events of each kind came."""
    sqs, name = site.client("sqs"), "ApproximateNumberOfMessages"
    urls = (sqs.get_queue_url(QueueName=f"q{number}")["QueueUrl"] for number in range(len(_TOLD)))
    told = (sqs.get_queue_attributes(QueueUrl=url, AttributeNames=[name])["Attributes"][name] for url in urls)
    return dict(zip(_TOLD, map(int, told), strict=True))


def pages(client: Any, operation: str, **members: Any) -> Iterator[dict[str, Any]]:
    """All members of a list that has one."""
    for page in client.get_paginator(operation).paginate(**members):
        yield from next(value for value in page.values() if isinstance(value, list))


def plain(facts: Any) -> str:
    """An answer as text, without what is random in every AWS."""
    facts = {name: value for name, value in facts.items() if name != "ResponseMetadata"}
    return _RANDOM.sub("#", json.dumps(facts, sort_keys=True, default=str))


def seen(site: Any, until: datetime) -> dict[str, list[str]]:
    """Everything that a client can see of what happened."""
    backup, trail, watch = site.backup, site.client("cloudtrail"), site.client("cloudwatch")
    found: dict[str, list[str]] = {
        "jobs": [plain(backup.describe_backup_job(BackupJobId=one["BackupJobId"])) for one in site.jobs()],
        "copies": [plain(one) for one in pages(backup, "list_copy_jobs")],
        "protected": [plain(one) for one in pages(backup, "list_protected_resources")],
        "meters": [str(one) for one in site.aws.backup.meters()],
    }
    for vault in ("v1", "far", "locked"):
        found[f"{vault} tags"], found[vault] = (
            [],
            [str(backup.describe_backup_vault(BackupVaultName=vault)["NumberOfRecoveryPoints"])],
        )
        for point in site.points(vault):
            arn = point["RecoveryPointArn"]
            found[vault].append(plain(backup.describe_recovery_point(BackupVaultName=vault, RecoveryPointArn=arn)))
            if ":backup:" in arn:
                found[f"{vault} tags"].append(plain(backup.list_tags(ResourceArn=arn)))
    for name in _LOGGED:
        wanted = [{"AttributeKey": "EventName", "AttributeValue": name}]
        logged = pages(trail, "lookup_events", LookupAttributes=wanted, StartTime=until - timedelta(days=3))
        found[name] = [plain({"at": one["EventTime"], "about": one.get("Resources")}) for one in logged]
    for name in ("NumberOfBackupJobsCompleted", "NumberOfBackupJobsFailed", "NumberOfRecoveryPointsDeleting"):
        numbers = watch.get_metric_statistics(
            Namespace="AWS/Backup",
            MetricName=name,
            Dimensions=[{"Name": "BackupVaultName", "Value": "v1"}],
            StartTime=until - timedelta(days=20),
            EndTime=until,
            Period=86_400,
            Statistics=["Sum"],
        )["Datapoints"]
        found[name] = [plain(one) for one in numbers]
    return {name: sorted(told) for name, told in found.items()}


def to(site: Any, until: datetime) -> None:
    """Let it be that time."""
    site.aws.advance(until - site.aws.clock.now())


_LONG = (pytest.param(seed, 96, marks=pytest.mark.long) for seed in (1, 5, 6))


@pytest.mark.parametrize(("seed", "days"), [(1, 20), (11, 15), *_LONG])
def test_a_leap_shows_what_its_steps_show(open_site: Any, tmp_path: Path, seed: int, days: int) -> None:
    """In one leap, in one that is heard, and in steps that are heard, looked at and broken off by a restart.

    Jobs, recovery points with their tags, protected resources, meters, CloudTrail, metrics and the number of events of
    each kind are the same, for plans with failures, overlapping rules, copies, cold storage and ends on the way.
    """
    luck = random.Random(seed)
    settings = Settings(
        job_history=timedelta(days=luck.choice([10, 90])),
        run_time=luck.choice([timedelta(seconds=0.7), timedelta(minutes=90)]),
    )
    silent, leaping, stepping = (open_site(folder, settings=settings) for folder in (None, None, tmp_path))
    for site in (silent, leaping, stepping):
        furnish(site, seed)
    listen(leaping)
    listen(stepping)
    at = silent.aws.clock.now().replace(hour=3, minute=0, second=0, microsecond=0) + timedelta(days=1)
    until = at + timedelta(days=days)
    to(silent, until)
    to(leaping, until)
    middle = at + (until - at) / 2
    while at < until:
        to(stepping, at)
        stepping.backup.list_backup_jobs(MaxResults=1)
        if at > middle:
            middle = until
            stepping.aws.close()
            stepping = open_site(tmp_path, start=None, settings=settings)
        at += timedelta(hours=luck.randint(1, 40))
    to(stepping, until)
    expected = seen(silent, until)
    assert expected["jobs"]
    assert seen(leaping, until) == expected
    assert seen(stepping, until) == expected
    assert heard(leaping) == heard(stepping)
    assert heard(leaping)["Backup Job COMPLETED"]
