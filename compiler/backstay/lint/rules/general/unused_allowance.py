"""A comment that silences nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from backstay.lint.allowance import Allowance
from backstay.lint.allowing import at
from backstay.lint.context import Context
from backstay.lint.fix import Edit, Fix
from backstay.lint.rule import Problem, Rule
from backstay.lint.source import plain
from backstay_contract.findings import Span


class UnusedAllowance(Rule):
    """An exception to nothing is to be removed."""

    CODE = "GEN024"
    NAME = "unused-allowance"
    SEVERITY = "warning"
    SUMMARY = "A comment `# backstay: allow …` that silences nothing"
    WHY = "It is left over, ready to hide the next mistake on its line; or it stands on the wrong line."
    SOURCES = (plain("an exception that nothing needs"),)
    VALID = ('Rule("daily", at=daily("03:00"), into=primary)  # backstay: allow kept-forever — a legal hold',)
    INVALID = (
        'Rule("daily", at=daily("03:00"), into=primary, keep=days(35))  # backstay: allow kept-forever — a legal hold',
    )
    ABOUT_SILENCE = True

    def check(self, context: Context) -> Iterator[Problem]:
        """Names in comments, of rules that ran, without a finding."""
        for allowance, used in context.silence.allowances:
            idle = [name for name in allowance.names if name in context.silence.ran and name not in used]
            for name in idle if allowance.reason else ():
                yield self.problem(
                    at(allowance),
                    None,
                    f"the comment allows `{name}`, which is not found on this line",
                    label="silences nothing",
                    help="remove it, or move it to the line that the finding underlines",
                    span=context.within(allowance.span, name),
                    fix=_fix(context, allowance, idle, name),
                )


def _fix(context: Context, allowance: Allowance, idle: list[str], name: str) -> Fix | None:
    """The comment without the name; without any name, the line without the comment."""
    span = allowance.span
    line = context.line(span.path, span.line)
    if line is None:
        return None
    if len(idle) == len(allowance.names):
        code = line[: span.column - 1].rstrip()
        line_end = (span.line, span.end_column) if code else (span.line + 1, 1)
        place = Span(span.path, span.line, len(code) + 1, *line_end)
        return Fix("remove the comment", (Edit(place, ""),))
    found = re.search(rf"(?<![\w-]){name}\s*,\s*|\s*,\s*{name}(?![\w-])", line[span.column - 1 :])
    if found is None:
        return None
    start, end = (span.column + at for at in found.span())
    return Fix(f"remove `{name}`", (Edit(Span(span.path, span.line, start, span.line, end), ""),))
