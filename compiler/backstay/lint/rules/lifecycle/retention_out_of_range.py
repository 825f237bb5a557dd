"""A number of days that no lifecycle can have."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.kept import kept
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen
from backstay.lint.words import days
from backstay_aws.lifecycle import MAX_DAYS, LifecycleProblem, problems


class RetentionOutOfRange(Rule):
    """Lifecycles count from 1 to 36500 days."""

    CODE = "LIF006"
    NAME = "retention-out-of-range"
    SEVERITY = "error"
    SUMMARY = "A retention or cold-storage day outside what AWS takes"
    WHY = (
        "AWS refuses the plan. Zero does not mean “off” in either place: leave the keyword out to keep for ever or "
        "never to go cold."
    )
    SOURCES = (api("Lifecycle"), seen("hashicorp/terraform-provider-aws issue 24960"))
    VALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(1))',)
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(0))',
        'Rule("daily", at=daily("03:00"), into=primary, keep=years(101))',
        'Rule("daily", at=daily("03:00"), into=primary, cold_after=days(0), keep=days(200))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules and copies with a number out of range."""
        for one in kept(context):
            found = problems(one.lifecycle, continuous=False)
            if LifecycleProblem.DELETE_RANGE in found:
                yield self.problem(
                    one.site,
                    "keep",
                    f"{one.name} keeps recovery points for {days(one.lifecycle.delete_after)}; "
                    f"AWS takes 1 to {MAX_DAYS}",
                    label=f"1 to {MAX_DAYS} days",
                    help="leave `keep` out to keep for ever" if one.lifecycle.delete_after else "keep at least a day",
                )
            if LifecycleProblem.COLD_BEFORE_1 in found:
                yield self.problem(
                    one.site,
                    "cold_after",
                    f"{one.name} goes cold after {days(one.lifecycle.cold_after)}; AWS takes 1 or more",
                    label="at least 1 day",
                    help="leave `cold_after` out if nothing should go cold",
                )
