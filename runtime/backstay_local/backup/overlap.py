"""Which of two rules of a plan takes the backup when their start windows overlap: the longer retention.

Pure: what AWS's own example says about one resource, for rules as they are stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from backstay_local.backup import rules
from backstay_local.backup.rows import Json


def shadowed(plan_rules: Sequence[Json], rule: Json, at: datetime) -> bool:
    """Whether the run of a rule at a time gives way to another rule's run whose start window overlaps its own.

    A run that itself gives way shadows nothing. Windows that only touch do not overlap.
    """
    stronger = [other for other in plan_rules if _strength(plan_rules, other) > _strength(plan_rules, rule)]
    return any(
        not shadowed(plan_rules, other, run) for other in stronger for run in _overlapping(other, at, at + window(rule))
    )


def window(rule: Json) -> timedelta:
    """The start window of a rule."""
    return timedelta(minutes=rule["StartWindowMinutes"])


def _overlapping(rule: Json, start: datetime, end: datetime) -> tuple[datetime, ...]:
    """The runs of a rule whose start window overlaps [start, end)."""
    return rules.runs_within(rule, start - window(rule), end)


def _strength(plan_rules: Sequence[Json], rule: Json) -> tuple[float, int]:
    """Longer retention first, for ever above all; of two equals the one that stands first."""
    days = (rule.get("Lifecycle") or {}).get("DeleteAfterDays")
    place = next(number for number, one in enumerate(plan_rules) if one["RuleId"] == rule["RuleId"])
    return (float("inf") if days is None else float(days), -place)
