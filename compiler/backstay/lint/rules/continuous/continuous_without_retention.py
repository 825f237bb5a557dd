"""Continuous backup that does not say how long."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay_aws.lifecycle import LifecycleProblem, problems


class ContinuousWithoutRetention(Rule):
    """Continuous backup needs a retention."""

    CODE = "PIT011"
    NAME = "continuous-without-retention"
    SEVERITY = "error"
    SUMMARY = "A continuous rule without a retention"
    WHY = "AWS refuses it (“Lifecycle must be specified”), and the plan with it."
    SOURCES = (guide("point-in-time-recovery"), seen("CloudFormation's answer, as quoted in AWS CDK"))
    VALID = ('Rule("pitr", at=daily("03:00"), into=primary, keep=days(35), continuous=True)',)
    INVALID = ('Rule("pitr", at=daily("03:00"), into=primary, continuous=True)',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Continuous rules without `keep`."""
        for site in context.rules:
            found = problems(site.rule.lifecycle, continuous=site.rule.continuous)
            if LifecycleProblem.CONTINUOUS_WITHOUT_RETENTION in found:
                yield self.problem(
                    site,
                    "continuous",
                    f"continuous rule `{site.rule.name}` does not say how long to keep",
                    label="needs `keep=`",
                    help="add `keep=days(35)`, the longest that continuous backup reaches back",
                )
