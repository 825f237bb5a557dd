"""More tags than AWS lets a thing have."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide, seen
from backstay.lint.tagged import tagged

_MOST = 50  # tags; AWS General Reference, "Tagging AWS resources", read 2026-11
_PLAN = (
    'Plan("p", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
    '     select=[Select("gold", where=tag("backup") == "gold")], tags={{f"t{{n}}": "x" for n in range({0})}})'
)


class TooManyTags(Rule):
    """A thing has fifty tags at most."""

    CODE = "GEN032"
    NAME = "too-many-tags"
    SEVERITY = "error"
    SUMMARY = "A plan, a framework or another thing with more than fifty tags"
    WHY = "The limit is fixed: AWS refuses what has more, so there is no such plan."
    SOURCES = (
        api("TagResource"),
        guide("aws-backup-limits"),
        seen("AWS General Reference, Tagging AWS resources: limits of tags"),
    )
    VALID = (_PLAN.format(50),)
    INVALID = (_PLAN.format(51),)

    def check(self, context: Context) -> Iterator[Problem]:
        """What has tags of its own; others speak of vaults and of recovery points."""
        for one in tagged(context):
            if len(one.tags) > _MOST:
                yield self.problem(
                    one.site,
                    "tags",
                    f"{one.what} has {len(one.tags)} tags; AWS takes at most {_MOST}",
                    label=f"{len(one.tags)} tags",
                    help="keep the tags that somebody reads",
                )
