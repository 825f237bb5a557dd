"""Cold storage for copies of types that have none."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import unable
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed, these


class ColdCopyUnsupported(Rule):
    """A copy can go cold where its type can."""

    CODE = "LIF020"
    NAME = "cold-copy-unsupported"
    SEVERITY = "warning"
    SUMMARY = "Cold storage for the copies of resource types that have none"
    WHY = (
        "AWS ignores `cold_after` for types without cold storage, in copies as in rules, without an error: the "
        "archive in the other account or Region stays warm until it is deleted, at the warm price."
    )
    SOURCES = (guide("backup-feature-availability"),)
    VALID = (
        'Plan("archive", rules=[Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=days(90),\n'
        "     copies=[Copy(to=central, keep=years(7), cold_after=days(30))])],\n"
        '     select=[Select("efs", where=resource_type("EFS"))])',
    )
    INVALID = (
        'Plan("archive", rules=[Rule("monthly", at=monthly(1, "03:00"), into=primary, keep=days(90),\n'
        "     copies=[Copy(to=central, keep=years(7), cold_after=days(30))])],\n"
        '     select=[Select("databases", where=resource_type("RDS"))])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Cold copies of warm rules; where the rule goes cold too, it is told there."""
        for site in context.copies:
            types = unable(site.plan, "cold_storage", site.copy.destination.region)
            if types and site.copy.lifecycle.cold_after is not None and site.rule.lifecycle.cold_after is None:
                yield self.problem(
                    site,
                    "cold_after",
                    f"the copy of rule `{site.rule.name}` to `{site.copy.destination.name}` moves to cold storage "
                    f"what has none: {listed(types)}",
                    label=f"ignored by AWS for {these(types)}",
                    help=f"drop `cold_after`, or give {these(types)} a plan without it",
                    others=[
                        (one.where.span, "selected here") for one in site.plan.selections if set(types) & set(one.types)
                    ],
                )
