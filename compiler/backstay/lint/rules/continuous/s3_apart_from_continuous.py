"""Snapshots of buckets in another vault than their continuous backup."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.abilities import named_types
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide

_BUCKETS = "S3"


class S3ApartFromContinuous(Rule):
    """All backups of a bucket lie in one vault."""

    CODE = "PIT014"
    NAME = "s3-apart-from-continuous"
    SEVERITY = "warning"
    SUMMARY = "Snapshots of S3 into another vault than the continuous backup of the same plan"
    WHY = (
        "AWS asks that continuous and periodic backups of a bucket are in the same vault. Jobs for a second vault "
        "fail, every time, while the first vault looks healthy. Only a copy brings them to another vault."
    )
    SOURCES = (guide("s3-backups"),)
    VALID = (
        'Plan("buckets", rules=[\n'
        '    Rule("pitr", at=daily("00:30"), into=primary, keep=days(35), continuous=True),\n'
        '    Rule("weekly", at=weekly("sun", "12:30"), into=primary, keep=days(90), copies=[Copy(to=second)]),\n'
        '], select=[Select("buckets", where=resource_type("S3"))])',
    )
    INVALID = (
        'Plan("buckets", rules=[\n'
        '    Rule("pitr", at=daily("00:30"), into=primary, keep=days(35), continuous=True),\n'
        '    Rule("weekly", at=weekly("sun", "12:30"), into=second, keep=days(90)),\n'
        '], select=[Select("buckets", where=resource_type("S3"))])',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Snapshot rules of plans that name S3 and back it up continuously elsewhere."""
        for site in context.rules:
            first = next((rule for rule in site.plan.rules if rule.continuous), None)
            if first is None or site.rule.continuous or _BUCKETS not in named_types(site.plan):
                continue
            if site.rule.vault != first.vault:
                yield self.problem(
                    site,
                    "into",
                    f"rule `{site.rule.name}` backs up S3 into `{site.rule.vault}`, but `{first.name}` does so "
                    f"continuously into `{first.vault}`; AWS wants both in one vault",
                    label=f"not `{first.vault}`",
                    help=f"write to `{first.vault}`, and copy from there",
                    others=[(first.where.field("into"), "the continuous backup of the buckets")],
                )
