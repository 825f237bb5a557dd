"""Continuous backup of the same resources twice."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide


class ContinuousIntoTwoVaults(Rule):
    """A resource has one continuous recovery point."""

    CODE = "PIT003"
    NAME = "continuous-into-two-vaults"
    SEVERITY = "warning"
    SUMMARY = "Two continuous rules of a plan that write to different vaults"
    WHY = (
        "A resource can have one continuous backup. The rule that AWS happens to process first gets it; the other "
        "makes snapshots and ends “completed with issues”, and for S3 it fails."
    )
    SOURCES = (guide("point-in-time-recovery"),)
    VALID = (
        'Rule("a", at=hourly(), into=primary, start_within=hours(1), keep=days(35), continuous=True),\n'
        'Rule("b", at=daily("12:00"), into=second, keep=days(35))',
    )
    INVALID = (
        'Rule("a", at=hourly(), into=primary, start_within=hours(1), keep=days(35), continuous=True),\n'
        'Rule("b", at=daily("12:00"), into=second, keep=days(35), continuous=True)',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Continuous rules after the first, into another vault."""
        for site in context.rules:
            first = next((rule for rule in site.plan.rules if rule.continuous), None)
            if first is not None and site.rule.continuous and site.rule.vault != first.vault:
                yield self.problem(
                    site,
                    "continuous",
                    f"rules `{first.name}` and `{site.rule.name}` both back up continuously, into `{first.vault}` "
                    f"and `{site.rule.vault}`; a resource can have one",
                    help="make one of them continuous, or write both to one vault",
                    others=[(first.where.field("continuous"), "the other one")],
                )
