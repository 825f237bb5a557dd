"""Cold storage for less than its minimum."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.kept import Kept, kept
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen
from backstay.lint.words import days
from backstay_aws.lifecycle import COLD_MINIMUM_DAYS, LifecycleProblem, problems


class ColdStorageTooShort(Rule):
    """What goes cold must stay there for 90 days."""

    CODE = "LIF001"
    NAME = "cold-storage-too-short"
    SEVERITY = "error"
    SUMMARY = "Less than 90 days between cold storage and deletion"
    WHY = (
        "Cold storage is billed for 90 days at least, and AWS refuses a plan whose rule or copy would delete recovery "
        "points sooner, so nothing in the plan is backed up."
    )
    SOURCES = (api("Lifecycle"), seen("cfn-lint rule E3504"), seen("lgallard/terraform-aws-backup issue 161"))
    VALID = ('Rule("monthly", at=monthly(1, "03:00"), into=primary, cold_after=days(30), keep=days(120))',)
    INVALID = (
        'Rule("monthly", at=monthly(1, "03:00"), into=primary, cold_after=days(30), keep=days(100))',
        "Copy(to=central, cold_after=days(30), keep=days(100))",
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules and copies whose gap is too small."""
        for one in kept(context):
            if LifecycleProblem.COLD_GAP in problems(one.lifecycle, continuous=False) and not one.rule.continuous:
                yield self._told(one)

    def _told(self, one: Kept) -> Problem:
        cold, delete = one.lifecycle.cold_after or 0, one.lifecycle.delete_after or 0
        gap = delete - cold
        swapped = f"deletes recovery points after {days(delete)}, before they go cold after {days(cold)}"
        short = f"deletes recovery points after {days(gap)} in cold storage; the minimum is {COLD_MINIMUM_DAYS}"
        return self.problem(
            one.site,
            "keep",
            f"{one.name} {swapped if gap < 0 else short}",
            label=f"must be at least {days(cold + COLD_MINIMUM_DAYS)}",
            help=f"raise `keep` to days({cold + COLD_MINIMUM_DAYS}), or drop `cold_after`",
            others=[(one.site.where.fields.get("cold_after"), f"cold after {days(cold)}")],
        )
