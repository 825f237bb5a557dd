"""A continuous rule whose schedule comes more rarely than once a day."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.intervals import interval
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide

_DAILY = 1.1  # days: one of 25 hours is a day, too


class RareContinuous(Rule):
    """The schedule of a continuous rule is how soon it begins."""

    CODE = "PIT012"
    NAME = "rare-continuous"
    SEVERITY = "advice"
    SUMMARY = "A continuous rule that runs more rarely than once a day"
    WHY = (
        "The log is continuous, but only a run of the schedule begins it: for a new resource, for one that got its tag "
        "today, and for one whose log broke because a permission or the versioning was missing. Until the next run "
        "these have no continuous backup, and no message says so."
    )
    SOURCES = (guide("point-in-time-recovery"), guide("point-in-time-recovery-retention-period"))
    VALID = ('Rule("pitr", at=daily("03:00"), into=primary, keep=days(35), continuous=True)',)
    INVALID = ('Rule("pitr", at=weekly("sun", "03:00"), into=primary, keep=days(35), continuous=True)',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Continuous rules with an interval over a day that their retention outlives."""
        for site in context.rules:
            gap, keep = interval(site.rule, context.start), site.rule.lifecycle.delete_after
            if site.rule.continuous and gap is not None and _DAILY < gap < (keep or gap):
                yield self.problem(
                    site,
                    "at",
                    f"continuous rule `{site.rule.name}` runs only every {gap:g} days; what is new or was interrupted "
                    "waits so long for its backup to begin",
                    label=f"up to {gap:g} days apart",
                    help="run it every day",
                    others=[(site.where.fields.get("continuous"), "continuous")],
                )
