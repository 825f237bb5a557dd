"""Two copies to one vault."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.context import Context
from backstay.lint.fix import Fix
from backstay.lint.rule import Problem, Rule
from backstay.lint.site import CopySite
from backstay.lint.source import plain
from backstay_contract.findings import Span


class DuplicateCopy(Rule):
    """One copy a destination."""

    CODE = "CPY024"
    NAME = "duplicate-copy"
    SEVERITY = "warning"
    SUMMARY = "Two copies of a rule to the same vault"
    WHY = (
        "AWS does not say what it makes of two copies with one destination; one of the two retentions is not going to "
        "be what its author expects."
    )
    SOURCES = (plain("the API reference says nothing about equal destinations"),)
    VALID = ("Copy(to=central), Copy(to=remote)",)
    INVALID = ("Copy(to=central), Copy(to=central, keep=days(90))",)

    def check(self, context: Context) -> Iterator[Problem]:
        """Copies after the first with one destination."""
        for site in context.copies:
            same = [copy for copy in site.rule.copies if copy.destination.arn == site.copy.destination.arn]
            if same[0] is not site.copy:
                yield self.problem(
                    site,
                    "to",
                    f"rule `{site.rule.name}` copies to `{site.copy.destination.name}` twice",
                    label="the same vault",
                    help="keep one of the two",
                    others=[(same[0].where.field("to"), "the first copy")],
                    fix=_removed(context, site),
                )


def _removed(context: Context, site: CopySite) -> Fix | None:
    """The copy taken out, if another is written before it in the same words: then it says nothing of its own."""
    copies = site.rule.copies
    before = [copy.where.span for copy in copies[: copies.index(site.copy)]]
    mine, around = site.where.span, site.rule.where.field("copies")
    if mine in before or around is None or not all(span and _inside(span, around) for span in (mine, *before)):
        return None
    said = mend.written(context, mine)
    twice = said is not None and said in [mend.written(context, span) for span in before]
    return mend.removed(mine, "the copy that says the same again") if twice else None


def _inside(span: Span, around: Span) -> bool:
    start, end = (span.line, span.column), (span.end_line, span.end_column)
    return (around.line, around.column) < start and end < (around.end_line, around.end_column)
