"""Accounts that have continuous backups and no snapshot."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Plan, Shape
from backstay.lint.abilities import named_types, unable
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import days
from backstay_aws.lifecycle import CONTINUOUS_MAX_DAYS


class ContinuousOnly(Rule):
    """AWS advises both kinds."""

    CODE = "PIT008"
    NAME = "continuous-only"
    SEVERITY = "advice"
    WHOLE = True
    SUMMARY = "Continuous backup in an account where no rule makes snapshots or copies"
    WHY = (
        "A resource has one continuous recovery point, in one vault, and it reaches back 35 days at most. If its log "
        "breaks, or damage is older than that, there is nothing else: snapshots stand alone, can be copied elsewhere "
        "and be kept for years. AWS advises to have both."
    )
    SOURCES = (guide("point-in-time-recovery"),)
    VALID = (
        'Rule("pitr", at=daily("00:30"), into=primary, keep=days(35), continuous=True),\n'
        'Rule("weekly", at=weekly("sun", "12:30"), into=primary, keep=days(90))',
        'Rule("pitr", at=daily("00:30"), into=primary, keep=days(35), continuous=True,\n'
        "     copies=[Copy(to=central, keep=days(90))])",
    )
    INVALID = ('Rule("pitr", at=daily("03:00"), into=primary, keep=days(35), continuous=True)',)

    def check(self, context: Context) -> Iterator[Problem]:
        """The first rule of plans that, with all plans beside them, are continuous and copy nothing."""
        for site in context.rules:
            if site.rule is not site.plan.rules[0] or not site.rule.continuous:
                continue
            bare = [shape for shape in site.shapes if _bare(shape)]
            if bare and _able(site.plan, site.shape.region):
                yield self.problem(
                    site,
                    "continuous",
                    f"rule `{site.rule.name}` is continuous, and no rule beside it makes a snapshot: nothing is older "
                    f"than {days(site.rule.lifecycle.delete_after or CONTINUOUS_MAX_DAYS)}",
                    label="the only backup",
                    help="add a rule that makes snapshots, such as a weekly one",
                    accounts=tuple(dict.fromkeys(account for shape in bare for account in shape.accounts)),
                )


def _bare(shape: Shape) -> bool:
    rules = [rule for plan in shape.plans for rule in plan.rules]
    return all(rule.continuous and not rule.copies and rule.air_gapped is None for rule in rules)


def _able(plan: Plan, region: str) -> bool:
    """Whether anything that the plan names can be continuous; AWS makes snapshots of the rest."""
    types = named_types(plan)
    return not types or unable(plan, "continuous", region) != types
