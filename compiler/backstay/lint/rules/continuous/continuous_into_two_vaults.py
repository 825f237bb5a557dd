"""Continuous backup of the same resources twice."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import named_types
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
        "A resource can have one continuous backup. One page of AWS says that such a plan is rejected; by another, the "
        "rule that is processed first gets it, and the other makes snapshots and ends “completed with issues”. For S3 "
        "it fails in either case, so that is an error."
    )
    SOURCES = (guide("point-in-time-recovery"), guide("point-in-time-recovery-overlapping"))
    VALID = (
        'Rule("a", at=hourly(), into=primary, start_within=hours(1), keep=days(35), continuous=True),\n'
        'Rule("b", at=daily("12:00"), into=second, keep=days(35))',
    )
    INVALID = (
        'Rule("a", at=hourly(), into=primary, start_within=hours(1), keep=days(35), continuous=True),\n'
        'Rule("b", at=daily("12:00"), into=second, keep=days(35), continuous=True)',
        'Plan("buckets", rules=[\n'
        '    Rule("a", at=daily("00:30"), into=primary, keep=days(35), continuous=True),\n'
        '    Rule("b", at=daily("12:00"), into=second, keep=days(35), continuous=True),\n'
        '], select=[Select("buckets", where=resource_type("S3"))])',
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
                    label=f"into `{site.rule.vault}`",
                    help="make one of them continuous, or write both to one vault",
                    others=[(first.where.field("continuous"), f"into `{first.vault}`")],
                    severity="error" if "S3" in named_types(site.plan) else None,
                )
