"""A tag that AWS does not let anybody set."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, seen
from backstay.lint.tagged import points, tagged

_KEY, _VALUE = 128, 256  # characters; AWS General Reference, "Tagging AWS resources", read 2026-11
_PLAN = (
    'Plan("p", rules=[Rule("daily", at=daily("03:00"), into=primary, keep=days(35))],\n'
    '     select=[Select("gold", where=tag("backup") == "gold")], tags={{{0}}})'
)


class RefusedTag(Rule):
    """Tags are such as AWS takes."""

    CODE = "GEN031"
    NAME = "refused-tag"
    SEVERITY = "error"
    SUMMARY = "A tag whose key begins with `aws:`, or that is empty or too long"
    WHY = (
        "Keys that begin with `aws:` are AWS's own. AWS refuses the tag and what is made with it: there is no such "
        "plan, or each backup job fails that would tag its recovery point so."
    )
    SOURCES = (api("TagResource"), seen("AWS General Reference, Tagging AWS resources: limits of tags"))
    VALID = (_PLAN.format('"team": "platform", "empty": ""'),)
    INVALID = (
        _PLAN.format('"aws:team": "platform"'),
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35), tags={"": "x"})',
        _PLAN.format('"team": "x" * 257'),
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """The tags of all but vaults, and those of recovery points."""
        for one in (*tagged(context), *points(context)):
            for key, value in one.tags:
                wrong = _wrong(key, value)
                if wrong is not None:
                    shown = key if len(key) <= _KEY else f"{key[:20]}…"
                    yield self.problem(
                        one.site,
                        "tags",
                        f"AWS refuses the tag `{shown}` of {one.what}",
                        label=wrong,
                        help="rename the tag" if len(value) <= _VALUE else "shorten the value",
                        span=context.within(one.site.where.field("tags"), key) if key else None,
                    )


def _wrong(key: str, value: str) -> str | None:
    """Why AWS refuses a tag."""
    if key.casefold().startswith("aws:"):
        return "`aws:` is AWS's own"
    if not key:
        return "a key has at least one character"
    if len(key) > _KEY:
        return f"a key of {len(key)} characters; AWS takes {_KEY}"
    return f"a value of {len(value)} characters; AWS takes {_VALUE}" if len(value) > _VALUE else None
