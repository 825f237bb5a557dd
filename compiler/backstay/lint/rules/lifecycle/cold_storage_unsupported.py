"""Cold storage for types that have none."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import unable
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed, these


class ColdStorageUnsupported(Rule):
    """Few types can go cold."""

    CODE = "LIF008"
    NAME = "cold-storage-unsupported"
    SEVERITY = "warning"
    SUMMARY = "Cold storage for resource types that have none"
    WHY = (
        "AWS ignores `cold_after` for types without cold storage, without an error: their recovery points stay warm "
        "until they are deleted, at the warm price, for what was meant to be an archive."
    )
    SOURCES = (guide("backup-feature-availability"),)
    VALID = (
        'Plan("archive", rules=[Rule("monthly", at=monthly(1, "03:00"), into=primary, cold_after=days(30),\n'
        '     keep=years(7))], select=[Select("efs", where=resource_type("EFS"))])',
    )
    INVALID = (
        'Plan("archive", rules=[Rule("monthly", at=monthly(1, "03:00"), into=primary, cold_after=days(30),\n'
        '     keep=years(7))], select=[Select("databases", where=resource_type("RDS"))])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Cold rules of plans that name types without cold storage."""
        for site in context.rules:
            types = unable(site.plan, "cold_storage", site.shape.region)
            if types and site.rule.lifecycle.cold_after is not None:
                yield self.problem(
                    site,
                    "cold_after",
                    f"rule `{site.rule.name}` moves to cold storage what has none: {listed(types)}",
                    label=f"ignored by AWS for {these(types)}",
                    help=f"drop `cold_after`, or give {these(types)} a plan without it",
                    others=[
                        (one.where.span, "selected here") for one in site.plan.selections if set(types) & set(one.types)
                    ],
                )
