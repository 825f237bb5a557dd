"""A pattern that is compared by `==`."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.comparisons import Compared, author_name, compared
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api


class AsteriskInEquality(Rule):
    """`==` compares letter by letter."""

    CODE = "SEL036"
    NAME = "asterisk-in-equality"
    SEVERITY = "warning"
    SUMMARY = "A tag compared by `==`, `!=` or `isin` with a value that has an asterisk"
    WHY = (
        "Only `like` takes `*` for any text. By `==` the value itself would have to be an asterisk, which no resource "
        "has: the selection takes nothing, or `!=` keeps nothing out."
    )
    SOURCES = (api("Conditions"),)
    VALID = ('Select("prod", where=tag("env").like("prod*"))',)
    INVALID = (
        'Select("prod", where=tag("env") == "prod*")',
        'Select("kept", where=(tag("backup") == "gold") & (tag("env") != "tmp*"))',
        'Select("some", where=tag("env").isin(["prod", "test*"]))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Exact comparisons with an asterisk."""
        for site in context.selections:
            for one in compared(site):
                if "*" in one.value and one.operator in ("==", "!="):
                    yield self.problem(
                        site,
                        "where",
                        f"selection `{author_name(site)}` compares `{one.key}` with `{one.value}` letter by letter",
                        label="here `*` is an asterisk",
                        help=f"write `{_pattern(one)}`",
                        span=one.span,
                        fix=mend.exact(context, one.span, one.said, _pattern(one)) if one.wanted else None,
                    )


def _pattern(one: Compared) -> str:
    return Compared(one.key, "like" if one.wanted else "not like", one.value, None).said
