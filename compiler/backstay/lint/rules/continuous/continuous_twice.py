"""Two continuous rules for one vault."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import Rule as Written
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import days
from backstay_aws.lifecycle import problems


class ContinuousTwice(Rule):
    """A resource has one continuous recovery point."""

    CODE = "PIT013"
    NAME = "continuous-twice"
    SEVERITY = "warning"
    SUMMARY = "Two continuous rules of a plan that write to the same vault"
    WHY = (
        "Of several continuous rules for one vault AWS takes the one that keeps longest, and disregards the others: "
        "their schedules, tags and copies are made by nobody."
    )
    SOURCES = (guide("point-in-time-recovery-overlapping"), guide("point-in-time-recovery"))
    VALID = (
        'Rule("pitr", at=daily("00:30"), into=primary, keep=days(35), continuous=True),\n'
        'Rule("weekly", at=weekly("sun", "12:30"), into=primary, keep=days(90))',
        'Rule("pitr", at=daily("00:30"), into=primary, keep=days(35), continuous=True),\n'
        'Rule("long", at=daily("12:30"), into=primary, keep=days(90), continuous=True)',
    )
    INVALID = (
        'Rule("pitr", at=daily("00:30"), into=primary, keep=days(35), continuous=True),\n'
        'Rule("short", at=hourly(every=6), into=primary, keep=days(7), continuous=True, start_within=hours(1))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Continuous rules beside one that keeps longer, or as long and was written before; what AWS refuses in one
        of them, other rules say first."""
        for site in context.rules:
            alike = [one for one in site.plan.rules if _taken(one) and one.vault == site.rule.vault]
            longest = max(alike, key=lambda one: one.lifecycle.delete_after or 0, default=site.rule)
            if _taken(site.rule) and longest is not site.rule:
                yield self.problem(
                    site,
                    "continuous",
                    f"rules `{longest.name}` and `{site.rule.name}` both back up continuously into "
                    f"`{site.rule.vault}`; AWS takes only `{longest.name}`, which keeps for "
                    f"{days(longest.lifecycle.delete_after)}",
                    label="disregarded",
                    help="drop this rule, or let it make snapshots",
                    others=[(longest.where.field("continuous"), "the one that is taken")],
                )


def _taken(rule: Written) -> bool:
    """Whether a rule is continuous, and AWS takes it so."""
    return rule.continuous and not problems(rule.lifecycle, continuous=True)
