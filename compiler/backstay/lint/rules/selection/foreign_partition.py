"""ARNs of another partition."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay.lint.words import listed
from backstay_aws import arns


class ForeignPartition(Rule):
    """GovCloud and China have ARNs of their own."""

    CODE = "SEL025"
    NAME = "foreign-partition"
    SEVERITY = "error"
    SUMMARY = "A selection by ARNs of a partition in which the account is not"
    WHY = (
        "No resource of a GovCloud or China Region has an ARN that begins with `arn:aws:`, so the selection takes "
        "nothing there, and nothing is backed up."
    )
    SOURCES = (guide("assigning-resources"),)
    VALID = ('Select("bucket", where=resource("arn:aws:s3:::ledger"))',)
    INVALID = ('Select("bucket", where=resource("arn:aws-us-gov:s3:::ledger"))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """ARNs whose partition is not the Region's."""
        for site in context.selections:
            chosen = site.selection.selection
            home = arns.partition_of(site.shape.region)
            foreign = sorted({arn.split(":", 2)[1] for arn in chosen.resources + chosen.not_resources if ":" in arn})
            foreign = [partition for partition in foreign if partition not in (home, "*")]
            if foreign:
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` names ARNs of {listed(foreign)}, but is used in `{home}`",
                    label=f"resources here begin with `arn:{home}:`",
                    help="give each partition a selection of its own, or select by type, which follows the partition",
                )
