"""A comment that names no rule."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from backstay.lint import mend
from backstay.lint.allowing import at
from backstay.lint.context import Context
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain


class UnknownAllowance(Rule):
    """A comment to the linter is one that it understands."""

    CODE = "GEN025"
    NAME = "unknown-allowance"
    SEVERITY = "warning"
    SUMMARY = "A comment `# backstay: …` that names no rule, or that says something else than `allow`"
    WHY = "It silences nothing, though its author believes that it does."
    SOURCES = (plain("no rule has that name or code"),)
    VALID = ('Rule("daily", at=daily("03:00"), into=primary)  # backstay: allow LIF003 — a legal hold',)
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary)  # backstay: allow keept-forever — a legal hold',
        'Rule("daily", at=daily("03:00"), into=primary)  # backstay: ignore',
    )
    ABOUT_SILENCE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Comments that cannot be understood, and names in them that no rule has."""
        for allowance, _ in context.silence.allowances:
            if not allowance.names:
                message = "the comment speaks to Backstay, but not in words that it understands"
                yield self.problem(at(allowance), None, message, help="write `# backstay: allow NAME — the reason`")
            for name in allowance.names:
                if name not in context.silence.known:
                    close = difflib.get_close_matches(name, sorted(context.silence.known), 1)
                    meant, place = mend.slip(name, context.silence.known), context.within(allowance.span, name)
                    yield self.problem(
                        at(allowance),
                        None,
                        f"the comment allows `{name}`, which is no rule",
                        label="no such rule",
                        help=f"did you mean `{close[0]}`?" if close else "`backstay rules` lists them",
                        span=place,
                        fix=mend.exact(context, place, name, meant) if meant else None,
                    )
