"""Continuous backup that is to go cold."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay_aws.lifecycle import LifecycleProblem, problems


class ContinuousWithColdStorage(Rule):
    """Continuous backups stay warm."""

    CODE = "PIT002"
    NAME = "continuous-with-cold-storage"
    SEVERITY = "error"
    SUMMARY = "A continuous rule with cold storage"
    WHY = (
        "AWS refuses the plan (“MoveToColdStorageAfterDays is unavailable”), for every type in it, so nothing in it "
        "is backed up."
    )
    SOURCES = (guide("point-in-time-recovery"), seen("lgallard/terraform-aws-backup issue 40"))
    VALID = ('Rule("pitr", at=hourly(), into=primary, start_within=hours(1), keep=days(35), continuous=True)',)
    INVALID = (
        'Rule("pitr", at=hourly(), into=primary, start_within=hours(1), cold_after=days(30), keep=days(35),\n'
        "     continuous=True)",
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Continuous rules with `cold_after`."""
        for site in context.rules:
            if LifecycleProblem.CONTINUOUS_COLD in problems(site.rule.lifecycle, continuous=site.rule.continuous):
                yield self.problem(
                    site,
                    "cold_after",
                    f"rule `{site.rule.name}` is continuous and moves to cold storage; AWS takes one or the other",
                    label="not together with `continuous=True`",
                    help="drop `cold_after`, and give the archive a rule of its own",
                    others=[(site.where.fields.get("continuous"), "continuous")],
                )
