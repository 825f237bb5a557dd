"""Whether a plan has a rule that runs often enough and keeps long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from backstay_agent.controls.control import Control, Verdict, failed, met, unsure
from backstay_agent.controls.facts import Place, Plan, Rule
from backstay_agent.controls.parameters import Parameters
from backstay_aws import cron


def check(plan: Plan, _: Place, parameters: Parameters, now: datetime) -> Verdict:
    """One and the same rule must do both. A rule that keeps for ever keeps long enough."""
    often, long = _wanted(parameters), parameters.number("requiredRetentionDays") or 0
    gaps = {rule.name: _gap(rule, now) for rule in plan.rules}
    keeping = [rule for rule in plan.rules if rule.keep_days is None or rule.keep_days >= long]
    for rule in keeping:
        gap = gaps[rule.name]
        if isinstance(gap, timedelta) and gap <= often:
            kept = "for ever" if rule.keep_days is None else f"for {rule.keep_days} days"
            return met(f"rule {rule.name} runs every {_told(gap)} and keeps {kept}")
    if any(gaps[rule.name] == "unreadable" for rule in keeping):
        return unsure("a rule keeps long enough, but its schedule cannot be read")
    told = "; ".join(_rule_told(rule, gaps[rule.name]) for rule in plan.rules) or "it has no rules"
    return failed(f"no rule runs every {_told(often)} and keeps for {long} days: {told}")


def _wanted(parameters: Parameters) -> timedelta:
    value = parameters.number("requiredFrequencyValue") or 1
    return timedelta(hours=value) if parameters.word("requiredFrequencyUnit") == "hours" else timedelta(days=value)


def _gap(rule: Rule, now: datetime) -> timedelta | str:
    """The longest time between two runs on the wall clock: the hour of daylight saving makes no rule too rare."""
    try:
        return cron.worst_gap(cron.parse(rule.schedule), "UTC", now) or "never again"
    except cron.CronError:
        return "unreadable"


def _told(gap: timedelta) -> str:
    hours = round(gap.total_seconds() / 3600)
    if hours % 24 == 0:
        return "day" if hours == 24 else f"{hours // 24} days"
    return "hour" if hours == 1 else f"{hours} hours"


def _rule_told(rule: Rule, gap: timedelta | str) -> str:
    runs = f"runs every {_told(gap)}" if isinstance(gap, timedelta) else f"runs {gap}"
    return f"{rule.name} {runs}, keeps {'for ever' if rule.keep_days is None else f'{rule.keep_days} days'}"


def _title(parameters: Parameters) -> str:
    days = parameters.number("requiredRetentionDays")
    return f"plan runs every {_told(_wanted(parameters))} and keeps for {days} days"


CONTROL = Control(
    name="BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
    short="plan often and long enough",
    title=_title,
    kind="plan",
    needs=frozenset({"plans"}),
    remedy="Give the plan a rule that is both as frequent and as long-lived as this.",
    check=check,
)
