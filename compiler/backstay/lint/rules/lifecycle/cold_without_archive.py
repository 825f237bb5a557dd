"""Cold storage of EBS snapshots without the opt-in that it needs."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import named_types
from backstay.lint.context import Context
from backstay.lint.kept import kept
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed, these
from backstay_aws import catalog


class ColdWithoutArchive(Rule):
    """EBS snapshots go cold only with `archive=True`."""

    CODE = "LIF009"
    NAME = "cold-without-archive"
    SEVERITY = "warning"
    SUMMARY = "Cold storage for a type that needs `archive=True` as well"
    WHY = "Without the opt-in AWS leaves EBS snapshots in the standard tier, at its price, until they are deleted."
    SOURCES = (guide("plan-options-and-configuration"),)
    VALID = (
        'Plan("archive", rules=[Rule("monthly", at=monthly(1, "03:00"), into=primary, cold_after=days(30),\n'
        '     keep=years(7), archive=True)], select=[Select("volumes", where=resource_type("EBS"))])',
    )
    INVALID = (
        'Plan("archive", rules=[Rule("monthly", at=monthly(1, "03:00"), into=primary, cold_after=days(30),\n'
        '     keep=years(7))], select=[Select("volumes", where=resource_type("EBS"))])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Cold rules and copies without the opt-in, in plans that name a type which needs it."""
        for one in kept(context):
            types = tuple(name for name in named_types(one.site.plan) if _needs(name))
            if types and one.lifecycle.cold_after is not None and not one.lifecycle.archive:
                goes = "goes" if len(types) == 1 else "go"
                yield self.problem(
                    one.site,
                    "cold_after",
                    f"{one.name} has no `archive=True`, so {listed(types)} never {goes} cold",
                    label=f"has no effect on {these(types)}",
                    help="add `archive=True`",
                )


def _needs(name: str) -> bool:
    row = catalog.resource_type(name)
    return row is not None and row.archive_opt_in == "yes"
