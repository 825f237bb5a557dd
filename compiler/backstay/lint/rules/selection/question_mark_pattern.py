"""A question mark that stands for itself."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.comparisons import author_name, compared, named
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import api, guide
from backstay_contract.findings import Span


class QuestionMarkPattern(Rule):
    """Patterns know one wildcard."""

    CODE = "SEL035"
    NAME = "question-mark-pattern"
    SEVERITY = "warning"
    SUMMARY = "A pattern with `?`"
    WHY = (
        "In IAM `?` stands for any one character; of selections AWS names `*` only. If `?` stands for itself, the "
        "pattern matches nothing that there is, and nothing is backed up."
    )
    SOURCES = (api("BackupSelection"), api("Conditions"), guide("assigning-resources-json"))
    VALID = ('Select("tiers", where=tag("tier").like("gold-*"))',)
    INVALID = (
        'Select("tiers", where=tag("tier").like("gold-?"))',
        'Select("logs", where=resource("arn:aws:s3:::logs-20??"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """ARNs and patterns of tags."""
        for site in context.selections:
            places: list[tuple[str, Span | None]] = [
                *((one.arn, one.span) for one in named(site)),
                *((one.value, one.span) for one in compared(site) if one.operator in ("like", "not like")),
            ]
            for text, span in places:
                if "?" in text:
                    yield self.problem(
                        site,
                        "where",
                        f"selection `{author_name(site)}` has `?` in the pattern `{text}`; AWS names only `*`",
                        label="`?` may stand for itself",
                        help="write `*`, or the values themselves: `.isin([…])`",
                        span=span,
                    )
