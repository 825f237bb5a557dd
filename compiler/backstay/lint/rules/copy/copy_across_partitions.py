"""A copy from one partition of AWS to another."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws import arns


class CopyAcrossPartitions(Rule):
    """GovCloud and China keep to themselves."""

    CODE = "CPY010"
    NAME = "copy-across-partitions"
    SEVERITY = "error"
    SUMMARY = "A copy between AWS, GovCloud and China"
    WHY = "The partitions share no accounts and no network. Every copy fails."
    SOURCES = (guide("backup-feature-availability"),)
    VALID = ("Copy(to=central)",)
    INVALID = ('Copy(to="arn:aws-cn:backup:cn-north-1:100000000002:backup-vault:far")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies whose destination is in another partition than their source."""
        for site in context.copies:
            home, there = arns.partition_of(site.shape.region), arns.partition_of(site.copy.destination.region)
            if home != there:
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies from partition `{home}` to `{there}` "
                    f"({site.copy.destination.region}), which AWS cannot",
                    label=there,
                    help="copy within the partition",
                )
