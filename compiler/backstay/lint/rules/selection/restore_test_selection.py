"""A selection of what restore tests made."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.comparisons import author_name, compared, named
from backstay.lint.context import Context
from backstay.lint.dead_ends import made_by_tests
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import guide
from backstay_contract.findings import Span


class RestoreTestSelection(Rule):
    """Plans leave alone what restore tests make."""

    CODE = "SEL029"
    NAME = "restore-test-selection"
    SEVERITY = "warning"
    SUMMARY = "A selection of resources that a restore test made"
    WHY = (
        "AWS names and tags what a restore test makes `awsbackup-restore-test…`, deletes it after validation, and "
        "never takes it into a plan: the selection is empty."
    )
    SOURCES = (guide("restore-testing"),)
    VALID = ('Select("others", where=(tag("backup") == "gold") & (tag("awsbackup-restore-test") != "x"))',)
    INVALID = (
        'Select("tests", where=tag("awsbackup-restore-test").like("*"))',
        'Select("tests", where=resource("arn:aws:rds:*:*:db:awsbackup-restore-test-*"))',
    )

    def check(self, context: Context) -> Iterator[Problem]:
        """Tags and ARNs that only restore tests make."""
        for site in context.selections:
            places: list[tuple[str, Span | None]] = [
                *((one.key, one.span) for one in compared(site) if one.wanted and made_by_tests(one.key)),
                *((one.arn, one.span) for one in named(site) if one.taken and made_by_tests(one.arn)),
            ]
            for text, span in places:
                yield self.problem(
                    site,
                    "where",
                    f"selection `{author_name(site)}` asks for `{text}`; AWS never takes what a restore test made",
                    label="made by restore tests",
                    help="select the resources themselves; recovery points are tested by `RestoreTest`",
                    span=span,
                )
