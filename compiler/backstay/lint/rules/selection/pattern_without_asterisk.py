"""A pattern that is a plain value."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.comparisons import Compared, author_name, compared
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api


class PatternWithoutAsterisk(Rule):
    """`like` is for patterns."""

    CODE = "SEL042"
    NAME = "pattern-without-asterisk"
    SEVERITY = "advice"
    SUMMARY = "`like` with a pattern that has no asterisk"
    WHY = (
        'Without an asterisk it is `==`: `like("prod")` takes neither `prod-eu` nor `production`. Who reads it does '
        "not know whether a beginning was meant or the value itself."
    )
    SOURCES = (api("Conditions"),)
    VALID = ('Select("prod", where=tag("env").like("prod*"))', 'Select("prod", where=tag("env") == "prod")')
    INVALID = ('Select("prod", where=tag("env").like("prod"))',)

    def check(self, context: Context) -> Iterator[Problem]:
        """Patterns without a wildcard."""
        for site in context.selections:
            for one in compared(site):
                if one.operator in ("like", "not like") and not {"*", "?"} & set(one.value):
                    exact = Compared(one.key, "==" if one.wanted else "!=", one.value, None)
                    yield self.problem(
                        site,
                        "where",
                        f"selection `{author_name(site)}` has the pattern `{one.value}`, which has no asterisk",
                        label="only this very value",
                        help=f"write `{exact.said}`, or an asterisk where any text may follow",
                        span=one.span,
                    )
