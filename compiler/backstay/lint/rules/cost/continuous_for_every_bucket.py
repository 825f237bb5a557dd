"""Continuous backup of all buckets, whatever is in them."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.ir import PlanSelection, Shape
from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.examples import policy
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide, plain
from backstay_aws.selection import type_patterns

_S3, _ALL = "S3", "*"
_PITR = 'Rule("any_second", at=daily("03:00"), into=primary, keep=days(35), continuous=True)'


class ContinuousForEveryBucket(Rule):
    """Continuous backup is for buckets that somebody chose."""

    CODE = "CST003"
    NAME = "continuous-for-every-bucket"
    SEVERITY = "advice"
    SUMMARY = "A continuous rule for every S3 bucket of the accounts"
    WHY = (
        "Buckets of logs, of reports and of build results are then backed up too, with every version of every object "
        "and a request for each; a busy log bucket costs more than all the data that matter. Buckets without "
        "versioning fail."
    )
    SOURCES = (guide("s3-backups"), guide("metering-and-billing"), plain("logs are written more than read"))
    VALID = (
        policy(rules=_PITR, select='Select("buckets", where=resource_type("S3") & (tag("backup") == "gold"))'),
        policy(select='Select("buckets", where=resource_type("S3"))'),
    )
    INVALID = (
        policy(rules=_PITR, select='Select("buckets", where=resource_type("S3"))'),
        policy(rules=_PITR, select="Select.everything()"),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Selections of all buckets, in plans with a continuous rule."""
        for site in context.selections:
            stream = next((rule for rule in site.plan.rules if rule.continuous), None)
            if stream is not None and _every_bucket(site.selection, site.shape, context.model.partition):
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` takes every bucket, and rule `{stream.name}` backs them up "
                    "continuously",
                    label="every bucket, those of logs too",
                    help='choose buckets by a tag: `resource_type("S3") & (tag("backup") == "gold")`',
                    others=[(stream.where.field("continuous"), "continuous")],
                )


def _every_bucket(one: PlanSelection, shape: Shape, partition: str) -> bool:
    """Whether a selection takes all buckets: by their pattern, or as part of everything, where S3 is not off."""
    chosen = one.selection
    narrowed = chosen.string_equals + chosen.string_not_equals + chosen.string_like + chosen.string_not_like
    if narrowed or chosen.not_resources:
        return False
    if not set(type_patterns(_S3, partition)).isdisjoint(chosen.resources):
        return True
    return _ALL in chosen.resources and (_S3, False) not in shape.opt_in
