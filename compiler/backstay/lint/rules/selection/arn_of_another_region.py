"""An ARN of a Region in which the selection is not used."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.arn_forms import fixed_region
from backstay.lint.comparisons import author_name, named, uses
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import plainly


class ArnOfAnotherRegion(Rule):
    """A plan takes resources of its own Region."""

    CODE = "SEL033"
    NAME = "arn-of-another-region"
    SEVERITY = "warning"
    WHOLE = True
    SUMMARY = "A selection by the ARN of a Region in which no account has the selection"
    WHY = (
        "A plan sees the resources of its own Region only. An ARN of another is taken without complaint and matches "
        "nothing, so the resource is not backed up."
    )
    SOURCES = (guide("assigning-resources"),)
    VALID = (
        'Select("orders", where=resource("arn:aws:dynamodb:eu-west-1:*:table/orders"))',
        'Select("ledger", where=resource("arn:aws:s3:::ledger"))',
    )
    INVALID = ('Select("orders", where=resource("arn:aws:dynamodb:us-east-1:*:table/orders"))',)

    def decided(self, problem: Problem, context: Context) -> bool:  # noqa: ARG002
        """Of one file too: it is told where all that the file could be for agree on it."""
        return True

    def check(self, context: Context) -> Iterator[Problem]:
        """ARNs with a Region, against all Regions that have the selection."""
        for sites in uses(context):
            regions = {site.shape.region for site in sites}
            for one in named(sites[0]):
                region = fixed_region(one.arn)
                if region is not None and region not in regions and one.taken:
                    yield self.problem(
                        sites[0],
                        "where",
                        f"selection `{author_name(sites[0])}` names a resource in {region}; it is used in "
                        f"{plainly(sorted(regions))}",
                        label="of another Region",
                        help=f"have the policy reach {region}, or put `*` in place of the Region",
                        span=one.span,
                    )
