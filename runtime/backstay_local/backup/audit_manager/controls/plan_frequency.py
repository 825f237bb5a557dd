"""BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK: one rule of a plan is frequent enough and keeps long enough."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from backstay_aws import cron
from backstay_local.backup import rules
from backstay_local.backup.audit_manager.asked import Asked, Verdict
from backstay_local.backup.audit_manager.controls.control import PLAN, Control
from backstay_local.backup.audit_manager.facts import Plan


def judge(plan: Plan, asked: Asked) -> Verdict:
    """Whether a single rule meets both; a rule that keeps for ever keeps long enough."""
    often = asked.span("requiredFrequencyValue", "requiredFrequencyUnit")
    days = asked.number("requiredRetentionDays") or 0
    for rule in plan.rules:
        keeps = rule.keeps_days is None or rule.keeps_days >= days
        if keeps and _gap(rule.schedule, asked.now) <= often:
            return "COMPLIANT", f"A rule backs up at least every {often} and keeps for at least {days} days."
    return "NON_COMPLIANT", f"No rule backs up at least every {often} and keeps for at least {days} days."


def _gap(schedule: str, now: datetime) -> timedelta:
    """The longest time between two runs, by a clock that no summer time moves: every day is a day of 24 hours."""
    found = cron.worst_gap(rules.schedule(schedule), "UTC", datetime(now.year, 1, 1, tzinfo=UTC))
    return timedelta.max if found is None else found


CONTROL = Control("BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK", PLAN, PLAN, lambda facts: facts.plans, judge)
