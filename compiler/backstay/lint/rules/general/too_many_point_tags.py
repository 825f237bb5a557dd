"""A rule that puts more tags on recovery points than AWS takes."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_aws.catalog import limit


class TooManyPointTags(Rule):
    """A rule adds ten tags at most."""

    CODE = "GEN020"
    NAME = "too-many-point-tags"
    SEVERITY = "error"
    SUMMARY = "A rule that adds more than ten tags to recovery points"
    WHY = "The quota is fixed: AWS refuses the plan, so nothing in it is backed up."
    SOURCES = (guide("aws-backup-limits"),)
    VALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35), tags={"team": "platform"})',)
    INVALID = ('Rule("daily", at=daily("03:00"), into=primary, keep=days(35), tags={f"t{n}": "x" for n in range(11)})',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Rules over the quota."""
        most = limit("point_tags_per_rule")
        for site in context.rules:
            count = len(site.rule.tags)
            if count > most:
                yield self.problem(
                    site,
                    "tags",
                    f"rule `{site.rule.name}` puts {count} tags on recovery points; AWS takes at most {most}",
                    label=f"{count} tags",
                    help="keep what reports and restores need; resources' own tags are copied anyway",
                )
