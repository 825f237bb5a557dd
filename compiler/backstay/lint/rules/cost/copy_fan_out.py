"""Rules whose recovery points are copied to many places."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, seen
from backstay_aws.catalog import limit

_MANY = 4
_COPIES = ", ".join(f'Copy(to=Vault("far-{n}", region="eu-west-1"))' for n in range(_MANY))


class CopyFanOut(Rule):
    """One or two copies are enough, three for what must never be lost."""

    CODE = "CST018"
    NAME = "copy-fan-out"
    SEVERITY = "advice"
    SUMMARY = "A rule with four copies or more"
    WHY = (
        "The first copy into each place is a full set of the data, and is stored, transferred and encrypted by "
        "itself. Three places beside the first hold what another Region, another account and an air gap can give."
    )
    SOURCES = (guide("metering-and-billing"), seen("README of luciantanase14: each copy is a full set"))
    VALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[Copy(to=remote), Copy(to=central)])',
    )
    INVALID = (f'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), copies=[{_COPIES}])',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules with many copies, as far as AWS takes them."""
        for site in context.rules:
            count = len({copy.destination.arn for copy in site.rule.copies})
            if _MANY <= count <= limit("copies_per_rule"):
                yield self.problem(
                    site,
                    "copies",
                    f"rule `{site.rule.name}` copies every recovery point into {count} vaults",
                    label=f"{count} full sets beside the first",
                    help="leave out the copies that protect from nothing that the others do not",
                )
