"""Frequent snapshots of what can be restored to any second."""

from __future__ import annotations

import datetime
from collections.abc import Iterator

from backstay.ir import Plan
from backstay.ir import Rule as Written
from backstay.lint.abilities import ability, named_types
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.gaps import DAY, gap
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain
from backstay.lint.words import days

_PITR = 'Rule("any_second", at=daily("03:00"), into=primary, keep=days(35), continuous=True)'
_HOURLY = 'Rule("hourly", at=hourly(30, every=4), into=primary, keep=days({keep}))'
_RDS = 'Select("databases", where=resource_type("RDS"))'


class ContinuousAndHourly(Rule):
    """Continuous backup makes frequent snapshots superfluous."""

    CODE = "CST001"
    NAME = "continuous-and-hourly"
    SEVERITY = "advice"
    SUMMARY = "Snapshots several times a day beside a continuous rule that reaches back as far"
    WHY = (
        "A continuous backup restores any second of its retention. Snapshots of the same resources, in the same vault "
        "and not kept longer, hold nothing that it does not, and are paid for."
    )
    SOURCES = (guide("point-in-time-recovery"), plain("any second includes every fourth hour"))
    VALID = (
        policy(rules=f"{_PITR},\n    {_HOURLY.format(keep=90)}", select=_RDS),
        policy(rules=f"{_PITR},\n    {_HOURLY.format(keep=14)}"),
    )
    INVALID = (policy(rules=f"{_PITR},\n    {_HOURLY.format(keep=14)}", select=_RDS),)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules of plans all of whose types can be backed up continuously, against the continuous rule."""
        for site in context.rules:
            stream = _stream(site.plan, site.shape.region)
            if stream is not None and _adds_nothing(site.rule, stream, context.start):
                keep, reach = site.rule.lifecycle.delete_after, stream.lifecycle.delete_after
                yield self.problem(
                    site,
                    "at",
                    f"rule `{site.rule.name}` makes snapshots for {days(keep)}, of which rule `{stream.name}` restores "
                    f"any second for {days(reach)}",
                    label="several a day",
                    help=f"drop rule `{site.rule.name}`, or keep or copy its snapshots beyond {days(reach)}",
                    others=[(stream.where.field("continuous"), "any second")],
                )


def _stream(plan: Plan, region: str) -> Written | None:
    """The continuous rule of a plan, if all that the plan can take is backed up continuously by it."""
    named = all(one.types for one in plan.selections) and bool(plan.selections)
    able = named and all(ability(name, "continuous", region) == "yes" for name in named_types(plan))
    return next((rule for rule in plan.rules if rule.continuous), None) if able else None


def _adds_nothing(rule: Written, stream: Written, start: datetime.datetime) -> bool:
    keep, reach = rule.lifecycle.delete_after, stream.lifecycle.delete_after
    if rule.continuous or rule.copies or rule.vault != stream.vault or keep is None or reach is None:
        return False
    apart = gap(rule.schedule, start)
    return keep <= reach and apart is not None and apart < DAY
