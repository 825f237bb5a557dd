"""The rules of a plan: what AWS refuses in one, and what it adds to one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, takewhile
from typing import Any

from backstay_aws import arns, catalog, cron
from backstay_local.backup import actions, lifecycles
from backstay_local.backup.rows import Json

DEFAULT_SCHEDULE = "cron(0 5 ? * * *)"
DEFAULT_ZONE = "Etc/UTC"
START_MINUTES = (60, 52_560_000)
DEFAULT_START_MINUTES = 480
DEFAULT_COMPLETION_MINUTES = 10_080
_NAME = re.compile(r"[a-zA-Z0-9\-_.]{1,50}")
_VAULT = re.compile(r"[a-zA-Z0-9\-_]{2,50}")
_PLAN = re.compile(r"[a-zA-Z0-9\-_.]+")
_OPTIONS: Mapping[str, tuple[str, ...]] = {"EC2": ("WindowsVSS",), "S3": ("BackupACLs", "BackupObjectTags")}


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """Why a rule is refused; `rule` is None for a problem of the plan itself."""

    rule: str | None
    reason: str
    quota: bool = False


@lru_cache(maxsize=4096)
def schedule(expression: str) -> cron.Cron:
    """A schedule, read once."""
    return cron.parse(expression)


def runs(rule: Json, after: datetime) -> Iterator[datetime]:
    """When a stored rule runs, strictly after a time, ascending."""
    return schedule(rule["ScheduleExpression"]).fires(after, rule["ScheduleExpressionTimezone"])


def next_run(rule: Json, after: datetime) -> datetime | None:
    """When a stored rule runs next."""
    return _next(rule["ScheduleExpression"], rule["ScheduleExpressionTimezone"], after)


def runs_within(rule: Json, after: datetime, before: datetime) -> tuple[datetime, ...]:
    """When a stored rule runs strictly between two times, ascending."""
    return _within(rule["ScheduleExpression"], rule["ScheduleExpressionTimezone"], after, before)


# One plan in a hundred accounts asks the same question a hundred times.
@lru_cache(maxsize=4096)
def _next(expression: str, zone: str, after: datetime) -> datetime | None:
    return schedule(expression).next(after, zone)


@lru_cache(maxsize=4096)
def _within(expression: str, zone: str, after: datetime, before: datetime) -> tuple[datetime, ...]:
    return tuple(takewhile(lambda run: run < before, schedule(expression).fires(after, zone)))


def problems(
    plan: Mapping[str, Any], *, name_length: int, index_types: int = 2, scan_halves: bool = False
) -> Iterator[RuleProblem]:
    """Everything for which AWS refuses a BackupPlan, in the order of the document.

    `index_types` is how many resource types an index action may name, `scan_halves` whether scan actions without scan
    settings, or the reverse, are taken.
    """
    name = plan.get("BackupPlanName") or ""
    if len(name) > name_length or not _PLAN.fullmatch(name):
        yield RuleProblem(None, f"BackupPlanName must have 1 to {name_length} of the characters a-z A-Z 0-9 - _ .")
    rules = plan.get("Rules") or []
    if not rules:
        yield RuleProblem(None, "A backup plan must have at least one rule.")
    most = catalog.limit("rules_per_plan")
    if len(rules) > most:
        yield RuleProblem(None, f"A backup plan cannot have more than {most} rules.", quota=True)
    for rule in rules:
        for reason in chain(_reasons(rule), actions.index_reasons(rule, index_types), actions.scan_reasons(rule)):
            yield RuleProblem(str(rule.get("RuleName")), reason)
    yield from (RuleProblem(None, reason) for reason in option_problems(plan.get("AdvancedBackupSettings") or []))
    yield from (RuleProblem(None, reason) for reason in actions.setting_reasons(plan))
    if not scan_halves:
        yield from (RuleProblem(name, reason) for name, reason in actions.half_scans(plan))


def option_problems(settings: list[Json]) -> Iterator[str]:
    """What AWS refuses in AdvancedBackupSettings."""
    for setting in settings:
        kind = setting.get("ResourceType", "")
        for key, value in (setting.get("BackupOptions") or {}).items():
            if key not in _OPTIONS.get(kind, ()):
                yield f"Backup option {key} is not valid for resource type {kind}."
            elif value not in ("enabled", "disabled"):
                yield f"Backup option {key} must be enabled or disabled, not {value}."


def completed(rule: Mapping[str, Any], rule_id: str) -> Json:
    """A rule as AWS keeps it: with its id, and the defaults spelt out."""
    defaults = {
        "ScheduleExpression": DEFAULT_SCHEDULE,
        "ScheduleExpressionTimezone": DEFAULT_ZONE,
        "StartWindowMinutes": DEFAULT_START_MINUTES,
        "CompletionWindowMinutes": DEFAULT_COMPLETION_MINUTES,
        "EnableContinuousBackup": False,
        "RecoveryPointTags": {},
        "CopyActions": [],
    }
    return defaults | {name: value for name, value in rule.items() if value is not None} | {"RuleId": rule_id}


def _reasons(rule: Mapping[str, Any]) -> Iterator[str]:
    if not _NAME.fullmatch(rule.get("RuleName") or ""):
        yield "Invalid rule name: 1 to 50 of the characters a-z A-Z 0-9 - _ . are allowed"
    if not _VAULT.fullmatch(rule.get("TargetBackupVaultName") or ""):
        yield "Invalid vault name: 2 to 50 of the characters a-z A-Z 0-9 - _ are allowed"
    yield from schedule_problems(rule)
    yield from _window_reasons(rule)
    continuous = bool(rule.get("EnableContinuousBackup"))
    reason = lifecycles.problem(rule.get("Lifecycle"), continuous=continuous)
    if reason is not None:
        yield reason
    yield from _copy_reasons(rule.get("CopyActions") or [])
    most = catalog.limit("point_tags_per_rule")
    if len(rule.get("RecoveryPointTags") or {}) > most:
        yield f"RecoveryPointTags cannot have more than {most} tags"


def schedule_problems(rule: Mapping[str, Any], *, hourly: bool = True) -> Iterator[str]:
    """What AWS refuses in a schedule and its time zone; `hourly`: it may run once an hour at most."""
    try:
        parsed = schedule(rule.get("ScheduleExpression") or DEFAULT_SCHEDULE)
    except cron.CronError as error:
        yield f"Invalid schedule expression: {error.message}"
        return
    if hourly and cron.per_hour_max(parsed) > 1:
        yield "Invalid schedule expression: a rule cannot run more than once an hour"
    zone = rule.get("ScheduleExpressionTimezone") or DEFAULT_ZONE
    if not cron.known_zone(zone):
        yield f"Invalid schedule expression time zone {zone}"


def _window_reasons(rule: Mapping[str, Any]) -> Iterator[str]:
    start = rule.get("StartWindowMinutes")
    if start is not None and not START_MINUTES[0] <= start <= START_MINUTES[1]:
        yield f"StartWindowMinutes must be within {START_MINUTES[0]} and {START_MINUTES[1]}, but is {start}"
    completion = rule.get("CompletionWindowMinutes")
    if completion is not None and not 1 <= completion <= START_MINUTES[1]:
        yield f"CompletionWindowMinutes must be within 1 and {START_MINUTES[1]}, but is {completion}"


def _copy_reasons(actions: list[Json]) -> Iterator[str]:
    most = catalog.limit("copies_per_rule")
    if len(actions) > most:
        yield f"CopyActions cannot have more than {most} elements"
    for action in actions:
        target = action.get("DestinationBackupVaultArn") or ""
        parsed = arns.parse(target)
        if parsed is None or parsed.service != "backup" or not parsed.resource.startswith("backup-vault:"):
            yield f"DestinationBackupVaultArn {target} is not the ARN of a backup vault"
        reason = lifecycles.problem(action.get("Lifecycle"), copy=True)
        if reason is not None:
            yield reason
