"""A comment that silences without a reason."""

from __future__ import annotations

from collections.abc import Iterator

from backstay.lint.allowing import at
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain


class UnexplainedAllowance(Rule):
    """Who silences a rule says why."""

    CODE = "GEN023"
    NAME = "unexplained-allowance"
    SEVERITY = "warning"
    SUMMARY = "A comment `# backstay: allow …` without a reason; it silences nothing"
    WHY = "Nobody can review an exception whose reason is in somebody's head, so it does not count."
    SOURCES = (plain("an exception is reviewed by its reason"),)
    VALID = ('Rule("daily", at=daily("03:00"), into=primary)  # backstay: allow kept-forever — a legal hold',)
    INVALID = ('Rule("daily", at=daily("03:00"), into=primary)  # backstay: allow kept-forever',)
    ABOUT_SILENCE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Comments without a reason."""
        for allowance, _ in context.silence.allowances:
            if allowance.names and not allowance.reason:
                names = ", ".join(allowance.names)
                yield self.problem(
                    at(allowance),
                    None,
                    f"the comment allows `{names}` without a reason, so it silences nothing",
                    label="why?",
                    help=f"write `# backstay: allow {names} — the reason`",
                )
