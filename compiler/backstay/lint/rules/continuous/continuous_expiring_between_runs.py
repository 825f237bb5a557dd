"""A continuous backup that is kept no longer than it takes to the next run."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import named_types
from backstay.lint.context import Context
from backstay.lint.intervals import interval
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import days

_RENEWED = {"Aurora", "RDS", "SAP HANA on Amazon EC2"}  # types whose one recovery point each run keeps alive


class ContinuousExpiringBetweenRuns(Rule):
    """A continuous recovery point should outlive the time between two runs."""

    CODE = "PIT009"
    NAME = "continuous-expiring-between-runs"
    SEVERITY = "warning"
    SUMMARY = "A continuous rule that keeps for exactly as long as it takes to its next run"
    WHY = (
        "A database has one continuous recovery point, which each run of the schedule keeps alive. AWS asks for a "
        "retention that is longer than the time between two runs: otherwise the point can become EXPIRED, and with it "
        "goes all that could be restored."
    )
    SOURCES = (guide("point-in-time-recovery-retention-period"),)
    VALID = (
        'Rule("pitr", at=daily("03:00"), into=primary, keep=days(7), continuous=True)',
        'Plan("buckets", rules=[Rule("all", at=weekly("sun", "03:00"), into=primary, keep=days(7), continuous=True)],\n'
        '     select=[Select("buckets", where=resource_type("S3"))])',
    )
    INVALID = ('Rule("pitr", at=weekly("sun", "03:00"), into=primary, keep=days(7), continuous=True)',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Continuous rules whose retention equals their interval; where it is shorter, another rule speaks."""
        for site in context.rules:
            gap, keep = interval(site.rule, context.start), site.rule.lifecycle.delete_after
            types = named_types(site.plan)
            if site.rule.continuous and keep is not None and keep == gap and (not types or _RENEWED & set(types)):
                yield self.problem(
                    site,
                    "keep",
                    f"continuous rule `{site.rule.name}` keeps for {days(keep)} and runs every {days(keep)}; AWS asks "
                    "for a retention that is longer",
                    label=days(keep),
                    help="run it every day",
                    others=[(site.where.fields.get("at"), f"{days(keep)} apart")],
                )
