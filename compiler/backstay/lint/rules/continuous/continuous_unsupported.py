"""Continuous backup for types that have none."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import named_types, unable
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed


class ContinuousUnsupported(Rule):
    """Few types can be restored to any second."""

    CODE = "PIT004"
    NAME = "continuous-unsupported"
    SEVERITY = "warning"
    SUMMARY = "Continuous backup for resource types that have none"
    WHY = (
        "AWS makes snapshots of such types instead, without an error. Whoever relies on losing minutes at most loses "
        "as much as the schedule leaves between two snapshots."
    )
    SOURCES = (guide("point-in-time-recovery"), guide("backup-feature-availability"))
    VALID = (
        'Plan("pitr", rules=[Rule("pitr", at=daily("03:00"), into=primary, keep=days(35), continuous=True)],\n'
        '     select=[Select("databases", where=resource_type("RDS"))])',
    )
    INVALID = (
        'Plan("pitr", rules=[Rule("pitr", at=daily("03:00"), into=primary, keep=days(35), continuous=True)],\n'
        '     select=[Select("volumes", where=resource_type("EBS"))])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Continuous rules of plans of whose named types not one is able."""
        for site in context.rules:
            types = unable(site.plan, "continuous", site.shape.region)
            if site.rule.continuous and types and types == named_types(site.plan):
                yield self.problem(
                    site,
                    "continuous",
                    f"rule `{site.rule.name}` is continuous, but its plan selects what cannot be: {listed(types)}",
                    label="AWS makes snapshots instead",
                    help="drop `continuous=True`, and let the schedule say how much may be lost",
                )
