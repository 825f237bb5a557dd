"""A tag key with the prefix that only the API wants."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.choices import pairs
from backstay.lint.comparisons import author_name
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen
from backstay_aws.selection_shape import TAG_PREFIX


class PrefixedTagKey(Rule):
    """Policies name tags as they are; the compiler adds the prefix where AWS wants it."""

    CODE = "SEL004"
    NAME = "prefixed-tag-key"
    SEVERITY = "error"
    SUMMARY = "A tag key that begins with `aws:ResourceTag/`"
    WHY = (
        "AWS's conditions spell a key `aws:ResourceTag/backup`, and the compiler writes them so. A key that has the "
        "prefix already gets it twice, names a tag that no resource has, and the selection silently takes nothing."
    )
    SOURCES = (api("Conditions"), seen("aws/aws-cdk issue 18911, hashicorp/terraform-provider-aws issue 22568"))
    VALID = ('Select("gold", where=tag("backup") == "gold")',)
    INVALID = ('Select("gold", where=tag("aws:ResourceTag/backup") == "gold")',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Keys with the prefix."""
        for site in context.selections:
            for key in dict.fromkeys(pair.key for pair in pairs(site.selection)):
                if key.startswith(TAG_PREFIX):
                    place = site.where.field("where")
                    yield self.problem(
                        site,
                        "where",
                        f"selection `{author_name(site)}` asks for a tag called `{key}`",
                        label="the compiler adds this prefix",
                        help=f'write `tag("{key.removeprefix(TAG_PREFIX)}")`',
                        span=context.within(place, key, 0, len(TAG_PREFIX)),
                        fix=mend.literal(context, place, key, key.removeprefix(TAG_PREFIX), after="tag("),
                    )
