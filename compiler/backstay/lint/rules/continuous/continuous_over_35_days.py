"""Continuous backup for longer than AWS keeps it."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay.lint.words import days
from backstay_aws.lifecycle import CONTINUOUS_MAX_DAYS, LifecycleProblem, problems


class ContinuousOver35Days(Rule):
    """Continuous backup reaches back 35 days."""

    CODE = "PIT001"
    NAME = "continuous-over-35-days"
    SEVERITY = "error"
    SUMMARY = "A continuous rule that keeps for more than 35 days"
    WHY = "AWS refuses the plan, so nothing in it is backed up."
    SOURCES = (guide("point-in-time-recovery"), seen("AWS CDK, BackupPlanRule"))
    VALID = ('Rule("pitr", at=hourly(), into=primary, start_within=hours(1), keep=days(35), continuous=True)',)
    INVALID = ('Rule("pitr", at=hourly(), into=primary, start_within=hours(1), keep=days(90), continuous=True)',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Continuous rules over the maximum."""
        for site in context.rules:
            lifecycle = site.rule.lifecycle
            found = problems(lifecycle, continuous=site.rule.continuous)
            if LifecycleProblem.CONTINUOUS_RETENTION in found:
                yield self.problem(
                    site,
                    "keep",
                    f"continuous rule `{site.rule.name}` keeps for {days(lifecycle.delete_after)}; "
                    f"the maximum is {CONTINUOUS_MAX_DAYS}",
                    label=f"at most {CONTINUOUS_MAX_DAYS} days",
                    help="keep continuous backups for 35 days, and add a rule for what must live longer",
                    others=[(site.where.fields.get("continuous"), "continuous")],
                )
