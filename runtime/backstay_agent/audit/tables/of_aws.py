"""The tables of what AWS has in a place."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from backstay_agent.audit.tables.table import Row, Table, columns, of
from backstay_agent.controls.denials import ACTIONS, all_excepted, denials
from backstay_agent.controls.facts import AIR_GAPPED, Place
from backstay_agent.controls.schedules import gap

PLACES = Table(
    "places",
    "The accounts and Regions that could be read, one row each.",
    columns("""
        read TIMESTAMP: when it was read; empty where nobody wrote that down
    """),
    (),
    lambda place, _: ({"read": place.read},),
)

UNREAD = Table(
    "unread",
    "What could not be read, and why. A control that needs it says UNKNOWN there.",
    columns("""
        noun VARCHAR: `resources`, `buckets`, `plans`, `vaults`, `policies`, `points`, `jobs`, `restores`; `account`
        reason VARCHAR: AWS's code and sentence
    """),
    ("noun",),
    lambda place, _: ({"noun": noun, "reason": reason} for noun, reason in sorted(place.unread.items())),
)

RESOURCES = Table(
    "resources",
    "Resources that AWS Backup can protect.",
    columns("""
        arn VARCHAR: the ARN
        type VARCHAR: the type as AWS Backup calls it, such as `RDS`
        tags MAP(VARCHAR, VARCHAR): the tags
        plans VARCHAR[]: ids of the plans that take it
        perhaps VARCHAR[]: ids of the plans of which AWS leaves open whether they take it
    """),
    ("plans", "perhaps", "arn"),
    lambda place, _: (of(row) for row in place.resources),
)

PLANS = Table(
    "plans",
    "Backup plans.",
    columns("""
        number INTEGER: its position among the plans of the place, by name, from 1
        id VARCHAR: the id
        arn VARCHAR: the ARN
        name VARCHAR: the name
    """),
    ("number",),
    lambda place, _: (
        {"number": number, "id": plan.id, "arn": plan.arn, "name": plan.name}
        for number, plan in enumerate(place.plans, 1)
    ),
)


def _gap(schedule: str, now: datetime, zone: str) -> tuple[int | None, str | None]:
    found = gap(schedule, now, zone)
    return (int(found.total_seconds()), None) if isinstance(found, timedelta) else (None, found)


def _rules(place: Place, now: datetime) -> Iterator[Row]:
    """The rules of plans; how far apart they run depends on the day."""
    for plan in place.plans:
        for number, rule in enumerate(plan.rules, 1):
            seconds, runs = _gap(rule.schedule, now, "UTC")
            apart, runs_apart = _gap(rule.schedule, now, rule.timezone)
            yield {
                "plan_id": plan.id,
                "number": number,
                "name": rule.name,
                "vault": rule.vault,
                "schedule": rule.schedule,
                "timezone": rule.timezone,
                "start_minutes": rule.start_minutes,
                "keep_days": rule.keep_days,
                "continuous": rule.continuous,
                "air_gapped": rule.air_gapped,
                "gap_seconds": seconds,
                "runs": runs,
                "apart_seconds": None if apart is None else apart + rule.start_minutes * 60,
                "runs_apart": runs_apart,
            }


RULES = Table(
    "rules",
    "Rules of backup plans.",
    columns("""
        plan_id VARCHAR: the plan's id
        number INTEGER: its position in the plan, from 1
        name VARCHAR: the name
        vault VARCHAR: name of the vault that it backs up into
        schedule VARCHAR: AWS's cron or rate expression
        timezone VARCHAR: the schedule's time zone
        start_minutes INTEGER: the window in which a job may start
        keep_days INTEGER: days until a recovery point is deleted; empty for ever
        continuous BOOLEAN: whether it backs up continuously
        air_gapped VARCHAR: ARN of the air-gapped vault that it backs up into directly, if it does
        gap_seconds BIGINT: longest time between two runs from the audit's day on, on the wall clock
        runs VARCHAR: why there is no such time: `never again` or `unreadable`
        apart_seconds BIGINT: longest real time between two backups, the start window counted
        runs_apart VARCHAR: why there is no such time
    """),
    ("plan_id", "number"),
    _rules,
)

COPIES = Table(
    "copies",
    "Copy actions of rules.",
    columns("""
        plan_id VARCHAR: the plan's id
        rule INTEGER: the rule's number in the plan
        number INTEGER: its position in the rule, from 1
        vault_arn VARCHAR: the vault that it copies to
        to_account VARCHAR: that vault's account
        to_region VARCHAR: that vault's Region
        keep_days INTEGER: days until the copy is deleted; empty for ever
    """),
    ("plan_id", "rule", "number"),
    lambda place, _: (
        {
            "plan_id": plan.id,
            "rule": number,
            "number": position,
            "vault_arn": copy.vault_arn,
            "to_account": copy.account,
            "to_region": copy.region,
            "keep_days": copy.keep_days,
        }
        for plan in place.plans
        for number, rule in enumerate(plan.rules, 1)
        for position, copy in enumerate(rule.copies, 1)
    ),
)


def _vaults(place: Place, _: datetime) -> Iterator[Row]:
    for vault in place.vaults:
        denied = [[sorted(one) for one in denials(vault.policy, action)] for action in ACTIONS]
        yield of(
            vault,
            policy=None if vault.policy is None else json.dumps(vault.policy, sort_keys=True),
            deny_delete=denied[0],
            deny_lifecycle=denied[1],
            deny_policy=denied[2],
            excepted=sorted(all_excepted(vault.policy)),
        )


VAULTS = Table(
    "vaults",
    "Backup vaults with their locks and access policies.",
    columns("""
        arn VARCHAR: the ARN
        name VARCHAR: the name
        type VARCHAR: `BACKUP_VAULT` or `LOGICALLY_AIR_GAPPED_BACKUP_VAULT`
        locked BOOLEAN: whether it has a lock
        min_days INTEGER: least days that the lock asks for
        max_days INTEGER: most days that the lock allows
        fixed_from TIMESTAMP: when a compliance lock can be changed no more; empty in governance mode
        policy VARCHAR: the access policy as JSON
        deny_delete VARCHAR[][]: for each Deny of backup:DeleteRecoveryPoint to everybody, the principals excepted
        deny_lifecycle VARCHAR[][]: the same of backup:UpdateRecoveryPointLifecycle
        deny_policy VARCHAR[][]: the same of backup:PutBackupVaultAccessPolicy
        excepted VARCHAR[]: every principal that some Deny excepts
    """),
    ("name",),
    _vaults,
)


def _points(place: Place, _: datetime) -> Iterator[Row]:
    gapped = {vault.name for vault in place.vaults if vault.type == AIR_GAPPED}
    for point in place.points:
        yield of(point, original=point.copied_from is None, air_gapped=point.vault in gapped)


POINTS = Table(
    "recovery_points",
    "Recovery points.",
    columns("""
        arn VARCHAR: the ARN
        vault VARCHAR: name of the vault that it lies in
        resource VARCHAR: ARN of the resource that it is a backup of
        resource_type VARCHAR: that resource's type
        created TIMESTAMP: when it was made
        status VARCHAR: AWS's word, such as `COMPLETED`
        keep_days INTEGER: days until it is deleted; empty for ever
        delete_at TIMESTAMP: when it is to be deleted
        encrypted BOOLEAN: whether it is encrypted; empty where AWS does not say
        copied_from VARCHAR: ARN of the vault that it was copied from; empty for an original
        original BOOLEAN: whether it was made here and not copied
        air_gapped BOOLEAN: whether it lies in an air-gapped vault
        plan_id VARCHAR: the plan that made it
        size BIGINT: bytes
    """),
    ("vault", "resource", "created", "arn"),
    _points,
)

JOBS = Table(
    "jobs",
    "Backup and copy jobs, as far back as AWS lists them.",
    columns("""
        id VARCHAR: the id
        kind VARCHAR: `backup` or `copy`
        state VARCHAR: AWS's word, such as `COMPLETED`
        resource VARCHAR: ARN of the resource
        resource_type VARCHAR: its type
        created TIMESTAMP: when it was asked for
        completed TIMESTAMP: when it ended
        message VARCHAR: AWS's sentence
    """),
    ("kind", "id"),
    lambda place, _: (of(row) for row in place.jobs),
)

RESTORES = Table(
    "restores",
    "Restore jobs, as far back as AWS lists them.",
    columns("""
        id VARCHAR: the id
        resource VARCHAR: ARN of the resource whose backup was restored
        resource_type VARCHAR: its type
        point VARCHAR: ARN of the recovery point
        status VARCHAR: AWS's word, such as `COMPLETED`
        created TIMESTAMP: when it was asked for
        completed TIMESTAMP: when it ended
        plan VARCHAR: ARN of the restore testing plan that asked for it
    """),
    ("id",),
    lambda place, _: (of(row) for row in place.restores),
)
