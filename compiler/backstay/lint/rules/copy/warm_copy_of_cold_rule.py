"""A copy that stays warm while its source goes cold."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import named_types, unable
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import guide
from backstay.lint.words import days, kept
from backstay_aws.lifecycle import COLD_MINIMUM_DAYS


class WarmCopyOfColdRule(Rule):
    """A copy has cold storage of its own, or none."""

    CODE = "CPY030"
    NAME = "warm-copy-of-cold-rule"
    SEVERITY = "advice"
    SUMMARY = "A copy without `cold_after`, of a rule whose recovery points go cold"
    WHY = (
        "A copy takes over how long its source is kept, and not when it goes cold: it costs the warm price to the end, "
        "which for an archive of years is most of the bill."
    )
    SOURCES = (guide("recov-point-create-a-copy"), guide("plan-options-and-configuration"))
    VALID = (
        'Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=years(7), cold_after=days(30),\n'
        "     copies=[Copy(to=central, cold_after=days(30))])",
        'Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=years(7), cold_after=days(30),\n'
        "     copies=[Copy(to=central, keep=days(100))])",
    )
    INVALID = (
        'Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=years(7), cold_after=days(30),\n'
        "     copies=[Copy(to=central)])",
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Warm copies that live long enough to go cold as their rule says."""
        for site in context.copies:
            source, copy = site.rule.lifecycle.cold_after, site.copy.lifecycle
            if source is None or copy.cold_after is not None or not _can(site):
                continue
            if copy.delete_after is None or copy.delete_after >= source + COLD_MINIMUM_DAYS:
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` goes cold after {days(source)}, "
                    f"its copy in `{site.copy.destination.name}` stays warm {kept(copy.delete_after)}",
                    label="warm to its end",
                    help=f"add `cold_after=days({source})` to the copy",
                    others=[(site.rule.where.fields.get("cold_after"), "the source goes cold")],
                )


def _can(site: CopySite) -> bool:
    """Whether anything that the plan may take has cold storage."""
    types = named_types(site.plan)
    return not types or len(unable(site.plan, "cold_storage", site.shape.region)) < len(types)
