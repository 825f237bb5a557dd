"""A plan that copies what it soon deletes, and not what it keeps."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Plan
from backstay.ir import Rule as PlanRule
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay.lint.words import days, kept


class UncopiedLongestRule(Rule):
    """What is kept longest needs its copy most."""

    CODE = "CPY029"
    NAME = "uncopied-longest-rule"
    SEVERITY = "advice"
    SUMMARY = "A plan that copies its shorter-lived recovery points, and not those that it keeps longest"
    WHY = (
        "The copies are gone when the recovery points that matter most are all that is left, and those lie in one "
        "place. A rule that says `copies=[]` is believed."
    )
    SOURCES = (plain("a copy protects for as long as it is kept"),)
    VALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=central)]),\n'
        'Rule("monthly", at=monthly(1, "12:00"), into=primary, keep=days(365), copies=[Copy(to=central)])',
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=central)]),\n'
        'Rule("monthly", at=monthly(1, "12:00"), into=primary, keep=days(365), copies=[])',
    )
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=central)]),\n'
        'Rule("monthly", at=monthly(1, "12:00"), into=primary, keep=days(365))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules without copies that keep longer than every copy of their plan."""
        for site in context.plans:
            copied = _copied(site.plan)
            longest = max(site.plan.rules, key=_days, default=None)
            if copied is None or longest is None or longest.air_gapped is not None or "copies" in longest.where.fields:
                continue
            rule, reach = copied
            if not longest.copies and _days(longest) > reach:
                yield self.problem(
                    site,
                    None,
                    f"rule `{longest.name}` keeps {kept(longest.lifecycle.delete_after)} and is not copied; "
                    f"copies of `{rule.name}` are gone after {days(int(reach))}",
                    label="kept longest, in one place",
                    help=f"add `copies=` to rule `{longest.name}` too, or `copies=[]` if it needs none",
                    others=[(rule.where.field("copies"), "copied")],
                    where=longest.where,
                    span=longest.where.field("keep"),
                )


def _copied(plan: Plan) -> tuple[PlanRule, float] | None:
    """The rule whose copies live longest, and how long that is."""
    reaches = [(rule, _life(copy.lifecycle.delete_after)) for rule in plan.rules for copy in rule.copies]
    return max(reaches, key=lambda one: one[1], default=None)


def _days(rule: PlanRule) -> float:
    return _life(rule.lifecycle.delete_after)


def _life(kept_for: int | None) -> float:
    return float("inf") if kept_for is None else kept_for
