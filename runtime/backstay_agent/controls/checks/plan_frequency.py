"""Whether a plan has a rule that runs often enough and keeps long enough."""

from __future__ import annotations

from datetime import datetime, timedelta

from backstay_agent.controls import ages
from backstay_agent.controls.control import Control, Verdict, failed, met, unsure
from backstay_agent.controls.facts import Place, Plan, Rule
from backstay_agent.controls.parameters import Parameters
from backstay_agent.controls.schedules import gap
from backstay_agent.controls.sql import Sql, every, kept


def check(plan: Plan, _: Place, parameters: Parameters, now: datetime) -> Verdict:
    """One and the same rule must do both. A rule that keeps for ever keeps long enough."""
    often, long = _wanted(parameters), parameters.number("requiredRetentionDays") or 0
    gaps = {rule.name: gap(rule.schedule, now) for rule in plan.rules}
    keeping = [rule for rule in plan.rules if rule.keep_days is None or rule.keep_days >= long]
    for rule in keeping:
        found = gaps[rule.name]
        if isinstance(found, timedelta) and found <= often:
            told = "for ever" if rule.keep_days is None else f"for {rule.keep_days} days"
            return met(f"rule {rule.name} runs every {ages.every(found)} and keeps {told}")
    if any(gaps[rule.name] == "unreadable" for rule in keeping):
        return unsure("a rule keeps long enough, but its schedule cannot be read")
    each = "; ".join(_rule_told(rule, gaps[rule.name]) for rule in plan.rules) or "it has no rules"
    return failed(f"no rule runs every {ages.every(often)} and keeps for {long} days: {each}")


def _wanted(parameters: Parameters) -> timedelta:
    return ages.span(parameters, "requiredFrequencyValue", "requiredFrequencyUnit")


def _rule_told(rule: Rule, found: timedelta | str) -> str:
    runs = f"runs every {ages.every(found)}" if isinstance(found, timedelta) else f"runs {found}"
    return f"{rule.name} {runs}, keeps {'for ever' if rule.keep_days is None else f'{rule.keep_days} days'}"


def _title(parameters: Parameters) -> str:
    days = parameters.number("requiredRetentionDays")
    return f"plan runs every {ages.every(_wanted(parameters))} and keeps for {days} days"


def sql(parameters: Parameters) -> Sql:
    """The same, from the gap that the table of rules holds."""
    often, long = _wanted(parameters), parameters.number("requiredRetentionDays") or 0
    met_by = f"(r.keep_days IS NULL OR r.keep_days >= {long}) AND r.gap_seconds <= {int(often.total_seconds())}"
    runs = f"CASE WHEN r.gap_seconds IS NULL THEN r.runs ELSE 'every ' || {every('r.gap_seconds')} END"
    none = f"'no rule runs every {ages.every(often)} and keeps for {long} days: '"
    return Sql(
        status="""CASE WHEN x.good IS NOT NULL THEN 'COMPLIANT' WHEN x.unreadable THEN 'UNKNOWN'
            ELSE 'NON_COMPLIANT' END""",
        reason=f"""CASE WHEN x.good IS NOT NULL THEN x.good
            WHEN x.unreadable THEN 'a rule keeps long enough, but its schedule cannot be read'
            ELSE {none} || coalesce(x.told, 'it has no rules') END""",
        joins=f"""LEFT JOIN (
            SELECT r.account, r.region, r.plan_id,
                min_by('rule ' || r.name || ' runs every ' || {every("r.gap_seconds")} || ' and keeps '
                    || CASE WHEN r.keep_days IS NULL THEN 'for ever' ELSE 'for ' || r.keep_days || ' days' END,
                    r.number) FILTER (WHERE {met_by}) AS good,
                bool_or(r.runs = 'unreadable' AND (r.keep_days IS NULL OR r.keep_days >= {long})) AS unreadable,
                string_agg(r.name || ' runs ' || {runs} || ', keeps ' || {kept("r.keep_days")}, '; '
                    ORDER BY r.number) AS told
            FROM rules r GROUP BY ALL
        ) x ON (x.account, x.region, x.plan_id) = (s.account, s.region, s.id)""",
    )


CONTROL = Control(
    name="BACKUP_PLAN_MIN_FREQUENCY_AND_MIN_RETENTION_CHECK",
    short="plan often and long enough",
    title=_title,
    kind="plan",
    needs=frozenset({"plans"}),
    remedy="Give the plan a rule that is both as frequent and as long-lived as this.",
    check=check,
    sql=sql,
)
