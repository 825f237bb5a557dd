"""An ARN of something that AWS Backup does not back up."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.arn_forms import field
from backstay.lint.comparisons import Named, author_name, named
from backstay.lint.context import Context
from backstay.lint.dead_ends import objects, unsupported
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import SelectionSite
from backstay.lint.source import guide
from backstay_aws import arns


class UnsupportedArn(Rule):
    """An ARN is one of a resource that can be backed up."""

    CODE = "SEL041"
    NAME = "unsupported-arn"
    SEVERITY = "warning"
    SUMMARY = "A selection by an ARN that no resource of AWS Backup's types has"
    WHY = (
        "It takes nothing, and no job fails: a snapshot or a function is no resource that AWS Backup knows, a bucket "
        "has neither Region nor account in its ARN, and objects are never taken without their bucket."
    )
    SOURCES = (guide("assigning-resources"), guide("feature-availability"), guide("s3-backups"))
    VALID = (
        'Select("ledger", where=resource("arn:aws:s3:::ledger*") | resource("arn:aws:rds:*:*:db:ledger"))',
        'Select("hosts", where=resource("arn:aws:ec2:*"))',
    )
    INVALID = (
        'Select("function", where=resource("arn:aws:lambda:eu-central-1:100000000010:function:bill"))',
        'Select("snapshots", where=resource("arn:aws:rds:*:*:snapshot:*"))',
        'Select("objects", where=resource("arn:aws:s3:::ledger/*"))',
        'Select("bucket", where=resource("arn:aws:s3:eu-central-1:100000000010:ledger"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """ARNs of this partition that meet no type's form; those of another are for `foreign-partition`."""
        for site in context.selections:
            home = arns.partition_of(site.shape.region)
            for one in named(site):
                if one.taken and field(one.arn, 1) == home and unsupported(one.arn):
                    yield self._told(site, one)

    def _told(self, site: SelectionSite, one: Named) -> Problem:
        bucket = one.arn.partition("/")[0]
        inside = objects(one.arn)
        return self.problem(
            site,
            "where",
            f"selection `{author_name(site)}` names `{one.arn}`, which is "
            + (
                "objects of a bucket; AWS Backup takes buckets whole" if inside else "no resource of AWS Backup's types"
            ),
            label="takes nothing",
            help=f'name the bucket: `resource("{bucket}")`' if inside else "name the resource itself by its own ARN",
            span=one.span,
        )
